//! X.509: who says that a public key belongs to a name, and how that is checked.
//!
//! A certificate is three things in a row: what is claimed (`tbsCertificate`), the algorithm, and the
//! issuer's signature over the claim. Formats come from the crate `x509-cert`; every decision about them is
//! made here, and the signatures are our own RSA.
//!
//! | file | idea |
//! |---|---|
//! | `certificate.rs` | one certificate: parsed once, its exact bytes kept |
//! | `signed.rs` | what certificates, requests and revocation lists share: claim, algorithm, signature |
//! | `extension.rs` | the extensions we know, each at most once |
//! | `name.rs` `subject.rs` | names of servers; names and e-mail addresses of people |
//! | `check.rs` | every check of a chain, one small function each |
//! | `chain.rs` | a whole chain, from the leaf to the pinned CA |
//! | `revocation.rs` | the list of certificates that were taken back |
//! | `request.rs` | a CSR: a public key, a name, and the proof of having the private key |
//! | `profile.rs` | what our CA writes into a certificate of each kind |
//! | `ca.rs` `signer.rs` | the CA |
//! | `static_value.rs` | the extension S of user certificates |
//! | `pem.rs` | DER in Base64 between two lines |
//! | `dissect.rs` | DER as labelled bytes |

mod ca;
mod certificate;
mod chain;
mod check;
pub mod dissect;
mod error;
mod extension;
mod name;
mod pem;
mod profile;
mod request;
mod revocation;
mod signed;
mod signer;
mod static_value;
mod subject;

pub use ca::{Ca, CaError};
pub use certificate::Certificate;
pub use chain::{MAX_CERTIFICATE, MAX_CHAIN, Verified, issued_by, verify_chain};
pub use check::{Purpose, TOLERANCE, time_text};
pub use error::CertificateError;
pub use name::ServerName;
pub use pem::certificates_from_pem;
pub use profile::Profile;
pub use request::CertificateRequest;
pub use revocation::{Revocation, RevocationList};
pub use static_value::StaticValue;
