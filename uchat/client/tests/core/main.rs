//! The client's mind, without anything around it: scripted events in, exact effects out.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a helper that fails is a failed test"
)]

mod changes;
mod connection;
mod files;
mod login;
mod outbox;
mod own;
mod people;
mod put_off;
mod random;
mod resume;
mod script;
mod sync;
mod waiting;
mod world;
