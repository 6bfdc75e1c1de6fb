//! Certificates: every check with a certificate made to fail it, the CA, requests, lists, hostile bytes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a helper that fails is a failed test"
)]

mod checks;
mod dissecting;
mod folders;
mod forge;
mod hostile;
mod issuing;
mod revocation;
