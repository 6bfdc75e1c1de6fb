//! A file that is saved. It grows under a name of its own, and gets its real one when it is whole and all fits.
//!
//! Pieces are decrypted as they come, each only after its digest was checked, so the unfinished file holds what the
//! finished one will. The digest of what came from the server goes along; over a restart it is remembered together
//! with how far it reached, and what is in the unfinished file beyond that comes once more.

use super::failure::{mismatch, unwritable};
use super::pieces::Pieces;
use super::place;
use super::store::{Store, remove};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;
use sha2::digest::common::hazmat::SerializableState;
use sha2::{Digest, Sha256};
use std::fs::{File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use uchat_protocol::content::FileInfo;
use uchat_protocol::limits::FILE_PIECE;
use uchat_protocol::{MessageId, Refusal};

/// An unfinished file, as it is remembered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Unfinished {
    /// The unfinished file.
    part: String,
    /// The folder in which it will be.
    folder: String,
    /// What it must become.
    info: FileInfo,
    /// How many whole pieces are in it.
    pieces: u64,
    /// The digest of these, as they came from the server.
    digest: ByteBuf,
}

impl Unfinished {
    /// Removes the unfinished file.
    pub(super) fn discard(&self) {
        remove(Path::new(&self.part));
    }
}

/// A file on its way in.
#[derive(Debug)]
pub(super) struct Download {
    folder: PathBuf,
    name: String,
    part: PathBuf,
    file: File,
    info: FileInfo,
    pieces: Pieces,
    /// The number of the next piece.
    next: u64,
    digest: Sha256,
    /// The beginning of the next piece, as it came; shorter than a piece.
    pending: Vec<u8>,
    /// Up to which piece it is remembered.
    saved: u64,
}

/// How far it is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// So many bytes of what lies on the server have come.
    At(u64),
    /// All of it: to be finished.
    Whole,
}

impl Download {
    /// Begins, or goes on after the whole pieces that are there: `earlier` is what was remembered of this message. The
    /// folder is made if it is not there.
    pub(super) fn open(
        id: MessageId,
        info: FileInfo,
        name: &str,
        folder: &str,
        earlier: Option<Unfinished>,
    ) -> Result<Self, Refusal> {
        let pieces = Pieces::of(&info)
            .ok_or_else(|| mismatch("the sizes that the message tells of its file contradict each other"))?;
        let (name, folder) = (place::name_for(name), PathBuf::from(folder));
        std::fs::create_dir_all(&folder).map_err(|error| unwritable(&folder, &error))?;
        let part = folder.join(format!("{name}.{}.part", &id.to_string()[..8]));
        let mut earlier = earlier;
        if let Some(other) = earlier.take_if(|earlier| {
            Path::new(&earlier.part) != part || Path::new(&earlier.folder) != folder || earlier.info != info
        }) {
            other.discard();
        }
        let gone_on = earlier.and_then(|earlier| resume(&part, &earlier));
        let (file, next, digest) = match gone_on {
            Some(gone_on) => gone_on,
            None => (begin(&part).map_err(|error| unwritable(&part, &error))?, 0, Sha256::new()),
        };
        Ok(Self { folder, name, part, file, info, pieces, next, digest, pending: Vec::new(), saved: next })
    }

    /// Whether it is this file, for this folder.
    pub(super) fn is(&self, info: &FileInfo, folder: &str) -> bool {
        self.info == *info && self.folder == Path::new(folder)
    }

    /// How many bytes of what lies on the server have come.
    pub(super) fn received(&self) -> u64 {
        self.pieces.start(self.next) + self.pending.len() as u64
    }

    /// Takes the next bytes of what lies on the server, wherever they are cut. Every piece that becomes whole is checked
    /// and written.
    pub(super) fn write(&mut self, data: &[u8]) -> Result<Progress, Refusal> {
        if data.len() as u64 > self.info.stored - self.received() {
            return Err(mismatch("more bytes came than the message has announced"));
        }
        let mut data = data;
        while !data.is_empty() {
            let missing = self.pieces.stored_length(self.next) - self.pending.len();
            let (now, later) = data.split_at(missing.min(data.len()));
            self.pending.extend_from_slice(now);
            data = later;
            if now.len() == missing {
                self.piece()?;
            }
        }
        let received = self.received();
        Ok(if received == self.info.stored { Progress::Whole } else { Progress::At(received) })
    }

