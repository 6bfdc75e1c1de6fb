//! What is remembered over a restart: one small file for each upload and each download, in the profile's folder.

use super::download::Unfinished;
use super::failure::unwritable;
use super::upload::Record;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fs::DirEntry;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use uchat_protocol::{Code, MessageId, Refusal};

/// The folder. Its files hold keys, so only their owner may read them.
#[derive(Debug, Clone)]
pub(super) struct Store(PathBuf);

impl Store {
    /// Makes the folder, if it is not there.
    pub(super) fn open(profile: &Path) -> io::Result<Self> {
        let dir = profile.join("files");
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&dir)?;
        Ok(Self(dir))
    }

    pub(super) fn upload(&self, id: MessageId) -> Option<Record> {
        self.load(id, UPLOAD)
    }

    pub(super) fn save_upload(&self, id: MessageId, record: &Record) -> Result<(), Refusal> {
        self.save(id, UPLOAD, record)
    }

    pub(super) fn forget_upload(&self, id: MessageId) {
        self.forget(id, UPLOAD);
    }

    pub(super) fn download(&self, id: MessageId) -> Option<Unfinished> {
        self.load(id, DOWNLOAD)
    }

    pub(super) fn save_download(&self, id: MessageId, unfinished: &Unfinished) -> Result<(), Refusal> {
        self.save(id, DOWNLOAD, unfinished)
    }

    pub(super) fn forget_download(&self, id: MessageId) {
        self.forget(id, DOWNLOAD);
    }

    /// Throws away what nobody has touched for a month, with unfinished files, but never with finished ones; and what
    /// a program that was killed had begun to write.
    pub(super) fn sweep(&self) {
        self.remove_all(|entry| {
            let path = entry.path();
            if !path.extension().is_some_and(|ending| ending == UPLOAD || ending == DOWNLOAD) {
                return true;
            }
            let modified = entry.metadata().and_then(|metadata| metadata.modified());
            let age = modified.ok().and_then(|then| SystemTime::now().duration_since(then).ok());
            age.is_some_and(|age| age >= LIFE)
        });
    }

    /// The same with everything, however new.
    pub(super) fn clear(&self) {
        self.remove_all(|_| true);
    }

    fn remove_all(&self, which: impl Fn(&DirEntry) -> bool) {
        for entry in std::fs::read_dir(&self.0).into_iter().flatten().flatten().filter(which) {
            if entry.path().extension().is_some_and(|ending| ending == DOWNLOAD)
                && let Some(unfinished) = read::<Unfinished>(&entry.path())
            {
                unfinished.discard();
            }
            remove(&entry.path());
        }
    }

    fn path(&self, id: MessageId, ending: &str) -> PathBuf {
        self.0.join(format!("{id}.{ending}"))
    }

    fn load<T: DeserializeOwned>(&self, id: MessageId, ending: &str) -> Option<T> {
        read(&self.path(id, ending))
    }

    /// Replaces the file at once and as a whole.
    fn save(&self, id: MessageId, ending: &str, data: &impl Serialize) -> Result<(), Refusal> {
        let encode = || {
            let mut bytes = Vec::new();
            framing::encode(&framing::to_value(data).ok()?, &mut bytes).ok()?;
            Some(bytes)
        };
        let bytes = encode().ok_or(Code::ClientError)?;
        let path = self.path(id, ending);
        let write = || -> io::Result<()> {
            let mut file = tempfile::NamedTempFile::new_in(&self.0)?; // mode 0600
            file.write_all(&bytes)?;
            file.as_file().sync_all()?;
            file.persist(&path)?;
            Ok(())
        };
        write().map_err(|error| unwritable(&path, &error))
    }

    fn forget(&self, id: MessageId, ending: &str) {
        remove(&self.path(id, ending));
    }
}

/// What a file holds; `None` without one, or if it is damaged: then all begins anew.
fn read<T: DeserializeOwned>(path: &Path) -> Option<T> {
    let bytes = std::fs::read(path).ok()?;
    framing::decode(&bytes).ok().and_then(|value| framing::from_value(value).ok())
}

/// Removes a file, if it is there.
pub(super) fn remove(path: &Path) {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            tracing::warn!("{} cannot be removed: {error}", path.display());
        }
        _ => {}
    }
}

const UPLOAD: &str = "upload";
const DOWNLOAD: &str = "download";
const LIFE: Duration = Duration::from_secs(30 * 24 * 60 * 60);
