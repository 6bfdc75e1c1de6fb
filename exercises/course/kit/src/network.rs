//! A place to listen at, and errors of the network in words for the student.

use std::error::Error;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

/// A listener on a free port of this machine, and where it is.
///
/// # Panics
/// If the system has no port to give.
#[must_use]
pub fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    (listener, address)
}

/// What this error of a TLS client means. `patience` is how long it has waited.
#[must_use]
pub fn network_error(error: &(dyn Error + 'static), patience: Duration) -> String {
    let text = error.to_string();
    match error.downcast_ref::<io::Error>().map(io::Error::kind) {
        // Which of the two it is depends on the system.
        Some(io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => format!(
            "nothing came for {} seconds, and the connection is still open. Does your request say \
             \"Connection: close\", and do you read only as far as the other side has spoken?",
            patience.as_secs()
        ),
        Some(io::ErrorKind::UnexpectedEof) if text.contains("close_notify") => {
            "the client saw the connection end without close_notify".to_owned()
        }
        _ => text,
    }
}
