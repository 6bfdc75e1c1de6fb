//! Files: cut into pieces of 64 KiB, each a keyed packet with the piece's number as its sequence.
//!
//! ```text
//! HKDF-Expand(file key, "uchat file", 64) = AES key ‖ MAC key
//! IV of piece i = HKDF-Expand(file key, "uchat file iv" ‖ i u64, 16)
//! ```
//!
//! A file is read twice: once for the digest of what will lie on the server, once to send it. Both must give the same
//! bytes, so the IVs are not drawn but derived. Without the file key they cannot be told from random ones; with
//! it everything is readable anyway. A file key is for one file, so no IV is used for two texts.

use super::sealed::{self, SealedError};
use crate::limits::FILE_PIECE;
use cbc_packet::{BLOCK, HEADER_LENGTH};
use certificates::handshake::schedule::Secret;
use certificates::keyed_packet::PacketKeys;
use rand::CryptoRng;
use zeroize::Zeroizing;

/// Bytes of a whole piece as it lies on the server.
pub const STORED_PIECE: u64 = (HEADER_LENGTH + FILE_PIECE) as u64;

/// The key of one file. Wiped from memory when dropped.
#[derive(Debug, Clone)]
pub struct FileKey {
    secret: Secret,
    keys: PacketKeys,
}

impl FileKey {
    /// A fresh one.
    pub fn random(random: &mut impl CryptoRng) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        random.fill_bytes(&mut *bytes);
        Self::from_bytes(&bytes)
    }

    /// The one with these bytes.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        let secret = Secret::from(*bytes);
        let keys = PacketKeys::from_bytes(&secret.expand(b"uchat file"));
        Self { secret, keys }
    }

    /// Its bytes, for the message that tells it.
    #[must_use]
    pub fn bytes(&self) -> &[u8; 32] {
        self.secret.bytes()
    }

    /// The packet of piece `index` (from 0): the same each time for the same text. All pieces have 64 KiB, the last
    /// one 1 byte to 64 KiB.
    ///
    /// # Errors
    /// If the piece is empty or longer.
    pub fn seal_piece(&self, index: u64, text: &[u8]) -> Result<Vec<u8>, SealedError> {
        let mut info = b"uchat file iv".to_vec();
        info.extend_from_slice(&index.to_be_bytes());
        let iv = self.secret.expand::<BLOCK>(&info);
        sealed::seal(&self.keys, index, *iv, FILE_PIECE, text)
    }

    /// The text of piece `index`.
    ///
    /// # Errors
    /// If it is not exactly one packet, of this key, at this place, unchanged.
    pub fn open_piece(&self, index: u64, packet: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealedError> {
        sealed::open(&self.keys, index, FILE_PIECE, packet)
    }
}

/// How many bytes an encrypted file of `size` bytes has on the server; `u64::MAX` if they cannot be counted.
#[must_use]
pub const fn stored_size(size: u64) -> u64 {
    let (whole, rest) = (size / FILE_PIECE as u64, size % FILE_PIECE as u64);
    let last = if rest == 0 { 0 } else { HEADER_LENGTH as u64 + rest.next_multiple_of(BLOCK as u64) };
    whole.saturating_mul(STORED_PIECE).saturating_add(last)
}

/// The number of the piece that begins at this offset on the server; `None` if none does.
#[must_use]
pub const fn piece_at(offset: u64) -> Option<u64> {
    if offset.is_multiple_of(STORED_PIECE) { Some(offset / STORED_PIECE) } else { None }
}

/// How many bytes of text piece `index` of a file of `size` bytes has; 0 after its end.
#[must_use]
pub const fn piece_length(size: u64, index: u64) -> usize {
    let before = index.saturating_mul(FILE_PIECE as u64);
    let left = size.saturating_sub(before);
    if left < FILE_PIECE as u64 { left as usize } else { FILE_PIECE }
}
