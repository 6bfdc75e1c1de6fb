//! Blocks of a terminal: ```` ```console ````. Here they become HTML; `commands` runs them.

use crate::markdown::Fence;
use anatomy::escape_html;

/// How a block is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Each command runs to its end.
    Runs,
    /// The command is started, and lives to the end of the chapter's test.
    Server,
    /// It is only shown.
    NotRun,
}

/// A block of a terminal.
#[derive(Debug, PartialEq, Eq)]
pub struct Block {
    /// How it is run.
    pub kind: Kind,
    /// Why it is not run.
    pub why: Option<String>,
    /// What was typed, and what came.
    pub steps: Vec<Step>,
}

/// One command and its output.
#[derive(Debug, PartialEq, Eq)]
pub struct Step {
    /// The line in the chapter.
    pub line: usize,
    /// The command; after a `\` at the end of a line it goes on in the next.
    pub command: String,
    /// The lines of its output, each with an end; `...` stands for any lines, `[..]` within a line for any text.
    pub output: String,
}

/// Reads a fenced block; `None` when it is no terminal, an error when it breaks the rules.
pub fn parse(fence: &Fence<'_>) -> Result<Option<Block>, (usize, String)> {
    if fence.language() != "console" {
        return Ok(None);
    }
    let kind = match fence.words().skip(1).collect::<Vec<_>>()[..] {
        [] => Kind::Runs,
        ["server"] => Kind::Server,
        ["not-run"] => Kind::NotRun,
        _ => {
            let text = format!(
                "```{} is not known: write ```console, ```console,server or ```console,not-run",
                fence.info
            );
            return Err((fence.number, text));
        }
    };
    let mut lines = (fence.number + 1..)
        .zip(&fence.body)
        .map(|(number, line)| (number, unindented(line, fence.indent())))
        .peekable();
    let why = lines.next_if(|(_, line)| line.starts_with("# ")).map(|(_, line)| line[2..].trim().to_owned());
    if kind == Kind::NotRun && why.is_none() {
        return Err((fence.number + 1, "begin with a line `# why it cannot be run by a test`".to_owned()));
    }
    let mut steps: Vec<Step> = Vec::new();
    while let Some((line, text)) = lines.next() {
        if let Some(command) = text.strip_prefix("$ ") {
            let mut command = command.to_owned();
            while command.ends_with('\\') {
                let Some((_, more)) = lines.next() else { break };
                command = command + "\n" + more;
            }
            steps.push(Step { line, command, output: String::new() });
        } else if let Some(step) = steps.last_mut() {
            step.output = format!("{}{text}\n", step.output);
        } else {
            return Err((line, "the first line is a command: `$ cargo run -q -p stage-1`".to_owned()));
        }
    }
    match (kind, steps.len()) {
        (_, 0) => Err((fence.number, "the block has no command: write `$ ` before it".to_owned())),
        (Kind::Server, 2..) => Err((fence.number, "a server's block has one command".to_owned())),
        (Kind::Server, 1) if steps.iter().all(|step| step.output.trim().is_empty()) => {
            let text = "show the line that the server prints when it is ready: `listening on …`";
            Err((fence.number, text.to_owned()))
        }
        _ => Ok(Some(Block { kind, why, steps })),
    }
}

fn unindented<'a>(line: &'a str, indent: &str) -> &'a str {
    line.strip_prefix(indent).unwrap_or_else(|| line.trim_start())
}

/// The block as a page shows it: the commands stand out, and what matches any text is an ellipsis.
pub fn html(block: &Block) -> String {
    let mut out = String::from("<pre class=\"console\"><code class=\"language-console nohighlight\">");
    for step in &block.steps {
        out += &format!(
            "<span class=\"prompt\">$ </span><span class=\"command\">{}</span>\n",
            escape_html(&step.command)
        );
        for line in step.output.lines() {
            let line = match line.trim() {
                "..." => "…".to_owned(),
                _ => escape_html(line).replace("[..]", "…"),
            };
            out += &format!("{line}\n");
        }
    }
    out.truncate(out.trim_end().len());
    out + "</code></pre>\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::markdown::{Piece, pieces};
    use std::path::Path;

    fn read(text: &str) -> Result<Option<Block>, (usize, String)> {
        let pieces = pieces(Path::new("x.md"), text).unwrap();
        let Piece::Fence(fence) = &pieces[0] else { panic!("{pieces:?}") };
        parse(fence)
    }

    #[test]
    fn commands_and_their_output_are_told_apart() {
        let block = read("```console\n$ echo a \\\n  b\na b\n\n...\n$ true\n```\n").unwrap().unwrap();
        assert_eq!(block.kind, Kind::Runs);
        assert_eq!(
            block.steps[0],
            Step { line: 2, command: "echo a \\\n  b".into(), output: "a b\n\n...\n".into() }
        );
        assert_eq!(block.steps[1], Step { line: 7, command: "true".into(), output: String::new() });
        assert_eq!(read("```text\n$ a\n```\n"), Ok(None));
        let not = read("```console,not-run\n# needs a screen\n$ uchat\n```\n").unwrap().unwrap();
        assert_eq!((not.kind, not.why.as_deref()), (Kind::NotRun, Some("needs a screen")));
    }

    #[test]
    fn broken_blocks_are_refused() {
        for (text, part) in [
            ("```console\nno command\n```\n", "first line is a command"),
            ("```console\n```\n", "no command"),
            ("```console,sever\n$ a\n```\n", "not known"),
            ("```console,not-run\n$ a\n```\n", "why it cannot"),
            ("```console,server\n$ a\n$ b\n```\n", "one command"),
            ("```console,server\n$ a\n```\n", "show the line"),
        ] {
            let (_, problem) = read(text).unwrap_err();
            assert!(problem.contains(part), "{text}: {problem}");
        }
    }

    #[test]
    fn a_page_shows_ellipses_and_no_tags_of_the_output() {
        let block = read("```console\n$ a <b>\n<i>[..] x\n...\n```\n").unwrap().unwrap();
        let html = html(&block);
        assert!(
            html.contains("<span class=\"command\">a &lt;b&gt;</span>\n&lt;i&gt;… x\n…</code>"),
            "{html}"
        );
    }
}
