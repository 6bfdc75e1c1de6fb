//! Errors of the network, in words for the student.

use std::error::Error;
use std::io;
use std::time::Duration;

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
