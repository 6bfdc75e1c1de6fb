//! Frames: `length u32 ‖ payload`. In come pieces of a stream, out come whole payloads.

use anatomy::Reader;
use std::fmt;

/// Bytes of a frame's header.
pub const HEADER_LENGTH: usize = 4;

/// The longest payload in bytes, unless a layer asks for another limit.
pub const LIMIT: usize = 1 << 20;

/// How a header is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ByteOrder {
    /// Unsigned and big-endian: what "network order" means since RFC 1700.
    #[default]
    Network,
    /// Signed and little-endian: what a C `int` or Python's `struct.pack('i', n)` is on most machines of
    /// today. On others it is something else, which is why there is a network order.
    LittleEndian,
}

/// Why a stream is not a sequence of frames. Such a stream cannot be read any further.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FrameError {
    /// The header announces more than the limit.
    TooLong {
        /// Bytes announced.
        length: u64,
        /// Bytes allowed.
        limit: usize,
    },
    /// The header is below zero, which only a signed header can be.
    Negative(i32),
}

impl fmt::Display for FrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong { length, limit } => write!(
                f,
                "a frame of {length} bytes is announced, the limit is {limit}; is the other side in the same byte order and at the same stage?"
            ),
            Self::Negative(length) => {
                write!(f, "a frame of {length} bytes is announced; is the other side in the same byte order?")
            }
        }
    }
}

impl std::error::Error for FrameError {}

/// Appends one frame to `out`.
///
/// # Errors
/// If the payload is longer than `limit`; then nothing is appended.
pub fn encode_frame(
    order: ByteOrder,
    limit: usize,
    payload: &[u8],
    out: &mut Vec<u8>,
) -> Result<(), FrameError> {
    let too_long = || FrameError::TooLong { length: payload.len() as u64, limit };
    if payload.len() > limit {
        return Err(too_long());
    }
    let header = match order {
        ByteOrder::Network => u32::try_from(payload.len()).map_err(|_| too_long())?.to_be_bytes(),
        ByteOrder::LittleEndian => i32::try_from(payload.len()).map_err(|_| too_long())?.to_le_bytes(),
    };
    out.reserve(HEADER_LENGTH + payload.len());
    out.extend_from_slice(&header);
    out.extend_from_slice(payload);
    Ok(())
}

// ANCHOR: read_header
/// Reads a header and checks it. `None` if the input ends before the header does.
pub fn read_header(r: &mut Reader<'_>, order: ByteOrder, limit: usize) -> Result<Option<usize>, FrameError> {
    let length = match order {
        ByteOrder::Network => r.u32("length").map(i64::from),
        ByteOrder::LittleEndian => r.i32_little_endian("length").map(i64::from),
    };
    let Ok(length) = length else { return Ok(None) }; // the one possible error: too few bytes
    match usize::try_from(length) {
        Ok(length) if length <= limit => Ok(Some(length)),
        Ok(length) => Err(FrameError::TooLong { length: length as u64, limit }),
        Err(_) => Err(FrameError::Negative(i32::try_from(length).unwrap_or(i32::MIN))),
    }
}
// ANCHOR_END: read_header

/// Finds frames in a stream that arrives in pieces of any size.
///
/// It stores what has arrived and nothing else: a header that announces much makes it check the limit, not
/// allocate. A frame is handed out as a slice of that store, without a copy.
///
/// ```
/// use framing::FrameDecoder;
/// let mut decoder = FrameDecoder::default();
/// decoder.push(b"\0\0\0\x05hel");
/// assert_eq!(decoder.frame(), Ok(None));
/// decoder.push(b"lo\0\0\0\0");
/// assert_eq!(decoder.frame(), Ok(Some(&b"hello"[..])));
/// assert_eq!(decoder.frame(), Ok(Some(&b""[..]))); // an empty frame is a message too
/// assert_eq!(decoder.frame(), Ok(None));
/// ```
#[derive(Debug, Clone)]
pub struct FrameDecoder {
    order: ByteOrder,
    limit: usize,
    stored: Vec<u8>,
    /// Where the next frame starts in `stored`; before it lies what has been handed out.
    start: usize,
}

