//! The screen, driven without a terminal: what a person must find on it, in words, and then as a whole.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper that fails is a failed test"
)]
#![allow(unreachable_pub, reason = "helpers of one test program")]

mod anything;
mod ascii;
mod chatting;
mod composer;
mod conversation;
mod demo;
mod harness;
mod images;
mod inspector;
mod interrupts;
mod languages;
mod main_screen;
mod overlays;
mod own_account;
mod picture;
mod pictures;
mod readme;
mod rings;
mod scrolling;
mod somebody_else;
mod start;
mod text;
mod traces;
mod two_clicks;
mod world;
