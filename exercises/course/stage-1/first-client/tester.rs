//! The tester of `first-client`: the server of stage 1, then servers that do what a server may do, too.

mod exercise;

use echo::{lab, server};
use exercise::ask;
use kit::{fail, holds, listen, same_bytes, within};
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_millis(500);

/// The server of stage 1.
fn echo_server() -> SocketAddr {
    let (listener, address) = listen();
    std::thread::spawn(move || server::serve(&listener, server::converse));
    address
}

/// A server for one client.
fn serve_one(converse: impl FnOnce(TcpStream) -> io::Result<()> + Send + 'static) -> SocketAddr {
    let (listener, address) = listen();
    std::thread::spawn(move || listener.accept().and_then(|(stream, _)| converse(stream)));
    address
}

/// Asks, and does not wait for ever.
fn try_to_ask(server: SocketAddr, message: &[u8]) -> io::Result<Vec<u8>> {
    let message = message.to_vec();
    within(
        4 * PATIENCE,
        "the client still waits: it has not ended its own direction, or some wait has no limit",
        move || ask(server, &message, PATIENCE),
    )
}

fn answer_of(server: SocketAddr, message: &[u8]) -> Vec<u8> {
    try_to_ask(server, message)
        .unwrap_or_else(|error| fail(format!("the client has got no answer: {}", lab::reason(&error))))
}

pub fn main() {
    kit::run(|tester| {
        let server = echo_server();
        tester.step("the server of stage 1 answers", || {
            same_bytes("SHALL WE MEET?", answer_of(server, b"shall we meet?"));
        });
        tester.step("the answer may be longer than the message", || {
            same_bytes("STRASSE", answer_of(server, "straße".as_bytes()));
            same_bytes("\u{399}\u{308}\u{301}!", answer_of(server, "\u{390}!".as_bytes()));
        });
        tester.step("a message of 20,000 bytes, which the server reads in many pieces", || {
            let message: Vec<u8> = (0..20_000_u32).map(|at| b'a' + (at % 23) as u8).collect();
            same_bytes(message.to_ascii_uppercase(), answer_of(server, &message));
        });
        tester.step("a server that has much to say: 3,000,000 bytes", || {
            let long: Vec<u8> = (0..3_000_000_u32).map(|at| (at % 251) as u8).collect();
            let said = long.clone();
            let server = serve_one(move |mut stream| {
                stream.read_to_end(&mut Vec::new())?;
                stream.write_all(&said)
            });
            same_bytes(long, answer_of(server, b"tell me everything"));
        });
        tester.step("nobody listens there", || {
            let (listener, address) = listen();
            drop(listener);
            holds(
                try_to_ask(address, b"hello?").is_err(),
                "nobody is there, so there is no answer, only an error",
            );
        });
        tester.step("a server that closes without an answer", || {
            let server = serve_one(|mut stream| stream.read_to_end(&mut Vec::new()).map(drop));
            holds(
                try_to_ask(server, b"hello?").is_err(),
                "the server has closed and said nothing: this is an error, and no empty answer",
            );
        });
        tester.step("a server that says nothing and does not close", || {
            let (listener, address) = listen();
            let answer = try_to_ask(address, b"hello?");
            holds(answer.is_err(), "the server was silent for longer than `patience`: this is an error");
            drop(listener); // until here the system has held the connection open
        });
        tester.step("a server that begins its answer and says no more", || {
            let server = serve_one(|mut stream| {
                stream.write_all(b"HEL")?;
                std::thread::sleep(8 * PATIENCE); // the connection stays open for longer than the tester waits
                Ok(())
            });
            holds(
                try_to_ask(server, b"hello?").is_err(),
                "you have waited in vain for the rest: this is an error, and half an answer is none",
            );
        });
        tester.step("a server that never reads, and a message of 64 MiB", || {
            let (listener, address) = listen();
            // More than the buffers of both systems hold: so a write has to wait.
            let answer = try_to_ask(address, &vec![b'a'; 64 << 20]);
            holds(answer.is_err(), "the server has read nothing, so there is no answer: this is an error");
            drop(listener);
        });
    });
}
