//! Who is logged in, and the log-in that is going on.

use crate::core::event::{Account, Tag};
use crate::core::model::{Login, Ticket};
use uchat_protocol::request::Register;

/// Who.
#[derive(Default)]
pub(in crate::core) struct Session {
    /// Who is, or was, logged in; none after a log-out.
    pub(in crate::core) account: Option<Account>,
    /// What logs in again without asking: the log-in that worked in this run (the server has let us in with it, or
    /// it has opened our keys), or that of the settings.
    pub(in crate::core) login: Option<Login>,
    /// Whether the server has let us in on this connection.
    pub(in crate::core) logged_in: bool,
    /// Whether the contacts have come since.
    pub(in crate::core) bundle_seen: bool,
    /// Whether the keys were opened in this run: then a token is enough.
    pub(in crate::core) unlocked: bool,
    pub(in crate::core) keys: OwnKeys,
    /// The largest file that the server takes; not known before the first log-in.
    pub(in crate::core) file_limit: Option<u64>,
    /// What the server knows about us; none before the first log-in of this run.
    pub(in crate::core) about: Option<About>,
    /// Our certificate in DER, as the server has it.
    pub(in crate::core) certificate: Option<Vec<u8>>,
    pub(in crate::core) flow: Option<Flow>,
    /// Whether the server is being asked to end the session.
    pub(in crate::core) leaving: bool,
}

/// What the server knows about the account.
pub(in crate::core) struct About {
    pub(in crate::core) email: String,
    pub(in crate::core) sex: String,
    pub(in crate::core) age: Option<u8>,
    pub(in crate::core) share_address: bool,
    pub(in crate::core) share_read: bool,
}

/// How it stands with our own keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::core) enum OwnKeys {
    /// Not settled yet.
    #[default]
    Unknown,
    /// Open and certified, or not needed.
    Ready,
    /// Not here.
    Missing,
}

/// Something that goes on in several steps, one at a time: a log-in, or the making of new keys.
pub(in crate::core) struct Flow {
    /// Whom to answer; nobody if the client does it by itself.
    pub(in crate::core) ticket: Option<Ticket>,
    pub(in crate::core) goal: Goal,
    /// The password, where there is one.
    pub(in crate::core) login: Option<Login>,
    /// Whether the server has let us in with this password: it may be wrong else, and no key must be encrypted
    /// under a wrong one.
    pub(in crate::core) proved: bool,
    /// What the vault was asked last for this.
    pub(in crate::core) question: Option<Asked>,
}

/// What the vault was asked, during a log-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::core) enum Asked {
    /// To unlock the keys.
    Unlock(Tag),
    /// To make keys, a request, or to take the certificate.
    Keys(Tag),
}

/// What for.
pub(in crate::core) enum Goal {
    /// Make an account, then log in.
    Register(Register),
    /// Log in with the password.
    Login,
    /// Go on with the session.
    Resume,
    /// Make new keys.
    NewKeys,
}

impl Flow {
    /// One that has not begun.
    pub(in crate::core) fn new(ticket: Option<Ticket>, goal: Goal, login: Option<Login>) -> Self {
        Self { ticket, goal, login, proved: false, question: None }
    }
}

impl Session {
    /// Our e-mail address, for certificates.
    pub(in crate::core) fn email(&self) -> String {
        self.about.as_ref().map(|about| about.email.clone()).unwrap_or_default()
    }

    /// Nobody is logged in any more, and nothing logs in by itself.
    pub(in crate::core) fn forget(&mut self) {
        *self = Self::default();
    }
}
