//! Where the book lies: the checkout's root, and the folders of the book in it.

use std::path::{Path, PathBuf};

/// A checkout with the book in it.
#[derive(Debug, Clone)]
pub struct Place {
    root: PathBuf,
}

impl Place {
    /// The checkout whose root is this folder.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The checkout that this program was compiled from.
    pub fn compiled() -> Self {
        let book = Path::new(env!("CARGO_MANIFEST_DIR"));
        Self::new(book.parent().unwrap_or(book))
    }

    /// The checkout's root, where `Cargo.toml` of the workspace lies.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The folder `book`.
    pub fn book(&self) -> PathBuf {
        self.root.join("book")
    }

    /// The chapters, in Markdown.
    pub fn src(&self) -> PathBuf {
        self.book().join("src")
    }

    /// The built pages.
    pub fn html(&self) -> PathBuf {
        self.book().join("html")
    }

    /// The drawings.
    pub fn figures(&self) -> PathBuf {
        self.book().join("figures")
    }

    /// The widgets.
    pub fn widgets(&self) -> PathBuf {
        self.book().join("widgets")
    }

    /// The recorded TLS session and its key log.
    pub fn recorded(&self) -> PathBuf {
        self.book().join("recorded")
    }
}
