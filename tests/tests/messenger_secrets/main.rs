//! The messenger: what nobody else gets to see or to use.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a helper that fails is a failed test"
)]

mod certificates_of_others;
mod data_and_wire;
mod resume;
