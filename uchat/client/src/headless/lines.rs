//! Lines of bounded length.

use std::io::{self, BufRead, Read};

/// A line, without its newline.
#[derive(Debug, PartialEq, Eq)]
pub enum Got {
    /// Its bytes.
    Line(Vec<u8>),
    /// It has more than 1 MiB, which was passed over.
    TooLong,
}

/// Reads the next line; `None` at the end of the input.
///
/// # Errors
/// The input cannot be read.
pub fn next_line(input: &mut impl BufRead) -> io::Result<Option<Got>> {
    let mut line = Vec::new();
    let most = MAX_LINE as u64 + 2; // the newline, and perhaps a carriage return before it
    if input.by_ref().take(most).read_until(b'\n', &mut line)? == 0 {
        return Ok(None);
    }
    let whole = line.pop_if(|byte| *byte == b'\n').is_some();
    if whole {
        line.pop_if(|byte| *byte == b'\r');
    } else if line.len() > MAX_LINE {
        input.skip_until(b'\n')?;
    }
    Ok(Some(if line.len() > MAX_LINE { Got::TooLong } else { Got::Line(line) }))
}

/// The most bytes of a line.
pub(super) const MAX_LINE: usize = 1 << 20;

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a helper that fails is a failed test")]

    use super::*;

    #[test]
    fn a_line_that_is_too_long_is_passed_over_and_the_next_one_is_read() {
        for (length, fits) in
            [(MAX_LINE - 1, true), (MAX_LINE, true), (MAX_LINE + 1, false), (3 * MAX_LINE, false)]
        {
            let mut input = vec![b'x'; length];
            input.extend_from_slice(b"\nnext\r\n\nlast");
            let mut input = input.as_slice();
            let first = next_line(&mut input).unwrap().unwrap();
            assert_eq!(first != Got::TooLong, fits, "{length}");
            for expected in ["next", "", "last"] {
                assert_eq!(next_line(&mut input).unwrap(), Some(Got::Line(expected.into())), "{length}");
            }
            assert_eq!(next_line(&mut input).unwrap(), None);
        }
    }
}
