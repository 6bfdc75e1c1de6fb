//! Draws the messages that are shown, row by row, and writes down what can be clicked.

use super::font::{self, Size};
use super::layout::{GUTTER, Part, Sheet};
use super::{attachment, days, delivery, one_line, pictures, rich, scroll};
use crate::action::Action;
use crate::app::{App, Line, Page, Talk, Why};
use crate::area::after;
use crate::draw::Pen;
use crate::hit::Target;
use crate::lang::chat::Chat;
use crate::text;
use crate::theme::Role;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use uchat_client::core::{DeliveryState, Shown, With};
use uchat_protocol::MessageId;

/// Draws the messages of this conversation.
pub(crate) fn draw(app: &mut App, pen: &mut Pen<'_>, area: Rect, with: &With) {
    let (now, selected, covered) = (app.now, app.view.selected, app.overlay.is_some());
    let inside = app.inspector.as_ref().map(|inspector| inspector.id);
    let loading = app.asked.waits_for(&Why::History(with.clone(), Page::Newest));
    let me = app.who.name.as_deref();
    let Some(talk) = app.talks.get_mut(with) else { return };
    let sheet = Sheet::new(&app.settings, &app.album, me, area.width, talk.unread_from);
    let height = usize::from(area.height);
    let Some(top) = scroll::top(talk, sheet, height) else {
        if !loading {
            let middle = Rect { y: area.y + area.height / 2, height: 1, ..area };
            pen.centre(middle, pen.say(Chat::NothingYet), Role::Dim);
        }
        return;
    };
    let mut rows = Vec::new();
    for at in top.at..talk.lines().len() {
        let skip = if at == top.at { top.row } else { 0 };
        let count = sheet.rows(talk.lines_mut(), at);
        rows.extend((skip..count).map(|row| (at, row)));
        if rows.len() >= height {
            rows.truncate(height);
            break;
        }
    }
    let above = area.height - u16::try_from(rows.len()).unwrap_or(area.height);
    for (number, (at, row)) in rows.into_iter().enumerate() {
        let y = area.y + above + u16::try_from(number).unwrap_or(0);
        let place = Rect { y, height: 1, ..area };
        let rest = Rect { y, height: area.bottom() - y, ..area };
        let drawn = Drawn { talk: &*talk, sheet, now, selected, inside, covered };
        drawn.row(pen, place, at, row);
        drawn.picture(pen, rest, at, row, number == 0);
    }
}

struct Drawn<'a> {
    talk: &'a Talk,
    sheet: Sheet<'a>,
    now: u64,
    selected: Option<MessageId>,
    /// The message that the inspector shows.
    inside: Option<MessageId>,
    /// Whether something lies on top of it all.
    covered: bool,
}

