//! End-to-end encryption: two and three people, what Python computes, and everything that must be refused.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a helper that fails is a failed test"
)]

mod any_bytes;
mod certificates_of_users;
mod conversations;
mod files;
mod hostile_messages;
mod hostile_packages;
mod key_files;
mod people;
mod renewal;
mod vectors;
