//! The one table of error codes: what a request can be refused for, on the server or before it gets there.
//!
//! A code is for programs, the sentence for people. The sentence says what was wrong and what to do; where the
//! table's own is too general, whoever refuses writes a better one.

use crate::Operation;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

macro_rules! codes {
    ($($variant:ident = $name:literal $text:literal,)*) => {
        /// What a request is refused for.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code {
            $(#[doc = $text] $variant,)*
        }

        impl Code {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// As programs read it.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            /// As people read it.
            #[must_use]
            pub fn text(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }
        }
    };
}

codes! {
    // What was asked.
    BadJson = "bad_json" "this line is not a JSON object",
    UnknownVerb = "unknown_verb" "there is no such verb; `uchat run --help` lists them",
    UnknownOperation = "unknown_operation" "this server knows no such operation",
    BadField = "bad_field" "a field is missing or wrong",
    TooLong = "too_long" "this is too long",
    NotLoggedIn = "not_logged_in" "log in first",
    AlreadyLoggedIn = "already_logged_in" "this connection is logged in already; log out first",
    Busy = "busy" "the last one is not finished yet",

    // Accounts.
    BadUserName = "bad_user_name" "this cannot be a user name",
    BadPassword = "bad_password" "this cannot be a password",
    BadEmail = "bad_email" "this is no e-mail address",
    UserNameTaken = "user_name_taken" "this user name is taken; choose another",
    EmailTaken = "email_taken" "there is an account with this e-mail address already; take another address",
    WrongLogin = "wrong_login" "user name or password is wrong",
    WrongPassword = "wrong_password" "the password is wrong",
    BadToken = "bad_token" "the session has ended; log in with the password",
    WrongProfile = "wrong_profile" "this profile belongs to another account; use another one",
    RegistrationClosed = "registration_closed" "this server takes no new accounts",

    // Friends.
    NoSuchUser = "no_such_user" "there is no user of this name; is it spelled right?",
    Yourself = "yourself" "that is you",
    AlreadyFriends = "already_friends" "you are friends already",
    RequestPending = "request_pending" "you have asked already; the answer is not there yet",
    NoSuchRequest = "no_such_request" "this user has not asked you",
    NotFriends = "not_friends" "you are not friends; send a friend request first",
    Blocked = "blocked" "you have blocked this user; unblock first",

    // Rooms.
    BadRoomName = "bad_room_name" "this cannot be a room name",
    RoomNameTaken = "room_name_taken" "there is a room of this name already; choose another",
    NoSuchRoom = "no_such_room" "there is no room with this number; ask a member for it",
    AlreadyInRoom = "already_in_room" "you are in this room already",
    NotInRoom = "not_in_room" "you are not in this room; join it first",
    NotOwner = "not_owner" "only the owner of the room can do that",
    NotMember = "not_member" "this user is not in the room",
    OwnerStays = "owner_stays" "the owner cannot leave while others are there; hand the room over first",
    RoomFull = "room_full" "the room has as many members as a room may have",

    // Messages.
    NoSuchMessage = "no_such_message" "there is no such message",
    NotEncrypted = "not_encrypted" "messages must be encrypted from end to end here",
    NoKeys = "no_keys" "this user has no keys yet; the message waits until there are some",
    NoOwnKeys = "no_own_keys" "the keys of this account are not here; import them, or make new ones",
    KeyChanged = "key_changed" "the keys of this user have changed; compare the safety number, then accept the key",
    BadCertificate = "bad_certificate" "the certificate request cannot be granted",
    BadKeyPackage = "bad_key_package" "the key package does not fit the conversation",

    // Files.
    NoSuchFile = "no_such_file" "there is no such file",
    FileTooLarge = "file_too_large" "the file is larger than this server takes",
    FileMismatch = "file_mismatch" "what was sent is not what was announced; send the file again",
    FileUnreadable = "file_unreadable" "the file cannot be read",
    FileUnwritable = "file_unwritable" "the file cannot be written",
    NoSpace = "no_space" "there is no space left for this",
    Cancelled = "cancelled" "given up, as you asked",

    // Limits.
    TooManyConnections = "too_many_connections" "too many connections from this address; close some",
    TooManySignUps = "too_many_sign_ups" "too many new accounts from this address; wait",
    TooManyLogIns = "too_many_log_ins" "too many log-ins that failed; wait",
    TooManyRequests = "too_many_requests" "too many requests; wait",
    TooManyWaiting = "too_many_waiting" "too much waits to be sent; wait",

    // The connection.
    Offline = "offline" "not connected; try again when the connection is back",
    SessionReplaced = "session_replaced" "this account has logged in somewhere else",
    TooSlow = "too_slow" "this connection reads too slowly; what waited is in the history",
    ServerStopping = "server_stopping" "the server is stopping; try again in a while",
    AccountDeleted = "account_deleted" "the account is deleted",
    Idle = "idle" "nothing came for too long",
    UnknownCa = "unknown_ca" "the server's CA is not the one that is known here; join with an invite of its operator",
    UntrustedServer = "untrusted_server" "the server's certificate does not prove who it is; ask its operator",
    AccessRefused = "access_refused" "the server does not take this access key; ask its operator for a new invite",
    WrongTransport = "wrong_transport" "the server speaks something else; start both sides with the same --lesson or --tls",
    ServerError = "server_error" "the server failed; its log says why",
    ClientError = "client_error" "this client failed; its log says why",
}

impl Code {
    /// The code of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.name() == name)
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// A code that a newer server knows and we do not is a [`ServerError`](Code::ServerError): its sentence still
/// tells people what it means.
impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Ok(Self::from_name(&name).unwrap_or(Self::ServerError))
    }
}

/// A refusal: why, which field, and when to try again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// For programs.
    pub code: Code,
    /// For people.
    pub text: String,
    /// The field that is wrong, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The number of the operation that is refused, if it got that far.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<u8>,
    /// After how many milliseconds it can work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
}

impl Refusal {
    /// With the code's own sentence.
    #[must_use]
    pub fn new(code: Code) -> Self {
        Self::because(code, code.text())
    }

    /// With a better sentence.
    #[must_use]
    pub fn because(code: Code, text: impl Into<String>) -> Self {
        Self { code, text: text.into(), field: None, operation: None, retry_after: None }
    }

    /// A field is wrong: `rule` says what it must be.
    #[must_use]
    pub fn field(code: Code, field: &str, rule: impl fmt::Display) -> Self {
        Self { field: Some(field.to_owned()), ..Self::because(code, format!("{field}: {rule}")) }
    }

    /// In answer to this operation.
    #[must_use]
    pub fn of(self, operation: Operation) -> Self {
        Self { operation: Some(operation.number()), ..self }
    }

    /// It can work after so many milliseconds.
    #[must_use]
    pub fn retry_after(self, milliseconds: u64) -> Self {
        Self { retry_after: Some(milliseconds), ..self }
    }
}

impl From<Code> for Refusal {
    fn from(code: Code) -> Self {
        Self::new(code)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Refusal {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_name_of_its_own() {
        for code in Code::ALL {
            assert_eq!(Code::from_name(code.name()), Some(*code));
        }
    }
}
