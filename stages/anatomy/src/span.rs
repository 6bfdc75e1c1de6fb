//! The span tree: which bytes carry which label.

use std::ops::Range;

/// One field, or a group of fields, of some input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// The field's name, as the decoder gave it.
    pub label: &'static str,
    /// Its bytes, as offsets into the whole input.
    pub range: Range<usize>,
    /// How its value is shown.
    pub kind: Kind,
    /// What the decoder had to say about this value, e.g. `20 bytes follow`.
    pub note: Option<String>,
    /// The fields inside it, in the order they were read; they never overlap.
    pub children: Vec<Span>,
}

/// How the bytes of a span are shown beside the hexadecimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An integer; the value, since its byte order is the decoder's business.
    Number(i128),
    /// UTF-8 text.
    Text,
    /// Bytes without a meaning of their own: random values, digests, ciphertext.
    Opaque,
    /// Nothing but its children.
    Group,
}

/// Bytes together with their span tree: all that a renderer needs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Labelled {
    /// The whole input.
    pub bytes: Vec<u8>,
    /// Its top-level spans.
    pub spans: Vec<Span>,
}

impl Labelled {
    /// One field that covers all of `bytes`: text where it is UTF-8, opaque otherwise.
    #[must_use]
    pub fn whole(label: &'static str, bytes: &[u8]) -> Self {
        let kind = if std::str::from_utf8(bytes).is_ok() { Kind::Text } else { Kind::Opaque };
        let span = Span { label, range: 0..bytes.len(), kind, note: None, children: Vec::new() };
        Self { bytes: bytes.to_vec(), spans: vec![span] }
    }

    /// Every leaf in order, with its depth. Tools that select or count fields use this.
    pub fn leaves(&self) -> impl Iterator<Item = &Span> {
        let mut stack: Vec<&Span> = self.spans.iter().rev().collect();
        std::iter::from_fn(move || {
            while let Some(span) = stack.pop() {
                if span.children.is_empty() {
                    return Some(span);
                }
                stack.extend(span.children.iter().rev());
            }
            None
        })
    }

    /// Puts a tree of its own into each field with this label: `read` gets the field's bytes and labels them. For
    /// formats inside formats, such as a certificate in a handshake message.
    #[must_use]
    pub fn unfolded(mut self, label: &str, read: impl Fn(&[u8]) -> Self) -> Self {
        let Self { bytes, spans } = &mut self;
        unfold(bytes, spans, label, &read);
        self
    }

    /// The bytes of `span`.
    #[must_use]
    pub fn bytes_of(&self, span: &Span) -> &[u8] {
        self.bytes.get(span.range.clone()).unwrap_or_default()
    }
}

fn unfold(bytes: &[u8], spans: &mut [Span], label: &str, read: &impl Fn(&[u8]) -> Labelled) {
    for span in spans {
        unfold(bytes, &mut span.children, label, read);
        if span.label == label && span.children.is_empty() {
            span.children = read(bytes.get(span.range.clone()).unwrap_or_default()).spans;
            span.children.iter_mut().for_each(|child| shift(child, span.range.start));
            span.kind = Kind::Group;
        }
    }
}

fn shift(span: &mut Span, by: usize) {
    span.range = span.range.start + by..span.range.end + by;
    span.children.iter_mut().for_each(|child| shift(child, by));
}
