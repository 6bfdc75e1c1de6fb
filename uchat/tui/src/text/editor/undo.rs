//! What was changed, so that it can be taken back and made again. What is typed in one go is one step.

use std::collections::VecDeque;

/// Instead of one text stands another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Change {
    /// The byte where both begin.
    pub(super) at: usize,
    pub(super) removed: String,
    pub(super) inserted: String,
    /// The caret before and after it.
    pub(super) carets: (usize, usize),
    pub(super) kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// One character was typed.
    Typed,
    /// One was erased.
    Erased,
    /// Anything else is a step of its own.
    Other,
}

/// The steps that can be undone, and those that were.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct History {
    done: VecDeque<Change>,
    undone: Vec<Change>,
    /// Whether the last step may still grow.
    open: bool,
}

/// The most steps that are kept, and the most bytes of text in them.
const STEPS: usize = 200;
const BYTES: usize = 1 << 20;

impl History {
    /// Remembers a change, as a step or as a part of the last one.
    pub(super) fn record(&mut self, change: Change) {
        self.undone.clear();
        let joined = self.open && self.done.back_mut().is_some_and(|last| last.join(&change));
        self.open = change.kind != Kind::Other;
        if !joined {
            self.done.push_back(change);
        }
        while self.done.len() > STEPS || self.done.iter().map(Change::bytes).sum::<usize>() > BYTES {
            self.done.pop_front();
        }
    }

    /// Ends the last step: what comes is another one.
    pub(super) fn close(&mut self) {
        self.open = false;
    }

    /// The change that takes back the last step.
    pub(super) fn undo(&mut self) -> Option<Change> {
        self.open = false;
        let change = self.done.pop_back()?;
        let back = change.reverse();
        self.undone.push(change);
        Some(back)
    }

    /// The step that was taken back last.
    pub(super) fn redo(&mut self) -> Option<Change> {
        let change = self.undone.pop()?;
        self.done.push_back(change.clone());
        Some(change)
    }
}

impl Change {
    fn bytes(&self) -> usize {
        self.removed.len() + self.inserted.len()
    }

    fn reverse(&self) -> Self {
        Self {
            at: self.at,
            removed: self.inserted.clone(),
            inserted: self.removed.clone(),
            carets: (self.carets.1, self.carets.0),
            kind: self.kind,
        }
    }

    /// Makes one step of this one and the next, if they are of one go. A word after a space begins another step.
    fn join(&mut self, next: &Self) -> bool {
        if self.kind != next.kind || self.carets.1 != next.carets.0 {
            return false;
        }
        match next.kind {
            Kind::Typed => {
                let end = self.at + self.inserted.len();
                let goes_on = next.at >= self.at && next.at + next.removed.len() == end;
                let new_word = self.inserted.ends_with(' ') && !next.inserted.starts_with(' ');
                if !goes_on || new_word {
                    return false;
                }
                self.inserted.truncate(next.at - self.at);
                self.inserted.push_str(&next.inserted);
            }
            Kind::Erased if !self.inserted.is_empty() || !next.inserted.is_empty() => return false,
            Kind::Erased if next.at + next.removed.len() == self.at => {
                self.removed.insert_str(0, &next.removed);
                self.at = next.at;
            }
            Kind::Erased if next.at == self.at => self.removed.push_str(&next.removed),
            _ => return false,
        }
        self.carets.1 = next.carets.1;
        true
    }
}
