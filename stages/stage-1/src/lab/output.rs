//! Standard output and the log.

use std::fmt;
use std::io::{ErrorKind, Write};

/// Prints a line on standard output, at once. If nobody reads it any more (`… | head -1`), the program
/// ends quietly, as every Unix tool does; `println!` would panic.
pub fn print(line: impl fmt::Display) {
    let mut out = std::io::stdout().lock();
    if let Err(error) = writeln!(out, "{line}").and_then(|()| out.flush()) {
        if error.kind() == ErrorKind::BrokenPipe {
            std::process::exit(0);
        }
        log(format_args!("cannot write to standard output: {error}"));
        std::process::exit(1);
    }
}

/// Writes a line to standard error: what a server's operator reads. It must not stop the server, so a
/// closed standard error is ignored.
pub fn log(line: impl fmt::Display) {
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}
