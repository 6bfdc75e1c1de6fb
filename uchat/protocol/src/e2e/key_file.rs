//! Both private keys as text under a passphrase: PKCS#8, encrypted with PBES2 (RFC 8018).

use super::OwnKeyError;
use super::own_keys::EXPONENT;
use certificates::rsa::{KeyError, PrivateKey};
use der::asn1::{AnyRef, ObjectIdentifier, OctetStringRef, UintRef};
use der::pem::{LineEnding, PemLabel};
use der::{Decode, Encode, SecretDocument, Sequence};
use key_exchange::Group;
use pkcs8::pkcs5::pbes2::{Kdf, Parameters, Pbkdf2Prf};
use pkcs8::pkcs5::{self, EncryptionScheme, pbes2};
use pkcs8::spki::AlgorithmIdentifierRef;
use pkcs8::{EncryptedPrivateKeyInfoRef, PrivateKeyInfoRef};
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
    #[error("this is not a text of two blocks `-----BEGIN {ENCRYPTED}-----`: {0}")]
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
    password: &[u8],
    random: &mut impl CryptoRng,
) -> Result<Zeroizing<String>, KeyFileError> {
    let rsa = rsa.to_pkcs8_der().map_err(KeyFileError::Rsa)?;
    let exchange = exchange_der(exponent).map_err(|_| KeyFileError::NotWritten)?;
    let mut text = Zeroizing::new(String::with_capacity(2 * rsa.len() + 2 * exchange.len() + 1024));
    for der in [&*rsa, &*exchange] {
        text.push_str(&encrypt(der, password, random).ok_or(KeyFileError::NotWritten)?);
    }
    Ok(text)
}

/// The RSA key, and the exponent in [`EXPONENT`] bytes.
pub(super) fn read(text: &str, password: &[u8]) -> Result<(PrivateKey, Zeroizing<Vec<u8>>), KeyFileError> {
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
    let rsa = decrypt(first, password)?;
    let exchange = decrypt(second, password)?;
    let rsa = PrivateKey::from_pkcs8_der(rsa.as_bytes()).map_err(KeyFileError::Rsa)?;
    Ok((rsa, exponent(exchange.as_bytes())?))
}

fn encrypt(der: &[u8], password: &[u8], random: &mut impl CryptoRng) -> Option<Zeroizing<String>> {
    let info = PrivateKeyInfoRef::from_der(der).ok()?;
    let (mut salt, mut iv) = ([0; 16], [0; 16]);
    random.fill_bytes(&mut salt);
    random.fill_bytes(&mut iv);
    let parameters = Parameters::generate_pbkdf2_sha256_aes256cbc(ROUNDS, &salt, iv).ok()?;
    let document = info.encrypt_with_params(parameters, password).ok()?;
    document.to_pem(ENCRYPTED, LineEnding::LF).ok()
}

/// The PKCS#8 inside. What it asks for is checked before anything is computed: a hostile text could ask for days
/// of work.
fn decrypt(pem: &str, password: &[u8]) -> Result<SecretDocument, KeyFileError> {
    let (label, document) =
        SecretDocument::from_pem(pem).map_err(|_| KeyFileError::Blocks("one is no PEM"))?;
    if label != ENCRYPTED {
        return Err(KeyFileError::Blocks("one has another label"));
    }
    let info = EncryptedPrivateKeyInfoRef::from_der(document.as_bytes())
        .map_err(|_| KeyFileError::Blocks("one holds no encrypted key in DER"))?;
    let EncryptionScheme::Pbes2(parameters) = &info.encryption_algorithm else {
        return Err(KeyFileError::OtherWay);
    };
    match (&parameters.kdf, &parameters.encryption) {
        (Kdf::Pbkdf2(kdf), pbes2::EncryptionScheme::Aes256Cbc { .. })
            if kdf.prf == Pbkdf2Prf::HmacWithSha256 =>
        {
            if kdf.iteration_count > MAX_ROUNDS {
                return Err(KeyFileError::Rounds);
            }
        }
        _ => return Err(KeyFileError::OtherWay),
    }
    let document = info.decrypt(password).map_err(|error| match error {
        pkcs8::Error::EncryptedPrivateKey(pkcs5::Error::DecryptFailed) | pkcs8::Error::Asn1(_) => {
            KeyFileError::WrongPassword
        }
        _ => KeyFileError::OtherWay,
    })?;
    // A wrong key gives a right padding once in about 256 times, and then what is inside makes no sense.
    let sense = PrivateKeyInfoRef::from_der(document.as_bytes()).is_ok();
    if sense { Ok(document) } else { Err(KeyFileError::WrongPassword) }
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
const ENCRYPTED: &str = EncryptedPrivateKeyInfoRef::PEM_LABEL;
const BEGIN: &str = "-----BEGIN ";
const ROUNDS: u32 = 600_000;
const MAX_ROUNDS: u32 = 10_000_000;
const MAX_TEXT: usize = 64 << 10;
