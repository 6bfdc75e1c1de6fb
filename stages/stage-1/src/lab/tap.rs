//! A tap on the wire: a relay between two programs that notes every byte that passes.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Which way bytes travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// From the one who connected.
    ToServer,
    /// From the one who listened.
    ToClient,
}

/// Something that happened on a tapped connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Counts the connections through this tap from 0.
    pub connection: usize,
    /// Who sent it, or who closed.
    pub direction: Direction,
    /// What it was.
    pub what: What,
}

/// What a tap can see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// The bytes of one read.
    Bytes(Vec<u8>),
    /// This direction will carry no more.
    Closed,
}

/// A relay on a free loopback port. It ends when it is dropped; connections through it end by themselves.
#[derive(Debug)]
pub struct Tap {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    events: Mutex<Vec<Event>>,
    changed: Condvar,
    ended: AtomicBool,
    /// How much was ever noted.
    bytes: AtomicUsize,
}

impl Tap {
    /// Starts relaying to `server`.
    pub fn start(server: SocketAddr) -> io::Result<Self> {
        Self::on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?, server)
    }

    /// Starts relaying to `server`, but cuts each connection once the client has sent `limit` bytes.
    pub fn cutting(server: SocketAddr, limit: usize) -> io::Result<Self> {
        Self::with(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?, server, limit)
    }

    /// Starts relaying what arrives at `listener` to `server`.
    pub fn on(listener: TcpListener, server: SocketAddr) -> io::Result<Self> {
        Self::with(listener, server, usize::MAX)
    }

    fn with(listener: TcpListener, server: SocketAddr, limit: usize) -> io::Result<Self> {
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared::default());
        let tap = Self { address, shared: Arc::clone(&shared) };
        std::thread::Builder::new().name("tap".into()).spawn(move || {
            for (connection, client) in listener.incoming().enumerate() {
                if shared.ended.load(Ordering::SeqCst) {
                    return;
                }
                let shared = Arc::clone(&shared);
                let note = move |direction, what| shared.note(Event { connection, direction, what });
                // A connection that cannot be relayed is dropped, which its client sees at once.
                let _ = client.and_then(|client| {
                    let server = TcpStream::connect_timeout(&server, CONNECT_PATIENCE)?;
                    relay(client, server, limit, note)
                });
            }
        })?;
        Ok(tap)
    }

    /// Where clients connect instead of to the server.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Takes what was seen since the last call.
    #[must_use]
    pub fn take(&self) -> Vec<Event> {
        std::mem::take(&mut self.shared.lock())
    }

    /// Waits until `enough` says so, or for `limit`, and takes what was seen.
    #[must_use]
    pub fn take_when(&self, limit: Duration, enough: impl Fn(&[Event]) -> bool) -> Vec<Event> {
        let end = Instant::now() + limit;
        let mut events = self.shared.lock();
        while !enough(&events) {
            let Some(left) = end.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) else {
                break;
            };
            let waited = self.shared.changed.wait_timeout(events, left);
            events = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        std::mem::take(&mut events)
    }

    /// Waits until both directions of `connection` are closed, or for `limit`, and takes what was seen.
    #[must_use]
    pub fn take_closed(&self, limit: Duration, connection: usize) -> Vec<Event> {
        let closing = |event: &&Event| event.connection == connection && event.what == What::Closed;
        self.take_when(limit, |events| events.iter().filter(closing).count() == 2)
    }
}

impl Drop for Tap {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::SeqCst);
        // `accept` cannot be interrupted, but a last visitor wakes it.
        let _ = TcpStream::connect_timeout(&self.address, CONNECT_PATIENCE);
    }
}

impl Shared {
    fn note(&self, event: Event) {
        let mut events = self.lock();
        // A tap is for short sessions; one that is left open forgets the rest instead of growing.
        let keep = match &event.what {
            What::Bytes(bytes) => self.bytes.fetch_add(bytes.len() + EVENT, Ordering::SeqCst) < MAX_BYTES,
            What::Closed => true,
        };
        if keep {
            events.push(event);
        }
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Event>> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Copies bytes both ways in two threads, reporting each read *before* it is passed on: whoever has
/// seen an answer arrive can rely on the report. After `limit` bytes from the client it cuts the connection.
fn relay(
    client: TcpStream,
    server: TcpStream,
    limit: usize,
    note: impl Fn(Direction, What) + Clone + Send + 'static,
) -> io::Result<()> {
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let ways = [
        (Direction::ToServer, client.try_clone()?, server.try_clone()?),
        (Direction::ToClient, server, client),
    ];
    for (direction, from, mut to) in ways {
        let note = note.clone();
        let mut left = if direction == Direction::ToServer { limit } else { usize::MAX };
        watch(from.try_clone()?, move |what| {
            note(direction, what.clone());
            match what {
                What::Bytes(bytes) => {
                    let passed = bytes.len().min(left);
                    left -= passed;
                    let alive = to.write_all(&bytes[..passed]).is_ok() && left > 0;
                    if !alive {
                        // Both halves of both connections: each side sees the other one vanish.
                        let _ = (to.shutdown(Shutdown::Both), from.shutdown(Shutdown::Both));
                    }
                    alive
                }
                What::Closed => to.shutdown(Shutdown::Write).is_ok(),
            }
        })?;
    }
    Ok(())
}

/// Reads `from` in a thread of its own and reports each read, and at last the end, to `seen`, until that
/// returns `false`.
pub fn watch(mut from: TcpStream, mut seen: impl FnMut(What) -> bool + Send + 'static) -> io::Result<()> {
    std::thread::Builder::new().name("watch".into()).spawn(move || {
        let mut buffer = vec![0; 16 << 10];
        while let Ok(length @ 1..) = from.read(&mut buffer) {
            if !seen(What::Bytes(buffer[..length].to_vec())) {
                break;
            }
        }
        seen(What::Closed);
    })?;
    Ok(())
}

const CONNECT_PATIENCE: Duration = Duration::from_secs(5);
const MAX_BYTES: usize = 24 << 20;
/// What an event costs besides its bytes.
const EVENT: usize = 64;
