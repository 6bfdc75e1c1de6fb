//! Sockets of this machine, and only of this machine.

use super::{Failure, log, print, reason};
use std::io::{self, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

/// Listens on `address`. Port 0 takes any free port.
pub fn listen(address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).map_err(|error| {
        let advice = match error.kind() {
            io::ErrorKind::AddrInUse => {
                ": stop that program, or take any free port with --listen 127.0.0.1:0"
            }
            io::ErrorKind::PermissionDenied => ": choose a port above 1023",
            _ => "",
        };
        Failure::new(format!("cannot listen on {address}: {}{advice}", reason(&error)))
    })
}

/// Prints the line `listening on ADDR` that people and programs wait for.
pub fn announce(listener: &TcpListener) -> Result<(), Failure> {
    let address = listener.local_addr().map_err(|e| io_failure("the socket has no address", &e))?;
    print(format_args!("listening on {address}"));
    Ok(())
}

/// The next client; nothing while the system is short of descriptors or memory.
///
/// An error here is about one client that left too early, or about a shortage that passes. Neither may end
/// the server; the log gets one line for each shortage, which `short` remembers.
pub fn accept(listener: &TcpListener, short: &mut bool) -> Option<(TcpStream, SocketAddr)> {
    match listener.accept() {
        Ok(client) => {
            *short = false;
            Some(client)
        }
        Err(error) => {
            if let Some(pause) = shortage(&error, short) {
                std::thread::sleep(pause); // do not spin while it lasts
            }
            None
        }
    }
}

/// How long to pause after an error of `accept`, if at all.
pub fn shortage(error: &io::Error, short: &mut bool) -> Option<Duration> {
    if matches!(error.kind(), io::ErrorKind::ConnectionAborted | io::ErrorKind::Interrupted) {
        return None;
    }
    if !std::mem::replace(short, true) {
        log(format_args!("cannot accept clients for a while: {}", reason(error)));
    }
    Some(SHORTAGE_PAUSE)
}

/// The one client that an attack on the path waits for.
pub fn first_client(listener: &TcpListener) -> Result<TcpStream, Failure> {
    listener.accept().map(|(client, _)| client).map_err(|e| io_failure("no client can be accepted", &e))
}

/// Connects to `server`; later reads and writes wait at most `patience` (`None`: for ever).
pub fn connect(server: SocketAddr, patience: Option<Duration>) -> Result<TcpStream, Failure> {
    let stream = TcpStream::connect_timeout(&server, CONNECT_PATIENCE).map_err(|error| {
        let advice = match error.kind() {
            io::ErrorKind::ConnectionRefused => " (is the server running?)",
            _ => "",
        };
        Failure::new(format!("cannot connect to {server}: {}{advice}", reason(&error)))
    })?;
    stream
        .set_nodelay(true)
        .and_then(|()| stream.set_read_timeout(patience))
        .and_then(|()| stream.set_write_timeout(patience))
        .map_err(|e| io_failure("the socket refuses its settings", &e))?;
    Ok(stream)
}

/// Writes all of `bytes`. A peer that leaves them lying for `patience` is given up; the socket's own time
/// limit alone would begin anew whenever the peer takes a single byte.
pub fn send(mut stream: &TcpStream, bytes: &[u8], patience: Duration) -> io::Result<()> {
    for mut piece in bytes.chunks(PIECE) {
        let end = Instant::now() + patience;
        while !piece.is_empty() {
            match stream.write(piece) {
                Ok(length) => piece = &piece[length..],
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
            if !piece.is_empty() && Instant::now() >= end {
                return Err(io::ErrorKind::TimedOut.into());
            }
        }
    }
    Ok(())
}

/// Runs `action` when the operator presses Ctrl-C or the system asks the program to end.
pub fn on_interrupt(action: impl FnMut() + Send + 'static) -> Result<(), Failure> {
    ctrlc::set_handler(action).map_err(|error| Failure::new(format!("cannot watch for Ctrl-C: {error}")))
}

/// The failure "`what`: reason".
#[must_use]
pub fn io_failure(what: &str, error: &io::Error) -> Failure {
    Failure::new(format!("{what}: {}", reason(error)))
}

/// Whoever takes this much within the patience is slow, not gone.
const PIECE: usize = 64 << 10;
const CONNECT_PATIENCE: Duration = Duration::from_secs(5);
const SHORTAGE_PAUSE: Duration = Duration::from_millis(100);
