//! The profile: the folder that holds everything of one account on this machine.
//!
//! | in the folder | what it is |
//! |---|---|
//! | `server.json` | which server, and what is known about it ([`Known`]); mode 0600, as it holds the access key |
//! | `.lock` | held while a program uses the profile, so that two at once do not write over each other |
//! | `lessons/N/` | the same once more for each lesson below 7, which never sees the real one |
//! | all others | the vault's and the files' |
//!
//! All folders are made with mode 0700.

mod folder;
mod known;

pub use folder::{make_private, write_private};
pub use known::Known;

use std::fs::{File, TryLockError};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// An open profile. It is ours until this and all its clones are dropped.
#[derive(Debug, Clone)]
pub struct Profile {
    dir: PathBuf,
    _lock: Arc<File>,
}

/// A profile cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// Another program has it.
    #[error(
        "the profile {0} is in use by another uchat; end that one, or choose another folder with --profile"
    )]
    InUse(PathBuf),
    /// The file system refuses.
    #[error("cannot use {0}: {1}")]
    Io(PathBuf, std::io::Error),
    /// A file in it holds what this program never writes.
    #[error("{0} cannot be read: {1}; correct it, or remove it and run `uchat join` again")]
    Damaged(PathBuf, String),
}

impl Profile {
    /// Opens the profile in this folder, which is made if it is missing.
    ///
    /// # Errors
    /// [`ProfileError::InUse`] if another program has it open; or the file system refuses.
    pub fn open(dir: &Path) -> Result<Self, ProfileError> {
        let failed = |e| ProfileError::Io(dir.to_owned(), e);
        make_private(dir).map_err(failed)?;
        let mut options = File::options();
        options.create(true).append(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let lock = options.open(dir.join(LOCK)).map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { dir: dir.to_owned(), _lock: Arc::new(lock) }),
            Err(TryLockError::WouldBlock) => Err(ProfileError::InUse(dir.to_owned())),
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
    }

    /// Where it is.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// What is known about the server; `None` if no server is known yet.
    ///
    /// # Errors
    /// The file is there and cannot be read.
    pub fn known(&self) -> Result<Option<Known>, ProfileError> {
        let path = self.dir.join(KNOWN);
        let failed = |e| ProfileError::Io(path.clone(), e);
        let file = match File::open(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            other => other.map_err(failed)?,
        };
        let mut text = String::new();
        file.take(MAX_KNOWN).read_to_string(&mut text).map_err(failed)?;
        let known: Known =
            serde_json::from_str(&text).map_err(|e| ProfileError::Damaged(path.clone(), e.to_string()))?;
        known.check().map_err(|rule| ProfileError::Damaged(path, rule))?;
        Ok(Some(known))
    }

    /// Remembers the server: whoever reads it meanwhile sees either the old one or the new one.
    ///
    /// # Errors
    /// The file system refuses.
    pub fn remember(&self, known: &Known) -> Result<(), ProfileError> {
        let path = self.dir.join(KNOWN);
        let failed = |e| ProfileError::Io(path.clone(), e);
        let text = serde_json::to_string_pretty(known).map_err(|e| failed(e.into()))?;
        write_private(&path, text.as_bytes()).map_err(failed)
    }
}

/// The folder of a lesson below 7 inside the profile `dir`.
#[must_use]
pub fn lesson_dir(dir: &Path, lesson: u8) -> PathBuf {
    dir.join("lessons").join(lesson.to_string())
}

const LOCK: &str = ".lock";
const KNOWN: &str = "server.json";
const MAX_KNOWN: u64 = 1 << 20;

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a helper that fails is a failed test")]

    use super::*;

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().unwrap()
    }

    #[test]
    fn a_second_program_is_told_that_the_profile_is_in_use() {
        let folder = folder();
        let first = Profile::open(folder.path()).unwrap();
        let second = Profile::open(folder.path()).unwrap_err();
        assert!(matches!(second, ProfileError::InUse(_)), "{second}");
        drop(first);
        Profile::open(folder.path()).unwrap();
    }

    #[test]
    fn what_is_known_about_the_server_is_there_the_next_time() {
        let folder = folder();
        let known = Known {
            host: "localhost".into(),
            port: 2333,
            access_key: Some("00ff".into()),
            ..Known::default()
        };
        let profile = Profile::open(folder.path()).unwrap();
        assert_eq!(profile.known().unwrap(), None);
        profile.remember(&known).unwrap();
        drop(profile);
        assert_eq!(Profile::open(folder.path()).unwrap().known().unwrap(), Some(known));
    }

    #[test]
    fn a_damaged_file_is_told_with_its_path() {
        let folder = folder();
        let profile = Profile::open(folder.path()).unwrap();
        for text in
            ["", "{}", "[1]", r#"{"host":"a","port":1,"access_key":"zz"}"#, r#"{"host":"a","port":"x"}"#]
        {
            std::fs::write(folder.path().join(KNOWN), text).unwrap();
            let error = profile.known().unwrap_err();
            assert!(error.to_string().contains(KNOWN), "{text}: {error}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn folders_and_files_are_for_their_owner_only() {
        use std::os::unix::fs::PermissionsExt;
        let outer = folder();
        let dir = lesson_dir(&outer.path().join("profile"), 4);
        let profile = Profile::open(&dir).unwrap();
        profile.remember(&Known::default()).unwrap();
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&outer.path().join("profile")), 0o700);
        assert_eq!(mode(&dir), 0o700);
        for file in [LOCK, KNOWN] {
            assert_eq!(mode(&dir.join(file)), 0o600, "{file}");
        }
    }
}
