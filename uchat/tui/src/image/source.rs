//! Where an image lies, and which file was there: what lies there now may be another one.

use std::path::Path;

/// A file. It is known by its name; where it was sent from here, by its content as well.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Source {
    /// Where it lies.
    pub path: String,
    /// SHA-256 of what was sent from there.
    pub digest: Option<[u8; 32]>,
}

impl From<&str> for Source {
    fn from(path: &str) -> Self {
        Self { path: path.to_owned(), digest: None }
    }
}

impl AsRef<Path> for Source {
    fn as_ref(&self) -> &Path {
        Path::new(&self.path)
    }
}
