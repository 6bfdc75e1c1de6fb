//! The data folder: what a server keeps, and the lock that keeps a second server out.
//!
//! | in the folder | what it is |
//! |---|---|
//! | `uchat.db` | the database |
//! | `files` | the files that people have sent |
//! | `access.key` | the access key: 32 bytes, mode 0600 |
//! | `ca.pem` `ca.key` `server.pem` `server.key` | the CA, and the server's own certificate (not on lessons) |
//! | `server.lock` | held while a server runs |

use crate::authority::Authority;
use crate::config::Settings;
use crate::server::StartError;
use certificates::folder::{ServerFolder, system_random};
use certificates::handshake::Identity;
use certificates::x509::ServerName;
use conn_auth::Key;
use std::fmt;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use uchat_protocol::channel::{Lesson, ServerSetup, Transport};
use zeroize::Zeroizing;

/// The folder of a server that runs.
pub(crate) struct DataFolder {
    path: PathBuf,
    transport: Transport,
    names: Vec<ServerName>,
    access_key: Option<Zeroizing<Vec<u8>>>,
    /// Held until this value is dropped.
    _lock: File,
}

impl DataFolder {
    /// Opens the folder, which is made if it is missing, with the access key in it.
    ///
    /// # Errors
    /// A sentence that names the file; [`InUse`](StartError::InUse).
    pub(crate) fn open(settings: &Settings) -> Result<Self, StartError> {
        let names = settings.hosts.iter().map(|name| name.parse::<ServerName>());
        let names = names.collect::<Result<_, _>>().map_err(|error| StartError::Keys(error.to_string()))?;
        make_private(&settings.data)?;
        let lock = hold(&settings.data)?;
        let access_key = match (&settings.transport, &settings.access_key_file) {
            (Transport::Lesson(Lesson::Plain), _) => None,
            (_, Some(path)) => Some(read_key(path)?),
            (_, None) => Some(key_or_new(&settings.data.join("access.key"))?),
        };
        Ok(Self {
            path: settings.data.clone(),
            transport: settings.transport,
            names,
            access_key,
            _lock: lock,
        })
    }

    /// Where the database lies.
    pub(crate) fn database(&self) -> PathBuf {
        self.path.join("uchat.db")
    }

    /// Where files lie.
    pub(crate) fn files(&self) -> PathBuf {
        self.path.join("files")
    }

    /// The access key, where there is one.
    pub(crate) fn access_key(&self) -> Option<&[u8]> {
        self.access_key.as_ref().map(|key| &key[..])
    }

    /// The transport with its keys, now that it is `now`. What is missing is made, and a certificate that ends within 30
    /// days renewed: to be called again from time to time.
    ///
    /// # Errors
    /// A sentence that names the file that cannot be used.
    pub(crate) fn setup(&self, now: SystemTime) -> Result<ServerSetup, StartError> {
        let keys = |error: &dyn fmt::Display| StartError::Keys(error.to_string());
        let key = self.access_key().map(Key::new).transpose().map_err(|error| keys(&error))?;
        let identity = match self.transport {
            Transport::Lesson(_) => None,
            Transport::Signed | Transport::Tls => {
                let mut random = system_random().map_err(|error| keys(&error))?;
                let folder = ServerFolder::open_or_make_at(&self.path, &self.names, None, now, &mut random);
                let folder = folder.map_err(|error| keys(&error))?;
                for file in folder.made() {
                    tracing::info!(file = %file.display(), "made or renewed");
                }
                Some(Identity { chain: folder.chain(), key: folder.key().clone() })
            }
        };
        ServerSetup::new(self.transport, key, identity).map_err(|error| keys(&error))
    }

    /// The CA that certifies users, once [`setup`](Self::setup) has made it; none on lessons.
    ///
    /// # Errors
    /// A sentence that names the file that cannot be used.
    pub(crate) fn authority(&self) -> Result<Option<Authority>, StartError> {
        match self.transport {
            Transport::Lesson(_) => Ok(None),
            Transport::Signed | Transport::Tls => Authority::open(&self.path, SystemTime::now())
                .map(Some)
                .map_err(|error| StartError::Keys(error.to_string())),
        }
    }
}

/// The access key must not appear in a log by accident.
impl fmt::Debug for DataFolder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DataFolder").field("path", &self.path).finish_non_exhaustive()
    }
}

fn failed(path: &Path) -> impl FnOnce(std::io::Error) -> StartError + '_ {
    move |error| StartError::Folder { path: path.to_owned(), error }
}

/// Makes a folder that only its owner may enter.
fn make_private(path: &Path) -> Result<(), StartError> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(failed(path))
}

fn hold(folder: &Path) -> Result<File, StartError> {
    let path = folder.join("server.lock");
    let file = OpenOptions::new().create(true).append(true).open(&path).map_err(failed(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StartError::InUse(folder.to_owned())),
        Err(TryLockError::Error(error)) => Err(failed(&path)(error)),
    }
}

fn key_or_new(path: &Path) -> Result<Zeroizing<Vec<u8>>, StartError> {
    if path.try_exists().map_err(failed(path))? {
        return read_key(path);
    }
    // Under another name until all of it is on the disk: half a key would keep everybody out.
    let unfinished = path.with_extension("part");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&unfinished).map_err(failed(&unfinished))?;
    let mut key = Zeroizing::new(vec![b'\n'; 32]);
    // Whoever reads a key file takes one newline at its end for the editor's.
    while key.ends_with(b"\n") {
        let random = conn_auth::random::<32>().map_err(|error| StartError::Keys(error.to_string()))?;
        key.copy_from_slice(&random);
    }
    file.write_all(&key).and_then(|()| file.sync_all()).map_err(failed(&unfinished))?;
    std::fs::rename(&unfinished, path).map_err(failed(path))?;
    tracing::info!(file = %path.display(), "made");
    Ok(key)
}

/// The key in a file, without the one newline at its end.
fn read_key(path: &Path) -> Result<Zeroizing<Vec<u8>>, StartError> {
    let mut key = Zeroizing::new(Vec::with_capacity(MOST + 1));
    let file = File::open(path).map_err(failed(path))?;
    file.take(MOST as u64 + 1).read_to_end(&mut key).map_err(failed(path))?;
    conn_auth::drop_newline(&mut key);
    match key.len() {
        0 => Err(StartError::Keys(format!("the access key file {} is empty", path.display()))),
        length if length > MOST => {
            Err(StartError::Keys(format!("the access key file {} is too long", path.display())))
        }
        _ => Ok(key),
    }
}

/// The longest access key, in bytes.
const MOST: usize = 1024;

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that fails here has failed")]
    use super::*;

    #[test]
    fn a_start_that_was_cut_off_leaves_no_half_a_key() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("access.key");
        std::fs::write(path.with_extension("part"), b"half").unwrap();
        let key = key_or_new(&path).unwrap();
        assert_eq!((key.len(), key_or_new(&path).unwrap()), (32, key));
        assert!(!path.with_extension("part").exists());
    }

    #[test]
    fn a_key_file_ends_before_its_newline_and_an_empty_one_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("access.key");
        for (text, key) in [("key", "key"), ("key\n", "key"), ("key\r\n", "key"), ("key\n\n", "key\n")] {
            std::fs::write(&path, text).unwrap();
            assert_eq!(&read_key(&path).unwrap()[..], key.as_bytes());
        }
        for wrong in ["", "\n", &"x".repeat(MOST + 1)] {
            std::fs::write(&path, wrong).unwrap();
            assert!(read_key(&path).unwrap_err().to_string().contains("access.key"), "{wrong:?}");
        }
    }
}
