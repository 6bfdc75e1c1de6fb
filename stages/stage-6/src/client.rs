//! The client's side, on a socket that waits.

use crate::lines::{read_line, show_answer};
use crate::packet::{LIMIT, PacketDecoder, PacketError};
use crate::packets::Packets;
use crate::session::Fill;
use conn_auth::random;
use echo::lab::{self, Failure};
use framing::{FrameStream, Message};
use key_exchange::KeyPair;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;

/// A connection on which both sides speak packets.
#[derive(Debug)]
pub struct PacketClient {
    stream: TcpStream,
    packets: Packets,
    decoder: PacketDecoder,
    fill: Fill,
}

impl PacketClient {
    /// Exchanges public values on `stream` (client first) and logs the fingerprint; from there on the stream
    /// carries packets. With [`Fill::Checked`] an answer whose fill is not zero is refused.
    pub fn agree(mut stream: FrameStream, pair: &KeyPair, fill: Fill) -> Result<Self, Failure> {
        // A server with another group refuses our value without a word, as one with another key does.
        let theirs = stream.request(pair.public()).map_err(|failure| {
            Failure::new(format!("{failure}; or does the server use another group (--historic)?"))
        })?;
        let key = pair.shared_key(&theirs).map_err(failed)?;
        lab::log(format_args!("fingerprint: {}", key.fingerprint()));
        let (stream, rest) = stream.into_parts();
        let mut decoder = PacketDecoder::new(LIMIT);
        decoder.push(&rest);
        Ok(Self { stream, packets: Packets::new(key.bytes()), decoder, fill })
    }

    /// Sends a message and waits for its answer.
    pub fn request(&mut self, message: &Message) -> Result<Message, Failure> {
        let mut packet = Vec::new();
        self.packets.seal_message(random()?, message, &mut packet).map_err(failed)?;
        // If the server has closed, the read tells more than the write.
        if let Err(error) = self.stream.write_all(&packet)
            && lab::timed_out(&error)
        {
            return Err(lab::io_failure("the message could not be sent", &error));
        }
        self.receive()
    }

    /// What a line of the client's input asks for, as the line to print.
    pub fn request_line(&mut self, line: &[u8]) -> Result<Vec<u8>, Failure> {
        show_answer(self.request(&read_line(line)?)?)
    }

    fn receive(&mut self) -> Result<Message, Failure> {
        let mut piece = vec![0; PIECE];
        loop {
            if let Some(packet) = self.decoder.packet().map_err(failed)? {
                let (text, fill) = self.packets.open(packet).map_err(failed)?;
                if self.fill == Fill::Checked && fill.iter().any(|byte| *byte != 0) {
                    return Err(failed(PacketError::Fill));
                }
                return Message::from_bytes(text)
                    .map_err(|e| Failure::new(format!("the server's packet holds no message: {e}")));
            }
            match self.stream.read(&mut piece) {
                Ok(0) if self.decoder.unfinished() > 0 => {
                    return Err(Failure::new(format!(
                        "the other side closed in the middle of a packet, after {} bytes of it",
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
}

fn failed(error: impl std::fmt::Display) -> Failure {
    Failure::new(error.to_string())
}

const PIECE: usize = 16 << 10;
