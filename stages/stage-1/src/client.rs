//! The client: connect, send a message, read one answer.

use crate::CHUNK;
use crate::lab::{self, Failure};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// A connection to an echo server.
#[derive(Debug)]
pub struct Client {
    stream: TcpStream,
}

impl Client {
    /// Connects; every later wait ends after `patience` (`None`: never).
    pub fn connect(server: SocketAddr, patience: Option<Duration>) -> Result<Self, Failure> {
        Ok(Self { stream: lab::connect(server, patience)? })
    }

    /// The socket, for a stage that has something to say before the first message.
    pub fn stream(&mut self) -> &mut TcpStream {
        &mut self.stream
    }

    // ANCHOR: request
    /// Sends `message` and returns what **one** read of [`CHUNK`] bytes brings.
    ///
    /// That this is the answer, the whole answer and nothing but the answer is a hope, not a fact: TCP
    /// carries a stream of bytes and knows no messages (RFC 9293, section 3.7). Stage 3 breaks this.
    pub fn request(&mut self, message: &[u8]) -> Result<Vec<u8>, Failure> {
        self.stream.write_all(message).map_err(|e| lab::io_failure("the message could not be sent", &e))?;
        let mut chunk = vec![0; CHUNK];
        let length =
            self.stream.read(&mut chunk).map_err(|e| lab::io_failure("no answer from the server", &e))?;
        if length == 0 {
            return Err(Failure::new("the server closed the connection instead of answering"));
        }
        chunk.truncate(length);
        Ok(chunk)
    }
    // ANCHOR_END: request
}
