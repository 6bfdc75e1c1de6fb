//! The channel as both sides see it, in memory: every transport, with itself and with every other.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a helper that fails is a failed test"
)]

mod certified;
mod idle;
mod inside_tls;
mod length;
mod others;
mod pair;
mod talking;
mod tampered;
mod watched;
mod world;
