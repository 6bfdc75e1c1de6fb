//! The client's loop: a line in, an answer out.

use super::{Failure, io_failure, log, print};
use std::io::{BufRead, IsTerminal, Read, Write};

/// What an empty line means to a protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Empty {
    /// A message of no bytes, which can be sent and answered.
    IsAMessage,
    /// Nothing: on a bare stream no bytes are no message.
    HasNoBytes,
}

/// The longest line where the server answers in pieces while we still send: a longer one could leave
/// both sides writing and neither reading.
pub const SHORT_LINE: usize = 64 << 10;

/// The longest line where messages have a frame: the frame's own limit.
pub const LONG_LINE: usize = 1 << 20;

/// Reads standard input line by line, without the newline, and prints each answer as a line, until the
/// input ends or says `quit`.
pub fn converse(
    empty: Empty,
    longest: usize,
    mut request: impl FnMut(&[u8]) -> Result<Vec<u8>, Failure>,
) -> Result<(), Failure> {
    let mut input = std::io::stdin().lock();
    let mut line = Vec::new();
    loop {
        line.clear();
        let limit = longest as u64 + 2; // room for the line's end, and for one byte too many
        input
            .by_ref()
            .take(limit)
            .read_until(b'\n', &mut line)
            .map_err(|e| io_failure("cannot read standard input", &e))?;
        if line.is_empty() {
            return Ok(());
        }
        if line.pop_if(|byte| *byte == b'\n').is_some() {
            line.pop_if(|byte| *byte == b'\r');
        }
        if line.len() > longest {
            return Err(Failure::new(format!(
                "a line is longer than {longest} bytes, the most this client sends"
            )));
        }
        match line.as_slice() {
            b"quit" => return Ok(()),
            b"" if empty == Empty::HasNoBytes => {
                log(
                    "an empty line is no bytes, and no bytes get no answer (frames will change that in stage 4)",
                );
                print("");
            }
            message => print_answer(&request(message)?)?,
        }
    }
}

/// The answer's own bytes; on a terminal without what could steer it or hide other text.
fn print_answer(answer: &[u8]) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    if out.is_terminal() {
        drop(out);
        print(anatomy::harmless(&String::from_utf8_lossy(answer)));
        return Ok(());
    }
    out.write_all(answer)
        .and_then(|()| out.write_all(b"\n"))
        .and_then(|()| out.flush())
        .map_err(|e| io_failure("cannot write to standard output", &e))
}
