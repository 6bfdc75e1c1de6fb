//! The tester of `sticky-reads`: the servers of stage 3, one behind a gate, one with a friend who has the key.

mod exercise;

use conn_auth::{ANSWER_LENGTH, CHALLENGE_LENGTH, Client, Key};
use echo::lab::{self, Direction, Failure, Tap, What};
use exercise::{sit_between, slip_past};
use kit::{fail, flag, holds, listen, same_text, within};
use socketserver::{Authenticated, Close, EchoHandler, RequestHandler, Server, ThreadingTcpServer, ask};
use std::io;
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const LIMIT: Duration = Duration::from_secs(2);

fn key() -> Key {
    Key::new(b"a key for tonight").expect("a key")
}

fn serve<H: RequestHandler>(
    make: impl Fn(SocketAddr) -> Result<H, Failure> + Send + Sync + 'static,
) -> SocketAddr {
    let (listener, address) = listen();
    std::thread::spawn(move || {
        Box::new(ThreadingTcpServer::new(listener, make).expect("a server")).serve_forever()
    });
    address
}

fn connect(server: SocketAddr) -> TcpStream {
    lab::connect(server, Some(LIMIT)).unwrap_or_else(|why| fail(why.to_string()))
}

/// Looks at each read for itself, which is its mistake. What it lets pass goes to the server behind it.
struct Gate {
    server: Board,
    caught: Arc<AtomicBool>,
}

impl RequestHandler for Gate {
    fn handle(&mut self, now: Instant, received: &[u8], out: &mut Vec<u8>) -> Result<(), Close> {
        if received.windows(6).any(|six| six.eq_ignore_ascii_case(b"secret")) {
            self.caught.store(true, Ordering::SeqCst);
            return Err(Close::because("refused: a word that is not allowed"));
        }
        self.server.handle(now, received, out)
    }
}

/// Puts the stream together, and knows a line.
#[derive(Default)]
struct Board {
    heard: Vec<u8>,
}

impl RequestHandler for Board {
    fn handle(&mut self, now: Instant, received: &[u8], out: &mut Vec<u8>) -> Result<(), Close> {
        EchoHandler.handle(now, received, out)?;
        self.heard.extend_from_slice(received);
        if self.heard.len() > 1000 {
            return Err(Close::because("refused: too much"));
        }
        while let Some(end) = self.heard.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.heard.drain(..=end).collect();
            if line == b"tell secret\n" {
                out.extend_from_slice(format!("{}\n", flag("sticky-reads")).as_bytes());
            }
        }
        Ok(())
    }
}

/// A friend with the key says two things through you. What he takes for the answers must be wrong, and every
/// byte right.
fn check_between(first: &str, second: &str) {
    let tap = Tap::start(serve(|_| Ok(Authenticated::new(ask(Some(&key()))?, EchoHandler)))).expect("a tap");
    let (listener, path) = listen();
    let says = [first.to_owned(), second.to_owned()];
    let friend = std::thread::spawn(move || -> Result<[Vec<u8>; 2], Failure> {
        let mut client = Client::connect(path, Some(LIMIT), Some(&key()))?;
        Ok([client.request(says[0].as_bytes())?, client.request(says[1].as_bytes())?])
    });
    let mut server = connect(tap.address());
    let ended = within(3 * LIMIT, "`sit_between` does not return", move || {
        let (mut client, _) = listener.accept()?;
        client.set_read_timeout(Some(LIMIT))?;
        client.set_nodelay(true)?;
        sit_between(&mut client, &mut server)
    });
    let heard = friend.join().unwrap_or_else(|_| fail("the friend's client has panicked"));
    let [one, other] = match (ended, heard) {
        (Err(error), _) => fail(format!("`sit_between` has returned an error: {}", lab::reason(&error))),
        (_, Err(why)) => fail(format!("the friend sees that something is wrong. His client says: {why}")),
        (_, Ok(heard)) => heard,
    };
    holds(
        one != echo::upper_case(first.as_bytes()),
        format!("the friend said {first:?} and got the right answer"),
    );

    let seen = tap.take_closed(LIMIT, 0);
    let passed = |to| -> Vec<u8> {
        let bytes = seen.iter().filter(|event| event.direction == to).filter_map(|event| match &event.what {
            What::Bytes(bytes) => Some(bytes.as_slice()),
            What::Closed => None,
        });
        bytes.collect::<Vec<_>>().concat()
    };
    let (said, answered) = (passed(Direction::ToServer), passed(Direction::ToClient));
    // The server must have heard what the friend has said, and the friend what the server has answered.
    same_text(
        &format!("{first}{second}"),
        &String::from_utf8_lossy(said.get(ANSWER_LENGTH..).unwrap_or_default()),
    );
    let (answered, heard) =
        (answered.get(CHALLENGE_LENGTH..).unwrap_or_default(), [&one[..], &other].concat());
    holds(
        answered.len() == heard.len() || !answered.starts_with(&heard),
        "the friend reads once after each question, and his second read has not brought all that was to come: what \
         you hold back and the second answer must arrive as one",
    );
    holds(
        answered == heard,
        "what the friend has got is not what the server has answered: bytes are changed, lost, or in another order",
    );
    let last = echo::upper_case(second.as_bytes());
    holds(
        other.len() > last.len() && other.ends_with(&last),
        "the second answer should be glued to the rest of the first",
    );
}

pub fn main() {
    kit::run(|tester| {
        tester.step("past the gate: the server tells you the flag", || {
            let caught = Arc::new(AtomicBool::new(false));
            let alarm = Arc::clone(&caught);
            let make = move |_| {
                // The gate is slow: what was written meanwhile comes in one read, and not only by chance. It is
                // slower than a pause with which one would try one's luck.
                std::thread::sleep(Duration::from_millis(400));
                Ok(Gate { server: Board::default(), caught: Arc::clone(&alarm) })
            };
            let mut server = connect(serve(make));
            let told: io::Result<String> =
                within(3 * LIMIT, "`slip_past` does not return", move || slip_past(&mut server));
            holds(
                !caught.load(Ordering::SeqCst),
                "one read of the gate has brought the word, and it has closed. Two writes come as one read if the \
                 gate is slow: what tells you that it has read the first one?",
            );
            match told {
                Ok(told) => same_text(&flag("sticky-reads"), &told),
                Err(error) => fail(format!("`slip_past` has returned an error: {}", lab::reason(&error))),
            }
        });
        tester.step("between a friend and the server: \"straße\", then \"second\"", || {
            check_between("straße", "second");
        });
        tester.step("other friends, other words, one of them short", || {
            check_between("shall we meet at the gate?", "or in the garden?");
            check_between("no", "i will be there at eight, do not wait for me");
        });
    });
}
