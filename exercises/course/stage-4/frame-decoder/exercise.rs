//! Frames out of a stream that arrives in pieces of any size.
//!
//! The library has this ready-made (`framing::FrameDecoder`). Write it yourself, and compare afterwards.

/// Bytes of a frame's header: the length of what follows, big-endian.
const HEADER: usize = 4;

/// A frame of `length` bytes was announced, and that is over the limit.
#[derive(Debug, PartialEq, Eq)]
pub struct TooLong {
    pub length: u32,
}

/// Collects what a connection receives, and hands out whole frames.
pub struct FrameDecoder {
    /// The longest payload that is taken.
    limit: usize,
    /// Bytes that have arrived. The first `used` of them were handed out already.
    stored: Vec<u8>,
    used: usize,
}

impl FrameDecoder {
    /// For frames whose payload has at most `limit` bytes.
    pub fn new(limit: usize) -> Self {
        Self { limit, stored: Vec::new(), used: 0 }
    }

    /// Takes the next bytes of the stream: whatever one `read` returned. Afterwards all whole frames are taken out with
    /// [`frame`](Self::frame), before the next `push`.
    pub fn push(&mut self, piece: &[u8]) {
        todo!("forget what was handed out, and store the piece")
    }

    /// The payload of the next frame. `Ok(None)`: it is not here yet, or not all of it.
    ///
    /// # Errors
    /// If the header announces more than the limit. Every later call says so again: nobody knows where the next frame
    /// would begin.
    pub fn frame(&mut self) -> Result<Option<Vec<u8>>, TooLong> {
        todo!("read the header, check it against the limit, and hand out the payload if all of it is here")
    }
}
