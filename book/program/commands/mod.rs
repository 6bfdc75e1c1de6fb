//! Runs the commands that pages show, and compares what comes with what the page says.
//!
//! A page's blocks run in their order, as a reader would type them: in a shell, in a folder that looks like the
//! checkout, with a home of its own. `cargo run -p NAME` starts the program that is built already (see [`shim`]), and
//! every port of the page stands for a free one (see `ports`).

mod compare;
mod ports;
mod process;
mod programs;
mod session;
pub mod shim;

pub use programs::Programs;

use crate::build::BuildError;
use crate::check::Chapter;
use crate::console;
use crate::markdown::{Piece, pieces};
use crate::place::Place;
use crate::problem::Problem;
use session::Session;
use std::path::{Path, PathBuf};

/// Why the commands could not be run at all.
#[derive(Debug, thiserror::Error)]
pub enum CommandsError {
    /// The pages cannot be read.
    #[error(transparent)]
    Pages(#[from] BuildError),
    /// The programs cannot be built.
    #[error("the programs do not build:\n{0}")]
    Programs(String),
    /// Something of the system.
    #[error("the commands cannot be run: {0}")]
    Io(#[from] std::io::Error),
}

/// The pages that show commands to run, relative to `src`, with the packages that they start.
pub fn pages(place: &Place) -> Result<Vec<(PathBuf, Vec<String>)>, CommandsError> {
    let mut pages = Vec::new();
    for chapter in Chapter::all(place)? {
        let blocks = blocks(&chapter)?;
        let commands = || {
            blocks.iter().filter(|block| block.kind != console::Kind::NotRun).flat_map(|block| &block.steps)
        };
        if commands().next().is_some() {
            let mut packages: Vec<String> =
                commands().flat_map(|step| shim::packages(&step.command)).collect();
            packages.sort();
            packages.dedup();
            pages.push((chapter.path, packages));
        }
    }
    Ok(pages)
}

/// Runs the commands of a page. `book` is this program, which stands in for cargo.
pub fn run(
    place: &Place,
    page: &Path,
    programs: &Programs,
    book: &Path,
) -> Result<Vec<Problem>, CommandsError> {
    let text = std::fs::read_to_string(place.src().join(page))?;
    let chapter = Chapter { path: page.to_owned(), text };
    let mut session = Session::new(place, programs, book)?;
    let mut problems = Vec::new();
    for block in blocks(&chapter)? {
        for step in &block.steps {
            let result = match block.kind {
                console::Kind::NotRun => continue,
                console::Kind::Runs => session.run(step)?,
                console::Kind::Server => session.start(step)?,
            };
            problems.extend(result.map(|text| chapter.problem(step.line, text)));
        }
    }
    problems.extend(session.end().into_iter().map(|(line, text)| chapter.problem(line, text)));
    Ok(problems)
}

fn blocks(chapter: &Chapter) -> Result<Vec<console::Block>, CommandsError> {
    let broken = |problem: Problem| BuildError::Text(crate::problem::Problems(vec![problem]));
    let mut blocks = Vec::new();
    for piece in pieces(&chapter.file(), &chapter.text).map_err(broken)? {
        if let Piece::Fence(fence) = piece {
            let block = console::parse(&fence).map_err(|(line, text)| broken(chapter.problem(line, text)))?;
            blocks.extend(block);
        }
    }
    Ok(blocks)
}
