//! The contact list: who is there, what was said last and when, what is unread.

use crate::action::Action;
use crate::app::{App, Entry, Row};
use crate::area::after;
use crate::draw::Pen;
use crate::hit::{Pane, Target};
use crate::lang::main::Main;
use crate::lang::{Say, said};
use crate::theme::Role;
use ratatui::layout::Rect;
use uchat_client::core::With;

/// Draws it.
pub(super) fn draw(app: &mut App, pen: &mut Pen<'_>, area: Rect) {
    let focus = app.is_on_list();
    let inside = pen.frame(area, pen.say(Main::Contacts), focus);
    pen.hits.pane(area, Pane::Contacts);
    pen.hits.add(area, Target::Contacts);
    let [list, foot] = [inside.height.saturating_sub(1), 1].map(|height| Rect { height, ..inside });
    footer(app, pen, Rect { y: list.bottom(), ..foot });
    if app.people.list.is_empty() && app.people.requests.is_empty() {
        pen.paragraph(list, pen.say(Main::NoContacts), Role::Dim);
        return;
    }
    let rows = app.contact_rows();
    // Two rows for each where that is room enough for all.
    let high: u16 = if rows.len() * 2 <= usize::from(list.height) { 2 } else { 1 };
    let fit = usize::from(list.height / high).max(1);
    let cursor = app.contact_cursor(&rows);
    let mut from = app.view.contacts_from.min(rows.len().saturating_sub(fit));
    if app.people.follow {
        from = from.clamp((cursor + 1).saturating_sub(fit), cursor);
    }
    app.view.contacts_from = from;
    let mut y = list.y;
    for (at, row) in rows.iter().enumerate().skip(from).take(fit) {
        let place = Rect { y, height: high, ..list };
        let mark = if focus && at == cursor { pen.sign("›") } else { " " };
        match row {
            Row::Requests => requests(app, pen, place, mark),
            Row::Chat(with) => {
                if let Some(entry) = app.people.entry(with) {
                    contact(app, entry, pen, place, mark);
                }
            }
        }
        y += high;
    }
    more(pen, list, from, from + fit < rows.len());
}

/// Where the list goes on above or below what is seen.
fn more(pen: &mut Pen<'_>, list: Rect, above: usize, below: bool) {
    let edge = Rect { x: list.right(), width: 1, height: 1, ..list };
    if above > 0 {
        pen.put(edge, pen.sign("↑"), Role::Strong);
    }
    if below {
        pen.put(Rect { y: list.bottom().saturating_sub(1), ..edge }, pen.sign("↓"), Role::Strong);
    }
}

fn requests(app: &App, pen: &mut Pen<'_>, place: Rect, mark: &str) {
    let count = app.people.requests.len();
    let text = match count {
        1 => pen.say(Main::OneRequest).to_owned(),
        _ => Main::SomeRequests.fill(app.lang(), &[("count", &count.to_string())]),
    };
    pen.put(place, &format!("{mark}+ {text}"), Role::Warning);
    pen.hits.add(place, Target::Do(Action::Requests));
}

