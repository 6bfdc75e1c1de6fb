//! The client: a line goes out in a frame, the answer comes back in one.

use crate::{ByteOrder, FrameStream};
use conn_auth::{Doubt, Key, prove};
use echo::lab::{self, Failure};
use std::net::SocketAddr;
use std::time::Duration;

/// A connection to a server that speaks frames.
#[derive(Debug)]
pub struct Client {
    stream: FrameStream,
    doubt: Doubt,
}

impl Client {
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
        Ok(Self { stream: FrameStream::new(stream, order), doubt: Doubt::about(key) })
    }

    /// Sends a message and waits for its answer, which is exactly what the server framed.
    pub fn request(&mut self, message: &[u8]) -> Result<Vec<u8>, Failure> {
        let answer = self.stream.send(message).and_then(|()| self.stream.receive());
        self.doubt.settle(answer)
    }

    /// The stream of frames, for a conversation of another kind.
    #[must_use]
    pub fn into_stream(self) -> FrameStream {
        self.stream
    }
}
