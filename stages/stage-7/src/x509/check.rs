//! The checks, one small function each; the section after it is that of RFC 5280.

use super::extension::{alt_name_text, extended_key_usage_names, extension_name, key_usage_names};
use super::{Certificate, CertificateError, RevocationList, ServerName};
use const_oid::db::rfc5280::{ID_KP_CLIENT_AUTH, ID_KP_SERVER_AUTH};
use echo::lab::hex;
use std::time::{Duration, SystemTime};
use x509_cert::certificate::Version;
use x509_cert::ext::pkix::KeyUsages;
use x509_cert::time::Time;

/// What the leaf of a chain is needed for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Purpose {
    /// The server of this name proves who it is.
    Server {
        /// The name that was called.
        name: ServerName,
    },
    /// A user proves who they are.
    Client,
    /// The server of this name proves who it is by decrypting: for the exhibit on key transport only.
    KeyTransport {
        /// The name that was called.
        name: ServerName,
    },
}

/// How far the clocks of two machines may differ.
pub const TOLERANCE: Duration = Duration::from_secs(5 * 60);

/// The chain ends in the pinned CA, byte for byte (6.1.1 (d), the trust anchor). Only the anchor that
/// stands here already is used after this; the one that came is not even parsed.
pub(super) fn ends_in(last: &[u8], anchor: &Certificate) -> Result<(), CertificateError> {
    use sha2::{Digest, Sha256};
    if last == anchor.der() {
        return Ok(());
    }
    let (expected, got) = (hex(&anchor.fingerprint()), hex(&Sha256::digest(last)));
    Err(CertificateError::ForeignCa { expected, got })
}

/// Version 3 (4.1.2.1).
pub(super) fn version(certificate: &Certificate) -> Result<(), CertificateError> {
    let version = certificate.claim().version();
    if version == Version::V3 {
        return Ok(());
    }
    Err(CertificateError::Version { who: certificate.who().to_owned(), got: version as u8 + 1 })
}

/// A positive serial number of at most 20 bytes (4.1.2.2).
pub(super) fn serial(certificate: &Certificate) -> Result<(), CertificateError> {
    let wrong = |problem| Err(CertificateError::Serial { who: certificate.who().to_owned(), problem });
    match certificate.serial() {
        [] | [0] => wrong("is zero"),
        [0x80..=0xff, ..] => wrong("is negative"),
        bytes if bytes.len() > 20 => wrong("is longer than 20 bytes"),
        _ => Ok(()),
    }
}

/// The algorithm named inside the signed part is the one named outside (4.1.1.2), and it is
/// sha256WithRSAEncryption.
pub(super) fn algorithm(certificate: &Certificate) -> Result<(), CertificateError> {
    certificate.signed.check_algorithm(&format!("the certificate of {}", certificate.who()))?;
    if certificate.claim().signature() == &certificate.signed.algorithm {
        return Ok(());
    }
    Err(CertificateError::TwoAlgorithms { who: certificate.who().to_owned() })
}

/// No critical extension that is unknown here (4.2, 6.1.4 (o), 6.1.5 (f)).
pub(super) fn critical_extensions(certificate: &Certificate) -> Result<(), CertificateError> {
    match certificate.extensions.unknown_critical.first() {
        None => Ok(()),
        Some(oid) => Err(CertificateError::UnknownCriticalExtension {
            who: format!("the certificate of {}", certificate.who()),
            extension: extension_name(oid),
        }),
    }
}

/// Now is within its life, give or take five minutes (6.1.3 (a)(2)).
pub(super) fn validity(certificate: &Certificate, now: SystemTime) -> Result<(), CertificateError> {
    let (from, until) = certificate.validity();
    let who = || certificate.who().to_owned();
    if now + TOLERANCE < from {
        let (from, now) = (time_text(from), time_text(now));
        return Err(CertificateError::NotYetValid { who: who(), from, now });
    }
    // notAfter is the last second that counts, so the second that begins there still does.
    if now > until + Duration::from_secs(1) + TOLERANCE {
        let (until, now) = (time_text(until), time_text(now));
        return Err(CertificateError::Expired { who: who(), until, now });
    }
    Ok(())
}

/// The issuer it names is the subject of the next certificate (6.1.3 (a)(4)), byte for byte.
pub(super) fn issuer(certificate: &Certificate, issuer: &Certificate) -> Result<(), CertificateError> {
    if certificate.claim().issuer() == issuer.claim().subject() {
        return Ok(());
    }
    Err(CertificateError::Issuer {
        who: certificate.who().to_owned(),
        expected: certificate.issuer(),
        got: issuer.who().to_owned(),
    })
}

/// The issuer's key has signed it (6.1.3 (a)(1)).
pub(super) fn signature(certificate: &Certificate, issuer: &Certificate) -> Result<(), CertificateError> {
    let who = format!("the certificate of {}", certificate.who());
    certificate.signed.verify(certificate.der(), &who, issuer.public_key(), issuer.who())
}

