//! Which key does what: the table's keys, and what the settings change of them.

use super::{Action, Key, KeyError, Place};
use std::collections::BTreeMap;

/// The keys of all actions.
#[derive(Debug, Clone)]
pub struct Keymap {
    keys: Vec<(Action, Vec<Key>)>,
}

/// The settings' keys cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeymapError {
    /// There is no action of this name.
    Unknown(String),
    /// This is no key.
    Key(String, KeyError),
    /// One key would do two things in the same place.
    Twice(String, &'static str, &'static str),
}

impl std::fmt::Display for KeymapError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unknown(name) => write!(f, "there is no action `{name}`; F1 in the messenger lists them"),
            Self::Key(name, error) => write!(f, "the keys of `{name}`: {error}"),
            Self::Twice(key, one, other) => {
                write!(
                    f,
                    "`{key}` cannot stand for both `{one}` and `{other}`; choose another key for one of them"
                )
            }
        }
    }
}

impl std::error::Error for KeymapError {}

impl Default for Keymap {
    fn default() -> Self {
        let read =
            |action: &Action| action.default_keys().iter().filter_map(|key| key.parse().ok()).collect();
        Self { keys: Action::ALL.iter().map(|action| (*action, read(action))).collect() }
    }
}

impl Keymap {
    /// The table's keys, with those of the settings instead: name of the action, its keys.
    ///
    /// # Errors
    /// See [`KeymapError`].
    pub fn with(changes: &BTreeMap<String, Vec<String>>) -> Result<Self, KeymapError> {
        let mut map = Self::default();
        for (name, keys) in changes {
            let place = map.keys.iter_mut().find(|(action, _)| action.name() == name);
            let Some((_, old)) = place else { return Err(KeymapError::Unknown(name.clone())) };
            let read = keys.iter().map(|key| key.parse::<Key>()).collect::<Result<_, _>>();
            *old = read.map_err(|error| KeymapError::Key(name.clone(), error))?;
        }
        map.check().map(|()| map)
    }

    /// The keys of an action.
    #[must_use]
    pub fn keys(&self, action: Action) -> &[Key] {
        self.keys.iter().find(|(known, _)| *known == action).map_or(&[], |(_, keys)| keys)
    }

    /// The first key of an action as it is written; empty if it has none.
    #[must_use]
    pub fn shown(&self, action: Action) -> String {
        self.keys(action).first().map(Key::to_string).unwrap_or_default()
    }

    /// What this key does in one of these places; the first place counts first.
    #[must_use]
    pub fn action(&self, key: Key, places: &[Place]) -> Option<Action> {
        places.iter().find_map(|place| {
            let fits = |(action, keys): &&(Action, Vec<Key>)| action.place() == *place && keys.contains(&key);
            self.keys.iter().find(fits).map(|(action, _)| *action)
        })
    }

    /// Two actions that can be done at the same time must not share a key.
    fn check(&self) -> Result<(), KeymapError> {
        for (at, (action, keys)) in self.keys.iter().enumerate() {
            for (other, others) in &self.keys[at + 1..] {
                if !together(action.place(), other.place()) {
                    continue;
                }
                if let Some(key) = keys.iter().find(|key| others.contains(key)) {
                    return Err(KeymapError::Twice(key.to_string(), action.name(), other.name()));
                }
            }
        }
        Ok(())
    }
}

/// Whether the two places can be on the screen at once, so that a key must differ. A message that is selected takes
/// its keys before the composer does.
fn together(one: Place, other: Place) -> bool {
    use Place::{Composer, Everywhere, Friend, Message, Room, Start};
    match (one.min(other), one.max(other)) {
        (Everywhere, _) => true,
        (Start, other) => other == Start,
        (Room, Friend) | (Message, Composer) => false,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a helper that fails is a failed test")]

    use super::*;

    #[test]
    fn every_key_of_the_table_can_be_read_and_none_stands_for_two_things() {
        for action in Action::ALL {
            for key in action.default_keys() {
                assert!(key.parse::<Key>().is_ok(), "{key} of {}", action.name());
            }
        }
        Keymap::default().check().unwrap();
    }

    #[test]
    fn the_settings_can_change_a_key_and_are_told_what_is_wrong() {
        let change = |name: &str, key: &str| Keymap::with(&BTreeMap::from([(name.into(), vec![key.into()])]));
        let map = change("quit", "ctrl-x").unwrap();
        assert_eq!(map.shown(Action::Quit), "ctrl-x");
        assert_eq!(map.action("ctrl-q".parse().unwrap(), &[Place::Everywhere]), None);
        assert!(matches!(change("fly", "x"), Err(KeymapError::Unknown(_))));
        assert!(matches!(change("quit", "hyper-x"), Err(KeymapError::Key(..))));
        assert!(matches!(change("quit", "f1"), Err(KeymapError::Twice(..))));
    }
}
