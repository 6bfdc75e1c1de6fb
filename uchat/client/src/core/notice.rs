//! What a front end is told without asking, and the pieces that answers and notices share.

use super::command::{With, hex_id, hex_id_always};
use serde::Serialize;
use uchat_protocol::MessageId;

/// How it stands with the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Connection {
    /// Trying.
    Connecting,
    /// Logged in.
    Online,
    /// Not connected; tried again by itself, if `retry_in` says when.
    Offline,
    /// The account has logged in somewhere else: this client does not come back by itself.
    Replaced,
    /// The server does not want us: the reason says why.
    Refused,
}

/// How far a message of our own has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// In the outbox, on disk.
    Queued,
    /// On its way.
    Sent,
    /// The server has it, on disk.
    Stored,
    /// The friend's client has it, on disk. In rooms the last state is stored.
    Delivered,
    /// The friend has read it.
    Read,
    /// Given up; the reason says why. It can be tried again.
    Failed,
}

/// A message as it is shown.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Shown {
    /// Its id; none for the server's own lines.
    #[serde(with = "hex_id")]
    pub id: Option<MessageId>,
    /// Who; none for the server's own lines and for lines of this client.
    pub from: Option<String>,
    /// Where.
    #[serde(rename = "in")]
    pub with: With,
    /// Its number in the conversation; none while it is in the outbox.
    pub seq: Option<u64>,
    /// When the server has stored it; before that, when it was written. Milliseconds since 1970.
    pub time: u64,
    /// The text; for a line of the server or of this client its sentence.
    pub text: Option<String>,
    /// The file, for images and files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<ShownFile>,
    /// In points; 0 = as usual.
    pub fontsize: u8,
    /// `#rrggbb`; empty = as usual.
    pub fontcolor: String,
    /// What it answers.
    #[serde(with = "hex_id", skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<MessageId>,
    /// Whether it came encrypted from end to end.
    pub encrypted: bool,
    /// Whether it speaks to us: `@` and our name.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub mentioned: bool,
    /// Of our own messages: how far it has come; `queued` as well while an edit or the deletion of it waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<DeliveryState>,
    /// Whether its author has changed the text since.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub edited: bool,
    /// Whether its author has deleted it: it then has neither text nor file.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub deleted: bool,
    /// Who has reacted to it, in the order in which the reactions came.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reactions: Vec<Reaction>,
}

/// A reaction to a message, and everybody who has reacted so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reaction {
    /// One character as people see it, mostly an emoji.
    pub emoji: String,
    /// The names; never empty.
    pub from: Vec<String>,
}

/// A file as it is shown.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ShownFile {
    /// Its name.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
    /// Its type, as in `image/png`.
    pub media_type: String,
    /// Where it lies, if it was saved or sent from here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// SHA-256 of what was sent from there: what lies there now may be another file. Not known of what was saved.
    #[serde(skip)]
    pub digest: Option<[u8; 32]>,
}

/// A line of the contact list.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Contact {
    /// The friend's name, or …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// … the room's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub room: Option<String>,
    /// The number of the user or the room.
    pub id: u64,
    /// Whether the friend is there; always true for rooms.
    pub online: bool,
    /// From where, if it is shared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip: Option<String>,
    /// And from which port.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// The last message, shortened to one line.
    pub last: Option<String>,
    /// When that was, in milliseconds since 1970; 0 if never.
    pub time: u64,
    /// How many messages of others are unread.
    pub unread: u64,
    /// Whether one of them speaks to us.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub mentioned: bool,
    /// Whether the friend's keys have changed and are not accepted.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub key_changed: bool,
}

/// The account, as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Profile {
    /// The name.
    pub username: String,
    /// The e-mail address.
    pub email: String,
    /// In the user's own words; empty if not told.
    pub sex: String,
    /// In years.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age: Option<u8>,
    /// Whether friends see from where we are connected.
    pub share_address: bool,
    /// Whether friends see what we have read.
    pub share_read: bool,
    /// Whether we tell that we are typing.
    pub share_typing: bool,
    /// Whom we have blocked, by name.
    pub blocked: Vec<String>,
}

/// What a front end is told. As JSON: `{"event": "message", …}`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
#[allow(missing_docs, reason = "the fields are what their names say; the events stand in the README")]
pub enum Notice {
    /// `retry_in` in milliseconds.
    Connection {
        state: Connection,
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        code: Option<&'static str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        retry_in: Option<u64>,
    },
    Message(Shown),
    /// A message that is known already was edited or deleted, or reacted to: all of it, as it is now.
    Changed(Shown),
    /// How many are unread now, where that is not what the messages that were told make of it: unread ones were
    /// deleted, or read.
    Unread {
        #[serde(rename = "in")]
        with: With,
        unread: u64,
        mentioned: bool,
    },
    /// `seq` and `time` come once, as soon as the server has stored it.
    Delivery {
        #[serde(with = "hex_id_always")]
        id: MessageId,
        state: DeliveryState,
        #[serde(skip_serializing_if = "Option::is_none")]
        seq: Option<u64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        time: Option<u64>,
        /// Set if it is not a message but an edit, a deletion or a reaction: the message that it changes.
        #[serde(with = "hex_id", skip_serializing_if = "Option::is_none")]
        changes: Option<MessageId>,
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        code: Option<&'static str>,
    },
    FriendRequest {
        username: String,
    },
    /// New in the contacts.
    Friend {
        username: String,
        id: u64,
        online: bool,
    },
    FriendDeleted {
        username: String,
    },
    Presence {
        username: String,
        online: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        ip: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        port: Option<u16>,
    },
    /// New in the contacts, or gone from them.
    Room {
        room: u64,
        name: String,
        member: bool,
    },
    /// A member has come online or gone.
    Member {
        room: u64,
        username: String,
        online: bool,
    },
    /// The friend's keys are others than before. Nothing is sent until `accept_key`.
    KeyChanged {
        username: String,
    },
    FileProgress {
        #[serde(with = "hex_id_always")]
        id: MessageId,
        done: u64,
        total: u64,
    },
    /// A file was saved, or could not be.
    FileSaved {
        #[serde(with = "hex_id_always")]
        id: MessageId,
        path: String,
    },
    FileFailed {
        #[serde(with = "hex_id_always")]
        id: MessageId,
        reason: String,
        code: &'static str,
    },
    Typing {
        username: String,
        #[serde(rename = "in")]
        with: With,
    },
    /// A sentence for people: of the server, or a warning of this client.
    Notice {
        text: String,
    },
}