impl Drawn<'_> {
    fn row(&self, pen: &mut Pen<'_>, area: Rect, at: usize, row: usize) {
        let line = &self.talk.lines()[at];
        let Some(laid) = &line.laid else { return };
        let Some(part) = laid.parts.get(row) else { return };
        let shown = &line.shown;
        match part {
            Part::Blank => return,
            Part::Day => {
                let day = days::name(shown.time, self.now, self.sheet.zone, self.sheet.lang);
                return separator(pen, area, &day, Role::Dim);
            }
            Part::Unread => return separator(pen, area, pen.say(Chat::Unread), Role::Warning),
            Part::System(row) => {
                pen.centre(
                    area.inner(ratatui::layout::Margin::new(2, 0)),
                    &laid.body[row.bytes.clone()],
                    Role::Dim,
                );
                return;
            }
            Part::Head => {}
            _ => self.gutter(pen, area, shown),
        }
        if let Some(id) = shown.id {
            pen.hits.add(area, Target::Message(id));
        }
        let inside = Rect { x: area.x + GUTTER, width: area.width.saturating_sub(GUTTER), ..area };
        let tail = u16::try_from(laid.tail(self.sheet.cells)).unwrap_or(0);
        let is_last_of_text = !matches!(laid.parts.get(row + 1), Some(Part::Body(_) | Part::Tail));
        match part {
            Part::Head => self.head(pen, area, shown),
            Part::Quote => self.quote(pen, inside, shown),
            Part::Body(row) => {
                self.body(pen, inside, line, row);
                if is_last_of_text && tail > 0 {
                    self.tail(pen, inside, line, tail);
                }
            }
            Part::File(file) => {
                let room = inside.width.saturating_sub(if tail > 0 { tail + 2 } else { 0 });
                attachment::draw(file, line, self.sheet, pen, inside, room);
                if *file == attachment::Part::Name && tail > 0 {
                    self.tail(pen, inside, line, tail);
                }
            }
            Part::Deleted => {
                let style = pen.style(Role::Dim).add_modifier(Modifier::ITALIC);
                pen.put_styled(inside, pen.say(Chat::Deleted), style);
                self.tail(pen, inside, line, tail);
            }
            Part::Reactions => self.reactions(pen, inside, shown),
            Part::Tail => self.tail(pen, inside, line, tail),
            Part::Retry => {
                let label =
                    format!("[ {} {} ]", pen.settings.keymap.shown(Action::Retry), pen.say(Chat::TryAgain));
                if let Some(id) = shown.id {
                    pen.clickable(inside, &label, Role::Button, Target::On(id, Action::Retry));
                }
            }
            Part::Reason(reason) => {
                let failed = shown.state.is_none_or(|state| state == DeliveryState::Failed);
                let waits = !failed && line.failed.is_none();
                pen.put(inside, reason, if waits { Role::Dim } else { Role::Error });
            }
            Part::Blank | Part::Day | Part::Unread | Part::System(_) => {}
        }
    }

    /// An image is drawn as one, with the first of its rows that is shown; the area is all that is left below.
    fn picture(&self, pen: &mut Pen<'_>, area: Rect, at: usize, row: usize, first: bool) {
        let line = &self.talk.lines()[at];
        let part = line.laid.as_ref().and_then(|laid| laid.parts.get(row));
        let Some(&Part::File(attachment::Part::Picture { row, cells })) = part else { return };
        if row == 0 || first {
            let height = area.height.min(cells.1 - row);
            let area = Rect { height, ..after(area, GUTTER) };
            pictures::draw(line, self.sheet.album, cells, row, pen, area, self.covered);
        }
    }

    /// A line in the sender's colour; a thick one beside our own messages, an arrow beside the one that is selected, a
    /// diamond beside the one that the inspector shows.
    fn gutter(&self, pen: &mut Pen<'_>, area: Rect, shown: &Shown) {
        let is = |other: Option<MessageId>| shown.id.is_some() && shown.id == other;
        let (selected, inside) = (is(self.selected), is(self.inside));
        let sign = match (selected, shown.state.is_some(), shown.mentioned) {
            (true, ..) => pen.sign("▶"),
            _ if inside => pen.sign("◆"),
            (false, _, true) => "@",
            (false, true, _) => pen.sign("┃"),
            (false, false, _) => pen.sign("│"),
        };
        let style = match (selected || inside, shown.mentioned) {
            (true, _) => pen.style(Role::Button),
            (false, true) => pen.style(Role::Warning),
            (false, false) => self.person(pen, shown).remove_modifier(Modifier::BOLD),
        };
        pen.put_styled(Rect { width: GUTTER, ..area }, sign, style);
    }

    fn person(&self, pen: &Pen<'_>, shown: &Shown) -> Style {
        pen.settings.theme.person(shown.from.as_deref().unwrap_or_default())
    }

    fn head(&self, pen: &mut Pen<'_>, area: Rect, shown: &Shown) {
        let ours = shown.state.is_some();
        let name = match (&shown.from, ours) {
            (_, true) => pen.say(Chat::You).to_owned(),
            (from, false) => from.clone().unwrap_or_default(),
        };
        let mut used = pen.put_styled(area, &name, self.person(pen, shown)) + 1;
        used += pen.put(after(area, used), &days::clock(shown.time, self.sheet.zone), Role::Dim) + 1;
        if !shown.encrypted {
            let what = format!("{} {}", pen.sign("⚠"), pen.say(Chat::NotEncrypted));
            pen.put(after(area, used), &what, Role::Warning);
        }
    }

    fn quote(&self, pen: &mut Pen<'_>, area: Rect, shown: &Shown) {
        let replied = shown.reply_to.and_then(|id| self.talk.message(id));
        let text = match replied {
            None => format!("{} {}", pen.sign("↳"), pen.say(Chat::EarlierMessage)),
            Some(other) => {
                let name = match other.state {
                    Some(_) => pen.say(Chat::You),
                    None => other.from.as_deref().unwrap_or_default(),
                };
                format!("{} {name}: {}", pen.sign("↳"), rich::clean(&one_line(other, self.sheet.lang)))
            }
        };
        let text = self.sheet.cells.shorten(&text, usize::from(area.width));
        let used = pen.put_styled(area, &text, pen.style(Role::Dim).add_modifier(Modifier::ITALIC));
        if let Some(id) = shown.id {
            pen.hits.add(Rect { width: used, ..area }, Target::On(id, Action::JumpToReplied));
        }
    }

    fn body(&self, pen: &mut Pen<'_>, area: Rect, line: &Line, row: &text::Row) {
        let Some(laid) = &line.laid else { return };
        let size = Size::of(line.shown.fontsize).modifier();
        let usual = pen.style(Role::Text).add_modifier(size);
        let usual = font::coloured(usual, &line.shown.fontcolor, pen.settings.theme);
        let (mut used, mut from) = (0, row.bytes.start);
        let here = &row.bytes;
        let inside = laid.marks.iter().filter(|(part, _)| part.start < here.end && part.end > here.start);
        for (part, kind) in inside {
            let (start, end) = (part.start.max(row.bytes.start), part.end.min(row.bytes.end));
            used += pen.put_styled(after(area, used), &laid.body[from..start], usual);
            let style = match kind {
                rich::Kind::Link => pen.style(Role::Link),
                rich::Kind::Mention => pen.style(Role::Warning).add_modifier(Modifier::REVERSED),
            };
            let place = after(area, used);
            let cells = pen.put_styled(place, &laid.body[start..end], style);
            if *kind == rich::Kind::Link {
                pen.hits
                    .add(Rect { width: cells, ..place }, Target::Link(laid.body[part.clone()].to_owned()));
            }
            (used, from) = (used + cells, end);
        }
        pen.put_styled(after(area, used), &laid.body[from..row.bytes.end], usual);
    }

    /// Each reaction with how many have it; ours in brackets. A click gives it, or takes it back.
    fn reactions(&self, pen: &mut Pen<'_>, area: Rect, shown: &Shown) {
        let mut used = 0;
        for reaction in &shown.reactions {
            let emoji = rich::clean(&reaction.emoji);
            let (emoji, _) = self.sheet.cells.fit(&emoji, 4);
            let ours = self.sheet.me.is_some_and(|me| reaction.from.iter().any(|name| name == me));
            let count = reaction.from.len();
            let label = if ours { format!("[{emoji} {count}]") } else { format!(" {emoji} {count} ") };
            let place = after(area, used);
            if self.sheet.cells.width(&label) > usize::from(place.width) {
                return;
            }
            let role = if ours { Role::Button } else { Role::Dim };
            if let Some(id) = shown.id {
                used += pen.clickable(place, &label, role, Target::Reaction(id, reaction.emoji.clone()));
            }
        }
    }

    /// When, and how far it is, at the right edge.
    fn tail(&self, pen: &mut Pen<'_>, area: Rect, line: &Line, width: u16) {
        let Some(laid) = &line.laid else { return };
        let mut place = after(area, area.width.saturating_sub(width));
        if let Some(time) = &laid.time {
            place = after(place, pen.put(place, time, Role::Dim) + 1);
        }
        if let Some((state, label)) = &laid.state {
            pen.put_styled(place, label, delivery::style(*state, pen.settings.theme));
        }
    }
}

/// A text between two lines: `──── Today ────`.
fn separator(pen: &mut Pen<'_>, area: Rect, text: &str, role: Role) {
    let text = format!(" {text} ");
    let cells = pen.settings.cells;
    let side = usize::from(area.width).saturating_sub(cells.width(&text)) / 2;
    let dashes = pen.sign("─").repeat(side);
    let line = if role == Role::Dim { Role::Frame } else { role };
    let mut used = pen.put(area, &dashes, line);
    used += pen.put(after(area, used), &text, role);
    pen.put(after(area, used), &pen.sign("─").repeat(usize::from(area.width)), line);
}

/// Writes over a line of a frame; nothing of it shines through.
pub(crate) fn over(pen: &mut Pen<'_>, area: Rect, text: &str, style: Style) -> u16 {
    let width = u16::try_from(pen.settings.cells.width(text)).unwrap_or(u16::MAX).min(area.width);
    text::fill(pen.buffer, Rect { width, ..area }, style);
    pen.put_styled(area, text, style)
}
