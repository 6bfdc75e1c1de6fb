//! One chapter, expanded: directives become HTML, blocks of code and of a terminal get their frame.

use crate::anchor::Include;
use crate::console;
use crate::directive::{self, Directive};
use crate::generated::{self, Entry};
use crate::glossary::Glossary;
use crate::html::block;
use crate::markdown::{Fence, Piece, pieces};
use crate::place::Place;
use crate::problem::{Problem, known_names};
use crate::{bytes, figure, tables, widget};
use anatomy::escape_html;
use std::path::Path;

/// Everything that chapters can name.
pub struct Shelf {
    /// Where figures, widgets and sources lie.
    pub place: Place,
    /// The terms.
    pub glossary: Glossary,
    /// What `{{#bytes}}` knows.
    pub bytes: &'static [Entry],
    /// What `{{#table}}` knows.
    pub tables: &'static [Entry],
}

/// What becomes of a line that names something that is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unknown {
    /// The build fails.
    Refused,
    /// The page says it in that place: for a draft.
    Shown,
}

impl Shelf {
    /// The shelf of a checkout. A book without a glossary has an empty one.
    pub fn open(place: &Place) -> Self {
        let glossary = std::fs::read_to_string(place.src().join("glossary.md")).unwrap_or_default();
        Self {
            place: place.clone(),
            glossary: Glossary::parse(&glossary),
            bytes: bytes::ALL,
            tables: tables::ALL,
        }
    }

    /// Expands the chapter `path` (relative to `src`). All that is wrong in it is told at once, and stands in the text
    /// at its place.
    pub fn expand(&self, path: &Path, text: &str) -> (String, Vec<Problem>) {
        let file = Path::new("book/src").join(path);
        let pieces = match pieces(&file, text) {
            Ok(pieces) => pieces,
            Err(problem) => return (missing(&problem.text), vec![problem]),
        };
        let root = "../".repeat(path.components().count().saturating_sub(1));
        let mut out = String::with_capacity(text.len() * 2);
        let mut problems = Vec::new();
        for piece in &pieces {
            match piece {
                Piece::Line { number, text } => match self.line(text, &root, &file) {
                    Ok(line) => out = out + &line + "\n",
                    Err(problem) => {
                        // Text can be read with a link that leads nowhere; a directive cannot.
                        let text = if text.contains("{{#") { missing(&problem) } else { format!("{text}\n") };
                        out += &text;
                        problems.push(Problem::new(&file, *number, problem));
                    }
                },
                Piece::Fence(fence) => match self.fence(fence, &file) {
                    Ok(html) => out += &html,
                    Err((line, problem)) => {
                        out += &missing(&problem);
                        problems.push(Problem::new(&file, line, problem));
                    }
                },
            }
        }
        (out, problems)
    }

    fn line(&self, line: &str, root: &str, file: &Path) -> Result<String, String> {
        if line.trim_start().starts_with("{{#include ") && line.contains(".md") {
            return self.prose(line, file);
        }
        let Some(directive) = directive::parse(line)? else {
            return self.glossary.with_titles(line);
        };
        let html = match directive {
            Directive::Bytes(name) => self.generated("bytes", self.bytes, name)?,
            Directive::Table(name) => {
                format!(
                    "<div class=\"generated-table\">\n{}\n</div>",
                    self.generated("table", self.tables, name)?
                )
            }
            Directive::Figure(name, caption) => figure::html(&self.place, name, caption)?,
            Directive::Widget(name) => widget::html(&self.place, name, root)?,
            Directive::Minutes(minutes) => format!(
                "<p class=\"minutes\"><span>{minutes} {}</span></p>",
                if minutes == 1 { "minute" } else { "minutes" }
            ),
        };
        Ok(format!("\n{}", block(&html)))
    }

    /// A part of a text that the repository has anyway, such as the rules of the lab.
    fn prose(&self, line: &str, file: &Path) -> Result<String, String> {
        let include = Include::parse(file, line)?
            .filter(|include| include.file.extension().is_some_and(|own| own == "md"));
        let include = include.ok_or("outside of a block only a Markdown file can be included")?;
        Ok(format!("\n{}", include.text(self.place.root())?))
    }

