//! Checking a chain of certificates (RFC 5280, section 6). The tester makes its certificates with
//! `../issue.rs`, one folder up.

use certificates::x509::{Certificate, MAX_CHAIN, ServerName, issued_by};
use std::time::SystemTime;

/// What is wrong with a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    /// It has fewer than two certificates, or more than [`MAX_CHAIN`].
    Length,
    /// Its last certificate is not the pinned CA's.
    Anchor,
    /// One of its certificates is not valid now.
    Time,
    /// One that has signed another is no CA.
    NotACa,
    /// One is not signed by the next one.
    Signature,
    /// The leaf is for another name.
    Name,
}

/// Whether this chain proves that its leaf's key belongs to the server `name`.
///
/// The leaf is first, the CA's own certificate last. `anchor` is the CA that was pinned before. A certificate
/// counts from its first second to its last, both included; the anchor, too.
///
/// Each thing that is needed from a certificate is a method of it:
///
/// | method | what it gives |
/// |---|---|
/// | `der()` | its bytes; two certificates are the same if these are |
/// | `validity()` | its first and its last second |
/// | `is_ca()` | whether it says that it is a CA |
/// | `server_names()` | the names in its subjectAltName; no other name counts |
///
/// `issued_by(certificate, issuer)` is `Ok` if `issuer` is the name that stands in the certificate and its
/// key has signed it. It says nothing of anything else.
pub fn check_chain(
    chain: &[Certificate],
    anchor: &Certificate,
    name: &ServerName,
    now: SystemTime,
) -> Result<(), Wrong> {
    todo!("length, anchor, times, each link with its CA bit, and the leaf's name")
}
