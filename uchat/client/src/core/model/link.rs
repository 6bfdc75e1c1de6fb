//! The connection as the core sees it: whether it stands, and which requests have no answer yet.

use crate::core::Secret;
use crate::core::event::Tag;
use crate::core::model::Ticket;
use std::collections::BTreeMap;
use uchat_protocol::request::SetProfile;
use uchat_protocol::{Conversation, KeyId, MessageId, Refusal};

/// How it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::core) enum State {
    /// None.
    #[default]
    Down,
    /// Being opened.
    Connecting,
    /// The channel stands.
    Up,
    /// Being closed by us; nothing is sent any more.
    Closing,
}

/// The connection.
#[derive(Debug, Default)]
pub(in crate::core) struct Link {
    pub(in crate::core) state: State,
    /// Whether to connect again by itself.
    pub(in crate::core) wanted: bool,
    /// Whether a log-in has worked in this run: this server speaks our transport, and what looks otherwise is damage.
    pub(in crate::core) proved: bool,
    /// Tries since the last log-in that worked.
    pub(in crate::core) tries: u32,
    /// Why it ends: the server has said so, or we close it.
    pub(in crate::core) farewell: Option<Refusal>,
    /// When we last sent something, in milliseconds since 1970.
    pub(in crate::core) last_sent: u64,
    /// When the last answer came, or, if there was nothing to answer before, the oldest request went out.
    pub(in crate::core) waiting_since: u64,
    /// Whether to connect again as soon as the old connection is closed.
    pub(in crate::core) reopen: bool,
    /// Whether the timer for a dead connection runs.
    pub(in crate::core) watching: bool,
    /// For when the timer for what was put off is set.
    pub(in crate::core) later: Option<u64>,
    /// Requests without an answer.
    pub(in crate::core) pending: BTreeMap<Tag, Purpose>,
}

/// Why a request was sent: what to do with its answer.
#[derive(Debug)]
pub(in crate::core) enum Purpose {
    /// Nothing.
    Ignore,
    /// The log-in that is going on: register, login, resume or sign_certificate.
    Session,
    /// To end the session.
    Logout(Ticket),
    /// A command that needs no more than its answer.
    Command(Ticket, Then),
    /// The page of a conversation that follows on `after`. `up_to` is the last number that was known when it was asked
    /// for.
    Fetch { conversation: Conversation, after: u64, up_to: u64 },
    /// To tell how far a conversation has been received and read.
    Cursor { conversation: Conversation, delivered: u64, read: u64 },
    /// Who is in a room, and what for.
    Members(u64, WhatFor),
    /// A key package that goes before this message.
    Package(Conversation, MessageId),
    /// A message of our own.
    Message(Conversation, MessageId),
    /// Certificates of these users.
    Certificates(Vec<u64>),
    /// These packages.
    Packages(Vec<(u64, KeyId)>),
    /// A step of a file's transfer: which file, and which transfer of it.
    File(MessageId, u64),
}

/// What a command's answer is made of.
#[derive(Debug)]
pub(in crate::core) enum Then {
    /// Nothing more.
    Done,
    /// The users that were found.
    Users,
    /// The new room's number.
    Room,
    /// The friend request of this user is answered.
    Resolved(u64),
    /// This user is blocked, or not any more.
    Blocked(String, bool),
    /// This of the profile is changed.
    Profile(SetProfile),
    /// The password is another.
    Password(Secret, Secret),
    /// The account is gone.
    Deleted,
}

/// What the members of a room are asked for.
#[derive(Debug)]
pub(in crate::core) enum WhatFor {
    /// To know them.
    Know,
    /// To tell them.
    Tell(Ticket),
    /// To remove the one of this name.
    Remove(Ticket, String),
    /// To hand the room over to the one of this name.
    HandOver(Ticket, String),
}
