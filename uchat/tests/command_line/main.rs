//! The program as people and scripts use it.
//!
//! | file | what it proves |
//! |---|---|
//! | `questions.rs` | what is asked on a terminal, and what Ctrl-C does |
//! | `settings.rs` | options, environment, file; how a server ends |
//! | `verbs.rs` | verbs without a server, a terminal, a reader; texts that mean harm |
//! | `bench.rs` | the load generator |
//! | `home.rs` `terminal.rs` | helpers: a home of its own, a terminal with the program in it |
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a helper that fails is a failed test"
)]

mod bench;
mod home;
#[cfg(unix)]
mod questions;
mod settings;
#[cfg(unix)]
mod terminal;
mod verbs;
