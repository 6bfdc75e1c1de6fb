//! Which field a byte belongs to, what stands in it, and what it is for.

use crate::lang::inspect::Explain;
use crate::lang::{Lang, labels};
use anatomy::{Kind, Labelled, Span, quoted};
use std::ops::Range;

/// A field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The way to it: `message › data › text`.
    pub path: String,
    /// Its bytes.
    pub range: Range<usize>,
    /// What stands in it.
    pub value: String,
    /// What it is for.
    pub explains: Explain,
}

/// The field of a byte; the smallest one. In the language of the screen, but for names that stand in the bytes.
#[must_use]
pub fn field_at(labelled: &Labelled, at: usize, lang: Lang) -> Option<Field> {
    let mut path: Vec<String> = Vec::new();
    let mut key = None;
    let mut spans = &labelled.spans;
    loop {
        let span = spans.iter().find(|span| span.range.contains(&at))?;
        let own = key_of(labelled, span);
        key = own.clone().or(key);
        // Where entries have names, the groups around them say nothing more.
        if own.is_some() || !matches!(span.label, "entries" | "elements" | "entry" | "element") {
            path.push(own.unwrap_or_else(|| labels::label(lang, span.label).to_owned()));
        }
        if span.children.is_empty() {
            // The numbers and names around a value explain themselves; the value is what its key says.
            let is_value = !matches!(span.label, "key length" | "key" | "type" | "length");
            let by_key = key.filter(|_| is_value).and_then(|key| Explain::of_key(&key));
            let explains = by_key.unwrap_or_else(|| Explain::of_label(span.label));
            path.dedup();
            return Some(Field {
                path: path.join(" › "),
                range: span.range.clone(),
                value: value(labelled, span, lang),
                explains,
            });
        }
        spans = &span.children;
    }
}

/// The key of an entry of a dict.
fn key_of(labelled: &Labelled, span: &Span) -> Option<String> {
    let key = span.children.iter().filter(|_| span.label == "entry").find(|child| child.label == "key")?;
    Some(String::from_utf8_lossy(labelled.bytes_of(key)).into_owned())
}

fn value(labelled: &Labelled, span: &Span, lang: Lang) -> String {
    let value = match span.kind {
        Kind::Number(number) => number.to_string(),
        Kind::Text => quoted(&String::from_utf8_lossy(labelled.bytes_of(span))),
        Kind::Opaque | Kind::Group => String::new(),
    };
    match span.note.as_deref().map(|note| labels::note(lang, note)) {
        Some(note) if value.is_empty() => note,
        Some(note) => format!("{value} {note}"),
        None => value,
    }
}
