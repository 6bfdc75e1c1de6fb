//! The tester of `packet-client`: the real server of stage 6, a tap between, and servers that misbehave.

mod exercise;

use cbc_packet::operations::{
    ADD_FRIEND, CLIENT_ECHO, GENERAL_FAILURE, GENERAL_MSG, SERVER_ECHO, text_message,
};
use cbc_packet::{
    Cipher, Fill, Friends, LIMIT, NOT_UNDERSTOOD, PacketError, PacketHandler, Packets, digest, seal,
};
use conn_auth::{ANSWER_LENGTH, Key, demand, random};
use echo::lab::{Direction, Failure, Tap, What};
use exercise::Client;
use framing::{ByteOrder, FrameStream, Message, Value, encode_frame};
use key_exchange::{Group, fresh_pair};
use kit::{fail, holds, same_text, within};
use socketserver::{Authenticated, Server, ThreadingTcpServer, ask};
use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::spawn;
use std::time::Duration;

fn key() -> Key {
    Key::new(b"a key that the class has chosen").expect("it is not empty")
}

fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let address = listener.local_addr().expect("it listens");
    (listener, address)
}

/// Stage 6's server.
fn server() -> SocketAddr {
    let (listener, address) = listen();
    let friends = Arc::new(Friends::default());
    let server = ThreadingTcpServer::new(listener, move |peer| {
        let pair = || fresh_pair(&Group::ffdhe2048());
        let handler = PacketHandler::new(peer, Arc::clone(&friends), Fill::Ignored, random, pair);
        Ok(Authenticated::new(ask(Some(&key()))?, handler))
    });
    let server = Box::new(server.expect("it can serve"));
    spawn(move || server.serve_forever());
    address
}

/// When a server that misbehaves sends its answer.
#[derive(PartialEq)]
enum When {
    /// When it was asked.
    Asked,
    /// At once, in one write with its public value.
    AtOnce,
    /// Never, and it does not close either.
    Never,
}

/// A server for one client: it agrees on a key, sends what `answer` makes of it, and closes.
fn misbehaving(when: When, answer: fn(&[u8; 32]) -> Vec<u8>) -> SocketAddr {
    let (listener, address) = listen();
    spawn(move || -> Result<(), Failure> {
        let (mut stream, _) = listener.accept().map_err(|_| Failure::new("nobody came"))?;
        demand(&mut stream, &key()).map_err(|_| Failure::new("it was not admitted"))?;
        let mut frames = FrameStream::new(stream, ByteOrder::Network);
        let theirs = frames.receive()?;
        let pair = fresh_pair(&Group::ffdhe2048())?;
        let shared = pair.shared_key(&theirs).map_err(|e| Failure::new(e.to_string()))?;
        let answer = answer(shared.bytes());
        let (mut stream, _) = frames.into_parts();
        let mut sent = Vec::new();
        encode_frame(ByteOrder::Network, LIMIT, pair.public(), &mut sent).expect("it fits");
        if when == When::AtOnce {
            sent.extend_from_slice(&answer);
        }
        let _ = stream.write_all(&sent);
        let _ = stream.read(&mut [0; 4096]); // the client's packet: what it says does not matter
        match when {
            When::Asked => drop(stream.write_all(&answer)),
            When::AtOnce => {}
            When::Never => drop(stream.read(&mut [0])), // until the client has gone
        }
        Ok(())
    });
    address
}

/// An answer in a packet that is right, however long it is.
fn sealed(key: &[u8; 32], answer: &Message) -> Vec<u8> {
    let text = answer.to_bytes().expect("it can be written");
    let write = |out: &mut Vec<u8>| {
        out.extend_from_slice(&text);
        Ok::<(), PacketError>(())
    };
    let mut packet = Vec::new();
    seal(&Cipher::new(key), [7; 16], usize::MAX, &mut packet, write, |_, body| digest(body))
        .expect("it fits");
    packet
}

/// A good answer.
fn good(key: &[u8; 32]) -> Vec<u8> {
    sealed(key, &text_message(SERVER_ECHO, GOOD))
}

const GOOD: &str = "AN ANSWER OF MORE THAN ONE BLOCK";

fn connected(address: SocketAddr) -> Client {
    Client::connect(address, &key()).unwrap_or_else(|why| fail(format!("no connection: {why}")))
}

fn answers(client: &mut Client, operation: u8, text: &str, expected: (u8, &str)) {
    match client.ask(operation, text) {
        Ok((operation, text)) => {
            same_text(expected.1, &text);
            holds(
                operation == expected.0,
                format!("the answer's operation is {}, and not {operation}", expected.0),
            );
        }
        Err(why) => fail(format!("no answer: {why}")),
    }
}

fn is_an_error(address: SocketAddr, otherwise: &str) {
    if let Ok((operation, text)) = connected(address).ask(CLIENT_ECHO, "hello") {
        let some: String = text.chars().take(50).collect();
        fail(format!("{otherwise}; the client has returned operation {operation}, {some:?}"));
    }
}

