//! A socket whose every wait has an end, and which says in a sentence what went wrong.

use crate::case::{Outcome, Wrong, same, seconds};
use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// A connection to the server.
#[derive(Debug)]
pub(crate) struct Wire {
    stream: TcpStream,
    patience: Duration,
}

/// The most bytes that are read where only the end is awaited.
const MOST: usize = 1 << 20;

/// What one wait for bytes ended in.
enum Came {
    Bytes(usize),
    End,
    Silence,
}

impl Wire {
    pub(crate) fn connect(address: SocketAddr, patience: Duration) -> Outcome<Self> {
        let failed = |error| Wrong::failed(format!("cannot connect: {error}"));
        let stream = TcpStream::connect_timeout(&address, patience).map_err(failed)?;
        stream.set_nodelay(true).map_err(failed)?; // pieces must travel as pieces
        stream.set_write_timeout(Some(patience)).map_err(failed)?;
        Ok(Self { stream, patience })
    }

    /// Sends what the server must take.
    pub(crate) fn send(&mut self, bytes: &[u8]) -> Outcome {
        self.write(bytes, self.patience_for(bytes.len()))
            .map_err(|error| Wrong::failed(format!("the server does not take what is sent: {error}")))
    }

    /// Sends every byte in a write of its own, with a pause after the first and a short one after each other, so that
    /// the server reads them as pieces.
    pub(crate) fn drip(&mut self, bytes: &[u8]) -> Outcome {
        for (place, byte) in bytes.iter().enumerate() {
            self.send(&[*byte])?;
            std::thread::sleep(Duration::from_millis(if place == 0 { 30 } else { 1 }));
        }
        Ok(())
    }

