//! A table, from rows to HTML; and the generated tables of the READMEs, so that the book holds no second copy.

use crate::generated::Problem;
use crate::place::Place;
use anatomy::escape_html;
use std::fmt::Write;

/// A table. Cells are text with `code`, **bold** and `[links](target)`, as the READMEs write them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// The headings.
    pub head: Vec<String>,
    /// The rows, each with a cell for every heading. The first cell is the heading of its row.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// One with these headings.
    pub fn new<const N: usize>(head: [&str; N]) -> Self {
        Self { head: head.map(str::to_owned).to_vec(), rows: Vec::new() }
    }

    /// Adds a row.
    pub fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push(cells.to_vec());
    }

    /// The part of a file between `<!-- NAME: begin … -->` and `<!-- NAME: end -->`, which a test keeps as the code
    /// says.
    pub fn generated(place: &Place, file: &str, name: &str) -> Result<Self, Problem> {
        let path = place.root().join(file);
        let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let part = || {
            let (_, rest) = text.split_once(&format!("<!-- {name}: begin"))?;
            let (_, rest) = rest.split_once("-->\n")?;
            rest.split_once(&format!("<!-- {name}: end -->")).map(|(part, _)| part)
        };
        let part = part().ok_or_else(|| format!("{file} has no generated part `{name}`"))?;
        Self::parse(part).ok_or_else(|| format!("{file}: the part `{name}` is no table").into())
    }

    /// A table in Markdown: headings, a line of dashes, rows.
    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines().filter(|line| line.starts_with('|'));
        let (head, dashes) = (cells(lines.next()?), cells(lines.next()?));
        let rows: Vec<Vec<String>> = lines.map(cells).collect();
        let fits = dashes.len() == head.len() && rows.iter().all(|row| row.len() == head.len());
        (fits && !rows.is_empty()).then_some(Self { head, rows })
    }

    /// Draws it.
    pub fn html(&self) -> String {
        let mut out = String::from("<table>\n<thead><tr>");
        // Writing to a String cannot fail.
        for cell in &self.head {
            // A heading without words is none: for readers of the screen it would be an empty one.
            let tag = if cell.is_empty() { "td" } else { "th" };
            let scope = if cell.is_empty() { "" } else { " scope=\"col\"" };
            let _ = write!(out, "<{tag}{scope}>{}</{tag}>", inline(cell));
        }
        out.push_str("</tr></thead>\n<tbody>\n");
        for row in &self.rows {
            out.push_str("<tr>");
            for cell in row {
                let _ = write!(out, "<td>{}</td>", inline(cell));
            }
            out.push_str("</tr>\n");
        }
        out.push_str("</tbody>\n</table>\n");
        out
    }
}

/// The cells of a row; `\|` is a bar in a cell.
fn cells(line: &str) -> Vec<String> {
    let line = line.trim().trim_start_matches('|');
    let line = line.strip_suffix('|').unwrap_or(line).replace("\\|", "\0");
    line.split('|').map(|cell| cell.trim().replace('\0', "|")).collect()
}

/// Text with `code`, **bold** and [links](target) as HTML; everything else is escaped.
pub(crate) fn inline(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['`', '*', '[']) {
        let (before, after) = rest.split_at(at);
        out.push_str(&escape_html(before));
        let found = between(after, "`", "`")
            .map(|(code, rest)| (format!("<code>{}</code>", escape_html(code)), rest))
            .or_else(|| {
                between(after, "**", "**")
                    .map(|(bold, rest)| (format!("<strong>{}</strong>", inline(bold)), rest))
            })
            .or_else(|| {
                let (text, rest) = between(after, "[", "](")?;
                let (target, rest) = rest.split_once(')')?;
                Some((format!("<a href=\"{}\">{}</a>", escape_html(target), inline(text)), rest))
            });
        match found {
            Some((html, after)) => {
                out.push_str(&html);
                rest = after;
            }
            None => {
                let (mark, after) = after.split_at(1);
                out.push_str(mark);
                rest = after;
            }
        }
    }
    out + &escape_html(rest)
}

/// What stands between two marks at the beginning of `text`, and what follows.
fn between<'a>(text: &'a str, open: &str, close: &str) -> Option<(&'a str, &'a str)> {
    text.strip_prefix(open)?.split_once(close)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_of_a_readme_becomes_html() {
        let table =
            Table::parse("\n| a | |\n|---|---|\n| `x\\|<` | **b** [c](d.md) |\n|  | 2 * 3 |\n").unwrap();
        assert_eq!(table.rows[0], ["`x|<`", "**b** [c](d.md)"]);
        assert_eq!(
            table.html(),
            "<table>\n<thead><tr><th scope=\"col\">a</th><td></td></tr></thead>\n<tbody>\n\
             <tr><td><code>x|&lt;</code></td><td><strong>b</strong> <a href=\"d.md\">c</a></td></tr>\n\
             <tr><td></td><td>2 * 3</td></tr>\n</tbody>\n</table>\n"
        );
        assert_eq!(Table::parse("no table"), None);
        assert_eq!(Table::parse("| a | b |\n|---|---|\n| one |\n"), None);
    }

    #[test]
    fn markup_in_a_cell_does_nothing() {
        assert_eq!(
            inline("<script>` [x](\"onclick) **"),
            "&lt;script&gt;` <a href=\"&quot;onclick\">x</a> **"
        );
    }
}
