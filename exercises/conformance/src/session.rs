//! A text said and answered, whatever lies below. With this the same cases fit a stream, frames, and packets.

use crate::case::{Outcome, Wrong};
use crate::target::Target;
use crate::wire::Wire;
use conn_auth::{CHALLENGE_LENGTH, Challenge, Key};
use framing::Message;

pub(crate) mod channel;
pub(crate) mod direction;
pub(crate) mod files;
pub(crate) mod framed;
pub(crate) mod handshake;
pub(crate) mod packets;
pub(crate) mod person;
pub(crate) mod secret;
mod stream;
pub(crate) mod tls;
pub(crate) mod words;

/// A connection that may talk.
pub(crate) trait Session {
    /// The bytes that say this text. Must be sent in the order in which they were made.
    fn encode(&mut self, text: &[u8]) -> Outcome<Vec<u8>>;

    /// Reads one answer; it must be this text.
    fn hear(&mut self, expected: &[u8]) -> Outcome;

    /// The socket.
    fn wire(&mut self) -> &mut Wire;

    /// Says a text and reads the answer.
    fn ask(&mut self, text: &[u8], expected: &[u8]) -> Outcome {
        let bytes = self.encode(text)?;
        self.wire().send(&bytes)?;
        self.hear(expected)
    }
}

/// A connection on which messages can be said: stage 6 and above.
pub(crate) trait Said: Session {
    /// Reads the next message.
    fn next(&mut self) -> Outcome<Message>;

    /// Sends this message and reads what comes next.
    fn request(&mut self, message: &Message) -> Outcome<Message> {
        self.push(&packets::bytes(message)?)?;
        self.next()
    }

    /// Sends these bytes where a message should be.
    fn push(&mut self, text: &[u8]) -> Outcome;

    /// The server ends the connection, as it does after whatever is wrong.
    fn ended(&mut self) -> Outcome;

    /// The connection ends in whatever way.
    fn over(&mut self) -> Outcome {
        self.wire().ends()
    }
}

impl Target {
    /// A connection on which messages can be said.
    pub(crate) fn talk(&self) -> Outcome<Box<dyn Said>> {
        Ok(match self.layer.stage() {
            6 => Box::new(packets::Peer::agree(self)?),
            _ => Box::new(channel::Open::connect(self)?),
        })
    }

    /// A connection on which nothing was said yet.
    pub(crate) fn wire(&self) -> Outcome<Wire> {
        Wire::connect(self.address, self.patience)
    }

    /// A connection that has answered the challenge, if there is one.
    pub(crate) fn admitted(&self) -> Outcome<Wire> {
        let mut wire = self.wire()?;
        if let (2..=6, Some(key)) = (self.layer.stage(), &self.key) {
            let challenge = read_challenge(&mut wire)?;
            wire.send(&challenge.answer(key))?;
        }
        Ok(wire)
    }

    /// A connection on which texts can be said and heard.
    pub(crate) fn open(&self) -> Outcome<Box<dyn Session>> {
        Ok(match self.layer.stage() {
            1..=3 => Box::new(stream::Stream(self.admitted()?)),
            4 => Box::new(framed::Framed(self.admitted()?)),
            5 => Box::new(secret::Secret::agree(self)?),
            6 => Box::new(packets::Peer::agree(self)?),
            7 => Box::new(channel::Open::connect(self)?),
            stage => return Err(Wrong::Skipped(format!("stage {stage} has no echo"))),
        })
    }

    /// The key, for cases that are about it.
    pub(crate) fn needs_key(&self) -> Outcome<&Key> {
        self.key.as_ref().ok_or_else(|| Wrong::Skipped("the server is open: it asks for no key".into()))
    }

    /// Somebody who plays by the rules is served.
    pub(crate) fn serves(&self) -> Outcome {
        let asked = self.open().and_then(|mut session| session.ask(b"12345", b"12345"));
        asked.map_err(|wrong| wrong.when("afterwards a good client was not served"))
    }
}

/// What the server sends first.
pub(crate) fn read_challenge(wire: &mut Wire) -> Outcome<Challenge> {
    let bytes = wire
        .read(CHALLENGE_LENGTH)
        .map_err(|wrong| wrong.when("the challenge (a server that asks for no key: --open)"))?;
    let bytes = <[u8; CHALLENGE_LENGTH]>::try_from(bytes);
    bytes.map(Challenge::new).map_err(|_| Wrong::failed("the challenge has another length"))
}
