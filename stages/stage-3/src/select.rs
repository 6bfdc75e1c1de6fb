//! One thread for all clients: it asks the system who is ready, and never waits for anybody else.

use crate::session::{STALLED, Session, Sessions};
use crate::{RequestHandler, Server, Shutdown};
use echo::CHUNK;
use echo::lab::{self, Failure};
use echo::server::WRITE_PATIENCE;
use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Token, Waker};
use std::collections::{HashMap, VecDeque};
use std::io::{self, Read, Write};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A server with one loop for all clients, after `select`. The system call underneath is epoll, kqueue or
/// IOCP: what `select` became, without its limit of 1,024 sockets.
///
/// Good: no stack and no switch for each client. The price: the handler may never wait, and whatever
/// takes long stops everybody.
#[derive(Debug)]
pub struct SelectTcpServer<F, H: RequestHandler> {
    poll: Poll,
    listener: TcpListener,
    sessions: Sessions<F>,
    shutdown: Shutdown,
    clients: HashMap<Token, Client<H>>,
    next: usize,
    /// Who has something to read, in the order of their turns; each client at most once.
    ready: VecDeque<Token>,
    /// When to accept clients: now, or after a shortage.
    accept_again: Option<Instant>,
    short: bool,
    /// Whether any client may have a deadline; it saves the look at all of them.
    watch: bool,
}

#[derive(Debug)]
struct Client<H: RequestHandler> {
    stream: TcpStream,
    session: Session<H>,
    /// How much of `session.out` is sent.
    sent: usize,
    /// Since when the system takes no more of our bytes.
    stalled: Option<Instant>,
    /// Whether it waits for its turn.
    queued: bool,
}

/// Where a client stands after its turn.
enum Turn {
    /// It waits for the system to report it ready.
    Waits,
    /// It has more to read, but others come first.
    Again,
    /// Its session is over.
    Over,
}

