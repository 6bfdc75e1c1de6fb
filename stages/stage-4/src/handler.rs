//! Frames under any server of stage 3.

use crate::{ByteOrder, FrameDecoder, LIMIT, encode_frame};
use socketserver::{Close, Deadline, RequestHandler};
use std::time::{Duration, Instant};

/// How long a frame may take from its first byte to its last.
pub const FRAME_PATIENCE: Duration = Duration::from_secs(30);

/// What a server does with whole frames.
pub trait FrameService: Send + 'static {
    /// One frame has arrived; answers go to `out`.
    fn frame(&mut self, payload: &[u8], out: &mut Outgoing<'_>) -> Result<(), Close>;

    /// How long the client may stay silent now; `None`: as long as it likes.
    fn patience(&self) -> Option<Duration> {
        None
    }

    /// The connection has ended.
    fn finish(&mut self) {}
}

/// Where a service puts its answers: each becomes a frame.
#[derive(Debug)]
pub struct Outgoing<'a> {
    order: ByteOrder,
    bytes: &'a mut Vec<u8>,
}

impl Outgoing<'_> {
    /// Sends one frame.
    pub fn frame(&mut self, payload: &[u8]) -> Result<(), Close> {
        encode_frame(self.order, LIMIT, payload, self.bytes)
            .map_err(|_| Close::because("gone: its answer would not fit into a frame"))
    }
}

/// Finds the frames in what a connection receives and hands them to a service.
#[derive(Debug)]
pub struct FrameHandler<S> {
    service: S,
    order: ByteOrder,
    decoder: FrameDecoder,
    deadline: Option<Deadline>,
}

impl<S: FrameService> FrameHandler<S> {
    /// For a connection that has just been opened (or admitted).
    pub fn new(order: ByteOrder, service: S) -> Self {
        Self { service, order, decoder: FrameDecoder::new(order, LIMIT), deadline: None }
    }
}

impl<S: FrameService> RequestHandler for FrameHandler<S> {
    fn handle(&mut self, now: Instant, received: &[u8], out: &mut Vec<u8>) -> Result<(), Close> {
        self.decoder.push(received);
        loop {
            match self.decoder.frame() {
                Ok(Some(payload)) => {
                    self.service.frame(payload, &mut Outgoing { order: self.order, bytes: out })?;
                    let silent = "gone: it was silent in the middle of its work";
                    // Counted from the end of the service's own work, which may have been long.
                    let now = now.max(Instant::now());
                    self.deadline =
                        self.service.patience().map(|wait| Deadline { at: now + wait, reason: silent });
                }
                Ok(None) => break,
                Err(error) => return Err(Close::because(format!("gone: {error}"))),
            }
        }
        // Counted from a frame's first byte: a byte now and then must not buy more time.
        if self.decoder.unfinished() > 0 && self.deadline.is_none() {
            let late = "gone: its frame was not complete within 30 s";
            self.deadline = Some(Deadline { at: now + FRAME_PATIENCE, reason: late });
        }
        Ok(())
    }

    fn deadline(&self) -> Option<Deadline> {
        self.deadline
    }

    fn finish(&mut self) {
        self.service.finish();
    }
}

/// Answers each frame in upper case: the echo of stages 4 and 5.
#[derive(Debug, Default)]
pub struct UpperCaseFrames;

impl FrameService for UpperCaseFrames {
    fn frame(&mut self, payload: &[u8], out: &mut Outgoing<'_>) -> Result<(), Close> {
        out.frame(&echo::upper_case(payload))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // ANCHOR: any_cut
    #[test]
    fn answers_do_not_depend_on_where_the_stream_is_cut() {
        let stream = b"\0\0\0\x05hello\0\0\0\0\0\0\0\x07stra\xc3\x9fe";
        let whole = b"\0\0\0\x05HELLO\0\0\0\0\0\0\0\x07STRASSE";
        for size in 1..=stream.len() {
            let mut handler = FrameHandler::new(ByteOrder::Network, UpperCaseFrames);
            let mut out = Vec::new();
            for piece in stream.chunks(size) {
                handler.handle(Instant::now(), piece, &mut out).unwrap();
            }
            assert_eq!(out, whole, "in pieces of {size}");
        }
    }
    // ANCHOR_END: any_cut

    #[test]
    fn a_frame_has_30_seconds_and_no_byte_buys_more() {
        let start = Instant::now();
        let mut handler = FrameHandler::new(ByteOrder::Network, UpperCaseFrames);
        let mut out = Vec::new();
        handler.handle(start, b"\0\0", &mut out).unwrap();
        handler.handle(start + FRAME_PATIENCE / 2, b"\0\x01", &mut out).unwrap();
        assert_eq!(handler.deadline().unwrap().at, start + FRAME_PATIENCE);
        handler.handle(start + FRAME_PATIENCE / 2, b"a", &mut out).unwrap();
        assert_eq!(handler.deadline(), None, "an idle client may think as long as it likes");
    }
}
