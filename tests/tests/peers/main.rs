//! Programs of others with ours, in both directions: Python, OpenSSL, curl.
//!
//! One program for all, so that less is linked.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a helper that fails is a failed test"
)]

mod https_peers;
mod openssl_certificates;
mod openssl_dh;
mod python_messenger;
mod python_peers;
mod python_stage_7;