impl<F, H> SelectTcpServer<F, H>
where
    F: Fn(SocketAddr) -> Result<H, Failure>,
    H: RequestHandler,
{
    /// Serves the clients of `listener`, each with the handler that `make` returns for it.
    pub fn new(listener: std::net::TcpListener, make: F) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        let mut listener = TcpListener::from_std(listener);
        let poll = Poll::new()?;
        poll.registry().register(&mut listener, LISTENER, Interest::READABLE)?;
        let waker = Arc::new(Waker::new(poll.registry(), WAKER)?);
        let shutdown = Shutdown::new(move || {
            let _ = waker.wake(); // fails only when the loop has ended already
        });
        let (sessions, clients) = (Sessions::new(make), HashMap::new());
        Ok(Self {
            poll,
            listener,
            sessions,
            shutdown,
            clients,
            next: FIRST_CLIENT,
            ready: VecDeque::new(),
            accept_again: None,
            short: false,
            watch: false,
        })
    }

    fn accept_all(&mut self) {
        loop {
            match self.listener.accept() {
                Ok((stream, peer)) => {
                    self.short = false;
                    if let Err(error) = self.enter(stream, peer) {
                        lab::log(format_args!("{peer} cannot be served: {}", lab::reason(&error)));
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Err(error) => {
                    if let Some(pause) = lab::shortage(&error, &mut self.short) {
                        // This is the only thread: it goes on serving, and tries again later.
                        self.accept_again = Some(Instant::now() + pause);
                        return;
                    }
                }
            }
        }
    }

    fn enter(&mut self, mut stream: TcpStream, peer: SocketAddr) -> io::Result<()> {
        let Some(session) = self.sessions.begin(peer) else { return Ok(()) };
        let token = Token(self.next);
        self.next += 1;
        stream.set_nodelay(true)?;
        self.poll.registry().register(&mut stream, token, Interest::READABLE | Interest::WRITABLE)?;
        self.clients.insert(token, Client { stream, session, sent: 0, stalled: None, queued: false });
        self.queue(token);
        Ok(())
    }

    /// Gives a client its place in the queue, unless it has one.
    fn queue(&mut self, token: Token) {
        if let Some(client) = self.clients.get_mut(&token)
            && !std::mem::replace(&mut client.queued, true)
        {
            self.ready.push_back(token);
        }
    }

    /// Gives one client its turn.
    fn serve(&mut self, token: Token) {
        let Some(client) = self.clients.get_mut(&token) else { return };
        client.queued = false;
        let turn = client.turn();
        self.watch |= client.stalled.is_some() || client.session.deadline().is_some();
        match turn {
            Turn::Waits => {}
            Turn::Again => self.queue(token),
            Turn::Over => drop(self.clients.remove(&token)),
        }
    }

    /// Ends the sessions whose patience is over.
    fn check_deadlines(&mut self) {
        let now = Instant::now();
        let mut more = false;
        self.clients.retain(|_, client| {
            let stalled = client.stalled.map(|since| (since + WRITE_PATIENCE, STALLED));
            let asked = client.session.deadline().map(|deadline| (deadline.at, deadline.reason));
            match [stalled, asked].into_iter().flatten().min_by_key(|(at, _)| *at) {
                Some((at, reason)) if at <= now => {
                    client.session.end(reason);
                    false
                }
                other => {
                    more |= other.is_some();
                    true
                }
            }
        });
        self.watch = more;
    }
}

impl<F, H> Server for SelectTcpServer<F, H>
where
    F: Fn(SocketAddr) -> Result<H, Failure>,
    H: RequestHandler,
{
    fn shutdown_handle(&self) -> Shutdown {
        self.shutdown.clone()
    }

    fn serve_forever(mut self: Box<Self>) -> io::Result<()> {
        let mut events = Events::with_capacity(EVENTS);
        let mut checked = Instant::now();
        // ANCHOR: one_loop
        while !self.shutdown.is_asked() {
            let ticking = self.watch || self.accept_again.is_some();
            let wait = match (self.ready.is_empty(), ticking) {
                (false, _) => Some(Duration::ZERO),
                (true, true) => Some(TICK),
                (true, false) => None,
            };
            match self.poll.poll(&mut events, wait) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                other => other?,
            }
            for event in &events {
                match event.token() {
                    LISTENER => self.accept_again = Some(Instant::now()),
                    token => self.queue(token),
                }
            }
            if self.accept_again.take_if(|at| *at <= Instant::now()).is_some() {
                self.accept_all();
            }
            // One turn for everybody who is ready now; who wants another one comes after the others.
            for _ in 0..self.ready.len() {
                if let Some(token) = self.ready.pop_front() {
                    self.serve(token);
                }
            }
            // Not after every event: with many clients the look at all of them would cost more than the work.
            if self.watch && checked.elapsed() >= TICK {
                self.check_deadlines();
                checked = Instant::now();
            }
        }
        // ANCHOR_END: one_loop
        Ok(())
    }
}

impl<H: RequestHandler> Client<H> {
    fn turn(&mut self) -> Turn {
        let mut chunk = [0; CHUNK];
        // The system reports a change once, so a client is served until it would have to wait; but not
        // for longer than a few reads, or a busy client would be the only one.
        for _ in 0..READS_PER_TURN {
            match self.flush() {
                Ok(true) => {}
                Ok(false) => return Turn::Waits,
                Err(error) => {
                    self.session.failed(&error);
                    return Turn::Over;
                }
            }
            if self.session.ended() {
                return Turn::Over;
            }
            if self.session.refill() {
                continue;
            }
            match self.stream.read(&mut chunk) {
                Ok(length) => self.session.received(&chunk[..length]),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Turn::Waits,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.session.failed(&error);
                    return Turn::Over;
                }
            }
        }
        Turn::Again
    }

    /// Sends what waits; whether all of it is sent. Nothing more is read before that, so a client that
    /// does not take its answers cannot make them pile up.
    fn flush(&mut self) -> io::Result<bool> {
        while self.sent < self.session.out.len() {
            match self.stream.write(&self.session.out[self.sent..]) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(length) => {
                    self.sent += length;
                    self.stalled = None;
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.stalled.get_or_insert_with(Instant::now);
                    return Ok(false);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.session.out = Vec::new(); // an idle client keeps no buffer
        self.sent = 0;
        self.stalled = None;
        Ok(true)
    }
}

const LISTENER: Token = Token(0);
const WAKER: Token = Token(1);
const FIRST_CLIENT: usize = 2;
const EVENTS: usize = 256;
const READS_PER_TURN: usize = 16;
const TICK: Duration = Duration::from_millis(100);
