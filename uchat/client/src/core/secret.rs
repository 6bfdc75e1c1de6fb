//! Passwords on their way from a front end to the vault and the server.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::ops::Deref;
use zeroize::Zeroizing;

/// A text that no log shows, and that is wiped when it is not needed any more.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }
}

impl Deref for Secret {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(Zeroizing::new(text.to_owned()))
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

impl PartialEq<str> for Secret {
    fn eq(&self, text: &str) -> bool {
        self.text() == text
    }
}

impl PartialEq<&str> for Secret {
    fn eq(&self, text: &&str) -> bool {
        self.text() == *text
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.text())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that fails here has failed")]

    use crate::core::Command;

    #[test]
    fn a_command_reads_and_writes_its_password_but_does_not_show_it() {
        let text = r#"{"do":"login","username":"ann","password":"correct horse"}"#;
        let command: Command = serde_json::from_str(text).unwrap();
        assert!(matches!(&command, Command::Login { password, .. } if password == "correct horse"));
        assert_eq!(serde_json::to_string(&command).unwrap(), text);
        assert_eq!(format!("{command:?}"), r#"Login { username: "ann", password: Secret }"#);
    }
}
