//! The span tree as text: offset, hexadecimal, label, value, in 80 columns.

use crate::{Kind, Labelled, Span, fill, pad, quoted, width};
use std::fmt::Write;
use std::io::IsTerminal;

/// How to draw on a terminal, or into a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terminal {
    /// Whether to use ANSI colours.
    pub colour: bool,
    /// Columns per line.
    pub columns: usize,
}

impl Terminal {
    /// For standard output: coloured if it is a terminal and `NO_COLOR` is unset or empty
    /// (<https://no-color.org>).
    #[must_use]
    pub fn stdout() -> Self {
        let wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        Self { colour: wanted && std::io::stdout().is_terminal(), columns: COLUMNS }
    }

    /// Without colours.
    #[must_use]
    pub fn plain() -> Self {
        Self { colour: false, columns: COLUMNS }
    }

    /// `text` in `style` if colours are on.
    #[must_use]
    pub fn paint(&self, style: Style, text: &str) -> String {
        if self.colour && !text.is_empty() {
            format!("\x1b[{}m{text}\x1b[0m", style as u8)
        } else {
            text.to_owned()
        }
    }

    /// The dump, a line per row of eight bytes, each ending in a newline.
    #[must_use]
    pub fn render(&self, labelled: &Labelled) -> String {
        let label_columns = label_columns(&labelled.spans, 0).min(MAX_LABEL);
        let mut out = String::new();
        for span in &labelled.spans {
            self.span(&mut out, labelled, span, 0, label_columns);
        }
        out
    }

    fn span(&self, out: &mut String, all: &Labelled, span: &Span, depth: usize, label_columns: usize) {
        let bytes = all.bytes_of(span);
        let hex = if span.kind == Kind::Group { Vec::new() } else { hex_rows(bytes) };
        let label = format!("{}{}", INDENT.repeat(depth), span.label);
        let label = fill(&label_or_cut(&label, label_columns), label_columns).remove(0);
        let value_columns = self.columns.saturating_sub(HEX_END + label_columns + 2);
        let values = fill(&value(span, bytes), value_columns);

        for row in 0..hex.len().max(values.len()) {
            let (offset, digits) = match hex.get(row) {
                Some(Row::Bytes(at, digits)) => (format!("{:04x}", span.range.start + at), digits.clone()),
                Some(Row::Gap(count)) => (String::new(), format!("… {count} more bytes")),
                None if row == 0 => (format!("{:04x}", span.range.start), String::new()),
                None => (String::new(), String::new()),
            };
            let line = format!(
                "  {}  {}  {}  {}",
                self.paint(Style::Dim, &pad(&offset, 4)),
                pad(&digits, HEX_COLUMNS),
                self.paint(Style::Cyan, &pad(if row == 0 { &label } else { "" }, label_columns)),
                self.paint(Style::Green, values.get(row).map_or("", String::as_str)),
            );
            let _ = writeln!(out, "{}", line.trim_end()); // writing to a String cannot fail
        }
        for child in &span.children {
            self.span(out, all, child, depth + 1, label_columns);
        }
    }
}

/// The few styles in use, as SGR codes (ECMA-48, section 8.3.117).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Headings.
    Bold = 1,
    /// What one may skip.
    Dim = 2,
    /// Something failed, or an attack succeeded.
    Red = 31,
    /// Values, and defences that held.
    Green = 32,
    /// From server to client.
    Yellow = 33,
    /// Labels, and from client to server.
    Cyan = 36,
}

enum Row {
    Bytes(usize, String),
    Gap(usize),
}

fn hex_rows(bytes: &[u8]) -> Vec<Row> {
    let row = |at: usize| {
        let end = bytes.len().min(at + PER_ROW);
        let digits: Vec<String> = bytes[at..end].iter().map(|byte| format!("{byte:02x}")).collect();
        Row::Bytes(at, digits.join(" "))
    };
    let starts: Vec<usize> = (0..bytes.len()).step_by(PER_ROW).collect();
    if starts.len() <= MAX_ROWS {
        return starts.into_iter().map(row).collect();
    }
    let last = starts[starts.len() - 1];
    let head = &starts[..MAX_ROWS - 2];
    let shown = head.len() * PER_ROW;
    head.iter().map(|at| row(*at)).chain([Row::Gap(last - shown), row(last)]).collect()
}

fn value(span: &Span, bytes: &[u8]) -> String {
    let value = match span.kind {
        Kind::Number(n) => n.to_string(),
        Kind::Text => text_value(&String::from_utf8_lossy(bytes)),
        Kind::Opaque => format!("{} byte{}", bytes.len(), if bytes.len() == 1 { "" } else { "s" }),
        Kind::Group => String::new(),
    };
    match (&span.note, value.is_empty()) {
        (None, _) => value,
        (Some(note), true) => note.clone(),
        (Some(note), false) => format!("{value} · {note}"),
    }
}

