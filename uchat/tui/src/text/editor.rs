//! Text that is being written: in the composer, in each field of a form, in each search line. Keys and pastes go in;
//! out come the text, its rows, and the cell of the caret. The caret is always between two grapheme clusters, and the
//! text always in NFC: what is typed joins what stands beside it.

mod clean;
mod place;
mod undo;
mod words;

use super::Cells;
use super::wrap::{self, Row};
use clean::clean;
use std::fmt;
use std::ops::Range;
use undo::{Change, History, Kind};
use unicode_normalization::{UnicodeNormalization, is_nfc};
use unicode_segmentation::{GraphemeCursor, UnicodeSegmentation};
use zeroize::Zeroize;

/// A text, and where in it the caret stands.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Editor {
    text: String,
    /// In bytes; always between two grapheme clusters.
    caret: usize,
    /// Whether it may have more than one line.
    multi_line: bool,
    /// The most bytes.
    limit: usize,
    history: History,
    /// Whether it is wiped when it is not needed any more, and shown in no log.
    secret: bool,
    /// The column to which the caret returns after rows that are too short for it.
    wished: Option<usize>,
}

/// What a key does to a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is what its name says")]
pub enum Edit {
    Left,
    Right,
    WordLeft,
    WordRight,
    /// To the start of the line.
    Home,
    /// To the end of the line.
    End,
    /// To the start of the text.
    Top,
    /// To the end of the text.
    Bottom,
    Backspace,
    Delete,
    DeleteWordLeft,
    /// From the caret to the start of the line.
    DeleteToStart,
    /// Takes back the last change.
    Undo,
    /// Makes it again.
    Redo,
}

impl fmt::Debug for Editor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = if self.secret { "…" } else { &self.text };
        f.debug_struct("Editor").field("text", &text).field("caret", &self.caret).finish_non_exhaustive()
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        if self.secret {
            self.text.zeroize();
        }
    }
}

impl Editor {
    /// For a text of one line; newlines that are pasted become spaces.
    #[must_use]
    pub fn line(limit: usize) -> Self {
        let mut editor = Self::default();
        editor.limit = limit;
        editor
    }

    /// The same for a password: it is wiped from memory in the end, nothing of it is kept to be undone, and its place
    /// is large enough from the start, so that no part of it stays behind elsewhere.
    #[must_use]
    pub fn secret(limit: usize) -> Self {
        let mut editor = Self::line(limit);
        (editor.secret, editor.text) = (true, String::with_capacity(limit));
        editor
    }

    /// For a text of many lines.
    #[must_use]
    pub fn lines(limit: usize) -> Self {
        let mut editor = Self::line(limit);
        editor.multi_line = true;
        editor
    }

    /// The text, normalised to NFC.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The most bytes that it takes.
    #[must_use]
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The byte of the text before which the caret stands.
    #[must_use]
    pub fn at(&self) -> usize {
        self.caret
    }

    /// Another text; the caret stands at its end, and nothing of before can be undone.
    pub fn set(&mut self, text: &str) {
        self.take();
        self.insert(text);
        self.history = History::default();
    }

    /// Empties it. Nothing of before can be undone.
    pub fn clear(&mut self) {
        if self.secret {
            self.text.zeroize(); // its place stays
            (self.caret, self.wished) = (0, None);
        } else {
            self.take();
        }
    }

    /// Empties it, and returns what was there. Nothing of before can be undone.
    pub fn take(&mut self) -> String {
        (self.caret, self.wished) = (0, None);
        self.history = History::default();
        std::mem::take(&mut self.text)
    }

    /// Writes at the caret; also what is pasted. Control characters and what a terminal would obey are left out.
    /// Tells whether all of it fitted.
    pub fn insert(&mut self, text: &str) -> bool {
        self.wished = None;
        let clean = clean(text, self.multi_line);
        let one = clean.graphemes(true).nth(1).is_none() && clean != "\n";
        let kind = if one { Kind::Typed } else { Kind::Other };
        let here = self.caret..self.caret;
        if self.replace(here.clone(), &clean, kind) {
            return true;
        }
        let room = self.limit.saturating_sub(self.text.len());
        let ends = clean.grapheme_indices(true).map(|(at, grapheme)| at + grapheme.len());
        let fits = ends.take_while(|end| *end <= room).last().unwrap_or(0);
        self.replace(here, &clean[..fits], kind);
        false
    }

