//! Public values and encrypted frames on a tapped wire.

use crate::read_public;
use anatomy::{Labelled, Reader};
use echo::lab::{Direction, Dissect};
use framing::{ByteOrder, Frames};

/// Labels the first frame of each direction as a public value and the others as ciphertext.
#[derive(Debug)]
pub struct Secret {
    frames: Frames,
    exchanged: [bool; 2],
}

impl Default for Secret {
    fn default() -> Self {
        Self { frames: Frames::new(ByteOrder::Network), exchanged: [false; 2] }
    }
}

impl Dissect for Secret {
    fn bytes(&mut self, direction: Direction, bytes: &[u8]) -> Vec<Labelled> {
        let payloads = self.frames.payloads(direction, bytes);
        let label = |payload: &Vec<u8>| {
            let exchanged = &mut self.exchanged[usize::from(direction == Direction::ToClient)];
            let public = !std::mem::replace(exchanged, true);
            self.frames.label(payload, |r: &mut Reader<'_>| {
                // All that is left is read, so neither can fail.
                let _ = if public { read_public(r) } else { r.bytes(r.remaining(), "ciphertext") };
            })
        };
        payloads.iter().map(label).collect()
    }
}
