//! The messenger: its server, and people who talk through `uchat run`.
//!
//! One program for all, so that less is linked.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a helper that fails is a failed test"
)]

mod bots;
mod changes;
mod chat;
mod clock;
mod commands;
mod conformance;
mod crowd;
mod files;
mod friends;
mod hostile;
mod kill;
mod lessons;
mod names;
mod operator;
mod rooms;
mod secrets;
mod trouble;
