//! The tester of `request-handler`: the handler by itself, with times of our own; then under servers of stage
//! 3.

mod exercise;

use echo::lab::Failure;
use exercise::{LONGEST, LineHandler, PATIENCE};
use kit::{fail, holds, listen, same_bytes, same_text};
use socketserver::{RequestHandler, SelectTcpServer, Server, ThreadingTcpServer};
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

const LIMIT: Duration = Duration::from_secs(3);

/// What the handler answers to these reads, one after the other.
fn answers(handler: &mut LineHandler, reads: &[&[u8]]) -> Vec<u8> {
    let mut out = Vec::new();
    for read in reads {
        if let Err(close) = handler.handle(Instant::now(), read, &mut out) {
            fail(format!("the handler has ended the connection: {}", close.0));
        }
    }
    out
}

fn serve<S: Server + 'static>(make: impl FnOnce(TcpListener) -> S + Send + 'static) -> SocketAddr {
    let (listener, address) = listen();
    std::thread::spawn(move || Box::new(make(listener)).serve_forever());
    address
}

/// Two clients who speak in turn, line by line and half line by half line.
fn two_clients(server: SocketAddr) {
    let talk = || -> std::io::Result<[Vec<u8>; 2]> {
        let mut one = TcpStream::connect(server)?;
        let mut other = TcpStream::connect(server)?;
        for stream in [&one, &other] {
            stream.set_read_timeout(Some(LIMIT))?;
            stream.set_nodelay(true)?;
        }
        one.write_all(b"shall we ")?;
        other.write_all(b"is anybody there?\n")?;
        let mut first = [0; 20];
        other.read_exact(&mut first)?;
        one.write_all(b"meet?\nat eight\n")?;
        other.write_all(b"good night")?;
        let mut heard = [Vec::new(), first.to_vec()];
        for (stream, heard) in [&mut one, &mut other].into_iter().zip(&mut heard) {
            stream.shutdown(Shutdown::Write)?;
            stream.read_to_end(heard)?;
        }
        Ok(heard)
    };
    match talk() {
        Ok([one, other]) => {
            same_text("1 SHALL WE MEET?\n2 AT EIGHT\n", &String::from_utf8_lossy(&one));
            same_text("1 IS ANYBODY THERE?\n", &String::from_utf8_lossy(&other));
        }
        Err(error) => fail(format!("a client was not answered: {}", echo::lab::reason(&error))),
    }
}

fn new_handler(_: SocketAddr) -> Result<LineHandler, Failure> {
    Ok(LineHandler::default())
}

