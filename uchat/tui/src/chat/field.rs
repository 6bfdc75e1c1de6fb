//! Draws the composer. It grows with its text, up to a third of the screen; the terminal's own caret stands in it, so
//! that the windows of input methods open there.

use super::composer::palette_place;
use super::font::{PALETTE, Size, coloured};
use super::messages::over;
use super::{one_line, rich};
use crate::action::Action;
use crate::app::{App, Draft, Focus, Offer};
use crate::area::{after, below};
use crate::draw::Pen;
use crate::hit::Target;
use crate::lang::Say;
use crate::lang::chat::Chat;
use crate::theme::Role;
use ratatui::layout::{Position, Rect, Size as Cells};
use uchat_client::core::{Shown, With};
use uchat_protocol::limits;

/// How many rows the composer takes, of at most so many.
pub(crate) fn rows(app: &mut App, width: u16, most: u16) -> u16 {
    let cells = app.settings.cells;
    let Some(draft) = app.view.draft() else { return 3 };
    let text = draft.editor.rows(usize::from(text_width(width)), cells).len();
    let around = 2 + above(draft);
    let text = u16::try_from(text).unwrap_or(u16::MAX).min(most.saturating_sub(around).max(1));
    text + around
}

/// The rows above the text: what is answered, what is offered.
fn above(draft: &Draft) -> u16 {
    u16::from(draft.reply_to.or(draft.edits).is_some()) + u16::from(draft.offer.is_some())
}

/// Inside the frame, and one cell for the caret at the end of a full row.
fn text_width(width: u16) -> u16 {
    width.saturating_sub(3).max(2)
}

/// Draws it.
pub(crate) fn draw(app: &mut App, pen: &mut Pen<'_>, area: Rect, with: &With) {
    let focus = app.view.focus == Focus::Composer && app.view.selected.is_none();
    let mut inside = pen.frame(area, pen.say(Chat::Composer), focus);
    let draft = app.view.drafts.entry(with.clone()).or_default();
    if let Some(id) = draft.reply_to.or(draft.edits) {
        let about = app.talks.get(with).and_then(|talk| talk.message(id));
        banner(pen, inside, about, draft.edits.is_some());
        inside = below(inside, 1);
    }
    if let Some(offer) = &draft.offer {
        offered(pen, inside, offer);
        inside = below(inside, 1);
    }
    let (width, cells) = (usize::from(text_width(area.width)), pen.settings.cells);
    let rows = draft.editor.rows(width, cells);
    let (row, column) = draft.editor.caret(width, cells);
    let height = usize::from(inside.height.max(1));
    draft.from =
        draft.from.min(row).max((row + 1).saturating_sub(height)).min(rows.len().saturating_sub(height));
    let style = pen.style(Role::Text).add_modifier(Size::of(draft.size).modifier());
    let style = coloured(style, &draft.colour, pen.settings.theme);
    for (number, shown) in rows.iter().skip(draft.from).take(height).enumerate() {
        let y = inside.y + u16::try_from(number).unwrap_or(0);
        let place = Rect { y, height: 1, ..inside };
        pen.put_styled(place, &draft.editor.text()[shown.bytes.clone()], style);
    }
    pen.hits.add(inside, Target::Composer);
    if focus {
        let (x, y) = (u16::try_from(column).unwrap_or(0), u16::try_from(row - draft.from).unwrap_or(0));
        *pen.caret = Some(Position::new(inside.x + x, inside.y + y));
    }
    app.view.composer = Cells::new(text_width(area.width), inside.height);
    let edge = Rect {
        x: area.x + 1,
        y: area.bottom().saturating_sub(1),
        width: area.width.saturating_sub(2),
        height: 1,
    };
    bar(draft, pen, edge);
}

/// What is answered or changed, and how to drop that.
fn banner(pen: &mut Pen<'_>, area: Rect, about: Option<&Shown>, edits: bool) {
    let lang = pen.settings.lang;
    let text = match about {
        Some(shown) if edits => Chat::EditOf.fill(lang, &[("text", &rich::clean(&one_line(shown, lang)))]),
        None => pen.say(Chat::EarlierMessage).to_owned(),
        Some(shown) => {
            let name = match shown.state {
                Some(_) => pen.say(Chat::You),
                None => shown.from.as_deref().unwrap_or_default(),
            };
            Chat::ReplyTo.fill(lang, &[("name", name), ("text", &rich::clean(&one_line(shown, lang)))])
        }
    };
    with_button(pen, area, &text, Action::Close, Chat::Drop);
}

