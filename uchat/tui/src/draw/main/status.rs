//! The two rows at the bottom: the keys that matter now, or what there is to say; and how it stands with the
//! connection, who we are, and whether anybody can read along.

use crate::action::{Action, Key};
use crate::app::{App, Tone};
use crate::draw::Pen;
use crate::hit::Target;
use crate::lang::Say;
use crate::lang::main::Main;
use crate::theme::Role;
use ratatui::layout::Rect;
use uchat_client::core::Connection;

/// The newest sentence for the user, or the keys that matter now.
pub(super) fn keys(app: &App, pen: &mut Pen<'_>, area: Rect) {
    if let Some(note) = app.notes.last() {
        let (sign, role) = if note.tone == Tone::Bad {
            (pen.sign("✗"), Role::Error)
        } else {
            (pen.sign("✓"), Role::Good)
        };
        pen.put(area, &" ".repeat(usize::from(area.width)), Role::Text);
        let text = pen.settings.cells.shorten(&format!(" {sign} {}", note.text), usize::from(area.width));
        pen.put(area, &text, role);
        return;
    }
    let mut x = 1;
    let mut hint = |pen: &mut Pen<'_>, key: &str, text: &str, target: Target| {
        let width = pen.settings.cells.width(&format!("{key} {text}"));
        let width = u16::try_from(width).unwrap_or(u16::MAX);
        if key.is_empty() || x + width > area.width {
            return;
        }
        let place = Rect { x: area.x + x, width, ..area };
        let used = pen.put(place, key, Role::Button) + 1;
        pen.put(Rect { x: place.x + used, width: width - used, ..place }, text, Role::Dim);
        pen.hits.add(place, target);
        x += width + 2;
    };
    if app.overlay.is_none() && app.is_on_list() && !app.people.list.is_empty() {
        let enter = Key::plain(crossterm::event::KeyCode::Enter);
        hint(pen, "enter", pen.say(Main::Open), Target::Key(enter));
    }
    for action in matter(app) {
        let key = pen.settings.keymap.shown(action);
        hint(pen, &key, action.brief(app.lang()), Target::Do(action));
    }
}

/// The actions of which the keys are shown, the most useful first: what does not fit is left out.
fn matter(app: &App) -> Vec<Action> {
    use Action as A;
    let mut actions = vec![A::Help, A::Menu];
    if matches!(app.who.connection, Some(Connection::Replaced | Connection::Refused)) {
        actions.insert(0, A::LogOut);
    }
    if app.people.unread() > 0 {
        actions.push(A::NextUnread);
    }
    actions.extend(match (app.is_on_list(), app.view.selected) {
        (true, _) => &[A::SwitchChat, A::AddFriend, A::FocusNext, A::Settings, A::Profile, A::Quit][..],
        // What can be done with the message stands below it.
        (false, Some(_)) => &[A::SelectUp, A::SelectDown, A::Close],
        (false, None) => {
            &[A::SwitchChat, A::SendFile, A::Emoji, A::Search, A::SelectUp, A::NewLine, A::Inspect]
        }
    });
    actions
}

/// The status line; where there is no row for `keys`, with the way to the menu.
pub(super) fn bar(app: &App, pen: &mut Pen<'_>, area: Rect, keys: bool) {
    pen.put(area, &" ".repeat(usize::from(area.width)), Role::Bar);
    let mut left = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
    if !keys {
        let key = pen.settings.keymap.shown(Action::Menu);
        let text = format!("{key} {}", Action::Menu.brief(app.lang()));
        at_right(pen, &mut left, &text, Role::Button, Action::Menu);
    }
    let unread = app.people.unread();
    if unread > 0 {
        let text =
            format!("{}{}", pen.sign("•"), Main::Unread.fill(app.lang(), &[("count", &unread.to_string())]));
        at_right(pen, &mut left, &text, Role::Unread, Action::NextUnread);
    }
    for (text, role, action) in parts(app) {
        if left.width < 4 || text.is_empty() {
            continue;
        }
        let text = pen.settings.cells.shorten(&text, usize::from(left.width));
        let used = part(pen, left, &text, role, action) + 2;
        left.x += used.min(left.width);
        left.width -= used.min(left.width);
    }
}

