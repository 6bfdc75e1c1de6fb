//! The signed handshake: two sides agree on keys, and each knows with whom.
//!
//! ```text
//! client                                                                server
//!   client_hello            ──────────────────────────────────────────▶           frames
//!                           ◀──────────────────────────────────────────  server_hello
//!  ─────────────────────────────── handshake keys ───────────────────────────────
//!                           ◀──────────────────────────────────────────  encrypted_extensions
//!                           ◀──────────────────────────────────────────  certificate
//!                           ◀──────────────────────────────────────────  certificate_verify
//!                           ◀──────────────────────────────────────────  finished
//!   [access]                ──────────────────────────────────────────▶
//!   [certificate            ──────────────────────────────────────────▶
//!   [certificate_verify]]   ──────────────────────────────────────────▶
//!   finished                ──────────────────────────────────────────▶           packets
//!  ────────────────────────────── application keys ──────────────────────────────
//! ```
//!
//! It is TLS 1.3 with DHE (RFC 8446, section 2), with the same names, numbers and key schedule, and four
//! differences: signatures are RSASSA-PKCS1-v1_5 instead of PSS, a flag stands for `CertificateRequest`, `access`
//! is our own, and packets of stage 6's layout stand for TLS records. As in TLS, each side changes to the
//! application keys after its own `finished`, for what it sends; so an alert about the client's last messages
//! reaches a client that already reads with the application keys.
//!
//! | file | idea |
//! |---|---|
//! | `codec.rs` `messages.rs` | the messages and their bytes |
//! | `transcript.rs` | a digest of all of them |
//! | `schedule.rs` | from the shared value to keys |
//! | `access.rs` | stage 2's proof, bound to this handshake |
//! | `config.rs` | what each side brings along |
//! | `client.rs` `server.rs` | the two sides, one type for each awaited message |
//! | `context.rs` | what these states work with |
//! | `key_log.rs` | secrets out, for the lab |
//! | `error.rs` | what can go wrong |

pub mod access;
pub(crate) mod client;
pub mod codec;
mod config;
pub(crate) mod context;
mod error;
pub mod key_log;
pub mod messages;
pub mod schedule;
pub(crate) mod server;
pub mod transcript;

pub use config::{ClientCa, ClientConfig, Identity, ServerConfig};
pub use context::Peer;
pub use error::ChannelError;