    /// The pending piece is whole.
    fn piece(&mut self) -> Result<(), Refusal> {
        let stored = std::mem::take(&mut self.pending);
        let digest = self.digest.clone().chain_update(&stored);
        let text = self.pieces.open(self.next, stored).map_err(|error| {
            mismatch(format!("piece {} of the file is not what its sender has sent: {error}", self.next))
        })?;
        let write = |mut file: &File| {
            file.seek(SeekFrom::Start(self.next * FILE_PIECE as u64))?;
            file.write_all(&text)
        };
        write(&self.file).map_err(|error| unwritable(&self.part, &error))?;
        (self.next, self.digest) = (self.next + 1, digest);
        Ok(())
    }

    /// All has come: if its digest fits, the file gets its name, which is returned with its folder. Otherwise it is given
    /// back with the reason.
    pub(super) fn finish(self) -> Result<String, (Box<Self>, Refusal)> {
        let digest: [u8; 32] = self.digest.clone().finalize().into();
        if digest != *self.info.sha256 {
            let refusal = mismatch("the SHA-256 of the file is not the one that its sender has told");
            return Err((Box::new(self), refusal));
        }
        let put = self.file.sync_all().and_then(|()| place::put(&self.part, &self.folder, &self.name));
        match put {
            Ok(path) => Ok(path.to_string_lossy().into_owned()),
            Err(error) => {
                let refusal = unwritable(&self.folder.join(&self.name), &error);
                Err((Box::new(self), refusal))
            }
        }
    }

    /// Remembers how far it is, every 16 MiB: what is lost by a crash comes once more.
    pub(super) fn save_now_and_then(&mut self, id: MessageId, store: &Store) {
        if self.next - self.saved >= SAVED_EVERY {
            self.save(id, store);
        }
    }

    /// Closes the unfinished file and remembers it; without a whole piece there is nothing to go on with.
    pub(super) fn close(mut self, id: MessageId, store: &Store) {
        if self.next == 0 {
            self.discard();
            store.forget_download(id);
        } else {
            self.save(id, store);
        }
    }

    /// Removes the unfinished file.
    pub(super) fn discard(self) {
        drop(self.file); // some systems do not remove what is open
        remove(&self.part);
    }

    /// What is remembered is on disk before it is remembered.
    pub(super) fn save(&mut self, id: MessageId, store: &Store) {
        let unfinished = Unfinished {
            part: self.part.to_string_lossy().into_owned(),
            folder: self.folder.to_string_lossy().into_owned(),
            info: self.info.clone(),
            pieces: self.next,
            digest: ByteBuf::from(self.digest.serialize().to_vec()),
        };
        let synced = self.file.sync_data().map_err(|error| unwritable(&self.part, &error));
        match synced.and_then(|()| store.save_download(id, &unfinished)) {
            Ok(()) => self.saved = self.next,
            Err(refusal) => tracing::warn!("a download could not be resumed after a crash now: {refusal}"),
        }
    }
}

/// Opens the unfinished file, if all that is remembered of it is there; what is beyond is cut off.
fn resume(part: &Path, earlier: &Unfinished) -> Option<(File, u64, Sha256)> {
    let state = earlier.digest.as_slice().try_into().ok()?;
    let digest = <Sha256 as SerializableState>::deserialize(state).ok()?;
    if !part.symlink_metadata().ok()?.is_file() {
        return None;
    }
    let length = earlier.info.size.min(earlier.pieces.checked_mul(FILE_PIECE as u64)?);
    let file = OpenOptions::new().write(true).open(part).ok()?;
    if file.metadata().ok()?.len() < length {
        return None;
    }
    file.set_len(length).ok()?;
    Some((file, earlier.pieces, digest))
}

/// A new unfinished file. Its name has a random part, so one that is there is ours, from an attempt of which nothing is
/// remembered.
fn begin(part: &Path) -> io::Result<File> {
    remove(part);
    OpenOptions::new().write(true).create_new(true).open(part)
}

/// In pieces: 16 MiB.
const SAVED_EVERY: u64 = 256;
