//! The messenger where something goes wrong all the time: the network, the disk, the other side.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a helper that fails is a failed test"
)]

mod cuts;
mod damage;
#[cfg(unix)]
mod disk_full;
mod files;
mod slow_network;
mod slow_reader;
