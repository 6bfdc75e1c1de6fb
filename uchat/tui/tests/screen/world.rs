//! A main screen with some life in it, for tests of all of its parts.

use crate::harness::{NOON, Screen, friend, text_of};
use uchat_client::core::{Answer, Command, CommandId, Contact, Member, Notice, With};
use uchat_tui::app::{Effect, Settings};
use uchat_tui::lang::Lang;
use uchat_tui::theme::Theme;

/// Settings of this language and theme.
pub fn settings(lang: Lang, theme: Theme) -> Settings {
    Settings { lang, theme, ..Settings::default() }
}

/// A room in the contact list.
pub fn room(name: &str, number: u64) -> Contact {
    Contact { user: None, room: Some(name.into()), id: number, ..friend("x", true) }
}

/// Friends, a room, unread messages, somebody who asks.
pub fn lively(settings: Settings, size: (u16, u16)) -> Screen {
    let hour = 3_600_000;
    let contacts = vec![
        Contact {
            last: Some("see you at eight, in front of the library".into()),
            time: NOON - hour,
            unread: 3,
            ip: Some("192.0.2.7".into()),
            port: Some(50_112),
            ..friend("bob", true)
        },
        Contact { last: Some("早上好".into()), time: NOON - 20 * hour, ..friend("小明", true) },
        Contact {
            last: Some("who brings the cake?".into()), time: NOON - 2 * hour, ..room("旅行计划", 12)
        },
        Contact { last: Some("thanks!".into()), time: NOON - 100 * hour, unread: 1, ..friend("dora", false) },
        Contact { time: NOON - 9_000 * hour, last: Some("bye".into()), ..friend("eve", false) },
        friend("echo", true),
    ];
    let mut screen = Screen::logged_in(settings, size, contacts);
    screen.notice(Notice::FriendRequest { username: "frank".into() });
    screen.notice(Notice::FriendRequest { username: "王芳".into() });
    screen
}

/// The last command of this kind that was given.
pub fn asked(screen: &Screen, fits: impl Fn(&Command) -> bool) -> (CommandId, Command) {
    let found = screen.effects.iter().rev().find_map(|effect| match effect {
        Effect::Command(id, command) if fits(command) => Some((*id, command.clone())),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("not asked:\n{}", screen.text()))
}

/// Opens a chat, and gives it some messages.
pub fn open(screen: &mut Screen, with: &With) {
    let name = screen.app.people.name(with).into_owned();
    screen.click_on(&name);
    load(screen, with);
}

/// Gives what is open the messages that it asks for.
pub fn load(screen: &mut Screen, with: &With) {
    let name = screen.app.people.name(with).into_owned();
    let (id, _) = asked(screen, |command| matches!(command, Command::History { .. }));
    let from = if name == "bob" { "bob" } else { "小明" };
    let messages = vec![
        text_of(from, with.clone(), 1, "are you there?"),
        text_of("ann", with.clone(), 2, "yes, 我在"),
        text_of(from, with.clone(), 3, "see you at eight, in front of the library"),
    ];
    screen.answer(id, Ok(Answer::Messages { messages }));
}

/// The members of the room 12.
pub fn members(screen: &mut Screen) {
    let (id, _) = asked(screen, |command| matches!(command, Command::Members { room: 12 }));
    let member = |name: &str, online, owner| Member { name: name.into(), online, owner };
    let members = vec![
        member("bob", true, false),
        member("ann", true, true),
        member("小明", true, false),
        member("eve", false, false),
    ];
    screen.answer(id, Ok(Answer::Members { members }));
}
