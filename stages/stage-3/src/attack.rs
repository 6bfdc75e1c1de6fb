//! The attack on stage 3: the same bytes in other pieces.
//!
//! TCP promises the bytes and their order, not how many of them one read returns (RFC 9293, section
//! 3.7). So somebody on the path needs no key and changes no byte: it cuts one message in two, glues two
//! answers together, and a program that takes each read for a message answers the wrong thing.

use echo::lab::{self, Attack, Direction, Failure, Outcome, Target, What, io_failure};
use std::collections::VecDeque;
use std::io::Write;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// The attacks that this stage falls to.
pub const ATTACKS: &[Attack] = &[Attack {
    name: "resegment",
    stage: 3,
    goal: "without changing a byte: the server takes half a message for a whole one",
    takes: &["listen"],
    victim: &[],
    run: resegment,
}];

fn resegment(target: &Target) -> Result<Outcome, Failure> {
    let listener = lab::listen(target.listen)?;
    lab::announce(&listener)?;
    let mut path = Path::open(&listener, target)?;
    let message = path.first_message()?;

    // ANCHOR: cut_and_hold
    // Cut the first message, inside a character if it has one of several bytes, and see who answers the half.
    let cut = message.iter().position(|byte| !byte.is_ascii()).map_or(message.len() / 2, |at| at + 1);
    path.tell_server(&message[..cut])?;
    let Some(half) = path.answer(PATIENCE) else {
        path.tell_server(&message[cut..])?;
        path.pass_on_until_closed()?;
        return Ok(Outcome::Failed(format!(
            "the server got the first {cut} of {} bytes and waited for the rest: where the stream is cut does not matter",
            message.len()
        )));
    };

    // It was taken for a whole message. The answer to the other half comes too, but we hold it back ...
    path.tell_client(&half)?;
    path.tell_server(&message[cut..])?;
    let mut held = path.answer(PATIENCE).unwrap_or_default();
    // ... until the client, sure that it has its answer, asks something else: then both arrive as one.
    if let Some(next) = path.question() {
        path.tell_server(&next)?;
        held.extend(path.answer(PATIENCE).unwrap_or_default());
    }
    // The client may have left with what it took for its answer.
    let _ = path.tell_client(&held);
    // ANCHOR_END: cut_and_hold
    path.pass_on_until_closed()?;
    let show = |bytes: &[u8]| anatomy::quoted(&String::from_utf8_lossy(bytes));
    Ok(Outcome::Succeeded(format!(
        "the client said {} and took {} for the answer; {} came later, as one",
        show(&message),
        show(&half),
        show(&held)
    )))
}

/// A client, a server, and us between them. Two threads only read; we decide what goes on, and when.
struct Path {
    client: TcpStream,
    server: TcpStream,
    seen: Receiver<(Direction, What)>,
    /// What the client said while we waited for the server.
    early: VecDeque<Vec<u8>>,
    /// The sides that will say nothing more.
    closed: Vec<Direction>,
}

impl Path {
    fn open(listener: &TcpListener, target: &Target) -> Result<Self, Failure> {
        let client = lab::first_client(listener)?;
        let server = lab::connect(target.connect, None)?;
        let failed = |e| io_failure("cannot sit on the path", &e);
        let (sender, seen) = channel();
        for (direction, stream) in [(Direction::ToServer, &client), (Direction::ToClient, &server)] {
            let sender = sender.clone();
            let stream = stream.try_clone().map_err(failed)?;
            lab::watch(stream, move |what| sender.send((direction, what)).is_ok()).map_err(failed)?;
        }
        Ok(Self { client, server, seen, early: VecDeque::new(), closed: Vec::new() })
    }

