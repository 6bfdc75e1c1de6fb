//! A form: fields one below the other, each with its own message when something is wrong with it.

use crate::action::Key;
use crate::lang::Lang;
use crate::text::{Cells, Edit, Editor};
use crossterm::event::{KeyCode, KeyModifiers};
use std::cell::Cell;

/// A sentence that is looked up when it is drawn, so that it follows the language.
pub type Label = fn(Lang) -> &'static str;

/// A text of the tables as a [`Label`].
macro_rules! label {
    ($text:expr) => {
        |lang: $crate::lang::Lang| $crate::lang::Say::say($text, lang)
    };
}
pub(crate) use label;

/// One field.
#[derive(Debug, Clone)]
pub struct Field {
    /// What it is for.
    pub label: Label,
    /// What may stand in it.
    pub hint: Option<Label>,
    /// What stands in it.
    pub editor: Editor,
    /// Whether dots stand for what is written.
    pub secret: bool,
    /// Whether the user has been in it: nobody is told that an empty form is wrong.
    pub touched: bool,
    /// What the server said against it; gone with the next change.
    pub refused: Option<String>,
    /// How many cells of the text are scrolled out to the left, as it was drawn last.
    pub(crate) shown_from: Cell<usize>,
}

/// A form.
#[derive(Debug, Clone)]
pub struct Form {
    /// What it is for.
    pub title: Label,
    /// Its fields.
    pub fields: Vec<Field>,
    /// Which of them has the focus.
    pub focus: usize,
    /// Whether it has been sent and the answer is awaited.
    pub busy: bool,
    /// What was refused about it as a whole.
    pub refused: Option<String>,
    /// What is wrong with a field; nothing if it is right.
    pub check: fn(&Form, usize, Lang) -> Option<String>,
}

impl Field {
    /// An empty field for so many bytes.
    #[must_use]
    pub fn new(label: Label, limit: usize) -> Self {
        let editor = Editor::line(limit);
        Self {
            label,
            hint: None,
            editor,
            secret: false,
            touched: false,
            refused: None,
            shown_from: Cell::new(0),
        }
    }

    /// With a hint.
    #[must_use]
    pub fn hint(self, hint: Label) -> Self {
        Self { hint: Some(hint), ..self }
    }

    /// A secret one.
    #[must_use]
    pub fn secret(self) -> Self {
        Self { secret: true, editor: Editor::secret(self.editor.limit()), ..self }
    }
}

impl Form {
    /// A form of these fields.
    #[must_use]
    pub fn new(title: Label, fields: Vec<Field>, check: fn(&Self, usize, Lang) -> Option<String>) -> Self {
        Self { title, fields, focus: 0, busy: false, refused: None, check }
    }

    /// What stands in a field.
    #[must_use]
    pub fn text(&self, field: usize) -> &str {
        self.fields.get(field).map_or("", |field| field.editor.text())
    }

    /// What is to be shown below a field: what the server said, or what is wrong with what was written.
    #[must_use]
    pub fn error(&self, field: usize, lang: Lang) -> Option<String> {
        let it = self.fields.get(field)?;
        it.refused.clone().or_else(|| if it.touched { (self.check)(self, field, lang) } else { None })
    }

    /// The focus goes to the next field that must be filled in and was not seen yet; tells whether there is one. So
    /// Enter leads through a form without complaining about what nobody has come to.
    pub fn advance(&mut self) -> bool {
        let waits = |at: usize| {
            let field = self.fields.get(at);
            let new = field.is_some_and(|field| !field.touched && field.editor.is_empty());
            new && (self.check)(self, at, Lang::En).is_some()
        };
        let next = (self.focus + 1..self.fields.len()).find(|at| waits(*at));
        if let Some(next) = next {
            self.leave();
            self.focus = next;
        }
        next.is_some()
    }

    /// Whether all fields are right; if not, the first wrong one gets the focus, and all say what is wrong.
    pub fn ready(&mut self) -> bool {
        self.fields.iter_mut().for_each(|field| field.touched = true);
        let wrong = (0..self.fields.len()).find(|field| (self.check)(self, *field, Lang::En).is_some());
        if let Some(wrong) = wrong {
            self.focus = wrong;
        }
        wrong.is_none()
    }

