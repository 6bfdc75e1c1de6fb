//! What opens on top: what each window shows, asks and does.

mod account;
mod messages;
mod people;
mod rooms;

use crate::harness::{Screen, text_of};
use crate::main_screen::styles;
use crate::world::{asked, lively, members, open, settings};
use std::path::PathBuf;
use uchat_client::core::{Answer, Command, FriendAnswer, Notice, With};
use uchat_protocol::{Code, Refusal};
use uchat_tui::action::Action;
use uchat_tui::app::{Done, Effect, Event, Job, Listed, Settings};
use uchat_tui::lang::Lang;
use uchat_tui::theme::Theme;

fn bob() -> With {
    With::User("bob".into())
}

fn is_search(command: &Command) -> bool {
    matches!(command, Command::Search { .. })
}

/// Draws every window with something in it, and hands it over with its name.
pub fn each_window(lang: Lang, look: impl FnMut(&str, &Screen)) {
    each_window_in(&settings(lang, Theme::Dark), look);
}

/// The same with these settings.
pub fn each_window_in(settings: &Settings, mut look: impl FnMut(&str, &Screen)) {
    let fresh = |size| lively(settings.clone(), size);
    let mut screen = fresh((80, 24));
    screen.does(Action::Requests);
    look("requests", &screen);
    screen = fresh((80, 24));
    screen.does(Action::AddFriend);
    look("add_friend_empty", &screen);
    screen.write("b");
    let (id, _) = asked(&screen, is_search);
    let users = ["bob", "bert", "frank"].map(str::to_owned).to_vec();
    screen.answer(id, Ok(Answer::Users { users }));
    look("add_friend", &screen);
    screen = fresh((80, 24));
    open(&mut screen, &bob());
    let with = [Action::Help, Action::Menu, Action::SwitchChat, Action::CreateRoom, Action::JoinRoom];
    let more =
        [Action::Settings, Action::Profile, Action::LogOut, Action::Search, Action::Export, Action::Emoji];
    for action in with.into_iter().chain(more) {
        screen.does(action);
        look(action.name(), &screen);
        screen.key("esc");
    }
    screen.does(Action::Search);
    screen.write("八");
    let (id, _) = asked(&screen, |command| matches!(command, Command::History { search: Some(_), .. }));
    let messages =
        vec![text_of("bob", bob(), 1, "八点见"), text_of("ann", bob(), 2, "好的，八点在图书馆门口")];
    screen.answer(id, Ok(Answer::Messages { messages }));
    look("search_found", &screen);
    screen.key("esc");
    screen.does(Action::SendFile);
    let file = |name: &str, size| Listed { name: name.into(), size };
    let listed =
        vec![file("notes.txt", Some(1_800)), file("Pictures", None), file("旅行.mp4", Some(90_000_000))];
    screen.happens(Event::Done(Done::Listed(PathBuf::from("/home/ann"), Ok(listed))));
    look("send-file", &screen);
    screen.key("esc");
    screen.notice(Notice::KeyChanged { username: "bob".into() });
    screen.does(Action::Safety);
    look("safety_waiting", &screen);
    let (id, _) = asked(&screen, |command| matches!(command, Command::SafetyNumber { .. }));
    let words = "abandon ability able about above absent absorb abstract absurd abuse access accident account accuse achieve acid";
    let words = words.split(' ').map(str::to_owned).collect();
    screen.answer(id, Ok(Answer::Words { words }));
    look("safety", &screen);
    screen.key("esc");
    for (name, letter) in [("email", "e"), ("password", "p"), ("new_keys", "k"), ("delete_account", "d")] {
        screen.does(Action::Profile);
        screen.key(letter);
        screen.key("enter");
        look(name, &screen);
        screen.key("esc");
    }
    for action in [Action::DeleteFriend, Action::Block] {
        uchat_tui::app::act(&mut screen.app, action);
        screen.later(1);
        look(action.name(), &screen);
        screen.key("esc");
    }
    open(&mut screen, &With::Room(12));
    members(&mut screen);
    screen.does(Action::Members);
    screen.key("down");
    look("members", &screen);
    for (name, key) in [("remove_member", "r"), ("hand_over", "o"), ("leave_room", "l")] {
        screen.key(key);
        look(name, &screen);
        screen.key("esc");
        screen.does(Action::Members);
        screen.key("down");
    }
}

