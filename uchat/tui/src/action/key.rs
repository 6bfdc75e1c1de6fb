//! A key with what is held down beside it, and how it is written: `ctrl-q`, `alt-enter`, `f1`, `shift-up`, `+`.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use std::fmt;
use std::str::FromStr;

/// A key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key {
    /// Which.
    pub code: KeyCode,
    /// Control, Alt and Shift; Shift not for characters, which differ by themselves.
    pub held: KeyModifiers,
}

/// This is no key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyError(String);

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is no key; write it like ctrl-q, alt-enter, f1, shift-up or a single character",
            self.0
        )
    }
}

impl std::error::Error for KeyError {}

impl Key {
    /// A key alone.
    #[must_use]
    pub fn plain(code: KeyCode) -> Self {
        Self { code, held: KeyModifiers::NONE }
    }

    /// The character that it types, if it types one.
    #[must_use]
    pub fn typed(self) -> Option<char> {
        match self.code {
            KeyCode::Char(c) if self.held.is_empty() => Some(c),
            _ => None,
        }
    }
}

impl From<KeyEvent> for Key {
    /// Terminals differ in what they report beside a character: Shift is dropped, Control makes it lower case.
    fn from(event: KeyEvent) -> Self {
        let known = KeyModifiers::CONTROL | KeyModifiers::ALT | KeyModifiers::SHIFT;
        let held = event.modifiers & known;
        match event.code {
            KeyCode::Char(c) if held.contains(KeyModifiers::CONTROL) => {
                Self { code: KeyCode::Char(c.to_ascii_lowercase()), held: held - KeyModifiers::SHIFT }
            }
            KeyCode::Char(c) => Self { code: KeyCode::Char(c), held: held - KeyModifiers::SHIFT },
            KeyCode::BackTab => Self { code: KeyCode::BackTab, held: held - KeyModifiers::SHIFT },
            code => Self { code, held },
        }
    }
}

const NAMES: &[(&str, KeyCode)] = &[
    ("enter", KeyCode::Enter),
    ("esc", KeyCode::Esc),
    ("tab", KeyCode::Tab),
    ("backtab", KeyCode::BackTab),
    ("space", KeyCode::Char(' ')),
    ("backspace", KeyCode::Backspace),
    ("delete", KeyCode::Delete),
    ("insert", KeyCode::Insert),
    ("home", KeyCode::Home),
    ("end", KeyCode::End),
    ("pageup", KeyCode::PageUp),
    ("pagedown", KeyCode::PageDown),
    ("up", KeyCode::Up),
    ("down", KeyCode::Down),
    ("left", KeyCode::Left),
    ("right", KeyCode::Right),
];

const HELD: &[(&str, KeyModifiers)] =
    &[("ctrl-", KeyModifiers::CONTROL), ("alt-", KeyModifiers::ALT), ("shift-", KeyModifiers::SHIFT)];

impl FromStr for Key {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let wrong = || KeyError(text.chars().take(40).collect());
        let mut rest = text;
        let mut held = KeyModifiers::NONE;
        while let Some((name, modifier)) = HELD.iter().find(|(name, _)| rest.starts_with(name)) {
            if held.contains(*modifier) {
                return Err(wrong());
            }
            held |= *modifier;
            rest = &rest[name.len()..];
        }
        let mut characters = rest.chars();
        let code = match (characters.next(), characters.next()) {
            (Some(c), None) if !c.is_control() => KeyCode::Char(c),
            (Some('f'), Some(_)) if rest[1..].parse().is_ok_and(|number| (1..=24).contains(&number)) => {
                KeyCode::F(rest[1..].parse().map_err(|_| wrong())?)
            }
            _ => NAMES.iter().find(|(name, _)| *name == rest).map(|(_, code)| *code).ok_or_else(wrong)?,
        };
        // One that no terminal reports so, like shift-a, could never be pressed.
        let key = Self { code, held };
        if Self::from(KeyEvent::new(code, held)) == key { Ok(key) } else { Err(wrong()) }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, _) in HELD.iter().filter(|(_, modifier)| self.held.contains(*modifier)) {
            f.write_str(name)?;
        }
        if let Some((name, _)) = NAMES.iter().find(|(_, code)| *code == self.code) {
            return f.write_str(name);
        }
        match self.code {
            KeyCode::Char(c) => write!(f, "{c}"),
            KeyCode::F(number) => write!(f, "f{number}"),
            _ => f.write_str("?"),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a helper that fails is a failed test")]

    use super::*;

    #[test]
    fn a_key_is_read_as_it_is_written() {
        for text in
            ["ctrl-q", "alt-enter", "f1", "f12", "shift-up", "+", "-", "ctrl--", "é", "ctrl-alt-x", "space"]
        {
            assert_eq!(text.parse::<Key>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_no_key_is_told() {
        for text in ["", "ctrl-", "ctrl-ctrl-a", "f0", "f99", "hyper-x", "ab", "\u{1b}", "shift-a", "ctrl-A"]
        {
            assert!(text.parse::<Key>().is_err(), "{text:?}");
        }
    }
}
