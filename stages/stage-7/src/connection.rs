//! The channel: bytes and time in, bytes and events out. No socket, no clock, no random source.
//!
//! ```text
//!     bytes from the other side ──▶ received ──▶ event ──▶ HandshakeDone, Message, Closed
//!     bytes to the other side   ◀── take_output ◀── send, close, and the handshake itself
//! ```
//!
//! A program on any kind of socket does the same four things in a loop: hand over what it has read, take out
//! all events, write what there is to write, and watch [`deadline`](Connection::deadline).

mod events;
mod limits;
mod transport;
mod watch;

pub use limits::{HandshakeLimits, HandshakePlace, MOST_IN_ALL, MOST_PER_ADDRESS};
pub(crate) use transport::Transport;
pub use watch::{Carried, Watch, Went};

use crate::handshake::client::{self, ClientState};
use crate::handshake::context::Context;
use crate::handshake::server::{ExpectClientHello, ServerState};
use crate::handshake::{ChannelError, ClientConfig, Peer, ServerConfig};
use crate::x509::ServerName;
use framing::Message;
use rand::CryptoRng;
use socketserver::Deadline;
use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

/// How long the whole handshake may take, and later a packet from its first byte to its last.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// The single byte that ends one direction in order: nothing was cut off.
pub const CLOSE_NOTIFY: u8 = 240;

/// The single byte that says that something was wrong, never what.
pub const ALERT: u8 = 241;

/// Something that happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// Keys are agreed on and the other side is known; messages can be sent from here on.
    HandshakeDone(Box<Peer>),
    /// A message has arrived.
    Message(Message),
    /// The other side sends nothing more. Whoever still has something to say says it, then closes as well.
    Closed,
}

/// One side of a connection.
///
/// A clone is a second connection with the same keys. It is for tests that try many endings of one beginning;
/// never let both talk.
#[derive(Clone)]
pub struct Connection {
    state: State,
    transport: Transport,
    /// The time of day at which it began, for certificates.
    time: SystemTime,
    /// When the handshake must be done.
    handshake_end: Instant,
    /// The latest moment that we were told.
    now: Instant,
    /// When the first byte of an unfinished frame or packet came.
    since: Option<Instant>,
    /// The text of the packet that is being read, and how far.
    text: Vec<u8>,
    at: usize,
    /// Which side has sent its close_notify.
    closed: Closed,
}

/// A handshake of another kind than the signed one: what the states of an exhibit have to do.
pub(crate) trait OtherHandshake: fmt::Debug + Send + Sync {
    /// Takes the next message.
    fn handle(self: Box<Self>, message: &[u8], cx: &mut Context<'_>) -> Result<Step, ChannelError>;

    /// A copy, for a copy of the connection.
    fn copy(&self) -> Box<dyn OtherHandshake>;
}

/// What follows a message of such a handshake.
pub(crate) enum Step {
    /// The next message is awaited.
    Next(Box<dyn OtherHandshake>),
    /// It is done.
    Done(Box<Peer>),
}

impl Clone for Box<dyn OtherHandshake> {
    fn clone(&self) -> Self {
        (**self).copy()
    }
}

#[derive(Debug, Clone)]
enum State {
    Client(Box<ClientState>),
    Server(Box<ServerState>),
    Other(Box<dyn OtherHandshake>),
    Open,
    Failed(ChannelError),
}

#[derive(Debug, Clone, Copy, Default)]
struct Closed {
    ours: bool,
    theirs: bool,
}

impl Connection {
    /// A client that wants to talk to the server of this name; its first message waits in the output.
    ///
    /// # Errors
    /// None that could be caused from outside.
    pub fn client(
        config: Arc<ClientConfig>,
        server_name: ServerName,
        time: SystemTime,
        now: Instant,
        random: &mut dyn CryptoRng,
    ) -> Result<Self, ChannelError> {
        let mut transport = Transport::new();
        let cx = &mut Context { transport: &mut transport, random, time };
        let state = client::start(config, server_name, cx)?;
        Ok(Self::new(State::Client(Box::new(state)), transport, time, now))
    }

    /// A server that waits for a client's first message.
    #[must_use]
    pub fn server(config: Arc<ServerConfig>, time: SystemTime, now: Instant) -> Self {
        let state = ServerState::ClientHello(ExpectClientHello { config });
        Self::new(State::Server(Box::new(state)), Transport::new(), time, now)
    }

