//! The list of certificates that were taken back before their time (a CRL).

use super::certificate::who;
use super::extension::extension_name;
use super::signed::{Signed, check_der};
use super::{Certificate, CertificateError, TOLERANCE, check, pem};
use const_oid::AssociatedOid;
use der::{Decode, Encode};
use std::fmt;
use std::time::SystemTime;
use x509_cert::Version;
use x509_cert::crl::CertificateList;
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::{AuthorityKeyIdentifier, CrlNumber};

/// A list that can be read. Whether it counts, [`verify_chain`](super::verify_chain) says: it must be
/// signed by the pinned CA, and current.
#[derive(Clone, PartialEq, Eq)]
pub struct RevocationList {
    der: Vec<u8>,
    parsed: CertificateList,
    signed: Signed,
}

/// One certificate that was taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revocation {
    /// Its serial number, big-endian.
    pub serial: Vec<u8>,
    /// Since when.
    pub since: SystemTime,
}

impl RevocationList {
    /// Reads a list of at most 700 KiB: some 20,000 entries.
    pub fn from_der(der: &[u8]) -> Result<Self, CertificateError> {
        let signed = Signed::parse(WHAT, der, MAX_LIST)?;
        let parsed = CertificateList::from_der(der).map_err(CertificateError::malformed(WHAT))?;
        check_der(WHAT, der, &parsed)?;
        Ok(Self { der: der.to_vec(), parsed, signed })
    }

    /// Reads the one list in this text.
    pub fn from_pem(text: &str) -> Result<Self, CertificateError> {
        Self::from_der(&pem::decode_one(pem::REVOCATION_LIST, text)?)
    }

    /// The list as a PEM block.
    #[must_use]
    pub fn to_pem(&self) -> String {
        pem::encode(pem::REVOCATION_LIST, &self.der)
    }

    /// The bytes it was read from.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// Everything on the list.
    pub fn entries(&self) -> impl Iterator<Item = Revocation> + '_ {
        self.parsed.tbs_cert_list.revoked_certificates.iter().flatten().map(|entry| Revocation {
            serial: entry.serial_number.as_bytes().to_vec(),
            since: entry.revocation_date.to_system_time(),
        })
    }

    /// The list's number, which grows with each new one (RFC 5280, section 5.2.3); 0 if it has none that
    /// fits into 64 bits.
    #[must_use]
    pub fn number(&self) -> u64 {
        let found = self.extensions().find(|extension| extension.extn_id == CrlNumber::OID);
        let number = found.and_then(|extension| CrlNumber::from_der(extension.extn_value.as_bytes()).ok());
        let bytes = number.as_ref().map(|number| number.0.as_bytes()).unwrap_or_default();
        if bytes.len() > 8 { 0 } else { bytes.iter().fold(0, |n, byte| n << 8 | u64::from(*byte)) }
    }

    /// Until when it is current; `None` if it does not say.
    #[must_use]
    pub fn next_update(&self) -> Option<SystemTime> {
        self.parsed.tbs_cert_list.next_update.map(|time| time.to_system_time())
    }

    /// Checks that the pinned CA has signed this list and that it is current (RFC 5280, section 6.3.3).
    ///
    /// # Errors
    /// [`CertificateError::ForeignList`], [`CertificateError::StaleList`] and those of signatures.
    pub fn check_current(&self, anchor: &Certificate, now: SystemTime) -> Result<(), CertificateError> {
        self.check_signed_by(anchor)?;
        self.check_critical_extensions()?;
        self.check_time(now)
    }

    /// Checks that this CA has signed this list; says nothing of time.
    ///
    /// # Errors
    /// [`CertificateError::ForeignList`] and those of signatures.
    pub(crate) fn check_signed_by(&self, ca: &Certificate) -> Result<(), CertificateError> {
        let claim = &self.parsed.tbs_cert_list;
        if claim.issuer != *ca.claim().subject() {
            let (expected, got) = (ca.who().to_owned(), who(&claim.issuer));
            return Err(CertificateError::ForeignList { expected, got });
        }
        check::signs_lists(ca)?;
        self.signed.verify(&self.der, THIS, ca.public_key(), ca.who())?;
        if claim.version != Version::V2 || claim.signature != self.signed.algorithm {
            let problem = "is signed, but has not the form that it should have".to_owned();
            return Err(CertificateError::StaleList { problem });
        }
        Ok(())
    }

    /// Since when the certificate with this serial number is revoked.
    pub(super) fn find(&self, serial: &[u8]) -> Option<SystemTime> {
        self.entries().find(|entry| entry.serial == serial).map(|entry| entry.since)
    }

    /// A list without an end would let an attacker show an old one for ever.
    fn check_time(&self, now: SystemTime) -> Result<(), CertificateError> {
        let stale = |problem| Err(CertificateError::StaleList { problem });
        let from = self.parsed.tbs_cert_list.this_update.to_system_time();
        if now + TOLERANCE < from {
            let (from, now) = (check::time_text(from), check::time_text(now));
            return stale(format!("is from {from}; now it is {now}"));
        }
        match self.next_update() {
            None => stale("does not say until when it is current".to_owned()),
            Some(until) if now > until + TOLERANCE => {
                let (until, now) = (check::time_text(until), check::time_text(now));
                stale(format!("was current until {until}; now it is {now}. The CA must issue a new one"))
            }
            Some(_) => Ok(()),
        }
    }

    /// A critical extension can turn a list's meaning around: some name certificates that are *no longer*
    /// revoked, or cover only a part of them (RFC 5280, sections 5.2 and 5.3).
    fn check_critical_extensions(&self) -> Result<(), CertificateError> {
        let known = [CrlNumber::OID, AuthorityKeyIdentifier::OID];
        let entries = self.parsed.tbs_cert_list.revoked_certificates.iter().flatten();
        let of_entries = entries.flat_map(|entry| entry.crl_entry_extensions.iter().flatten());
        let mut all = self.extensions().chain(of_entries);
        match all.find(|extension| extension.critical && !known.contains(&extension.extn_id)) {
            None => Ok(()),
            Some(extension) => Err(CertificateError::UnknownCriticalExtension {
                who: THIS.to_owned(),
                extension: extension_name(&extension.extn_id),
            }),
        }
    }

    fn extensions(&self) -> impl Iterator<Item = &Extension> {
        self.parsed.tbs_cert_list.crl_extensions.iter().flatten()
    }
}

impl TryFrom<&CertificateList> for RevocationList {
    type Error = CertificateError;

    fn try_from(list: &CertificateList) -> Result<Self, CertificateError> {
        Self::from_der(&list.to_der().map_err(CertificateError::malformed(WHAT))?)
    }
}

impl fmt::Debug for RevocationList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RevocationList")
            .field("issuer", &who(&self.parsed.tbs_cert_list.issuer))
            .field("number", &self.number())
            .field("entries", &self.entries().count())
            .finish_non_exhaustive()
    }
}

const WHAT: &str = "revocation list";
const THIS: &str = "the revocation list";
/// As PEM it is a third longer, and still fits into the 1 MiB of a text file.
const MAX_LIST: usize = 700 << 10;
