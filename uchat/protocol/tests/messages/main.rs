//! Requests, replies, pushes and contents: each survives its way over the wire, and what does not fit is refused
//! with the name of the field.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a helper that fails is a failed test"
)]

mod contents;
mod hostile;
mod readme;
mod replies;
mod requests;
mod samples;

use framing::Message;

/// Over the wire and back.
fn travelled(message: &Message) -> Message {
    Message::from_bytes(&message.to_bytes().unwrap()).unwrap()
}
