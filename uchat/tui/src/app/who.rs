//! Who is logged in, on which server, and how it stands with the connection.

use super::{App, Effect};
use crate::lang::codes;
use uchat_client::core::{Connection, Profile};
use uchat_protocol::{Code, Refusal};

/// How messages travel: for the status line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Channel {
    /// The server's address as people write it.
    pub server: String,
    /// Whether that server is our own, on this machine.
    pub private: bool,
    /// The lesson, for 1 to 6 and where it was asked for; `None` on the default channel and on TLS.
    pub lesson: Option<u8>,
    /// Whether TLS carries it.
    pub tls: bool,
    /// Whether messages are encrypted from end to end.
    pub encrypted: bool,
}

/// Who we are and whether we are connected.
#[derive(Debug, Clone, Default)]
pub struct Who {
    /// The user's name, once logged in.
    pub name: Option<String>,
    /// The way to the server, once a client is open.
    pub channel: Option<Channel>,
    /// The state of the connection, as last told.
    pub connection: Option<Connection>,
    /// Why it is so.
    pub reason: Option<String>,
    /// The same as a code, if it has one.
    pub code: Option<Code>,
    /// When it is tried again, in milliseconds since 1970.
    pub retry_at: Option<u64>,
    /// What we tell others about us, as far as it was said in this run.
    pub shares: Shares,
    /// The account as the server knows it, as it was told last.
    pub about: Option<Profile>,
}

/// What we tell others about us; `None` where this run has not changed it and nobody has told us.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Shares {
    /// That we have read their messages.
    pub read: Option<bool>,
    /// That we are typing.
    pub typing: Option<bool>,
    /// From where we are connected.
    pub address: Option<bool>,
}

/// Has the seconds until the next try counted down on the screen.
pub(super) fn tick(app: &mut App) {
    if let Some(left) = app.who.retry_at.map(|at| at.saturating_sub(app.now)).filter(|left| *left > 0) {
        // When one second less is left: the same time for all that ask for it.
        app.effect(Effect::WakeAt(app.now.saturating_add((left - 1) % 1_000 + 1)));
    }
}

impl App {
    /// Why there is no connection, in the language of the screen; empty if that is not known.
    #[must_use]
    pub fn why_offline(&self) -> String {
        match (self.who.code, self.who.reason.as_deref().unwrap_or_default()) {
            (Some(code), reason) => codes::say(self.lang(), &Refusal::because(code, reason)),
            (None, reason) => codes::known(self.lang(), reason),
        }
    }
}

impl Who {
    /// What the server knows about us.
    pub(super) fn learn(&mut self, about: Profile) {
        self.shares = Shares {
            read: Some(about.share_read),
            typing: Some(about.share_typing),
            address: Some(about.share_address),
        };
        self.about = Some(about);
    }

    /// Whether messages go out now.
    #[must_use]
    pub fn is_online(&self) -> bool {
        self.connection == Some(Connection::Online)
    }
}
