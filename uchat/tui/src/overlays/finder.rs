//! Windows in which something is found: a line to write in, and below it a list of what fits. Enter or a click takes a
//! row, the arrows go to another, and all else is written.

use super::Then;
use super::parts::{self, List};
use crate::action::Key;
use crate::app::App;
use crate::hit::Target;
use crate::text::Editor;
use crossterm::event::KeyCode;

/// The line and the list.
#[derive(Debug, Clone)]
pub(crate) struct Finder {
    pub(super) text: Editor,
    pub(super) list: List,
}

impl Finder {
    /// For a text of so many bytes.
    pub(super) fn new(limit: usize) -> Self {
        Self { text: Editor::line(limit), list: List::default() }
    }
}

/// A window that has them.
pub(crate) trait Finds {
    /// The line and the list.
    fn finder(&mut self) -> &mut Finder;

    /// How many rows the list has.
    fn count(&self, app: &App) -> usize;

    /// Another text stands in the line.
    fn search(&mut self, app: &mut App);

    /// A row is taken.
    fn choose(&mut self, app: &mut App, at: usize) -> Then;
}

/// A key; `None` if it was none for this window.
pub(super) fn key(window: &mut dyn Finds, app: &mut App, key: Key) -> Option<Then> {
    let count = window.count(app);
    let finder = window.finder();
    if key.code == KeyCode::Enter {
        let at = finder.list.of(count).at;
        return Some(window.choose(app, at));
    }
    if !finder.list.key(key, count) {
        if !parts::edit(&mut finder.text, key) {
            return None;
        }
        window.search(app);
    }
    Some(Then::Stay)
}

/// What is pasted.
pub(super) fn paste(window: &mut dyn Finds, app: &mut App, text: &str) -> Then {
    parts::paste(&mut window.finder().text, text);
    window.search(app);
    Then::Stay
}

/// A click on a row.
pub(super) fn click(window: &mut dyn Finds, app: &mut App, target: &Target) -> Then {
    if let Target::Row(at) = target { window.choose(app, *at) } else { Then::Stay }
}

/// The wheel.
pub(super) fn scroll(window: &mut dyn Finds, app: &App, rows: isize) {
    let count = window.count(app);
    window.finder().list.scroll(rows, count);
}