fn contact(app: &App, entry: &Entry, pen: &mut Pen<'_>, place: Rect, mark: &str) {
    let open = app.view.open.as_ref() == Some(&entry.with);
    let as_open = |role| if open { Role::Chosen } else { role };
    for y in place.top()..place.bottom() {
        pen.put(Rect { y, height: 1, ..place }, &" ".repeat(usize::from(place.width)), as_open(Role::Text));
    }
    pen.hits.add(place, Target::Chat(entry.with.clone()));
    let (sign, colour) = match (&entry.with, entry.online) {
        (With::Room(_), _) => ("#", Role::Dim),
        (With::User(_), true) => (pen.sign("●"), Role::Good),
        (With::User(_), false) => (pen.sign("○"), Role::Dim),
    };
    let first = Rect { height: 1, ..place };
    let mut right = after(first, 0);
    let unread = unread(entry, pen);
    let time = app.when(entry.time);
    let two = place.height > 1;
    // From the right: the time, and where there is one row only, what is unread.
    at_right(pen, &mut right, &time, as_open(Role::Dim));
    if !two {
        at_right(pen, &mut right, &unread, as_open(Role::Unread));
    }
    let mut x = pen.put(right, mark, as_open(Role::Strong));
    x += pen.put(after(right, x), sign, as_open(colour));
    x += 1;
    let bold = entry.unread > 0 && !open;
    x += pen.put(after(right, x), &entry.name, as_open(if bold { Role::Strong } else { Role::Text }));
    if entry.key_changed {
        x += pen.put(after(right, x), " !", as_open(Role::Error));
    }
    if app.settings.muted.contains(&entry.with) {
        x += pen.put(after(right, x), " 🔕", as_open(Role::Dim));
    }
    let (line, role) = second_line(app, entry);
    if two {
        let mut below =
            Rect { x: place.x + 3, y: place.y + 1, width: place.width.saturating_sub(3), height: 1 };
        at_right(pen, &mut below, &unread, as_open(Role::Unread));
        shortened(pen, below, &line, as_open(role));
    } else if right.width > x + ROOM_FOR_LAST {
        shortened(pen, after(right, x + 2), &line, as_open(role));
    }
}

/// What stands below the name: the address if that was asked for, who types, what was said last, or that nothing was.
fn second_line(app: &App, entry: &Entry) -> (String, Role) {
    let lang = app.lang();
    if let (true, Some(address)) = (app.view.addresses, &entry.address) {
        return (address.clone(), Role::Link);
    }
    if entry.typing_until > app.now {
        return (Main::Typing.say(lang).to_owned(), Role::Good);
    }
    let what = match (&entry.last, &entry.with) {
        // Who has said it is not told here: a line of a room may be one that no person has written.
        (Some(last), _) if !last.is_empty() => said::line(lang, last).unwrap_or_else(|| last.clone()),
        (_, With::Room(number)) => Main::Room.fill(lang, &[("number", &number.to_string())]),
        (_, With::User(_)) if entry.time == 0 => Main::NoMessages.say(lang).to_owned(),
        (_, With::User(_)) => String::new(), // what there was is deleted
    };
    (what, Role::Dim)
}

/// `@•3`: three are unread, one of them speaks to us.
fn unread(entry: &Entry, pen: &Pen<'_>) -> String {
    match (entry.unread, entry.mentioned) {
        (0, _) => String::new(),
        (count, mentioned) => {
            let count = if count > 999 { "999+".to_owned() } else { count.to_string() };
            format!("{}{}{count}", if mentioned { "@" } else { "" }, pen.sign("•"))
        }
    }
}

/// Below the list: what adds to it, or what was typed to find somebody.
fn footer(app: &App, pen: &mut Pen<'_>, area: Rect) {
    if !app.people.typed.is_empty() {
        pen.put(area, &format!("/{}", app.people.typed), Role::Strong);
        return;
    }
    let mut x = 0;
    let buttons = [
        (Main::NewFriend, Action::AddFriend),
        (Main::NewRoom, Action::CreateRoom),
        (Main::ByNumber, Action::JoinRoom),
    ];
    for (text, action) in buttons {
        x += pen.clickable(after(area, x), pen.say(text), Role::Button, Target::Do(action)) + 1;
    }
}

fn shortened(pen: &mut Pen<'_>, area: Rect, text: &str, role: Role) {
    let text = pen.settings.cells.shorten(&uchat_protocol::fields::one_line(text), usize::from(area.width));
    pen.put(area, &text, role);
}

/// Writes at the right end, and takes what that needs off the area.
fn at_right(pen: &mut Pen<'_>, area: &mut Rect, text: &str, role: Role) {
    let width = u16::try_from(pen.settings.cells.width(text)).unwrap_or(u16::MAX);
    if width == 0 || width + 1 > area.width {
        return;
    }
    pen.put(Rect { x: area.right() - width, width, ..*area }, text, role);
    area.width -= width + 1;
}

/// In one row, the last message is shown where more cells than this are free.
const ROOM_FOR_LAST: u16 = 8;
