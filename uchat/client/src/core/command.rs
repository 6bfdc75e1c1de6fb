//! What a front end can ask for: one table of verbs for the headless front end, the screen and the help.

use super::notice::{Contact, Profile, Shown};
use super::secret::Secret;
use serde::{Deserialize, Serialize};
use uchat_protocol::MessageId;

/// With whom: `{"user": "bob"}` or `{"room": 5}`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum With {
    /// A friend, by name.
    User(String),
    /// A room, by number.
    Room(u64),
}

/// What to say to somebody who asks to be a friend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FriendAnswer {
    /// Yes.
    Accept,
    /// No.
    Decline,
    /// Ask again at the next log-in; the server is not told.
    Later,
}

/// A verb and its fields. As JSON: `{"do": "send", "to": {"user": "bob"}, "text": "hi"}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
#[allow(missing_docs, reason = "the fields are what their names say; the verbs stand in the README")]
pub enum Command {
    Register {
        username: String,
        password: Secret,
        email: String,
        #[serde(default)]
        sex: Option<String>,
        #[serde(default)]
        age: Option<u8>,
    },
    Login {
        username: String,
        password: Secret,
    },
    Logout {},
    /// Connects now, if there is no connection: the pause before the next try is skipped.
    Reconnect {},
    Search {
        text: String,
    },
    AddFriend {
        username: String,
    },
    DeleteFriend {
        username: String,
    },
    Block {
        username: String,
    },
    Unblock {
        username: String,
    },
    AnswerFriend {
        username: String,
        answer: FriendAnswer,
    },
    Contacts {},
    CreateRoom {
        name: String,
    },
    JoinRoom {
        room: u64,
    },
    LeaveRoom {
        room: u64,
    },
    RemoveMember {
        room: u64,
        username: String,
    },
    HandOver {
        room: u64,
        username: String,
    },
    Members {
        room: u64,
    },
    Send {
        to: With,
        text: String,
        #[serde(default)]
        fontsize: u8,
        #[serde(default)]
        fontcolor: String,
        #[serde(default, with = "hex_id")]
        reply_to: Option<MessageId>,
    },
    /// Tries a failed message again.
    Retry {
        #[serde(with = "hex_id_always")]
        message_id: MessageId,
    },
    /// Gives a text message of our own another text, for everybody.
    Edit {
        #[serde(with = "hex_id_always")]
        message_id: MessageId,
        text: String,
    },
    /// Deletes a message of our own, for everybody.
    Delete {
        #[serde(with = "hex_id_always")]
        message_id: MessageId,
    },
    /// Reacts to a message of anybody, or takes the reaction back.
    React {
        #[serde(with = "hex_id_always")]
        message_id: MessageId,
        emoji: String,
        on: bool,
    },
    SendFile {
        to: With,
        path: String,
    },
    SaveFile {
        #[serde(with = "hex_id_always")]
        message_id: MessageId,
        path: String,
    },
    CancelFile {
        #[serde(with = "hex_id_always")]
        message_id: MessageId,
    },
    /// Newest `limit` messages before the number `before`, ascending; with `search` only those that contain it.
    History {
        with: With,
        #[serde(default)]
        before: Option<u64>,
        #[serde(default)]
        limit: Option<u32>,
        #[serde(default)]
        search: Option<String>,
    },
    /// Is answered when everything that the server has for this client is here, and what waited in the outbox is
    /// stored.
    Sync {},
    MarkRead {
        with: With,
    },
    Typing {
        with: With,
    },
    SafetyNumber {
        username: String,
    },
    AcceptKey {
        username: String,
    },
    /// Makes new keys for this account, because the old ones are lost. Friends see a key change.
    NewKeys {
        password: Secret,
    },
    SetProfile {
        #[serde(default)]
        email: Option<String>,
        #[serde(default)]
        sex: Option<String>,
        #[serde(default)]
        age: Option<u8>,
        #[serde(default)]
        share_address: Option<bool>,
        #[serde(default)]
        share_read: Option<bool>,
        /// Whether we tell that we are typing: a setting of this client alone.
        #[serde(default)]
        share_typing: Option<bool>,
    },
    /// What the server knows about us, what we tell others, and whom we have blocked.
    Profile {},
    ChangePassword {
        old: Secret,
        new: Secret,
    },
    DeleteAccount {
        password: Secret,
    },
}

/// What a granted command answers; as JSON its fields stand beside `"ok": true`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
#[allow(missing_docs, reason = "the fields are what their names say; the verbs stand in the README")]
pub enum Answer {
    Done {},
    UserId {
        user_id: u64,
    },
    Users {
        users: Vec<String>,
    },
    Contacts {
        contacts: Vec<Contact>,
    },
    Room {
        room: u64,
    },
    Members {
        members: Vec<Member>,
    },
    MessageId {
        #[serde(with = "hex_id_always")]
        message_id: MessageId,
    },
    Path {
        path: String,
    },
    Messages {
        messages: Vec<Shown>,
    },
    Words {
        words: Vec<String>,
    },
    Username {
        username: String,
    },
    Profile(Profile),
}

/// A member of a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Member {
    /// The name.
    pub name: String,
    /// Whether they are there.
    pub online: bool,
    /// Whether the room is theirs.
    pub owner: bool,
}

/// An id as 32 hexadecimal digits.
pub(crate) mod hex_id_always {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};
    use uchat_protocol::MessageId;

    pub(crate) fn serialize<S: Serializer>(id: &MessageId, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(id)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<MessageId, D::Error> {
        let text = String::deserialize(deserializer)?;
        MessageId::from_hex(&text)
            .ok_or_else(|| D::Error::custom("must be the 32 hexadecimal digits of a message's id"))
    }
}

/// The same, or nothing.
pub(crate) mod hex_id {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};
    use uchat_protocol::MessageId;

    pub(crate) fn serialize<S: Serializer>(id: &Option<MessageId>, serializer: S) -> Result<S::Ok, S::Error> {
        match id {
            Some(id) => serializer.collect_str(id),
            None => serializer.serialize_none(),
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<MessageId>, D::Error> {
        Option::<String>::deserialize(deserializer)?
            .map(|text| {
                MessageId::from_hex(&text)
                    .ok_or_else(|| D::Error::custom("must be the 32 hexadecimal digits of a message's id"))
            })
            .transpose()
    }
}
