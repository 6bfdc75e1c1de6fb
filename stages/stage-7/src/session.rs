//! The channel under any server of stage 3: the handshake, then an answer to each message.

use crate::connection::{Connection, Event, HandshakePlace};
use crate::handshake::{ChannelError, Peer, ServerConfig};
use echo::lab;
use framing::Message;
use rand::rngs::StdRng;
use socketserver::{Close, Deadline, RequestHandler};
use std::borrow::Cow;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Instant, SystemTime};

/// Serves one client: `answer` gets each of its messages, and who it is.
#[derive(Debug)]
pub struct ChannelHandler<F> {
    peer: SocketAddr,
    connection: Connection,
    random: StdRng,
    /// Given back when the handshake is done.
    place: Option<HandshakePlace>,
    /// Who the client is, from then on.
    known: Option<Box<Peer>>,
    answer: F,
}

impl<F: FnMut(&Peer, Message) -> Message> ChannelHandler<F> {
    /// For a client that has just connected; `random` must be fresh.
    pub fn new(
        peer: SocketAddr,
        config: Arc<ServerConfig>,
        place: HandshakePlace,
        random: StdRng,
        answer: F,
    ) -> Self {
        let connection = Connection::server(config, SystemTime::now(), Instant::now());
        Self::over(peer, connection, place, random, answer)
    }

    /// The same over a connection that has begun.
    pub(crate) fn over(
        peer: SocketAddr,
        connection: Connection,
        place: HandshakePlace,
        random: StdRng,
        answer: F,
    ) -> Self {
        Self { peer, connection, random, place: Some(place), known: None, answer }
    }

    /// Answers what has arrived, until there is enough to send: a small question can have a long answer, and a
    /// client that asks without reading must not fill the memory. The rest is answered when this is sent.
    fn answer_events(&mut self, out: &mut Vec<u8>) -> Result<(), Close> {
        loop {
            let answered = self.answer_event();
            out.append(&mut self.connection.take_output()); // an alert or a goodbye, too
            if !answered? || out.len() >= ENOUGH {
                return Ok(());
            }
        }
    }

    /// Answers the next thing that has arrived; false if there is none.
    fn answer_event(&mut self) -> Result<bool, Close> {
        let handshaking = self.place.is_some();
        match self.connection.event(&mut self.random).map_err(|e| ended(handshaking, &e))? {
            None => return Ok(false),
            Some(Event::HandshakeDone(peer)) => {
                self.place = None;
                lab::log(format_args!("{} {}", self.peer, introduction(&peer)));
                self.known = Some(peer);
            }
            Some(Event::Message(message)) => {
                let Some(peer) = &self.known else { return Err(ended(true, &ChannelError::NotOpen)) };
                let answer = (self.answer)(peer, message);
                let sent = self.connection.send_message(&mut self.random, &answer);
                sent.map_err(|e| Close::because(format!("gone: its answer cannot be sent: {e}")))?;
            }
            Some(Event::Closed) => {
                let closed = self.connection.close(&mut self.random);
                closed.map_err(|e| ended(false, &e))?;
                return Err(Close::because("left"));
            }
        }
        Ok(true)
    }
}

impl<F: FnMut(&Peer, Message) -> Message + Send + 'static> RequestHandler for ChannelHandler<F> {
    fn handle(&mut self, now: Instant, received: &[u8], out: &mut Vec<u8>) -> Result<(), Close> {
        self.connection.received(now, received);
        self.answer_events(out)
    }

    fn refill(&mut self, _now: Instant, out: &mut Vec<u8>) -> Result<(), Close> {
        self.answer_events(out)
    }

    fn left(&mut self) -> Cow<'static, str> {
        match self.connection.end_of_stream() {
            Ok(()) => "left".into(),
            Err(error) => format!("gone: {error}").into(),
        }
    }

    fn deadline(&self) -> Option<Deadline> {
        self.connection.deadline()
    }

    fn finish(&mut self) {
        self.place = None; // before the log says that this client is gone
    }
}

fn ended(handshaking: bool, error: &ChannelError) -> Close {
    Close::because(format!("{}: {error}", if handshaking { "refused" } else { "gone" }))
}

/// What the log says of a client that is let in.
fn introduction(peer: &Peer) -> String {
    let admitted = if peer.admitted { "knows the access key" } else { "is let in without an access key" };
    match &peer.certificate {
        Some(verified) => format!("is {} and {admitted}", verified.leaf.who()),
        None => admitted.to_owned(),
    }
}

/// Bytes that are sent before anything more is answered.
const ENOUGH: usize = 64 << 10;