/// The IVs of the packets in which a client says this to the server, so many times. The tap notes what comes before it
/// passes it on, so of a packet that was answered nothing is missing.
fn ivs(server: SocketAddr, times: usize) -> Vec<Vec<u8>> {
    let tap = Tap::start(server).unwrap_or_else(|_| fail("no tap can be put on the wire"));
    let mut client = connected(tap.address());
    for _ in 0..times {
        answers(&mut client, CLIENT_ECHO, "good morning", (SERVER_ECHO, "GOOD MORNING"));
    }
    let mut sent = Vec::new();
    for event in tap.take() {
        if let (Direction::ToServer, What::Bytes(bytes)) = (event.direction, event.what) {
            sent.extend(bytes);
        }
    }
    // Before the packets: the answer to the challenge, and a frame with the public value.
    let mut rest = sent.get(ANSWER_LENGTH + 4 + 256..).unwrap_or_default();
    let mut ivs = Vec::new();
    while let (Some(length), Some(iv)) = (rest.first_chunk(), rest.get(5..21)) {
        ivs.push(iv.to_vec());
        rest = rest.get(53 + u32::from_be_bytes(*length) as usize..).unwrap_or_default();
    }
    holds(ivs.len() == times, format!("on the wire there should be {times} packets, {} came", ivs.len()));
    ivs
}

pub fn main() {
    kit::run(|tester| {
        let server = server();
        tester.step("connect to stage 6's server", || {
            connected(server);
        });
        tester.step("say something, and hear it in upper case", || {
            answers(&mut connected(server), CLIENT_ECHO, "straße 7", (SERVER_ECHO, "STRASSE 7"));
        });
        tester.step("three messages on one connection", || {
            let mut client = connected(server);
            answers(&mut client, ADD_FRIEND, "bob", (GENERAL_MSG, "bob is on the list now"));
            answers(&mut client, 77, "bob", (GENERAL_FAILURE, NOT_UNDERSTOOD));
            answers(&mut client, ADD_FRIEND, "bob", (GENERAL_MSG, "bob is on the list already"));
        });
        tester.step("an answer that needs many reads", || {
            let text = "many words ".repeat(20_000);
            answers(&mut connected(server), CLIENT_ECHO, &text, (SERVER_ECHO, &text.to_uppercase()));
        });
        tester.step("an answer that comes in one piece with the server's public value", || {
            let server = misbehaving(When::AtOnce, good);
            answers(&mut connected(server), CLIENT_ECHO, "hello", (SERVER_ECHO, GOOD));
        });
        tester.step("every packet has an IV of its own, that nobody can foresee", || {
            let (one, other) = (ivs(server, 2), ivs(server, 1));
            holds(
                one[0] != one[1],
                "both packets have the same IV: everybody on the path sees that the same was said twice",
            );
            holds(one[0] != other[0], "two clients begin with the same IV: it is not random");
            // Random bytes are never so much alike. A counter is.
            for iv in one.iter().chain(&other) {
                let again = 16 - iv.iter().collect::<BTreeSet<_>>().len();
                holds(
                    again <= 8,
                    format!("{again} of the 16 bytes of an IV are repetitions: it is not random"),
                );
            }
            let alike = one[0].iter().zip(&one[1]).filter(|(first, second)| first == second).count();
            holds(
                alike <= 8,
                format!(
                    "{alike} of 16 bytes are the same in two IVs of one connection: the second is not random"
                ),
            );
        });
        tester.step("a server that leaves instead of answering", || {
            is_an_error(misbehaving(When::Asked, |_| Vec::new()), "the server has said nothing and closed");
        });
        tester.step("a server that leaves in the middle of its answer", || {
            is_an_error(
                misbehaving(When::Asked, |key| good(key)[..60].to_vec()),
                "only 60 bytes of the answer came",
            );
        });
        tester.step("an answer that was changed on its way", || {
            let changed = |key: &[u8; 32]| {
                let mut packet = good(key);
                packet[70] ^= 1;
                packet
            };
            is_an_error(misbehaving(When::Asked, changed), "byte 70 of the answer was changed");
        });
        tester.step("an answer that is longer than LIMIT, or announces 4 GiB", || {
            let long =
                |key: &[u8; 32]| sealed(key, &text_message(SERVER_ECHO, "a long text ".repeat(LIMIT / 10)));
            is_an_error(misbehaving(When::Asked, long), "the answer is longer than LIMIT");
            is_an_error(misbehaving(When::Asked, |_| vec![0xff; 100]), "no packet may be so long");
        });
        tester.step("an answer whose value is no text", || {
            let number =
                |key: &[u8; 32]| sealed(key, &Message { operation: SERVER_ECHO, value: Value::Int(7) });
            is_an_error(misbehaving(When::Asked, number), "the answer is the number 7, and no text");
        });
        tester.step("a server that is silent", || {
            let server = misbehaving(When::Never, |_| Vec::new());
            let otherwise = "the server is silent, and the client waits for ever";
            // The client waits for one second. On a busy machine the rest takes longer than usual.
            within(Duration::from_secs(6), otherwise, move || {
                is_an_error(server, "the server has said nothing");
            });
        });
    });
}