#[test]
fn each_window_looks_good() {
    for lang in Lang::ALL {
        each_window(*lang, |what, screen| {
            insta::assert_snapshot!(format!("{what}_{}", lang.name()), screen.text());
        });
    }
}

#[test]
fn windows_have_their_colours_in_each_theme() {
    for theme in Theme::ALL {
        let mut screen = lively(settings(Lang::En, *theme), (60, 20));
        screen.does(Action::Requests);
        insta::assert_snapshot!(format!("requests_{}", theme.name()), styles(screen.cells()));
        screen.key("esc");
        screen.does(Action::Profile);
        insta::assert_snapshot!(format!("profile_{}", theme.name()), styles(screen.cells()));
    }
}

#[test]
fn each_window_has_a_way_out_by_key_and_by_click() {
    each_window(Lang::En, |what, screen| {
        let mut by_key = screen.clone();
        by_key.key("esc");
        assert!(by_key.app.overlay.is_none(), "{what}");
        let mut by_click = screen.clone();
        by_click.click_on("esc ×");
        assert!(by_click.app.overlay.is_none(), "{what}");
    });
}

#[test]
fn each_window_can_be_drawn_in_the_smallest_terminal() {
    each_window(Lang::Zh, |what, screen| {
        let mut small = screen.clone();
        small.resize(40, 12);
        assert!(small.find("esc ×").is_some(), "{what}:\n{}", small.text());
        if what == "safety" {
            for word in ["abandon", "accident", "acid"] {
                small.shows(word);
            }
        }
        if what == "requests" {
            for button in ["[ 稍后 ]", "[ l 稍后 ]"] {
                small.shows(button);
            }
        }
        if what == "password" {
            small.key("tab");
            small.key("tab");
            small.shows("再次输入新密码");
        }
        small.resize(1, 1);
    });
}

#[test]
fn a_click_beside_a_window_is_about_what_lies_there() {
    let mut screen = lively(Settings::default(), (130, 30));
    screen.does(Action::Profile);
    screen.click_on("○ dora");
    assert!(screen.app.overlay.is_none());
    assert_eq!(screen.app.view.open, Some(With::User("dora".into())));
}

#[test]
fn a_question_that_is_open_follows_the_language() {
    let mut screen = lively(Settings::default(), (80, 24));
    open(&mut screen, &bob());
    screen.does(Action::LogOut);
    screen.does(Action::Language);
    screen.shows("退出登录");
}

#[test]
fn the_wheel_stops_where_the_list_ends() {
    let mut screen = lively(Settings::default(), (80, 24));
    screen.does(Action::SwitchChat);
    (0..40).for_each(|_| screen.wheel(40, 12, 1));
    screen.key("enter");
    let last = With::User("eve".into());
    assert_eq!(screen.app.view.open, Some(last), "{}", screen.text());
    screen.does(Action::Help);
    let at_first = screen.text();
    (0..80).for_each(|_| screen.wheel(40, 12, 1));
    let at_last = screen.text();
    screen.wheel(40, 12, -1);
    assert_ne!(screen.text(), at_last, "one turn back is seen at once");
    (0..80).for_each(|_| screen.wheel(40, 12, -1));
    assert_eq!(screen.text(), at_first);
}

#[test]
fn the_caret_stands_behind_a_text_that_is_too_long_for_its_line() {
    for text in ["好", "a好", "abc"] {
        let mut screen = lively(Settings::default(), (80, 24));
        screen.does(Action::SwitchChat);
        screen.write(&text.repeat(25));
        let caret = screen.caret.unwrap();
        let last = text.chars().last().unwrap().to_string();
        let before = caret.x - Settings::default().cells.of(&last);
        assert_eq!(screen.cells()[(before, caret.y)].symbol(), last, "{}", screen.text());
    }
}

#[test]
fn the_help_page_finds_an_action_by_a_word_and_does_it() {
    let mut screen = lively(Settings::default(), (80, 24));
    screen.does(Action::Help);
    screen.write("room by");
    screen.shows("join a room by its number");
    assert!(screen.find("create a room").is_none());
    screen.key("enter");
    screen.shows("Join a room");
}
