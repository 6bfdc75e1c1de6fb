//! What windows are made of: the window itself, a list with one row chosen, a line to write in, buttons.

use crate::action::{Action, Key};
use crate::area;
use crate::draw::{self, Pen};
use crate::form::edit_of;
use crate::hit::{Pane, Target};
use crate::text::Editor;
use crate::theme::Role;
use crossterm::event::KeyCode;
use ratatui::layout::Rect;
use ratatui::style::Modifier;

/// A window with a way out in its upper right corner; returns what is inside, with a free column on each side.
pub(super) fn window(pen: &mut Pen<'_>, area: Rect, (width, height): (u16, u16), title: &str) -> Rect {
    let inside = pen.window(area, width, height, title);
    let key = pen.settings.keymap.shown(Action::Close);
    let label = format!(" {key} {} ", pen.sign("×"));
    let wide = u16::try_from(pen.settings.cells.width(&label)).unwrap_or(u16::MAX);
    if inside.width > wide && inside.y > 0 {
        let corner = Rect { x: inside.right() - wide, y: inside.y - 1, width: wide, height: 1 };
        pen.clickable(corner, &label, Role::Button, Target::Do(Action::Close));
    }
    pen.hits.pane(inside, Pane::Overlay);
    Rect { x: inside.x + 1, width: inside.width.saturating_sub(2), ..inside }
}

/// Which row of a list is chosen.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct List {
    pub(super) at: usize,
}

impl List {
    /// The row that is chosen, of so many: the list may have become shorter.
    pub(super) fn of(self, count: usize) -> Self {
        Self { at: self.at.min(count.saturating_sub(1)) }
    }

    /// A key that moves; tells whether it was one.
    pub(super) fn key(&mut self, key: Key, count: usize) -> bool {
        let last = count.saturating_sub(1);
        *self = self.of(count);
        self.at = match key.code {
            _ if !key.held.is_empty() => return false,
            KeyCode::Up => self.at.checked_sub(1).unwrap_or(last),
            KeyCode::Down if self.at == last => 0,
            KeyCode::Down => self.at + 1,
            KeyCode::PageUp => self.at.saturating_sub(PAGE),
            KeyCode::PageDown => (self.at + PAGE).min(last),
            _ => return false,
        };
        true
    }

    /// The wheel.
    pub(super) fn scroll(&mut self, rows: isize, count: usize) {
        self.at = self.at.saturating_add_signed(rows).min(count.saturating_sub(1));
    }

    /// The rows that are seen in this height: the chosen one in the middle, where there is more than fits.
    pub(super) fn seen(self, count: usize, height: u16) -> std::ops::Range<usize> {
        let height = usize::from(height);
        let from = self.at.saturating_sub(height / 2).min(count.saturating_sub(height));
        from..(from + height).min(count)
    }

    /// Draws the rows; `row` draws one, in the role that it gets. A click on a row is told by its number.
    pub(super) fn draw(
        self,
        pen: &mut Pen<'_>,
        area: Rect,
        count: usize,
        mut row: impl FnMut(&mut Pen<'_>, Rect, usize, Role),
    ) {
        for (at, y) in self.seen(count, area.height).zip(area.top()..) {
            let line = Rect { y, height: 1, ..area };
            let chosen = at == self.at;
            let role = if chosen { Role::Chosen } else { Role::Text };
            if chosen {
                pen.put(line, &" ".repeat(usize::from(line.width)), role);
            }
            pen.hits.add(line, Target::Row(at));
            pen.put(line, if chosen { pen.sign("›") } else { " " }, role);
            row(pen, area::after(line, 2), at, role);
        }
    }
}

/// Writes one line, with `…` where it is too long.
pub(super) fn line(pen: &mut Pen<'_>, area: Rect, text: &str, role: Role) -> u16 {
    let text = pen.settings.cells.shorten(&uchat_protocol::fields::one_line(text), usize::from(area.width));
    pen.put(area, &text, role)
}

/// A line to write in, behind a word that says what; with a hint while it is empty. The caret stands in it.
pub(super) fn input(pen: &mut Pen<'_>, area: Rect, label: &str, editor: &Editor, hint: &str) {
    let used = pen.put(area, label, Role::Strong) + 1;
    let place = Rect { height: 1, ..area::after(area, used) };
    let (_, caret) = editor.caret(usize::MAX / 2, pen.settings.cells);
    let (_, caret) = draw::written(pen, place, editor.text(), caret);
    if editor.is_empty() {
        pen.put_styled(place, hint, pen.style(Role::Dim).add_modifier(Modifier::UNDERLINED));
    }
    pen.hits.add(place, Target::Field(0));
    *pen.caret = Some(caret);
}

/// A key for a line; tells whether it was one, and so whether to look anew.
pub(super) fn edit(editor: &mut Editor, key: Key) -> bool {
    if let Some(c) = key.typed() {
        editor.insert(c.encode_utf8(&mut [0; 4]));
        return true;
    }
    edit_of(key).is_some_and(|edit| {
        editor.edit(edit);
        true
    })
}

/// What is pasted into a line: without the newline that often comes along.
pub(super) fn paste(editor: &mut Editor, text: &str) {
    editor.insert(text.trim_matches(['\r', '\n', ' ']));
}

/// Buttons at the foot of a window, each with the key that does the same; as many rows as they need. Returns what is
/// left above them.
pub(super) fn foot(pen: &mut Pen<'_>, inside: Rect, buttons: &[(&str, &str)]) -> Rect {
    let (mut x, mut y) = (0, 0);
    let mut places = Vec::new();
    for (key, text) in buttons {
        let Ok(pressed) = key.parse::<Key>() else { continue };
        let label = format!("[ {key} {text} ]");
        let wide = u16::try_from(pen.settings.cells.width(&label)).unwrap_or(u16::MAX);
        if x > 0 && x + wide > inside.width {
            (x, y) = (0, y + 1);
        }
        places.push((x, y, label, pressed));
        x = x.saturating_add(wide).saturating_add(1);
    }
    let rows = area::bottom(inside, y + u16::from(!places.is_empty()));
    for (x, y, label, pressed) in places {
        let place = area::after(area::below(rows, y), x);
        if !place.is_empty() {
            pen.clickable(Rect { height: 1, ..place }, &label, Role::Button, Target::Key(pressed));
        }
    }
    area::above(inside, rows.height + u16::from(rows.height > 0))
}

/// How many rows a page has.
const PAGE: usize = 10;
