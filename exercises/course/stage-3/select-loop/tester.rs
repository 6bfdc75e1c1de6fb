//! The tester of `select-loop`: turns with a client that is only played, then the loop with sockets.

mod exercise;

use echo::lab;
use exercise::{Client, Turn, serve};
use kit::{fail, holds, same, same_bytes};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(2);

/// A client with a script, for a socket that never waits.
#[derive(Default)]
struct Script {
    /// What each read brings.
    says: VecDeque<io::Result<Vec<u8>>>,
    /// Whether the client has left at the end of its script.
    leaves: bool,
    /// Whether it never stops saying the same.
    endless: bool,
    /// How many bytes the socket still takes, and how many of them in one write.
    room: usize,
    at_once: usize,
    /// How often a write has taken 0 bytes and no error: a socket that is broken.
    nothing: Option<u32>,
    hears: Vec<u8>,
    reads: usize,
}

#[derive(Clone)]
struct Played(Rc<RefCell<Script>>);

impl Played {
    fn new(says: &[&[u8]]) -> Self {
        let says = says.iter().map(|said| Ok(said.to_vec())).collect();
        Self(Rc::new(RefCell::new(Script {
            says,
            room: usize::MAX,
            at_once: usize::MAX,
            ..Script::default()
        })))
    }

    fn with(self, change: impl FnOnce(&mut Script)) -> Self {
        change(&mut self.0.borrow_mut());
        self
    }

    fn heard(&self) -> Vec<u8> {
        self.0.borrow().hears.clone()
    }
}

impl Read for Played {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let script = &mut *self.0.borrow_mut();
        script.reads += 1;
        if script.reads > 1000 {
            fail(
                "a turn must end: after 16 reads, or when the client has left, or when there is nothing to read",
            );
        }
        if buffer.len() > 1024 {
            fail(format!(
                "one read may bring at most 1,024 bytes, or one turn becomes too long: this buffer has {}",
                buffer.len()
            ));
        }
        let Some(said) = script.says.pop_front() else {
            return if script.leaves { Ok(0) } else { Err(ErrorKind::WouldBlock.into()) };
        };
        let said = said?;
        if said.len() > buffer.len() {
            fail(format!("the buffer has {} bytes, which is too small", buffer.len()));
        }
        buffer[..said.len()].copy_from_slice(&said);
        let length = said.len();
        if script.endless {
            script.says.push_back(Ok(said));
        }
        Ok(length)
    }
}

impl Write for Played {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let script = &mut *self.0.borrow_mut();
        if bytes.is_empty() {
            return Ok(0);
        }
        if let Some(times) = &mut script.nothing {
            *times += 1;
            if *times > 20 {
                fail(
                    "a write has taken 0 bytes, and the server tries again and again: this socket is broken",
                );
            }
            return Ok(0);
        }
        let taken = bytes.len().min(script.room).min(script.at_once);
        if taken == 0 {
            return Err(ErrorKind::WouldBlock.into());
        }
        script.room -= taken;
        script.hears.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The loop in a thread of its own.
struct Server {
    address: SocketAddr,
    ended: Receiver<std::thread::Result<io::Result<()>>>,
    /// Where Linux tells how much time this thread has used; elsewhere it is not measured.
    stat: Option<PathBuf>,
}

impl Server {
    /// Starts it when all of these clients have connected, and have said this.
    fn start(clients: usize, message: &[u8]) -> (Self, Vec<TcpStream>) {
        let listener =
            mio::net::TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).expect("a free port");
        let address = listener.local_addr().expect("an address");
        let connect = |_| {
            let mut client = lab::connect(address, Some(LIMIT)).unwrap_or_else(|why| fail(why.to_string()));
            client.write_all(message).expect("the system takes it for the server");
            client
        };
        let clients = (0..clients).map(connect).collect();
        let (sender, ended) = channel();
        let (at, stat) = channel();
        std::thread::spawn(move || {
            let own = std::fs::read_link("/proc/thread-self").ok();
            let _ = at.send(own.map(|own| Path::new("/proc").join(own).join("stat"))); // somebody waits for it
            let result = catch_unwind(AssertUnwindSafe(|| serve(listener)));
            let _ = sender.send(result); // the step may be over
        });
        let stat = stat.recv_timeout(LIMIT).ok().flatten();
        (Self { address, ended, stat }, clients)
    }

