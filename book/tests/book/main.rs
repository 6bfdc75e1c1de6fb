//! The book and its program, without a browser.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a helper that fails is a failed test"
)]

mod bytes;
mod checkout;
mod colours;
#[cfg(unix)] // the pages speak the language of a Unix shell
mod commands;
mod live;
mod offline;
mod pages;
mod tables;
