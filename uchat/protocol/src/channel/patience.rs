//! How long a channel waits: for the whole handshake, then for each message from its first byte.

use super::{ChannelError, PATIENCE};
use socketserver::Deadline;
use std::time::Instant;

/// The two limits, and the latest moment that we were told.
#[derive(Debug)]
pub(super) struct Patience {
    now: Instant,
    /// `None` once the handshake is done.
    handshake_end: Option<Instant>,
    /// When the first byte of an unfinished message came.
    since: Option<Instant>,
}

impl Patience {
    pub(super) fn new(now: Instant) -> Self {
        Self { now, handshake_end: Some(now + PATIENCE), since: None }
    }

    /// The handshake is done.
    pub(super) fn handshake_done(&mut self) {
        self.handshake_end = None;
    }

    /// It is this late.
    pub(super) fn tell(&mut self, now: Instant) {
        self.now = self.now.max(now);
    }

    /// A message is whole.
    pub(super) fn whole(&mut self) {
        self.since = None;
    }

    /// So many bytes of an unfinished message are there. Counted from the first one: a byte now and then must not
    /// buy more time.
    pub(super) fn unfinished(&mut self, bytes: usize) {
        self.since = if bytes > 0 { self.since.or(Some(self.now)) } else { None };
    }

    pub(super) fn deadline(&self) -> Option<Deadline> {
        match (self.handshake_end, self.since) {
            (Some(at), _) => Some(Deadline { at, reason: LATE_HANDSHAKE }),
            (None, since) => since.map(|since| Deadline { at: since + PATIENCE, reason: LATE_MESSAGE }),
        }
    }

    /// It is this late; is it too late?
    pub(super) fn check_at(&mut self, now: Instant) -> Result<(), ChannelError> {
        self.tell(now);
        self.check()
    }

    pub(super) fn check(&self) -> Result<(), ChannelError> {
        match self.deadline() {
            Some(deadline) if self.now >= deadline.at => Err(ChannelError::Late(deadline.reason)),
            _ => Ok(()),
        }
    }
}

pub(super) const LATE_HANDSHAKE: &str =
    "the handshake was not done within 10 s; is the other side on the same --lesson or --tls?";
const LATE_MESSAGE: &str = "a message was not complete within 10 s";
