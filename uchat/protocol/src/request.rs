//! Client → server: one type for each operation.

use crate::shape::{self, Form, Shape};
use crate::{Code, Envelope, FileName, KeyId, MessageId, Operation, Refusal};
use framing::{MappingError, Message, Value};
use serde::{Deserialize, Serialize};
use serde_bytes::{ByteArray, ByteBuf};
use std::fmt;

/// Defines the structs, how they are written, and the enum of all of them.
macro_rules! requests {
    ($($(#[$meta:meta])* $name:ident $form:tt { $($(#[$field_meta:meta])* $field:ident: $type:ty,)* })*) => {
        $(
            $(#[$meta])*
            #[derive(Clone, PartialEq, Serialize, Deserialize)]
            pub struct $name {
                $($(#[$field_meta])* pub $field: $type,)*
            }

            /// Without passwords and tokens, which must not appear in a log by accident.
            impl fmt::Debug for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.debug_struct(stringify!($name))
                        $(.field(stringify!($field), match SECRET.contains(&stringify!($field)) {
                            true => &Hidden as &dyn fmt::Debug,
                            false => &self.$field,
                        }))*
                        .finish()
                }
            }

            impl Shape for $name {
                const FORM: Form = form!($form $($field)*);
            }
        )*

        /// Anything that a client can ask for.
        #[derive(Debug, Clone, PartialEq)]
        #[allow(missing_docs, reason = "each variant is the struct of the same name")]
        pub enum Request {
            ClientEcho(Value),
            Bad(Value),
            $($name($name),)*
        }

        impl Request {
            /// Its operation.
            #[must_use]
            pub fn operation(&self) -> Operation {
                match self {
                    Self::ClientEcho(_) => Operation::ClientEcho,
                    Self::Bad(_) => Operation::Bad,
                    $(Self::$name(_) => Operation::$name,)*
                }
            }

            /// As a message.
            ///
            /// # Errors
            /// None for what these types can hold, a list of more than 4 GiB aside.
            pub fn to_message(&self) -> Result<Message, MappingError> {
                let value = match self {
                    Self::ClientEcho(value) | Self::Bad(value) => value.clone(),
                    $(Self::$name(request) => shape::write(request)?,)*
                };
                Ok(Message { operation: self.operation().number(), value })
            }

            /// The request that `message` is.
            ///
            /// # Errors
            /// A refusal that names the field and the rule, ready to be the answer.
            pub fn from_message(message: Message) -> Result<Self, Refusal> {
                match Operation::from_number(message.operation) {
                    Some(Operation::ClientEcho) => Ok(Self::ClientEcho(message.value)),
                    Some(Operation::Bad) => Ok(Self::Bad(message.value)),
                    $(Some(Operation::$name) => shape::read(message.value).map(Self::$name)
                        .map_err(|error| Refusal {
                            field: (!error.field.is_empty()).then(|| error.field.clone()),
                            ..Refusal::because(Code::BadField, error.to_string())
                        }.of(Operation::$name)),)*
                    _ => {
                        let text = format!("{} is no operation that a client can ask for", message.operation);
                        let refusal = Refusal::because(Code::UnknownOperation, text);
                        Err(Refusal { operation: Some(message.operation), ..refusal })
                    }
                }
            }
        }

        $(impl From<$name> for Request {
            fn from(request: $name) -> Self {
                Self::$name(request)
            }
        })*
    };
}

macro_rules! form {
    (dict $($field:ident)*) => { Form::Dict };
    (list $($field:ident)*) => { Form::List(&[$(stringify!($field)),*]) };
    (bare $field:ident) => { Form::Bare(stringify!($field)) };
}

requests! {
    /// Logs in with a password.
    Login list {
        /// The user's name.
        user_name: String,
        /// The password.
        password: String,
    }

    /// Makes an account.
    Register list {
        /// The name.
        user_name: String,
        /// The password.
        password: String,
        /// An e-mail address; nobody checks that it is the user's.
        email: String,
        /// Not used: the server knows from where it is asked.
        #[serde(default)] ip: Option<String>,
        /// Not used.
        #[serde(default)] port: Option<u64>,
        /// In the user's own words; empty if not told.
        #[serde(default)] sex: Option<String>,
        /// In years.
        #[serde(default)] age: Option<u8>,
    }

    /// Asks somebody to be a friend.
    AddFriend bare {
        /// The user's name.
        user_name: String,
    }

    /// Answers somebody who has asked.
    ResolveFriendRequest list {
        /// Who has asked.
        user_id: u64,
        /// Yes or no.
        accept: bool,
    }

    /// Says something. The same id again is not said again; the answer is that of the first time.
    SendMessage dict {
        /// 0 a user, 1 a room.
        target_type: u8,
        /// Its number.
        target_id: u64,
        /// What is said.
        message: Envelope,
        /// Made by the client; without one the server makes one.
        #[serde(default, skip_serializing_if = "Option::is_none")] id: Option<MessageId>,
    }

    /// Enters a room.
    JoinRoom bare {
        /// The room's number.
        room_id: u64,
    }

    /// Makes a room.
    CreateRoom bare {
        /// Its name.
        room_name: String,
    }

    /// Asks who is in a room.
    QueryRoomUsers bare {
        /// The room's number.
        room_id: u64,
    }

    /// Ends a friendship.
    DelFriend bare {
        /// The user's name.
        user_name: String,
    }

    /// Has the user's public keys certified.
    SignCertificate dict {
        /// A certificate request in DER; only its public key and its S are taken over.
        csr: ByteBuf,
    }

    /// Asks for certificates. Users without one are left out of the answer.
    CertificatesOf dict {
        /// The users' numbers.
        users: Vec<u64>,
    }

    /// Goes on with a session.
    Resume dict {
        /// The token of the last log-in or resume.
        token: ByteBuf,
    }

    /// Ends the session and all resume tokens.
    Logout dict {}

    /// Looks for users.
    SearchUsers dict {
        /// A part of the name.
        text: String,
    }

    /// Wants to hear nothing from a user any more.
    Block dict {
        /// The user's name.
        user_name: String,
    }

    /// Takes a block back.
    Unblock dict {
        /// The user's name.
        user_name: String,
    }

    /// Leaves a room.
    LeaveRoom dict {
        /// The room's number.
        room_id: u64,
    }

    /// Removes a member.
    RemoveMember dict {
        /// The room's number.
        room_id: u64,
        /// The member's number.
        user_id: u64,
    }

    /// Makes another member the owner.
    HandOver dict {
        /// The room's number.
        room_id: u64,
        /// The member's number.
        user_id: u64,
    }

    /// Asks for messages by sequence number: upwards after one, or downwards before one; never both.
    FetchHistory dict {
        /// 0 a user, 1 a room.
        target_type: u8,
        /// Its number.
        target_id: u64,
        /// Those with greater numbers, the smallest first.
        #[serde(default, skip_serializing_if = "Option::is_none")] after: Option<u64>,
        /// Those with smaller numbers, the greatest ones of them; the answer is in ascending order.
        #[serde(default, skip_serializing_if = "Option::is_none")] before: Option<u64>,
        /// At most so many.
        limit: u32,
    }

    /// Says up to where a conversation has been received and read. Never moves backwards.
    SetCursor dict {
        /// 0 a user, 1 a room.
        target_type: u8,
        /// Its number.
        target_id: u64,
        /// The last sequence number that is in the client's own store.
        delivered: u64,
        /// The last one that was read.
        read: u64,
    }

    /// Gives the members of a conversation the key of a chain.
    KeyPackage dict {
        /// What is signed.
        header: ByteBuf,
        /// The sender's signature.
        signature: ByteBuf,
        /// For each member: number and wrapped key.
        wraps: Vec<(u64, ByteBuf)>,
    }

    /// Asks for packages.
    FetchKeyPackages dict {
        /// Sender and chain of each.
        keys: Vec<(u64, KeyId)>,
    }

    /// Begins, or goes on with, putting a file.
    FileBegin dict {
        /// Its name, made by the client.
        name: FileName,
        /// All its bytes as they will lie on the server.
        size: u64,
        /// SHA-256 of these.
        sha256: ByteArray<32>,
        /// For whom: 0 a user, 1 a room.
        target_type: u8,
        /// The number.
        target_id: u64,
    }

    /// The next piece of a file.
    FilePut dict {
        /// The file.
        name: FileName,
        /// Where the piece begins: where the last one has ended.
        offset: u64,
        /// The piece.
        data: ByteBuf,
    }

    /// Asks for a piece of a file.
    FileGet dict {
        /// The file.
        name: FileName,
        /// Where the piece begins.
        offset: u64,
        /// Its length at most.
        length: u32,
    }

    /// Gives up a file that is not complete.
    FileCancel dict {
        /// The file.
        name: FileName,
    }

    /// Changes what is known about the user; what is not given stays.
    SetProfile dict {
        /// The e-mail address.
        #[serde(default, skip_serializing_if = "Option::is_none")] email: Option<String>,
        /// In the user's own words.
        #[serde(default, skip_serializing_if = "Option::is_none")] sex: Option<String>,
        /// In years.
        #[serde(default, skip_serializing_if = "Option::is_none")] age: Option<u8>,
        /// Whether friends see address and port.
        #[serde(default, skip_serializing_if = "Option::is_none")] share_address: Option<bool>,
        /// Whether friends see what has been read.
        #[serde(default, skip_serializing_if = "Option::is_none")] share_read: Option<bool>,
    }

    /// Changes the password.
    ChangePassword dict {
        /// The old one.
        old: String,
        /// The new one.
        new: String,
    }

    /// Deletes the account.
    DeleteAccount dict {
        /// The password, once more.
        password: String,
    }

    /// Is typing.
    Typing dict {
        /// 0 a user, 1 a room.
        target_type: u8,
        /// Its number.
        target_id: u64,
    }
}

/// What `{:?}` shows in place of a secret.
struct Hidden;

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

/// The fields that `{:?}` leaves out.
const SECRET: [&str; 4] = ["password", "old", "new", "token"];
