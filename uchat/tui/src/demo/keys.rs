//! What can be done around the two: four keys, each a button as well. They are taken before the screens get theirs.

use crate::action::Key;
use crate::lang::demo::Demo as Text;

/// Something that is done around the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// Does the next thing of the check-list.
    DoIt,
    /// Gives the other one the focus.
    Switch,
    /// Pulls the right one's cable out, or plugs it in.
    Plug,
    /// Opens what the server knows, or closes it.
    Server,
}

impl Deed {
    /// All of them, in the order of the buttons.
    pub const ALL: &[Self] = &[Self::DoIt, Self::Switch, Self::Plug, Self::Server];

    /// Its keys, the one that is shown first.
    #[must_use]
    pub fn keys(self) -> &'static [&'static str] {
        match self {
            Self::DoIt => &["ctrl-s", "f10"],
            Self::Switch => &["ctrl-w"],
            Self::Plug => &["ctrl-x"],
            Self::Server => &["ctrl-b"],
        }
    }

    /// The key that is shown.
    #[must_use]
    pub fn key(self) -> &'static str {
        self.keys().first().copied().unwrap_or_default()
    }

    /// What a key does, if it is one of these.
    #[must_use]
    pub fn of(key: Key) -> Option<Self> {
        let written = key.to_string();
        Self::ALL.iter().copied().find(|deed| deed.keys().contains(&written.as_str()))
    }

    /// What it does, in a few words.
    #[must_use]
    pub fn does(self, plugged: bool) -> Text {
        match self {
            Self::DoIt => Text::DoIt,
            Self::Switch => Text::Switch,
            Self::Plug if plugged => Text::PullOut,
            Self::Plug => Text::PlugIn,
            Self::Server => Text::ReadServer,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::action::{Action, Keymap};

    #[test]
    fn no_key_of_the_demo_is_one_of_the_screens() {
        let keymap = Keymap::default();
        for deed in Deed::ALL {
            for key in deed.keys() {
                let parsed = key.parse::<Key>();
                assert_eq!(parsed.as_ref().map(|key| Deed::of(*key)), Ok(Some(*deed)), "{key}");
                let taken = Action::ALL
                    .iter()
                    .find(|action| parsed.iter().any(|k| keymap.keys(**action).contains(k)));
                assert_eq!(taken, None, "{key}");
            }
        }
    }
}
