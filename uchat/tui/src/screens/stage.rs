//! Which of the first screens.

use super::forms;
use crate::form::Form;
use uchat_protocol::Refusal;

/// Which screen.
#[derive(Debug, Clone)]
pub enum Stage {
    /// No server is known: a private one, or an invite?
    Welcome {
        /// What went wrong with it.
        error: Option<String>,
    },
    /// Paste an invite.
    Invite(Form),
    /// Is this CA the right one?
    Trust {
        /// The server's address.
        server: String,
        /// SHA-256 of the CA's certificate.
        fingerprint: String,
    },
    /// A new account.
    Register(Form),
    /// An old one.
    LogIn(Form),
    /// The keys of the account are not here.
    Keys(Form),
    /// The session has ended, and does not come back by itself.
    Ended(Refusal),
    /// The main screen.
    Main,
}

impl Stage {
    /// Where it starts.
    #[must_use]
    pub fn first(knows_server: bool, username: Option<&str>) -> Self {
        match (knows_server, username) {
            (false, _) => Self::Welcome { error: None },
            (true, None) => Self::Register(forms::register("")),
            (true, Some(name)) => Self::LogIn(forms::log_in(name)),
        }
    }

    pub(super) fn form(&mut self) -> Option<&mut Form> {
        match self {
            Self::Invite(form) | Self::Register(form) | Self::LogIn(form) | Self::Keys(form) => Some(form),
            Self::Welcome { .. } | Self::Trust { .. } | Self::Ended(_) | Self::Main => None,
        }
    }
}
