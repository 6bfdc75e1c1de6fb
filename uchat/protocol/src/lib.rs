//! What server and client of the messenger say to each other, and how.
//!
//! | file | idea |
//! |---|---|
//! | `operation.rs` | every operation: its number, name, direction and what answers it |
//! | `request.rs` | client → server: one type for each operation |
//! | `reply.rs` | server → client: the one answer to each request, in the order of the requests |
//! | `push.rs` | server → client: what comes without being asked for |
//! | `content.rs` | what people say: a text, an image, a file; the plain and the encrypted form |
//! | `code.rs` | the one table of error codes |
//! | `channel.rs` `channel/` | one channel for all of it, over any transport |
//! | `invite.rs` | the one string that brings a newcomer to a server |
//! | `fields.rs` `fields/` | names, passwords, e-mail addresses: their rules, the same on both sides |
//! | `id.rs` `conversation.rs` | random ids; who talks with whom |
//! | `e2e.rs` `e2e/` | end-to-end encryption: keys, key packages, chains, files |
//! | `inspect.rs` `inspect/` | a message that has travelled, seen from the inside, layer by layer |
//! | `limits.rs` | every size and number that both sides must agree on |
//! | `shape.rs` | from a message's value to a type, with errors that name the field |
//!
//! Everything here is bytes in, bytes out: no socket, no clock, no random source.

pub mod channel;
pub mod code;
pub mod content;
pub mod conversation;
pub mod e2e;
pub mod fields;
pub mod id;
pub mod inspect;
pub mod invite;
pub mod limits;
pub mod operation;
pub mod push;
pub mod reply;
pub mod request;
mod shape;

pub use channel::{Channel, ChannelError, ClientSetup, ServerSetup, Transport};
pub use code::{Code, Refusal};
pub use content::{Content, Encrypted, Envelope};
pub use conversation::Conversation;
pub use id::{FileName, KeyId, MessageId};
pub use invite::{Invite, InviteError};
pub use operation::Operation;
pub use push::Push;
pub use reply::Reply;
pub use request::Request;
pub use shape::ShapeError;

/// The port of the messenger's server.
pub const PORT: u16 = 2333;
