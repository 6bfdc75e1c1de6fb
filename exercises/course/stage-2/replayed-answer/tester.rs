//! The tester of `replayed-answer`: three servers that differ only in where their challenges come from.

mod exercise;

use conn_auth::{Challenge, Key, demand};
use echo::{lab, server};
use exercise::{foresee, next, replay};
use kit::{fail, flag, holds, listen, same_bytes, same_text, within};
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(3);

fn key() -> Key {
    Key::new(b"a key for tonight").expect("a key")
}

/// What a server notes about those who connect.
#[derive(Default)]
struct Notes {
    connections: AtomicUsize,
    wrong: AtomicBool,
}

/// A server that is closed after the first wrong answer.
fn strict(
    mut check: impl FnMut(&mut TcpStream) -> io::Result<()> + Send + 'static,
) -> (SocketAddr, Arc<Notes>) {
    let notes = Arc::new(Notes::default());
    let shared = Arc::clone(&notes);
    let server = serve(move |stream| {
        shared.connections.fetch_add(1, Ordering::SeqCst);
        if shared.wrong.load(Ordering::SeqCst) {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        let checked = check(stream);
        if checked.as_ref().is_err_and(|error| error.to_string() == WRONG) {
            shared.wrong.store(true, Ordering::SeqCst);
        }
        checked
    });
    (server, notes)
}

/// What stage 2 says about a wrong answer.
const WRONG: &str = "the answer to the challenge is wrong";

/// The loop of stage 1, for ever: whoever passes `check` is told the flag.
fn serve(mut check: impl FnMut(&mut TcpStream) -> io::Result<()> + Send + 'static) -> SocketAddr {
    let (listener, address) = listen();
    std::thread::spawn(move || {
        server::serve(&listener, |mut stream| {
            stream.set_read_timeout(Some(LIMIT))?;
            check(&mut stream)?;
            stream.write_all(flag("replayed-answer").as_bytes())
        })
    });
    address
}

/// As stage 2 does it, but with this challenge.
fn demand_with(stream: &mut TcpStream, challenge: [u8; 32]) -> io::Result<()> {
    stream.write_all(&challenge)?;
    let mut answer = [0; 16];
    stream.read_exact(&mut answer)?;
    if Challenge::new(challenge).accepts(&key(), &answer) {
        Ok(())
    } else {
        Err(io::Error::new(io::ErrorKind::PermissionDenied, WRONG))
    }
}

/// One of the few challenges of the first server.
fn few(number: u8) -> [u8; 32] {
    std::array::from_fn(|at| number.wrapping_mul(41) ^ (at as u8).wrapping_mul(13))
}

fn overheard(numbers: impl IntoIterator<Item = u8>) -> Vec<([u8; 32], [u8; 16])> {
    let answered = |challenge| (challenge, Challenge::new(challenge).answer(&key()));
    numbers.into_iter().map(|number| answered(few(number))).collect()
}

fn try_replay(server: SocketAddr, notes: &Notes, seen: &[([u8; 32], [u8; 16])]) -> Option<String> {
    let seen = seen.to_vec();
    notes.connections.store(0, Ordering::SeqCst);
    let said = within(LIMIT, "`replay` does not return", move || replay(server, &seen));
    holds(
        !notes.wrong.load(Ordering::SeqCst),
        "the answer did not fit its challenge, and the server is closed now: one wrong answer is enough",
    );
    let connections = notes.connections.load(Ordering::SeqCst);
    holds(
        connections <= 40,
        format!("after 40 connections in vain you should have given up, and you came {connections} times"),
    );
    match said {
        Ok(said) => said,
        Err(error) => fail(returned("replay", &error)),
    }
}

/// This error has come back. If a wait was too long, the usual reason is said, too.
fn returned(function: &str, error: &io::Error) -> String {
    let advice = if lab::timed_out(error) {
        ". The server serves one client at a time: is an earlier connection still open?"
    } else {
        ""
    };
    format!("`{function}` has returned an error: {}{advice}", lab::reason(error))
}

/// A challenge that is this number.
fn number(count: u128) -> [u8; 32] {
    let mut challenge = [0; 32];
    challenge[16..].copy_from_slice(&count.to_be_bytes());
    challenge
}

/// A server that counts from here, and a friend who comes to the wrong one.
fn check_foresee(mut count: u128) {
    let given = Arc::new(Mutex::new(Vec::new()));
    let giving = Arc::clone(&given);
    let server = serve(move |stream| {
        let challenge = number(count);
        count += 1;
        giving.lock().unwrap_or_else(PoisonError::into_inner).push(challenge);
        demand_with(stream, challenge)
    });
    let (listener, address) = listen();
    let relay = Arc::new(AtomicBool::new(false));
    let alarm = Arc::clone(&relay);
    std::thread::spawn(move || -> io::Result<()> {
        let mut friend = TcpStream::connect(address)?;
        friend.set_read_timeout(Some(LIMIT))?;
        let mut asked = [0; 32];
        friend.read_exact(&mut asked)?;
        if given.lock().unwrap_or_else(PoisonError::into_inner).contains(&asked) {
            alarm.store(true, Ordering::SeqCst);
            return Ok(());
        }
        friend.write_all(&Challenge::new(asked).answer(&key()))
    });
    let said = within(LIMIT, "`foresee` does not return", move || {
        let (mut friend, _) = listener.accept()?;
        friend.set_read_timeout(Some(Duration::from_secs(1)))?;
        foresee(server, &mut friend)
    });
    holds(
        !relay.load(Ordering::SeqCst),
        "the friend should answer a number that the server had already given out: that is a relay, not foresight",
    );
    match said {
        Ok(said) if said.is_empty() => fail("the server has closed: the answer did not fit its challenge"),
        Ok(said) => same_text(&flag("replayed-answer"), &said),
        Err(error) => fail(returned("foresee", &error)),
    }
}

pub fn main() {
    kit::run(|tester| {
        tester.step("a server with 16 challenges: one of the answers that you have fits one of them", || {
            let mut number = 0;
            let (server, notes) = strict(move |stream| {
                number = (number + 5) % 16;
                demand_with(stream, few(number))
            });
            for seen in [9, 2] {
                // The other two were for challenges that never come.
                match try_replay(server, &notes, &overheard([seen + 16, seen, seen + 32])) {
                    Some(said) if said.is_empty() => {
                        fail("the server has closed: the answer did not fit its challenge")
                    }
                    Some(said) => same_text(&flag("replayed-answer"), &said),
                    None => {
                        fail("the challenge that you have seen came again, and you have not used its answer")
                    }
                }
            }
        });
        tester.step("the server of stage 2: what was overheard is worth nothing", || {
            let (server, notes) = strict(|stream| demand(stream, &key()));
            let said = try_replay(server, &notes, &overheard(0..16));
            holds(said.is_none(), "none of these challenges has come again, so there is nothing to say");
        });
        tester.step("the number after 41", || same_bytes(number(42), next(number(41))));
        tester.step("the number after one that ends with ff, and with ff ff ff", || {
            same_bytes(number(0x0200), next(number(0x01ff)));
            same_bytes(number(0x0512_3500_0000), next(number(0x0512_34ff_ffff)));
        });
        tester.step("a server that counts: you know today what it will ask tomorrow", || check_foresee(41));
        tester.step("a server whose number ends with ff, and one with ff ff ff", || {
            check_foresee(0x01ff);
            check_foresee(0x0512_34ff_ffff);
        });
    });
}
