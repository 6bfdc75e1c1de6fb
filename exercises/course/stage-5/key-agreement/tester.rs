//! The tester of `key-agreement`: stage 5's own key pairs and its real server, then servers that are up to no good.

mod exercise;

use exercise::{agree, public_value, shared_key};
use framing::{ByteOrder, FrameHandler, FrameStream};
use key_exchange::{Group, KeyPair, Keystreams, Rc4, SecretEcho, fresh_pair, historic, random_bits};
use kit::{fail, holds, same_bytes, same_text};
use num_bigint::BigUint;
use rand::SeedableRng;
use rand::rngs::StdRng;
use socketserver::{Authenticated, Server, ThreadingTcpServer};
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

const PATIENCE: Option<Duration> = Some(Duration::from_secs(5));

fn number(n: u32) -> BigUint {
    BigUint::from(n)
}

/// Stage 5's key pair of this exponent.
fn pair(group: &Group, private: &BigUint) -> KeyPair {
    KeyPair::from_private(group, private.to_bytes_be().into()).expect("a good group")
}

/// With the exponent `ours` there must be the same key as stage 5 has with `theirs`.
fn same_key(group: &Group, ours: &BigUint, theirs: &BigUint) {
    let (ours_public, theirs) = (public_value(group, ours), pair(group, theirs));
    let key = theirs.shared_key(&ours_public).expect("a good value");
    match shared_key(group, ours, theirs.public()) {
        Ok(found) => same_bytes(key.bytes(), found),
        Err(problem) => fail(format!("a good public value was refused: {problem}")),
    }
}

/// Starts stage 5's server, without a challenge.
fn server(group: &Group) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("it listens");
    let group = group.clone();
    let make = move |peer| {
        let group = group.clone();
        let echo = SecretEcho::new(peer, Keystreams::Two, move || fresh_pair(&group));
        Ok(Authenticated::new(None, FrameHandler::new(ByteOrder::Network, echo)))
    };
    let server = ThreadingTcpServer::new(listener, make).expect("a server");
    std::thread::spawn(|| Box::new(server).serve_forever());
    address
}

/// A server that answers whatever comes with this public value.
fn false_server(public: Vec<u8>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("it listens");
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut stream = FrameStream::new(stream, ByteOrder::Network);
            // If the client has gone, the tester says why.
            let _ = stream.receive().and_then(|_| stream.send(&public));
        }
    });
    address
}

fn connect(address: SocketAddr) -> FrameStream {
    FrameStream::connect(address, PATIENCE, None, ByteOrder::Network).expect("the server listens")
}

/// Stage 5's server must understand what is encrypted under this key, and be understood.
fn talk(stream: &mut FrameStream, key: &[u8; 32]) {
    let keystream = |letter: u8| Rc4::new(&[&key[..], &[letter]].concat());
    let (mut send, mut receive) = (keystream(b'C'), keystream(b'S'));
    for (text, expected) in [("pay 100 to bob", "PAY 100 TO BOB"), ("straße", "STRASSE")] {
        let mut message = text.as_bytes().to_vec();
        send.apply(&mut message);
        match stream.request(&message) {
            Ok(mut answer) => {
                receive.apply(&mut answer);
                same_text(expected, &String::from_utf8_lossy(&answer));
            }
            Err(failure) => fail(format!("the server does not answer under this key: {failure}")),
        }
    }
}

pub fn main() {
    kit::run(|tester| {
        let group = Group::ffdhe2048();
        let mut random = StdRng::seed_from_u64(5);
        let private = random_bits(256, &mut random);
        // Their shared value begins with a zero byte: it stands in stage 5's own tests.
        let ours = BigUint::from_bytes_be(&[vec![0xb7; 31], vec![0x00]].concat());
        let theirs = BigUint::from_bytes_be(&[vec![0xb7; 31], vec![0x35]].concat());

        tester.step("the public value of an exponent of 256 bits", || {
            same_bytes(pair(&group, &private).public(), public_value(&group, &private));
        });
        tester.step("a small public value is padded to the length of p", || {
            for exponent in [1, 5, 1_000] {
                same_bytes(pair(&group, &number(exponent)).public(), public_value(&group, &number(exponent)));
            }
        });
        tester.step("another group: 768 bits", || {
            let group = historic::group();
            same_bytes(pair(&group, &number(2_053)).public(), public_value(&group, &number(2_053)));
            same_key(&group, &private, &number(2_053));
        });
        tester.step("both sides have the same key", || {
            same_key(&group, &private, &ours);
        });
        tester.step("a shared value that begins with a zero byte", || {
            same_key(&group, &ours, &theirs);
        });
        tester.step("stage 5's real server", || {
            let address = server(&group);
            for _ in 0..2 {
                let mut stream = connect(address);
                match agree(&mut stream, &group, &random_bits(256, &mut random)) {
                    Ok(key) => talk(&mut stream, &key),
                    Err(problem) if problem.contains("no answer came") => {
                        fail(format!("there is no key: {problem}; who speaks first?"))
                    }
                    Err(problem) => fail(format!("there is no key: {problem}")),
                }
            }
        });
        let p = group.p.clone();
        let padded = |value: &BigUint| {
            let value = value.to_bytes_be();
            [vec![0; group.length() - value.len()], value].concat()
        };
        tester.step("a server that sends 0, 1 or p - 1 gets no key, nor one that sends p or more", || {
            let largest = (number(1) << 2048) - 1u32;
            for (what, value) in [
                ("0, so everybody knows the key", number(0)),
                ("1, so everybody knows the key", number(1)),
                ("p - 1, so everybody has two keys to try", &p - 1u32),
                ("p, which has the powers of 0", p.clone()),
                ("p + 1, which has the powers of 1", &p + 1u32),
                ("2^2048 - 1, which is more than p", largest),
            ] {
                let mut stream = connect(false_server(padded(&value)));
                let refused = agree(&mut stream, &group, &private).is_err();
                holds(refused, format!("the server has sent {what}; it was taken"));
            }
        });
        tester.step("2 and p - 2 are allowed", || {
            for value in [number(2), &p - 2u32] {
                holds(
                    shared_key(&group, &private, &padded(&value)).is_ok(),
                    "a value from 2 to p - 2 was refused",
                );
            }
        });
        tester.step("a public value of another length is refused", || {
            let good = public_value(&group, &ours);
            for value in [vec![], vec![2], good[..255].to_vec(), [&[0], &good[..]].concat()] {
                let length = value.len();
                let bytes = if length == 1 { "byte" } else { "bytes" };
                let why = format!("a public value of {length} {bytes} was taken; p has 256");
                holds(shared_key(&group, &private, &value).is_err(), why);
            }
        });
        tester.step("a server that closes instead of answering is an error, not a panic", || {
            let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
            let mut stream = connect(listener.local_addr().expect("it listens"));
            std::thread::spawn(move || {
                let (stream, _) = listener.accept().expect("the client comes");
                let _ = FrameStream::new(stream, ByteOrder::Network).receive(); // and then it closes
            });
            holds(
                agree(&mut stream, &group, &private).is_err(),
                "the server has sent nothing, and still there is a key",
            );
        });
    });
}
