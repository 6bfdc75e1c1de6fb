//! What goes wrong in the runner itself, as a sentence.

use std::fmt;
use std::io;
use std::path::Path;

/// A sentence that says what is wrong and what to do.
#[derive(Debug)]
pub(crate) struct Problem(String);

impl Problem {
    /// This is wrong.
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// This cannot be done with this file or folder.
    pub(crate) fn file(what: &str, path: &Path, error: &io::Error) -> Self {
        Self(format!("cannot {what} {}: {error}", path.display()))
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text of a file.
pub(crate) fn read(path: &Path) -> Result<String, Problem> {
    std::fs::read_to_string(path).map_err(|error| Problem::file("read", path, &error))
}

/// Writes a file through a second one beside it, so that it is never half there.
pub(crate) fn write(path: &Path, text: &str) -> Result<(), Problem> {
    let failed = |error: io::Error| Problem::file("write", path, &error);
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(failed)?;
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    io::Write::write_all(&mut file, text.as_bytes()).map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}
