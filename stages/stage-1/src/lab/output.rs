//! Standard output and the log.

use std::fmt;
use std::io::{ErrorKind, Write};

/// Prints a line on standard output, at once. If that is not possible any more, the program ends: quietly
/// where nobody reads (`… | head -1`), as every Unix tool does, else with a sentence.
///
/// It ends by unwinding to [`Program::main`](super::Program::main), so that the programs which a demo has
/// started end with it.
pub fn print(line: impl fmt::Display) {
    let mut out = std::io::stdout().lock();
    if let Err(error) = writeln!(out, "{line}").and_then(|()| out.flush()) {
        std::panic::resume_unwind(Box::new(OutputClosed(error.kind())));
    }
}

/// What [`print`] unwinds with.
#[derive(Debug)]
pub(super) struct OutputClosed(pub(super) ErrorKind);

/// `1 message`, `2 messages`.
#[must_use]
pub fn count(number: usize, thing: &str) -> String {
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
}

/// Writes a line to standard error: what a server's operator reads. It must not stop the server, so a
/// closed standard error is ignored.
pub fn log(line: impl fmt::Display) {
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}