fn text_value(text: &str) -> String {
    let count = text.chars().count();
    if count <= MAX_TEXT {
        return quoted(text);
    }
    let head: String = text.chars().take(MAX_TEXT).collect();
    format!("{} … {} more characters", quoted(&head), count - MAX_TEXT)
}

fn label_columns(spans: &[Span], depth: usize) -> usize {
    spans
        .iter()
        .map(|span| (width(span.label) + depth * INDENT.len()).max(label_columns(&span.children, depth + 1)))
        .max()
        .unwrap_or(0)
}

/// Cuts a label that is too deep in the tree for its column; the depth still shows.
fn label_or_cut(label: &str, columns: usize) -> String {
    if width(label) <= columns {
        return label.to_owned();
    }
    let name = label.trim_start();
    let room = columns.saturating_sub(width(name).min(columns) + 1);
    pad("…", room + 1) + &name.chars().take(columns - room - 1).collect::<String>()
}

const COLUMNS: usize = 80;
const INDENT: &str = "  ";
const PER_ROW: usize = 8;
const HEX_COLUMNS: usize = PER_ROW * 3 - 1;
// Two spaces, the offset, two spaces, the hexadecimal, two spaces.
const HEX_END: usize = 2 + 4 + 2 + HEX_COLUMNS + 2;
const MAX_ROWS: usize = 8;
const MAX_LABEL: usize = 22;
const MAX_TEXT: usize = 120;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ReadError, Reader};

    fn sample(bytes: &[u8]) -> Labelled {
        let mut r = Reader::traced(bytes);
        let _ = r.nested(bytes.len(), "frame", |r| {
            let n = r.u32("length")?;
            r.note(|| "bytes that follow".to_owned());
            r.text(n as usize, "payload").map(drop)
        });
        r.into_labelled()
    }

    #[test]
    fn a_dump_shows_offset_bytes_label_and_value() {
        let dump = Terminal::plain().render(&sample(b"\0\0\0\x06\xe5\xb0\x8f\xe6\x98\x8e"));
        assert_eq!(
            dump,
            "  0000                           frame\n\
             \x20 0000  00 00 00 06                length   6 · bytes that follow\n\
             \x20 0004  e5 b0 8f e6 98 8e          payload  \"小明\"\n"
        );
    }

    #[test]
    fn every_line_fits_eighty_columns_even_in_chinese() {
        let text = "小明在学习安全通信".repeat(40);
        let mut bytes = (text.len() as u32).to_be_bytes().to_vec();
        bytes.extend_from_slice(text.as_bytes());
        let dump = Terminal::plain().render(&sample(&bytes));
        assert!(dump.lines().all(|line| width(line) <= 80), "{dump}");
        assert!(dump.contains("more bytes") && dump.contains("more characters"), "{dump}");
    }

    #[test]
    fn undecoded_bytes_are_shown_as_such() {
        let dump = Terminal::plain().render(&sample(b"\0\0\0\x09abc"));
        assert!(dump.contains("0004  61 62 63") && dump.contains("not decoded"), "{dump}");
    }

    #[test]
    fn a_tree_far_deeper_than_the_columns_still_fits() {
        fn deep(r: &mut Reader<'_>, depth: usize) -> Result<u8, ReadError> {
            if depth == 0 { r.u8("innermost") } else { r.group("level", |r| deep(r, depth - 1)) }
        }
        let mut r = Reader::traced(b"x");
        deep(&mut r, 40).unwrap();
        let dump = Terminal::plain().render(&r.into_labelled());
        assert!(dump.lines().all(|line| width(line) <= 80), "{dump}");
        assert!(dump.contains("innermost"), "{dump}");
    }

    #[test]
    fn colours_wrap_the_same_text() {
        let labelled = sample(b"\0\0\0\x01a");
        let coloured = Terminal { colour: true, columns: 80 }.render(&labelled);
        assert!(coloured.contains("\x1b[36m"));
        let mut stripped = String::new();
        let mut rest = coloured.as_str();
        while let Some((before, after)) = rest.split_once('\x1b') {
            stripped.push_str(before);
            rest = after.split_once('m').unwrap().1;
        }
        stripped.push_str(rest);
        let unpadded: String = stripped.lines().map(|line| format!("{}\n", line.trim_end())).collect();
        assert_eq!(unpadded, Terminal::plain().render(&labelled));
    }
}
