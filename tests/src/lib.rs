//! Helpers for black-box tests: the built programs, peers in other languages, raw sockets.
//!
//! These tests know addresses, command lines and bytes, as a user and an attacker do. They never sleep
//! to wait for something, never use a fixed port, and never pick a program from the target folder
//! themselves: [`program`] builds and names it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a helper that fails is a failed test"
)]

mod chance;
pub mod clock;
mod conformance;
mod generated;
pub mod messenger;
mod peers;
mod programs;
pub mod proxy;
mod site;
mod sockets;
pub mod speaker;
mod victims;
pub mod wire;

pub use chance::{random, repeats};
pub use conformance::conforms;
pub use generated::generated;
pub use peers::{aes_python, curl, faketime, openssl, peer, peer_server, python, run_peer};
pub use programs::{metadata, program, repository, run, run_with, server, start};
pub use site::{Site, get, url, why};
pub use sockets::{connect, deserted, listen, read_to_end};
pub use victims::Victim;

use std::time::Duration;

/// How long a test waits for something that should happen at once.
pub const PATIENCE: Duration = Duration::from_secs(20);
