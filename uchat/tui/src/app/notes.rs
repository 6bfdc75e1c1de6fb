//! Sentences for the user that stand above the status line and go away by themselves.

use super::{App, Effect};

/// How a note sounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// It went well, or is only news.
    Good,
    /// It did not.
    Bad,
}

/// A sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// It.
    pub text: String,
    /// How it sounds.
    pub tone: Tone,
    /// When it goes away, in milliseconds since 1970.
    pub until: u64,
}

impl App {
    /// Tells the user something.
    pub(crate) fn note(&mut self, tone: Tone, text: impl Into<String>) {
        let text = text.into();
        let stays = if tone == Tone::Bad { BAD } else { GOOD };
        self.notes.retain(|note| note.text != text);
        if self.notes.len() >= MOST {
            self.notes.remove(0);
        }
        let until = self.now + stays;
        self.notes.push(Note { text, tone, until });
        self.effect(Effect::WakeAt(until));
    }
}

/// Takes away what has stood long enough.
pub(super) fn expire(app: &mut App) {
    let now = app.now;
    app.notes.retain(|note| note.until > now);
}

/// The most at once.
const MOST: usize = 3;
/// How long they stand, in milliseconds.
const GOOD: u64 = 4_000;
const BAD: u64 = 10_000;
