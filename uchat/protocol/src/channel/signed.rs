//! The signed channel: stage 7's connection, with the messenger's messages in its packets.

use super::layer::{Layer, fill};
use super::{ChannelError, Event};
use certificates::handshake::ChannelError as SignedError;
use certificates::{Carried, Connection, Event as SignedEvent};
use rand::CryptoRng;
use socketserver::Deadline;
use std::collections::VecDeque;
use std::time::Instant;

/// One side.
pub(super) struct Signed {
    connection: Connection,
    /// A client has proved that it knows the access key, and nothing has come since: an alert is about that.
    proved: bool,
    client: bool,
}

impl Signed {
    pub(super) fn client(connection: Connection) -> Self {
        Self { connection, proved: false, client: true }
    }

    pub(super) fn server(connection: Connection) -> Self {
        Self { connection, proved: false, client: false }
    }

    /// What an error means here.
    fn meaning(&self, error: SignedError) -> ChannelError {
        match error {
            SignedError::Alert if self.proved => ChannelError::AccessRefused,
            error => error.into(),
        }
    }
}

impl Layer for Signed {
    fn received(&mut self, now: Instant, bytes: &[u8]) {
        self.connection.received(now, bytes);
    }

    fn event(&mut self, random: &mut dyn CryptoRng) -> Result<Option<Event>, ChannelError> {
        let event = self.connection.event(random).map_err(|error| self.meaning(error))?;
        Ok(event.map(|event| match event {
            SignedEvent::HandshakeDone(peer) => {
                self.proved = self.client && peer.admitted;
                Event::Ready
            }
            SignedEvent::Message(message) => {
                self.proved = false;
                Event::Message(message)
            }
            SignedEvent::Closed => {
                self.proved = false;
                Event::Closed
            }
        }))
    }

    fn send(
        &mut self,
        random: &mut dyn CryptoRng,
        messages: &mut dyn Iterator<Item = &[u8]>,
    ) -> Result<(), ChannelError> {
        let mut messages = messages.peekable();
        while messages.peek().is_some() {
            self.connection.send(random, |out| fill(out, &mut messages))?;
        }
        Ok(())
    }

    fn watch(&mut self, on: bool) {
        self.connection.watch(on);
    }

    fn take_carried(&mut self) -> VecDeque<Carried> {
        self.connection.take_carried()
    }

    fn close(&mut self, random: &mut dyn CryptoRng) -> Result<(), ChannelError> {
        Ok(self.connection.close(random)?)
    }

    fn take_output(&mut self) -> Vec<u8> {
        self.connection.take_output()
    }

    fn deadline(&self) -> Option<Deadline> {
        self.connection.deadline()
    }

    fn check_time(&mut self, now: Instant, random: &mut dyn CryptoRng) -> Result<(), ChannelError> {
        Ok(self.connection.check_time(now, random)?)
    }

    fn end_of_stream(&mut self) -> Result<(), ChannelError> {
        self.connection.end_of_stream().map_err(|error| self.meaning(error))
    }

    fn is_open(&self) -> bool {
        self.connection.is_open()
    }

    fn is_closed(&self) -> bool {
        self.connection.is_closed()
    }
}
