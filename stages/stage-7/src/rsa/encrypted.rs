//! PKCS#8 under a password (RFC 5958, section 3): PBES2 (RFC 8018) with PBKDF2-HMAC-SHA256 and AES-256-CBC.
//!
//! In goes a private key of any kind in DER, out comes a PEM block `ENCRYPTED PRIVATE KEY`, and back.

use der::Decode;
use der::pem::{LineEnding, PemLabel};
use pkcs8::pkcs5::pbes2::{Kdf, Parameters, Pbkdf2Prf};
use pkcs8::pkcs5::{self, EncryptionScheme, pbes2};
use pkcs8::{EncryptedPrivateKeyInfoRef, PrivateKeyInfoRef};
use rand::Rng;
use std::fmt;
use zeroize::Zeroizing;

/// The label of such a block.
pub const ENCRYPTED_LABEL: &str = EncryptedPrivateKeyInfoRef::PEM_LABEL;

/// The block of a key in PKCS#8. 600,000 rounds of PBKDF2 make each guess at the password cost a good part of a
/// second. `None` if `der` is no key in PKCS#8.
pub fn encrypt_pkcs8(der: &[u8], password: &[u8], random: &mut impl Rng) -> Option<Zeroizing<String>> {
    let info = PrivateKeyInfoRef::from_der(der).ok()?;
    let (mut salt, mut iv) = ([0; 16], [0; 16]);
    random.fill_bytes(&mut salt);
    random.fill_bytes(&mut iv);
    let parameters = Parameters::generate_pbkdf2_sha256_aes256cbc(ROUNDS, &salt, iv).ok()?;
    let document = info.encrypt_with_params(parameters, password).ok()?;
    document.to_pem(ENCRYPTED_LABEL, LineEnding::LF).ok()
}

/// The PKCS#8 inside `bytes`, the content of such a block. Everything that they ask for is checked before anything
/// is computed: a hostile file could ask for days of work.
///
/// CBC by itself finds no changed byte: whoever can write the file can change the key in it. So look whether it is
/// the key that it should be.
pub fn decrypt_pkcs8(bytes: &[u8], password: &[u8]) -> Result<Zeroizing<Vec<u8>>, EncryptedKeyError> {
    use EncryptedKeyError as Wrong;
    let info = EncryptedPrivateKeyInfoRef::from_der(bytes).map_err(|_| Wrong::Malformed)?;
    let EncryptionScheme::Pbes2(parameters) = &info.encryption_algorithm else { return Err(Wrong::OtherWay) };
    match (&parameters.kdf, &parameters.encryption) {
        (Kdf::Pbkdf2(kdf), pbes2::EncryptionScheme::Aes256Cbc { .. })
            if kdf.prf == Pbkdf2Prf::HmacWithSha256 =>
        {
            if kdf.iteration_count > MAX_ROUNDS {
                return Err(Wrong::Rounds);
            }
        }
        _ => return Err(Wrong::OtherWay),
    }
    let document = info.decrypt(password).map_err(|error| match error {
        pkcs8::Error::EncryptedPrivateKey(pkcs5::Error::DecryptFailed) | pkcs8::Error::Asn1(_) => {
            Wrong::Closed
        }
        _ => Wrong::OtherWay,
    })?;
    // A wrong key gives a right padding once in about 256 times, and then what is inside makes no sense.
    PrivateKeyInfoRef::from_der(document.as_bytes()).map_err(|_| Wrong::Closed)?;
    Ok(Zeroizing::new(document.as_bytes().to_vec()))
}

/// An encrypted key cannot be read. The sentence goes on after the name of its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EncryptedKeyError {
    /// It is no encrypted key in DER.
    Malformed,
    /// It is encrypted in another way than ours.
    OtherWay,
    /// It asks for more rounds than anybody would wait for.
    Rounds,
    /// The password is wrong; a damaged file cannot be told from that.
    Closed,
}

impl fmt::Display for EncryptedKeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "holds no encrypted key in DER",
            Self::OtherWay => {
                "is encrypted in a way that we do not read; \
                 `openssl pkcs8 -topk8 -v2 aes-256-cbc -v2prf hmacWithSHA256` makes one that we do"
            }
            Self::Rounds => "asks for more than 10,000,000 rounds of PBKDF2; this would take very long",
            Self::Closed => "does not open: the password is wrong, or the file is damaged",
        })
    }
}

impl std::error::Error for EncryptedKeyError {}

const ROUNDS: u32 = 600_000;
const MAX_ROUNDS: u32 = 10_000_000;
