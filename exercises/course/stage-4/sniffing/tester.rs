//! The tester of `sniffing`: the real server of stage 4, friends who talk to it, and what a tap has noted.

mod exercise;

use conn_auth::{CHALLENGE_LENGTH, Key, prove};
use echo::lab::{self, Event, Tap, What};
use exercise::{messages, password};
use framing::{ByteOrder, FrameHandler, LIMIT, UpperCaseFrames, encode_frame};
use kit::{fail, holds, same};
use socketserver::{Authenticated, Server, ThreadingTcpServer, ask};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(5);

fn key() -> Key {
    Key::new(b"only the class knows this").expect("not empty")
}

/// Starts the server of stage 4.
fn server() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("it listens");
    let make = |_| {
        let frames = FrameHandler::new(ByteOrder::Network, UpperCaseFrames);
        Ok(Authenticated::new(ask(Some(&key()))?, frames))
    };
    let server = ThreadingTcpServer::new(listener, make).expect("a server");
    std::thread::spawn(|| Box::new(server).serve_forever());
    address
}

/// A friend who is admitted.
struct Friend(TcpStream);

impl Friend {
    fn connect(address: SocketAddr) -> Self {
        let mut stream = lab::connect(address, Some(PATIENCE)).expect("the server listens");
        prove(&mut stream, &key()).expect("a challenge");
        Self(stream)
    }

    /// Sends a message in pieces of `size` bytes, and waits for all of the answer.
    fn say(&mut self, text: impl AsRef<[u8]>, size: usize) {
        let mut frame = Vec::new();
        encode_frame(ByteOrder::Network, LIMIT, text.as_ref(), &mut frame).expect("short enough");
        for piece in frame.chunks(size) {
            self.0.write_all(piece).expect("the server takes it");
        }
        self.0.read_exact(&mut vec![0; frame.len()]).expect("the answer is as long as these texts");
    }
}

/// What the tap has noted when so many connections have ended.
fn seen(tap: &Tap, connections: usize) -> Vec<Event> {
    let closed = |events: &[Event]| events.iter().filter(|event| event.what == What::Closed).count();
    let events = tap.take_when(PATIENCE, |events| closed(events) == 2 * connections);
    holds(
        closed(&events) == 2 * connections,
        "the friends have left, but the tap does not see it: run this again",
    );
    events
}

/// The same bytes as the tap would have noted them if every read had given at most `size` bytes.
fn cut(seen: &[Event], size: usize) -> Vec<Event> {
    let pieces = |event: &Event| match &event.what {
        What::Bytes(bytes) => {
            let piece = |bytes: &[u8]| Event { what: What::Bytes(bytes.to_vec()), ..event.clone() };
            bytes.chunks(size).map(piece).collect()
        }
        What::Closed => vec![event.clone()],
    };
    seen.iter().flat_map(pieces).collect()
}

/// The same bytes as if one read had given all that a side sent.
fn joined(seen: &[Event]) -> Vec<Event> {
    let mut joined: Vec<Event> = Vec::new();
    for event in seen {
        let same_way =
            |other: &&mut Event| other.connection == event.connection && other.direction == event.direction;
        match (joined.iter_mut().find(same_way).map(|event| &mut event.what), &event.what) {
            (Some(What::Bytes(all)), What::Bytes(bytes)) => all.extend(bytes),
            _ => joined.push(event.clone()),
        }
    }
    joined
}

fn said(expected: &[&str], seen: &[Event], connection: usize) {
    let found = messages(seen, connection);
    let expected: Vec<String> = expected.iter().map(|text| (*text).to_owned()).collect();
    if found.is_empty() {
        fail(format!(
            "no message was found; the client said {expected:?}. Where does its first frame begin?"
        ));
    }
    same(&expected, &found);
}

