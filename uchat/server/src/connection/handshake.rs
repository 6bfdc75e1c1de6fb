//! From a socket to an open channel. Its arithmetic takes milliseconds, so it is done on other threads, a few
//! handshakes at once: those who are connected already do not wait for it.

use crate::shared::Shared;
use rand::rngs::StdRng;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant, SystemTime};
use tokio::net::TcpStream;
use tokio::time::timeout_at;
use uchat_protocol::channel::{Channel, ChannelError, Event, PATIENCE};

/// Why there is no channel, for the log.
#[derive(Debug, thiserror::Error)]
enum NoChannel {
    #[error("{0}")]
    Channel(#[from] ChannelError),
    #[error("the connection broke: {0}")]
    Broken(#[from] io::Error),
    #[error("the client does not read what the handshake says")]
    Unread,
    #[error("the server is stopping")]
    Stopping,
}

/// A channel to the client at `address`; `None` if there is none, which the log is told.
pub(super) async fn run(
    shared: &Arc<Shared>,
    stream: TcpStream,
    address: SocketAddr,
) -> Option<(TcpStream, Channel)> {
    match open(shared, &stream).await {
        Ok(channel) => {
            tracing::debug!(from = %address, "connected");
            Some((stream, channel))
        }
        Err(error) => {
            if shared.lines.failed_handshakes.is_written() {
                tracing::info!(from = %address, %error, "the handshake failed");
            }
            None
        }
    }
}

/// Ends a connection for which there is no room, with the alert that the transport has before keys exist: on the signed
/// channel one byte in a frame, on the others nothing. A client takes both for a connection that broke, and comes back.
pub(crate) fn turn_away(shared: &Shared, stream: TcpStream) {
    let setup = Arc::clone(&shared.setup.read().unwrap_or_else(PoisonError::into_inner));
    let (now, mut random) = (Instant::now(), shared.random());
    let Ok(mut channel) = Channel::server(&setup, SystemTime::now(), now, &mut random) else { return };
    // A challenge is nothing to end with: who answers it and is closed believes that the access key was wrong.
    drop(channel.take_output());
    // As if the client had been too slow, the one thing that ends a channel from this side.
    if channel.check_time(now + PATIENCE, &mut random).is_err() {
        let alert = channel.take_output();
        let written = stream.into_std().and_then(|mut stream| stream.write_all(&alert));
        drop(written); // it fits into an empty buffer, or the client is gone
    }
}

async fn open(shared: &Arc<Shared>, stream: &TcpStream) -> Result<Channel, NoChannel> {
    stream.set_nodelay(true)?;
    let setup = Arc::clone(&shared.setup.read().unwrap_or_else(PoisonError::into_inner));
    let mut random = shared.random();
    let mut channel = Channel::server(&setup, SystemTime::now(), Instant::now(), &mut random)?;
    loop {
        let (after, random_after, event) = step(shared, channel, random).await?;
        (channel, random) = (after, random_after);
        let end = channel.deadline().map_or_else(|| Instant::now() + LAST_WORDS, |deadline| deadline.at);
        let output = channel.take_output();
        timeout_at(end.into(), write_all(stream, &output)).await.map_err(|_| NoChannel::Unread)??;
        match event? {
            Some(Event::Ready) => return Ok(channel),
            Some(_) => continue,
            None => {}
        }
        match timeout_at(end.into(), stream.readable()).await {
            Ok(ready) => {
                ready?;
                read(stream, &mut channel)?;
            }
            Err(_) => {
                let late = channel.check_time(Instant::now(), &mut random);
                let last_words = channel.take_output();
                drop(stream.try_write(&last_words)); // whoever is so late may miss them
                late?;
            }
        }
    }
}

/// Takes the next event, on a thread that may compute for a while.
async fn step(
    shared: &Arc<Shared>,
    mut channel: Channel,
    mut random: StdRng,
) -> Result<(Channel, StdRng, Result<Option<Event>, ChannelError>), NoChannel> {
    let turn = Arc::clone(&shared.handshake_turns).acquire_owned().await;
    let done = tokio::task::spawn_blocking(move || {
        let event = channel.event(&mut random);
        drop(turn);
        (channel, random, event)
    });
    done.await.map_err(|_| NoChannel::Stopping)
}

fn read(stream: &TcpStream, channel: &mut Channel) -> Result<(), NoChannel> {
    let mut buffer = [0; PIECE];
    match stream.try_read(&mut buffer) {
        Ok(0) => {
            channel.end_of_stream()?;
            Err(io::Error::from(io::ErrorKind::UnexpectedEof).into())
        }
        Ok(count) => {
            channel.received(Instant::now(), &buffer[..count]);
            Ok(())
        }
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(()),
        Err(error) => Err(error.into()),
    }
}

async fn write_all(stream: &TcpStream, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        stream.writable().await?;
        match stream.try_write(bytes) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(count) => bytes = &bytes[count..],
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Bytes that are read at once: a message of a handshake has a few KiB.
const PIECE: usize = 4 << 10;
/// How long the alert after a failure may take.
const LAST_WORDS: Duration = Duration::from_secs(1);
