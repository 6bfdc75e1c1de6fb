//! **An exhibit.** How TLS 1.2 and older agreed on a key with nothing but RSA: the client makes the key and
//! encrypts it for the owner of the certificate. Nothing uses it unless it is asked to (`--key-transport`), and its
//! certificate is good for nothing else.
//!
//! ```text
//! client                                                                server
//!   client_hello            ──────────────────────────────────────────▶           frames
//!                           ◀──────────────────────────────────────────  server_hello
//!                           ◀──────────────────────────────────────────  certificate
//!                           ◀──────────────────────────────────────────  server_hello_done
//!   client_key_exchange     ──────────────────────────────────────────▶
//!  ─────────────────────────────── handshake keys ───────────────────────────────
//!   finished                ──────────────────────────────────────────▶           packets
//!                           ◀──────────────────────────────────────────  finished
//!  ────────────────────────────── application keys ──────────────────────────────
//! ```
//!
//! Names and numbers of the messages are those of TLS 1.2 (RFC 5246, section 7.4). Keys and packets are those of
//! this stage, so that one thing differs from the signed handshake and no other: where the shared value comes from.
//!
//! The server signs nothing. It proves who it is by being able to decrypt, and that is the fault: the key in its key
//! file opens every session that was ever recorded, [as an attack shows](crate::attack). TLS 1.3 has no such thing.
//!
//! | file | idea |
//! |---|---|
//! | `messages.rs` | the messages that the signed handshake has not, or has in another form |
//! | `client.rs` `server.rs` | the two sides, one type for each awaited message |
//! | `keys.rs` | from the premaster secret to keys |
//! | `folder.rs` | the certificate of its own: D/transport.pem, D/transport.key |
//! | `session.rs` | both sides on sockets |
//! | `dissect.rs` | such a session on a tapped wire |

mod client;
mod dissect;
mod folder;
pub mod keys;
pub mod messages;
mod server;
mod session;

pub use client::client;
pub use dissect::Transported;
pub use folder::TransportFolder;
pub use server::server;
pub use session::{connect, handler};
