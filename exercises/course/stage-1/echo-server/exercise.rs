//! The server of stage 1: what it does with one client.

use std::io::{self, ErrorKind, Read, Write};

/// `text` in Unicode upper case if it is UTF-8; otherwise only the bytes `a` to `z` change. Any bytes may come
/// here.
///
/// The library has this and the next function ready-made, and the page of the book shows both. Close the page,
/// write them yourself, and compare afterwards.
pub fn upper_case(text: &[u8]) -> Vec<u8> {
    todo!("answer text as text, and anything else byte by byte")
}

/// Answers what each read brings in upper case, until the client has left: then the result is `Ok(())`.
///
/// A `stream` is a `TcpStream`, or something of the tester that behaves like one. It may take only a part of
/// what is written, and a read may be interrupted (`ErrorKind::Interrupted`): then it has to be tried again.
/// Every other error ends this conversation, and is returned: it must not end the server. What came before it
/// must have been answered.
pub fn converse(mut stream: impl Read + Write) -> io::Result<()> {
    todo!("read, answer, and read again")
}
