//! A certificate authority: one key, and the rules by which it signs.

use super::profile::Prepared;
use super::signer::{not_built, sign, spki};
use super::{Certificate, CertificateError, CertificateRequest, Profile, Revocation, RevocationList, check};
use crate::rsa::{PrivateKey, PublicKey};
use der::{DateTime, Encode};
use rand::Rng;
use std::fmt;
use std::time::{Duration, SystemTime};
use x509_cert::builder::{CertificateBuilder, CrlBuilder};
use x509_cert::crl::RevokedCert;
use x509_cert::ext::pkix::CrlNumber;
use x509_cert::serial_number::SerialNumber;
use x509_cert::time::{Time, Validity};

/// A CA that can sign. Time and randomness are passed in; files are the business of those who call.
#[derive(Debug, Clone)]
pub struct Ca {
    certificate: Certificate,
    key: PrivateKey,
}

/// Why the CA does not sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CaError {
    /// The private key is not the one of the CA's certificate.
    ForeignKey,
    /// The certificate is of no CA.
    Certificate(CertificateError),
    /// The request cannot be granted.
    Request(CertificateError),
    /// The time is not one that a certificate can hold.
    Time,
}

impl fmt::Display for CaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ForeignKey => f.write_str("the private key does not belong to the CA's certificate"),
            Self::Certificate(error) => write!(f, "this is no CA that can sign: {error}"),
            Self::Request(error) => write!(f, "the certificate is not issued: {error}"),
            Self::Time => f.write_str("the certificate would end after the year 9999"),
        }
    }
}

impl std::error::Error for CaError {}

impl Ca {
    /// A new CA, signed by itself, for ten years: basicConstraints CA with path length 0, keyCertSign and
    /// cRLSign.
    pub fn init(
        common_name: &str,
        key: PrivateKey,
        now: SystemTime,
        random: &mut impl Rng,
    ) -> Result<Self, CaError> {
        let profile = Prepared::ca(common_name).map_err(CaError::Request)?;
        let certificate = build(profile, key.public(), &key, validity(now, CA_LIFE)?, random)?;
        Ok(Self { certificate, key })
    }

    /// The CA of a certificate and a key that were made before.
    ///
    /// # Errors
    /// If they do not belong together, or the certificate may not sign others now.
    pub fn new(certificate: Certificate, key: PrivateKey, now: SystemTime) -> Result<Self, CaError> {
        if certificate.public_key() != key.public() {
            return Err(CaError::ForeignKey);
        }
        check::ca_flag(&certificate)
            .and_then(|()| check::signs_certificates(&certificate))
            .and_then(|()| check::validity(&certificate, now))
            .map_err(CaError::Certificate)?;
        Ok(Self { certificate, key })
    }

    /// Its own certificate: what others pin.
    #[must_use]
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// Its private key.
    #[must_use]
    pub fn key(&self) -> &PrivateKey {
        &self.key
    }

    /// Grants a request. Only the public key is taken from it, and S for a user; all else comes from the
    /// profile. The certificate begins now and never outlives the CA.
    ///
    /// # Errors
    /// If the requester does not prove to have the private key, a name in the profile is no name, or S is
    /// no square.
    pub fn sign(
        &self,
        request: &CertificateRequest,
        profile: &Profile,
        life: Duration,
        now: SystemTime,
        random: &mut impl Rng,
    ) -> Result<Certificate, CaError> {
        request.verify_proof_of_possession().map_err(CaError::Request)?;
        let s = request.static_value();
        let profile = profile.prepare(self.certificate.claim().subject(), s).map_err(CaError::Request)?;
        self.issue(profile, request.public_key(), life, now, random)
    }

    /// A certificate for a key of our own, which needs no request.
    pub fn certify(
        &self,
        key: &PrivateKey,
        profile: &Profile,
        life: Duration,
        now: SystemTime,
        random: &mut impl Rng,
    ) -> Result<Certificate, CaError> {
        let profile = profile.prepare(self.certificate.claim().subject(), None).map_err(CaError::Request)?;
        self.issue(profile, key.public(), life, now, random)
    }

    /// A new revocation list with this number, current for `life`.
    pub fn revocation_list(
        &self,
        number: u64,
        revoked: &[Revocation],
        life: Duration,
        now: SystemTime,
        random: &mut impl Rng,
    ) -> Result<RevocationList, CaError> {
        let wrong = |error| CaError::Request(CertificateError::malformed("revocation list")(error));
        let number = CrlNumber::try_from(number).map_err(wrong)?;
        let validity = validity(now, life)?;
        let entries = revoked
            .iter()
            .map(|entry| {
                Ok(RevokedCert {
                    serial_number: SerialNumber::new(&entry.serial).map_err(wrong)?,
                    revocation_date: time(entry.since)?,
                    crl_entry_extensions: None,
                })
            })
            .collect::<Result<Vec<_>, CaError>>()?;
        let issuer = self.certificate.parsed();
        let mut builder = CrlBuilder::new_with_this_update(issuer, number, validity.not_before)
            .map_err(wrong)?
            .with_next_update(Some(validity.not_after));
        if !entries.is_empty() {
            builder = builder.with_certificates(entries.into_iter()); // an empty list of entries is forbidden
        }
        let list = sign(builder, &self.key, random).map_err(CaError::Request)?;
        RevocationList::try_from(&list).map_err(CaError::Request)
    }

    fn issue(
        &self,
        profile: Prepared,
        key: &PublicKey,
        life: Duration,
        now: SystemTime,
        random: &mut impl Rng,
    ) -> Result<Certificate, CaError> {
        let (_, end) = self.certificate.validity();
        let life = life.min(end.duration_since(now).unwrap_or_default());
        build(profile, key, &self.key, validity(now, life)?, random)
    }
}

fn build(
    profile: Prepared,
    key: &PublicKey,
    signer: &PrivateKey,
    validity: Validity,
    random: &mut impl Rng,
) -> Result<Certificate, CaError> {
    let build = || {
        let builder =
            CertificateBuilder::new(profile, serial(random)?, validity, spki(key)?).map_err(not_built)?;
        let certificate = sign(builder, signer, random)?;
        Certificate::from_der(&certificate.to_der().map_err(CertificateError::malformed("certificate"))?)
    };
    build().map_err(CaError::Request)
}

/// Random, so that nobody can predict a certificate before it is signed: that is how a forged CA was made
/// from an MD5 collision in 2008. 127 bits, the highest of them set: positive, and always 16 bytes.
fn serial(random: &mut impl Rng) -> Result<SerialNumber, CertificateError> {
    let mut bytes = [0; 16];
    random.fill_bytes(&mut bytes);
    bytes[0] = bytes[0] & 0x7f | 0x40;
    SerialNumber::new(&bytes).map_err(CertificateError::malformed("serial number"))
}

fn validity(now: SystemTime, life: Duration) -> Result<Validity, CaError> {
    let until = now.checked_add(life).ok_or(CaError::Time)?;
    Ok(Validity::new(time(now)?, time(until)?))
}

/// Certificates hold whole seconds.
fn time(time: SystemTime) -> Result<Time, CaError> {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).map_err(|_| CaError::Time)?;
    let date =
        DateTime::from_unix_duration(Duration::from_secs(since.as_secs())).map_err(|_| CaError::Time)?;
    Ok(Time::from(date))
}

const CA_LIFE: Duration = Duration::from_secs(3652 * 24 * 3600);
