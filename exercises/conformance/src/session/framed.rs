//! Stage 4: a text is a frame.

use super::Session;
use crate::case::{Outcome, Wrong, holds};
use crate::wire::Wire;
use framing::{ByteOrder, LIMIT, encode_frame};

pub(crate) struct Framed(pub(crate) Wire);

/// The payload in a frame.
pub(crate) fn frame(payload: &[u8]) -> Outcome<Vec<u8>> {
    let mut bytes = Vec::new();
    encode_frame(ByteOrder::Network, LIMIT, payload, &mut bytes)
        .map_err(|error| Wrong::failed(format!("the kit itself cannot make this frame: {error}")))?;
    Ok(bytes)
}

/// The payload of the next frame, which must have `length` bytes. The header is checked before the payload is
/// awaited, so that a wrong length is told as one.
pub(crate) fn read_frame(wire: &mut Wire, length: usize) -> Outcome<Vec<u8>> {
    let header = wire.read(4).map_err(|wrong| wrong.when("the frame's header"))?;
    let expected = (length as u32).to_be_bytes();
    crate::case::same("the frame announces another length", &expected, &header)?;
    wire.read(length).map_err(|wrong| wrong.when("the frame's payload"))
}

/// The payload of the next frame, whatever length up to `most` it has.
pub(crate) fn any_frame(wire: &mut Wire, most: usize) -> Outcome<Vec<u8>> {
    let header = wire.read(4).map_err(|wrong| wrong.when("the frame's header"))?;
    let length = header.iter().fold(0, |length, byte| length << 8 | usize::from(*byte));
    holds(length <= most, || format!("the frame announces {length} bytes; {most} would be enough"))?;
    wire.read(length).map_err(|wrong| wrong.when("the frame's payload"))
}

impl Session for Framed {
    fn encode(&mut self, text: &[u8]) -> Outcome<Vec<u8>> {
        frame(text)
    }

    fn hear(&mut self, expected: &[u8]) -> Outcome {
        let expected = frame(expected)?;
        self.0.expect(&expected)
    }

    fn wire(&mut self) -> &mut Wire {
        &mut self.0
    }
}
