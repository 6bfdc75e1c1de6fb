//! Stage 7 after the handshake: keyed packets, one or more messages in each.

use super::direction::Direction;
use super::handshake::greet;
use super::packets::{bytes, echo_of};
use super::{Said, Session};
use crate::case::{Outcome, Wrong, same};
use crate::target::Target;
use crate::wire::Wire;
use anatomy::Reader;
use cbc_packet::LIMIT;
use cbc_packet::operations::{CLIENT_ECHO, SERVER_ECHO};
use framing::Message;

/// An open channel.
pub(crate) struct Open {
    pub(crate) wire: Wire,
    pub(crate) send: Direction,
    pub(crate) receive: Direction,
    /// What a packet has brought beyond the message that was read last.
    arrived: Vec<u8>,
}

impl Open {
    pub(crate) fn connect(target: &Target) -> Outcome<Self> {
        greet(target)?.finish(target)
    }

    /// With these keys.
    pub(crate) fn new(wire: Wire, send: Direction, receive: Direction) -> Self {
        Self { wire, send, receive, arrived: Vec::new() }
    }

    /// The text of the next packet.
    pub(crate) fn text(&mut self) -> Outcome<Vec<u8>> {
        self.receive.open(&mut self.wire, LIMIT)
    }

    /// An alert, then the end.
    pub(crate) fn alerted(&mut self) -> Outcome {
        self.receive.alerted(&mut self.wire)
    }
}

impl Session for Open {
    fn encode(&mut self, text: &[u8]) -> Outcome<Vec<u8>> {
        self.send.seal(&bytes(&echo_of(CLIENT_ECHO, text)?)?)
    }

    fn hear(&mut self, expected: &[u8]) -> Outcome {
        let found = self.next()?; // a packet may hold several answers
        same("another message came", &bytes(&echo_of(SERVER_ECHO, expected)?)?, &bytes(&found)?)
    }

    fn wire(&mut self) -> &mut Wire {
        &mut self.wire
    }
}

impl Said for Open {
    fn next(&mut self) -> Outcome<Message> {
        while self.arrived.is_empty() {
            self.arrived = self.text()?;
        }
        let mut reader = Reader::new(&self.arrived);
        let message = Message::read(&mut reader).map_err(|error| Wrong::Failed {
            what: format!("the packet holds no messages: {error}"),
            expected: None,
            found: Some(self.arrived.clone()),
        })?;
        let read = reader.offset();
        self.arrived.drain(..read);
        Ok(message)
    }

    fn push(&mut self, text: &[u8]) -> Outcome {
        let packet = self.send.seal(text)?;
        self.wire.push(&packet);
        Ok(())
    }

    fn ended(&mut self) -> Outcome {
        self.alerted()
    }
}
