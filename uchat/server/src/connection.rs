//! One connection: one task that reads, works off requests, and writes.
//!
//! An idle connection costs little: it has no buffer of its own to read into, and what is needed for the handshake
//! or for one request lies in a box that is gone afterwards.
//!
//! Requests are answered in their order. Several send_message are on their way to the writer at once; any other
//! request waits until all before it are answered, and those after it wait for it. While something waits, or while
//! the client does not read its answers, nothing more is read: the client is held back by TCP itself.
//!
//! | file | idea |
//! |---|---|
//! | `connection/handshake.rs` | from a socket to an open channel |
//! | `connection/requests.rs` | from the channel's events to work |
//! | `connection/output.rs` | from the mailbox through the channel to the socket |

mod handshake;
mod output;
mod requests;
#[cfg(test)]
mod tests;

pub(crate) use handshake::turn_away;

use crate::accounts::presence;
use crate::bus::Session;
use crate::limits::{Pace, Places};
use crate::mailbox::{Change, Mailbox};
use crate::shared::Shared;
use framing::Message;
use rand::rngs::StdRng;
use std::cell::RefCell;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::Interest;
use tokio::net::TcpStream;
use uchat_protocol::Code;
use uchat_protocol::channel::{Channel, ChannelError};

/// Serves one connection to its end.
pub(crate) async fn serve(shared: Arc<Shared>, stream: TcpStream, address: SocketAddr, mut places: Places) {
    let opened = Box::pin(handshake::run(&shared, stream, address)).await;
    let Some((stream, channel)) = opened else { return };
    let (number, mailbox) = shared.mailboxes.open();
    match &places.refused {
        Some(reason) => mailbox.end(reason),
        None => places.handshake = None,
    }
    let mut connection = Connection::new(shared, stream, address, channel, mailbox);
    let end = connection.run().await;
    tracing::info!(from = %address, reason = %end, "disconnected");
    // Boxed, for it needs more room than all that a connection does while it is open.
    Box::pin(finish(connection, number, end)).await;
}

/// What is to be done once a connection has ended.
async fn finish(mut connection: Connection, number: u64, end: End) {
    connection.mailbox.desert();
    connection.settle().await;
    connection.shared.mailboxes.forget(number);
    if matches!(end, End::Kicked(_)) {
        connection.linger().await;
    }
}

/// A connection whose channel is open.
struct Connection {
    shared: Arc<Shared>,
    stream: TcpStream,
    address: SocketAddr,
    channel: Channel,
    mailbox: Arc<Mailbox>,
    session: Option<Arc<Session>>,
    pace: Pace,
    /// Until then nothing more is worked on or read.
    rests_until: Option<Instant>,
    /// When the last byte came.
    heard: Instant,
    /// Whether the channel may have events that were not taken.
    has_events: bool,
    /// A request that waits until those before it are answered.
    held: Option<Box<Message>>,
    /// Whether what is owed is the answer to something else than send_message.
    is_exclusive: bool,
    /// What is being done for the last request, before the writer has it.
    work: Option<Work>,
    output: output::Output,
    /// The other side sends nothing more.
    is_over: bool,
    /// Until when what remains is written, once the connection ends.
    ends_at: Option<Instant>,
}

