//! Keys as files in PEM: plain PKCS#8, or PKCS#8 encrypted under a password.

use super::PrivateKey;
use super::encrypted::{ENCRYPTED_LABEL, decrypt_pkcs8, encrypt_pkcs8};
use der::pem::{LineEnding, PemLabel};
use der::{Decode, SecretDocument};
use echo::lab::{Failure, io_failure};
use pkcs8::PrivateKeyInfoRef;
use rand::Rng;
use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;
use zeroize::Zeroizing;

/// Writes a key file that only its owner may read (mode 0600 from the start). A file that is there is never
/// overwritten, and a half-written one never stands under this name.
///
/// With a password the key is encrypted: PBES2 (RFC 8018) with PBKDF2-HMAC-SHA256, 600,000 rounds, and
/// AES-256-CBC. The rounds make each guess at the password cost a good part of a second.
///
/// # Errors
/// If there is such a file already, or it cannot be written.
pub fn save_key(
    path: &Path,
    key: &PrivateKey,
    password: Option<&[u8]>,
    random: &mut impl Rng,
) -> Result<(), Failure> {
    let text = to_pem(key, password, random)
        .ok_or_else(|| Failure::new(format!("cannot encode the key for {}", path.display())))?;
    let failed = |e| io_failure(&format!("cannot write the key file {}", path.display()), &e);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    // Written under another name, then renamed; tempfile creates files with mode 0600.
    let mut file = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new("."))).map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    file.persist_noclobber(path).map_err(|e| failed(e.error))?;
    Ok(())
}

/// Reads a key file, encrypted or not, as we or `openssl genpkey` and `openssl pkcs8 -topk8` write it. A
/// password for a file that needs none is not looked at.
///
/// # Errors
/// A sentence that names the file and what is wrong: not there, too large, not a key, not RSA, encrypted in
/// another way, no password given, a wrong password.
pub fn load_key(path: &Path, password: Option<&[u8]>) -> Result<PrivateKey, Failure> {
    let wrong = |why: &str| Failure::new(format!("the key file {} {why}", path.display()));
    let failed = |e| io_failure(&format!("cannot read the key file {}", path.display()), &e);
    // Room for all of it from the start: a buffer that grows leaves copies of its content behind.
    let mut text = Zeroizing::new(Vec::with_capacity(MAX_FILE + 1));
    File::open(path).map_err(failed)?.take(MAX_FILE as u64 + 1).read_to_end(&mut text).map_err(failed)?;
    if text.len() > MAX_FILE {
        return Err(wrong("is too large to be a key"));
    }
    let text = std::str::from_utf8(&text).map_err(|_| wrong(NO_PEM))?;
    let (label, document) = SecretDocument::from_pem(text).map_err(|_| wrong(NO_PEM))?;
    let der = match label {
        PrivateKeyInfoRef::PEM_LABEL => document.to_bytes(),
        ENCRYPTED_LABEL => {
            let password = password.ok_or_else(|| wrong("is encrypted, and no password was given for it"))?;
            decrypt_pkcs8(document.as_bytes(), password).map_err(|error| wrong(&error.to_string()))?
        }
        "RSA PRIVATE KEY" => {
            return Err(wrong(
                "has the older form PKCS#1; `openssl pkcs8 -topk8 -nocrypt` makes the newer one",
            ));
        }
        other => return Err(wrong(&format!("holds `{other}`; a private key was expected"))),
    };
    PrivateKey::from_pkcs8_der(&der).map_err(|e| wrong(&format!("cannot be used: {e}")))
}

fn to_pem(key: &PrivateKey, password: Option<&[u8]>, random: &mut impl Rng) -> Option<Zeroizing<String>> {
    let der = key.to_pkcs8_der().ok()?;
    if let Some(password) = password {
        return encrypt_pkcs8(&der, password, random);
    }
    let document = SecretDocument::try_from(&PrivateKeyInfoRef::from_der(&der).ok()?).ok()?;
    document.to_pem(PrivateKeyInfoRef::PEM_LABEL, LineEnding::LF).ok()
}

const MAX_FILE: usize = 64 << 10;
const NO_PEM: &str = "is not a key file in PEM (`-----BEGIN PRIVATE KEY-----` …)";
