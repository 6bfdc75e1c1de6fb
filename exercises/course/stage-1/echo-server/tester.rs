//! The tester of `echo-server`: first a client that is only played, so that every read and write is the same in
//! each run; then clients with sockets.

mod exercise;

use exercise::{converse, upper_case};
use kit::{fail, holds, listen, same_bytes, within};
use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(3);

/// A client with a script. It takes at most `takes` bytes of a write, and leaves at the end of its script. If it
/// is `gone`, every write is an error.
struct Played {
    says: VecDeque<io::Result<Vec<u8>>>,
    takes: usize,
    gone: bool,
    hears: Vec<u8>,
    /// It has said something and has heard nothing since.
    waits: bool,
    after_the_end: u32,
}

impl Played {
    fn new(says: impl IntoIterator<Item = io::Result<&'static [u8]>>) -> Self {
        let says = says.into_iter().map(|said| said.map(<[u8]>::to_vec)).collect();
        Self { says, takes: usize::MAX, gone: false, hears: Vec::new(), waits: false, after_the_end: 0 }
    }
}

impl Read for &mut Played {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.waits {
            fail("the server reads on and has not answered what the client has just said");
        }
        let Some(mut said) = self.says.pop_front().transpose()? else {
            self.after_the_end += 1;
            if self.after_the_end > 3 {
                fail("the client has left, which a read tells by `Ok(0)`, and the server goes on reading");
            }
            return Ok(0);
        };
        let length = said.len().min(buffer.len());
        if length == 0 {
            fail("the server reads into a buffer of no bytes");
        }
        let rest = said.split_off(length);
        buffer[..length].copy_from_slice(&said);
        if !rest.is_empty() {
            self.says.push_front(Ok(rest));
        }
        self.waits = true;
        Ok(length)
    }
}

impl Write for &mut Played {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.waits = false;
        if self.gone {
            return Err(ErrorKind::BrokenPipe.into());
        }
        let taken = bytes.len().min(self.takes);
        self.hears.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A client with a socket, and how the conversation with it ended. It sends and reads at the same time.
fn talk(message: Vec<u8>) -> (Vec<u8>, io::Result<()>) {
    let (listener, address) = listen();
    let mut client = TcpStream::connect(address).expect("a connection");
    let mut sender = client.try_clone().expect("a second handle");
    std::thread::spawn(move || {
        let _ = sender.write_all(&message); // the server may have left
        let _ = sender.shutdown(Shutdown::Write);
    });
    let answer = std::thread::spawn(move || {
        let mut answer = Vec::new();
        client.set_read_timeout(Some(LIMIT)).and_then(|()| client.read_to_end(&mut answer)).map(|_| answer)
    });
    let ended = within(LIMIT, "the client has left, and the server's function does not return", move || {
        converse(listener.accept().expect("the client").0)
    });
    match answer.join() {
        Ok(Ok(answer)) => (answer, ended),
        _ => fail("the client waits for the end of the connection, and it does not come"),
    }
}

/// The client has heard this; else there is a reason.
fn same_bytes_or(expected: &str, heard: &[u8], otherwise: &str) {
    let heard = String::from_utf8_lossy(heard);
    holds(heard == expected, format!("expected  {expected}\nfound     {heard}\n{otherwise}"));
}

pub fn main() {
    kit::run(|tester| {
        tester.step("a text in upper case", || {
            same_bytes("HELLO, SERVER", upper_case(b"hello, server"));
        });
        tester.step("a text whose upper case is longer", || {
            same_bytes("STRASSE", upper_case("straße".as_bytes()));
            same_bytes("\u{399}\u{308}\u{301}", upper_case("\u{390}".as_bytes()));
        });
        tester.step("bytes that are no text", || {
            same_bytes(b"CAF\xc3", upper_case(b"caf\xc3"));
            same_bytes(b"\xff\x00Z\x80", upper_case(b"\xff\x00z\x80"));
            same_bytes(b"", upper_case(b""));
        });
        tester.step("a client says one thing and leaves", || {
            let mut client = Played::new([Ok(&b"hello"[..])]);
            holds(converse(&mut client).is_ok(), "the client has left in order: this is no error");
            same_bytes("HELLO", client.hears);
        });
        tester.step("a client says a text that is more than ASCII", || {
            let mut client = Played::new([Ok("straße".as_bytes())]);
            holds(converse(&mut client).is_ok(), "the client has left in order: this is no error");
            same_bytes("STRASSE", client.hears);
        });
        tester.step("a client says several things, of several lengths", || {
            let mut client = Played::new([Ok(&b"shall we meet?"[..]), Ok(b"at eight"), Ok(b"!")]);
            holds(converse(&mut client).is_ok(), "the client has left in order: this is no error");
            same_bytes("SHALL WE MEET?AT EIGHT!", client.hears);
        });
        tester.step("a socket that takes only 3 bytes of each write", || {
            let mut client = Played { takes: 3, ..Played::new([Ok(&b"good morning, server"[..])]) };
            holds(converse(&mut client).is_ok(), "the client has left in order: this is no error");
            let lost = "a write took only a part of the answer; the rest was never sent";
            same_bytes_or("GOOD MORNING, SERVER", &client.hears, lost);
        });
        tester.step("a read is interrupted", || {
            let mut client = Played::new([Ok(&b"one"[..]), Err(ErrorKind::Interrupted.into()), Ok(b"two")]);
            holds(converse(&mut client).is_ok(), "an interrupted read has to be tried again");
            same_bytes("ONETWO", client.hears);
        });
        tester.step("the connection breaks", || {
            let mut client = Played::new([Ok(&b"one"[..]), Err(ErrorKind::ConnectionReset.into())]);
            let ended = converse(&mut client);
            same_bytes_or("ONE", &client.hears, "what came before the break must have been answered");
            holds(
                ended.is_err_and(|error| error.kind() == ErrorKind::ConnectionReset),
                "the error has to be returned, so that the log can tell it",
            );
        });
        tester.step("the client is gone when the answer comes", || {
            let mut client = Played { gone: true, ..Played::new([Ok(&b"one"[..]), Ok(b"two")]) };
            holds(
                converse(&mut client).is_err_and(|error| error.kind() == ErrorKind::BrokenPipe),
                "a write has failed: this error has to be returned, too",
            );
        });
        tester.step("a client with a socket, and 500,000 bytes", || {
            let question: Vec<u8> = (0..500_000_u32).map(|at| b'a' + (at % 23) as u8).collect();
            let (answer, ended) = talk(question.clone());
            same_bytes(question.to_ascii_uppercase(), answer);
            holds(ended.is_ok(), "the client has left in order: this is no error");
        });
    });
}
