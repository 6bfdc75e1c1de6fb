//! The shape that chapters share: minutes under every title; in the chapter of a stage the same parts, in the same
//! order, each with what belongs there.

use super::Chapter;
use crate::directive::{self, Directive};
use crate::markdown::{Piece, pieces};
use crate::problem::Problem;
use std::ops::RangeInclusive;

/// The parts of a stage's chapter.
const PARTS: [&str; 8] = [
    "See it fail",
    "The idea",
    "The code",
    "The bytes",
    "What HTTPS does here",
    "What is still broken",
    "Questions",
    "Exercises",
];

/// How often what stands in a part of it; `""` is the whole chapter.
const COUNTS: [(&str, Thing, RangeInclusive<usize>); 7] = [
    ("See it fail", Thing::Console, 1..=20),
    ("The idea", Thing::Figure, 1..=1),
    ("The code", Thing::Listing, 3..=6),
    ("The bytes", Thing::Bytes, 1..=5),
    ("Questions", Thing::Box("answer"), 5..=7),
    ("", Thing::Box("predict"), 2..=20),
    ("", Thing::Box("notes"), 2..=20),
];

#[derive(Debug, Clone, Copy, PartialEq)]
enum Thing {
    Console,
    Figure,
    Listing,
    Bytes,
    Box(&'static str),
}

impl Thing {
    fn name(self) -> String {
        match self {
            Self::Console => "```console blocks".to_owned(),
            Self::Figure => "{{#figure …}}".to_owned(),
            Self::Listing => "listings (```rust,ignore)".to_owned(),
            Self::Bytes => "{{#bytes …}}".to_owned(),
            Self::Box(class) => format!("<details class=\"{class}\">"),
        }
    }
}

pub(crate) fn check(chapters: &[Chapter]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for chapter in chapters {
        let Ok(pieces) = pieces(&chapter.file(), &chapter.text) else { continue }; // the build has told it
        problems.extend(minutes(chapter, &pieces));
        problems.extend(boxes(chapter, &pieces));
        let name = chapter.path.to_string_lossy();
        if let Some(number) = name.strip_prefix("stage-").and_then(|rest| rest.strip_suffix(".md")) {
            problems.extend(stage(chapter, number, &pieces));
        }
    }
    problems
}

/// Title first, then minutes.
fn minutes(chapter: &Chapter, pieces: &[Piece<'_>]) -> Option<Problem> {
    let mut lines = pieces.iter().filter_map(|piece| match piece {
        Piece::Line { number, text } if !text.trim().is_empty() => Some((*number, *text)),
        Piece::Line { .. } => None,
        Piece::Fence(fence) => Some((fence.number, "```")),
    });
    match lines.next() {
        Some((_, title)) if title.starts_with("# ") => {}
        _ => return Some(chapter.problem(1, "a page begins with its title: `# …`")),
    }
    match lines.next() {
        Some((_, text)) if matches!(directive::parse(text), Ok(Some(Directive::Minutes(_)))) => None,
        other => Some(chapter.problem(
            other.map_or(2, |(number, _)| number),
            "under the title stands {{#minutes N}}, how long the page takes in a class",
        )),
    }
}

/// Boxes that unfold are closed, and of a known kind.
fn boxes(chapter: &Chapter, pieces: &[Piece<'_>]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut open = Vec::new();
    for piece in pieces {
        let Piece::Line { number, text } = piece else { continue };
        if let Some(rest) = text.trim_start().strip_prefix("<details") {
            open.push(*number);
            let known = ["answer", "predict", "notes"]
                .iter()
                .any(|class| rest.starts_with(&format!(" class=\"{class}\">")));
            if !known {
                problems.push(
                    chapter.problem(*number, "a box is <details class=\"answer\">, \"predict\" or \"notes\""),
                );
            }
            if !text.contains("<summary>") || !text.contains("</summary>") {
                problems.push(
                    chapter.problem(*number, "the box needs its <summary>…</summary> in the same line"),
                );
            }
        }
        if text.contains("</details>") && open.pop().is_none() {
            problems.push(chapter.problem(*number, "</details> without <details> before it"));
        }
    }
    problems
        .extend(open.iter().map(|number| chapter.problem(*number, "this box is never closed: </details>")));
    problems
}

fn stage(chapter: &Chapter, number: &str, pieces: &[Piece<'_>]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut parts: Vec<(usize, &str)> = Vec::new();
    let mut things: Vec<(&str, Thing)> = Vec::new();
    for piece in pieces {
        let part = parts.last().map_or("", |(_, name)| name);
        match piece {
            Piece::Line { number: line, text } => {
                if *line == 1 && !text.starts_with(&format!("# Stage {number}: ")) {
                    problems.push(chapter.problem(1, format!("the title is `# Stage {number}: …`")));
                }
                if let Some(name) = text.strip_prefix("## ") {
                    parts.push((*line, name.trim()));
                }
                match directive::parse(text) {
                    Ok(Some(Directive::Figure(..))) => things.push((part, Thing::Figure)),
                    Ok(Some(Directive::Bytes(_))) => things.push((part, Thing::Bytes)),
                    _ => {}
                }
                for class in ["answer", "predict", "notes"] {
                    if text.contains(&format!("<details class=\"{class}\"")) {
                        things.push((part, Thing::Box(class)));
                    }
                }
            }
            Piece::Fence(fence) => match fence.language() {
                "console" => things.push((part, Thing::Console)),
                "rust" => things.push((part, Thing::Listing)),
                _ => {}
            },
        }
    }
    let names: Vec<&str> = parts.iter().map(|(_, name)| *name).collect();
    if names != PARTS {
        let first = parts.iter().zip(PARTS).find(|((_, name), part)| name != part);
        let (line, wanted) =
            first.map_or((0, PARTS.get(names.len()).copied()), |((line, _), part)| (*line, Some(part)));
        let text = match wanted {
            Some(part) => format!("here the part `## {part}` belongs; all parts: {}", PARTS.join(" · ")),
            None => format!("it has more parts than a stage has: {}", PARTS.join(" · ")),
        };
        problems.push(chapter.problem(line, text));
    }
    for (part, thing, range) in COUNTS {
        let count =
            things.iter().filter(|(own, other)| (part.is_empty() || *own == part) && *other == thing).count();
        if !range.contains(&count) {
            let line = parts.iter().find(|(_, name)| *name == part).map_or(0, |(line, _)| *line);
            let place = if part.is_empty() { "the chapter".to_owned() } else { format!("`## {part}`") };
            let (from, to) = (range.start(), range.end());
            let wanted = if from == to { from.to_string() } else { format!("{from} to {to}") };
            problems.push(
                chapter.problem(line, format!("{place} has {count} of {}, not {wanted}", thing.name())),
            );
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(path: &str, text: &str) -> Vec<String> {
        let chapter = Chapter { path: path.into(), text: text.to_owned() };
        check(&[chapter]).iter().map(ToString::to_string).collect()
    }

    fn good() -> String {
        let boxed =
            |class: &str| format!("<details class=\"{class}\"><summary>S</summary>\n\nx\n\n</details>\n\n");
        let listing = "```rust,ignore\n{{#include x.rs:x}}\n```\n";
        format!(
            "# Stage 4: frames\n\n{{{{#minutes 60}}}}\n\nText.\n\n## See it fail\n```console\n$ a\n```\n## The idea\n\
             {{{{#figure frame}}}}\n## The code\n{}## The bytes\n{{{{#bytes frame}}}}\n## What HTTPS does here\n\
             ## What is still broken\n## Questions\n{}## Exercises\n{}{}",
            listing.repeat(3),
            boxed("answer").repeat(5),
            boxed("predict").repeat(2),
            boxed("notes").repeat(2),
        )
    }

    #[test]
    fn a_chapter_in_shape_passes() {
        assert_eq!(problems("stage-4.md", &good()), Vec::<String>::new());
        assert_eq!(problems("preface.md", "# P\n\n{{#minutes 5}}\n"), Vec::<String>::new());
    }

    #[test]
    fn what_is_missing_is_said() {
        for (from, to, part) in [
            ("## The bytes", "## Bytes", "here the part `## The bytes` belongs"),
            ("{{#figure frame}}", "", "`## The idea` has 0 of {{#figure …}}, not 1"),
            ("# Stage 4: frames", "# Stage 5: frames", "the title is `# Stage 4: …`"),
            ("{{#minutes 60}}", "Text", "under the title stands {{#minutes N}}"),
            ("class=\"predict\"", "class=\"predic\"", "a box is"),
            (
                "class=\"predict\"",
                "class=\"notes\"",
                "the chapter has 0 of <details class=\"predict\">, not 2 to 20",
            ),
            (
                "class=\"answer\"",
                "class=\"notes\"",
                "`## Questions` has 0 of <details class=\"answer\">, not 5 to 7",
            ),
            ("</details>", "", "never closed"),
        ] {
            let found = problems("stage-4.md", &good().replace(from, to));
            assert!(found.iter().any(|text| text.contains(part)), "{from}: {found:?}");
        }
    }
}
