//! The kit against servers that are right, that make one mistake each, and that mean harm; and its command line.
//!
//! | file | what it is about |
//! |---|---|
//! | `ours.rs` | our own servers pass all cases |
//! | `wrong.rs` `wrong_secret.rs` `wrong_messenger.rs` | servers with one mistake fail the cases about it, and pass the others |
//! | `hostile.rs` | every case comes to an end, whatever the server does |
//! | `program.rs` | arguments, output, exit statuses, the README |
//! | `servers.rs` `servers/` | the servers |
#![allow(clippy::unwrap_used, clippy::panic, reason = "a helper that fails is a failed test")]

mod hostile;
mod ours;
mod program;
mod servers;
mod wrong;
mod wrong_messenger;
mod wrong_secret;
