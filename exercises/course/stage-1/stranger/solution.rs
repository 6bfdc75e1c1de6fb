//! A stranger: finds the server, is served, and reads what others have said.

use echo::lab::{Direction, Event, What};
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// Enough for a server on this machine that wants to answer.
const PATIENCE: Duration = Duration::from_millis(400);

/// Which of these addresses is the chat server? It is the one that serves us: it answers what we say in upper
/// case.
///
/// The other ones refuse the connection, say nothing, hang up, or answer something else.
pub fn find(candidates: &[SocketAddr]) -> Option<SocketAddr> {
    // solution
    candidates.iter().copied().find(|server| serves(*server).unwrap_or(false))
    // starter
    // todo!("try one address after the other, and use `serves`")
    // end
}

/// Whether `server` answers a message in upper case.
fn serves(server: SocketAddr) -> io::Result<bool> {
    // solution
    let mut stream = TcpStream::connect_timeout(&server, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(b"hello from outside")?;
    let mut answer = [0; 18];
    stream.read_exact(&mut answer)?;
    Ok(answer == *b"HELLO FROM OUTSIDE")
    // starter
    // todo!("connect, say something, and look at the answer; no wait may be for ever")
    // end
}

/// The flag that a client has told the server: `flag-` and 16 hexadecimal digits, 21 bytes.
///
/// A tap is a relay between clients and a server that notes what passes; ours is in
/// `stages/stage-1/src/lab/tap.rs`. `seen` is what it has noted: who has sent something on which connection,
/// read by read. A read may bring a part of what was sent, two clients may have spoken in turn, and not
/// everything that begins with `flag-` is a flag.
pub fn overhear(seen: &[Event]) -> Option<String> {
    // solution
    let last = seen.iter().map(|event| event.connection).max()?;
    (0..=last).find_map(|connection| {
        let said = said_by_client(seen, connection);
        let flag = said.windows(21).find(|part| is_flag(part))?;
        Some(String::from_utf8_lossy(flag).into_owned())
    })
    // starter
    // todo!("go through the connections, and look for the flag in what the client of each has said")
    // end
}

/// Whether this is `flag-` and nothing but hexadecimal digits.
fn is_flag(part: &[u8]) -> bool {
    // solution
    part.strip_prefix(b"flag-").is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    // starter
    // todo!("`flag-` alone is not enough: people also say other things that begin with it")
    // end
}

/// All that one client has sent, in one piece. An event has a `connection` (its number), a `direction`
/// (`Direction::ToServer` or `ToClient`), and `what` happened (`What::Bytes(…)` or `What::Closed`).
fn said_by_client(seen: &[Event], connection: usize) -> Vec<u8> {
    // solution
    let mut said = Vec::new();
    for event in seen {
        if let (true, Direction::ToServer, What::Bytes(bytes)) =
            (event.connection == connection, event.direction, &event.what)
        {
            said.extend_from_slice(bytes);
        }
    }
    said
    // starter
    // todo!("collect the bytes that have gone to the server on this connection")
    // end
}
