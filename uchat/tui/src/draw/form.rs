//! A form: label, field, and below each field what is wrong with it.

use super::Pen;
use crate::form::{Field, Form};
use crate::hit::Target;
use crate::text;
use crate::theme::Role;
use ratatui::layout::{Position, Rect};
use ratatui::style::Modifier;

/// Draws a form into the area; returns how many rows it took. Where there is too little room, the fields around the
/// one that has the focus are shown.
pub fn form(form: &Form, pen: &mut Pen<'_>, area: Rect) -> u16 {
    let (lang, cells) = (pen.settings.lang, pen.settings.cells);
    let labels = form.fields.iter().map(|field| cells.width((field.label)(lang))).max().unwrap_or(0);
    let labels = u16::try_from(labels).unwrap_or(u16::MAX).min(area.width / 2);
    let from = labels + 3;
    let room = area.width.saturating_sub(from);
    let below: Vec<Below> = (0..form.fields.len()).map(|number| Below::of(form, number, pen, room)).collect();
    let mut y = area.y;
    for number in first(&below, form.focus, area.height)..form.fields.len() {
        let Some((field, below)) = form.fields.get(number).zip(below.get(number)) else { break };
        if y + below.height() > area.bottom() {
            break;
        }
        let line = Rect { x: area.x, y, width: area.width, height: 1 };
        let focus = number == form.focus;
        let role = if focus { Role::Strong } else { Role::Text };
        pen.put(Rect { width: labels, ..line }, (field.label)(lang), role);
        let sign = if focus { pen.sign("▸") } else { " " };
        pen.put(Rect { x: area.x + labels + 1, width: 1, ..line }, sign, Role::Button);
        let place = Rect { x: area.x + from, width: room, ..line };
        input(field, focus && !form.busy, pen, place);
        pen.hits.add(place, Target::Field(number));
        let rows = Rect { y: y + 1, height: below.height() - 1, ..place };
        pen.paragraph(rows, &below.text, below.role);
        y += below.height();
    }
    y - area.y
}

/// What stands below a field.
struct Below {
    text: String,
    role: Role,
    rows: u16,
}

impl Below {
    fn of(form: &Form, number: usize, pen: &Pen<'_>, width: u16) -> Self {
        let lang = pen.settings.lang;
        let hint = form.fields.get(number).and_then(|field| field.hint).filter(|_| number == form.focus);
        let (text, role) = match (form.error(number, lang), hint) {
            (Some(error), _) => (format!("{} {error}", pen.sign("✗")), Role::Error),
            (None, Some(hint)) => (hint(lang).to_owned(), Role::Dim),
            (None, None) => (String::new(), Role::Dim),
        };
        let rows = text::wrap(&text, usize::from(width), pen.settings.cells).len();
        Self { text, role, rows: u16::try_from(rows).unwrap_or(u16::MAX).min(MOST_ROWS) }
    }

    /// With the field itself.
    fn height(&self) -> u16 {
        self.rows + 1
    }
}

/// The first field that is shown, so that the one with the focus is.
fn first(below: &[Below], focus: usize, room: u16) -> usize {
    let mut used = 0;
    let mut first = 0;
    for number in (0..=focus.min(below.len().saturating_sub(1))).rev() {
        used += below.get(number).map_or(0, Below::height);
        if used > room {
            first = number + 1;
            break;
        }
    }
    first.min(focus)
}

/// A field: its text, or as many dots where that is secret.
fn input(field: &Field, focus: bool, pen: &mut Pen<'_>, area: Rect) {
    let cells = pen.settings.cells;
    let text = field.editor.text();
    let (_, caret) = field.editor.caret(usize::MAX / 2, cells);
    let (shown, caret) = if field.secret {
        let before = text.char_indices().take_while(|(at, _)| cells.width(&text[..*at]) < caret).count();
        (pen.sign("•").repeat(text.chars().count()), before)
    } else {
        (text.to_owned(), caret)
    };
    let (skipped, place) = written(pen, area, &shown, caret);
    field.shown_from.set(skipped);
    if focus {
        *pen.caret = Some(place);
    }
}

/// One line of text that is being written, with the caret after so many cells of it; where it is too long, the part
/// before the caret. Returns how many cells were left out, and where the caret stands.
pub(crate) fn written(pen: &mut Pen<'_>, area: Rect, text: &str, caret: usize) -> (usize, Position) {
    let cells = pen.settings.cells;
    let style = pen.style(Role::Text).add_modifier(Modifier::UNDERLINED);
    pen.put_styled(area, &" ".repeat(usize::from(area.width)), style);
    let room = usize::from(area.width.max(1)) - 1;
    let start = cells.fit(text, caret.saturating_sub(room)).0.len();
    let mut skipped = cells.width(&text[..start]);
    let mut rest = &text[start..];
    // The start may lie in the middle of a wide character: then it is one cell further to the right.
    if caret.saturating_sub(skipped) > room {
        let next = cells.fit(rest, 2).0.len();
        skipped += cells.width(&rest[..next]);
        rest = &rest[next..];
    }
    pen.put_styled(area, rest, style);
    let column = u16::try_from(caret.saturating_sub(skipped)).unwrap_or(0);
    (skipped, Position::new(area.x + column.min(area.width.saturating_sub(1)), area.y))
}

/// The most rows below a field.
const MOST_ROWS: u16 = 3;