    /// Lets the challenge and its answer pass (they are public: 32 bytes, then 16), and takes the first
    /// message after them. A client that speaks first has not been challenged.
    fn first_message(&mut self) -> Result<Vec<u8>, Failure> {
        let (mut challenge, mut answer) = (0, 0);
        loop {
            match self.next(CLIENT_PATIENCE) {
                Some((Direction::ToClient, What::Bytes(bytes))) => {
                    challenge += bytes.len();
                    self.tell_client(&bytes)?;
                }
                Some((Direction::ToServer, What::Bytes(bytes))) => {
                    let challenged = challenge >= conn_auth::CHALLENGE_LENGTH;
                    let due = if challenged { conn_auth::ANSWER_LENGTH - answer } else { 0 };
                    let (opening, message) = bytes.split_at(due.min(bytes.len()));
                    answer += opening.len();
                    self.tell_server(opening)?;
                    match message.len() {
                        0 => {}
                        1 => self.tell_server(message)?, // too short to be cut
                        _ => return Ok(message.to_vec()),
                    }
                }
                Some((_, What::Closed)) | None => {
                    return Err(Failure::new("the client sent no message of two bytes or more to be cut"));
                }
            }
        }
    }

    /// What the server says next; nothing if it closes or stays silent for `patience`.
    fn answer(&mut self, patience: Duration) -> Option<Vec<u8>> {
        let end = Instant::now() + patience;
        loop {
            match self.next(end.saturating_duration_since(Instant::now()))? {
                (Direction::ToClient, What::Bytes(bytes)) => return Some(bytes),
                (Direction::ToClient, What::Closed) => return None,
                // The client is ahead of us; what it says has its turn when we ask for it.
                (Direction::ToServer, What::Bytes(bytes)) => self.early.push_back(bytes),
                (Direction::ToServer, What::Closed) => {}
            }
        }
    }

    /// What the client says next; nothing if it leaves.
    fn question(&mut self) -> Option<Vec<u8>> {
        loop {
            if let Some(bytes) = self.early.pop_front() {
                return Some(bytes);
            }
            if !self.closed.is_empty() {
                return None;
            }
            match self.next(CLIENT_PATIENCE)? {
                (Direction::ToServer, What::Bytes(bytes)) => self.early.push_back(bytes),
                (Direction::ToClient, What::Bytes(bytes)) => self.tell_client(&bytes).ok()?,
                (_, What::Closed) => {}
            }
        }
    }

    /// Goes on as an honest relay until both sides have closed.
    fn pass_on_until_closed(&mut self) -> Result<(), Failure> {
        while let Some(bytes) = self.early.pop_front() {
            self.tell_server(&bytes)?;
        }
        for direction in self.closed.clone() {
            self.pass_on_closing(direction);
        }
        while self.closed.len() < 2 {
            match self.next(CLIENT_PATIENCE) {
                Some((Direction::ToServer, What::Bytes(bytes))) => self.tell_server(&bytes)?,
                Some((Direction::ToClient, What::Bytes(bytes))) => self.tell_client(&bytes)?,
                Some((direction, What::Closed)) => self.pass_on_closing(direction),
                None => break,
            }
        }
        Ok(())
    }

    fn pass_on_closing(&self, direction: Direction) {
        let other = if direction == Direction::ToServer { &self.server } else { &self.client };
        let _ = other.shutdown(Shutdown::Write); // it may be gone already
    }

    /// What happens next on either side; nothing after `patience`.
    fn next(&mut self, patience: Duration) -> Option<(Direction, What)> {
        let (direction, what) = self.seen.recv_timeout(patience).ok()?;
        if what == What::Closed {
            self.closed.push(direction);
        }
        Some((direction, what))
    }

    fn tell_server(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.server.write_all(bytes).map_err(|e| io_failure("the server takes nothing more", &e))
    }

    fn tell_client(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.client.write_all(bytes).map_err(|e| io_failure("the client takes nothing more", &e))
    }
}

/// How long half a message may stay unanswered before we believe that the server waits for the rest.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long we wait for the victim's client.
const CLIENT_PATIENCE: Duration = Duration::from_secs(30);
