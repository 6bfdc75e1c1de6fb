//! One channel for the messenger, over any transport: bytes and time in, bytes and events out. No socket, no
//! clock, no random source, except that rustls asks the operating system for its random bytes itself.
//!
//! ```text
//!     bytes from the other side ──▶ received ──▶ event ──▶ Ready, Message, Closed
//!     bytes to the other side   ◀── take_output ◀── send, close, and the handshake itself
//! ```
//!
//! | transport | stack |
//! |---|---|
//! | lesson 1 | messages, straight: their values end by themselves |
//! | lessons 2, 3 | stage 2's challenge, then the same |
//! | lesson 4 | the challenge, then each message in a frame of stage 4 |
//! | lesson 5 | the challenge, stage 5's public values, then frames under RC4 |
//! | lesson 6 | the challenge, public values, then packets of stage 6, one message each |
//! | signed | stage 7: handshake and keyed packets, many messages in each |
//! | TLS | TLS 1.3 with the same certificates; inside it stage 7's access, then messages, straight |
//!
//! A side speaks one transport and nothing else: there is nothing to negotiate, so nothing can be turned down.

mod error;
mod first_bytes;
mod layer;
mod lesson;
mod patience;
mod setup;
mod signed;
mod straight;
mod tls;
mod transport;

pub use error::{ChannelError, SetupError};
pub use setup::{ClientSetup, ServerSetup};
pub use transport::{Lesson, Transport};

pub use certificates::{Carried, Went};

use certificates::Connection;
use first_bytes::FirstBytes;
use framing::Message;
use layer::Layer;
use lesson::LessonLayer;
use patience::LATE_HANDSHAKE;
use rand::CryptoRng;
use setup::{ClientKind, ServerKind};
use signed::Signed;
use socketserver::Deadline;
use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};
use tls::Tls;

/// How long the handshake may take, and later a message from its first byte to its last.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// Something that happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The handshake is done; messages can be sent from here on. A client is told so before the server has looked at
    /// its access key: only the server's first message shows that it was right.
    Ready,
    /// A message has arrived.
    Message(Message),
    /// The other side sends nothing more. Whoever still has something to say says it, then closes as well. Lessons
    /// have no such goodbye: there the end of the stream is the end.
    Closed,
}

/// One side of a connection.
pub struct Channel {
    transport: Transport,
    state: State,
    /// What came first, until it has turned out to be what we speak.
    first: Option<FirstBytes>,
    ready: bool,
}

enum State {
    Alive(Box<dyn Layer>),
    /// Keys and buffers are gone.
    Failed {
        error: ChannelError,
        /// What is still to be sent.
        output: Vec<u8>,
    },
}

impl Channel {
    /// A server that waits for a client, or asks it first. `time` is the time of day, for certificates.
    ///
    /// # Errors
    /// None that could be caused from outside.
    pub fn server(
        setup: &Arc<ServerSetup>,
        time: SystemTime,
        now: Instant,
        random: &mut dyn CryptoRng,
    ) -> Result<Self, ChannelError> {
        let layer: Box<dyn Layer> = match &setup.kind {
            ServerKind::Lesson(lesson, key) => {
                Box::new(LessonLayer::server(*lesson, key.as_ref(), now, random)?)
            }
            ServerKind::Signed(config) => {
                Box::new(Signed::server(Connection::server(Arc::clone(config), time, now)))
            }
            ServerKind::Tls(config, key) => {
                let connection = rustls::ServerConnection::new(Arc::clone(config))?;
                Box::new(Tls::new(connection.into(), key.clone(), None, now))
            }
        };
        Ok(Self::new(setup.transport, layer))
    }

    /// A client; what it says first waits in the output.
    ///
    /// # Errors
    /// None that could be caused from outside.
    pub fn client(
        setup: &Arc<ClientSetup>,
        time: SystemTime,
        now: Instant,
        random: &mut dyn CryptoRng,
    ) -> Result<Self, ChannelError> {
        let layer: Box<dyn Layer> = match &setup.kind {
            ClientKind::Lesson(lesson, key) => {
                Box::new(LessonLayer::client(*lesson, key.as_ref(), now, random)?)
            }
            ClientKind::Signed(config) => {
                let name = setup.server_name.clone();
                Box::new(Signed::client(Connection::client(Arc::clone(config), name, time, now, random)?))
            }
            ClientKind::Tls(provider, pinned_ca, key) => {
                let (connection, verdict) =
                    tls::client_connection(provider, &setup.server_name, *pinned_ca, time)?;
                Box::new(Tls::new(connection.into(), key.clone(), Some(verdict), now))
            }
        };
        Ok(Self::new(setup.transport, layer))
    }

    fn new(transport: Transport, layer: Box<dyn Layer>) -> Self {
        Self { transport, state: State::Alive(layer), first: Some(FirstBytes::default()), ready: false }
    }

    /// What is spoken.
    #[must_use]
    pub fn transport(&self) -> Transport {
        self.transport
    }

    /// Takes bytes that have arrived. Take all events out before the next call: then no more is stored than one
    /// message or packet and one piece.
    pub fn received(&mut self, now: Instant, bytes: &[u8]) {
        if let Some(first) = &mut self.first {
            first.push(bytes);
        }
        if let State::Alive(layer) = &mut self.state {
            layer.received(now, bytes);
        }
    }

