//! Both sides of the exchange, on a socket that waits.

use crate::{ANSWER_LENGTH, CHALLENGE_LENGTH, Challenge, Key, random};
use echo::lab::{self, Failure};
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// How long a client may take for its answer, counted from the challenge to the answer's last byte.
pub const PATIENCE: Duration = Duration::from_secs(5);

// ANCHOR: demand
/// The server's side: sends a challenge and waits for its answer. On an error the caller closes without
/// another byte, so that a stranger learns nothing, not even why.
///
/// This server can do nothing else while it waits. Stage 3 turns the wait into a state instead.
pub fn demand(stream: &mut TcpStream, key: &Key) -> io::Result<()> {
    let deadline = Instant::now() + PATIENCE;
    let challenge = Challenge::new(random().map_err(io::Error::other)?);
    stream.set_nodelay(true)?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.write_all(challenge.bytes())?;

    let mut answer = [0; ANSWER_LENGTH];
    let mut length = 0;
    while length < ANSWER_LENGTH {
        // One limit for the whole answer: a byte now and then must not buy more time.
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(refused(TOO_LATE));
        }
        stream.set_read_timeout(Some(left))?;
        match stream.read(&mut answer[length..]) {
            Ok(0) => return Err(refused(TOO_SHORT)),
            Ok(count) => length += count,
            Err(error) if lab::timed_out(&error) => return Err(refused(TOO_LATE)),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    stream.set_read_timeout(None)?;
    if challenge.accepts(key, &answer) { Ok(()) } else { Err(refused(WRONG)) }
}
// ANCHOR_END: demand

// ANCHOR: prove
/// The client's side: waits for the challenge and answers it. Whether the answer was right shows only
/// when the server goes on talking.
pub fn prove(stream: &mut TcpStream, key: &Key) -> Result<(), Failure> {
    let mut challenge = [0; CHALLENGE_LENGTH];
    stream.read_exact(&mut challenge).map_err(|error| {
        let advice = if lab::timed_out(&error) {
            " (it may be busy with another client, or ask for no proof: --open)"
        } else {
            ""
        };
        Failure::new(format!("no challenge came from the server: {}{advice}", lab::reason(&error)))
    })?;
    let answer = Challenge::new(challenge).answer(key);
    stream
        .write_all(&answer)
        .map_err(|e| lab::io_failure("the answer to the challenge could not be sent", &e))
}
// ANCHOR_END: prove

/// The kind tells the server's log that this client was refused, not lost.
fn refused(reason: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::PermissionDenied, reason)
}

/// What the log says of a client that was not admitted.
pub(crate) const TOO_LATE: &str = "no answer to the challenge within 5 s";
pub(crate) const TOO_SHORT: &str = "it left before it had answered the challenge";
pub(crate) const WRONG: &str = "the answer to the challenge is wrong";
