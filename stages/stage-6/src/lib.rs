//! Stage 6: packets. Each message is encrypted with AES in CBC mode, and a digest finds what was changed.
//!
//! Two sides agree on a key as in stage 5. From there on every message travels in a packet of its own: a header
//! with a fresh IV and a digest, then the message, encrypted block by block. The layout is that of the original
//! program, with its faults: the digest has no key, and it covers the encrypted body and nothing else.
//!
//! | file | idea |
//! |---|---|
//! | `cipher.rs` | AES-256 in CBC mode, in place |
//! | `packet.rs` | the packet: sealed in place, found in a stream, opened in place |
//! | `packets.rs` | this stage's packets: one key, and MD5 of the body |
//! | `operations.rs` | what can be said: numbers and names |
//! | `lines.rs` | what a user types and reads |
//! | `service.rs` | what the server does with it |
//! | `session.rs` `client.rs` | both sides of a connection: public values, then packets |
//! | `dissect.rs` | packets on a tapped wire |
//! | `attack.rs` `attack/` | forged, turned, repeated and reflected packets; a man in the middle; an oracle |

pub mod attack;
mod cipher;
mod client;
mod dissect;
mod lines;
pub mod operations;
mod packet;
mod packets;
mod service;
mod session;

pub use cipher::{BLOCK, Cipher, xor};
pub use client::PacketClient;
pub use dissect::{Sealed, label_packet};
pub use lines::{read_line, show_answer};
pub use packet::{
    DIGEST_LENGTH, HEAD_LENGTH, HEADER_LENGTH, Header, LIMIT, Packet, PacketDecoder, PacketError, seal,
};
pub use packets::{Packets, SealError, digest};
pub use service::{Friends, LONGEST_NAME, MOST_NAMES, NOT_UNDERSTOOD, PADDING_NOT_ZERO};
pub use session::{Fill, PacketHandler};

/// The port of this stage's server.
pub const PORT: u16 = 9006;
