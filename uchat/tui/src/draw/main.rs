//! The main screen: contacts on the left, the conversation beside them, in wide terminals the members of a room on
//! the right; below, the keys that matter now, and the status line. In narrow terminals one part at a time.

mod contacts;
mod members;
mod status;

use super::Pen;
use crate::action::Action;
use crate::app::App;
use crate::hit::Target;
use crate::lang::main::Main;
use crate::theme::Role;
use crate::{chat, inspector};
use ratatui::layout::{Constraint, Layout, Rect};

/// Draws it.
pub(super) fn main(app: &mut App, pen: &mut Pen<'_>, area: Rect) {
    let hints = u16::from(area.height >= ROOM_FOR_HINTS);
    let rows = [Constraint::Min(1), Constraint::Length(hints), Constraint::Length(1)];
    let [body, keys, bar] = Layout::vertical(rows).areas(area);
    if body.width >= TWO_PARTS {
        let left = (body.width / 3).clamp(26, 36);
        let right = if body.width >= THREE_PARTS && members::of_open(app).is_some() { 24 } else { 0 };
        let columns = [Constraint::Length(left), Constraint::Min(1), Constraint::Length(right)];
        let [left, middle, right] = Layout::horizontal(columns).areas(body);
        contacts::draw(app, pen, left);
        middle_part(app, pen, middle);
        members::draw(app, pen, right);
    } else if app.is_on_list() {
        contacts::draw(app, pen, body);
    } else {
        let [back, rest] = Layout::vertical([Constraint::Length(1), Constraint::Min(1)]).areas(body);
        let used = pen.clickable(back, pen.say(Main::Back), Role::Button, Target::Contacts);
        let unread = app.people.unread();
        if unread > 0 {
            let place = Rect { x: back.x + used + 2, width: back.width.saturating_sub(used + 2), ..back };
            pen.clickable(
                place,
                &format!("{}{unread}", pen.sign("•")),
                Role::Unread,
                Target::Do(Action::NextUnread),
            );
        }
        middle_part(app, pen, rest);
    }
    if hints > 0 {
        status::keys(app, pen, keys);
    }
    if hints == 0 && !app.notes.is_empty() {
        status::keys(app, pen, bar); // what has just happened, where there is one row only
    } else {
        status::bar(app, pen, bar, hints > 0);
    }
}

/// The conversation, and the inspector where it is open: beside each other where there is room, else one above the other.
fn middle_part(app: &mut App, pen: &mut Pen<'_>, area: Rect) {
    if !app.view.inspecting || app.view.open.is_none() {
        return chat::draw(app, pen, area);
    }
    let halves = |layout: Layout| {
        let [chat, inside] = layout.areas(area);
        (chat, inside)
    };
    let (chat, inside) = if area.width >= BESIDE {
        halves(Layout::horizontal([Constraint::Min(40), Constraint::Length(76)]))
    } else {
        halves(Layout::vertical([Constraint::Percentage(40), Constraint::Percentage(60)]))
    };
    chat::draw(app, pen, chat);
    inspector::draw(app, pen, inside);
}

/// From this width on the inspector stands beside the conversation.
const BESIDE: u16 = 116;
/// From this width on contacts and conversation stand side by side.
pub(super) const TWO_PARTS: u16 = 60;
/// From this width on the members of a room stand beside them.
const THREE_PARTS: u16 = 110;
/// From this height on there is a row for keys.
const ROOM_FOR_HINTS: u16 = 16;