/// Writes a part at the right end, and takes what it needs off the area; nothing where that is too much.
fn at_right(pen: &mut Pen<'_>, area: &mut Rect, text: &str, role: Role, action: Action) {
    let width = u16::try_from(pen.settings.cells.width(text)).unwrap_or(u16::MAX);
    if width < area.width / 2 {
        let place = Rect { x: area.right() - width, width, ..*area };
        part(pen, place, text, role, Some(action));
        area.width -= width + 1;
    }
}

/// From the left, what matters most first.
fn parts(app: &App) -> Vec<(String, Role, Option<Action>)> {
    let (lang, who) = (app.lang(), &app.who);
    let (sign, state, role) = match who.connection {
        Some(Connection::Online) => ("●", Main::Online, Role::Good),
        Some(Connection::Connecting) => ("◌", Main::Connecting, Role::Warning),
        Some(Connection::Replaced) => ("✗", Main::Replaced, Role::Error),
        Some(Connection::Refused) => ("✗", Main::Refused, Role::Error),
        Some(Connection::Offline) | None => ("○", Main::Offline, Role::Error),
    };
    let cells = app.settings.cells;
    let mut parts = vec![(format!("{} {}", cells.sign(sign), state.say(lang)), role, None)];
    let channel = who.channel.clone().unwrap_or_default();
    if let Some(lesson) = channel.lesson.filter(|lesson| *lesson < FIRST_SAFE) {
        let text = if app.size.width < 100 { Main::LessonShort } else { Main::Lesson };
        parts.push((
            format!(" {} {} ", cells.sign("⚠"), text.fill(lang, &[("number", &lesson.to_string())])),
            Role::Alert,
            None,
        ));
    }
    if !who.is_online() {
        if let Some(at) = who.retry_at.filter(|at| *at > app.now) {
            let seconds = (at - app.now).div_ceil(1_000).to_string();
            parts.push((Main::NextTry.fill(lang, &[("seconds", &seconds)]), Role::Bar, None));
            let key = app.settings.keymap.shown(Action::TryNow);
            let now = format!("{key} {}", Action::TryNow.brief(lang));
            parts.push((now.trim_start().to_owned(), Role::Button, Some(Action::TryNow)));
        }
        parts.push((app.why_offline(), Role::Bar, None));
    }
    if !channel.encrypted {
        parts.push((format!("{} {}", cells.sign("⚠"), Main::NotEncrypted.say(lang)), Role::Warning, None));
    }
    let name = who.name.as_deref().unwrap_or_default();
    let server = if channel.private { Main::PrivateServer.say(lang).to_owned() } else { channel.server };
    parts.push((format!("{name} @ {server}"), Role::Bar, Some(Action::Profile)));
    if let Some(lesson) = channel.lesson.filter(|lesson| *lesson >= FIRST_SAFE) {
        let text = Main::SafeLesson.fill(lang, &[("number", &lesson.to_string())]);
        parts.push((text, Role::Bar, None));
    }
    if channel.tls {
        parts.push(("TLS".to_owned(), Role::Good, None));
    }
    if channel.encrypted {
        parts.push((Main::Encrypted.say(lang).to_owned(), Role::Good, None));
    }
    parts
}

/// A part of the bar: in its colour, on the bar's ground.
fn part(pen: &mut Pen<'_>, area: Rect, text: &str, role: Role, action: Option<Action>) -> u16 {
    let style = match role {
        Role::Alert => pen.style(role),
        _ => pen.style(role).patch(ground(pen)),
    };
    let used = pen.put_styled(area, text, style);
    if let Some(action) = action {
        pen.hits.add(Rect { width: used, ..area }, Target::Do(action));
    }
    used
}

/// What the bar adds to any style.
fn ground(pen: &Pen<'_>) -> ratatui::style::Style {
    let bar = pen.style(Role::Bar);
    ratatui::style::Style { fg: None, ..bar }
}

/// The first lesson whose channel keeps what it promises.
const FIRST_SAFE: u8 = 7;
