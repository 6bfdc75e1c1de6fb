//! Keys and certificates in a folder (`--dir D`): the CA's, and a server's.
//!
//! | in the folder | what it is |
//! |---|---|
//! | `ca.pem` `ca.key` | the CA's certificate, for everybody; its key, mode 0600 |
//! | `issued/` `revoked.crl` | what the CA has signed, and what it took back |
//! | `server.pem` `server.key` | the server's leaf and its key, mode 0600 |
//! | `.lock` | held while any of these is made, so that two programs at once do not make two |

mod ca;
mod server;

pub use ca::{CaFolder, key_or_new, load_revocation_list};
pub use server::ServerFolder;

use crate::rsa::{PrivateKey, load_key};
use crate::x509::Certificate;
use echo::lab::{Failure, io_failure};
use rand::SeedableRng;
use rand::TryRng;
use rand::rngs::{StdRng, SysRng};
use std::fs::{self, File};
use std::path::Path;

/// Makes the folder if it is missing, and holds it until the returned file is dropped.
fn hold(dir: &Path) -> Result<File, Failure> {
    let failed = |e| io_failure(&format!("cannot use the folder {}", dir.display()), &e);
    fs::create_dir_all(dir).map_err(failed)?;
    let file = File::options().create(true).append(true).open(dir.join(".lock")).map_err(failed)?;
    file.lock().map_err(failed)?;
    Ok(file)
}

/// Reads the one certificate in a file.
///
/// # Errors
/// A sentence that names the file.
pub fn load_certificate(path: &Path) -> Result<Certificate, Failure> {
    let text = crate::files::read_text(path)?;
    Certificate::from_pem(&text).map_err(|e| Failure::new(format!("{} cannot be used: {e}", path.display())))
}

fn certificate_if_there(path: &Path) -> Result<Option<Certificate>, Failure> {
    if path.try_exists().unwrap_or(true) { load_certificate(path).map(Some) } else { Ok(None) }
}

fn key_if_there(path: &Path, password: Option<&[u8]>) -> Result<Option<PrivateKey>, Failure> {
    if path.try_exists().unwrap_or(true) { load_key(path, password).map(Some) } else { Ok(None) }
}

/// A generator seeded by the operating system, which may fail at this one moment and at no other.
///
/// # Errors
/// If the operating system has no randomness to give.
pub fn system_random() -> Result<StdRng, Failure> {
    let mut seed = zeroize::Zeroizing::new([0; 32]);
    SysRng
        .try_fill_bytes(&mut *seed)
        .map_err(|e| Failure::new(format!("the operating system gives no random bytes: {e}")))?;
    Ok(StdRng::from_seed(*seed))
}

const CA_PEM: &str = "ca.pem";
const CA_KEY: &str = "ca.key";
const SERVER_PEM: &str = "server.pem";
const SERVER_KEY: &str = "server.key";
/// Bits of the keys that we make.
pub const KEY_BITS: u64 = 2048;
