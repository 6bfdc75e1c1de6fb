//! The packets of this stage: one key for both directions, and MD5 of the body for a digest, *as the original
//! program had them*.

use crate::cipher::{BLOCK, Cipher};
use crate::packet::{DIGEST_LENGTH, LIMIT, Packet, PacketError, seal};
use framing::{EncodeError, Message, encode};
use md5::{Digest, Md5};
use std::fmt;

/// Seals and opens packets under one shared key.
#[derive(Debug, Clone)]
pub struct Packets {
    cipher: Cipher,
}

impl Packets {
    /// Under the key that two sides have agreed on: [`SharedKey::bytes`](key_exchange::SharedKey::bytes).
    #[must_use]
    pub fn new(key: &[u8; 32]) -> Self {
        Self { cipher: Cipher::new(key) }
    }

    /// Appends `text` to `out` as one packet. The IV must be new and random.
    ///
    /// # Errors
    /// If the text is empty or longer than [`LIMIT`]; then nothing is appended.
    pub fn seal(&self, iv: [u8; BLOCK], text: &[u8], out: &mut Vec<u8>) -> Result<(), PacketError> {
        let write = |out: &mut Vec<u8>| -> Result<(), PacketError> {
            out.extend_from_slice(text);
            Ok(())
        };
        seal(&self.cipher, iv, LIMIT, out, write, |_, body| digest(body))
    }

    /// Appends a message as one packet; its bytes are written, filled up and encrypted where they will lie.
    ///
    /// # Errors
    /// If the message cannot be written, or is longer than [`LIMIT`]; then nothing is appended.
    pub fn seal_message(
        &self,
        iv: [u8; BLOCK],
        message: &Message,
        out: &mut Vec<u8>,
    ) -> Result<(), SealError> {
        let write = |out: &mut Vec<u8>| {
            out.push(message.operation);
            encode(&message.value, out).map_err(SealError::Value)
        };
        seal(&self.cipher, iv, LIMIT, out, write, |_, body| digest(body))
    }

    /// Checks the digest of a packet and decrypts it; returns the text and its fill.
    ///
    /// The comparison may take as long as it likes: there is no secret in the digest that a stopwatch could find.
    ///
    /// # Errors
    /// If the digest is not that of the body.
    // ANCHOR: open
    pub fn open<'a>(&self, packet: Packet<'a>) -> Result<(&'a [u8], &'a [u8]), PacketError> {
        if packet.header.digest != digest(packet.body) {
            return Err(PacketError::Digest);
        }
        Ok(packet.decrypt(&self.cipher))
    }
    // ANCHOR_END: open
}

// ANCHOR: digest
/// MD5 of an encrypted body, as 32 lower-case hexadecimal digits in ASCII.
///
/// There is no key in it, so whoever changes the body computes it anew; and it covers neither the IV, nor the
/// padding, nor the packet's place in the stream.
#[must_use]
pub fn digest(body: &[u8]) -> [u8; DIGEST_LENGTH] {
    let mut hex = [0; DIGEST_LENGTH];
    for (pair, byte) in hex.chunks_exact_mut(2).zip(Md5::digest(body)) {
        pair[0] = DIGITS[usize::from(byte >> 4)];
        pair[1] = DIGITS[usize::from(byte & 15)];
    }
    hex
}
// ANCHOR_END: digest

const DIGITS: [u8; 16] = *b"0123456789abcdef";

/// Why a message does not become a packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SealError {
    /// It does not fit.
    Packet(PacketError),
    /// Its value cannot be written.
    Value(EncodeError),
}

impl From<PacketError> for SealError {
    fn from(error: PacketError) -> Self {
        Self::Packet(error)
    }
}

impl fmt::Display for SealError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Packet(PacketError::TooLong { length, limit }) => {
                write!(f, "a message of {length} bytes (with its fill) does not fit; a packet takes {limit}")
            }
            Self::Packet(error) => error.fmt(f),
            Self::Value(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for SealError {}
