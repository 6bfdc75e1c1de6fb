//! Frames on a tapped wire, as labelled bytes.

use crate::transfer::{Answer, Offer};
use crate::{ByteOrder, FrameDecoder, HEADER_LENGTH, LIMIT, encode_frame, read_header, read_value};
use anatomy::{Labelled, Reader};
use echo::lab::{Direction, Dissect};

/// Labels frames whose payload is text.
#[derive(Debug)]
pub struct Frames {
    order: ByteOrder,
    decoders: [FrameDecoder; 2],
}

impl Frames {
    /// For a connection that has just been opened.
    #[must_use]
    pub fn new(order: ByteOrder) -> Self {
        Self { order, decoders: std::array::from_fn(|_| FrameDecoder::new(order, LIMIT)) }
    }

    /// The payloads that `bytes` complete.
    pub fn payloads(&mut self, direction: Direction, bytes: &[u8]) -> Vec<Vec<u8>> {
        let decoder = &mut self.decoders[usize::from(direction == Direction::ToClient)];
        decoder.push(bytes);
        let mut payloads = Vec::new();
        while let Ok(Some(payload)) = decoder.frame() {
            payloads.push(payload.to_vec());
        }
        payloads
    }

    /// A payload with its header back in front, read with labels; `read` labels the payload.
    pub fn label(&self, payload: &[u8], read: impl FnOnce(&mut Reader<'_>)) -> Labelled {
        let mut frame = Vec::with_capacity(HEADER_LENGTH + payload.len());
        // It was a frame a moment ago, so it is one again.
        let _ = encode_frame(self.order, LIMIT, payload, &mut frame);
        let mut r = Reader::traced(&frame);
        let _ = read_header(&mut r, self.order, LIMIT);
        r.note(|| "bytes follow".into());
        read(&mut r);
        r.into_labelled()
    }
}

impl Dissect for Frames {
    fn bytes(&mut self, direction: Direction, bytes: &[u8]) -> Vec<Labelled> {
        let payloads = self.payloads(direction, bytes);
        let text = |r: &mut Reader<'_>| {
            r.rest("payload");
        };
        payloads.iter().map(|payload| self.label(payload, text)).collect()
    }
}

/// Labels the frames of a file transfer: values where the two sides speak, bytes where the file flows.
#[derive(Debug)]
pub struct Transfer {
    frames: Frames,
    size: u64,
    /// Bytes of the file that are still to come.
    left: u64,
}

impl Transfer {
    /// For a connection that has just been opened.
    #[must_use]
    pub fn new(order: ByteOrder) -> Self {
        Self { frames: Frames::new(order), size: 0, left: 0 }
    }

    fn payload(&mut self, direction: Direction, payload: &[u8]) -> Labelled {
        if direction == Direction::ToServer && self.left > 0 {
            self.left = self.left.saturating_sub(payload.len() as u64);
            return self.frames.label(payload, |r| drop(r.bytes(payload.len(), "file bytes")));
        }
        if let Ok(offer) = Offer::from_bytes(payload) {
            self.size = offer.size;
        } else if let Ok(Answer::From(offset)) = Answer::from_bytes(payload) {
            self.left = self.size.saturating_sub(offset);
        }
        let label = if direction == Direction::ToServer { "offer" } else { "answer" };
        self.frames.label(payload, |r| drop(r.group(label, read_value)))
    }
}

impl Dissect for Transfer {
    fn bytes(&mut self, direction: Direction, bytes: &[u8]) -> Vec<Labelled> {
        let payloads = self.frames.payloads(direction, bytes);
        payloads.iter().map(|payload| self.payload(direction, payload)).collect()
    }
}
