//! One connection: the channel between the socket and the core.

use super::refusal::refusal;
use super::waiting::{Said, Waiting, kicked};
use super::{Events, Gone, Route, as_asked};
use crate::core::{NetEffect, NetEvent};
use crate::inspect::Recorder;
use rand::CryptoRng;
use std::future::poll_fn;
use std::io;
use std::pin::pin;
use std::task::Poll;
use std::time::{Duration, Instant, SystemTime};
use tokio::io::{Interest, Ready};
use tokio::net::TcpStream;
use tokio::sync::mpsc::UnboundedReceiver;
use uchat_protocol::channel::{Channel, ChannelError, Event};
use uchat_protocol::{Code, Refusal};

/// A connection, from the first byte of the handshake to the end.
pub(super) struct Connection {
    stream: TcpStream,
    channel: Channel,
    /// Who wants to see what travels.
    recorder: Option<Recorder>,
    waiting: Waiting,
    /// Whether the handshake is done.
    ready: bool,
    /// What the channel has for the socket, from `written` on.
    output: Vec<u8>,
    written: usize,
    /// The server takes nothing more. What it has said before is read still: it may be the reason.
    refuses: bool,
    /// What the server said before it ended the connection.
    kick: Option<Refusal>,
    /// Set when the connection is to be closed in order: until when the other side may take its time.
    closing: Option<Instant>,
}

/// Why the loop ends.
enum End {
    /// The channel or the server's messages do not allow to go on, or the network does not.
    Failed(Refusal),
    /// It was closed in order.
    Closed,
    /// Nobody listens any more.
    Gone,
}

impl From<Gone> for End {
    fn from(_: Gone) -> Self {
        Self::Gone
    }
}

/// What there is to do next.
enum Next {
    Socket(io::Result<Ready>),
    Effect(Option<Box<NetEffect>>),
    Time,
}

impl Connection {
    /// # Errors
    /// The channel cannot begin.
    pub(super) fn new(
        route: &Route,
        stream: TcpStream,
        random: &mut dyn CryptoRng,
        recorder: Option<Recorder>,
    ) -> Result<Self, Refusal> {
        let mut channel = Channel::client(&route.setup, SystemTime::now(), Instant::now(), random)
            .map_err(|error| refusal(&error, false))?;
        channel.watch(recorder.is_some());
        Ok(Self {
            recorder,
            stream,
            channel,
            waiting: Waiting::default(),
            ready: false,
            output: Vec::new(),
            written: 0,
            refuses: false,
            kick: None,
            closing: None,
        })
    }

    /// Works until the connection ends, and says why it did.
    pub(super) async fn run(
        mut self,
        effects: &mut UnboundedReceiver<NetEffect>,
        events: &Events,
        random: &mut dyn CryptoRng,
    ) -> Refusal {
        let end = self.work(effects, events, random).await;
        self.flush().await; // an alert, or the answer to a close
        match (self.kick, end) {
            (Some(reason), _) => kicked(reason),
            (None, End::Failed(refusal)) => refusal,
            (None, _) if self.closing.is_some() => as_asked(),
            (None, _) => Refusal::because(Code::Offline, "the server has closed the connection"),
        }
    }

    async fn work(
        &mut self,
        effects: &mut UnboundedReceiver<NetEffect>,
        events: &Events,
        random: &mut dyn CryptoRng,
    ) -> End {
        loop {
            if let Err(end) = self.step(effects, events, random).await {
                return end;
            }
        }
    }

    /// Waits for the next thing, and does it.
    async fn step(
        &mut self,
        effects: &mut UnboundedReceiver<NetEffect>,
        events: &Events,
        random: &mut dyn CryptoRng,
    ) -> Result<(), End> {
        self.tell(events, random).await?;
        self.output.append(&mut self.channel.take_output());
        if self.output.len() > MAX_OUTPUT {
            // The core keeps a window on what matters; so this is a server that has stopped reading.
            let text = "the server does not take what is sent to it";
            return Err(End::Failed(Refusal::because(Code::Offline, text)));
        }
        match self.next(effects).await {
            Next::Socket(ready) => {
                let ready = ready.map_err(broken)?;
                if ready.is_writable() {
                    self.write();
                }
                if ready.is_readable() || ready.is_read_closed() {
                    self.read()?;
                }
            }
            Next::Effect(effect) => self.effects(effect.map(|effect| *effect), effects, random)?,
            Next::Time => {
                let now = Instant::now();
                if self.closing.is_some_and(|end| end <= now) {
                    return Err(End::Closed);
                }
                self.channel.check_time(now, random).map_err(|error| self.failed(&error))?;
            }
        }
        Ok(())
    }

    /// Waits for the socket, the core or the clock, whichever is first.
    async fn next(&self, effects: &mut UnboundedReceiver<NetEffect>) -> Next {
        let interest = match self.written < self.output.len() && !self.refuses {
            true => Interest::READABLE | Interest::WRITABLE,
            false => Interest::READABLE,
        };
        let mut socket = pin!(self.stream.ready(interest));
        let grace = if self.ready { Duration::ZERO } else { GRACE };
        let deadline = self.channel.deadline().map(|deadline| deadline.at + grace);
        let end = [deadline, self.closing].into_iter().flatten().min();
        let mut clock = pin!(async {
            match end {
                Some(end) => tokio::time::sleep_until(end.into()).await,
                None => std::future::pending().await,
            }
        });
        let listen = self.closing.is_none();
        poll_fn(|context| {
            // The core first: a server that never stops talking must not keep it from closing.
            if listen && let Poll::Ready(effect) = effects.poll_recv(context) {
                return Poll::Ready(Next::Effect(effect.map(Box::new)));
            }
            if let Poll::Ready(ready) = socket.as_mut().poll(context) {
                return Poll::Ready(Next::Socket(ready));
            }
            clock.as_mut().poll(context).map(|()| Next::Time)
        })
        .await
    }

