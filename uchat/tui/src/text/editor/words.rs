//! Where words begin and end: those of Unicode (UAX #29), and for Chinese and Japanese, which have no spaces, runs of
//! characters of one kind.

use unicode_segmentation::UnicodeSegmentation;

/// The start of the word before this place.
pub(super) fn left(text: &str, at: usize) -> usize {
    let mut to = at;
    let mut word = None;
    for (start, segment) in text[..at].split_word_bound_indices().rev() {
        match (word, kind(segment)) {
            (None, Kind::Gap) => {}
            (None, kind) => word = Some(kind),
            (Some(run), kind) if run == kind && kind.runs_on() => {}
            _ => break,
        }
        to = start;
    }
    to
}

/// The end of the word after this place.
pub(super) fn right(text: &str, at: usize) -> usize {
    let mut to = at;
    let mut word = None;
    for segment in text[at..].split_word_bounds() {
        match (word, kind(segment)) {
            (None, Kind::Gap) => {}
            (None, kind) => word = Some(kind),
            (Some(run), kind) if run == kind && kind.runs_on() => {}
            _ => break,
        }
        to += segment.len();
    }
    to
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Spaces and punctuation, between words.
    Gap,
    Han,
    Hiragana,
    /// A word of any other script, or an emoji.
    Word,
}

impl Kind {
    /// Whether Unicode makes a word of each of its characters.
    fn runs_on(self) -> bool {
        matches!(self, Self::Han | Self::Hiragana)
    }
}

fn kind(segment: &str) -> Kind {
    match segment.chars().next() {
        Some('\u{3005}' | '\u{3007}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}') => Kind::Han,
        Some('\u{20000}'..='\u{3ffff}') => Kind::Han,
        Some('\u{3041}'..='\u{309f}') => Kind::Hiragana,
        Some(c) if c.is_alphanumeric() || matches!(c, '_' | '\u{1f000}'..='\u{1faff}') => Kind::Word,
        _ => Kind::Gap,
    }
}