    /// The focus goes on, or back.
    pub fn move_focus(&mut self, back: bool) {
        let count = self.fields.len().max(1);
        self.leave();
        self.focus = (self.focus + if back { count - 1 } else { 1 }) % count;
    }

    /// Writes into the field that has the focus; also what is pasted.
    pub fn insert(&mut self, text: &str) {
        if let Some(field) = self.fields.get_mut(self.focus).filter(|_| !self.busy) {
            field.editor.insert(text.trim_end_matches(['\r', '\n']));
            (field.touched, field.refused, self.refused) = (true, None, None);
        }
    }

    /// The server is against what stands in this field; it gets the focus.
    pub fn refuse(&mut self, field: usize, rule: String) {
        if let Some(it) = self.fields.get_mut(field) {
            it.refused = Some(rule);
            self.focus = field;
        }
    }

    /// Empties a field, and gives it the focus.
    pub fn empty(&mut self, field: usize) {
        if let Some(it) = self.fields.get_mut(field) {
            it.editor.clear();
            (it.touched, it.refused) = (false, None);
            self.focus = field;
        }
    }

    /// Empties the field that has the focus; tells whether there was anything in it.
    pub fn clear(&mut self) -> bool {
        let full = !self.busy && self.fields.get(self.focus).is_some_and(|field| !field.editor.is_empty());
        if full {
            self.empty(self.focus);
            self.refused = None;
        }
        full
    }

    /// Somebody has clicked into a field, after so many cells.
    pub fn click(&mut self, field: usize, column: u16, cells: Cells) {
        if self.focus != field {
            self.leave();
        }
        self.focus = field.min(self.fields.len().saturating_sub(1));
        if let Some(field) = self.fields.get_mut(field).filter(|field| !field.secret) {
            let from = field.shown_from.get();
            field.editor.click(0, from + usize::from(column), usize::MAX / 2, cells);
        }
    }

    /// The focus goes away from a field: what is wrong in it is told from now on.
    fn leave(&mut self) {
        if let Some(field) = self.fields.get_mut(self.focus) {
            field.touched |= !field.editor.is_empty();
        }
    }

    /// A key that is no action; tells whether it was for the form.
    pub fn key(&mut self, key: Key) -> bool {
        if let Some(c) = key.typed() {
            self.insert(c.encode_utf8(&mut [0; 4]));
            return true;
        }
        let Some(edit) = edit_of(key) else { return false };
        if let Some(field) = self.fields.get_mut(self.focus).filter(|_| !self.busy)
            && field.editor.edit(edit)
        {
            (field.touched, field.refused, self.refused) = (true, None, None);
        }
        true
    }
}

/// What a key does to a text, in all of the screen.
#[must_use]
pub fn edit_of(key: Key) -> Option<Edit> {
    const CTRL: KeyModifiers = KeyModifiers::CONTROL;
    const ALT: KeyModifiers = KeyModifiers::ALT;
    const NONE: KeyModifiers = KeyModifiers::NONE;
    Some(match (key.held, key.code) {
        (NONE, KeyCode::Left) => Edit::Left,
        (NONE, KeyCode::Right) => Edit::Right,
        (CTRL | ALT, KeyCode::Left) => Edit::WordLeft,
        (CTRL | ALT, KeyCode::Right) => Edit::WordRight,
        (NONE, KeyCode::Home) | (CTRL, KeyCode::Char('a')) => Edit::Home,
        (NONE, KeyCode::End) => Edit::End,
        (CTRL, KeyCode::Home) => Edit::Top,
        (NONE, KeyCode::Backspace) => Edit::Backspace,
        (NONE, KeyCode::Delete) | (CTRL, KeyCode::Char('d')) => Edit::Delete,
        (CTRL, KeyCode::Char('w')) | (CTRL | ALT, KeyCode::Backspace) => Edit::DeleteWordLeft,
        (CTRL, KeyCode::Char('u')) => Edit::DeleteToStart,
        (CTRL, KeyCode::Char('z')) => Edit::Undo,
        (CTRL, KeyCode::Char('y')) => Edit::Redo,
        _ => return None,
    })
}