    /// Tells the core what the channel has to tell.
    async fn tell(&mut self, events: &Events, random: &mut dyn CryptoRng) -> Result<(), End> {
        while let Some(event) = self.channel.event(random).map_err(|error| self.failed(&error))? {
            self.record();
            match event {
                Event::Ready => {
                    self.ready = true;
                    events.tell(NetEvent::Up).await?;
                }
                Event::Message(message) => match self.waiting.take(message).map_err(End::Failed)? {
                    Said::Event(event) => events.tell(*event).await?,
                    Said::Kick(reason) => self.kick = Some(reason),
                    Said::Unknown => {}
                },
                Event::Closed => {
                    self.output.append(&mut self.channel.take_output());
                    return Err(End::Closed);
                }
            }
        }
        Ok(())
    }

    /// Does what the core wants; what is ready together goes out together.
    fn effects(
        &mut self,
        first: Option<NetEffect>,
        effects: &mut UnboundedReceiver<NetEffect>,
        random: &mut dyn CryptoRng,
    ) -> Result<(), End> {
        let mut messages: Vec<Vec<u8>> = Vec::new();
        let mut next = first;
        let close = loop {
            match next {
                // Before the channel stands, this can only be meant for an earlier connection.
                Some(NetEffect::Send(..)) if !self.channel.is_open() => {}
                Some(NetEffect::Send(tag, request)) => {
                    let bytes = request.to_message().map_err(|e| unwritable(&e))?;
                    messages.push(bytes.to_bytes().map_err(|e| unwritable(&e))?);
                    self.waiting.add(tag);
                }
                Some(NetEffect::Connect) => {}
                Some(NetEffect::Disconnect) | None => break true,
            }
            if messages.len() >= TOGETHER {
                break false;
            }
            match effects.try_recv() {
                Ok(effect) => next = Some(effect),
                Err(_) => break false,
            }
        };
        if !messages.is_empty() {
            self.channel.send(random, messages.iter().map(Vec::as_slice)).map_err(unsendable)?;
            self.record();
        }
        if close {
            self.closing = Some(Instant::now() + CLOSING);
            if !self.channel.is_open() {
                return Err(End::Closed);
            }
            self.channel.close(random).map_err(unsendable)?;
            if self.channel.is_closed() {
                return Err(End::Closed); // lessons have no goodbye that could be answered
            }
        }
        Ok(())
    }

    /// What has travelled goes to who wants to see it: before the core hears of it, so that nobody asks too early.
    fn record(&mut self) {
        if let Some(recorder) = &self.recorder {
            recorder.carried(self.channel.transport(), self.channel.take_carried());
        }
    }

    fn failed(&self, error: &ChannelError) -> End {
        End::Failed(refusal(error, self.ready))
    }

    fn read(&mut self) -> Result<(), End> {
        let mut buffer = [0; READ];
        match self.stream.try_read(&mut buffer) {
            Ok(0) => match self.closing {
                Some(_) => Err(End::Closed),
                None => Err(match self.channel.end_of_stream() {
                    Ok(()) => End::Closed,
                    Err(error) => self.failed(&error),
                }),
            },
            Ok(length) => {
                let bytes = buffer.get(..length).unwrap_or_default();
                self.channel.received(Instant::now(), bytes);
                Ok(())
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(()),
            Err(error) => Err(broken(error)),
        }
    }

    fn write(&mut self) {
        match self.stream.try_write(self.output.get(self.written..).unwrap_or_default()) {
            Ok(length) => self.written += length,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => {
                tracing::debug!(%error, "the server takes nothing more");
                self.refuses = true;
            }
        }
        if self.written == self.output.len() || self.refuses {
            self.output.clear();
            self.written = 0;
        }
    }

    /// Writes what is left, if the other side takes it soon.
    async fn flush(&mut self) {
        self.output.append(&mut self.channel.take_output());
        let _ = tokio::time::timeout(CLOSING, async {
            while self.written < self.output.len() && !self.refuses && self.stream.writable().await.is_ok() {
                self.write();
            }
        })
        .await;
    }
}

fn broken(error: io::Error) -> End {
    let text = format!("the connection is broken: {}", echo::lab::reason(&error));
    End::Failed(Refusal::because(Code::Offline, text))
}

fn unwritable(error: &dyn std::fmt::Display) -> End {
    End::Failed(Refusal::because(Code::ClientError, format!("a request cannot be written: {error}")))
}

fn unsendable(error: ChannelError) -> End {
    End::Failed(refusal(&error, true))
}

/// Bytes of one read.
const READ: usize = 64 << 10;
/// The most requests that go out in one packet.
const TOGETHER: usize = 64;
/// The most bytes that wait for the socket.
const MAX_OUTPUT: usize = 64 << 20;
/// A server that waits for another handshake than ours has the same patience. This much longer, and we hear from
/// it what it speaks.
const GRACE: Duration = Duration::from_secs(2);
/// How long an orderly end may take.
const CLOSING: Duration = Duration::from_secs(2);