/// Who has signed a certificate is a CA (4.2.1.9, 6.1.4 (k)).
pub(super) fn ca_flag(issuer: &Certificate) -> Result<(), CertificateError> {
    if issuer.is_ca() {
        return Ok(());
    }
    Err(CertificateError::NotACa { who: issuer.who().to_owned() })
}

/// There are no more CAs below it than it allows (4.2.1.9, 6.1.4 (l, m)); the leaf does not count.
pub(super) fn path_length(issuer: &Certificate, below: usize) -> Result<(), CertificateError> {
    let limit = issuer.extensions.basic_constraints.as_ref().and_then(|found| found.path_len_constraint);
    match limit {
        Some(allowed) if below > usize::from(allowed) => {
            Err(CertificateError::PathLength { who: issuer.who().to_owned(), allowed, got: below })
        }
        _ => Ok(()),
    }
}

/// Its key may sign certificates (4.2.1.3, 6.1.4 (n)).
pub(super) fn signs_certificates(issuer: &Certificate) -> Result<(), CertificateError> {
    key_usage(issuer, "keyCertSign", |usage| usage.key_cert_sign())
}

/// Its key may sign revocation lists (4.2.1.3, 6.3.3 (f)).
pub(super) fn signs_lists(issuer: &Certificate) -> Result<(), CertificateError> {
    key_usage(issuer, "cRLSign", |usage| usage.crl_sign())
}

/// The leaf's key may do what it is needed for, and nothing else (4.2.1.3): sign, or decrypt in the exhibit. A
/// key that does both could be tricked into making signatures by somebody who may send it ciphertexts.
pub(super) fn only_use(leaf: &Certificate, purpose: &Purpose) -> Result<(), CertificateError> {
    match purpose {
        Purpose::Server { .. } | Purpose::Client => {
            key_usage(leaf, "digitalSignature alone", |usage| usage.0 == KeyUsages::DigitalSignature)
        }
        Purpose::KeyTransport { .. } => {
            key_usage(leaf, "keyEncipherment alone", |usage| usage.0 == KeyUsages::KeyEncipherment)
        }
    }
}

/// The leaf is meant for this purpose (4.2.1.12). Without the extension it would be for all of them; we want
/// it said.
pub(super) fn purpose(leaf: &Certificate, purpose: &Purpose) -> Result<(), CertificateError> {
    let (oid, expected) = match purpose {
        Purpose::Server { .. } | Purpose::KeyTransport { .. } => (ID_KP_SERVER_AUTH, "serverAuth"),
        Purpose::Client => (ID_KP_CLIENT_AUTH, "clientAuth"),
    };
    let usage = leaf.extensions.extended_key_usage.as_ref();
    if usage.is_some_and(|usage| usage.0.contains(&oid)) {
        return Ok(());
    }
    let got = extended_key_usage_names(usage);
    Err(CertificateError::ExtendedKeyUsage { who: leaf.who().to_owned(), expected, got })
}

// ANCHOR: server_name
/// The name that was called stands in subjectAltName (4.2.1.6; RFC 9525, section 6). The common name, where
/// names once stood, is not looked at.
pub(super) fn server_name(leaf: &Certificate, name: &ServerName) -> Result<(), CertificateError> {
    let names = &leaf.extensions.alt_names;
    if names.iter().any(|entry| name.is(entry)) {
        return Ok(());
    }
    let got = names.iter().map(alt_name_text).collect();
    Err(CertificateError::ServerName { expected: name.clone(), got })
}
// ANCHOR_END: server_name

/// It is not on the list (6.3.3 (j)), which must be of the same CA.
pub(super) fn not_revoked(certificate: &Certificate, list: &RevocationList) -> Result<(), CertificateError> {
    match list.find(certificate.serial()) {
        None => Ok(()),
        Some(since) => {
            Err(CertificateError::Revoked { who: certificate.who().to_owned(), since: time_text(since) })
        }
    }
}

fn key_usage(
    certificate: &Certificate,
    expected: &'static str,
    fits: impl FnOnce(&x509_cert::ext::pkix::KeyUsage) -> bool,
) -> Result<(), CertificateError> {
    let usage = certificate.extensions.key_usage.as_ref();
    if usage.is_some_and(fits) {
        return Ok(());
    }
    let got = key_usage_names(usage);
    Err(CertificateError::KeyUsage { who: certificate.who().to_owned(), expected, got })
}

/// A time as certificates show it: `2026-11-24T18:00:00Z`.
#[must_use]
pub fn time_text(time: SystemTime) -> String {
    Time::try_from(time).map_or_else(|_| "a time out of range".to_owned(), |time| time.to_string())
}
