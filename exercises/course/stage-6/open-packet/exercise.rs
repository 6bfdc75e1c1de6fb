//! A packet of stage 6: found at the beginning of a stream, checked, opened.
//!
//! The library has this ready-made (`PacketDecoder`). Write it yourself, and compare afterwards.

use cbc_packet::{Cipher, digest};

/// Bytes of a block, and of an IV.
const BLOCK: usize = 16;

/// Bytes before the body: `length u32 ‖ padding u8 ‖ IV 16 ‖ digest 32`. The length is big-endian.
const HEADER: usize = 4 + 1 + BLOCK + 32;

/// Why a stream cannot be read any further.
#[derive(Debug, PartialEq, Eq)]
pub enum Refused {
    /// The body is longer than the limit.
    TooLong,
    /// The body has no bytes, or does not end with a block.
    Blocks,
    /// There are more than 15 bytes of padding.
    Padding,
    /// The digest is not that of the body.
    Digest,
}

/// Opens the packet with which `stream` begins. Returns its text, without padding, and how many bytes of the stream
/// it took; `Ok(None)` if the rest of the packet has not come yet.
///
/// Each field is checked, in the order of `Refused`, as soon as it is there: nobody waits for the body of a packet
/// whose length or padding is wrong. A body of exactly `limit` bytes is allowed.
///
/// `digest(body)` gives the 32 digits that should stand in the header, and `cipher.decrypt(&iv, &mut blocks)`
/// decrypts whole blocks in place. Nothing is decrypted before the digest fits.
pub fn open(cipher: &Cipher, stream: &[u8], limit: usize) -> Result<Option<(Vec<u8>, usize)>, Refused> {
    todo!("read and check the header field by field, then the digest, then decrypt")
}
