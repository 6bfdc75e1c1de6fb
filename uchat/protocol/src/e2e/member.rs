//! What we know of somebody else: the keys of a certificate that was checked.

use super::{Fingerprint, OwnKeyError, StoredError};
use anatomy::{ReadError, Reader, quoted};
use certificates::rsa::PublicKey;
use certificates::x509::{Certificate, CertificateError, Purpose, StaticValue, verify_chain};
use std::time::SystemTime;

/// The public keys of a user. There is no other way to get some than from a certificate that was checked, or from
/// the bytes of such ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberKeys {
    user: u64,
    rsa: PublicKey,
    s: StaticValue,
    k: Fingerprint,
}

/// A certificate is not the one of this user.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MemberError {
    /// It is no certificate that the pinned CA has given to a user, its time is over, or S is no square.
    #[error("the certificate of {name} is not accepted: {error}")]
    Certificate {
        /// Whose it should be, in quotes.
        name: String,
        /// What is wrong.
        error: CertificateError,
    },
    /// It is one for servers too; no user's is.
    #[error("the certificate of {0} is one for servers")]
    ForServers(String),
    /// It is about somebody else.
    #[error("a certificate of {expected} was asked for, one of {got} came")]
    Name {
        /// Whose it should be, in quotes.
        expected: String,
        /// Whose it is, in quotes.
        got: String,
    },
    /// It has no S, so nobody can wrap a key for this user.
    #[error("the certificate of {0} has no Diffie-Hellman value S; this user cannot get encrypted messages")]
    NoStaticValue(String),
    /// The public key cannot be encoded.
    #[error("{0}")]
    Key(OwnKeyError),
}

impl MemberKeys {
    /// The keys in a certificate, after all these checks: the chain ends in the pinned CA `ca`, the certificate is
    /// one for users and for no servers, it is of `name` and of this time, and S is there and a square.
    ///
    /// That `user` is the number of `name` is the server's word; the safety number holds both, for people to compare.
    ///
    /// No revocation list is asked for: the messenger has none for users. A user with new keys gets a new
    /// certificate, whose other K everybody is warned of; a stolen key counts until the certificate that its owner
    /// was given for it ends, a year at most, or until people accept the new K.
    ///
    /// # Errors
    /// The first check that fails.
    pub fn from_certificate(
        user: u64,
        name: &str,
        certificate: &[u8],
        ca: &Certificate,
        now: SystemTime,
    ) -> Result<Self, MemberError> {
        let wrong = |error| MemberError::Certificate { name: quoted(name), error };
        let leaf =
            verify_chain(&[certificate, ca.der()], ca, None, &Purpose::Client, now).map_err(wrong)?.leaf;
        if leaf.is_for_servers() {
            return Err(MemberError::ForServers(quoted(name)));
        }
        if leaf.common_name().as_deref() != Some(name) {
            return Err(MemberError::Name { expected: quoted(name), got: leaf.who().to_owned() });
        }
        let s = leaf.static_value().ok_or_else(|| MemberError::NoStaticValue(quoted(name)))?;
        s.check_square().map_err(wrong)?;
        Self::new(user, leaf.public_key().clone(), s.clone()).map_err(MemberError::Key)
    }

    fn new(user: u64, rsa: PublicKey, s: StaticValue) -> Result<Self, OwnKeyError> {
        let k = Fingerprint::of(&rsa, &s)?;
        Ok(Self { user, rsa, s, k })
    }

    pub(super) fn own(user: u64, rsa: PublicKey, s: StaticValue, k: Fingerprint) -> Self {
        Self { user, rsa, s, k }
    }

    /// The user's number.
    #[must_use]
    pub fn user(&self) -> u64 {
        self.user
    }

    /// K: what is pinned.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        self.k
    }

    /// The key that their signatures are checked with.
    #[must_use]
    pub fn rsa(&self) -> &PublicKey {
        &self.rsa
    }

    /// S: what keys are wrapped for.
    #[must_use]
    pub fn static_value(&self) -> &StaticValue {
        &self.s
    }

    /// For a store of our own: `01 ‖ user id u64 ‖ S 256 ‖ SubjectPublicKeyInfo`.
    ///
    /// # Errors
    /// None for keys that were accepted.
    pub fn to_bytes(&self) -> Result<Vec<u8>, OwnKeyError> {
        let mut bytes = vec![VERSION];
        bytes.extend_from_slice(&self.user.to_be_bytes());
        bytes.extend_from_slice(self.s.bytes());
        bytes.extend_from_slice(&self.rsa.to_spki_der().map_err(OwnKeyError::Rsa)?);
        Ok(bytes)
    }

    /// The keys that these bytes are. They come from our own store and are not checked again as a certificate is.
    ///
    /// # Errors
    /// If they are not what [`to_bytes`](Self::to_bytes) writes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, StoredError> {
        let wrong = |problem: String| StoredError { what: "the keys of a user", problem };
        let read = |r: &mut Reader<'_>| -> Result<_, ReadError> {
            if r.u8("version")? != VERSION {
                return Err(r.invalid("version", "is not 1"));
            }
            Ok((r.uint(8, "user id")?, r.array::<256>("S")?))
        };
        let mut r = Reader::new(bytes);
        let (user, s) = read(&mut r).map_err(|error| wrong(error.to_string()))?;
        let s = StaticValue::from_bytes(&s).map_err(|error| wrong(error.to_string()))?;
        let rsa = PublicKey::from_spki_der(r.ahead()).map_err(|error| wrong(error.to_string()))?;
        Self::new(user, rsa, s).map_err(|error| wrong(error.to_string()))
    }
}

const VERSION: u8 = 1;
