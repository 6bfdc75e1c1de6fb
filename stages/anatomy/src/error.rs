//! What can be wrong with bytes that are being decoded: which field, where, expected and got.

use std::borrow::Cow;
use std::fmt;

/// Why a [`Reader`](crate::Reader) stopped.
///
/// In a box, because every value a decoder returns travels in a `Result` beside it: an error of many words
/// would make the good case slower.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadError(Box<Problem>);

/// What was wrong. Every variant names the field and its offset in bytes from the start of the input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// The input ends before the field does.
    Short {
        /// The field that was being read.
        label: &'static str,
        /// Where it starts.
        offset: usize,
        /// How many bytes it takes.
        needed: usize,
        /// How many are left.
        available: usize,
    },
    /// A field with a length of its own, or the whole input, holds more than its content uses.
    LeftOver {
        /// The field that was not used up.
        label: &'static str,
        /// Where the unused bytes start.
        offset: usize,
        /// How many there are.
        count: usize,
    },
    /// A text field that is not UTF-8.
    NotUtf8 {
        /// The text field.
        label: &'static str,
        /// The first byte that does not fit.
        offset: usize,
    },
    /// The bytes are there, but the format forbids their value.
    Invalid {
        /// The field with the forbidden value.
        label: &'static str,
        /// Where it starts.
        offset: usize,
        /// What is wrong, as the end of the sentence "`label` …".
        problem: Cow<'static, str>,
    },
}

impl ReadError {
    /// What was wrong.
    #[must_use]
    pub fn problem(&self) -> &Problem {
        &self.0
    }
}

impl From<Problem> for ReadError {
    #[cold]
    fn from(problem: Problem) -> Self {
        Self(Box::new(problem))
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.problem() {
            Problem::Short { label, offset, needed, available } => {
                write!(f, "`{label}` at byte {offset} takes {}, but {} left", bytes(*needed), are(*available))
            }
            Problem::LeftOver { label, offset, count } => {
                write!(f, "`{label}` ends at byte {offset}, but inside it {} left", are(*count))
            }
            Problem::NotUtf8 { label, offset } => {
                write!(f, "`{label}` is not UTF-8: byte {offset} does not fit")
            }
            Problem::Invalid { label, offset, problem } => {
                write!(f, "`{label}` at byte {offset} {problem}")
            }
        }
    }
}

impl std::error::Error for ReadError {}

fn bytes(count: usize) -> String {
    format!("{count} byte{}", if count == 1 { "" } else { "s" })
}

fn are(count: usize) -> String {
    format!("{} {}", bytes(count), if count == 1 { "is" } else { "are" })
}
