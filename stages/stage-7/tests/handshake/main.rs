//! The channel as both sides see it, in memory: what works, and that nothing else does.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a helper that fails is a failed test"
)]

mod bytes;
mod closing;
mod done;
mod hellos;
mod on_path;
mod pair;
mod recording;
mod seen;
mod serving;
mod vector;
mod watched;
mod with_keys;
