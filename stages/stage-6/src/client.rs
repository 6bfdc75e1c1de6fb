//! The client's side, on a socket that waits.

use crate::operations::{ADD_FRIEND, CLIENT_ECHO, DEL_FRIEND, GENERAL_FAILURE, GENERAL_MSG, SERVER_ECHO};
use crate::operations::{name, text_message};
use crate::packet::{LIMIT, PacketDecoder};
use crate::packets::Packets;
use conn_auth::random;
use echo::lab::{self, Failure};
use framing::{FrameStream, Message, Value};
use key_exchange::KeyPair;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;

/// A connection on which both sides speak packets.
#[derive(Debug)]
pub struct PacketClient {
    stream: TcpStream,
    packets: Packets,
    decoder: PacketDecoder,
}

impl PacketClient {
    /// Exchanges public values on `stream` (client first) and logs the fingerprint; from there on the stream
    /// carries packets.
    pub fn agree(mut stream: FrameStream, pair: &KeyPair) -> Result<Self, Failure> {
        // A server with another group refuses our value without a word, as one with another key does.
        let theirs = stream.request(pair.public()).map_err(|failure| {
            Failure::new(format!("{failure}; or does the server use another group (--historic)?"))
        })?;
        let key = pair.shared_key(&theirs).map_err(failed)?;
        lab::log(format_args!("fingerprint: {}", key.fingerprint()));
        let (stream, rest) = stream.into_parts();
        let mut decoder = PacketDecoder::new(LIMIT);
        decoder.push(&rest);
        Ok(Self { stream, packets: Packets::new(key.bytes()), decoder })
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
        let answer = self.request(&read_line(line)?)?;
        match (answer.operation, answer.value) {
            (SERVER_ECHO | GENERAL_MSG | GENERAL_FAILURE, Value::Str(text)) => Ok(text.into_bytes()),
            (operation, value) => Err(Failure::new(format!(
                "the server answers with operation {operation} ({}) and a value of type {}; a text was expected",
                name(operation),
                value.kind().name()
            ))),
        }
    }

    fn receive(&mut self) -> Result<Message, Failure> {
        let mut piece = vec![0; PIECE];
        loop {
            if let Some(packet) = self.decoder.packet().map_err(failed)? {
                let (text, _) = self.packets.open(packet).map_err(failed)?;
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

/// `/add NAME`, `/delete NAME`, or else a text for the echo; an empty one, too.
fn read_line(line: &[u8]) -> Result<Message, Failure> {
    let line = std::str::from_utf8(line)
        .map_err(|_| Failure::new("this line is no text in UTF-8, and only texts can be sent"))?;
    Ok(match line.split_once(' ') {
        Some(("/add", name)) => text_message(ADD_FRIEND, name),
        Some(("/delete", name)) => text_message(DEL_FRIEND, name),
        _ => text_message(CLIENT_ECHO, line),
    })
}

fn failed(error: impl std::fmt::Display) -> Failure {
    Failure::new(error.to_string())
}

const PIECE: usize = 16 << 10;