fn offered(pen: &mut Pen<'_>, area: Rect, offer: &Offer) {
    let name = |path: &String| path.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
    let text = match offer.paths.as_slice() {
        [path] => Chat::OfferFile.fill(pen.settings.lang, &[("name", &name(path))]),
        paths => Chat::OfferFiles.fill(pen.settings.lang, &[("count", &paths.len().to_string())]),
    };
    with_button(pen, area, &text, Action::SendPasted, Chat::SendIt);
}

/// A sentence, and at its end a button.
fn with_button(pen: &mut Pen<'_>, area: Rect, text: &str, action: Action, label: Chat) {
    let cells = pen.settings.cells;
    let label = format!("[ {} {} ]", pen.settings.keymap.shown(action), pen.say(label));
    let room = usize::from(area.width).saturating_sub(cells.width(&label) + 1);
    let line = Rect { height: 1, ..area };
    let used = pen.put(line, &cells.shorten(text, room), Role::Dim) + 1;
    pen.clickable(after(line, used), &label, Role::Button, Target::Do(action));
}

/// Colour, size, the bytes that are left, and what sends: on the lower edge.
fn bar(draft: &Draft, pen: &mut Pen<'_>, edge: Rect) {
    let (place, lang) = (palette_place(&draft.colour), pen.settings.lang);
    let key = |pen: &Pen<'_>, action| pen.settings.keymap.shown(action);
    let left = limits::TEXT - draft.editor.text().len().min(limits::TEXT);
    let end = match left {
        ..NEARLY_FULL => Chat::BytesLeft.fill(lang, &[("count", &left.to_string())]),
        _ => format!("{} {}", key(pen, Action::Send), pen.say(Chat::SendIt)),
    };
    let colour =
        format!(" {} {}: {} ", key(pen, Action::Colour), pen.say(Chat::Colour), pen.say(PALETTE[place].1));
    let size = format!(
        " {} {}: {} ",
        key(pen, Action::Size),
        pen.say(Chat::Size),
        pen.say(Size::of(draft.size).name())
    );
    let style = coloured(pen.style(Role::Dim), &draft.colour, pen.settings.theme);
    let mut used = 1;
    let cells = over(pen, after(edge, used), &colour, style);
    pen.hits.add(Rect { width: cells, ..after(edge, used) }, Target::Do(Action::Colour));
    used += cells;
    if edge.width < WITH_PALETTE {
        used += 1;
    } else {
        for (number, (colour, _)) in PALETTE.iter().enumerate() {
            let style = coloured(pen.style(Role::Text), colour, pen.settings.theme);
            let sign = if number == place { pen.sign("◉") } else { pen.sign("●") };
            let dot = after(edge, used);
            let space = if number + 1 < PALETTE.len() { " " } else { "" };
            let cells = over(pen, dot, &format!("{sign}{space}"), style);
            pen.hits.add(Rect { width: cells, ..dot }, Target::Colour(number));
            used += cells;
        }
    }
    let cells = over(pen, after(edge, used), &size, pen.style(Role::Dim));
    pen.hits.add(Rect { width: cells, ..after(edge, used) }, Target::Do(Action::Size));
    used += cells;
    let end = format!(" {end} ");
    let wide = u16::try_from(pen.settings.cells.width(&end)).unwrap_or(u16::MAX);
    if used.saturating_add(wide) < edge.width {
        let place = after(edge, edge.width - wide - 1);
        let role = if left < NEARLY_FULL { Role::Warning } else { Role::Button };
        over(pen, place, &end, pen.style(role));
        pen.hits.add(place, Target::Do(Action::Send));
    }
}

/// From so few bytes on, it is told how many are left.
const NEARLY_FULL: usize = 1_000;
/// From this width on there is room for a palette: that of a conversation in a terminal of 100 columns.
const WITH_PALETTE: u16 = 65;
