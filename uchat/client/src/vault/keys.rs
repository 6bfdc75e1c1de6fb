//! The key file of a profile, `keys.pem`: both private keys, encrypted under the log-in password.

use super::{VaultError, schema};
use certificates::folder::system_random;
use rand::CryptoRng;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use uchat_protocol::e2e::{KeyFileError, OwnKeys};
use zeroize::Zeroizing;

/// The keys of a profile as a text under a passphrase of its own: the log-in password reaches the server, so it
/// must not protect a copy that goes elsewhere.
///
/// # Errors
/// If there are no keys, or the password is wrong.
pub fn export(profile: &Path, password: &str, passphrase: &str) -> Result<Zeroizing<String>, VaultError> {
    let Some(keys) = load(profile, password)? else {
        let error = io::Error::new(ErrorKind::NotFound, "this profile has no keys yet; log in first");
        return Err(failed(&path(profile))(error));
    };
    let mut random = system_random().map_err(VaultError::Random)?;
    Ok(keys.to_pkcs8(passphrase.as_bytes(), &mut random)?)
}

/// Puts exported keys into a profile, encrypted under its log-in password. Keys that were there before stay beside
/// them under another name. The profile must not be in use.
///
/// Whether it is the account's password only the server knows, and to ask it would end the session of another device.
/// With a wrong one nothing is lost: the next log-in says that the keys do not open, and they can be imported again.
///
/// # Errors
/// If the text is no exported keys, the passphrase is wrong, or a file cannot be written.
pub fn import(profile: &Path, text: &str, passphrase: &str, new_password: &str) -> Result<(), VaultError> {
    let keys = OwnKeys::from_pkcs8(text, passphrase.as_bytes())?;
    let mut random = system_random().map_err(VaultError::Random)?;
    // Another profile may have gone on with a chain that is here too: both would use the same message keys.
    let db = schema::open(&profile.join("history.db"))?;
    db.execute("DELETE FROM send_chains", [])?;
    keep_old(profile)?;
    save(profile, &keys, new_password, &mut random)
}

/// The keys in the file; `None` if there is none.
pub(super) fn load(profile: &Path, password: &str) -> Result<Option<OwnKeys>, VaultError> {
    let path = path(profile);
    let mut text = Zeroizing::new(String::with_capacity(MAX));
    match File::open(&path) {
        Ok(file) => file.take(MAX as u64).read_to_string(&mut text).map_err(failed(&path))?,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(&path)(error)),
    };
    Ok(Some(OwnKeys::from_pkcs8(&text, password.as_bytes())?))
}

/// Whether it is only the password that is wrong.
pub(super) fn is_wrong_password(error: &VaultError) -> bool {
    matches!(error, VaultError::Keys(KeyFileError::WrongPassword))
}

/// Writes the key file anew: whoever reads it sees either the old one or the new one.
pub(super) fn save(
    profile: &Path,
    keys: &OwnKeys,
    password: &str,
    random: &mut impl CryptoRng,
) -> Result<(), VaultError> {
    let text = keys.to_pkcs8(password.as_bytes(), random)?;
    let path = path(profile);
    let unfinished = profile.join("keys.new");
    let write = || {
        match fs::remove_file(&unfinished) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {} // of an earlier try, if there was one
        }
        let mut options = File::options();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&unfinished)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&unfinished, &path)?;
        sync_folder(profile)
    };
    write().map_err(failed(&path))
}

/// Gives the keys that are there another name: their password may be remembered one day.
pub(super) fn keep_old(profile: &Path) -> Result<(), VaultError> {
    let path = path(profile);
    for number in 1..=u32::MAX {
        let old = profile.join(format!("keys-{number}.pem"));
        if old.try_exists().map_err(failed(&old))? {
            continue;
        }
        return match fs::rename(&path, &old) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(failed(&path)(error)),
            _ => Ok(()),
        };
    }
    Ok(())
}

/// Removes all keys, old ones too.
pub(super) fn remove(profile: &Path) -> Result<(), VaultError> {
    for entry in fs::read_dir(profile).map_err(failed(profile))? {
        let path = entry.map_err(failed(profile))?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let ours =
            name == "keys.pem" || name == "keys.new" || name.starts_with("keys-") && name.ends_with(".pem");
        if ours {
            fs::remove_file(&path).map_err(failed(&path))?;
        }
    }
    Ok(())
}

fn path(profile: &Path) -> PathBuf {
    profile.join("keys.pem")
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> VaultError {
    let path = path.to_owned();
    move |error| VaultError::File { path, error }
}

/// A new name lasts only once its folder is on disk; Windows needs and has no such call.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// More than two keys ever have, in bytes.
const MAX: usize = 64 << 10;
