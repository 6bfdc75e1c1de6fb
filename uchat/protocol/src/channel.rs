//! One channel for the messenger, over any transport: bytes and time in, bytes and events out. No socket, no
//! clock, no random source.
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
mod layer;
mod setup;
mod signed;
mod transport;

pub use error::{ChannelError, SetupError};
pub use setup::{ClientSetup, ServerSetup};
pub use transport::{Lesson, Transport};

use certificates::Connection;
use framing::Message;
use layer::Layer;
use rand::CryptoRng;
use setup::{ClientKind, ServerKind};
use signed::Signed;
use socketserver::Deadline;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

/// How long the handshake may take, and later a message from its first byte to its last.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// Something that happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The handshake is done; messages can be sent from here on. On lessons 2 to 6 a client is told so before the
    /// server has looked at its proof: only its first message shows that it was right.
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
    layer: Box<dyn Layer>,
}

impl Channel {
    /// A server that waits for a client, or asks it first.
    ///
    /// # Errors
    /// None that could be caused from outside.
    pub fn server(
        setup: &Arc<ServerSetup>,
        time: SystemTime,
        now: Instant,
        random: &mut dyn CryptoRng,
    ) -> Result<Self, ChannelError> {
        let _ = random;
        let layer: Box<dyn Layer> = match &setup.kind {
            ServerKind::Signed(config) => {
                Box::new(Signed::server(Connection::server(Arc::clone(config), time, now)))
            }
        };
        Ok(Self { transport: setup.transport, layer })
    }

    /// A client; what it says first waits in the output. `time` is the time of day, for certificates.
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
            ClientKind::Signed(config) => {
                let name = setup.server_name.clone();
                Box::new(Signed::client(Connection::client(Arc::clone(config), name, time, now, random)?))
            }
        };
        Ok(Self { transport: setup.transport, layer })
    }

    /// What is spoken.
    #[must_use]
    pub fn transport(&self) -> Transport {
        self.transport
    }

    /// Takes bytes that have arrived. Take all events out before the next call: then no more is stored than one
    /// message or packet and one piece.
    pub fn received(&mut self, now: Instant, bytes: &[u8]) {
        self.layer.received(now, bytes);
    }

    /// The next event; `None` if more bytes are needed. Then look at the output, which may have grown. An idle
    /// channel from which all events were taken keeps no buffers of more than a few KiB.
    ///
    /// # Errors
    /// Whatever is wrong ends the channel: send what is in the output, then close the connection. Every later call
    /// says so again.
    pub fn event(&mut self, random: &mut dyn CryptoRng) -> Result<Option<Event>, ChannelError> {
        self.layer.event(random)
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
        self.layer.send(random, &mut messages.into_iter())
    }

    /// Ends our direction in order. What comes from the other side still counts, until it closes as well. Before
    /// the channel is ready there is nothing to end.
    ///
    /// # Errors
    /// None that could be caused from outside.
    pub fn close(&mut self, random: &mut dyn CryptoRng) -> Result<(), ChannelError> {
        self.layer.close(random)
    }

    /// What is to be sent now.
    #[must_use]
    pub fn take_output(&mut self) -> Vec<u8> {
        self.layer.take_output()
    }

    /// When patience with the other side ends.
    #[must_use]
    pub fn deadline(&self) -> Option<Deadline> {
        self.layer.deadline()
    }

    /// Tells the time when nothing arrives.
    ///
    /// # Errors
    /// If the deadline has passed; the channel has then ended, as after an error of [`event`](Self::event).
    pub fn check_time(&mut self, now: Instant, random: &mut dyn CryptoRng) -> Result<(), ChannelError> {
        self.layer.check_time(now, random)
    }

    /// The stream has ended. Take all events out first.
    ///
    /// # Errors
    /// If it was cut: the other side did not say goodbye, or on lessons something is unfinished; or what had ended
    /// the channel before.
    pub fn end_of_stream(&mut self) -> Result<(), ChannelError> {
        self.layer.end_of_stream()
    }

    /// Whether messages can be exchanged: the handshake is done, and nothing has gone wrong.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.layer.is_open()
    }

    /// Whether the connection can be closed, as nobody has anything to say: both sides have closed in order, or on
    /// lessons one of them.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.layer.is_closed()
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
