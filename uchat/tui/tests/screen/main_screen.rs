//! The main screen around the conversation: the contact list, its keys, the status line.

mod narrow;
mod status;

use crate::harness::{NOON, Screen, friend, text_of};
use crate::languages::has_no_english;
use crate::world::{asked, lively, load, members, open, room, settings};
use ratatui::buffer::Buffer;
use uchat_client::core::{Answer, Command, Connection, Contact, Notice, With};
use uchat_tui::action::Action;
use uchat_tui::app::{Effect, Focus, Job, Settings};
use uchat_tui::lang::Lang;
use uchat_tui::theme::Theme;

fn connection(state: Connection, reason: Option<&str>, retry_in: Option<u64>) -> Notice {
    Notice::Connection { state, reason: reason.map(str::to_owned), code: None, retry_in }
}

#[test]
fn a_contact_shows_who_is_there_what_was_said_last_when_and_what_is_unread() {
    let mut screen = lively(Settings::default(), (80, 24));
    for text in ["● bob", "○ dora", "# 旅行计划", "see you at eight", "11:00", "yesterday", "•3", "•4 unread"]
    {
        screen.shows(text);
    }
    screen.shows("2 friend requests");
    screen.notice(Notice::Typing { username: "bob".into(), with: With::User("bob".into()) });
    screen.shows("typing…");
    screen.later(10_000);
    screen.shows("see you at eight");
    screen.notice(Notice::KeyChanged { username: "bob".into() });
    screen.shows("bob !");
    let mut message = text_of("bob", With::Room(12), 5, "@ann look");
    message.mentioned = true;
    screen.notice(Notice::Message(message));
    screen.shows("@•1");
}

#[test]
fn who_is_online_stands_first_and_a_new_message_moves_its_chat_up() {
    let mut screen = lively(Settings::default(), (80, 24));
    let row = |screen: &Screen, text: &str| screen.find(text).unwrap().1;
    assert!(row(&screen, "bob") < row(&screen, "echo") && row(&screen, "echo") < row(&screen, "dora"));
    let mut message = text_of("小明", With::User("小明".into()), 9, "news");
    message.time = NOON;
    screen.notice(Notice::Message(message));
    assert!(row(&screen, "小明") < row(&screen, "bob"));
    screen.notice(Notice::Presence { username: "小明".into(), online: false, ip: None, port: None });
    assert!(row(&screen, "小明") > row(&screen, "echo"));
}

#[test]
fn arrows_and_letters_choose_a_contact_and_enter_opens_it() {
    let mut screen = lively(Settings::default(), (80, 24));
    screen.shows("›+ 2 friend requests");
    screen.key("down");
    screen.shows("›● bob");
    screen.write("do");
    screen.shows("›○ dora");
    screen.shows("/do");
    screen.key("esc");
    screen.write("x");
    screen.shows("›○ dora");
    screen.key("enter");
    assert_eq!(screen.app.view.open, Some(With::User("dora".into())));
    screen.key("tab");
    screen.key("home");
    screen.key("enter");
    screen.shows("Friend requests");
}

#[test]
fn the_chosen_contact_is_seen_however_long_the_list_is() {
    let many = (0..300).map(|number| friend(&format!("u{number:03}"), true)).collect();
    let mut screen = Screen::logged_in(Settings::default(), (80, 24), many);
    screen.key("end");
    screen.shows("›● u299");
    screen.key("pageup");
    screen.shows("›● u289");
    screen.key("home");
    screen.shows("›● u000");
    screen.write("u150");
    screen.shows("›● u150");
}

#[test]
fn keys_go_to_the_next_chat_and_to_the_next_unread_one() {
    let mut screen = lively(Settings::default(), (80, 24));
    for name in ["bob", "dora"] {
        screen.does(Action::NextUnread);
        assert_eq!(screen.app.view.open, Some(With::User(name.into())));
        load(&mut screen, &With::User(name.into())); // now it is read
    }
    screen.does(Action::NextUnread);
    screen.shows("Everything is read.");
    screen.does(Action::PreviousChat);
    assert_eq!(screen.app.view.open, Some(With::User("echo".into())));
    screen.does(Action::NextChat);
    assert_eq!(screen.app.view.open, Some(With::User("dora".into())));
}

#[test]
fn the_address_of_a_friend_is_shown_on_demand() {
    let mut screen = lively(Settings::default(), (80, 24));
    assert!(screen.find("192.0.2.7").is_none());
    screen.does(Action::Addresses);
    screen.shows("192.0.2.7:50112");
    screen.does(Action::Addresses);
    open(&mut screen, &With::User("bob".into()));
    screen.does(Action::Address);
    screen.shows("bob is connected from 192.0.2.7:50112");
    open(&mut screen, &With::User("小明".into()));
    screen.does(Action::Address);
    screen.shows("does not share");
}

#[test]
fn a_muted_chat_is_marked_and_kept_in_the_settings() {
    let mut screen = lively(Settings::default(), (80, 24));
    open(&mut screen, &With::User("bob".into()));
    screen.does(Action::Mute);
    screen.shows("🔕");
    screen.shows("bob is muted");
    let kept =
        |effect: &Effect| matches!(effect, Effect::Job(Job::SaveSettings(kept)) if kept.muted.len() == 1);
    assert!(screen.effects.iter().any(kept));
    screen.does(Action::Mute);
    assert!(screen.find("🔕").is_none());
}

