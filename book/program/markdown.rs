//! A chapter as lines and fenced blocks: as much of Markdown as the directives need, with line numbers.

use crate::problem::Problem;
use std::path::Path;

/// What a chapter consists of, in order.
#[derive(Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// A line outside of fenced blocks.
    Line {
        /// From 1 on.
        number: usize,
        /// Without its end.
        text: &'a str,
    },
    /// A fenced block.
    Fence(Fence<'a>),
}

/// A fenced block: code, or a session in a terminal.
#[derive(Debug, PartialEq, Eq)]
pub struct Fence<'a> {
    /// The line of its opening fence, from 1 on.
    pub number: usize,
    /// The opening and the closing fence as they stand there.
    pub fences: (&'a str, &'a str),
    /// What follows the opening fence: `rust,ignore`.
    pub info: &'a str,
    /// The lines between the fences.
    pub body: Vec<&'a str>,
}

impl Fence<'_> {
    /// The language: the first word of the info string.
    pub fn language(&self) -> &str {
        self.words().next().unwrap_or("")
    }

    /// Whether the info string has this word after the language.
    pub fn has(&self, word: &str) -> bool {
        self.words().skip(1).any(|own| own == word)
    }

    /// All words of the info string.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.info.split([',', ' ']).filter(|word| !word.is_empty())
    }

    /// What stands before the opening fence: a block in a list is indented.
    pub fn indent(&self) -> &str {
        let open = self.fences.0;
        &open[..open.len() - open.trim_start().len()]
    }
}

/// Takes a chapter apart. `file` is for the message about a block that never ends.
pub fn pieces<'a>(file: &Path, text: &'a str) -> Result<Vec<Piece<'a>>, Problem> {
    let mut pieces = Vec::new();
    let mut lines = text.lines().enumerate().map(|(index, line)| (index + 1, line));
    while let Some((number, line)) = lines.next() {
        let Some((fence, info)) = opening(line) else {
            pieces.push(Piece::Line { number, text: line });
            continue;
        };
        let mut body = Vec::new();
        let close = loop {
            let Some((_, line)) = lines.next() else {
                return Err(Problem::new(
                    file,
                    number,
                    format!("this block is never closed: write {fence} in a line of its own where it ends"),
                ));
            };
            if closes(line, fence) {
                break line;
            }
            body.push(line);
        };
        pieces.push(Piece::Fence(Fence { number, fences: (line, close), info, body }));
    }
    Ok(pieces)
}

/// The fence and the info string of a line that opens a block (CommonMark, section 4.5).
fn opening(line: &str) -> Option<(&str, &str)> {
    let line = line.trim_start();
    let mark = line.chars().next().filter(|mark| ['`', '~'].contains(mark))?;
    let length = line.chars().take_while(|c| *c == mark).count();
    let (fence, info) = line.split_at(length);
    // With a backtick in its info string it is code within a line.
    (length >= 3 && !(mark == '`' && info.contains('`'))).then_some((fence, info.trim()))
}

fn closes(line: &str, fence: &str) -> bool {
    let line = line.trim();
    line.len() >= fence.len() && line.chars().all(|c| fence.starts_with(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_blocks_keep_their_numbers() {
        let text = "a\n```rust,ignore\nb\n```\nc `x`\n  ~~~~ text\n  ~~~\n  ~~~~\n";
        let found = pieces(Path::new("x.md"), text).unwrap();
        let Piece::Fence(rust) = &found[1] else { panic!("{found:?}") };
        assert_eq!((rust.number, rust.language(), rust.has("ignore")), (2, "rust", true));
        assert_eq!(rust.body, ["b"]);
        assert_eq!(found[2], Piece::Line { number: 5, text: "c `x`" });
        let Piece::Fence(tildes) = &found[3] else { panic!("{found:?}") };
        assert_eq!((tildes.indent(), tildes.body.as_slice()), ("  ", ["  ~~~"].as_slice()));
    }

    #[test]
    fn a_block_without_an_end_is_named() {
        let problem = pieces(Path::new("x.md"), "\n```rust\nfn\n").unwrap_err();
        assert_eq!(problem.line, 2);
        assert!(problem.text.contains("never closed"));
        assert!(pieces(Path::new("x.md"), "```console,server").is_err());
    }

    #[test]
    fn three_backticks_within_a_line_open_nothing() {
        assert_eq!(pieces(Path::new("x.md"), "``` a ``` b\n").unwrap().len(), 1);
    }
}
