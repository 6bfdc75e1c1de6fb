//! A chain of certificates: from the leaf, whose key the other side has, to the CA that was pinned before.

use super::{Certificate, CertificateError, Purpose, RevocationList, check};
use std::time::SystemTime;

/// The most certificates in a chain.
pub const MAX_CHAIN: usize = 4;

/// The most bytes of one certificate; checked before it is parsed.
pub const MAX_CERTIFICATE: usize = 16 << 10;

/// A chain that passed every check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The certificate of the other side: its key is now known to belong to its name.
    pub leaf: Certificate,
    /// What was checked, one line each, in the order in which it was done.
    pub checks: Vec<String>,
}

/// Checks a chain (RFC 5280, section 6): certificates in DER, the leaf first, the CA's last.
///
/// `anchor` is the pinned CA, `crl` its revocation list if there is one, `purpose` what the leaf is needed
/// for. The first check that fails is the error.
pub fn verify_chain(
    chain: &[&[u8]],
    anchor: &Certificate,
    crl: Option<&RevocationList>,
    purpose: &Purpose,
    now: SystemTime,
) -> Result<Verified, CertificateError> {
    let [below @ .., last] = chain else { return Err(chain_length(0)) };
    if below.is_empty() || chain.len() > MAX_CHAIN {
        return Err(chain_length(chain.len()));
    }
    check::ends_in(last, anchor)?;
    let mut certificates =
        below.iter().map(|der| Certificate::from_der(der)).collect::<Result<Vec<_>, _>>()?;
    certificates.push(anchor.clone());
    let mut checks = vec!["the chain ends in the pinned CA".to_owned()];

    for certificate in &certificates {
        check_alone(certificate, now)?;
    }
    let count = certificates.len();
    checks.push(format!("all {count} have version 3, a serial number, sha256WithRSAEncryption"));
    checks.push(format!("all {count} are within their time, and no critical extension is unknown"));

    for (depth, pair) in certificates.windows(2).enumerate() {
        if let [certificate, issuer] = pair {
            check_link(certificate, issuer, depth)?;
            let (who, issuer) = (certificate.who(), issuer.who());
            checks.push(format!("{issuer}, a CA that may, has signed {who}; the path is short enough"));
        }
    }

    let leaf = certificates.swap_remove(0);
    check_leaf(&leaf, purpose)?;
    checks.push(match purpose {
        Purpose::Server { name } => format!("it is for the server {name} and may sign"),
        Purpose::Client => "it is for a client and may sign".to_owned(),
        Purpose::KeyTransport { name } => format!("it is for the server {name} and may decrypt"),
    });

    if let Some(list) = crl {
        list.check_current(anchor, now)?;
        // The list speaks only of what the pinned CA itself has signed.
        let issued = certificates.iter().chain([&leaf]).filter(|found| check::issuer(found, anchor).is_ok());
        for certificate in issued {
            check::not_revoked(certificate, list)?;
        }
        checks.push("the CA's revocation list is current and does not name it".to_owned());
    }
    Ok(Verified { leaf, checks })
}

/// Whether `issuer` has signed this certificate; says nothing of time, purpose or revocation.
pub fn issued_by(certificate: &Certificate, issuer: &Certificate) -> Result<(), CertificateError> {
    check::issuer(certificate, issuer)?;
    check::signature(certificate, issuer)
}

/// What can be said of one certificate by itself.
fn check_alone(certificate: &Certificate, now: SystemTime) -> Result<(), CertificateError> {
    check::version(certificate)?;
    check::serial(certificate)?;
    check::algorithm(certificate)?;
    check::critical_extensions(certificate)?;
    check::validity(certificate, now)
}

// ANCHOR: links
/// What must hold between a certificate and the next one; `below` CAs stand between that one and the leaf.
fn check_link(certificate: &Certificate, issuer: &Certificate, below: usize) -> Result<(), CertificateError> {
    check::issuer(certificate, issuer)?;
    check::ca_flag(issuer)?;
    check::signs_certificates(issuer)?;
    check::path_length(issuer, below)?;
    check::signature(certificate, issuer)
}
// ANCHOR_END: links

/// What the leaf must be good for.
fn check_leaf(leaf: &Certificate, purpose: &Purpose) -> Result<(), CertificateError> {
    check::only_use(leaf, purpose)?;
    check::purpose(leaf, purpose)?;
    match purpose {
        Purpose::Server { name } | Purpose::KeyTransport { name } => check::server_name(leaf, name),
        Purpose::Client => Ok(()),
    }
}

fn chain_length(count: usize) -> CertificateError {
    CertificateError::ChainLength { count, most: MAX_CHAIN }
}
