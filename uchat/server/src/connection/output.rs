//! From the mailbox through the channel to the socket: what waits goes out together.

use super::{Connection, ENOUGH, End, with_random};
use std::io;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;

/// Sealed bytes on their way to the socket.
#[derive(Debug, Default)]
pub(super) struct Output {
    bytes: Vec<u8>,
    written: usize,
    since: Option<Instant>,
}

impl Output {
    /// Whether all is written.
    pub(super) fn is_empty(&self) -> bool {
        self.written == self.bytes.len()
    }

    /// Bytes that wait.
    pub(super) fn len(&self) -> usize {
        self.bytes.len() - self.written
    }

    /// Since when the oldest of them has waited.
    pub(super) fn since(&self) -> Option<Instant> {
        self.since
    }

    fn add(&mut self, bytes: Vec<u8>, since: Option<Instant>) {
        if bytes.is_empty() {
            return;
        }
        self.since = self.since.or(since);
        if self.is_empty() {
            (self.bytes, self.written) = (bytes, 0);
        } else {
            self.bytes.extend_from_slice(&bytes);
        }
    }
}

impl Connection {
    /// Writes what waits, as far as the socket takes it.
    pub(super) fn flush(&mut self, now: Instant) -> Result<(), End> {
        loop {
            self.write()?;
            if !self.output.is_empty() || !self.seal(now)? {
                return Ok(());
            }
        }
    }

    /// Writes to the socket; the rest stays.
    fn write(&mut self) -> Result<(), End> {
        while !self.output.is_empty() {
            match self.stream.try_write(&self.output.bytes[self.output.written..]) {
                Ok(0) => return Err(io::Error::from(io::ErrorKind::WriteZero).into()),
                Ok(count) => self.output.written += count,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error.into()),
            }
        }
        self.output = Output::default(); // an idle connection keeps no buffer
        Ok(())
    }

    /// Seals the next messages; whether there were any.
    fn seal(&mut self, now: Instant) -> Result<bool, End> {
        let mut messages = Vec::new();
        let since = self.mailbox.take(ENOUGH, &mut messages);
        if !messages.is_empty() {
            with_random(&self.shared, |random| {
                self.channel.send(random, messages.iter().map(|message| &message[..]))
            })?;
        }
        // The channel may have something to say by itself, too.
        self.output.add(self.channel.take_output(), since.or(Some(now)));
        Ok(!self.output.is_empty())
    }

    /// Waits a moment for the client to close as well. A socket that is closed while bytes are unread resets the
    /// connection, and the reason that was written last can get lost with it (RFC 1122, section 4.2.2.13).
    pub(super) async fn linger(&mut self) {
        let until_closed = async {
            self.stream.shutdown().await?;
            while self.stream.read(&mut [0; 1 << 10]).await? > 0 {}
            io::Result::Ok(())
        };
        // Whether it was in time, and how it ended, changes nothing any more.
        drop(timeout(LINGER, until_closed).await);
    }

    /// Writes what the channel says at its end, if the socket takes it.
    pub(super) fn last_words(&mut self) {
        self.output.add(self.channel.take_output(), None);
        if let Err(error) = self.write() {
            tracing::debug!(from = %self.address, %error, "the last words could not be written");
        }
    }
}

/// How long a client that is sent away may take to close.
const LINGER: Duration = Duration::from_millis(500);