pub fn main() {
    kit::run(|tester| {
        tester.step("one line in one read", || {
            same_bytes("1 HELLO\n", answers(&mut LineHandler::default(), &[b"hello\n"]));
        });
        tester.step("a line in two pieces, and the next one begun in the same read", || {
            let mut handler = LineHandler::default();
            same_bytes("", answers(&mut handler, &[b"he"]));
            same_bytes("1 HELLO\n", answers(&mut handler, &[b"llo\nwor"]));
            same_bytes("2 WORLD\n", answers(&mut handler, &[b"ld\n"]));
        });
        tester.step("three lines in one read, one of them empty", || {
            let found = answers(&mut LineHandler::default(), &["one\n\nstraße\n".as_bytes()]);
            same_bytes("1 ONE\n2 \n3 STRASSE\n", found);
        });
        tester.step("the same stream, cut at every place, and byte by byte", || {
            let stream = "grüße\nwe meet at eight\n\n".as_bytes();
            let expected = "1 GRÜSSE\n2 WE MEET AT EIGHT\n3 \n";
            for cut in 0..=stream.len() {
                let (one, other) = stream.split_at(cut);
                same_bytes(expected, answers(&mut LineHandler::default(), &[one, other]));
            }
            let bytes: Vec<&[u8]> = stream.chunks(1).collect();
            same_bytes(expected, answers(&mut LineHandler::default(), &bytes));
        });
        tester.step("each connection counts for itself, and says at last how far it came", || {
            let (mut one, mut other) = (LineHandler::default(), LineHandler::default());
            same_bytes("1 A\n2 B\n", answers(&mut one, &[b"a\nb\n"]));
            same_bytes("1 C\n", answers(&mut other, &[b"c\nd"]));
            same_text("left; lines answered: 2", &one.left());
            same_text("left; lines answered: 1", &other.left());
        });
        tester.step("the longest line, and one byte more", || {
            let long = [&[b'a'; LONGEST][..], b"\n"].concat();
            let expected = [&b"1 "[..], &[b'A'; LONGEST], b"\n"].concat();
            same_bytes(&expected, answers(&mut LineHandler::default(), &[&long]));
            same_bytes(&expected, answers(&mut LineHandler::default(), &[&long[..700], &long[700..]]));
            for reads in [vec![&long[..LONGEST], b"a"], vec![&long[..10], &long[..LONGEST]]] {
                let (mut handler, mut out) = (LineHandler::default(), Vec::new());
                let ended: Vec<bool> = reads
                    .iter()
                    .map(|read| handler.handle(Instant::now(), read, &mut out).is_err())
                    .collect();
                holds(
                    !ended[0],
                    "the handler ends the connection although the line may still become short enough",
                );
                holds(ended[1], format!("a line has more than {LONGEST} bytes, and the handler goes on"));
            }
        });
        tester.step("a line that is too long, and its end is there already", || {
            let long = [&[b'a'; LONGEST + 1][..], b"\n"].concat();
            for (reads, expected) in [
                (vec![&long[..]], ""),
                (vec![&long[..700], &long[700..]], ""),
                (vec![&[b"short\n", &long[..], b"short\n"].concat()[..]], "1 SHORT\n"),
            ] {
                let (mut handler, mut out) = (LineHandler::default(), Vec::new());
                let ended = reads.iter().any(|read| handler.handle(Instant::now(), read, &mut out).is_err());
                holds(
                    ended,
                    format!(
                        "a line of {} bytes came together with its `\\n`, and the handler goes on",
                        LONGEST + 1
                    ),
                );
                same_bytes(expected, out);
            }
        });
        tester.step("a line that is too long, behind one that is not", || {
            let (mut handler, mut out) = (LineHandler::default(), Vec::new());
            let read = [&b"short\n"[..], &[b'a'; LONGEST + 1]].concat();
            let ended = handler.handle(Instant::now(), &read, &mut out);
            same_bytes("1 SHORT\n", out);
            holds(ended.is_err(), "the second line is too long, and the handler goes on");
        });
        tester.step("a line must end in time, and each byte buys no more time", || {
            let (mut handler, mut out, start) = (LineHandler::default(), Vec::new(), Instant::now());
            let second = Duration::from_secs(1);
            let expect = |handler: &LineHandler, expected: Option<Duration>| {
                let found = handler.deadline().map(|deadline| deadline.at - start);
                let text = |at: Option<Duration>| match at {
                    Some(at) => format!("a deadline {at:?} after the start"),
                    None => "no deadline".to_owned(),
                };
                same_text(&text(expected), &text(found));
            };
            expect(&handler, None);
            let mut read = |handler: &mut LineHandler, after: Duration, bytes: &[u8]| {
                holds(
                    handler.handle(start + after, bytes, &mut out).is_ok(),
                    "the handler has ended the connection",
                );
            };
            read(&mut handler, second, b"good ");
            expect(&handler, Some(second + PATIENCE));
            read(&mut handler, 3 * second, b"mor");
            expect(&handler, Some(second + PATIENCE));
            read(&mut handler, 4 * second, b"ning\n");
            expect(&handler, None);
            read(&mut handler, 60 * second, b"a\nb");
            expect(&handler, Some(60 * second + PATIENCE));
            read(&mut handler, 62 * second, b"\nc");
            expect(&handler, Some(62 * second + PATIENCE));
        });
        tester.step("under the server with threads", || {
            two_clients(serve(|listener| ThreadingTcpServer::new(listener, new_handler).expect("a server")));
        });
        tester.step("under the server with a select loop", || {
            two_clients(serve(|listener| SelectTcpServer::new(listener, new_handler).expect("a server")));
        });
    });
}
