//! One task for each client: code as plain as with threads, waiting as cheap as in a select loop.

use crate::session::{Session, Sessions};
use crate::{RequestHandler, Server, Shutdown};
use echo::CHUNK;
use echo::lab::{self, Failure};
use echo::server::WRITE_PATIENCE;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Notify;
use tokio::time::{Instant, timeout, timeout_at};

/// A server with a tokio task for each client, on one thread for each core.
///
/// A task is a state machine that the compiler makes of the function below: what it needs across a wait
/// is kept in a few hundred bytes, where a thread keeps a stack.
#[derive(Debug)]
pub struct TasksTcpServer<F> {
    runtime: Runtime,
    listener: TcpListener,
    sessions: Arc<Sessions<F>>,
    end: Arc<Notify>,
    shutdown: Shutdown,
}

impl<F, H> TasksTcpServer<F>
where
    F: Fn(SocketAddr) -> Result<H, Failure> + Send + Sync + 'static,
    H: RequestHandler,
{
    /// Serves the clients of `listener`, each with the handler that `make` returns for it.
    pub fn new(listener: std::net::TcpListener, make: F) -> io::Result<Self> {
        let runtime = Builder::new_multi_thread().enable_io().enable_time().build()?;
        listener.set_nonblocking(true)?;
        let listener = {
            let _inside = runtime.enter();
            TcpListener::from_std(listener)?
        };
        let end = Arc::new(Notify::new());
        let wake = Arc::clone(&end);
        let shutdown = Shutdown::new(move || wake.notify_one());
        Ok(Self { runtime, listener, sessions: Arc::new(Sessions::new(make)), end, shutdown })
    }
}

impl<F, H> Server for TasksTcpServer<F>
where
    F: Fn(SocketAddr) -> Result<H, Failure> + Send + Sync + 'static,
    H: RequestHandler,
{
    fn shutdown_handle(&self) -> Shutdown {
        self.shutdown.clone()
    }

    fn serve_forever(self: Box<Self>) -> io::Result<()> {
        let Self { runtime, listener, sessions, end, .. } = *self;
        runtime.spawn(accept_all(listener, sessions));
        runtime.block_on(end.notified());
        // Drops every task where it waits; the sessions say goodbye in their destructors.
        runtime.shutdown_timeout(LAST_WORDS);
        Ok(())
    }
}

async fn accept_all<F, H>(listener: TcpListener, sessions: Arc<Sessions<F>>)
where
    F: Fn(SocketAddr) -> Result<H, Failure> + Send + Sync + 'static,
    H: RequestHandler,
{
    let mut short = false;
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                short = false;
                if let Some(session) = sessions.begin(peer) {
                    tokio::spawn(converse(stream, session));
                }
            }
            Err(error) => {
                if let Some(pause) = lab::shortage(&error, &mut short) {
                    tokio::time::sleep(pause).await;
                }
            }
        }
    }
}

async fn converse<H: RequestHandler>(stream: TcpStream, mut session: Session<H>) {
    if let Err(error) = stream.set_nodelay(true) {
        return session.failed(&error);
    }
    loop {
        if let Err(error) = flush(&stream, &mut session).await {
            return session.write_failed(&error);
        }
        if session.ended() {
            return;
        }
        // Nothing below waits while the client keeps up: without this it would keep the thread for itself.
        tokio::task::coop::consume_budget().await;
        if session.refill() {
            continue;
        }
        // ANCHOR: wait_in_task
        let ready = match session.deadline() {
            None => stream.readable().await,
            Some(deadline) => match timeout_at(Instant::from_std(deadline.at), stream.readable()).await {
                Ok(ready) => ready,
                Err(_) => return session.end(deadline.reason),
            },
        };
        // A stream that is always ready must not outrun the deadline.
        if let Some(deadline) = session.deadline().filter(|deadline| deadline.at <= std::time::Instant::now())
        {
            return session.end(deadline.reason);
        }
        // The buffer lives only between two waits, so an idle client does not own one.
        let mut chunk = [0; CHUNK];
        match ready.and_then(|()| stream.try_read(&mut chunk)) {
            Ok(length) => session.received(&chunk[..length]),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {} // ready in vain: wait again
            Err(error) => return session.failed(&error),
        }
        // ANCHOR_END: wait_in_task
    }
}

async fn flush<H: RequestHandler>(stream: &TcpStream, session: &mut Session<H>) -> io::Result<()> {
    let mut sent = 0;
    while sent < session.out.len() {
        match stream.try_write(&session.out[sent..]) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(length) => sent += length,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                timeout(WRITE_PATIENCE, stream.writable()).await??;
            }
            Err(error) => return Err(error),
        }
    }
    session.out = Vec::new();
    Ok(())
}

const LAST_WORDS: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Close;
    use std::io::Read;
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

    /// Sends a byte after the other, until another task had its turn.
    #[derive(Default, Clone)]
    struct Endless {
        sent: Arc<AtomicUsize>,
        other: Arc<AtomicBool>,
    }

    impl RequestHandler for Endless {
        fn handle(&mut self, _: std::time::Instant, _: &[u8], _: &mut Vec<u8>) -> Result<(), Close> {
            Ok(())
        }

        fn refill(&mut self, _: std::time::Instant, out: &mut Vec<u8>) -> Result<(), Close> {
            if self.other.load(Ordering::SeqCst) {
                return Err(Close::because("the other one had its turn"));
            }
            assert!(self.sent.fetch_add(1, Ordering::SeqCst) < 1000, "nobody else had a turn");
            out.push(b'x');
            Ok(())
        }
    }

    #[test]
    fn a_client_that_keeps_up_does_not_keep_the_thread() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let client = std::thread::spawn(move || {
            let mut all = Vec::new();
            std::net::TcpStream::connect(address).unwrap().read_to_end(&mut all).unwrap();
        });
        let (stream, peer) = listener.accept().unwrap();
        stream.set_nonblocking(true).unwrap();
        let endless = Endless::default();
        let Endless { sent, other } = endless.clone();
        let sessions = Sessions::new(move |_| Ok(endless.clone()));
        Builder::new_current_thread().enable_io().enable_time().build().unwrap().block_on(async {
            let session = sessions.begin(peer).unwrap();
            let endless = tokio::spawn(converse(TcpStream::from_std(stream).unwrap(), session));
            tokio::spawn(async move {
                while sent.load(Ordering::SeqCst) < 10 {
                    tokio::task::yield_now().await;
                }
                other.store(true, Ordering::SeqCst);
            });
            endless.await.unwrap();
        });
        client.join().unwrap();
    }
}
