//! A client of stage 1 that waits for the whole answer.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

/// Connects to `server`, sends `message`, and returns the whole answer.
///
/// Nothing in the protocol says where an answer ends. But a connection has two directions, and each has an end
/// of its own. `stream.shutdown(Shutdown::Write)` ends ours: after our last byte the server reads `Ok(0)`. It
/// sends what it still has to say, and closes. Only then do our reads return `Ok(0)`.
///
/// Each wait for the server ends after `patience`. It is an error if that happens, if nobody listens, or if the
/// server closes without any answer.
pub fn ask(server: SocketAddr, message: &[u8], patience: Duration) -> io::Result<Vec<u8>> {
    // solution
    let mut stream = TcpStream::connect_timeout(&server, patience)?;
    stream.set_read_timeout(Some(patience))?;
    stream.set_write_timeout(Some(patience))?;
    stream.write_all(message)?;
    stream.shutdown(Shutdown::Write)?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    if answer.is_empty() {
        return Err(io::Error::new(ErrorKind::UnexpectedEof, "the server closed instead of answering"));
    }
    Ok(answer)
    // starter
    // todo!("connect, send the message, end your direction, and read until the server has ended its own")
    // end
}
