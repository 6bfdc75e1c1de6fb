//! Both private keys as text under a passphrase: PKCS#8, encrypted with PBES2 (RFC 8018), and then K in the clear.
//!
//! ```text
//! -----BEGIN ENCRYPTED PRIVATE KEY-----    RSA
//! …
//! -----BEGIN ENCRYPTED PRIVATE KEY-----    Diffie-Hellman
//! …
//! K = 64 hexadecimal digits
//! ```
//!
//! The encryption finds no changed byte, and a changed Diffie-Hellman exponent is an exponent as well: without K, a
//! damaged file could open to other keys, which everybody would be warned of. Files made by OpenSSL have no K; RFC 7468,
//! section 2, lets readers of PEM pass over it.

use super::own_keys::EXPONENT;
use super::{Fingerprint, OwnKeyError};
use certificates::rsa::{
    ENCRYPTED_LABEL, EncryptedKeyError, KeyError, PrivateKey, decrypt_pkcs8, encrypt_pkcs8,
};
use der::asn1::{AnyRef, ObjectIdentifier, OctetStringRef, UintRef};
use der::{Decode, Encode, SecretDocument, Sequence};
use key_exchange::Group;
use pkcs8::PrivateKeyInfoRef;
use pkcs8::spki::AlgorithmIdentifierRef;
use rand::CryptoRng;
use zeroize::Zeroizing;

/// A key text cannot be written or read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyFileError {
    /// The password is wrong; a damaged text cannot be told from it.
    #[error("the keys do not open: the password is wrong, or the text is damaged")]
    WrongPassword,
    /// Too long to be two keys.
    #[error("this text has {0} bytes, which is too long for two keys")]
    TooLong(usize),
    /// Not two PEM blocks.
    #[error("this is not a text of two blocks `-----BEGIN {ENCRYPTED_LABEL}-----`: {0}")]
    Blocks(&'static str),
    /// Encrypted in another way than ours.
    #[error("the keys are encrypted in another way than PBES2 with PBKDF2-HMAC-SHA256 and AES-256-CBC")]
    OtherWay,
    /// Asks for more rounds than anybody would wait for.
    #[error("the text asks for more than 10,000,000 rounds of PBKDF2; this would take very long")]
    Rounds,
    /// The first key is not an RSA key that we take.
    #[error("the first key cannot be used: {0}")]
    Rsa(KeyError),
    /// The second key is not a Diffie-Hellman key of ffdhe2048.
    #[error("the second key cannot be used: {0}")]
    DiffieHellman(&'static str),
    /// Both open, but they are not those that the text is about.
    #[error("the text is damaged: its keys are not those of its last line, K = …")]
    Damaged,
    /// Together they are no keys.
    #[error("{0}")]
    Keys(OwnKeyError),
    /// It cannot be encoded.
    #[error("the keys cannot be written")]
    NotWritten,
}

/// Parameters of dhKeyAgreement (PKCS#3, section 9).
#[derive(Sequence)]
struct GroupParameters<'a> {
    p: UintRef<'a>,
    g: UintRef<'a>,
    #[asn1(optional = "true")]
    length: Option<u32>,
}

pub(super) fn write(
    rsa: &PrivateKey,
    exponent: &[u8],
    k: Fingerprint,
    password: &[u8],
    random: &mut impl CryptoRng,
) -> Result<Zeroizing<String>, KeyFileError> {
    let rsa = rsa.to_pkcs8_der().map_err(KeyFileError::Rsa)?;
    let exchange = exchange_der(exponent).map_err(|_| KeyFileError::NotWritten)?;
    let mut text = Zeroizing::new(String::with_capacity(2 * rsa.len() + 2 * exchange.len() + 1024));
    for der in [&*rsa, &*exchange] {
        text.push_str(&encrypt_pkcs8(der, password, random).ok_or(KeyFileError::NotWritten)?);
    }
    text.push_str(&format!("{K}{k}\n"));
    Ok(text)
}

/// What a text holds.
pub(super) struct Read<'a> {
    pub(super) rsa: PrivateKey,
    /// The exponent, in [`EXPONENT`] bytes.
    pub(super) exponent: Zeroizing<Vec<u8>>,
    /// K as it is written, if it is.
    pub(super) k: Option<&'a str>,
}

