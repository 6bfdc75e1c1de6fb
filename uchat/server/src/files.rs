//! The folder of files: what people put on the server, each under the hexadecimal form of its random name.
//!
//! ```text
//! files/<32 digits>.part    it grows, piece by piece
//! files/<32 digits>         it is complete and its SHA-256 was right; it never changes again
//! ```
//!
//! No other name comes into being here. The digest is taken while a file grows; where that was not in one
//! go (the server was restarted), the file is read once more at its end. Everything here waits for the disk; it
//! may be used from several threads at once, but only one of them changes a file: a client that has come back may begin
//! a file whose last piece, from the connection before, is just being written.

use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};
use uchat_protocol::FileName;

/// The folder.
#[derive(Debug)]
pub(crate) struct FileStore {
    folder: PathBuf,
    /// The digests of files that grow, each with the length that it covers. It is a help, never needed.
    digests: Mutex<HashMap<FileName, (u64, Sha256)>>,
    /// Files that are being changed.
    held: Mutex<HashSet<FileName>>,
}

/// A file that nobody else changes.
#[derive(Debug)]
struct Held<'a> {
    store: &'a FileStore,
    name: FileName,
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.store.all_held().remove(&self.name);
    }
}

/// How much there is of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Have {
    /// Nothing.
    Nothing,
    /// So many bytes.
    Part(u64),
    /// All of it.
    Complete,
}

/// What came of a piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Put {
    /// It is written: so many bytes are there now.
    Written(u64),
    /// It does not begin where the last one has ended: so many bytes are there.
    Elsewhere(u64),
    /// With it the file would be longer than it was announced.
    TooMuch,
    /// The file is whole, but its digest is wrong. It is removed.
    WrongDigest,
}

impl FileStore {
    /// Opens the folder; makes it if there is none.
    ///
    /// # Errors
    /// It cannot be made.
    pub(crate) fn open(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        Ok(Self { folder: folder.to_owned(), digests: Mutex::default(), held: Mutex::default() })
    }

