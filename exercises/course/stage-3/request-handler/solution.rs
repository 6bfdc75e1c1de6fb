//! A handler that answers whole lines, however the stream is cut.

use socketserver::{Close, Deadline, RequestHandler};
use std::borrow::Cow;
use std::time::{Duration, Instant};

/// A line may have this many bytes, without its end.
pub const LONGEST: usize = 1000;

/// How long a line may take from its first byte to its end.
pub const PATIENCE: Duration = Duration::from_secs(5);

/// One connection. A line ends with the byte `\n`; each whole line is answered with its number on this
/// connection and the line in upper case: `hello` comes back as `1 HELLO`, again with `\n` at the end.
#[derive(Default)]
pub struct LineHandler {
    /// The lines answered so far.
    lines: usize,
    /// The line whose end has not come yet.
    begun: Vec<u8>,
    /// When patience with it ends.
    deadline: Option<Deadline>,
}

impl RequestHandler for LineHandler {
    /// `received` may hold a piece of a line, or several lines and the beginning of another one. A line with
    /// more than `LONGEST` bytes ends the connection (`Close::because`), as soon as this is clear; what was
    /// complete before it is still answered. `echo::upper_case` does what its name says.
    fn handle(&mut self, now: Instant, received: &[u8], out: &mut Vec<u8>) -> Result<(), Close> {
        // solution
        for piece in received.split_inclusive(|byte| *byte == b'\n') {
            let (part, ended) = match piece.strip_suffix(b"\n") {
                Some(part) => (part, true),
                None => (piece, false),
            };
            if self.begun.len() + part.len() > LONGEST {
                return Err(Close::because("refused: a line is too long"));
            }
            self.begun.extend_from_slice(part);
            if ended {
                self.lines += 1;
                out.extend_from_slice(format!("{} ", self.lines).as_bytes());
                out.extend_from_slice(&echo::upper_case(&self.begun));
                out.push(b'\n');
                self.begun.clear();
                self.deadline = None;
            } else if self.deadline.is_none() {
                self.deadline =
                    Some(Deadline { at: now + PATIENCE, reason: "refused: a line without an end" });
            }
        }
        Ok(())
        // starter
        // todo!("answer each line whose end has come, and keep what is behind the last one")
        // end
    }

    /// Ends the connection if a line that has been begun is not ended in time: `Deadline { at, reason }`, with a
    /// reason for the log. Between two lines there is no limit.
    fn deadline(&self) -> Option<Deadline> {
        // solution
        self.deadline
        // starter
        // todo!("when patience with the line that has been begun ends")
        // end
    }

    /// For the log: `left; lines answered: 3`.
    fn left(&mut self) -> Cow<'static, str> {
        // solution
        format!("left; lines answered: {}", self.lines).into()
        // starter
        // todo!("say how many lines were answered")
        // end
    }
}
