//! The server: accept a client, answer it until it leaves, then accept the next one.

use crate::{CHUNK, lab, upper_case};
use std::io::{self, Read};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

/// How long a client may leave its answers lying before the server gives up on it. Reading has no such
/// limit here: a silent client keeps the server to itself, until stage 3 mends it.
pub const WRITE_PATIENCE: Duration = Duration::from_secs(10);

// ANCHOR: serve
/// Serves one client after the other, for ever. `converse` talks to one of them until it is done; what
/// goes wrong with one client is written to the log and never ends the server.
pub fn serve(listener: &TcpListener, mut converse: impl FnMut(TcpStream) -> io::Result<()>) -> ! {
    let mut short = false;
    loop {
        let Some((stream, peer)) = lab::accept(listener, &mut short) else { continue };
        lab::log(format_args!("{peer} connected"));
        match converse(stream) {
            Ok(()) => lab::log(format_args!("{peer} left")),
            Err(error) => {
                let refused = error.kind() == io::ErrorKind::PermissionDenied;
                let end = if refused { "refused" } else { "gone" };
                lab::log(format_args!("{peer} {end}: {}", lab::reason(&error)));
            }
        }
    }
}
// ANCHOR_END: serve

// ANCHOR: converse
/// Answers every chunk that one read returns, until the client closes.
pub fn converse(mut stream: TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?; // answers are small and awaited: do not collect them (RFC 896)
    stream.set_write_timeout(Some(WRITE_PATIENCE))?;
    let mut chunk = [0; CHUNK];
    loop {
        match stream.read(&mut chunk) {
            Ok(0) => return Ok(()),
            Ok(length) => lab::send(&stream, &upper_case(&chunk[..length]), WRITE_PATIENCE)?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
// ANCHOR_END: converse
