//! Server → client: what comes without being asked for.

use crate::shape::{self, Form, Shape, ShapeError};
use crate::{Envelope, MessageId, Operation, Refusal};
use framing::{MappingError, Message, Value};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

/// Somebody has said something.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewMessage {
    /// What.
    pub message: Envelope,
    /// Who; 0 for the server itself.
    pub sender_id: u64,
    /// The sender's name; empty for the server itself.
    pub sender_name: String,
    /// 0 a user, 1 a room: as the sender gave it, so for a user it is the receiver.
    pub target_type: u8,
    /// Its number.
    pub target_id: u64,
    /// When the server has stored it, in milliseconds since 1970.
    pub time: u64,
    /// Its number in the conversation: 1, 2, 3, …
    pub seq: u64,
    /// The sender's id for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<MessageId>,
}

/// A friend, as the contacts show them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FriendInfo {
    /// The user's number.
    pub id: u64,
    /// The user's name.
    pub name: String,
    /// Whether they are there.
    pub online: bool,
    /// From where, if they are and share it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ip: Option<String>,
    /// And from which port.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// The last number of the conversation.
    pub last_seq: u64,
    /// When that was, in milliseconds since 1970; 0 if never.
    pub last_time: u64,
    /// Up to where we have received.
    pub delivered: u64,
    /// Up to where we have read.
    pub read: u64,
    /// Up to where the friend has received.
    pub their_delivered: u64,
    /// Up to where the friend has read, if they share it; else 0.
    pub their_read: u64,
}

/// A room, as the contacts show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomInfo {
    /// The room's number.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// Whose it is.
    pub owner: u64,
    /// The number of our own joining: history begins here.
    pub joined_seq: u64,
    /// The last number of the conversation.
    pub last_seq: u64,
    /// When that was, in milliseconds since 1970.
    pub last_time: u64,
    /// Up to where we have received.
    pub delivered: u64,
    /// Up to where we have read.
    pub read: u64,
}

/// Somebody in a list of requests or blocks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The user's number.
    pub id: u64,
    /// The user's name.
    pub name: String,
}

/// A friend or a room that is new in the contacts, or has changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactInfo {
    /// A friend …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub friend: Option<FriendInfo>,
    /// … or a room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<RoomInfo>,
}

/// Everything a client needs to know after a log-in.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LoginBundle {
    /// All rooms.
    pub rooms: Vec<RoomInfo>,
    /// All friends.
    pub friends: Vec<FriendInfo>,
    /// Who has asked, and waits for an answer.
    pub requests: Vec<Person>,
    /// Whom we have asked.
    pub asked: Vec<Person>,
    /// Whom we have blocked.
    pub blocked: Vec<Person>,
}

/// A friend has come or gone, written as the list [online, user id, ip, port].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FriendOnOffLine {
    /// Come or gone.
    pub online: bool,
    /// Who.
    pub user_id: u64,
    /// From where, if they share it.
    #[serde(default)]
    pub ip: Option<String>,
    /// And from which port.
    #[serde(default)]
    pub port: Option<u16>,
}

/// A member of a room has come or gone, written as the list [room id, user id, online].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomUserOnOffLine {
    /// The room.
    pub room_id: u64,
    /// Who.
    pub user_id: u64,
    /// Come or gone.
    pub online: bool,
}

/// A friend or a room is gone from the contacts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DelInfo {
    /// 0 a user, 1 a room.
    pub target_type: u8,
    /// Its number.
    pub target_id: u64,
}

/// A friend has received or read up to here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CursorMoved {
    /// The friend.
    pub user_id: u64,
    /// Up to where they have received.
    pub delivered: u64,
    /// Up to where they have read, if they share it; else 0.
    pub read: u64,
}

/// The key of a chain, wrapped for us.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyPackageFor {
    /// What is signed; it says from whom and for which conversation.
    pub header: ByteBuf,
    /// The sender's signature.
    pub signature: ByteBuf,
    /// Our own wrap.
    pub wrap: ByteBuf,
}

/// Somebody is typing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypingIn {
    /// 0 a user, 1 a room.
    pub target_type: u8,
    /// Its number.
    pub target_id: u64,
    /// Who.
    pub user_id: u64,
}

macro_rules! pushes {
    ($($(#[$meta:meta])* $variant:ident($type:ty) = $form:expr,)*) => {
        $(impl Shape for $type {
            const FORM: Form = $form;
        })*

        /// Something that comes without being asked for.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Push {
            $($(#[$meta])* $variant($type),)*
            /// The server ends the session: why. A client that is told
            /// [`SessionReplaced`](crate::Code::SessionReplaced) never comes back by itself.
            ServerKick(Refusal),
            /// A sentence of the server for everybody.
            GeneralMsg(String),
        }

        impl Push {
            /// Its operation.
            #[must_use]
            pub fn operation(&self) -> Operation {
                match self {
                    $(Self::$variant(_) => Operation::$variant,)*
                    Self::ServerKick(_) => Operation::ServerKick,
                    Self::GeneralMsg(_) => Operation::GeneralMsg,
                }
            }

            /// As a message.
            pub fn to_message(&self) -> Result<Message, MappingError> {
                let value = match self {
                    $(Self::$variant(push) => shape::write(push)?,)*
                    Self::ServerKick(reason) => shape::write(reason)?,
                    Self::GeneralMsg(text) => Value::from(text.as_str()),
                };
                Ok(Message { operation: self.operation().number(), value })
            }

            /// The push that `message` is; `None` if it is none that we know.
            ///
            /// # Errors
            /// It is one, but its value does not fit.
            pub fn from_message(message: Message) -> Result<Option<Self>, ShapeError> {
                Ok(Some(match Operation::from_number(message.operation) {
                    $(Some(Operation::$variant) => Self::$variant(shape::read(message.value)?),)*
                    Some(Operation::ServerKick) => Self::ServerKick(shape::read(message.value)?),
                    Some(Operation::GeneralMsg) => match message.value {
                        Value::Str(text) => Self::GeneralMsg(text),
                        other => return Err(ShapeError::kind("str", &other)),
                    },
                    _ => return Ok(None),
                }))
            }
        }
    };
}

pushes! {
    /// Somebody wants to be a friend.
    IncomingFriendRequest(Person) = Form::Dict,
    /// A friend or a room that is new in the contacts, or has changed.
    ContactInfo(ContactInfo) = Form::Dict,
    /// A friend has come or gone.
    FriendOnOffLine(FriendOnOffLine) = Form::List(&["online", "user_id", "ip", "port"]),
    /// Somebody has said something.
    OnNewMessage(NewMessage) = Form::Dict,
    /// A member of a room has come or gone.
    RoomUserOnOffLine(RoomUserOnOffLine) = Form::List(&["room_id", "user_id", "online"]),
    /// Everything a client needs to know after a log-in.
    LoginBundle(LoginBundle) = Form::Dict,
    /// A friend or a room is gone from the contacts.
    DelInfo(DelInfo) = Form::Dict,
    /// A friend has received or read up to here.
    CursorMoved(CursorMoved) = Form::Dict,
    /// The key of a chain, wrapped for us.
    KeyPackageFor(KeyPackageFor) = Form::Dict,
    /// Somebody is typing.
    TypingIn(TypingIn) = Form::Dict,
}

impl Push {
    /// Whether it may be left out for a connection that reads too slowly: the next one makes it worthless.
    #[must_use]
    pub fn is_ephemeral(&self) -> bool {
        matches!(self, Self::FriendOnOffLine(_) | Self::RoomUserOnOffLine(_) | Self::TypingIn(_))
    }
}
