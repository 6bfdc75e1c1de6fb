//! Our own keys: RSA to sign with, Diffie-Hellman to get keys.

use super::{Fingerprint, KeyFileError, MemberKeys, key_file};
use certificates::rsa::{KeyError, PrivateKey};
use certificates::x509::{Certificate, CertificateError, CertificateRequest, StaticValue};
use key_exchange::{ExchangeError, Group, KeyPair};
use rand::CryptoRng;
use std::fmt;
use zeroize::Zeroizing;

/// Both private keys of a user. Wiped from memory when dropped; `{:?}` shows K only.
pub struct OwnKeys {
    rsa: PrivateKey,
    /// The pair's private exponent, 32 bytes: kept for the key file.
    exponent: Zeroizing<Vec<u8>>,
    pair: KeyPair,
    s: StaticValue,
    k: Fingerprint,
}

/// Own keys cannot be made or used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OwnKeyError {
    /// The RSA key.
    #[error("{0}")]
    Rsa(KeyError),
    /// The Diffie-Hellman key.
    #[error("{0}")]
    Exchange(ExchangeError),
    /// A name, or S, cannot stand in a certificate.
    #[error("{0}")]
    Certificate(CertificateError),
}

impl OwnKeys {
    /// Fresh ones: RSA of 2048 bits, and an exponent of 256 bits in ffdhe2048. Takes a second or so.
    ///
    /// # Errors
    /// None for a working random source.
    pub fn generate(random: &mut impl CryptoRng) -> Result<Self, OwnKeyError> {
        let rsa = PrivateKey::generate(RSA_BITS, random).map_err(OwnKeyError::Rsa)?;
        let mut exponent = Zeroizing::new(vec![0; EXPONENT]);
        random.fill_bytes(&mut exponent);
        Self::new(rsa, exponent)
    }

    /// The keys of an RSA key and an exponent of [`EXPONENT`] bytes.
    pub(super) fn new(rsa: PrivateKey, exponent: Zeroizing<Vec<u8>>) -> Result<Self, OwnKeyError> {
        let pair = KeyPair::from_private(&Group::ffdhe2048(), exponent.clone());
        let pair = pair.map_err(OwnKeyError::Exchange)?;
        // A power of g = 2, which is a square modulo this p (RFC 7919, appendix A), so it is a square as well.
        let s = StaticValue::from_bytes(pair.public()).map_err(OwnKeyError::Certificate)?;
        let k = Fingerprint::of(rsa.public(), &s)?;
        Ok(Self { rsa, exponent, pair, s, k })
    }

    /// A certificate request for these keys, in DER, with S in its extensionRequest.
    ///
    /// # Errors
    /// If the name or the address cannot stand in a certificate.
    pub fn request(
        &self,
        user_name: &str,
        email: &str,
        random: &mut impl CryptoRng,
    ) -> Result<Vec<u8>, OwnKeyError> {
        let email = (!email.is_empty()).then_some(email);
        let request = CertificateRequest::new(&self.rsa, user_name, email, Some(&self.s), random);
        Ok(request.map_err(OwnKeyError::Certificate)?.der().to_vec())
    }

    /// Both keys as text: two PEM blocks `ENCRYPTED PRIVATE KEY` (PKCS#8), the RSA key first. Encrypted with PBES2:
    /// PBKDF2-HMAC-SHA256 with 600,000 rounds, AES-256-CBC. OpenSSL reads each of the blocks. A last line has K.
    ///
    /// # Errors
    /// None for keys that were accepted.
    pub fn to_pkcs8(
        &self,
        password: &[u8],
        random: &mut impl CryptoRng,
    ) -> Result<Zeroizing<String>, KeyFileError> {
        key_file::write(&self.rsa, &self.exponent, self.k, password, random)
    }

    /// Reads what [`to_pkcs8`](Self::to_pkcs8) writes, also without the last line, as OpenSSL would write it.
    ///
    /// # Errors
    /// If it is no such text, the password is wrong, the keys are not acceptable, or not those of the last line.
    pub fn from_pkcs8(pem: &str, password: &[u8]) -> Result<Self, KeyFileError> {
        let read = key_file::read(pem, password)?;
        let keys = Self::new(read.rsa, read.exponent).map_err(KeyFileError::Keys)?;
        match read.k {
            Some(k) if k != keys.k.to_string() => Err(KeyFileError::Damaged),
            _ => Ok(keys),
        }
    }

    /// K of these keys.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        self.k
    }

    /// S.
    #[must_use]
    pub fn static_value(&self) -> &StaticValue {
        &self.s
    }

    /// Whether a certificate is about these keys. Says nothing of who has signed it.
    #[must_use]
    pub fn fits(&self, certificate: &Certificate) -> bool {
        certificate.public_key() == self.rsa.public() && certificate.static_value() == Some(&self.s)
    }

    /// The key that signs.
    #[must_use]
    pub fn rsa(&self) -> &PrivateKey {
        &self.rsa
    }

    /// What others know of us; `me` is our own number. For packages that another session of ours has sent.
    #[must_use]
    pub fn as_member(&self, me: u64) -> MemberKeys {
        MemberKeys::own(me, self.rsa.public().clone(), self.s.clone(), self.k)
    }

    /// theirs ^ our exponent, 256 bytes.
    pub(super) fn agree(&self, theirs: &[u8]) -> Result<Zeroizing<Vec<u8>>, ExchangeError> {
        self.pair.shared_value(theirs)
    }
}

impl fmt::Debug for OwnKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OwnKeys").field("k", &self.k).finish_non_exhaustive()
    }
}

const RSA_BITS: u64 = 2048;

/// Bytes of the private exponent.
pub(super) const EXPONENT: usize = 32;