#[test]
fn esc_in_the_contact_list_leads_back_to_what_was_being_written() {
    let mut screen = lively(Settings::default(), (80, 24));
    open(&mut screen, &With::User("小明".into()));
    screen.write("half a sen");
    screen.key("tab");
    screen.write("do");
    screen.key("esc");
    screen.key("esc");
    screen.write("tence");
    screen.shows("half a sentence");
}

#[test]
fn a_click_on_the_free_part_of_the_contact_list_gives_it_the_keys() {
    let mut screen = lively(Settings::default(), (80, 24));
    open(&mut screen, &With::User("小明".into()));
    screen.click(5, 19);
    assert_eq!(screen.app.view.focus, Focus::Contacts);
}

#[test]
fn when_the_friend_that_is_open_is_gone_the_keys_are_for_the_list() {
    let mut screen = lively(Settings::default(), (80, 24));
    open(&mut screen, &With::User("bob".into()));
    screen.key("f2");
    screen.notice(Notice::FriendDeleted { username: "bob".into() });
    assert!(screen.app.inspector.is_none() && !screen.app.view.inspecting);
    screen.key("home");
    screen.key("down");
    screen.key("enter");
    assert_eq!(screen.app.view.open, Some(With::Room(12)));
}

#[test]
fn the_first_message_of_a_new_friend_is_read_where_it_is_looked_at() {
    let mut screen = lively(Settings::default(), (80, 24));
    let with = With::User("echo".into());
    screen.click_on("● echo");
    let (id, _) = asked(&screen, |command| matches!(command, Command::History { .. }));
    screen.answer(id, Ok(Answer::Messages { messages: Vec::new() }));
    screen.effects.clear();
    screen.notice(Notice::Message(text_of("echo", with, 1, "hello")));
    assert!(!screen.effects.iter().any(|it| matches!(it, Effect::Notify { .. })), "{:?}", screen.effects);
}

#[test]
fn a_wide_terminal_shows_the_members_of_a_room_and_asks_again_when_they_change() {
    let mut screen = lively(Settings::default(), (130, 30));
    open(&mut screen, &With::Room(12));
    members(&mut screen);
    for text in ["Members 4", "● ann owner", "○ eve"] {
        screen.shows(text);
    }
    let count = |screen: &Screen| {
        let asks = |effect: &&Effect| matches!(effect, Effect::Command(_, Command::Members { room: 12 }));
        screen.effects.iter().filter(asks).count()
    };
    let before = count(&screen);
    let line =
        uchat_client::core::Shown { from: None, id: None, ..text_of("x", With::Room(12), 9, "eve left") };
    screen.notice(Notice::Message(line));
    assert_eq!(count(&screen), before + 1, "asked once more");
    screen.later(1);
    assert_eq!(count(&screen), before + 1, "and only once");
}

#[test]
fn nobody_is_lost_when_there_are_more_contacts_than_rows() {
    let many = (0..40).map(|number| room(&format!("room{number:02}"), number)).collect();
    let mut screen = Screen::logged_in(Settings::default(), (80, 24), many);
    screen.shows("↓");
    let (x, y) = screen.find("room05").expect("it is there");
    for _ in 0..20 {
        screen.wheel(x, y, 1);
    }
    screen.shows("room39");
    screen.shows("↑");
}

#[test]
fn a_contact_list_of_a_hostile_server_changes_nothing_on_the_terminal() {
    let contact = Contact {
        last: Some("\u{1b}[2J\n\u{202e}x".into()),
        time: u64::MAX,
        unread: u64::MAX,
        ..friend("bob", true)
    };
    let screen = Screen::logged_in(Settings::default(), (80, 24), vec![contact]);
    screen.shows("•999+");
    assert!(!screen.text().contains('\u{1b}') && !screen.text().contains('\u{202e}'));
}

/// Which style each cell has: letters, and below them what they stand for.
pub fn styles(buffer: &Buffer) -> String {
    let mut known = Vec::new();
    let mut text = String::new();
    for y in 0..buffer.area.height {
        for x in 0..buffer.area.width {
            let style = format!("{:?}", buffer[(x, y)].style());
            let at = known.iter().position(|other| *other == style).unwrap_or_else(|| {
                known.push(style);
                known.len() - 1
            });
            text.push(char::from(b'a' + u8::try_from(at).unwrap_or(25)));
        }
        text.push('\n');
    }
    for (at, style) in known.iter().enumerate() {
        text.push_str(&format!("{} {style}\n", char::from(b'a' + u8::try_from(at).unwrap_or(25))));
    }
    text
}

#[test]
fn the_main_screen_looks_good() {
    for lang in Lang::ALL {
        for (name, size) in [("80x24", (80, 24)), ("130x30", (130, 30)), ("44x20", (44, 20))] {
            let mut screen = lively(settings(*lang, Theme::Dark), size);
            insta::assert_snapshot!(format!("main_{}_{name}", lang.name()), screen.text());
            if *lang == Lang::Zh {
                open(&mut screen, &With::Room(12));
                members(&mut screen);
                has_no_english(name, &screen.text());
            }
        }
    }
    for theme in Theme::ALL {
        let mut screen = lively(settings(Lang::En, *theme), (60, 16));
        screen.key("down");
        insta::assert_snapshot!(format!("main_{}", theme.name()), styles(screen.cells()));
    }
}