pub fn main() {
    kit::run(|tester| {
        let server = server();
        let tap = Tap::start(server).expect("a tap");
        let flag = kit::flag("sniffing");
        tester.step("one message of one friend", || {
            let mut friend = Friend::connect(tap.address());
            friend.say("good morning", usize::MAX);
            drop(friend);
            said(&["good morning"], &seen(&tap, 1), 0);
        });
        tester.step("two friends at the same time, in pieces of a few bytes", || {
            let tap = Tap::start(server).expect("a tap");
            let mut ann = Friend::connect(tap.address());
            let mut bob = Friend::connect(tap.address());
            for (number, (to_bob, to_ann)) in [
                ("have you done exercise 4", "which one"),
                ("the long one", "not yet"),
                ("", "are you there"),
            ]
            .into_iter()
            .enumerate()
            {
                ann.say(to_bob, number + 1);
                bob.say(to_ann, 3);
            }
            drop((ann, bob));
            let seen = seen(&tap, 2);
            said(&["have you done exercise 4", "the long one", ""], &seen, 0);
            said(&["which one", "not yet", "are you there"], &seen, 1);
        });
        tester.step("a message that was cut off is no message", || {
            let tap = Tap::start(server).expect("a tap");
            let mut friend = Friend::connect(tap.address());
            friend.say("the end", usize::MAX);
            friend.0.write_all(b"\0\0\0\x0dis com").expect("the server waits for the rest");
            drop(friend);
            said(&["the end"], &seen(&tap, 1), 0);
        });
        tester.step("the network cuts and joins as it likes, also the answer to the challenge", || {
            let tap = Tap::start(server).expect("a tap");
            let mut friend = Friend::connect(tap.address());
            friend.say("the train is late", usize::MAX);
            friend.say("wait for me", usize::MAX);
            drop(friend);
            let seen = seen(&tap, 1);
            for size in [1, 7, 15, 20] {
                said(&["the train is late", "wait for me"], &cut(&seen, size), 0);
            }
            said(&["the train is late", "wait for me"], &joined(&seen), 0);
        });
        tester.step(
            "a client that has left after 7 bytes of its answer, and one that has sent nothing",
            || {
                let tap = Tap::start(server).expect("a tap");
                for length in [7, 0] {
                    let mut stream = lab::connect(tap.address(), Some(PATIENCE)).expect("the server listens");
                    stream.read_exact(&mut [0; CHALLENGE_LENGTH]).expect("a challenge");
                    stream.write_all(&vec![7; length]).expect("the server takes it");
                }
                let seen = seen(&tap, 2);
                for connection in 0..2 {
                    same(&Vec::<String>::new(), &messages(&seen, connection));
                }
            },
        );
        tester.step("bytes that are no UTF-8", || {
            let tap = Tap::start(server).expect("a tap");
            let mut friend = Friend::connect(tap.address());
            friend.say(b"at nine in the caf\xe9", usize::MAX);
            friend.say("good", usize::MAX);
            drop(friend);
            said(&["at nine in the caf\u{fffd}", "good"], &seen(&tap, 1), 0);
        });
        tester.step("the password that a friend has sent in two halves", || {
            let tap = Tap::start(server).expect("a tap");
            let mut others: Vec<Friend> = (0..7).map(|_| Friend::connect(tap.address())).collect();
            let (first, second) = flag.split_at(11);
            let script = [
                (0, "has anybody seen my bag".to_owned()),
                (5, "I send you the password of our photos in two messages; nobody can read it".to_owned()),
                (1, "first half: of the match 0:0".to_owned()),
                (3, "second half: of the match 2:1".to_owned()),
                (5, "look for \"first half: \" and \"second half: \" in front of it".to_owned()),
                (5, format!("second half: {second}")),
                (0, "it is blue".to_owned()),
                (5, "this was the second one, so that nobody is the wiser".to_owned()),
                (1, "see you".to_owned()),
                (5, format!("first half: {first}")),
                (5, "tell nobody".to_owned()),
            ];
            for (who, text) in script {
                others[who].say(&text, 5);
            }
            drop(others);
            let seen = seen(&tap, 7);
            match password(&seen) {
                Some(found) => {
                    holds(found == flag, format!("`password` says {found:?}, but that is not the password"))
                }
                None => fail("`password` found nothing; one of the seven friends has sent both halves, the second one first"),
            }
        });
        tester.step("no password where nobody has sent one", || {
            let tap = Tap::start(server).expect("a tap");
            for text in ["first half: is over", "second half: is long"] {
                Friend::connect(tap.address()).say(text, usize::MAX);
            }
            same(&None, &password(&seen(&tap, 2)));
            same(&None, &password(&[]));
        });
    });
}
