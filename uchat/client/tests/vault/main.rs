//! The vault, driven without threads: clients whose only server is a few lines of this test, which move bytes and
//! can be told to be hostile.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at what it does not expect"
)]

mod batches;
mod changes;
mod deletions;
mod friends;
mod history;
mod hostile;
mod keys;
mod kills;
mod outbox;
mod rooms;
mod sent_files;
mod unread;
mod world;
