//! The client's side: the channel on a socket that waits.

use crate::connection::{Connection, Event};
use crate::folder::system_random;
use crate::handshake::{ChannelError, ClientConfig, Peer};
use crate::x509::ServerName;
use echo::lab::{self, Failure, io_failure};
use framing::Message;
use rand::rngs::StdRng;
use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

/// A connection to a server that has proved who it is.
#[derive(Debug)]
pub struct ChannelStream {
    stream: TcpStream,
    patience: Option<Duration>,
    connection: Connection,
    random: StdRng,
}

impl ChannelStream {
    /// Connects to `server` and takes the handshake to its end: who the other side is, is known then.
    ///
    /// # Errors
    /// A sentence: nobody listens, the handshake fails, the other side closes or stays silent.
    pub fn connect(
        server: SocketAddr,
        patience: Option<Duration>,
        config: Arc<ClientConfig>,
        name: ServerName,
    ) -> Result<(Self, Peer), Failure> {
        Self::connect_with(server, patience, |random| {
            Connection::client(config, name, SystemTime::now(), Instant::now(), random)
        })
    }

    /// The same with a connection that `begin` makes.
    pub(crate) fn connect_with(
        server: SocketAddr,
        patience: Option<Duration>,
        begin: impl FnOnce(&mut StdRng) -> Result<Connection, ChannelError>,
    ) -> Result<(Self, Peer), Failure> {
        let stream = lab::connect(server, patience)?;
        let mut random = system_random()?;
        let connection = begin(&mut random).map_err(failed)?;
        let mut channel = Self { stream, patience, connection, random };
        match channel.wait()? {
            Event::HandshakeDone(peer) => Ok((channel, *peer)),
            Event::Message(_) | Event::Closed => Err(failed(ChannelError::NotOpen)), // the handshake is first
        }
    }

    /// Sends a message and waits for one.
    pub fn request(&mut self, message: &Message) -> Result<Message, Failure> {
        self.connection.send_message(&mut self.random, message).map_err(failed)?;
        match self.wait()? {
            Event::Message(answer) => Ok(answer),
            Event::Closed => Err(Failure::new("the server closed instead of answering")),
            Event::HandshakeDone(_) => Err(failed(ChannelError::NotOpen)), // it was done long ago
        }
    }

    /// Says goodbye and waits for the server's: then nothing was cut off.
    pub fn close(mut self) -> Result<(), Failure> {
        self.connection.close(&mut self.random).map_err(failed)?;
        match self.wait()? {
            Event::Closed => Ok(()),
            _ => Err(Failure::new("the server said more than it was asked for")),
        }
    }

    /// The next event, however many reads it takes.
    fn wait(&mut self) -> Result<Event, Failure> {
        let mut piece = vec![0; PIECE];
        loop {
            let event = self.connection.event(&mut self.random);
            let sent = self.flush();
            if let Some(event) = event.map_err(|e| self.give_up(&e))? {
                return Ok(event);
            }
            // If the other side has closed, the read tells more than the write.
            if let Err(error) = sent
                && lab::timed_out(&error)
            {
                return Err(io_failure("the message could not be sent", &error));
            }
            self.set_patience()?;
            match self.stream.read(&mut piece) {
                Ok(0) => {
                    self.connection.end_of_stream().map_err(failed)?;
                    return Err(Failure::new("the server has closed the connection"));
                }
                Ok(length) => self.connection.received(Instant::now(), &piece[..length]),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if lab::timed_out(&error) => {
                    // Either our own rules end it here, or the user's patience does.
                    let in_time = self.connection.check_time(Instant::now(), &mut self.random);
                    in_time.map_err(|e| self.give_up(&e))?;
                    return Err(io_failure("no answer came", &error));
                }
                Err(error) => return Err(io_failure("no answer came", &error)),
            }
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.stream.write_all(&self.connection.take_output())
    }

    /// Waits no longer than the user wants, nor than the connection itself.
    fn set_patience(&self) -> Result<(), Failure> {
        let left = self.connection.deadline().map(|end| end.at.saturating_duration_since(Instant::now()));
        let patience = [self.patience, left.map(|left| left.max(SOON))].into_iter().flatten().min();
        self.stream.set_read_timeout(patience).map_err(|e| io_failure("the socket refuses its settings", &e))
    }

    /// Sends the alert that is in the output and ends the stream behind it.
    fn give_up(&mut self, error: &ChannelError) -> Failure {
        // Whatever comes of it: the error is what counts.
        let _ = self.flush().and_then(|()| self.stream.shutdown(Shutdown::Write));
        Failure::new(error.to_string())
    }
}

fn failed(error: ChannelError) -> Failure {
    Failure::new(error.to_string())
}

const PIECE: usize = 16 << 10;
/// A socket takes no wait of zero.
const SOON: Duration = Duration::from_millis(1);
