//! Lines on standard output.

use echo::lab::{Failure, io_failure};
use std::fmt::Display;
use std::io::{self, ErrorKind, Write};

/// Prints lines. Who closes standard output (`… | head -1`) has read enough; that is no failure.
pub(crate) fn print(lines: impl IntoIterator<Item = impl Display>) -> Result<(), Failure> {
    read_on(lines).map(|_| ())
}

/// Prints lines; whether anybody reads on, for verbs that go on for ever.
pub(crate) fn read_on(lines: impl IntoIterator<Item = impl Display>) -> Result<bool, Failure> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    let written = lines.into_iter().try_for_each(|line| writeln!(out, "{line}"));
    done(written.and_then(|()| out.flush()))
}

/// Prints one line.
pub(crate) fn say(line: impl Display) -> Result<(), Failure> {
    print([line])
}

/// Prints a text as it is.
pub(crate) fn print_text(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    done(out.write_all(text.as_bytes()).and_then(|()| out.flush())).map(|_| ())
}

fn done(written: io::Result<()>) -> Result<bool, Failure> {
    match written {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(io_failure("cannot write to standard output", &error)),
    }
}
