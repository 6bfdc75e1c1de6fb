//! How a file is cut: where its pieces begin, here and on the server.

use uchat_protocol::content::FileInfo;
use uchat_protocol::e2e::SealedError;
use uchat_protocol::e2e::file::{FileKey, STORED_PIECE, piece_length, stored_size};
use uchat_protocol::limits::FILE_PIECE;

/// The pieces of one file: 64 KiB each, the last one shorter; encrypted if there is a key.
#[derive(Debug)]
pub(super) struct Pieces {
    size: u64,
    key: Option<FileKey>,
}

impl Pieces {
    pub(super) fn new(size: u64, key: Option<FileKey>) -> Self {
        Self { size, key }
    }

    /// The pieces that `info` announces; `None` if its sizes contradict each other.
    pub(super) fn of(info: &FileInfo) -> Option<Self> {
        let key = info.key.as_ref().map(|key| FileKey::from_bytes(key));
        let pieces = Self::new(info.size, key);
        (pieces.stored() == info.stored).then_some(pieces)
    }

    /// All bytes on the server.
    pub(super) fn stored(&self) -> u64 {
        if self.key.is_some() { stored_size(self.size) } else { self.size }
    }

    /// Where a piece begins on the server; after the last one, all bytes.
    pub(super) fn start(&self, index: u64) -> u64 {
        index.saturating_mul(self.whole()).min(self.stored())
    }

    /// The piece in which this offset on the server lies, and where that piece begins.
    pub(super) fn at(&self, offset: u64) -> (u64, u64) {
        (offset / self.whole(), offset - offset % self.whole())
    }

    /// Bytes of a whole piece on the server.
    fn whole(&self) -> u64 {
        if self.key.is_some() { STORED_PIECE } else { FILE_PIECE as u64 }
    }

    /// Bytes of a piece here; 0 after the end.
    pub(super) fn text_length(&self, index: u64) -> usize {
        piece_length(self.size, index)
    }

    /// Bytes of a piece on the server; 0 after the end.
    pub(super) fn stored_length(&self, index: u64) -> usize {
        let text = self.text_length(index);
        // A piece is 64 KiB at most, so its size fits.
        if self.key.is_some() { stored_size(text as u64) as usize } else { text }
    }

    /// A piece as it lies on the server: always the same bytes for the same text.
    pub(super) fn seal(&self, index: u64, text: Vec<u8>) -> Result<Vec<u8>, SealedError> {
        match &self.key {
            Some(key) => key.seal_piece(index, &text),
            None => Ok(text),
        }
    }

    /// The text of a piece from the server, of exactly the length that it must have.
    pub(super) fn open(&self, index: u64, stored: Vec<u8>) -> Result<Vec<u8>, SealedError> {
        let text = match &self.key {
            Some(key) => std::mem::take(&mut *key.open_piece(index, &stored)?),
            None => stored,
        };
        let (expected, got) = (self.text_length(index), text.len());
        if got == expected { Ok(text) } else { Err(SealedError::Length { expected, got }) }
    }
}
