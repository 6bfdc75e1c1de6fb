//! Stage 7 after the handshake: keyed packets, one or more messages in each.

use super::direction::Direction;
use super::handshake::greet;
use super::packets::{bytes, echo_of};
use super::{Said, Session};
use crate::case::{Outcome, Wrong, same};
use crate::target::Target;
use crate::wire::Wire;
use cbc_packet::LIMIT;
use cbc_packet::operations::{CLIENT_ECHO, SERVER_ECHO};
use framing::Message;

/// An open channel.
pub(crate) struct Open {
    pub(crate) wire: Wire,
    pub(crate) send: Direction,
    pub(crate) receive: Direction,
    /// Whether pushes may come between the answers.
    pub(crate) messenger: bool,
}

impl Open {
    pub(crate) fn connect(target: &Target) -> Outcome<Self> {
        let mut open = greet(target)?.finish(target)?;
        open.messenger = target.layer.is_messenger();
        Ok(open)
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
        let found = self.text()?;
        same("the packet holds another message", &bytes(&echo_of(SERVER_ECHO, expected)?)?, &found)
    }

    fn wire(&mut self) -> &mut Wire {
        &mut self.wire
    }
}

impl Said for Open {
    fn request(&mut self, message: &Message) -> Outcome<Message> {
        let packet = self.send.seal(&bytes(message)?)?;
        self.wire.send(&packet)?;
        let text = self.text()?;
        Message::from_bytes(&text).map_err(|error| Wrong::Failed {
            what: format!("the packet holds no message: {error}"),
            expected: None,
            found: Some(text),
        })
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
