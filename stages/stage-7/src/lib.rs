//! Stage 7: a third party vouches for names, and a channel is built on its word.
//!
//! Until here the two sides agreed on a key without knowing with whom. Now the server has a certificate: a CA
//! that both trust has signed that this public key belongs to this name. The server signs the handshake with
//! it, so nobody in between can swap values; and every packet carries a digest with a key, so nobody can change,
//! repeat or reorder what is said.
//!
//! | file | idea |
//! |---|---|
//! | `rsa.rs` `rsa/` | signatures, and the keys that make them |
//! | `x509.rs` `x509/` | certificates, requests, revocation lists, a CA; and every check of a chain |
//! | `folder.rs` `files.rs` | keys and certificates on disk |
//! | `handshake.rs` `handshake/` | the signed handshake: messages, transcript, key schedule, both sides |
//! | `keyed_packet.rs` | stage 6's packet with a digest that needs a key |
//! | `connection.rs` `connection/` | the whole channel, as bytes and time in, bytes and events out |
//! | `session.rs` `stream.rs` | the channel under stage 3's servers, and on a socket that waits |
//! | `dissect.rs` | the channel on a tapped wire |
//! | `key_transport.rs` `key_transport/` | an exhibit: how TLS 1.2 agreed on a key with RSA alone |
//! | `attack.rs` `attack/` | a key stolen after a session was recorded; the man in the middle |
//! | `commands/` `scenario.rs` `scenario/` `demo.rs` | the verbs; a university, a board and students; the narrated run |
//!
//! The messenger `uchat` ships with this channel. What TLS 1.3 does elsewhere stands beside each piece.

pub mod attack;
pub mod connection;
mod dissect;
pub mod files;
pub mod folder;
pub mod handshake;
pub mod key_transport;
pub mod keyed_packet;
pub mod rsa;
mod session;
mod stream;
pub mod x509;

pub use connection::{Carried, Connection, Event, Watch, Went};
pub use dissect::Channel;
pub use handshake::ChannelError;
pub use session::ChannelHandler;
pub use stream::ChannelStream;

/// The port of this stage's server.
pub const PORT: u16 = 9007;
/// The port of the university's CA in the scenario.
pub const CA_SERVER_PORT: u16 = 9017;
/// The port of its board.
pub const BOARD_PORT: u16 = 9027;
