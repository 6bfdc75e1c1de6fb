//! The contact list under the keys: one of its rows is chosen, arrows move on, letters look for a name, Enter opens.

use super::{App, Focus, Tone, input};
use crate::action::{Action, Key};
use crate::chat;
use crate::lang::Say;
use crate::lang::main::Main;
use crossterm::event::KeyCode;
use uchat_client::core::With;

/// A row of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row {
    /// Friend requests, above all others.
    Requests,
    /// A friend or a room.
    Chat(With),
}

impl App {
    /// All rows of the contact list, from above.
    #[must_use]
    pub fn contact_rows(&self) -> Vec<Row> {
        let requests = (!self.people.requests.is_empty()).then_some(Row::Requests);
        let contacts = self.people.list.iter().map(|entry| Row::Chat(entry.with.clone()));
        requests.into_iter().chain(contacts).collect()
    }

    /// Which of them keys are for: the chosen one while it is there, else what is open, else the first.
    #[must_use]
    pub fn contact_cursor(&self, rows: &[Row]) -> usize {
        let open = self.view.open.clone().map(Row::Chat);
        let place =
            |row: &Option<Row>| row.as_ref().and_then(|row| rows.iter().position(|other| other == row));
        place(&self.people.cursor).or_else(|| place(&open)).unwrap_or(0)
    }
}

/// A key for the list.
pub(super) fn key(app: &mut App, key: Key) {
    let rows = app.contact_rows();
    let at = app.contact_cursor(&rows);
    let last = rows.len().saturating_sub(1);
    if let Some(c) = key.typed() {
        app.people.typed.push(c);
        return find(app);
    }
    let to = match key.code {
        KeyCode::Up => at.saturating_sub(1),
        KeyCode::Down => (at + 1).min(last),
        KeyCode::PageUp => at.saturating_sub(PAGE),
        KeyCode::PageDown => (at + PAGE).min(last),
        KeyCode::Home => 0,
        KeyCode::End => last,
        KeyCode::Enter => return open(app, rows.into_iter().nth(at)),
        KeyCode::Backspace => {
            app.people.typed.pop();
            return find(app);
        }
        _ => return,
    };
    app.people.typed.clear();
    choose(app, rows.into_iter().nth(to));
}

fn choose(app: &mut App, row: Option<Row>) {
    (app.people.cursor, app.people.follow) = (row, true);
}

/// Chooses the first whose name begins with what was typed, else the first that has it anywhere.
fn find(app: &mut App) {
    let typed = app.people.typed.to_lowercase();
    let names = || app.people.list.iter().map(|entry| (entry.name.to_lowercase(), &entry.with));
    let begins = names().find(|(name, _)| name.starts_with(&typed));
    let found = begins.or_else(|| names().find(|(name, _)| name.contains(&typed)));
    let found = found.map(|(_, with)| Row::Chat(with.clone()));
    match found {
        _ if typed.is_empty() => {}
        Some(row) => choose(app, Some(row)),
        None => {
            app.people.typed.pop(); // nobody is called that: the letter does not count
        }
    }
}

fn open(app: &mut App, row: Option<Row>) {
    app.people.typed.clear();
    match row {
        Some(Row::Requests) => input::act(app, Action::Requests),
        Some(Row::Chat(with)) => chat::open(app, with),
        None => {}
    }
}

/// The wheel over the list.
pub(super) fn scroll(app: &mut App, by: isize) {
    let last = app.contact_rows().len().saturating_sub(1);
    app.people.follow = false;
    app.view.contacts_from = app.view.contacts_from.saturating_add_signed(by).min(last);
}

/// Actions that go from one chat to another, and those about how a chat stands in the list; tells whether it was one.
pub(super) fn act(app: &mut App, action: Action) -> bool {
    match action {
        Action::NextChat => step(app, 1),
        Action::PreviousChat => step(app, -1),
        Action::NextUnread => next_unread(app),
        Action::Mute => mute(app),
        Action::Address => address(app),
        Action::Addresses => app.view.addresses = !app.view.addresses,
        _ => return false,
    }
    true
}

fn step(app: &mut App, by: isize) {
    let list = &app.people.list;
    let count = isize::try_from(list.len()).unwrap_or(isize::MAX);
    let at = list.iter().position(|entry| Some(&entry.with) == app.view.open.as_ref());
    let to = match at.map(|at| isize::try_from(at).unwrap_or(0)) {
        _ if count == 0 => return,
        Some(at) => (at + by).rem_euclid(count),
        None if by > 0 => 0,
        None => count - 1,
    };
    let with = usize::try_from(to).ok().and_then(|to| list.get(to)).map(|entry| entry.with.clone());
    if let Some(with) = with {
        go(app, with);
    }
}

/// The next below what is open that has unread messages; those that speak to us first.
fn next_unread(app: &mut App) {
    let list = &app.people.list;
    let at = list.iter().position(|entry| Some(&entry.with) == app.view.open.as_ref());
    let (before, after) = list.split_at(at.map_or(0, |at| at + 1));
    let mut unread = after.iter().chain(before).filter(|entry| entry.unread > 0);
    let found = unread.clone().find(|entry| entry.mentioned).or_else(|| unread.next());
    match found.map(|entry| entry.with.clone()) {
        Some(with) => go(app, with),
        None => app.note(Tone::Good, app.say(Main::NothingUnread)),
    }
}

/// Opens a chat, and has the list show it.
fn go(app: &mut App, with: With) {
    choose(app, Some(Row::Chat(with.clone())));
    chat::open(app, with);
    app.view.focus = Focus::Composer;
}

fn mute(app: &mut App) {
    let Some(with) = app.view.open.clone() else { return };
    let name = app.people.name(&with).into_owned();
    let muted = !app.settings.muted.remove(&with);
    let text = if muted { Main::Muted } else { Main::Unmuted };
    if muted {
        app.settings.muted.insert(with);
    }
    app.note(Tone::Good, text.fill(app.lang(), &[("name", &name)]));
    input::save_settings(app);
}

/// From where the friend that is open is connected.
fn address(app: &mut App) {
    let Some(entry) = app.view.open.as_ref().and_then(|open| app.people.entry(open)) else { return };
    let (name, address) = (entry.name.clone(), entry.address.clone().unwrap_or_default());
    let text = if address.is_empty() { Main::NoAddress } else { Main::AddressOf };
    app.note(Tone::Good, text.fill(app.lang(), &[("name", &name), ("address", &address)]));
}

/// How many rows a page has.
const PAGE: usize = 10;
