//! The program as people and scripts use it.
//!
//! | file | what it proves |
//! |---|---|
//! | `demo.rs` | the demo: every step of it, on three channels, and nothing left behind |
//! | `questions.rs` | what is asked on a terminal, and what Ctrl-C does |
//! | `screen.rs` | the screen: from nothing to a conversation, and a clean terminal afterwards |
//! | `two_screens.rs` | two people, each in front of a screen: account, friends, chat, file, picture, inspector, reconnect |
//! | `marks.rs` | marks in the contact list, and the profile, after a restart |
//! | `pictures.rs` | a picture, and what becomes of one that was sent from here |
//! | `stopping.rs` | a screen that the shell stops and has go on |
//! | `settings.rs` | options, environment, file; how a server ends |
//! | `verbs.rs` | verbs without a server, a terminal, a reader; texts that mean harm |
//! | `bench.rs` | the load generator |
//! | `home.rs` `pty.rs` | helpers: a home of its own, a program in a pseudo-terminal |
//! | `terminal.rs` `watcher.rs` `gestures.rs` | somebody in front of it: who reads its lines, who sees its screen, what they do |
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a helper that fails is a failed test"
)]

mod bench;
#[cfg(unix)]
mod demo;
#[cfg(unix)]
mod gestures;
mod home;
#[cfg(unix)]
mod marks;
#[cfg(unix)]
mod pictures;
#[cfg(unix)]
mod pty;
#[cfg(unix)]
mod questions;
#[cfg(unix)]
mod screen;
mod settings;
#[cfg(unix)]
mod stopping;
#[cfg(unix)]
mod terminal;
#[cfg(unix)]
mod two_screens;
mod verbs;
#[cfg(unix)]
mod watcher;

impl home::Home {
    /// What stands in a file of it.
    fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.path(path)).unwrap()
    }
}
