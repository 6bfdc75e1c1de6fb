//! The client's side: frames on a socket that waits.

use crate::{ByteOrder, FrameDecoder, LIMIT, encode_frame};
use conn_auth::{Doubt, Key, prove};
use echo::lab::{self, Failure};
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// A connection on which both sides speak frames.
#[derive(Debug)]
pub struct FrameStream {
    stream: TcpStream,
    order: ByteOrder,
    decoder: FrameDecoder,
    doubt: Doubt,
}

impl FrameStream {
    /// Speaks frames on `stream` from here on.
    #[must_use]
    pub fn new(stream: TcpStream, order: ByteOrder) -> Self {
        Self { stream, order, decoder: FrameDecoder::new(order, LIMIT), doubt: Doubt::about(None) }
    }

    /// Connects and answers the challenge; without a key (`--open`) none is expected.
    pub fn connect(
        server: SocketAddr,
        patience: Option<Duration>,
        key: Option<&Key>,
        order: ByteOrder,
    ) -> Result<Self, Failure> {
        let mut stream = lab::connect(server, patience)?;
        if let Some(key) = key {
            prove(&mut stream, key)?;
        }
        Ok(Self { doubt: Doubt::about(key), ..Self::new(stream, order) })
    }

    /// Sends a message and waits for its answer, which is exactly what the other side framed.
    pub fn request(&mut self, message: &[u8]) -> Result<Vec<u8>, Failure> {
        // If the other side has closed, the read tells more than the write.
        let sent = self.send(message);
        if sent.is_err() && !self.has_news() {
            sent?;
        }
        self.receive()
    }

    /// Sends one frame.
    pub fn send(&mut self, payload: &[u8]) -> Result<(), Failure> {
        let mut frame = Vec::new();
        encode_frame(self.order, LIMIT, payload, &mut frame).map_err(|_| {
            Failure::new(format!("a message of {} bytes is too long for a frame", payload.len()))
        })?;
        self.stream.write_all(&frame).map_err(|e| lab::io_failure("the message could not be sent", &e))
    }

    /// Waits for one frame, however many reads it takes.
    pub fn receive(&mut self) -> Result<Vec<u8>, Failure> {
        let frame = self.receive_frame();
        self.doubt.settle(frame)
    }

    fn receive_frame(&mut self) -> Result<Vec<u8>, Failure> {
        let mut piece = vec![0; PIECE];
        loop {
            if let Some(payload) = self.decoder.frame().map_err(|e| Failure::new(e.to_string()))? {
                return Ok(payload.to_vec());
            }
            match self.stream.read(&mut piece) {
                Ok(0) if self.decoder.unfinished() > 0 => {
                    return Err(Failure::new(format!(
                        "the other side closed in the middle of a frame, after {} bytes of it",
                        self.decoder.unfinished()
                    )));
                }
                Ok(0) => return Err(Failure::new("the other side closed instead of answering")),
                Ok(length) => self.decoder.push(&piece[..length]),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(lab::io_failure("no answer came", &error)),
            }
        }
    }

    /// The socket, and what has been read from it but belongs to no frame yet: for a connection that goes on
    /// with something else than frames.
    #[must_use]
    pub fn into_parts(self) -> (TcpStream, Vec<u8>) {
        (self.stream, self.decoder.into_rest())
    }

    /// Whether something, if only the end, has arrived that was not received yet. Never waits.
    pub fn has_news(&mut self) -> bool {
        if self.decoder.unfinished() > 0 {
            return true;
        }
        let peeked = self.stream.set_nonblocking(true).and_then(|()| self.stream.peek(&mut [0]));
        // Should this fail, the next read or write says what is wrong.
        let _ = self.stream.set_nonblocking(false);
        !peeked.is_err_and(|error| error.kind() == ErrorKind::WouldBlock)
    }
}

const PIECE: usize = 16 << 10;