    /// Sends what the server need not take: it may have closed already, as it should.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        let _ = self.write(bytes, self.patience);
    }

    /// Says that nothing more will be sent. The other direction stays open.
    pub(crate) fn finish(&mut self) {
        let _ = self.stream.shutdown(Shutdown::Write);
    }

    /// Sends and reads at the same time, so that neither side waits for the other's full buffers.
    pub(crate) fn exchange(&mut self, bytes: &[u8], expected: &[u8]) -> Outcome {
        let failed = |error| Wrong::failed(format!("the socket cannot be shared: {error}"));
        let mut writer = self.stream.try_clone().map_err(failed)?;
        std::thread::scope(|scope| {
            let writing = scope.spawn(move || writer.write_all(bytes));
            let heard = self.expect(expected);
            if heard.is_err() {
                let _ = self.stream.shutdown(Shutdown::Both); // wakes the writer
            }
            let _ = writing.join();
            heard
        })
    }

    /// Exactly so many bytes.
    pub(crate) fn read(&mut self, length: usize) -> Outcome<Vec<u8>> {
        let mut bytes = vec![0; length];
        match self.fill(&mut bytes)? {
            None => Ok(bytes),
            Some((read, what)) => {
                bytes.truncate(read);
                Err(Wrong::Failed { what, expected: None, found: Some(bytes) })
            }
        }
    }

    /// Exactly these bytes.
    pub(crate) fn expect(&mut self, expected: &[u8]) -> Outcome {
        let mut found = vec![0; expected.len()];
        match self.fill(&mut found)? {
            None => same("other bytes came", expected, &found),
            Some((read, what)) => {
                found.truncate(read);
                Err(Wrong::bytes(what, expected, &found))
            }
        }
    }

    /// Not a byte comes for this long, and the server does not close.
    pub(crate) fn quiet(&mut self, wait: Duration) -> Outcome {
        let mut piece = [0; 4096];
        match self.wait(&mut piece, Instant::now() + wait)? {
            Came::Silence => Ok(()),
            Came::End => Err(Wrong::failed("the server closed")),
            Came::Bytes(length) => {
                Err(Wrong::bytes("the server said something unasked", b"", &piece[..length]))
            }
        }
    }

    /// The server closes, and sends not a byte before it does.
    pub(crate) fn closes(&mut self) -> Outcome {
        self.closes_within(self.patience)
    }

    /// The same, with another patience.
    pub(crate) fn closes_within(&mut self, wait: Duration) -> Outcome {
        let found = self.rest(wait)?;
        same("the server should close without a byte, but it sent some", b"", &found)
    }

    /// The server closes, whatever it sends before.
    pub(crate) fn ends(&mut self) -> Outcome {
        self.rest(self.patience).map(drop)
    }

    /// All that comes until the server closes; a mebibyte at the most, since nobody knows how much it would be.
    pub(crate) fn rest(&mut self, wait: Duration) -> Outcome<Vec<u8>> {
        let end = Instant::now() + wait;
        let (mut all, mut piece) = (Vec::new(), [0; 16 << 10]);
        loop {
            match self.wait(&mut piece, end)? {
                Came::Bytes(_) if all.len() > MOST => {
                    return Err(Wrong::failed(format!("the server sent more than {MOST} bytes and no end")));
                }
                Came::Bytes(length) => all.extend_from_slice(&piece[..length]),
                Came::End => return Ok(all),
                Came::Silence => {
                    return Err(Wrong::Failed {
                        what: format!("the server did not close within {}", seconds(wait)),
                        expected: None,
                        found: Some(all),
                    });
                }
            }
        }
    }

    /// Whatever comes next, at least a byte; empty at the end of the stream.
    pub(crate) fn some(&mut self) -> Outcome<Vec<u8>> {
        let mut piece = [0; 16 << 10];
        match self.wait(&mut piece, Instant::now() + self.patience)? {
            Came::Bytes(length) => Ok(piece[..length].to_vec()),
            Came::End => Ok(Vec::new()),
            Came::Silence => Err(Wrong::failed(format!("nothing came within {}", seconds(self.patience)))),
        }
    }

    /// Sends to a server that may not take it; whether all of it went out soon.
    pub(crate) fn flood(&mut self, bytes: &[u8]) -> bool {
        self.write(bytes, Duration::from_millis(300)).is_ok()
    }

    /// Writes all of it within this while.
    fn write(&mut self, mut bytes: &[u8], wait: Duration) -> std::io::Result<()> {
        let end = Instant::now() + wait;
        while !bytes.is_empty() {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(ErrorKind::TimedOut.into());
            }
            self.stream.set_write_timeout(Some(left))?;
            match self.stream.write(bytes) {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(length) => bytes = &bytes[length..],
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Fills `bytes`; if that cannot be: how far, and why, in a sentence.
    fn fill(&mut self, bytes: &mut [u8]) -> Outcome<Option<(usize, String)>> {
        let (patience, length) = (self.patience_for(bytes.len()), bytes.len());
        let (end, mut read) = (Instant::now() + patience, 0);
        while read < length {
            let why = match self.wait(&mut bytes[read..], end)? {
                Came::Bytes(more) => {
                    read += more;
                    continue;
                }
                Came::End => "the server closed".to_owned(),
                Came::Silence => format!("no more came within {}", seconds(self.patience)),
            };
            return Ok(Some((read, format!("{read} of {length} bytes came, then {why}"))));
        }
        Ok(None)
    }

    /// How long so many bytes may take, in whatever pieces they come: a mebibyte one second more than a few.
    fn patience_for(&self, bytes: usize) -> Duration {
        self.patience + Duration::from_millis(bytes as u64 / 1024)
    }

    fn wait(&mut self, piece: &mut [u8], end: Instant) -> Outcome<Came> {
        loop {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(Came::Silence);
            }
            let failed = |error| Wrong::failed(format!("reading failed: {error}"));
            self.stream.set_read_timeout(Some(left)).map_err(failed)?;
            match self.stream.read(piece) {
                Ok(0) => return Ok(Came::End),
                Ok(length) => return Ok(Came::Bytes(length)),
                Err(error) => match error.kind() {
                    ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted => {}
                    // What was still under way is lost to the one who closed first; it is an end all the same.
                    ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe => {
                        return Ok(Came::End);
                    }
                    _ => return Err(failed(error)),
                },
            }
        }
    }
}
