//! The tester of `twelve-bit-key`: a server that speaks as stage 5's does with `--historic`, stage 5's client, and what
//! a tap has noted.

mod exercise;
#[path = "../tapped.rs"]
mod tapped;

use echo::lab::Recording;
use exercise::{exponent, read};
use framing::{ByteOrder, FrameHandler, FrameService, Outgoing};
use key_exchange::{Ciphers, Group, KeyPair, Keystreams, Side, fresh_pair, historic};
use kit::{fail, holds, same};
use num_bigint::BigUint;
use socketserver::{Authenticated, Close, Server, ThreadingTcpServer};
use std::net::{SocketAddr, TcpListener};
use tapped::overhear;

/// A pair with this exponent.
fn pair(private: u32) -> KeyPair {
    KeyPair::from_private(&historic::group(), private.to_be_bytes().to_vec().into()).expect("a good group")
}

/// A pair whose exponent nobody finds by trying.
fn long_pair() -> KeyPair {
    KeyPair::from_private(&historic::group(), vec![0xb7; 32].into()).expect("a good group")
}

/// The server's side of stage 5, which answers with these texts, one after the other.
struct Answering<F> {
    pair: F,
    ciphers: Option<Ciphers>,
    answers: std::vec::IntoIter<String>,
}

impl<F: Fn() -> KeyPair + Send + 'static> FrameService for Answering<F> {
    fn frame(&mut self, payload: &[u8], out: &mut Outgoing<'_>) -> Result<(), Close> {
        let Some(ciphers) = &mut self.ciphers else {
            let pair = (self.pair)();
            let key = pair.shared_key(payload).map_err(|e| Close::because(e.to_string()))?;
            self.ciphers = Some(Ciphers::new(&key, Side::Server, Keystreams::Two));
            return out.frame(pair.public());
        };
        let mut answer = self.answers.next().unwrap_or_default().into_bytes();
        ciphers.send.apply(&mut answer);
        out.frame(&answer)
    }
}

/// Starts a server that speaks as stage 5's does; `make` makes its pair for each client.
fn server(make: impl Fn() -> KeyPair + Clone + Send + Sync + 'static, answers: &[&str]) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("it listens");
    let answers: Vec<String> = answers.iter().map(|text| (*text).to_owned()).collect();
    let make = move |_| {
        let service = Answering { pair: make.clone(), ciphers: None, answers: answers.clone().into_iter() };
        Ok(Authenticated::new(None, FrameHandler::new(ByteOrder::Network, service)))
    };
    let server = ThreadingTcpServer::new(listener, make).expect("a server");
    std::thread::spawn(|| Box::new(server).serve_forever());
    address
}

fn historic_server(answers: &[&str]) -> SocketAddr {
    server(|| fresh_pair(&historic::group()).expect("random bytes"), answers)
}

fn reads(questions: &[&str], answers: &[&str], recording: &Recording) {
    let Some(found) = read(recording) else {
        fail("`read` says that it has found no exponent, but there is one of twelve bits");
    };
    for (whose, expected, found) in [("client", questions, &found[0]), ("server", answers, &found[1])] {
        holds(
            expected == found,
            format!("the {whose} has said  {expected:?}\nbut you have read    {found:?}"),
        );
    }
}

pub fn main() {
    kit::run(|tester| {
        tester.step("small numbers: which power of 5 is 8, modulo 23?", || {
            let group = Group { p: 23u32.into(), g: 5u32.into(), ..historic::group() };
            same(&Some(6), &exponent(&group, &BigUint::from(8u32)));
            same(&Some(15), &exponent(&group, &BigUint::from(19u32)));
        });
        tester.step("exponents of 12 bits under a prime of 768", || {
            let group = historic::group();
            for private in [1, 2_053, 2_999, 4_093, 4_095] {
                let public = BigUint::from_bytes_be(pair(private).public());
                same(&Some(private), &exponent(&group, &public));
            }
        });
        tester.step("an exponent of 256 bits is not found", || {
            let public = BigUint::from_bytes_be(long_pair().public());
            same(&None, &exponent(&historic::group(), &public));
        });
        tester.step("a recorded conversation with known exponents", || {
            let recording =
                overhear(server(|| pair(2_999), &["to which bob?"]), &pair(2_053), &["pay 100 to bob"]);
            reads(&["pay 100 to bob"], &["to which bob?"], &recording);
        });
        tester.step("several messages in both directions, with exponents that nobody knows", || {
            let friend = fresh_pair(&historic::group()).expect("random bytes");
            let questions = ["good morning", "", "which street", "see you"];
            let answers = ["who is there", "hello?", "Lange Straße 5", ""];
            let recording = overhear(historic_server(&answers), &friend, &questions);
            reads(&questions, &answers, &recording);
        });
        tester.step("only the server's exponent is short", || {
            let recording = overhear(historic_server(&["and mine?"]), &long_pair(), &["mine has 256 bits"]);
            reads(&["mine has 256 bits"], &["and mine?"], &recording);
        });
        tester.step("only the client's exponent is short", || {
            let friend = fresh_pair(&historic::group()).expect("random bytes");
            let recording =
                overhear(server(long_pair, &["and mine is long"]), &friend, &["mine has 12 bits"]);
            reads(&["mine has 12 bits"], &["and mine is long"], &recording);
        });
        tester.step("the code of the alarm, in a recording from last year", || {
            let flag = kit::flag("twelve-bit-key");
            let friend = fresh_pair(&historic::group()).expect("random bytes");
            let texts = ["it is about the alarm", &format!("the code is {flag}"), "do not write it down"];
            let recording = overhear(historic_server(&["yes?", "thank you"]), &friend, &texts);
            let [found, _] = read(&recording).unwrap_or_else(|| fail("`read` has found no exponent"));
            let why = format!("what you have read is not what the friend has said: {found:?}");
            holds(found.iter().any(|text| text.contains(&flag)), why);
        });
        tester.step("two long exponents: `None`", || {
            let recording =
                overhear(server(long_pair, &["neither can this"]), &long_pair(), &["this cannot be read"]);
            holds(
                read(&recording).is_none(),
                "neither exponent has twelve bits, but `read` has read something",
            );
        });
    });
}
