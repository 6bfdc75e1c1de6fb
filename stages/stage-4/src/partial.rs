//! The unfinished file: it grows beside the others under a name of its own, and takes its place only
//! when its digest fits.

use crate::transfer::{DIGEST_LENGTH, Offer, safe_name};
use echo::lab::{hex, reason};
use same_file::Handle;
use sha2::{Digest, Sha256};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// A file on its way in. Dropping it keeps what has arrived, for the next attempt.
#[derive(Debug)]
pub(crate) struct Partial {
    dir: PathBuf,
    name: String,
    path: PathBuf,
    file: File,
    size: u64,
    length: u64,
    expected: [u8; DIGEST_LENGTH],
    digest: Sha256,
}

impl Partial {
    /// Opens the unfinished file of this name, size and digest in `dir`, or begins it. The error is a
    /// sentence for the sender; it names nothing of our disk.
    pub(crate) fn open(dir: &Path, offer: &Offer) -> Result<Self, String> {
        let name = safe_name(&offer.name)?;
        let path = dir.join(format!(".{name}.{}.{}.part", &hex(&offer.sha256)[..16], offer.size));
        let failed = |e: io::Error| format!("the receiver cannot store the file: {}", reason(&e));
        let mut file = locked(&path)?;

        let mut length = file.metadata().map_err(failed)?.len();
        if length > offer.size {
            file.set_len(0).map_err(failed)?; // not ours, whatever it is
            length = 0;
        }
        let mut digest = Sha256::new();
        hash(&mut file, length, &mut digest).map_err(failed)?;
        let dir = dir.to_owned();
        Ok(Self { dir, name, path, file, size: offer.size, length, expected: offer.sha256, digest })
    }

    /// Bytes that have arrived.
    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// Bytes that are missing.
    pub(crate) fn missing(&self) -> u64 {
        self.size - self.length
    }

    /// Takes the next bytes.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), String> {
        if bytes.len() as u64 > self.missing() {
            return Err(format!("more bytes came than the {} that were offered", self.size));
        }
        self.file.seek(SeekFrom::Start(self.length)).and_then(|_| self.file.write_all(bytes)).map_err(
            |error| {
                // What a half-done write left behind is not counted, so the next attempt overwrites it.
                let _ = self.file.set_len(self.length);
                format!("the receiver cannot store more after {} bytes: {}", self.length, reason(&error))
            },
        )?;
        self.digest.update(bytes);
        self.length += bytes.len() as u64;
        Ok(())
    }

    /// Checks the digest and puts the file in its place; returns its name there. A file that was there
    /// before is never touched: another content under the same name goes to `name (2)`.
    pub(crate) fn finish(self) -> Result<String, String> {
        if self.digest.clone().finalize()[..] != self.expected[..] {
            let _ = std::fs::remove_file(&self.path); // wrong bytes cannot be resumed
            return Err(format!(
                "the SHA-256 of what arrived is not the one that was offered; {} is thrown away, send it again",
                anatomy::quoted(&self.name)
            ));
        }
        let failed = |e: io::Error| format!("the receiver cannot store the file: {}", reason(&e));
        self.file.sync_all().map_err(failed)?;
        for number in 1..=MOST_OF_ONE_NAME {
            let name = numbered(&self.name, number);
            let place = self.dir.join(&name);
            // Taking the name and checking that it is free is one step, so nobody can slip in between.
            match std::fs::hard_link(&self.path, &place) {
                Ok(()) => {
                    let _ = std::fs::remove_file(&self.path);
                    return Ok(name);
                }
                Err(_) if place.exists() => {}
                // A file system without hard links.
                Err(_) => return std::fs::rename(&self.path, &place).map(|()| name).map_err(failed),
            }
        }
        Err(format!("there are {MOST_OF_ONE_NAME} files named {} already", anatomy::quoted(&self.name)))
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        if self.length == 0 && self.size > 0 {
            let _ = std::fs::remove_file(&self.path); // nothing has come: leave no trace either
        }
    }
}

/// Opens or makes the unfinished file, for this connection alone: two senders of the same file at the same
/// time would write into each other's bytes. A sender that resumes may be faster than the end of its cut
/// connection, so we wait a little.
fn locked(path: &Path) -> Result<File, String> {
    let failed = |e: io::Error| format!("the receiver cannot store the file: {}", reason(&e));
    let end = Instant::now() + LOCK_PATIENCE;
    loop {
        let mut options = OpenOptions::new();
        let file = options.read(true).write(true).create(true).truncate(false).open(path).map_err(failed)?;
        match file.try_lock() {
            // While we waited, the one before us may have finished the file or thrown it away: then this is
            // a file without a name, and what we write would be lost.
            Ok(()) if !is_at(&file, path) => {}
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if Instant::now() > end => {
                return Err("this very file is being received on another connection; try later".to_owned());
            }
            Err(TryLockError::WouldBlock) => std::thread::sleep(LOCK_PAUSE),
            Err(TryLockError::Error(_)) => return Ok(file), // a file system without locks
        }
    }
}

/// Whether `path` still names this open file.
fn is_at(file: &File, path: &Path) -> bool {
    let open = file.try_clone().and_then(Handle::from_file);
    open.and_then(|open| Ok(open == Handle::from_path(path)?)).unwrap_or(false)
}

/// The name under which exactly this file already lies in `dir`, if it does.
pub(crate) fn present(dir: &Path, offer: &Offer) -> Option<String> {
    let name = safe_name(&offer.name).ok()?;
    (1..=MOST_OF_ONE_NAME)
        .map(|number| numbered(&name, number))
        .take_while(|name| dir.join(name).exists())
        .find(|name| same_file(&dir.join(name), offer.size, &offer.sha256))
}

fn numbered(name: &str, number: usize) -> String {
    match (number, name.rsplit_once('.')) {
        (1, _) => name.to_owned(),
        (_, Some((stem, ending))) => format!("{stem} ({number}).{ending}"),
        (_, None) => format!("{name} ({number})"),
    }
}

fn same_file(path: &Path, size: u64, sha256: &[u8; DIGEST_LENGTH]) -> bool {
    let same = || -> io::Result<bool> {
        if !path.symlink_metadata()?.is_file() {
            return Ok(false);
        }
        let mut file = File::open(path)?;
        let mut digest = Sha256::new();
        Ok(file.metadata()?.len() == size && {
            hash(&mut file, size, &mut digest)?;
            digest.finalize()[..] == sha256[..]
        })
    };
    same().unwrap_or(false)
}

/// Feeds the first `length` bytes of `file` to `digest`.
pub(crate) fn hash(file: &mut File, length: u64, digest: &mut Sha256) -> io::Result<()> {
    let mut left = length;
    let mut piece = vec![0; PIECE];
    while left > 0 {
        let wanted = usize::try_from(left).unwrap_or(PIECE).min(PIECE);
        let read = file.read(&mut piece[..wanted])?;
        if read == 0 {
            return Err(io::Error::other("the file became shorter while it was read"));
        }
        digest.update(&piece[..read]);
        left -= read as u64;
    }
    Ok(())
}

const PIECE: usize = 64 << 10;
const LOCK_PATIENCE: Duration = Duration::from_secs(2);
const LOCK_PAUSE: Duration = Duration::from_millis(50);
const MOST_OF_ONE_NAME: usize = 1000;
