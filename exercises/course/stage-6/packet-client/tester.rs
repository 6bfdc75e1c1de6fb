//! The tester of `packet-client`: the real server of stage 6, a tap between, and servers that misbehave.

mod exercise;

use cbc_packet::operations::{
    ADD_FRIEND, CLIENT_ECHO, GENERAL_FAILURE, GENERAL_MSG, SERVER_ECHO, text_message,
};
use cbc_packet::{Fill, Friends, NOT_UNDERSTOOD, PacketHandler, Packets};
use conn_auth::{ANSWER_LENGTH, Key, demand, random};
use echo::lab::{Direction, Failure, Tap, What};
use exercise::Client;
use framing::{ByteOrder, FrameStream};
use key_exchange::{Group, fresh_pair};
use kit::{fail, holds, same_text};
use socketserver::{Authenticated, Server, ThreadingTcpServer, ask};
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::spawn;

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

/// A server for one client: after the exchange it sends what `answer` makes of the key, and closes.
fn misbehaving(answer: fn(&Packets) -> Vec<u8>) -> SocketAddr {
    let (listener, address) = listen();
    spawn(move || -> Result<(), Failure> {
        let (mut stream, _) = listener.accept().map_err(|_| Failure::new("nobody came"))?;
        demand(&mut stream, &key()).map_err(|_| Failure::new("it was not admitted"))?;
        let mut frames = FrameStream::new(stream, ByteOrder::Network);
        let theirs = frames.receive()?;
        let pair = fresh_pair(&Group::ffdhe2048())?;
        frames.send(pair.public())?;
        let shared = pair.shared_key(&theirs).map_err(|e| Failure::new(e.to_string()))?;
        let (mut stream, _) = frames.into_parts();
        let _ = stream.read(&mut [0; 4096]); // the client's packet: what it says does not matter
        let _ = stream.write_all(&answer(&Packets::new(shared.bytes())));
        Ok(())
    });
    address
}

fn sealed(packets: &Packets) -> Vec<u8> {
    let mut packet = Vec::new();
    let answer = text_message(SERVER_ECHO, "AN ANSWER OF MORE THAN ONE BLOCK");
    packets.seal_message([7; 16], &answer, &mut packet).expect("it fits");
    packet
}

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
        fail(format!("{otherwise}; the client has returned operation {operation}, {text:?}"));
    }
}

/// The IVs of the packets that the client of this tap has sent. The tap notes what comes before it passes it on, so
/// of a packet that was answered nothing is missing.
fn ivs(tap: &Tap) -> Vec<Vec<u8>> {
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
        tester.step("every packet has an IV of its own", || {
            let tap = Tap::start(server).unwrap_or_else(|_| fail("no tap can be put on the wire"));
            let mut client = connected(tap.address());
            for _ in 0..2 {
                answers(&mut client, CLIENT_ECHO, "good morning", (SERVER_ECHO, "GOOD MORNING"));
            }
            let ivs = ivs(&tap);
            holds(ivs.len() == 2, format!("two packets were expected on the wire, {} came", ivs.len()));
            holds(
                ivs[0] != ivs[1],
                "both packets have the same IV: everybody on the path sees that the same was said twice",
            );
        });
        tester.step("a server that leaves instead of answering", || {
            is_an_error(misbehaving(|_| Vec::new()), "the server has said nothing and closed");
        });
        tester.step("a server that leaves in the middle of its answer", || {
            is_an_error(
                misbehaving(|packets| sealed(packets)[..60].to_vec()),
                "only 60 bytes of the answer came",
            );
        });
        tester.step("an answer that was changed on its way", || {
            let changed = |packets: &Packets| {
                let mut packet = sealed(packets);
                packet[70] ^= 1;
                packet
            };
            is_an_error(misbehaving(changed), "byte 70 of the answer was changed");
        });
        tester.step("an answer that announces 4 GiB", || {
            is_an_error(misbehaving(|_| vec![0xff; 100]), "no packet may be so long");
        });
    });
}