/// Something that is being done, and answers by itself.
type Work = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Why a connection has ended, for the log.
#[derive(Debug, thiserror::Error)]
enum End {
    #[error("the client has closed the connection")]
    Closed,
    #[error("{}", .0.text())]
    Kicked(Code),
    #[error("{0}")]
    Channel(#[from] ChannelError),
    #[error("the connection broke: {0}")]
    Broken(#[from] io::Error),
}

impl Connection {
    fn new(
        shared: Arc<Shared>,
        stream: TcpStream,
        address: SocketAddr,
        channel: Channel,
        mailbox: Arc<Mailbox>,
    ) -> Self {
        let now = Instant::now();
        let pace = shared.limits.pace(now);
        Self {
            shared,
            stream,
            address,
            channel,
            mailbox,
            session: None,
            pace,
            rests_until: None,
            heard: now,
            has_events: true, // those that came together with the end of the handshake
            held: None,
            is_exclusive: false,
            work: None,
            output: output::Output::default(),
            is_over: false,
            ends_at: None,
        }
    }

    /// Works until the connection has ended.
    async fn run(&mut self) -> End {
        let timer = tokio::time::sleep_until(self.wake_at(Instant::now()).into());
        tokio::pin!(timer);
        loop {
            let now = Instant::now();
            match self.step(now) {
                Ok(None) => {}
                Ok(Some(end)) => return end,
                Err(end) => {
                    self.last_words();
                    return end;
                }
            }
            // The timer is only ever moved forward; one that fires too early costs less than moving it each time.
            let wake_at = self.wake_at(now).into();
            if wake_at < timer.deadline() || timer.is_elapsed() {
                timer.as_mut().reset(wake_at);
            }
            let interest = match (self.may_read(now), self.output.is_empty()) {
                (true, true) => Some(Interest::READABLE),
                (true, false) => Some(Interest::READABLE | Interest::WRITABLE),
                (false, false) => Some(Interest::WRITABLE),
                (false, true) => None,
            };
            let is_working = self.work.is_some();
            tokio::select! {
                ready = self.stream.ready(interest.unwrap_or(Interest::READABLE)), if interest.is_some() => {
                    if let Err(error) = ready {
                        return error.into();
                    }
                }
                () = self.mailbox.changed() => {}
                () = finished(&mut self.work), if is_working => self.work = None,
                () = &mut timer => {}
            }
        }
    }

    /// Does all that can be done without waiting. `Some`: the end, in order.
    fn step(&mut self, now: Instant) -> Result<Option<End>, End> {
        if self.may_read(now) {
            self.read(now)?;
        }
        self.check_time(now)?;
        loop {
            let had_worked = self.work_off(now)?;
            self.flush(now)?;
            // Answers that are written make room for more requests.
            if !had_worked || !self.output.is_empty() {
                break;
            }
        }
        let look = self.mailbox.look();
        let is_flushed = self.output.is_empty() && look.bytes == 0;
        let reason = match look.ended {
            Some(code) => End::Kicked(code),
            None if self.is_over && look.owed == 0 && self.work.is_none() => End::Closed,
            None => return Ok(None),
        };
        let ends_at = *self.ends_at.get_or_insert(now + LAST_WRITES);
        if is_flushed || now >= ends_at {
            with_random(&self.shared, |random| self.channel.close(random))?;
            self.last_words();
            return Ok(Some(reason));
        }
        Ok(None)
    }

    /// Reads what is there into a buffer that all connections of this thread share.
    fn read(&mut self, now: Instant) -> Result<(), End> {
        let read = BUFFER.with_borrow_mut(|buffer| -> io::Result<usize> {
            let count = self.stream.try_read(buffer)?;
            self.channel.received(now, &buffer[..count]);
            Ok(count)
        });
        match read {
            Ok(0) => {
                self.channel.end_of_stream()?;
                self.is_over = true;
            }
            Ok(count) => {
                self.heard = now;
                self.has_events = true;
                if let Err(rest) = self.pace.bytes(count, now) {
                    self.rests_until = Some(now + rest);
                }
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    /// Whether more is to be read: all that came has been worked off, and the client takes its answers.
    fn may_read(&self, now: Instant) -> bool {
        !self.has_events
            && self.held.is_none()
            && !self.is_over
            && self.ends_at.is_none()
            && self.is_rested(now)
            && self.output.len() < ENOUGH
    }

    fn is_rested(&self, now: Instant) -> bool {
        self.rests_until.is_none_or(|until| until <= now)
    }

    /// Ends what takes too long.
    fn check_time(&mut self, now: Instant) -> Result<(), End> {
        with_random(&self.shared, |random| self.channel.check_time(now, random))?;
        if self.output.since().is_some_and(|since| now >= since + SLOWEST) {
            self.mailbox.end(&Code::TooSlow.into());
        }
        if now >= self.heard + self.patience() && self.work.is_none() && self.mailbox.look().owed == 0 {
            self.mailbox.end(&Code::Idle.into());
        }
        Ok(())
    }

    /// How long the client may say nothing.
    fn patience(&self) -> Duration {
        if self.session.is_some() { IDLE } else { IDLE_STRANGER }
    }

    /// When to look again, should nothing happen until then.
    fn wake_at(&self, now: Instant) -> Instant {
        // A time that has passed and changed nothing is not waited for again.
        let later = |at: Instant| if at > now { at } else { now + Duration::from_secs(1) };
        let channel = self.channel.deadline().map(|deadline| deadline.at);
        let slowest = self.output.since().map(|since| since + SLOWEST);
        let idle = Some(self.heard + self.patience());
        let times = [channel, slowest, idle, self.rests_until, self.ends_at];
        times.into_iter().flatten().map(later).min().unwrap_or(now + IDLE)
    }

    /// Waits for what is still being done in this connection's name, then tells others that the user is gone.
    async fn settle(&mut self) {
        if let Some(work) = self.work.take() {
            work.await;
        }
        while self.mailbox.look().owed > 0 {
            self.mailbox.changed().await;
        }
        self.take_change();
        if let Some(session) = self.session.take() {
            presence::leave(&self.shared, &session).await;
        }
    }

    fn take_change(&mut self) {
        match self.mailbox.changed_session() {
            Some(Change::Begun(session)) => self.session = Some(session),
            Some(Change::Ended) => self.session = None,
            None => {}
        }
    }
}

/// Waits for work, if there is any.
async fn finished(work: &mut Option<Work>) {
    if let Some(work) = work {
        work.await;
    }
}

/// Randomness for what a channel sends: one source for all connections of this thread, for it is larger than many a
/// connection.
fn with_random<T>(shared: &Shared, work: impl FnOnce(&mut StdRng) -> T) -> T {
    RANDOM.with_borrow_mut(|random| work(random.get_or_insert_with(|| shared.random())))
}

thread_local! {
    static BUFFER: RefCell<Vec<u8>> = RefCell::new(vec![0; PIECE]);
    static RANDOM: RefCell<Option<StdRng>> = const { RefCell::new(None) };
}

/// Bytes that are read at once.
const PIECE: usize = 64 << 10;
/// Bytes that wait to be written, above which no more requests are taken.
const ENOUGH: usize = 256 << 10;
/// How old what waits to be written may be.
const SLOWEST: Duration = Duration::from_secs(30);
/// How long a client that is logged in may say nothing: it sends client_echo every minute.
const IDLE: Duration = Duration::from_secs(300);
/// How long one that is not may say nothing.
const IDLE_STRANGER: Duration = Duration::from_secs(30);
/// How long the last writes of a connection may take.
const LAST_WRITES: Duration = Duration::from_secs(5);
