//! The tester of `stranger`: the server of stage 1 behind a tap, among programs that are something else.

mod exercise;

use echo::lab::{self, Direction, Event, Tap, What};
use echo::{Client, server, upper_case};
use exercise::{find, overhear};
use kit::{fail, flag, holds, listen, same_text, within};
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// For two programs that never say anything, and for a machine that has much else to do.
const LIMIT: Duration = Duration::from_secs(4);

/// A program that does the same with every client.
fn program(converse: impl Fn(TcpStream) -> io::Result<()> + Send + 'static) -> SocketAddr {
    let (listener, address) = listen();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let _ = converse(stream); // that is the client's business
        }
    });
    address
}

/// The server of stage 1, and a tap in front of it.
fn tapped_server() -> Tap {
    let (listener, address) = listen();
    std::thread::spawn(move || server::serve(&listener, server::converse));
    Tap::start(address).expect("a tap")
}

fn find_among(candidates: &[SocketAddr]) -> Option<SocketAddr> {
    let candidates = candidates.to_vec();
    within(LIMIT, "the search takes too long: some programs never say anything", move || find(&candidates))
}

/// Somebody says this to the server, one piece after the other.
fn friend_says(server: SocketAddr, pieces: &[&str]) {
    let mut client = Client::connect(server, Some(LIMIT)).unwrap_or_else(|why| fail(why.to_string()));
    for piece in pieces {
        client.request(piece.as_bytes()).unwrap_or_else(|why| fail(why.to_string()));
    }
}

fn expect_flag(seen: &[Event]) {
    match overhear(seen) {
        Some(found) => same_text(&flag("stranger"), &found),
        None => fail("the flag is in what was seen, but `overhear` has found none"),
    }
}

pub fn main() {
    kit::run(|tester| {
        let tap = tapped_server();
        let chat = tap.address();
        let (nobody, closed) = listen();
        drop(nobody);
        let (_silent, silent) = listen();
        let busy = program(|mut stream| stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n"));
        let mirror = program(|mut stream| {
            let mut chunk = [0; 1024];
            let length = stream.read(&mut chunk)?;
            stream.write_all(&chunk[..length])
        });
        let rude = program(|_| Ok(()));

        tester.step("the chat server is the only candidate", || {
            holds(
                find_among(&[chat]) == Some(chat),
                "this server answers in upper case, but it was not found",
            );
        });
        tester.step("it was not only found: it has served you", || {
            let seen = tap.take(); // the tap notes everything before it passes it on
            let told = |connection, to| -> Vec<u8> {
                let events =
                    seen.iter().filter(|event| event.connection == connection && event.direction == to);
                let bytes = events.filter_map(|event| match &event.what {
                    What::Bytes(bytes) => Some(bytes.as_slice()),
                    What::Closed => None,
                });
                bytes.collect::<Vec<_>>().concat()
            };
            let served = |event: &Event| {
                let said = told(event.connection, Direction::ToServer);
                !said.is_empty() && told(event.connection, Direction::ToClient) == upper_case(&said)
            };
            holds(
                seen.iter().any(served),
                "you have said nothing to the server, or have not waited for its answer",
            );
        });
        tester.step("one address refuses the connection, one hangs up", || {
            holds(find_among(&[closed, rude, chat]) == Some(chat), "the third address is the server");
        });
        tester.step("one program says something else, one sends back what it gets", || {
            holds(find_among(&[busy, mirror, chat]) == Some(chat), "the third address is the server");
        });
        tester.step("some never say anything", || {
            holds(
                find_among(&[silent, silent, chat, closed]) == Some(chat),
                "the third address is the server",
            );
        });
        tester.step("there is no chat server", || {
            holds(
                find_among(&[busy, mirror, closed, rude]).is_none(),
                "none of these programs is a chat server",
            );
        });
        let flag = flag("stranger");

        tester.step("a friend tells the server a flag, and you listen", || {
            let tap = tapped_server();
            friend_says(tap.address(), &[&format!("the word is {flag}, keep it to yourself")]);
            expect_flag(&tap.take_closed(LIMIT, 0));
        });
        tester.step("the flag comes in pieces", || {
            let tap = tapped_server();
            let (first, rest) = flag.split_at(7);
            friend_says(tap.address(), &["the word is fl", &first[2..], rest, ", good night"]);
            expect_flag(&tap.take_closed(LIMIT, 0));
        });
        tester.step("two clients speak in turn", || {
            let tap = tapped_server();
            friend_says(tap.address(), &["is this the flag-shop?"]);
            let mut other = tap.take_closed(LIMIT, 0);
            let (first, rest) = flag.split_at(9);
            friend_says(tap.address(), &[first, rest]);
            let mut seen = Vec::new();
            for event in tap.take_closed(LIMIT, 1) {
                seen.push(event); // so what the other one says comes between the pieces of the flag
                seen.extend((!other.is_empty()).then(|| other.remove(0)));
            }
            expect_flag(&seen);
        });
        tester.step("a friend talks of other things that begin with `flag-`", || {
            let tap = tapped_server();
            friend_says(tap.address(), &["flag-day tomorrow, all come? ", "flag-", &flag, " is the word"]);
            expect_flag(&tap.take_closed(LIMIT, 0));
        });
        tester.step("nobody has told a flag", || {
            let tap = tapped_server();
            friend_says(tap.address(), &["good morning, flag-day tomorrow, all come?", "flag-"]);
            holds(overhear(&tap.take_closed(LIMIT, 0)).is_none(), "no flag was told");
            holds(overhear(&[]).is_none(), "nothing was seen at all");
        });
    });
}