    fn connect(&self) -> TcpStream {
        lab::connect(self.address, Some(LIMIT)).unwrap_or_else(|why| self.fail(&why.to_string()))
    }

    /// Says this, and waits for its answer.
    fn ask(&self, client: &mut TcpStream, message: &str) {
        if let Err(error) = client.write_all(message.as_bytes()) {
            self.fail(&format!("a client could not say {message:?}: {}", lab::reason(&error)));
        }
        self.expect(client, message);
    }

    /// The next bytes are the answer to this.
    fn expect(&self, client: &mut TcpStream, message: &str) {
        let mut answer = vec![0; message.len()];
        if let Err(error) = client.read_exact(&mut answer) {
            let start = message.get(..40).unwrap_or(message);
            self.fail(&format!("no whole answer to {start:?}: {}", lab::reason(&error)));
        }
        same_bytes(message.to_ascii_uppercase(), answer);
    }

    /// The step fails, for this reason or because the loop has ended.
    fn fail(&self, why: &str) -> ! {
        self.must_run();
        fail(why)
    }

    /// How much time of a processor the loop has used so far.
    fn used(&self) -> Option<Duration> {
        let stat = std::fs::read_to_string(self.stat.as_ref()?).ok()?;
        // Behind the name, which may hold anything: fields 14 and 15, in hundredths of a second (man 5 proc).
        let (_, fields) = stat.rsplit_once(')')?;
        let ticks: u64 = fields.split_whitespace().skip(11).take(2).flat_map(str::parse::<u64>).sum();
        Some(Duration::from_millis(10 * ticks))
    }

    /// Nobody says anything for 0.3 s: then the loop has nothing to do.
    fn must_sleep(&self, who: &str) {
        let before = self.used();
        std::thread::sleep(Duration::from_millis(200));
        self.must_run(); // this takes the rest
        let used = self.used().zip(before).map(|(after, before)| after - before).unwrap_or_default();
        holds(
            used <= Duration::from_millis(50),
            format!(
                "in 0.3 s {who} the loop has used {used:?} of the processor: `poll` must wait if nobody is ready"
            ),
        );
    }

    fn must_run(&self) {
        match self.ended.recv_timeout(Duration::from_millis(100)) {
            Ok(Err(panic)) => resume_unwind(panic),
            Ok(Ok(Ok(()))) => fail("`serve` has returned"),
            Ok(Ok(Err(error))) => fail(format!("`serve` has returned an error: {error}")),
            Err(_) => {}
        }
    }
}