pub(super) fn read<'a>(text: &'a str, password: &[u8]) -> Result<Read<'a>, KeyFileError> {
    if text.len() > MAX_TEXT {
        return Err(KeyFileError::TooLong(text.len()));
    }
    let text = text.trim();
    let (first, second) = match text.match_indices(BEGIN).map(|(at, _)| at).collect::<Vec<_>>()[..] {
        [0, second] => text.split_at(second),
        [0, _, _, ..] => return Err(KeyFileError::Blocks("it has more than two")),
        [0] => return Err(KeyFileError::Blocks("it has only one")),
        _ => return Err(KeyFileError::Blocks("it does not begin with one")),
    };
    let (second, k) = match second.split_once(K) {
        Some((second, k)) => (second, Some(k)),
        None => (second, None),
    };
    let rsa = decrypt(first, password)?;
    let exchange = decrypt(second, password)?;
    let rsa = PrivateKey::from_pkcs8_der(&rsa).map_err(KeyFileError::Rsa)?;
    Ok(Read { rsa, exponent: exponent(&exchange)?, k })
}

fn decrypt(pem: &str, password: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeyFileError> {
    let (label, document) =
        SecretDocument::from_pem(pem).map_err(|_| KeyFileError::Blocks("one is no PEM"))?;
    if label != ENCRYPTED_LABEL {
        return Err(KeyFileError::Blocks("one has another label"));
    }
    decrypt_pkcs8(document.as_bytes(), password).map_err(|error| match error {
        EncryptedKeyError::Malformed => KeyFileError::Blocks("one holds no encrypted key in DER"),
        EncryptedKeyError::OtherWay => KeyFileError::OtherWay,
        EncryptedKeyError::Rounds => KeyFileError::Rounds,
        EncryptedKeyError::Closed => KeyFileError::WrongPassword,
    })
}

/// PKCS#8 of a Diffie-Hellman key as OpenSSL writes it: dhKeyAgreement with p and g, and the exponent as an
/// INTEGER.
fn exchange_der(exponent: &[u8]) -> der::Result<Zeroizing<Vec<u8>>> {
    let group = Group::ffdhe2048();
    let (p, g) = (group.p.to_bytes_be(), group.g.to_bytes_be());
    let parameters = GroupParameters { p: UintRef::new(&p)?, g: UintRef::new(&g)?, length: None }.to_der()?;
    let parameters = AnyRef::from_der(&parameters)?;
    let exponent = Zeroizing::new(UintRef::new(exponent)?.to_der()?);
    let algorithm = AlgorithmIdentifierRef { oid: DH_KEY_AGREEMENT, parameters: Some(parameters) };
    let info = PrivateKeyInfoRef::new(algorithm, OctetStringRef::new(&exponent)?);
    Ok(Zeroizing::new(info.to_der()?))
}

fn exponent(der: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeyFileError> {
    let wrong = KeyFileError::DiffieHellman;
    let info = PrivateKeyInfoRef::from_der(der).map_err(|_| KeyFileError::WrongPassword)?;
    if info.algorithm.oid != DH_KEY_AGREEMENT {
        return Err(wrong("it is no Diffie-Hellman key (dhKeyAgreement)"));
    }
    let group = Group::ffdhe2048();
    let parameters = info.algorithm.parameters.and_then(|any| any.decode_as::<GroupParameters<'_>>().ok());
    let fits = |found: &GroupParameters<'_>| {
        found.p.as_bytes() == group.p.to_bytes_be() && found.g.as_bytes() == group.g.to_bytes_be()
    };
    if !parameters.as_ref().is_some_and(fits) {
        return Err(wrong("it is not of the group ffdhe2048"));
    }
    let number = UintRef::from_der(info.private_key.as_bytes()).map_err(|_| wrong("it holds no number"))?;
    let number = number.as_bytes();
    // Always as many bytes: how long a power takes depends on the length of its exponent.
    let mut exponent = Zeroizing::new(vec![0; EXPONENT]);
    let start = EXPONENT.checked_sub(number.len()).ok_or(wrong("its exponent is longer than 256 bits"))?;
    exponent[start..].copy_from_slice(number);
    Ok(exponent)
}

const DH_KEY_AGREEMENT: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.3.1");
const BEGIN: &str = "-----BEGIN ";
const K: &str = "K = ";
const MAX_TEXT: usize = 64 << 10;
