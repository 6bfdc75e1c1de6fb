//! What every transport can do: bytes and time in, bytes and events out.

use super::{ChannelError, Event};
use crate::limits;
use certificates::Carried;
use rand::CryptoRng;
use socketserver::Deadline;
use std::collections::VecDeque;
use std::iter::Peekable;
use std::time::Instant;

// ANCHOR: layer
/// One side of a connection over one transport. The methods are those of [`Channel`](super::Channel).
pub(super) trait Layer: Send {
    fn received(&mut self, now: Instant, bytes: &[u8]);
    fn event(&mut self, random: &mut dyn CryptoRng) -> Result<Option<Event>, ChannelError>;
    fn send(
        &mut self,
        random: &mut dyn CryptoRng,
        messages: &mut dyn Iterator<Item = &[u8]>,
    ) -> Result<(), ChannelError>;
    fn watch(&mut self, on: bool);
    fn take_carried(&mut self) -> VecDeque<Carried>;
    fn close(&mut self, random: &mut dyn CryptoRng) -> Result<(), ChannelError>;
    /// Something is wrong, and nothing more will be asked of this layer: the last chance to say so.
    fn last_words(&mut self) {}
    fn take_output(&mut self) -> Vec<u8>;
    fn deadline(&self) -> Option<Deadline>;
    fn check_time(&mut self, now: Instant, random: &mut dyn CryptoRng) -> Result<(), ChannelError>;
    fn end_of_stream(&mut self) -> Result<(), ChannelError>;
    fn is_open(&self) -> bool;
    fn is_closed(&self) -> bool;
}
// ANCHOR_END: layer

/// Appends messages, at least one, until the next would make it more than a message may have.
pub(super) fn fill<'a>(
    out: &mut Vec<u8>,
    messages: &mut Peekable<impl Iterator<Item = &'a [u8]>>,
) -> Result<(), ChannelError> {
    let start = out.len();
    while let Some(message) = messages.next_if(|message| out.len() - start + message.len() <= limits::MESSAGE)
    {
        out.extend_from_slice(message);
    }
    match messages.peek() {
        Some(message) if out.len() == start => check_length(message),
        _ => Ok(()),
    }
}

/// Whether a message is not longer than messages may be.
pub(super) fn check_length(message: &[u8]) -> Result<(), ChannelError> {
    match message.len() {
        length if length > limits::MESSAGE => Err(ChannelError::TooLong { length, limit: limits::MESSAGE }),
        _ => Ok(()),
    }
}
