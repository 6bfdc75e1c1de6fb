//! A case: what is sent, what must come back, and where that is written.

use crate::Target;
use std::time::Duration;

/// One thing that is checked.
#[derive(Debug, Clone, Copy)]
pub struct Case {
    /// Its name, unique within a stage.
    pub name: &'static str,
    /// The paragraph that promises it: a file of the repository and the heading.
    pub spec: &'static str,
    /// What the kit sends.
    pub sends: &'static str,
    /// What must come back.
    pub expects: &'static str,
    /// Whether it waits for a limit of half a minute. Then it runs only if it is asked for.
    pub slow: bool,
    /// The check.
    pub run: fn(&Target) -> Outcome,
}

/// What a check gives; the error says why it did not pass.
pub type Outcome<T = ()> = Result<T, Wrong>;

/// Why a case did not pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wrong {
    /// The server did something else than the specification says.
    Failed {
        /// What it did, in a sentence.
        what: String,
        /// The bytes that should have come, if there were such.
        expected: Option<Vec<u8>>,
        /// The bytes that came.
        found: Option<Vec<u8>>,
    },
    /// It could not be tried.
    Skipped(String),
}

impl Wrong {
    /// A failure that bytes cannot show.
    pub fn failed(what: impl Into<String>) -> Self {
        Self::Failed { what: what.into(), expected: None, found: None }
    }

    /// Bytes that are not those expected.
    pub fn bytes(what: impl Into<String>, expected: &[u8], found: &[u8]) -> Self {
        Self::Failed { what: what.into(), expected: Some(expected.to_vec()), found: Some(found.to_vec()) }
    }

    /// The same, with the circumstances in front of it.
    #[must_use]
    pub fn when(self, circumstances: &str) -> Self {
        match self {
            Self::Failed { what, expected, found } => {
                Self::Failed { what: format!("{circumstances}: {what}"), expected, found }
            }
            skipped @ Self::Skipped(_) => skipped,
        }
    }
}

/// How a case ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// As the specification says.
    Passed,
    /// Not so.
    Failed {
        /// What the server did.
        what: String,
        /// The bytes that should have come.
        expected: Option<Vec<u8>>,
        /// The bytes that came.
        found: Option<Vec<u8>>,
    },
    /// Not tried.
    Skipped(String),
}

impl From<Outcome> for Verdict {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Ok(()) => Self::Passed,
            Err(Wrong::Failed { what, expected, found }) => Self::Failed { what, expected, found },
            Err(Wrong::Skipped(why)) => Self::Skipped(why),
        }
    }
}

/// Both are equal, or the failure shows them.
pub(crate) fn same(what: &str, expected: &[u8], found: &[u8]) -> Outcome {
    if expected == found { Ok(()) } else { Err(Wrong::bytes(what, expected, found)) }
}

/// `condition` holds, or the failure says this.
pub(crate) fn holds(condition: bool, otherwise: impl FnOnce() -> String) -> Outcome {
    if condition { Ok(()) } else { Err(Wrong::failed(otherwise())) }
}

/// A duration as people say it.
pub(crate) fn seconds(duration: Duration) -> String {
    format!("{} s", duration.as_secs_f64())
}
