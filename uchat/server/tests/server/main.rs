//! The server through its channel, as clients meet it.
//!
//! One program for all, so that less is linked.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails here has failed")]

mod accounts;
mod common;
mod fields;
mod ledger;
mod limits;
mod prepare;
mod requests;
mod running;
mod talking;