    /// The next event; `None` if more bytes are needed. Then look at the output, which may have grown. An idle
    /// channel from which all events were taken keeps no buffers of more than a few KiB.
    ///
    /// # Errors
    /// Whatever is wrong ends the channel: send what is in the output, then close the connection. Every later call
    /// says so again.
    pub fn event(&mut self, random: &mut dyn CryptoRng) -> Result<Option<Event>, ChannelError> {
        let event = self.ask(|layer| layer.event(random))?;
        match &event {
            Some(Event::Ready) => self.ready = true,
            Some(Event::Message(_)) => self.first = None,
            Some(Event::Closed) | None => {}
        }
        Ok(event)
    }

    /// Seals encoded messages (each an operation and a value: [`Message::write`]) in this order: as many in one
    /// packet as the transport allows, and appended to the output.
    ///
    /// # Errors
    /// That the channel is not open, or that a message is longer than [`MESSAGE`](crate::limits::MESSAGE). What
    /// stands before that message is sent; it and what follows are not, and the channel goes on.
    pub fn send<'a>(
        &mut self,
        random: &mut dyn CryptoRng,
        messages: impl IntoIterator<Item = &'a [u8]>,
    ) -> Result<(), ChannelError> {
        match &mut self.state {
            State::Alive(layer) => layer.send(random, &mut messages.into_iter()),
            State::Failed { .. } => Err(ChannelError::NotOpen),
        }
    }

    /// Keeps what travels from here on, with what is in it, until it is taken out; or ends that. For programs that show
    /// what happens on the wire.
    pub fn watch(&mut self, on: bool) {
        if let State::Alive(layer) = &mut self.state {
            layer.watch(on);
        }
    }

    /// What has travelled since the last time, in order; nothing unless [`watch`](Self::watch) is on.
    #[must_use]
    pub fn take_carried(&mut self) -> VecDeque<Carried> {
        match &mut self.state {
            State::Alive(layer) => layer.take_carried(),
            State::Failed { .. } => VecDeque::new(),
        }
    }

    /// Ends our direction in order. What comes from the other side still counts, until it closes as well. Before
    /// the channel is ready there is nothing to end.
    ///
    /// # Errors
    /// None that could be caused from outside.
    pub fn close(&mut self, random: &mut dyn CryptoRng) -> Result<(), ChannelError> {
        match &mut self.state {
            State::Alive(layer) => layer.close(random),
            State::Failed { .. } => Ok(()),
        }
    }

    /// What is to be sent now.
    #[must_use]
    pub fn take_output(&mut self) -> Vec<u8> {
        match &mut self.state {
            State::Alive(layer) => layer.take_output(),
            State::Failed { output, .. } => std::mem::take(output),
        }
    }

    /// When patience with the other side ends.
    #[must_use]
    pub fn deadline(&self) -> Option<Deadline> {
        match &self.state {
            State::Alive(layer) if self.ready => layer.deadline(),
            State::Alive(layer) => layer.deadline().map(|end| Deadline { reason: LATE_HANDSHAKE, ..end }),
            State::Failed { .. } => None, // whoever asks has been told
        }
    }

    /// Tells the time when nothing arrives.
    ///
    /// # Errors
    /// If the deadline has passed; the channel has then ended, as after an error of [`event`](Self::event).
    pub fn check_time(&mut self, now: Instant, random: &mut dyn CryptoRng) -> Result<(), ChannelError> {
        self.ask(|layer| layer.check_time(now, random))
    }

    /// The stream has ended. Take all events out first.
    ///
    /// # Errors
    /// If it was cut: the other side did not say goodbye, or on lessons something is unfinished; or what had ended
    /// the channel before.
    pub fn end_of_stream(&mut self) -> Result<(), ChannelError> {
        self.ask(|layer| layer.end_of_stream())
    }

    /// Whether messages can be exchanged: the handshake is done, and nothing has gone wrong.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(&self.state, State::Alive(layer) if layer.is_open())
    }

    /// Whether the connection can be closed, as nobody has anything to say: both sides have closed in order, or on
    /// lessons this side.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        matches!(&self.state, State::Alive(layer) if layer.is_closed())
    }

    /// Asks the layer something. An error ends the channel.
    fn ask<T>(
        &mut self,
        question: impl FnOnce(&mut dyn Layer) -> Result<T, ChannelError>,
    ) -> Result<T, ChannelError> {
        match &mut self.state {
            State::Failed { error, .. } => Err(error.clone()),
            State::Alive(layer) => question(layer.as_mut()).map_err(|error| self.fail(error)),
        }
    }

    fn fail(&mut self, error: ChannelError) -> ChannelError {
        let error = self.better(error);
        if let State::Alive(layer) = &mut self.state {
            layer.last_words();
            let output = layer.take_output();
            self.state = State::Failed { error: error.clone(), output };
        }
        self.first = None;
        error
    }

    /// The error that says more, where the first bytes tell why there is one at all.
    fn better(&self, error: ChannelError) -> ChannelError {
        let ours = self.transport;
        match self.first.as_ref().and_then(|first| first.other_than(ours)) {
            Some(theirs) => ChannelError::OtherTransport { ours, theirs, source: Box::new(error) },
            None if !self.ready && matches!(error, ChannelError::Late(_)) => {
                ChannelError::Late(LATE_HANDSHAKE)
            }
            None => error,
        }
    }
}

/// What was said is nobody's business, so the buffers are left out.
impl fmt::Debug for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Channel")
            .field("transport", &self.transport)
            .field("open", &self.is_open())
            .field("closed", &self.is_closed())
            .finish_non_exhaustive()
    }
}
