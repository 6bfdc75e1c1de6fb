//! One thread for each client: the plainest model. Each thread blocks in its own read.

use crate::session::{Session, Sessions};
use crate::{RequestHandler, Server, Shutdown};
use echo::CHUNK;
use echo::lab::{self, Failure};
use echo::server::WRITE_PATIENCE;
use std::collections::HashMap;
use std::io::{self, Read};
use std::net::{self, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A server with a thread for each client, after `socketserver.ThreadingTCPServer`.
///
/// Good: the code reads top to bottom, and one slow client costs the others nothing. The price: a stack
/// for each client, and a switch of threads for each message.
#[derive(Debug)]
pub struct ThreadingTcpServer<F> {
    listener: TcpListener,
    sessions: Arc<Sessions<F>>,
    open: Arc<OpenSockets>,
    shutdown: Shutdown,
    read_size: usize,
}

impl<F, H> ThreadingTcpServer<F>
where
    F: Fn(SocketAddr) -> Result<H, Failure> + Send + Sync + 'static,
    H: RequestHandler,
{
    /// Serves the clients of `listener`, each with the handler that `make` returns for it.
    pub fn new(listener: TcpListener, make: F) -> io::Result<Self> {
        let address = listener.local_addr()?;
        let shutdown = Shutdown::new(move || {
            // `accept` cannot be interrupted, but a last visitor wakes it.
            let _ = TcpStream::connect_timeout(&address, Duration::from_secs(1));
        });
        let sessions = Arc::new(Sessions::new(make));
        Ok(Self { listener, sessions, open: Arc::default(), shutdown, read_size: CHUNK })
    }

    /// Takes up to `bytes` in one read instead of [`CHUNK`]: for handlers to whom pieces mean nothing.
    #[must_use]
    pub fn with_read_size(self, bytes: usize) -> Self {
        Self { read_size: bytes, ..self }
    }

    fn start(&self, stream: TcpStream, peer: SocketAddr) -> io::Result<()> {
        let Some(session) = self.sessions.begin(peer) else { return Ok(()) };
        stream.set_nodelay(true)?;
        stream.set_write_timeout(Some(WRITE_PATIENCE))?;
        let open = self.open.enter(Arc::new(stream));
        // If there are no more threads to be had, `session` and `open` are dropped, which ends this
        // client and leaves the others alone.
        let chunk = vec![0; self.read_size];
        let shutdown = self.shutdown.clone();
        std::thread::Builder::new().name(format!("client {peer}")).spawn(move || {
            converse(&open.stream, session, chunk, &shutdown);
        })?;
        Ok(())
    }
}

impl<F, H> Server for ThreadingTcpServer<F>
where
    F: Fn(SocketAddr) -> Result<H, Failure> + Send + Sync + 'static,
    H: RequestHandler,
{
    fn shutdown_handle(&self) -> Shutdown {
        self.shutdown.clone()
    }

    fn serve_forever(self: Box<Self>) -> io::Result<()> {
        let mut short = false;
        while !self.shutdown.is_asked() {
            let Some((stream, peer)) = lab::accept(&self.listener, &mut short) else { continue };
            if self.shutdown.is_asked() {
                break; // the visitor who wakes us is no client
            }
            if let Err(error) = self.start(stream, peer) {
                lab::log(format_args!("{peer} cannot be served: {}", lab::reason(&error)));
            }
        }
        self.open.close_all();
        Ok(())
    }
}

fn converse<H: RequestHandler>(
    mut stream: &TcpStream,
    mut session: Session<H>,
    mut chunk: Vec<u8>,
    shutdown: &Shutdown,
) {
    let mut limit = None;
    loop {
        if let Err(error) = lab::send(stream, &session.out, WRITE_PATIENCE) {
            return session.write_failed(&error);
        }
        if session.ended() {
            if !session.out.is_empty() {
                let _ = linger(stream, &mut chunk); // whatever comes of it, the session is over
            }
            return;
        }
        session.out = Vec::new(); // an idle client keeps no buffer
        if session.refill() {
            continue;
        }
        // ANCHOR: wait_in_read
        let deadline = session.deadline();
        let left = deadline.map(|deadline| deadline.at.saturating_duration_since(Instant::now()));
        if left.is_some_and(|left| left.is_zero()) {
            return session.end(deadline.map_or("", |deadline| deadline.reason));
        }
        if left != limit {
            limit = left;
            if let Err(error) = stream.set_read_timeout(left) {
                return session.failed(&error);
            }
        }
        match stream.read(&mut chunk) {
            Ok(0) if shutdown.is_asked() => return, // it was us who ended the stream
            Ok(length) => session.received(&chunk[..length]),
            // Interrupted, or out of patience, which the next turn finds out.
            Err(error) if lab::timed_out(&error) || error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return session.failed(&error),
        }
        // ANCHOR_END: wait_in_read
    }
}

/// Waits until the client has read our last words. To close while its bytes are still coming in would
/// cut the connection (RST, RFC 9293, section 3.10.4), and the words would be lost on the way.
fn linger(mut stream: &TcpStream, chunk: &mut [u8]) -> io::Result<()> {
    let end = Instant::now() + LAST_WORDS;
    stream.shutdown(net::Shutdown::Write)?;
    while let Some(left) = end.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
        stream.set_read_timeout(Some(left))?;
        if stream.read(chunk)? == 0 {
            break;
        }
    }
    Ok(())
}

/// The sockets of all clients, so that `shutdown` can wake the threads that read from them.
#[derive(Debug, Default)]
struct OpenSockets {
    sockets: Mutex<HashMap<u64, Arc<TcpStream>>>,
    next: AtomicU64,
    left: Condvar,
}

/// A client's entry, removed when its thread ends.
#[derive(Debug)]
struct OpenSocket {
    all: Arc<OpenSockets>,
    number: u64,
    stream: Arc<TcpStream>,
}

impl OpenSockets {
    fn enter(self: &Arc<Self>, stream: Arc<TcpStream>) -> OpenSocket {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        self.lock().insert(number, Arc::clone(&stream));
        OpenSocket { all: Arc::clone(self), number, stream }
    }

    fn close_all(&self) {
        let sockets = self.lock();
        for stream in sockets.values() {
            let _ = stream.shutdown(net::Shutdown::Both); // fails only if it is closed already
        }
        // A handler that waits for a person (the operator) may not end in time; the process then ends it.
        let _ = self.left.wait_timeout_while(sockets, LAST_WORDS, |sockets| !sockets.is_empty());
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u64, Arc<TcpStream>>> {
        self.sockets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for OpenSocket {
    fn drop(&mut self) {
        self.all.lock().remove(&self.number);
        self.all.left.notify_all();
    }
}

const LAST_WORDS: Duration = Duration::from_secs(1);
