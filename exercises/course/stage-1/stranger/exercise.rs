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
    todo!("try one address after the other, and use `serves`")
}

/// Whether `server` answers a message in upper case.
fn serves(server: SocketAddr) -> io::Result<bool> {
    todo!("connect, say something, and look at the answer; no wait may be for ever")
}

/// The flag that a client has told the server: `flag-` and 16 hexadecimal digits, 21 bytes.
///
/// A tap is a relay between clients and a server that notes what passes; ours is in
/// `stages/stage-1/src/lab/tap.rs`. `seen` is what it has noted: who has sent something on which connection,
/// read by read. A read may bring a part of what was sent, two clients may have spoken in turn, and not
/// everything that begins with `flag-` is a flag.
pub fn overhear(seen: &[Event]) -> Option<String> {
    todo!("go through the connections, and look for the flag in what the client of each has said")
}

/// Whether this is `flag-` and nothing but hexadecimal digits.
fn is_flag(part: &[u8]) -> bool {
    todo!("`flag-` alone is not enough: people also say other things that begin with it")
}

/// All that one client has sent, in one piece. An event has a `connection` (its number), a `direction`
/// (`Direction::ToServer` or `ToClient`), and `what` happened (`What::Bytes(…)` or `What::Closed`).
fn said_by_client(seen: &[Event], connection: usize) -> Vec<u8> {
    todo!("collect the bytes that have gone to the server on this connection")
}