    fn generated(&self, kind: &str, list: &[Entry], name: &str) -> Result<String, String> {
        match generated::html(list, name, &self.place) {
            Some(made) => made.map_err(|error| format!("{{{{#{kind} {name}}}}} cannot be made: {error}")),
            None => Err(format!(
                "there is no {{{{#{kind} {name}}}}}; {}",
                known_names(name, list.iter().map(|entry| entry.name))
            )),
        }
    }

    fn fence(&self, fence: &Fence<'_>, file: &Path) -> Result<String, (usize, String)> {
        if let Some(terminal) = console::parse(fence)? {
            return Ok(match fence.indent() {
                "" => format!("\n{}\n", block(&console::html(&terminal))),
                // In a list, HTML without its indent would end the list.
                indent => {
                    block(&console::html(&terminal)).lines().map(|line| format!("{indent}{line}\n")).collect()
                }
            });
        }
        let mut included = None;
        let mut body = String::new();
        for (number, line) in (fence.number + 1..).zip(&fence.body) {
            match Include::parse(file, line).map_err(|problem| (number, problem))? {
                None => body = body + line + "\n",
                Some(include) => {
                    let text = include.text(self.place.root()).map_err(|problem| (number, problem))?;
                    body += &moved_left(&text, fence.indent());
                    included = Some(include);
                }
            }
        }
        if fence.language() == "rust" && (included.is_none() || fence.body.len() != 1) {
            let text = "a block of Rust holds one line, {{#include PATH:ANCHOR}}: code comes from the crates";
            return Err((fence.number, text.to_owned()));
        }
        if fence.language().is_empty() {
            return Err((
                fence.number,
                "say what is in the block: ```text, ```rust,ignore, ```console …".to_owned(),
            ));
        }
        let text = format!("{}\n{body}{}\n", fence.fences.0, fence.fences.1);
        Ok(match included {
            Some(include) if fence.indent().is_empty() => format!(
                "\n<div class=\"listing\">\n<p class=\"listing-file\">{}</p>\n\n{text}\n</div>\n\n",
                escape_html(&include.file.display().to_string().replace('\\', "/"))
            ),
            _ => text,
        })
    }
}

/// Lines without the blanks that all of them begin with, behind `indent`: a method stands deep in its file.
fn moved_left(text: &str, indent: &str) -> String {
    let blanks = |line: &&str| line.len() - line.trim_start().len();
    let common =
        text.lines().filter(|line| !line.trim().is_empty()).map(|line| blanks(&line)).min().unwrap_or(0);
    text.lines().map(|line| format!("{indent}{}\n", line.get(common..).unwrap_or(""))).collect()
}

