//! Keys as files in PEM: plain PKCS#8, or PKCS#8 encrypted under a password.

use super::PrivateKey;
use der::pem::{LineEnding, PemLabel};
use der::{Decode, SecretDocument};
use echo::lab::{Failure, io_failure};
use pkcs8::pkcs5::pbes2::{Kdf, Parameters, Pbkdf2Prf};
use pkcs8::pkcs5::{self, EncryptionScheme, pbes2};
use pkcs8::{EncryptedPrivateKeyInfoRef, PrivateKeyInfoRef};
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
        PrivateKeyInfoRef::PEM_LABEL => document,
        EncryptedPrivateKeyInfoRef::PEM_LABEL => {
            let password = password.ok_or_else(|| wrong("is encrypted, and no password was given for it"))?;
            decrypt(document.as_bytes(), password).map_err(wrong)?
        }
        "RSA PRIVATE KEY" => {
            return Err(wrong(
                "has the older form PKCS#1; `openssl pkcs8 -topk8 -nocrypt` makes the newer one",
            ));
        }
        other => return Err(wrong(&format!("holds `{other}`; a private key was expected"))),
    };
    PrivateKey::from_pkcs8_der(der.as_bytes()).map_err(|e| wrong(&format!("cannot be used: {e}")))
}

fn to_pem(key: &PrivateKey, password: Option<&[u8]>, random: &mut impl Rng) -> Option<Zeroizing<String>> {
    let der = key.to_pkcs8_der().ok()?;
    let info = PrivateKeyInfoRef::from_der(&der).ok()?;
    let Some(password) = password else {
        let document = SecretDocument::try_from(&info).ok()?;
        return document.to_pem(PrivateKeyInfoRef::PEM_LABEL, LineEnding::LF).ok();
    };
    let (mut salt, mut iv) = ([0; 16], [0; 16]);
    random.fill_bytes(&mut salt);
    random.fill_bytes(&mut iv);
    let parameters = Parameters::generate_pbkdf2_sha256_aes256cbc(ROUNDS, &salt, iv).ok()?;
    let document = info.encrypt_with_params(parameters, password).ok()?;
    document.to_pem(EncryptedPrivateKeyInfoRef::PEM_LABEL, LineEnding::LF).ok()
}

/// The PKCS#8 inside. Everything that the file asks for is checked before anything is computed: a hostile
/// file could ask for days of work.
fn decrypt(bytes: &[u8], password: &[u8]) -> Result<SecretDocument, &'static str> {
    let info = EncryptedPrivateKeyInfoRef::from_der(bytes).map_err(|_| "holds no encrypted key in DER")?;
    let EncryptionScheme::Pbes2(parameters) = &info.encryption_algorithm else { return Err(OTHER_WAY) };
    match (&parameters.kdf, &parameters.encryption) {
        (Kdf::Pbkdf2(kdf), pbes2::EncryptionScheme::Aes256Cbc { .. })
            if kdf.prf == Pbkdf2Prf::HmacWithSha256 =>
        {
            if kdf.iteration_count > MAX_ROUNDS {
                return Err("asks for more than 10,000,000 rounds of PBKDF2; this would take very long");
            }
        }
        _ => return Err(OTHER_WAY),
    }
    let document = info.decrypt(password).map_err(|e| match e {
        pkcs8::Error::EncryptedPrivateKey(pkcs5::Error::DecryptFailed) | pkcs8::Error::Asn1(_) => CLOSED,
        _ => OTHER_WAY,
    })?;
    // A wrong key gives a right padding once in about 256 times, and then what is inside makes no sense.
    let sense = PrivateKeyInfoRef::from_der(document.as_bytes()).is_ok();
    if sense { Ok(document) } else { Err(CLOSED) }
}

const ROUNDS: u32 = 600_000;
const MAX_ROUNDS: u32 = 10_000_000;
const MAX_FILE: usize = 64 << 10;
const NO_PEM: &str = "is not a key file in PEM (`-----BEGIN PRIVATE KEY-----` …)";
const CLOSED: &str = "does not open: the password is wrong, or the file is damaged";
const OTHER_WAY: &str = "is encrypted in a way that we do not read; \
    `openssl pkcs8 -topk8 -v2 aes-256-cbc -v2prf hmacWithSHA256` makes one that we do";
