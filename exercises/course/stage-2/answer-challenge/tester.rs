//! The tester of `answer-challenge`: the server of stage 2, then servers that send their challenge in another
//! way.

mod exercise;
#[path = "../server.rs"]
mod server;

use conn_auth::Challenge;
use echo::lab;
use exercise::{answer, enter};
use kit::{fail, holds, listen, same_bytes, within};
use server::{KEY, key, real_server};
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(2);
const PATIENCE: Duration = Duration::from_millis(800);
const CHALLENGE: [u8; 32] = *b"nobody can know this beforehand!";

/// A server for one client, and what comes of it.
fn serve_one<T: Send + 'static>(
    converse: impl FnOnce(&mut TcpStream) -> io::Result<T> + Send + 'static,
) -> (SocketAddr, Receiver<io::Result<T>>) {
    let (listener, address) = listen();
    let (sender, result) = channel();
    std::thread::spawn(move || {
        let served = listener.accept().and_then(|(mut stream, _)| {
            stream.set_nodelay(true)?;
            stream.set_read_timeout(Some(LIMIT))?;
            converse(&mut stream)
        });
        let _ = sender.send(served); // the tester may have given up
    });
    (address, result)
}

fn try_to_enter(server: SocketAddr, key: &[u8]) -> io::Result<TcpStream> {
    let key = key.to_vec();
    within(LIMIT, "`enter` does not return: some wait has no limit", move || enter(server, &key, PATIENCE))
}

fn entered(server: SocketAddr) -> TcpStream {
    try_to_enter(server, KEY)
        .unwrap_or_else(|error| fail(format!("`enter` has returned an error: {}", lab::reason(&error))))
}

/// What the server has done with its client.
fn outcome<T>(result: &Receiver<io::Result<T>>) -> T {
    match result.recv_timeout(2 * LIMIT) {
        Ok(Ok(result)) => result,
        Ok(Err(error)) => fail(format!("the server has waited for your answer: {}", lab::reason(&error))),
        Err(_) => fail("the server still waits for your answer"),
    }
}

/// Reads as much as there is in `expected`, and compares.
fn expect(stream: &mut TcpStream, expected: &[u8]) {
    let mut found = vec![0; expected.len()];
    let read = stream.set_read_timeout(Some(LIMIT)).and_then(|()| stream.read_exact(&mut found));
    if let Err(error) = read {
        fail(format!("the server should say {} bytes now: {}", found.len(), lab::reason(&error)));
    }
    same_bytes(expected, found);
}

pub fn main() {
    kit::run(|tester| {
        tester.step("the answer to the challenge 00 01 02 … 1f, under the key `our class`", || {
            let expected = 0xcdb5_0f75_bb9a_c547_168c_3c5d_2d31_9d10_u128.to_be_bytes();
            let counting = std::array::from_fn(|at| at as u8);
            same_bytes(expected, answer(b"our class", &counting).unwrap_or_else(|why| fail(why.to_string())));
        });
        tester.step("you send the answer, and nothing else", || {
            let (server, sent) = serve_one(|stream| {
                stream.write_all(&CHALLENGE)?;
                let mut sent = Vec::new();
                stream.read_to_end(&mut sent).map(|_| sent)
            });
            drop(entered(server));
            same_bytes(Challenge::new(CHALLENGE).answer(&key()), outcome(&sent));
        });
        tester.step("the server of stage 2 admits you", || {
            let server = real_server();
            for message in ["shall we meet?", "at eight"] {
                let mut stream = entered(server);
                if let Err(error) = stream.write_all(message.as_bytes()) {
                    fail(format!("the server does not take the message: {}", lab::reason(&error)));
                }
                expect(&mut stream, message.to_uppercase().as_bytes());
            }
        });
        tester.step("the challenge comes in two pieces", || {
            let (server, answered) = serve_one(|stream| {
                stream.write_all(&CHALLENGE[..20])?;
                // Whoever answers now has not waited for the rest.
                stream.set_read_timeout(Some(PATIENCE / 4))?;
                if stream.read(&mut [0; 64]).is_ok() {
                    return Ok(None);
                }
                stream.write_all(&CHALLENGE[20..])?;
                stream.set_read_timeout(Some(LIMIT))?;
                let mut answer = [0; 16];
                stream.read_exact(&mut answer)?;
                Ok(Some(answer))
            });
            let entered = try_to_enter(server, KEY);
            match outcome(&answered) {
                Some(found) => same_bytes(Challenge::new(CHALLENGE).answer(&key()), found),
                None => {
                    fail("20 bytes of the challenge were there, and you have not waited for the other 12")
                }
            }
            holds(entered.is_ok(), "`enter` has returned an error");
        });
        tester.step("the server says something right behind the challenge", || {
            let (server, answered) = serve_one(|stream| {
                stream.write_all(&[&CHALLENGE[..], b"welcome!"].concat())?;
                stream.read_exact(&mut [0; 16])
            });
            let mut stream = entered(server);
            outcome(&answered);
            expect(&mut stream, b"welcome!");
        });
        tester.step("the server closes in the middle of the challenge", || {
            let (server, _) = serve_one(|stream| stream.write_all(&CHALLENGE[..31]));
            holds(try_to_enter(server, KEY).is_err(), "there was no whole challenge: this is an error");
        });
        tester.step("the server sends no challenge", || {
            let (_silent, server) = listen();
            holds(try_to_enter(server, KEY).is_err(), "there was no challenge for longer than `patience`");
        });
    });
}
