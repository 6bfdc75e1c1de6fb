//! Server → client: the answers. Each request gets exactly one, in the order of the requests; so they need no
//! number that says which request they belong to.
//!
//! | request | granted | refused |
//! |---|---|---|
//! | login, resume | login_successful | login_failed |
//! | register | register_successful | username_taken |
//! | client_echo | server_echo | |
//! | add_friend, del_friend | …_result, true | …_result, false |
//! | query_room_users | query_room_users_result | refused |
//! | fetch_history | chat_history | refused |
//! | bad | | general_failure |
//! | all others | done, with what [`Done`] says | refused |
//!
//! A request whose value is malformed is always `refused`.

use crate::push::NewMessage;
use crate::shape::{self, Form, Shape, ShapeError};
use crate::{Code, Operation, Refusal};
use framing::{MappingError, Message, Value};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;
use std::fmt;

/// An answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Reply {
    /// To login and resume.
    LoginSuccessful(LoggedIn),
    /// To register: the user's number.
    RegisterSuccessful(u64),
    /// To fetch_history.
    ChatHistory(History),
    /// To client_echo: as it was sent.
    ServerEcho(Value),
    /// To add_friend.
    AddFriendResult(FriendResult),
    /// To query_room_users.
    QueryRoomUsersResult(RoomUsers),
    /// To del_friend.
    DelFriendResult(FriendResult),
    /// To all others.
    Done(Done),
    /// To login and resume.
    LoginFailed(Refusal),
    /// To register.
    UsernameTaken(Refusal),
    /// To bad, and where the server itself fails.
    GeneralFailure(String),
    /// To anything.
    Refused(Refusal),
}

/// Who one is now.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct LoggedIn {
    /// The user's number.
    pub id: u64,
    /// The name as it is written.
    pub name: String,
    /// What [`Resume`](crate::request::Resume) takes; none on lessons 1–6.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<ByteBuf>,
    /// The server's time, in milliseconds since 1970.
    pub time: u64,
    /// The largest file that the server takes, in bytes.
    pub file_limit: u64,
    /// The user's certificate in DER, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<ByteBuf>,
    /// What the user has set.
    pub email: String,
    /// In the user's own words; empty if not told.
    pub sex: String,
    /// In years.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age: Option<u8>,
    /// Whether friends see address and port.
    pub share_address: bool,
    /// Whether friends see what has been read.
    pub share_read: bool,
}

/// Without the token, which must not appear in a log by accident.
impl fmt::Debug for LoggedIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoggedIn").field("id", &self.id).field("name", &self.name).finish_non_exhaustive()
    }
}

/// Messages of one conversation, ascending.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct History {
    /// 0 a user, 1 a room.
    pub target_type: u8,
    /// Its number.
    pub target_id: u64,
    /// They are whole: no number between the first and the last is left out, unless the server has it no more.
    pub messages: Vec<NewMessage>,
    /// Whether there are more in the direction that was asked for.
    pub more: bool,
}

/// What came of add_friend or del_friend, written as the list [ok, text, code].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FriendResult {
    /// Whether it worked.
    pub ok: bool,
    /// For people.
    pub text: String,
    /// For programs, if it did not.
    #[serde(default)]
    pub code: Option<Code>,
}

/// Who is in a room, written as the list [users, room id].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RoomUsers {
    /// In the order in which they came.
    pub users: Vec<RoomUser>,
    /// The room's number.
    pub room_id: u64,
}

/// A member, written as the list [id, name, online, owner].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomUser {
    /// The user's number.
    pub id: u64,
    /// The user's name.
    pub name: String,
    /// Whether they are there.
    pub online: bool,
    /// Whether the room is theirs.
    pub owner: bool,
}

impl Serialize for RoomUser {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.id, &self.name, self.online, self.owner).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for RoomUser {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (id, name, online, owner) = Deserialize::deserialize(deserializer)?;
        Ok(Self { id, name, online, owner })
    }
}

/// What is told with `done`; what does not belong to the request is left out.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Done {
    /// send_message: the number in the conversation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
    /// send_message: when it was stored, in milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<u64>,
    /// create_room: the room's number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room_id: Option<u64>,
    /// sign_certificate and certificates_of: user and certificate in DER.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub certificates: Vec<(u64, ByteBuf)>,
    /// search_users: number and name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub users: Vec<(u64, String)>,
    /// fetch_key_packages: in the order of the keys that were asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub packages: Vec<crate::push::KeyPackageFor>,
    /// fetch_key_packages: the answer is full; ask again for those that are not there.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub more: bool,
    /// file_begin and file_put: how many bytes the server has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<u64>,
    /// file_get: the piece.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<ByteBuf>,
}

