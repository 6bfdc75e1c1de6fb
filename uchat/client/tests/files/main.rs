//! Files that are sent and saved: whole, cut, resumed, changed on the way, with names that lead elsewhere.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a helper that fails is a failed test"
)]

mod bench;
mod both_ways;
mod hostile;
mod resuming;
mod sending;