/// What a draft shows in the place of what is not there.
fn missing(problem: &str) -> String {
    format!("\n<p class=\"missing\">{}</p>\n\n", escape_html(problem).replace("{{#", "{{&#35;"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    const BYTES: &[Entry] = &[
        Entry { name: "frame", make: |_| Ok("<pre>00\n\n01</pre>".into()) },
        Entry { name: "broken", make: |_| Err("the run ended early".into()) },
    ];

    fn shelf() -> (tempfile::TempDir, Shelf) {
        let folder = tempfile::tempdir().unwrap();
        for sub in ["book/figures", "book/widgets", "stages"] {
            fs::create_dir_all(folder.path().join(sub)).unwrap();
        }
        let write = |path: &str, text: &str| fs::write(folder.path().join(path), text).unwrap();
        write("book/figures/ladder.svg", "<?xml?>\n<svg role=\"img\">\n\n<title>L</title></svg>\n");
        write("book/widgets/dh.js", "");
        write("book/widgets/dh.html", "<p>table</p>\n");
        write("book/widgets/bare.html", "");
        write("RULES.md", "# R\n<!-- ANCHOR: one -->\nBe kind.\n<!-- ANCHOR_END: one -->\n");
        write("stages/a.rs", "    // ANCHOR: x\n    fn x() {\n\n        y();\n    }\n    // ANCHOR_END: x\n");
        let shelf = Shelf {
            place: Place::new(folder.path()),
            glossary: Glossary::parse("### Frame\n\nA length and bytes.\n"),
            bytes: BYTES,
            tables: &[],
        };
        (folder, shelf)
    }

    fn problems(text: &str) -> Vec<String> {
        let (_folder, shelf) = shelf();
        let (_, problems) = shelf.expand(Path::new("stage-1.md"), text);
        problems.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_chapter_is_expanded() {
        let (_folder, shelf) = shelf();
        let text = "# T\n\n{{#minutes 1}}\n\n{{#include ../../../RULES.md:one}}\n\nA [frame](../glossary.md#frame).\n\n{{#bytes frame}}\n{{#figure ladder | A < B}}\n\
                    {{#widget dh}}\n```rust,ignore\n{{#include ../../../stages/a.rs:x}}\n```\n```console\n$ true\n```\n";
        let (out, problems) = shelf.expand(Path::new("messenger/x.md"), text);
        assert_eq!(problems, []);
        for part in [
            "<p class=\"minutes\"><span>1 minute</span></p>\n",
            "\nBe kind.\n\n",
            "(../glossary.md#frame \"A length and bytes.\")",
            "<pre>00&#10;\n01</pre>",
            "<svg role=\"img\">\n<title>",
            "<figcaption>A &lt; B</figcaption>",
            "<script src=\"../widgets/dh.js\" defer>",
            "<p class=\"listing-file\">stages/a.rs</p>\n\n```rust,ignore\nfn x() {\n\n    y();\n}\n```\n",
            "<span class=\"command\">true</span>",
        ] {
            assert!(out.contains(part), "{part}\n---\n{out}");
        }
    }

    #[test]
    fn all_problems_come_at_once_with_their_lines() {
        let found = problems(
            "{{#bytes farme}}\n{{#bytes broken}}\n{{#figure nothing}}\n{{#widget bare}}\n{{#table x}}\n[x](glossary.md#y)\n",
        );
        for (found, part) in found.iter().zip([
            "book/src/stage-1.md:1: there is no {{#bytes farme}}; did you mean frame?",
            "book/src/stage-1.md:2: {{#bytes broken}} cannot be made: the run ended early",
            "book/src/stage-1.md:3: there is no book/figures/nothing.svg; there are: ladder",
            "book/src/stage-1.md:4: the widget bare has no script: book/widgets/bare.js",
            "book/src/stage-1.md:5: there is no {{#table x}}; there is none yet",
            "book/src/stage-1.md:6: the glossary has no term y; there are: frame",
        ]) {
            assert!(found.starts_with(part), "{found}");
        }
        assert_eq!(found.len(), 6);
    }

    #[test]
    fn blocks_that_break_the_rules_are_refused() {
        for (text, part) in [
            ("```rust,ignore\nfn x() {}\n```\n", "holds one line"),
            ("```rust\n{{#include ../../stages/a.rs:x}}\nfn y() {}\n```\n", "holds one line"),
            ("```rust\n{{#include ../../stages/a.rs:y}}\n```\n", "has no anchor y"),
            ("```rust\n{{#include ../../stages/b.rs}}\n```\n", "cannot include stages/b.rs"),
            ("```rust\n{{#include ../../../b.rs}}\n```\n", "out of the checkout"),
            ("{{#include ../../RULES.md:two}}\n", "has no anchor two"),
            ("{{#include ../../../RULES.md}}\n", "out of the checkout"),
            ("{{#include ../../stages/a.rs}}\n", "stands in a fenced block"),
            ("```\ntext\n```\n", "say what is in the block"),
            ("```text\n{{#nonsense}}\n```\n", "cannot stand in a block"),
            ("```console\n", "never closed"),
        ] {
            let found = problems(text);
            assert!(found.len() == 1 && found[0].contains(part), "{text}: {found:?}");
        }
    }
}