macro_rules! shapes {
    ($($type:ty = $form:expr),* $(,)?) => {$(
        impl Shape for $type {
            const FORM: Form = $form;
        }
    )*};
}

shapes! {
    LoggedIn = Form::Dict,
    History = Form::Dict,
    FriendResult = Form::List(&["ok", "text", "code"]),
    RoomUsers = Form::List(&["users", "room_id"]),
    Done = Form::Dict,
    Refusal = Form::Dict,
}

impl Reply {
    /// Its operation.
    #[must_use]
    pub fn operation(&self) -> Operation {
        match self {
            Self::LoginSuccessful(_) => Operation::LoginSuccessful,
            Self::RegisterSuccessful(_) => Operation::RegisterSuccessful,
            Self::ChatHistory(_) => Operation::ChatHistory,
            Self::ServerEcho(_) => Operation::ServerEcho,
            Self::AddFriendResult(_) => Operation::AddFriendResult,
            Self::QueryRoomUsersResult(_) => Operation::QueryRoomUsersResult,
            Self::DelFriendResult(_) => Operation::DelFriendResult,
            Self::Done(_) => Operation::Done,
            Self::LoginFailed(_) => Operation::LoginFailed,
            Self::UsernameTaken(_) => Operation::UsernameTaken,
            Self::GeneralFailure(_) => Operation::GeneralFailure,
            Self::Refused(_) => Operation::Refused,
        }
    }

    /// As a message.
    pub fn to_message(&self) -> Result<Message, MappingError> {
        let value = match self {
            Self::LoginSuccessful(reply) => shape::write(reply)?,
            Self::RegisterSuccessful(id) => Value::Int(*id),
            Self::ChatHistory(reply) => shape::write(reply)?,
            Self::ServerEcho(value) => value.clone(),
            Self::AddFriendResult(reply) | Self::DelFriendResult(reply) => shape::write(reply)?,
            Self::QueryRoomUsersResult(reply) => shape::write(reply)?,
            Self::Done(reply) => shape::write(reply)?,
            Self::LoginFailed(reply) | Self::UsernameTaken(reply) | Self::Refused(reply) => {
                shape::write(reply)?
            }
            Self::GeneralFailure(text) => Value::from(text.as_str()),
        };
        Ok(Message { operation: self.operation().number(), value })
    }

    /// The answer that `message` is; `None` if it is no answer, but perhaps a push.
    ///
    /// # Errors
    /// It is one, but its value does not fit.
    pub fn from_message(message: &mut Message) -> Result<Option<Self>, ShapeError> {
        let Some(operation) = Operation::from_number(message.operation) else { return Ok(None) };
        let mut value = || std::mem::take(&mut message.value);
        Ok(Some(match operation {
            Operation::LoginSuccessful => Self::LoginSuccessful(shape::read(value())?),
            Operation::RegisterSuccessful => match value() {
                Value::Int(id) => Self::RegisterSuccessful(id),
                other => return Err(ShapeError::kind("int", &other)),
            },
            Operation::ChatHistory => Self::ChatHistory(shape::read(value())?),
            Operation::ServerEcho => Self::ServerEcho(value()),
            Operation::AddFriendResult => Self::AddFriendResult(shape::read(value())?),
            Operation::QueryRoomUsersResult => Self::QueryRoomUsersResult(shape::read(value())?),
            Operation::DelFriendResult => Self::DelFriendResult(shape::read(value())?),
            Operation::Done => Self::Done(shape::read(value())?),
            Operation::LoginFailed => Self::LoginFailed(shape::read(value())?),
            Operation::UsernameTaken => Self::UsernameTaken(shape::read(value())?),
            Operation::GeneralFailure => match value() {
                Value::Str(text) => Self::GeneralFailure(text),
                other => return Err(ShapeError::kind("str", &other)),
            },
            Operation::Refused => Self::Refused(shape::read(value())?),
            _ => return Ok(None),
        }))
    }

    /// Granted, or the refusal.
    pub fn granted(self) -> Result<Self, Refusal> {
        match self {
            Self::LoginFailed(refusal) | Self::UsernameTaken(refusal) | Self::Refused(refusal) => {
                Err(refusal)
            }
            Self::GeneralFailure(text) => Err(Refusal::because(Code::ServerError, text)),
            Self::AddFriendResult(FriendResult { ok: false, text, code })
            | Self::DelFriendResult(FriendResult { ok: false, text, code }) => {
                Err(Refusal::because(code.unwrap_or(Code::ServerError), text))
            }
            granted => Ok(granted),
        }
    }
}
