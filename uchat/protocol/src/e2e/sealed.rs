//! One keyed packet in memory: sealed from a slice, opened to bytes that are wiped.

use anatomy::Reader;
use cbc_packet::{BLOCK, HEADER_LENGTH, Header, Packet, PacketError};
use certificates::keyed_packet::PacketKeys;
use rand::CryptoRng;
use zeroize::Zeroizing;

/// Bytes are not the one packet that they should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealedError {
    /// A rule of the layout is broken, or the digest does not fit: changed, in another place, or of other keys.
    #[error("{0}")]
    Packet(#[from] PacketError),
    /// Too short, too long, or with something behind it.
    #[error("it has {got} bytes, {expected} were expected")]
    Length {
        /// Bytes expected.
        expected: usize,
        /// Bytes that came.
        got: usize,
    },
}

pub(super) fn random_iv(random: &mut impl CryptoRng) -> [u8; BLOCK] {
    let mut iv = [0; BLOCK];
    random.fill_bytes(&mut iv);
    iv
}

/// The packet of this text, of 1 to `limit` bytes with its fill.
pub(super) fn seal(
    keys: &PacketKeys,
    sequence: u64,
    iv: [u8; BLOCK],
    limit: usize,
    text: &[u8],
) -> Result<Vec<u8>, SealedError> {
    let mut packet = Vec::with_capacity(HEADER_LENGTH + text.len() + BLOCK);
    keys.seal(sequence, iv, limit, &mut packet, |out| {
        out.extend_from_slice(text);
        Ok::<(), PacketError>(())
    })?;
    Ok(packet)
}

/// The text of the one packet that `bytes` are, with a body of at most `limit` bytes.
pub(super) fn open(
    keys: &PacketKeys,
    sequence: u64,
    limit: usize,
    bytes: &[u8],
) -> Result<Zeroizing<Vec<u8>>, SealedError> {
    let got = bytes.len();
    let header = Header::read(&mut Reader::new(bytes), limit)?;
    let header = header.ok_or(SealedError::Length { expected: HEADER_LENGTH + BLOCK, got })?;
    let expected = HEADER_LENGTH + header.length;
    if got != expected {
        return Err(SealedError::Length { expected, got });
    }
    let mut body = Zeroizing::new(bytes[HEADER_LENGTH..].to_vec());
    let length = keys.open(sequence, Packet { header, body: &mut body })?.len();
    body.truncate(length); // the text stands at the front, the fill behind it
    Ok(body)
}
