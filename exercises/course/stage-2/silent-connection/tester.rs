//! The tester of `silent-connection`: the server of stage 2, and a friend who has the key and would like to
//! come in.

mod exercise;
#[path = "../server.rs"]
mod server;

use conn_auth::{CHALLENGE_LENGTH, Client};
use echo::lab::{self, Direction, Event, Tap, What};
use exercise::hold;
use kit::{fail, holds, same_bytes, within};
use server::{key, real_server};
use std::io::{self, Read};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(3);

fn held(server: SocketAddr, long: Duration) -> Vec<TcpStream> {
    within(LIMIT, "`hold` has to return: it only opens connections", move || hold(server, long))
        .unwrap_or_else(|error| fail(format!("`hold` has returned an error: {}", lab::reason(&error))))
}

/// A friend comes, and gets nothing while this is checked.
fn friend_waits(server: SocketAddr, patience: Duration) -> TcpStream {
    let mut friend = lab::connect(server, Some(patience)).unwrap_or_else(|why| fail(why.to_string()));
    match friend.read(&mut [0]) {
        Err(error) if lab::timed_out(&error) => friend,
        _ => fail("a friend came after you, and the server has turned to him: nobody holds it"),
    }
}

fn challenge_comes(friend: &mut TcpStream) -> io::Result<()> {
    friend.set_read_timeout(Some(LIMIT))?;
    friend.read_exact(&mut [0; CHALLENGE_LENGTH])
}

pub fn main() {
    kit::run(|tester| {
        tester.step("a friend was served a moment ago, and now waits", || {
            let server = real_server();
            let mut friend = Client::connect(server, Some(LIMIT), Some(&key()))
                .unwrap_or_else(|why| fail(why.to_string()));
            same_bytes("HELLO", friend.request(b"hello").unwrap_or_else(|why| fail(why.to_string())));
            drop(friend);
            let _held = held(server, Duration::from_secs(1));
            friend_waits(server, Duration::from_millis(600));
        });
        tester.step("as many connections as 5, 5.5, 12 and 60 seconds need, and no more", || {
            for (seconds, needed) in [(5.0, 1), (5.5, 2), (12.0, 3), (60.0, 12)] {
                let long = Duration::from_secs_f64(seconds);
                let server = real_server();
                let held = held(server, long);
                holds(
                    held.len() == needed,
                    format!(
                        "for {long:?} it takes {needed} connections of 5 s each, and you hold {}",
                        held.len()
                    ),
                );
                holds(
                    held.iter().all(|stream| stream.peer_addr().is_ok_and(|peer| peer == server)),
                    "not all of your connections lead to the server",
                );
                friend_waits(server, Duration::from_millis(100));
            }
        });
        tester.step("you say nothing; when you leave, the friend's turn has come", || {
            let tap = Tap::start(real_server()).expect("a tap");
            let held = held(tap.address(), Duration::from_secs(12));
            let mut friend = friend_waits(tap.address(), Duration::from_millis(100));
            drop(held);
            if let Err(error) = challenge_comes(&mut friend) {
                fail(format!("the friend still gets no challenge: {}", lab::reason(&error)));
            }
            let bytes = |event: &Event| event.direction == Direction::ToServer && event.what != What::Closed;
            holds(!tap.take().iter().any(bytes), "you have sent something to the server");
        });
    });
}
