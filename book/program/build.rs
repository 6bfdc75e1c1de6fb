//! Builds the pages: mdBook with our preprocessor in it, then what mdBook's template does not have.

use crate::expand::Unknown;
use crate::place::Place;
use crate::preprocessor::Expander;
use crate::problem::Problems;
use crate::{finish, widget};
use mdbook_driver::MDBook;
use mdbook_driver::config::Config;
use mdbook_summary::parse_summary;
use std::path::{Path, PathBuf};

/// Why there are no new pages.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// Something in the chapters.
    #[error(transparent)]
    Text(#[from] Problems),
    /// mdBook failed.
    #[error("mdBook cannot build the book: {0}")]
    Mdbook(String),
    /// A file.
    #[error("{}: {error}", path.display())]
    File {
        /// Which one.
        path: PathBuf,
        /// What happened.
        error: std::io::Error,
    },
    /// mdBook's template has changed.
    #[error(transparent)]
    Template(#[from] finish::TemplateChanged),
}

impl BuildError {
    pub(crate) fn file(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |error| Self::File { path, error }
    }
}

/// Builds into `book/html`.
pub fn build(place: &Place, unknown: Unknown) -> Result<(), BuildError> {
    build_into(place, &place.html(), unknown)
}

/// Builds into another folder; what is in it is removed. When the text has a problem, nothing is touched.
pub fn build_into(place: &Place, html: &Path, unknown: Unknown) -> Result<(), BuildError> {
    let settings = place.book().join("book.toml");
    let mut config = Config::from_disk(&settings).map_err(failed)?;
    config.build.build_dir = html.to_owned();
    let mut contents =
        std::fs::read_to_string(place.src().join(CONTENTS)).map_err(BuildError::file(&place.src()))?;
    // A page that is being written can be read before it has its place; `check` reports it.
    let unlisted = unlisted(place)?;
    if !unlisted.is_empty() {
        contents += "\n# Not in SUMMARY.md yet\n\n";
    }
    for page in unlisted {
        let text = std::fs::read_to_string(place.src().join(&page)).map_err(BuildError::file(&page))?;
        let page = page.display().to_string().replace('\\', "/");
        let title = text.lines().find_map(|line| line.strip_prefix("# ")).unwrap_or(&page);
        contents += &format!("- [{title}]({page})\n");
    }
    let summary = parse_summary(&contents).map_err(failed)?;
    let mut book = MDBook::load_with_config_and_summary(place.book(), config, summary).map_err(failed)?;
    // It takes the place of the command that book.toml names for an installed mdbook.
    book.with_preprocessor(Expander::new(place, unknown));
    book.build().map_err(failed)?;
    widget::install(place, html).map_err(BuildError::file(html))?;
    finish::pages(html)
}

/// The pages in `src` that SUMMARY.md does not name, relative to `src`.
pub(crate) fn unlisted(place: &Place) -> Result<Vec<PathBuf>, BuildError> {
    let src = place.src();
    let contents = src.join(CONTENTS);
    let text = std::fs::read_to_string(&contents).map_err(BuildError::file(&contents))?;
    let files = finish::files(&src, "md").map_err(BuildError::file(&src))?;
    let pages = files.iter().filter_map(|file| file.strip_prefix(&src).ok());
    let named = |page: &Path| text.contains(&format!("]({})", page.display().to_string().replace('\\', "/")));
    Ok(pages.filter(|page| *page != Path::new(CONTENTS) && !named(page)).map(Path::to_owned).collect())
}

fn failed(error: mdbook_driver::errors::Error) -> BuildError {
    match error.downcast::<Problems>() {
        Ok(problems) => BuildError::Text(problems),
        Err(error) => BuildError::Mdbook(format!("{error:#}")),
    }
}

const CONTENTS: &str = "SUMMARY.md";
