//! What must hold for the text and for the built pages. Each file here is one kind of check; all are quick and need
//! nothing but this checkout. The commands that pages show are run by `commands`.

mod headings;
mod links;
mod outside;
mod page;
mod prose;
mod shape;
mod size;
mod sources;
mod spelling;
mod terms;

use crate::build::{BuildError, build_into};
use crate::expand::Unknown;
use crate::figure;
use crate::place::Place;
use crate::problem::Problem;
use page::Page;
use std::path::{Path, PathBuf};

/// Checks text and pages; the pages are built into this folder.
pub fn check(place: &Place, html: &Path) -> Result<Vec<Problem>, BuildError> {
    let mut problems = text(place)?;
    match build_into(place, html, Unknown::Refused) {
        Ok(()) => problems.extend(pages(html)?),
        // There are no pages, but the rest can be told at the same time.
        Err(BuildError::Text(more)) => problems.extend(more.0),
        Err(error) => return Err(error),
    }
    problems.sort();
    problems.dedup();
    Ok(problems)
}

/// The names of all pages, as they are called in `src`, without `.md`.
pub fn page_names(place: &Place) -> Result<Vec<String>, BuildError> {
    let chapters = Chapter::all(place)?;
    Ok(chapters
        .iter()
        .map(|chapter| chapter.path.with_extension("").display().to_string().replace('\\', "/"))
        .collect())
}

/// Links the first use of each term on each page to the glossary, where that is missing; gives how many.
pub fn link_terms(place: &Place) -> Result<usize, BuildError> {
    terms::link(place, &Chapter::all(place)?)
}

/// Checks the chapters, the drawings, and the sources that they include.
pub fn text(place: &Place) -> Result<Vec<Problem>, BuildError> {
    let chapters = Chapter::all(place)?;
    let mut problems = sources::check(place, &chapters)?;
    problems.extend(shape::check(&chapters));
    problems.extend(terms::check(&chapters));
    problems.extend(spelling::check(place, &chapters)?);
    problems.extend(figure::check(place));
    Ok(problems)
}

/// Checks built pages.
pub fn pages(html: &Path) -> Result<Vec<Problem>, BuildError> {
    let pages = Page::all(html)?;
    let mut problems = links::check(html, &pages);
    problems.extend(pages.iter().flat_map(headings::check));
    problems.extend(outside::check(html, &pages)?);
    problems.extend(size::check(html, &pages));
    Ok(problems)
}

/// A chapter's text.
pub(crate) struct Chapter {
    /// Relative to `src`.
    pub(crate) path: PathBuf,
    pub(crate) text: String,
}

impl Chapter {
    /// All of them; `SUMMARY.md` is none.
    pub(crate) fn all(place: &Place) -> Result<Vec<Self>, BuildError> {
        let src = place.src();
        let mut chapters = Vec::new();
        for file in crate::finish::files(&src, "md").map_err(BuildError::file(&src))? {
            let Ok(path) = file.strip_prefix(&src) else { continue };
            if path != Path::new("SUMMARY.md") {
                let text = std::fs::read_to_string(&file).map_err(BuildError::file(&file))?;
                chapters.push(Self { path: path.to_owned(), text });
            }
        }
        Ok(chapters)
    }

    /// Relative to the checkout, for messages.
    pub(crate) fn file(&self) -> PathBuf {
        Path::new("book/src").join(&self.path)
    }

    pub(crate) fn problem(&self, line: usize, text: impl Into<String>) -> Problem {
        Problem::new(self.file(), line, text)
    }
}