pub fn main() {
    kit::run(|tester| {
        tester.step("a client says two things, and then nothing for now", || {
            let played = Played::new(&[b"hello", b"you"]);
            let mut client = Client::new(played.clone());
            same(&Turn::Waits, &client.turn());
            same_bytes("HELLOYOU", played.heard());
            played.0.borrow_mut().says.push_back(Ok(b"again".to_vec()));
            same(&Turn::Waits, &client.turn());
            same_bytes("HELLOYOUAGAIN", played.heard());
            played.0.borrow_mut().says.push_back(Ok("straße".into()));
            same(&Turn::Waits, &client.turn());
            same_bytes("HELLOYOUAGAINSTRASSE", played.heard());
        });
        tester.step("a client leaves after its last message", || {
            let played = Played::new(&[b"bye"]).with(|script| script.leaves = true);
            same(&Turn::Over, &Client::new(played.clone()).turn());
            same_bytes("BYE", played.heard());
        });
        tester.step("the connection breaks", || {
            let broken = Err(ErrorKind::ConnectionReset.into());
            let played = Played::new(&[b"one"]).with(|script| script.says.push_back(broken));
            same(&Turn::Over, &Client::new(played.clone()).turn());
            same_bytes("ONE", played.heard());
        });
        tester.step("a socket that takes nothing, and tells no error", || {
            let played = Played::new(&[b"one"]).with(|script| script.nothing = Some(0));
            same(&Turn::Over, &Client::new(played).turn());
        });
        tester.step("a socket that takes 3 bytes of each write", || {
            let played = Played::new(&[b"good morning"]).with(|script| script.at_once = 3);
            same(&Turn::Waits, &Client::new(played.clone()).turn());
            same_bytes("GOOD MORNING", played.heard());
        });
        tester.step("a socket that is full: the rest of the answer is sent later", || {
            let played = Played::new(&[b"good morning"]).with(|script| script.room = 5);
            let mut client = Client::new(played.clone());
            same(&Turn::Waits, &client.turn());
            same_bytes("GOOD ", played.heard());
            played.0.borrow_mut().room = 100;
            same(&Turn::Waits, &client.turn());
            same_bytes("GOOD MORNING", played.heard());
        });
        tester.step("a client that takes no answers is not read any more", || {
            let played = Played::new(&[b"one", b"two", b"three"]).with(|script| script.room = 1);
            let mut client = Client::new(played.clone());
            for _ in 0..3 {
                same(&Turn::Waits, &client.turn());
            }
            let reads = played.0.borrow().reads;
            holds(reads == 1, format!("one answer waits to be sent, and the server has read {reads} times"));
            played.0.borrow_mut().room = 100;
            same(&Turn::Waits, &client.turn());
            same_bytes("ONETWOTHREE", played.heard());
        });
        tester.step("a client that never stops gets 16 reads, then it is the others' turn", || {
            let played = Played::new(&[b"more"]).with(|script| script.endless = true);
            same(&Turn::Again, &Client::new(played.clone()).turn());
            same(&16, &played.0.borrow().reads);
        });
        tester.step("the loop waits for clients", || Server::start(0, b"").0.must_sleep("without clients"));
        tester.step("a client with a socket is served, twice", || {
            let (server, _) = Server::start(0, b"");
            let mut client = server.connect();
            server.ask(&mut client, "shall we meet?");
            server.ask(&mut client, "at eight");
            server.must_sleep("with a silent client");
        });
        tester.step("50 clients have come at once, and some of them stay silent", || {
            let (server, mut clients) = Server::start(50, b"");
            for round in 0..2 {
                for (number, client) in clients.iter_mut().enumerate().rev() {
                    if number % 5 != 0 {
                        server.ask(client, &format!("client {number} in round {round}"));
                    }
                }
            }
            clients.truncate(10); // the others leave
            clients.iter_mut().for_each(|client| server.ask(client, "still here"));
        });
        tester.step("a client has said 40,000 bytes, which are more than 16 reads", || {
            let message = "a long message: ".repeat(40_000 / 16);
            let (server, mut clients) = Server::start(1, message.as_bytes());
            server.expect(&mut clients[0], &message);
        });
        tester.step("a client that talks all the time and takes no answers stops nobody", || {
            let (server, _) = Server::start(0, b"");
            let mut busy = server.connect();
            std::thread::spawn(move || while busy.write_all(&[b'a'; 4096]).is_ok() {});
            let mut client = server.connect();
            for _ in 0..20 {
                server.ask(&mut client, "is anybody there?");
            }
        });
        tester.step("a client that has left is forgotten: its connection is closed", || {
            let (server, _) = Server::start(0, b"");
            let mut client = server.connect();
            server.ask(&mut client, "bye");
            let end = client.shutdown(Shutdown::Write).and_then(|()| client.read(&mut [0; 16]));
            if !matches!(end, Ok(0)) {
                server.fail("the client has left, and the server keeps the connection open");
            }
        });
    });
}
