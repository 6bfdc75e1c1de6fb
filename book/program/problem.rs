//! What is wrong with the book, and where: each check gives a list of these, and the build stops at the first list.

use std::fmt;
use std::path::{Path, PathBuf};

/// One thing that is wrong, at one line of one file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The file, relative to the checkout where it lies in it.
    pub file: PathBuf,
    /// The line, from 1 on; 0 for the whole file.
    pub line: usize,
    /// What is wrong, and what to do.
    pub text: String,
}

impl Problem {
    /// A problem at a line.
    pub fn new(file: impl AsRef<Path>, line: usize, text: impl Into<String>) -> Self {
        Self { file: file.as_ref().to_owned(), line, text: text.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.file.display(), self.text),
            line => write!(f, "{}:{line}: {}", self.file.display(), self.text),
        }
    }
}

/// Several problems, as one error.
#[derive(Debug, thiserror::Error)]
pub struct Problems(pub Vec<Problem>);

impl Problems {
    /// An error when there is any problem.
    pub fn none_or(mut problems: Vec<Problem>) -> Result<(), Self> {
        problems.sort();
        problems.dedup();
        if problems.is_empty() { Ok(()) } else { Err(Self(problems)) }
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for problem in &self.0 {
            writeln!(f, "{problem}")?;
        }
        match self.0.len() {
            1 => write!(f, "1 problem in the book"),
            count => write!(f, "{count} problems in the book"),
        }
    }
}

/// The end of a sentence about a name that nobody knows: what it may have been, and what there is.
pub fn known_names<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let mut known: Vec<&str> = known.into_iter().collect();
    known.sort_unstable();
    if known.is_empty() {
        return "there is none yet".to_owned();
    }
    let all = format!("there are: {}", known.join(", "));
    let near = known
        .iter()
        .map(|candidate| (strsim::damerau_levenshtein(name, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= 2.max(candidate.len() / 3))
        .min();
    match near {
        Some((_, near)) => format!("did you mean {near}? ({all})"),
        None => all,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_nearly_right_is_guessed() {
        let names = ["frame", "values", "file"];
        assert_eq!(known_names("frmae", names), "did you mean frame? (there are: file, frame, values)");
        assert_eq!(known_names("handshake", names), "there are: file, frame, values");
        assert_eq!(known_names("x", []), "there is none yet");
    }
}