    /// A connection with another handshake, which `start` begins.
    pub(crate) fn with(
        time: SystemTime,
        now: Instant,
        random: &mut dyn CryptoRng,
        start: impl FnOnce(&mut Context<'_>) -> Result<Box<dyn OtherHandshake>, ChannelError>,
    ) -> Result<Self, ChannelError> {
        let mut transport = Transport::new();
        let state = start(&mut Context { transport: &mut transport, random, time })?;
        Ok(Self::new(State::Other(state), transport, time, now))
    }

    fn new(state: State, transport: Transport, time: SystemTime, now: Instant) -> Self {
        Self {
            state,
            transport,
            time,
            handshake_end: now + PATIENCE,
            now,
            since: None,
            text: Vec::new(),
            at: 0,
            closed: Closed::default(),
        }
    }

    /// Takes bytes that have arrived. Take all events out before the next call: then no more is stored than one
    /// packet and one piece.
    pub fn received(&mut self, now: Instant, bytes: &[u8]) {
        self.now = self.now.max(now);
        if !matches!(self.state, State::Failed(_)) {
            self.transport.received(bytes);
        }
    }

    /// The next event; `None` if more bytes are needed. Then look at the output, which may have grown.
    ///
    /// # Errors
    /// Whatever is wrong ends the connection: an alert is in the output, the keys are wiped, and every later
    /// call says so again.
    pub fn event(&mut self, random: &mut dyn CryptoRng) -> Result<Option<Event>, ChannelError> {
        if let State::Failed(error) = &self.state {
            return Err(error.clone());
        }
        self.next_event(random).map_err(|error| self.fail(error, random))
    }

    /// Seals what `write` appends into one packet: one or more messages, one after the other.
    ///
    /// # Errors
    /// What `write` says; that the handshake is not done, or the connection closed; that it would be longer than
    /// a packet may be. Then nothing is sent, and the connection goes on.
    pub fn send<E: From<ChannelError>>(
        &mut self,
        random: &mut dyn CryptoRng,
        write: impl FnOnce(&mut Vec<u8>) -> Result<(), E>,
    ) -> Result<(), E> {
        if !self.is_open() || self.closed.ours {
            return Err(ChannelError::NotOpen.into());
        }
        self.transport.send(random, write)
    }

    /// Sends one message in a packet of its own.
    pub fn send_message(
        &mut self,
        random: &mut dyn CryptoRng,
        message: &Message,
    ) -> Result<(), ChannelError> {
        self.send(random, |out| Ok(message.write(out)?))
    }

    /// Ends our direction in order. What comes from the other side still counts, until it closes as well. Before
    /// the handshake is done there is nothing to end.
    pub fn close(&mut self, random: &mut dyn CryptoRng) -> Result<(), ChannelError> {
        if self.is_open() && !self.closed.ours {
            self.transport.send_bytes(random, &[CLOSE_NOTIFY])?;
            self.closed.ours = true;
        }
        Ok(())
    }

    /// What is to be sent now.
    #[must_use]
    pub fn take_output(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.transport.output)
    }

    /// Keeps each packet that travels after the handshake, with what is in it, until it is taken out; or ends that. For
    /// programs that show what happens on the wire.
    pub fn watch(&mut self, on: bool) {
        self.transport.watch.set(on);
    }

    /// The packets that have travelled since the last time, in order; nothing unless [`watch`](Self::watch) is on.
    #[must_use]
    pub fn take_carried(&mut self) -> VecDeque<Carried> {
        self.transport.watch.take()
    }

    /// When patience with the other side ends.
    #[must_use]
    pub fn deadline(&self) -> Option<Deadline> {
        match self.state {
            State::Failed(_) => None, // whoever asks has been told
            State::Open => self.since.map(|since| Deadline { at: since + PATIENCE, reason: LATE_PACKET }),
            _ => Some(Deadline { at: self.handshake_end, reason: LATE_HANDSHAKE }),
        }
    }

    /// Tells the time when nothing arrives.
    ///
    /// # Errors
    /// If the deadline has passed; the connection has then ended, as after an error of [`event`](Self::event).
    pub fn check_time(&mut self, now: Instant, random: &mut dyn CryptoRng) -> Result<(), ChannelError> {
        self.now = self.now.max(now);
        self.in_time().map_err(|error| self.fail(error, random))
    }

    /// The stream has ended.
    ///
    /// # Errors
    /// [`Truncated`](ChannelError::Truncated) if the other side did not say that it would; or what had ended the
    /// connection before.
    pub fn end_of_stream(&mut self) -> Result<(), ChannelError> {
        match &self.state {
            State::Failed(error) => Err(error.clone()),
            _ if self.closed.theirs => Ok(()),
            _ => {
                self.end(ChannelError::Truncated);
                Err(ChannelError::Truncated)
            }
        }
    }

    /// Whether messages can be exchanged: the handshake is done, and nothing has gone wrong.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self.state, State::Open)
    }

    /// Whether both sides have closed in order.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.closed.ours && self.closed.theirs
    }
}

/// What was said is nobody's business, so the buffers are left out.
impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match &self.state {
            State::Open => "open",
            State::Failed(_) => "failed",
            State::Client(_) | State::Server(_) | State::Other(_) => "handshake",
        };
        f.debug_struct("Connection")
            .field("state", &state)
            .field("closed", &self.closed)
            .finish_non_exhaustive()
    }
}

const LATE_HANDSHAKE: &str = "the handshake was not done within 10 s";
const LATE_PACKET: &str = "a packet was not complete within 10 s";