    /// How much there is of this file.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub(crate) fn have(&self, name: FileName) -> io::Result<Have> {
        if self.whole(name).try_exists()? {
            return Ok(Have::Complete);
        }
        match fs::metadata(self.part(name)) {
            Ok(data) => Ok(Have::Part(data.len())),
            // The part may have become the whole between the two looks.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let is_whole = self.whole(name).try_exists()?;
                Ok(if is_whole { Have::Complete } else { Have::Nothing })
            }
            Err(error) => Err(error),
        }
    }

    /// Begins a file, empty, for the owner of the folder only. What there was of it is gone.
    ///
    /// # Errors
    /// It cannot be made; [busy](is_busy), also if it has become complete just now.
    pub(crate) fn begin(&self, name: FileName) -> io::Result<()> {
        let _held = self.hold(name)?;
        if self.whole(name).try_exists()? {
            return Err(io::ErrorKind::ResourceBusy.into());
        }
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(self.part(name))?;
        self.remember(name, 0, Sha256::new());
        Ok(())
    }

    /// Appends a piece to a file that was begun. With its last byte the file is checked and complete: then it is
    /// on the disk, whatever happens.
    ///
    /// # Errors
    /// There is no such part, or it cannot be written: then what was there before is still there. Or it is
    /// [busy](is_busy): another connection is putting it.
    pub(crate) fn put(
        &self,
        name: FileName,
        offset: u64,
        data: &[u8],
        size: u64,
        sha256: &[u8; 32],
    ) -> io::Result<Put> {
        let _held = self.hold(name)?;
        let mut file = OpenOptions::new().read(true).write(true).open(self.part(name))?;
        let there = file.metadata()?.len();
        if offset != there {
            return Ok(Put::Elsewhere(there));
        }
        let end = match there.checked_add(data.len() as u64) {
            Some(end) if end <= size => end,
            _ => return Ok(Put::TooMuch),
        };
        if let Err(error) = file.seek(SeekFrom::Start(there)).and_then(|_| file.write_all(data)) {
            // What a half-done write has left must not count. If it cannot be cut off, the digest will tell.
            let _ = file.set_len(there);
            return Err(error);
        }
        // All that waits for the disk would wait behind a whole file that is forced there at its end: every commit
        // of the store, and so every message.
        if there / STRETCH != end / STRETCH {
            file.sync_data()?;
        }
        let digest = self.known(name, there).map(|digest| digest.chain_update(data));
        if end < size {
            if let Some(digest) = digest {
                self.remember(name, end, digest);
            }
            return Ok(Put::Written(end));
        }
        let digest = digest.map_or_else(|| digest_of(&mut file), Ok)?;
        let right = digest.finalize()[..] == sha256[..];
        if right {
            file.sync_all()?;
        }
        drop(file); // not every system lets an open file be moved or removed
        if !right {
            fs::remove_file(self.part(name))?;
            return Ok(Put::WrongDigest);
        }
        fs::rename(self.part(name), self.whole(name))?;
        self.sync_names()?;
        Ok(Put::Written(end))
    }

    /// Up to `length` bytes of a complete file from `offset` on; none at its end.
    ///
    /// # Errors
    /// There is no such file, or it cannot be read.
    pub(crate) fn get(&self, name: FileName, offset: u64, length: usize) -> io::Result<Vec<u8>> {
        let mut file = File::open(self.whole(name))?;
        let left = file.metadata()?.len().saturating_sub(offset);
        let length = usize::try_from(left).unwrap_or(length).min(length);
        let mut data = vec![0; length];
        if length > 0 {
            file.seek(SeekFrom::Start(offset))?;
            file.read_exact(&mut data)?;
        }
        Ok(data)
    }

    /// Removes what there is of a file that is not complete. One that is complete stays.
    ///
    /// # Errors
    /// It cannot be removed; [busy](is_busy).
    pub(crate) fn cancel(&self, name: FileName) -> io::Result<()> {
        let _held = self.hold(name)?;
        self.lock().remove(&name);
        match fs::remove_file(self.part(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Removes a complete file.
    ///
    /// # Errors
    /// It cannot be removed.
    pub(crate) fn remove(&self, name: FileName) -> io::Result<()> {
        fs::remove_file(self.whole(name))
    }

    /// Removes all files that are not complete and to which nothing was added for a week.
    ///
    /// # Errors
    /// The folder cannot be read, or a file not removed.
    pub(crate) fn sweep(&self, now: SystemTime) -> io::Result<()> {
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            let name = entry.file_name();
            let digits = name.to_str().and_then(|name| name.strip_suffix(PART));
            let Some(name) = digits.and_then(FileName::from_hex) else { continue }; // not ours
            let age = now.duration_since(entry.metadata()?.modified()?);
            if age.is_ok_and(|age| age > PATIENCE) {
                self.cancel(name)?;
            }
        }
        Ok(())
    }

    /// Keeps a file from being changed by others, as long as the result lives.
    fn hold(&self, name: FileName) -> io::Result<Held<'_>> {
        if self.all_held().insert(name) {
            Ok(Held { store: self, name })
        } else {
            Err(io::ErrorKind::ResourceBusy.into())
        }
    }

    fn all_held(&self) -> MutexGuard<'_, HashSet<FileName>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn whole(&self, name: FileName) -> PathBuf {
        self.folder.join(name.to_string())
    }

    fn part(&self, name: FileName) -> PathBuf {
        self.folder.join(format!("{name}{PART}"))
    }

    /// The digest of the first `length` bytes, if it is known.
    fn known(&self, name: FileName, length: u64) -> Option<Sha256> {
        let (covered, digest) = self.lock().remove(&name)?;
        (covered == length).then_some(digest)
    }

    fn remember(&self, name: FileName, length: u64, digest: Sha256) {
        let mut digests = self.lock();
        if digests.len() >= MOST_DIGESTS {
            digests.clear(); // those files will be read once more at their ends
        }
        digests.insert(name, (length, digest));
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<FileName, (u64, Sha256)>> {
        self.digests.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A new name is on the disk only when its folder is. Windows knows no such thing.
    fn sync_names(&self) -> io::Result<()> {
        if cfg!(unix) { File::open(&self.folder)?.sync_all() } else { Ok(()) }
    }
}

/// Whether the disk, or what we may use of it, is full.
pub(crate) fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

/// Whether somebody else is changing the file right now.
pub(crate) fn is_busy(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::ResourceBusy
}

fn digest_of(file: &mut File) -> io::Result<Sha256> {
    let mut digest = Sha256::new();
    let mut piece = vec![0; READ];
    file.rewind()?;
    loop {
        match file.read(&mut piece)? {
            0 => return Ok(digest),
            read => digest.update(&piece[..read]),
        }
    }
}

const PART: &str = ".part";
const READ: usize = 64 << 10;
/// So many bytes at most are left to the system before they are forced to the disk.
const STRETCH: u64 = 1 << 20;
/// How long an unfinished file is kept.
const PATIENCE: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// The most digests that are kept; each takes about 150 bytes.
const MOST_DIGESTS: usize = 4096;

#[cfg(test)]
mod tests;
