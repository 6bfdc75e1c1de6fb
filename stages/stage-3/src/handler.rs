//! What a server does with one connection, told without sockets: bytes and time in, bytes out.

use std::borrow::Cow;
use std::time::Instant;

/// The life of one connection. A server calls [`setup`](Self::setup) once, [`handle`](Self::handle) for
/// every read, and [`finish`](Self::finish) once, however it ends.
///
/// A handler never waits and never touches the socket. Whatever it wants to send it appends to `out`;
/// whatever it wants to wait for it keeps in its own fields, with a [`Deadline`] if it must not take for
/// ever. So the same handler serves under every model, and none of them can be blocked by it.
// ANCHOR: request_handler
pub trait RequestHandler: Send + 'static {
    /// The client has connected.
    fn setup(&mut self, now: Instant, out: &mut Vec<u8>) -> Result<(), Close> {
        let _ = (now, out);
        Ok(())
    }

    /// Bytes have arrived: what one read returned, which may be half a message or three.
    fn handle(&mut self, now: Instant, received: &[u8], out: &mut Vec<u8>) -> Result<(), Close>;

    /// All of `out` is sent. A long answer is made piece by piece: the next one is appended here, and this
    /// is called again, before anything more is read, until it appends nothing.
    fn refill(&mut self, now: Instant, out: &mut Vec<u8>) -> Result<(), Close> {
        let _ = (now, out);
        Ok(())
    }

    /// The client has closed its side. Returns what the log will say.
    fn left(&mut self) -> Cow<'static, str> {
        "left".into()
    }

    /// When to end the connection if nothing changes before.
    fn deadline(&self) -> Option<Deadline> {
        None
    }

    /// The connection has ended.
    fn finish(&mut self) {}
}
// ANCHOR_END: request_handler

/// Ends a connection; what is in `out` is still sent. Holds a sentence for the server's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Close(pub Cow<'static, str>);

impl Close {
    /// For this reason.
    pub fn because(reason: impl Into<Cow<'static, str>>) -> Self {
        Self(reason.into())
    }
}

/// A moment at which patience ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadline {
    /// When.
    pub at: Instant,
    /// What the log will say.
    pub reason: &'static str,
}
