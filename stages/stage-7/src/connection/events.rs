//! From bytes that have arrived to events: each frame or packet is a step of the handshake, a goodbye, an alert, or
//! messages.

use super::{ALERT, CLOSE_NOTIFY, Connection, Event, State, Step};
use crate::handshake::client::ClientState;
use crate::handshake::context::Context;
use crate::handshake::server::ServerState;
use crate::handshake::{ChannelError, Peer};
use anatomy::Reader;
use cbc_packet::LIMIT;
use framing::Message;
use rand::CryptoRng;
use zeroize::Zeroize;

impl Connection {
    pub(super) fn next_event(&mut self, random: &mut dyn CryptoRng) -> Result<Option<Event>, ChannelError> {
        self.in_time()?;
        loop {
            if self.at < self.text.len() {
                return self.next_message().map(Some);
            }
            if self.text.capacity() > KEPT {
                self.text = Vec::new(); // an idle connection does not keep its largest packet
            }
            self.at = 0;
            if !self.transport.next(&mut self.text)? {
                // Counted from the first byte: a byte now and then must not buy more time.
                let begun = self.transport.unfinished() > 0;
                self.since = if begun { self.since.or(Some(self.now)) } else { None };
                return Ok(None);
            }
            self.since = None;
            if let Some(event) = self.whole_text(random)? {
                return Ok(Some(event));
            }
        }
    }

    /// A whole frame or packet has arrived.
    fn whole_text(&mut self, random: &mut dyn CryptoRng) -> Result<Option<Event>, ChannelError> {
        if self.closed.theirs {
            return Err(ChannelError::AfterClose);
        }
        match self.text.as_slice() {
            [ALERT] => return Err(ChannelError::Alert),
            [CLOSE_NOTIFY] if self.is_open() => {
                self.closed.theirs = true;
                self.text.clear();
                return Ok(Some(Event::Closed));
            }
            _ if self.is_open() => return Ok(None), // the messages in it come one by one
            _ => {}
        }
        let message = std::mem::take(&mut self.text);
        let cx = &mut Context { transport: &mut self.transport, random, time: self.time };
        // Should a state fail, this is what is left of it; `fail` puts the reason in its place.
        match std::mem::replace(&mut self.state, State::Failed(ChannelError::NotOpen)) {
            State::Client(state) => match state.handle(&message, cx)? {
                ClientState::Done(peer) => return Ok(Some(self.open(peer))),
                next => self.state = State::Client(Box::new(next)),
            },
            State::Server(state) => match state.handle(&message, cx)? {
                ServerState::Done(peer) => return Ok(Some(self.open(peer))),
                next => self.state = State::Server(Box::new(next)),
            },
            State::Other(state) => match state.handle(&message, cx)? {
                Step::Done(peer) => return Ok(Some(self.open(peer))),
                Step::Next(next) => self.state = State::Other(next),
            },
            State::Open | State::Failed(_) => return Err(ChannelError::NotOpen), // both were left above
        }
        Ok(None)
    }

    fn open(&mut self, peer: Box<Peer>) -> Event {
        self.state = State::Open;
        self.transport.set_limit(LIMIT);
        Event::HandshakeDone(peer)
    }

    fn next_message(&mut self) -> Result<Event, ChannelError> {
        let mut r = Reader::new(&self.text[self.at..]);
        if self.text[self.at] >= CLOSE_NOTIFY {
            return Err(r.invalid_ahead("operation", "is one that stands alone, without a value").into());
        }
        let message = Message::read(&mut r)?;
        self.at += r.offset();
        Ok(Event::Message(message))
    }

    pub(super) fn in_time(&self) -> Result<(), ChannelError> {
        match self.deadline() {
            Some(deadline) if self.now >= deadline.at => Err(ChannelError::Late(deadline.reason)),
            _ => Ok(()),
        }
    }

    /// Ends the connection with an alert, unless the other side has sent one or was told goodbye.
    pub(super) fn fail(&mut self, error: ChannelError, random: &mut dyn CryptoRng) -> ChannelError {
        if error != ChannelError::Alert && !self.closed.ours {
            // If even this cannot be sent, the end of the stream has to say it.
            let _ = self.transport.send_alert(random, ALERT);
        }
        self.end(error.clone());
        error
    }

    pub(super) fn end(&mut self, error: ChannelError) {
        self.state = State::Failed(error);
        self.transport.forget();
        self.text.zeroize();
        self.at = 0;
    }
}

/// What an empty buffer may keep for the next packets.
const KEPT: usize = 1 << 10;
