//! A packet that nobody with the key has sealed, and that the server accepts.

use cbc_packet::attack::path::Passing;
use cbc_packet::operations::{GENERAL_FAILURE, text_message};
use cbc_packet::{BLOCK, Header, NOT_UNDERSTOOD, digest, xor};

/// Sends a packet to the server, on the connection of the client that is attacked, and gives its answer; nothing if
/// the server closes instead.
pub type Ask<'a> = &'a mut dyn FnMut(&Passing) -> Option<Passing>;

/// An encrypted block C, and D(C).
pub struct Known {
    pub block: [u8; BLOCK],
    pub decrypted: [u8; BLOCK],
}

/// Finds a block C with D(C). `recorded` is a packet that the client has sent: an echo, operation 3.
///
/// No server has operation 131, which is 3 with its highest bit flipped. To such a message it answers
/// `text_message(GENERAL_FAILURE, NOT_UNDERSTOOD)`, whose bytes (`to_bytes`) everybody knows. A packet is `Passing {
/// header: Header { length, padding, iv, digest }, body }`; `text_length()` is how many bytes of text it has.
///
/// Nothing if no answer comes, if its text is not as long as the one that you know, or if its body is shorter than a
/// block.
pub fn find(recorded: &Passing, ask: Ask) -> Option<Known> {
    todo!("make the server answer a text that you know, and compute D(C) of its first block")
}

/// The packet with the one block C that is decrypted to `text`, whatever bytes these are; nothing if there are not 1 to
/// 16 of them.
///
/// `xor(&a, &b)` takes two blocks; `digest(body)` gives the digits for the header.
pub fn forge(known: &Known, text: &[u8]) -> Option<Passing> {
    todo!("choose the IV so that the block is decrypted to the text, and compute the digest")
}
