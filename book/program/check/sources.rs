//! The sources that chapters include: every anchor is closed, used, and of a size to read; every chapter is in the
//! contents.

use super::Chapter;
use crate::anchor::{Include, anchors};
use crate::build::BuildError;
use crate::markdown::{Piece, pieces};
use crate::place::Place;
use crate::problem::Problem;
use std::collections::BTreeSet;
use std::path::PathBuf;

pub(crate) fn check(place: &Place, chapters: &[Chapter]) -> Result<Vec<Problem>, BuildError> {
    let mut problems = contents(place, chapters)?;
    let included = included(chapters);
    for folder in ["stages", "uchat"].map(|folder| place.root().join(folder)) {
        if !folder.is_dir() {
            continue;
        }
        for path in crate::finish::files(&folder, "rs").map_err(BuildError::file(&folder))? {
            let source = std::fs::read_to_string(&path).map_err(BuildError::file(&path))?;
            let file = path.strip_prefix(place.root()).unwrap_or(&path).to_owned();
            let (found, broken) = anchors(&source);
            problems.extend(broken.into_iter().map(|(line, text)| Problem::new(&file, line, text)));
            for anchor in found {
                if !included.contains(&(file.clone(), anchor.name.clone())) {
                    let text =
                        format!("no page includes the anchor {}: remove its two comments", anchor.name);
                    problems.push(Problem::new(&file, anchor.line, text));
                }
                if !(FEWEST..=MOST).contains(&anchor.lines) {
                    let text = format!(
                        "the anchor {} has {} lines; a listing has {FEWEST} to {MOST}",
                        anchor.name, anchor.lines
                    );
                    problems.push(Problem::new(&file, anchor.line, text));
                }
            }
        }
    }
    Ok(problems)
}

/// The files and anchors that chapters include.
fn included(chapters: &[Chapter]) -> BTreeSet<(PathBuf, String)> {
    let mut included = BTreeSet::new();
    for chapter in chapters {
        for piece in pieces(&chapter.file(), &chapter.text).unwrap_or_default() {
            let Piece::Fence(fence) = piece else { continue };
            let found =
                fence.body.iter().filter_map(|line| Include::parse(&chapter.file(), line).ok().flatten());
            included.extend(found.filter_map(|include| Some((include.file, include.anchor?))));
        }
    }
    included
}

fn contents(place: &Place, chapters: &[Chapter]) -> Result<Vec<Problem>, BuildError> {
    let unlisted = crate::build::unlisted(place)?;
    let missing = chapters.iter().filter(|chapter| unlisted.contains(&chapter.path));
    Ok(missing.map(|chapter| chapter.problem(0, "this page is not in book/src/SUMMARY.md")).collect())
}

const FEWEST: usize = 5;
const MOST: usize = 40;

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn anchors_are_used_and_of_a_size_to_read() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("stages/stage-1/src")).unwrap();
        fs::create_dir_all(folder.path().join("book/src")).unwrap();
        fs::write(folder.path().join("book/src/SUMMARY.md"), "# Summary\n\n- [A](a.md)\n").unwrap();
        let body = "x\n".repeat(5);
        let source = format!(
            "// ANCHOR: used\n{body}// ANCHOR_END: used\n// ANCHOR: unused\n{body}// ANCHOR_END: unused\n\
             // ANCHOR: short\nx\n// ANCHOR_END: short\n// ANCHOR: open\n"
        );
        fs::write(folder.path().join("stages/stage-1/src/lib.rs"), source).unwrap();
        let include =
            |name: &str| format!("```rust\n{{{{#include ../../stages/stage-1/src/lib.rs:{name}}}}}\n```\n");
        let chapters = [
            Chapter { path: "a.md".into(), text: include("used") + &include("short") },
            Chapter { path: "b.md".into(), text: String::new() },
        ];
        for chapter in &chapters {
            fs::write(folder.path().join("book/src").join(&chapter.path), &chapter.text).unwrap();
        }
        let found = check(&Place::new(folder.path()), &chapters).unwrap();
        let found: Vec<_> = found.iter().map(ToString::to_string).collect();
        assert_eq!(
            found,
            [
                "book/src/b.md: this page is not in book/src/SUMMARY.md",
                "stages/stage-1/src/lib.rs:18: the anchor open has no ANCHOR_END: open",
                "stages/stage-1/src/lib.rs:8: no page includes the anchor unused: remove its two comments",
                "stages/stage-1/src/lib.rs:15: the anchor short has 1 lines; a listing has 5 to 40",
            ]
        );
    }
}
