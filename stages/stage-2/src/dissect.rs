//! The opening of a connection on the wire: challenge, answer, then whatever layer comes next.

use crate::{ANSWER_LENGTH, CHALLENGE_LENGTH, Challenge};
use anatomy::{Labelled, Reader};
use echo::lab::{Direction, Dissect};

/// Labels the challenge and its answer, and leaves all bytes after them to `inner`.
#[derive(Debug)]
pub struct Challenged<D> {
    inner: D,
    challenge: Vec<u8>,
    answer: Vec<u8>,
    shown: bool,
}

impl<D: Dissect> Challenged<D> {
    /// For a connection that has just been opened.
    pub fn new(inner: D) -> Self {
        Self { inner, challenge: Vec::new(), answer: Vec::new(), shown: true }
    }

    /// The same, without showing challenge and answer: for a reader who knows them.
    pub fn hidden(inner: D) -> Self {
        Self { shown: false, ..Self::new(inner) }
    }
}

impl<D: Dissect> Dissect for Challenged<D> {
    fn bytes(&mut self, direction: Direction, bytes: &[u8]) -> Vec<Labelled> {
        let (part, full) = match direction {
            Direction::ToClient => (&mut self.challenge, CHALLENGE_LENGTH),
            Direction::ToServer => (&mut self.answer, ANSWER_LENGTH),
        };
        let (mine, later) = bytes.split_at(bytes.len().min(full - part.len()));
        part.extend_from_slice(mine);

        let mut messages = Vec::new();
        if self.shown && !mine.is_empty() && part.len() == full {
            let mut r = Reader::traced(part);
            // The length is right, so both readers find what they need.
            let _ = match direction {
                Direction::ToClient => Challenge::read(&mut r).map(drop),
                Direction::ToServer => Challenge::read_answer(&mut r).map(drop),
            };
            messages.push(r.into_labelled());
        }
        if !later.is_empty() {
            messages.extend(self.inner.bytes(direction, later));
        }
        messages
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use echo::lab::Plain;

    #[test]
    fn the_opening_is_found_however_the_bytes_arrive() {
        for size in 1..=64 {
            let mut dissect = Challenged::new(Plain);
            let stream: Vec<u8> = [&[1; CHALLENGE_LENGTH][..], b"HELLO"].concat();
            let found: Vec<Labelled> =
                stream.chunks(size).flat_map(|chunk| dissect.bytes(Direction::ToClient, chunk)).collect();
            assert_eq!(found[0].spans[0].label, "challenge");
            assert_eq!(found[0].bytes.len(), CHALLENGE_LENGTH);
            let text: Vec<u8> = found[1..].iter().flat_map(|message| message.bytes.clone()).collect();
            assert_eq!(text, b"HELLO");
        }
    }
}
