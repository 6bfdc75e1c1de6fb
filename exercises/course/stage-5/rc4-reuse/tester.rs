//! The tester of `rc4-reuse`: stage 5's real server and client, with exponents that are never renewed; and a tap.

mod exercise;
#[path = "../tapped.rs"]
mod tapped;

use exercise::read;
use framing::{ByteOrder, FrameHandler};
use key_exchange::{Group, KeyPair, Keystreams, SecretEcho, random_bits};
use kit::{fail, holds, same};
use rand::SeedableRng;
use rand::rngs::StdRng;
use socketserver::{Authenticated, Server, ThreadingTcpServer};
use std::net::{SocketAddr, TcpListener};
use tapped::overhear;

/// The pair that comes from this seed: the same seed, the same exponent.
fn pair(seed: u64) -> KeyPair {
    let private = random_bits(256, &mut StdRng::seed_from_u64(seed)).to_bytes_be();
    KeyPair::from_private(&Group::ffdhe2048(), private.into()).expect("a good group")
}

/// Starts stage 5's server, whose exponent is the same for all clients.
fn server(seed: u64) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("it listens");
    let make = move |peer| {
        let echo = SecretEcho::new(peer, Keystreams::Two, move || Ok(pair(seed)));
        Ok(Authenticated::new(None, FrameHandler::new(ByteOrder::Network, echo)))
    };
    let server = ThreadingTcpServer::new(listener, make).expect("a server");
    std::thread::spawn(|| Box::new(server).serve_forever());
    address
}

fn reads(expected: &[&str], found: Option<Vec<String>>) {
    let expected: Vec<String> = expected.iter().map(|text| (*text).to_owned()).collect();
    match found {
        Some(found) => same(&expected, &found),
        None => fail(
            "both conversations have the same public values, so the same keystream; but the answer is `None`",
        ),
    }
}

/// What everybody has got by mail, and a friend has copied into the chat.
const MENU: &[&str] = &[
    "Monday: noodle soup with tofu",
    "Tuesday: rice with peas and egg",
    "",
    "Wednesday: dumplings, as every week",
    "Thursday: potatoes with cheese",
    "Friday: the kitchen is closed",
];

pub fn main() {
    kit::run(|tester| {
        let (server, friend) = (server(7), pair(8));
        let menu = overhear(server, &friend, MENU);
        tester.step("a message as long as the one that is known", || {
            let known = overhear(server, &friend, &["pay 100 to bob"]);
            let other = overhear(server, &friend, &["meet me at six"]);
            reads(&["meet me at six"], read(&known, &["pay 100 to bob"], &other));
        });
        tester.step("a shorter message", || {
            let other = overhear(server, &friend, &["is anybody there"]);
            reads(&["is anybody there"], read(&menu, MENU, &other));
        });
        tester.step("several messages: the keystream runs on", || {
            let texts = ["yes", "we meet at nine, behind the old station", "", "bring the map"];
            reads(&texts, read(&menu, MENU, &overhear(server, &friend, &texts)));
        });
        tester.step("the code of the door, which the friend has sent after everybody knew the menu", || {
            let flag = kit::flag("rc4-reuse");
            let texts = [
                "I forgot it as well",
                &format!("but I have found it: the door opens with {flag}"),
                "good night",
            ];
            let found = read(&menu, MENU, &overhear(server, &friend, &texts));
            let found = found.unwrap_or_else(|| fail("the keystream is the same, but the answer is `None`"));
            let why = format!("what you have read is not what the friend has said: {found:?}");
            holds(found.iter().any(|text| text.contains(&flag)), why);
        });
        tester.step("a friend with a new exponent for each connection: `None`", || {
            let fresh = overhear(server, &pair(9), &["this cannot be read"]);
            holds(
                read(&menu, MENU, &fresh).is_none(),
                "the client's public value is another one, so the keystream is, too",
            );
        });
        tester.step("a server with a new exponent: `None`", || {
            let other = overhear(self::server(10), &friend, &["nor can this"]);
            holds(
                read(&menu, MENU, &other).is_none(),
                "the server's public value is another one, so the keystream is, too",
            );
        });
    });
}