    /// Does what a key asks for; tells whether anything changed.
    pub fn edit(&mut self, edit: Edit) -> bool {
        self.wished = None;
        let (caret, length) = (self.caret, self.text.len());
        match edit {
            Edit::Left => self.go(self.before(caret)),
            Edit::Right => self.go(self.after(caret)),
            Edit::WordLeft => self.go(self.snap_left(words::left(&self.text, caret))),
            Edit::WordRight => self.go(self.snap_right(words::right(&self.text, caret))),
            Edit::Home => self.go(self.line_start()),
            Edit::End => self.go(self.line_end()),
            Edit::Top => self.go(0),
            Edit::Bottom => self.go(length),
            Edit::Backspace => self.delete(self.before(caret)..caret, Kind::Erased),
            Edit::Delete => self.delete(caret..self.after(caret), Kind::Erased),
            Edit::DeleteWordLeft => {
                self.delete(self.snap_left(words::left(&self.text, caret))..caret, Kind::Other);
            }
            Edit::DeleteToStart => self.delete(self.line_start()..caret, Kind::Other),
            Edit::Undo => return self.restore(History::undo),
            Edit::Redo => return self.restore(History::redo),
        }
        (caret, length) != (self.caret, self.text.len())
    }

    /// Moves the caret; what is typed there is a step of its own.
    fn go(&mut self, to: usize) {
        if to != self.caret {
            self.caret = to;
            self.history.close();
        }
    }

    fn delete(&mut self, bytes: Range<usize>, kind: Kind) {
        if !bytes.is_empty() {
            self.replace(bytes, "", kind);
        }
    }

    /// Puts something else into the place of these bytes, which are whole clusters; the caret stands after it. What
    /// then meets is composed, as a letter with the accent that is typed after it. Changes nothing and tells so if
    /// the text would become too long.
    fn replace(&mut self, bytes: Range<usize>, with: &str, kind: Kind) -> bool {
        let (start, end) = (self.before(bytes.start), self.after(bytes.end));
        let (head, tail) = (&self.text[start..bytes.start], &self.text[bytes.end..end]);
        let joined = [head, with, tail].concat();
        let (bytes, with, caret) = if is_nfc(&joined) {
            let caret = bytes.start + with.len();
            (bytes, with.to_owned(), caret)
        } else {
            let composed: String = joined.nfc().collect();
            let caret = start + [head, with].concat().nfc().map(char::len_utf8).sum::<usize>();
            match composed.strip_suffix(tail) {
                Some(composed) => (start..bytes.end, composed.to_owned(), caret),
                None => (start..end, composed, caret),
            }
        };
        if with.len() > bytes.len() && self.text.len() - bytes.len() + with.len() > self.limit {
            return false;
        }
        if bytes.is_empty() && with.is_empty() {
            return true;
        }
        let removed = self.text[bytes.clone()].to_owned();
        self.text.replace_range(bytes.clone(), &with);
        let carets = (self.caret, self.snap_right(caret));
        self.caret = carets.1;
        if self.secret {
            return true;
        }
        self.history.record(Change { at: bytes.start, removed, inserted: with, carets, kind });
        true
    }

    /// Undoes or redoes one step.
    fn restore(&mut self, step: impl FnOnce(&mut History) -> Option<Change>) -> bool {
        let Some(Change { at, removed, inserted, carets, .. }) = step(&mut self.history) else {
            return false;
        };
        self.text.replace_range(at..at + removed.len(), &inserted);
        self.caret = carets.1;
        true
    }

    /// The start of the grapheme cluster before this place.
    fn before(&self, at: usize) -> usize {
        self.text[..at].grapheme_indices(true).next_back().map_or(0, |(at, _)| at)
    }

    /// The end of the one after it.
    fn after(&self, at: usize) -> usize {
        self.text[at..].graphemes(true).next().map_or(at, |one| at + one.len())
    }

    /// The nearest place between two clusters, at or after this one.
    fn snap_right(&self, at: usize) -> usize {
        let mut at = at.min(self.text.len());
        while !self.is_between(at) {
            at += 1;
        }
        at
    }

    /// The same, at or before this one.
    fn snap_left(&self, mut at: usize) -> usize {
        while !self.is_between(at) {
            at -= 1;
        }
        at
    }

    fn is_between(&self, at: usize) -> bool {
        let mut cursor = GraphemeCursor::new(at, self.text.len(), true);
        at == 0
            || at >= self.text.len()
            || self.text.is_char_boundary(at) && cursor.is_boundary(&self.text, 0).unwrap_or(true)
    }

    fn line_start(&self) -> usize {
        self.text[..self.caret].rfind('\n').map_or(0, |newline| newline + 1)
    }

    fn line_end(&self) -> usize {
        self.text[self.caret..].find('\n').map_or(self.text.len(), |newline| self.caret + newline)
    }
}
