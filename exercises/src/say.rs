//! What is printed for people.

use std::fmt::Arguments;
use std::io::{ErrorKind, Write, stdout};

/// Prints, as `print!` does. Who closes the output (`… | head -3`) has read enough; that is no failure.
macro_rules! say {
    ($($text:tt)*) => { $crate::say::text(format_args!($($text)*)) };
}
pub(crate) use say;

pub(crate) fn text(text: Arguments<'_>) {
    let mut out = stdout().lock();
    match out.write_fmt(text).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            eprintln!("error: cannot write to standard output: {error}");
            std::process::exit(2);
        }
        _ => {}
    }
}