impl Default for FrameDecoder {
    fn default() -> Self {
        Self::new(ByteOrder::Network, LIMIT)
    }
}

impl FrameDecoder {
    /// For frames of at most `limit` bytes.
    #[must_use]
    pub fn new(order: ByteOrder, limit: usize) -> Self {
        Self { order, limit, stored: Vec::new(), start: 0 }
    }

    // ANCHOR: decoder
    /// Takes the next bytes of the stream. Take all finished frames out before the next call: the store
    /// then never exceeds one frame and one piece.
    pub fn push(&mut self, bytes: &[u8]) {
        self.stored.drain(..self.start);
        self.start = 0;
        self.stored.extend_from_slice(bytes);
    }

    /// The next whole frame, `None` if more bytes are needed.
    ///
    /// # Errors
    /// If the header breaks the rules; every later call says so again.
    pub fn frame(&mut self) -> Result<Option<&[u8]>, FrameError> {
        if self.start == self.stored.len() && self.stored.capacity() > KEPT {
            (self.stored, self.start) = (Vec::new(), 0); // an idle connection does not keep its largest frame
        }
        let rest = &self.stored[self.start..];
        let Some(length) = read_header(&mut Reader::new(rest), self.order, self.limit)? else {
            return Ok(None);
        };
        let Some(payload) = rest[HEADER_LENGTH..].get(..length) else { return Ok(None) };
        self.start += HEADER_LENGTH + length;
        Ok(Some(payload))
    }
    // ANCHOR_END: decoder

    /// The bytes after the last frame that was taken out: for a connection that goes on with something else
    /// than frames.
    #[must_use]
    pub fn into_rest(mut self) -> Vec<u8> {
        self.stored.split_off(self.start)
    }

    /// How many bytes of an unfinished frame have arrived.
    #[must_use]
    pub fn unfinished(&self) -> usize {
        self.stored.len() - self.start
    }
}

/// What an empty store may keep for the next frames: a chunk of a file and a read.
const KEPT: usize = 128 << 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_byte_orders_differ_in_the_header_only() {
        let (mut network, mut little) = (Vec::new(), Vec::new());
        encode_frame(ByteOrder::Network, LIMIT, b"hi", &mut network).unwrap();
        encode_frame(ByteOrder::LittleEndian, LIMIT, b"hi", &mut little).unwrap();
        assert_eq!(network, b"\0\0\0\x02hi");
        assert_eq!(little, b"\x02\0\0\0hi");
    }

    #[test]
    fn a_header_in_the_wrong_order_is_an_error_not_an_allocation() {
        let mut decoder = FrameDecoder::default();
        decoder.push(b"\x02\0\0\0hi");
        assert_eq!(decoder.frame(), Err(FrameError::TooLong { length: 0x0200_0000, limit: LIMIT }));
        assert_eq!(decoder.frame(), Err(FrameError::TooLong { length: 0x0200_0000, limit: LIMIT }));
    }

    #[test]
    fn a_negative_length_is_an_error() {
        let mut decoder = FrameDecoder::new(ByteOrder::LittleEndian, LIMIT);
        decoder.push(&(-1i32).to_le_bytes());
        assert_eq!(decoder.frame(), Err(FrameError::Negative(-1)));
    }

    #[test]
    fn the_limit_itself_is_allowed_and_one_more_is_not() {
        let mut out = Vec::new();
        encode_frame(ByteOrder::Network, 4, b"four", &mut out).unwrap();
        assert!(encode_frame(ByteOrder::Network, 4, b"fives", &mut out).is_err());
        assert_eq!(out.len(), 8, "a refused frame leaves no bytes behind");
        let mut decoder = FrameDecoder::new(ByteOrder::Network, 4);
        decoder.push(&out);
        decoder.push(&5u32.to_be_bytes());
        assert_eq!(decoder.frame(), Ok(Some(&b"four"[..])));
        assert!(decoder.frame().is_err());
    }
}
