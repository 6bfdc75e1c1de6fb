//! A file that is sent, piece by piece. It must still be what it was when it was looked through.

use super::failure::{mismatch, unreadable};
use super::pieces::Pieces;
use anatomy::quoted;
use serde::{Deserialize, Serialize};
use serde_bytes::{ByteArray, ByteBuf};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use uchat_protocol::limits::FILE_PIECE;
use uchat_protocol::{Code, Content, Refusal};

/// What was found out about a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Record {
    /// Where it lies.
    pub(super) path: String,
    /// What its message will say.
    pub(super) content: Content,
    /// SHA-256 of the file itself.
    pub(super) whole: ByteArray<32>,
    /// [`PIECE_DIGEST`] bytes for each piece, in order: so a changed file is noticed before a wrong piece leaves.
    pub(super) digests: ByteBuf,
}

/// Bytes of SHA-256 that are kept of each piece.
pub(super) const PIECE_DIGEST: usize = 16;

/// What is kept of a piece as it lies on the server.
pub(super) fn piece_digest(stored: &[u8]) -> [u8; PIECE_DIGEST] {
    let digest: [u8; 32] = Sha256::digest(stored).into();
    std::array::from_fn(|n| digest[n])
}

/// Opens a file that is to be sent. Devices and pipes are none: to open one could wait for ever.
pub(super) fn open_file(path: &Path) -> Result<File, Refusal> {
    let failed = |error: io::Error| unreadable(path, &error);
    let no_file = || unreadable(path, &io::Error::other("it is not a file"));
    if !path.metadata().map_err(failed)?.is_file() {
        return Err(no_file());
    }
    let file = File::open(path).map_err(failed)?;
    if file.metadata().map_err(failed)?.is_file() { Ok(file) } else { Err(no_file()) }
}

/// A file whose pieces are read.
#[derive(Debug)]
pub(super) struct Upload {
    path: PathBuf,
    size: u64,
    pieces: Pieces,
    digests: ByteBuf,
    file: File,
}

impl Upload {
    pub(super) fn open(record: Record) -> Result<Self, Refusal> {
        let info = record.content.file.ok_or(Code::ClientError)?;
        let pieces = Pieces::of(&info).ok_or(Code::ClientError)?;
        let path = PathBuf::from(record.path);
        let file = open_file(&path)?;
        Ok(Self { path, size: info.size, pieces, digests: record.digests, file })
    }

    /// The piece in which `offset` on the server lies, from there to its end.
    pub(super) fn read(&mut self, offset: u64) -> Result<Vec<u8>, Refusal> {
        if offset >= self.pieces.stored() {
            return Err(mismatch("the server asks for more than the file has; send it again"));
        }
        let (index, start) = self.pieces.at(offset);
        let failed = |error: io::Error| unreadable(&self.path, &error);
        if self.file.metadata().map_err(failed)?.len() != self.size {
            return Err(self.changed());
        }
        let mut text = vec![0; self.pieces.text_length(index)];
        self.file.seek(SeekFrom::Start(index * FILE_PIECE as u64)).map_err(failed)?;
        match self.file.read_exact(&mut text) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Err(self.changed()),
            read => read.map_err(failed)?,
        }
        let mut stored = self.pieces.seal(index, text).map_err(|error| mismatch(error.to_string()))?;
        let (expected, _) = self.digests.as_chunks::<PIECE_DIGEST>();
        let expected = usize::try_from(index).ok().and_then(|index| expected.get(index));
        if expected != Some(&piece_digest(&stored)) {
            return Err(self.changed());
        }
        // Before the end of all bytes, so within this piece, which has 64 KiB and a little at most.
        Ok(stored.split_off((offset - start) as usize))
    }

    fn changed(&self) -> Refusal {
        let path = quoted(&self.path.to_string_lossy());
        mismatch(format!("{path} has changed since it was looked through; send it again"))
    }
}
