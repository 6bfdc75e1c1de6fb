//! What every server model does with a handler: begin, feed, end, and the log.

use crate::{Close, Deadline, RequestHandler};
use echo::lab::{self, Failure};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

/// Clients served at the same time; more are turned away. A bound that a class never reaches, and a
/// flood of connections does.
pub const MOST_CLIENTS: usize = 10_000;

/// The end of a client that leaves its answers lying.
pub(crate) const STALLED: &str = "gone: it does not take its answers";

/// Makes a handler for each client and counts the clients.
#[derive(Debug)]
pub(crate) struct Sessions<F> {
    make: F,
    open: Arc<AtomicUsize>,
}

impl<F, H> Sessions<F>
where
    F: Fn(SocketAddr) -> Result<H, Failure>,
    H: RequestHandler,
{
    pub(crate) fn new(make: F) -> Self {
        Self { make, open: Arc::default() }
    }

    /// Begins a session with a new client; `None` turns it away.
    pub(crate) fn begin(&self, peer: SocketAddr) -> Option<Session<H>> {
        let place = Place::take(&self.open);
        if self.open.load(Ordering::SeqCst) > MOST_CLIENTS {
            lab::log(format_args!("{peer} turned away: {MOST_CLIENTS} clients are connected already"));
            return None;
        }
        let handler = match (self.make)(peer) {
            Ok(handler) => handler,
            Err(failure) => {
                lab::log(format_args!("{peer} turned away: {failure}"));
                return None;
            }
        };
        lab::log(format_args!("{peer} connected"));
        let mut session = Session { handler, peer, out: Vec::new(), ended: None, _place: place };
        if let Err(Close(reason)) = session.handler.setup(Instant::now(), &mut session.out) {
            session.ended = Some(reason.into_owned());
        }
        Some(session)
    }
}

/// One client. Dropping it calls the handler's `finish` and writes the log's last line, in every model
/// and on every path.
#[derive(Debug)]
pub(crate) struct Session<H: RequestHandler> {
    handler: H,
    peer: SocketAddr,
    /// What waits to be sent.
    pub(crate) out: Vec<u8>,
    ended: Option<String>,
    _place: Place,
}

impl<H: RequestHandler> Session<H> {
    /// What one read returned; nothing means that the client has closed.
    pub(crate) fn received(&mut self, bytes: &[u8]) {
        if bytes.is_empty() {
            self.ended = Some(self.handler.left().into_owned());
        } else if let Err(Close(reason)) = self.handler.handle(Instant::now(), bytes, &mut self.out) {
            self.ended = Some(reason.into_owned());
        }
    }

    /// All of `out` is sent: whether there is more to send, or to end.
    pub(crate) fn refill(&mut self) -> bool {
        if let Err(Close(reason)) = self.handler.refill(Instant::now(), &mut self.out) {
            self.ended = Some(reason.into_owned());
        }
        !self.out.is_empty() || self.ended()
    }

    /// Whether to close once `out` is sent.
    pub(crate) fn ended(&self) -> bool {
        self.ended.is_some()
    }

    /// Ends it for `reason`, unless it has already ended for another one.
    pub(crate) fn end(&mut self, reason: impl Into<String>) {
        self.ended.get_or_insert(reason.into());
    }

    /// The socket failed.
    pub(crate) fn failed(&mut self, error: &std::io::Error) {
        self.out = Vec::new();
        self.end(format!("gone: {}", lab::reason(error)));
    }

    /// The socket takes nothing more.
    pub(crate) fn write_failed(&mut self, error: &std::io::Error) {
        if lab::timed_out(error) {
            self.end(STALLED);
        }
        self.failed(error);
    }

    /// When patience with this client ends.
    pub(crate) fn deadline(&self) -> Option<Deadline> {
        self.handler.deadline()
    }
}

impl<H: RequestHandler> Drop for Session<H> {
    fn drop(&mut self) {
        self.handler.finish();
        let reason = self.ended.as_deref().unwrap_or("sent away: the server ends");
        lab::log(format_args!("{} {reason}", self.peer));
    }
}

/// One of the places for clients, given back when dropped.
#[derive(Debug)]
struct Place(Arc<AtomicUsize>);

impl Place {
    fn take(open: &Arc<AtomicUsize>) -> Self {
        open.fetch_add(1, Ordering::SeqCst);
        Self(Arc::clone(open))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}
