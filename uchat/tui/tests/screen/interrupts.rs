//! The key that ends a program elsewhere, and the one that does not wait for the next try.

use crate::chatting::{Chatting, message};
use crate::harness::{Screen, friend};
use crate::world::settings;
use uchat_client::core::{Command, Connection, Notice};
use uchat_protocol::{Code, Refusal};
use uchat_tui::action::Action;
use uchat_tui::app::{Effect, Event, Focus, Settings};
use uchat_tui::lang::Lang;
use uchat_tui::theme::Theme;

const CTRL_C: &str = "ctrl-c";

fn quits(effects: &[Effect]) -> bool {
    effects.iter().any(|effect| matches!(effect, Effect::Quit))
}

fn chat() -> Chatting {
    Chatting::new(Settings::default(), (100, 30), vec![message("bob", 1, "a text to copy")])
}

#[test]
fn ctrl_c_in_the_contact_list_forgets_what_was_typed_leads_to_the_draft_and_ends_the_program_at_last() {
    let mut chat = chat();
    chat.screen.write("half");
    chat.key("tab");
    assert_eq!(chat.screen.app.view.focus, Focus::Contacts);
    chat.screen.write("car");
    chat.key(CTRL_C);
    assert!(chat.screen.app.people.typed.is_empty());
    chat.key(CTRL_C);
    assert_eq!(chat.screen.app.view.focus, Focus::Composer);
    chat.screen.shows("half");
    chat.key(CTRL_C);
    assert!(chat.screen.find("half").is_none() && !quits(&chat.screen.effects));
    chat.key("tab");
    chat.key(CTRL_C);
    assert!(quits(&chat.screen.effects));
}

#[test]
fn ctrl_c_with_nothing_open_ends_the_program() {
    let mut screen = Screen::logged_in(Settings::default(), (80, 24), vec![friend("bob", true)]);
    screen.key(CTRL_C);
    assert!(quits(&screen.effects));
}

#[test]
fn ctrl_c_copies_the_message_that_is_selected() {
    let mut chat = chat();
    chat.screen.does(Action::SelectUp);
    chat.key(CTRL_C);
    let copied = |effect: &Effect| matches!(effect, Effect::Copy(text) if text == "a text to copy");
    assert!(chat.screen.effects.iter().any(copied));
    assert!(!quits(&chat.screen.effects));
    chat.screen.shows("Copied.");
}

#[test]
fn ctrl_c_closes_what_lies_on_top_and_what_looks_inside() {
    let mut chat = chat();
    for action in [Action::Help, Action::AddFriend, Action::Profile] {
        chat.screen.does(action);
        assert!(chat.screen.app.overlay.is_some());
        chat.key(CTRL_C);
        assert!(chat.screen.app.overlay.is_none(), "{action:?}");
    }
    chat.screen.does(Action::Inspect);
    assert_eq!(chat.screen.app.view.focus, Focus::Inspector);
    chat.key(CTRL_C);
    assert!(!chat.screen.app.view.inspecting && !quits(&chat.screen.effects));
}

#[test]
fn the_settings_can_give_it_another_key_on_the_first_screens_too() {
    let settings = Settings::read("[keys]\nclear = ['ctrl-z']\n", &Settings::default()).unwrap();
    let mut screen = Screen::new(settings, (80, 24), None);
    screen.key(CTRL_C);
    assert!(!quits(&screen.effects));
    screen.key("ctrl-z");
    assert!(quits(&screen.effects));
}

fn connection(state: Connection, retry_in: Option<u64>) -> Notice {
    let reason = Some("no route".to_owned());
    Notice::Connection { state, reason, code: Some(Code::Offline.name()), retry_in }
}

fn tries(screen: &Screen) -> usize {
    let tries = |effect: &&Effect| matches!(effect, Effect::Command(_, Command::Reconnect {}));
    screen.effects.iter().filter(tries).count()
}

#[test]
fn who_is_offline_sees_the_key_that_tries_now_and_the_key_and_a_click_do_it() {
    for (lang, text) in [(Lang::En, "alt-r try now"), (Lang::Zh, "alt-r 立即重试")] {
        let contacts = vec![friend("bob", true)];
        let mut screen = Screen::logged_in(settings(lang, Theme::Plain), (80, 24), contacts);
        assert!(screen.find(text).is_none());
        screen.does(Action::TryNow);
        assert_eq!(tries(&screen), 0, "there is a connection");
        screen.notice(connection(Connection::Offline, Some(40_000)));
        screen.shows(text);
        screen.does(Action::TryNow);
        screen.click_on(text);
        assert_eq!(tries(&screen), 2);
        let (id, _) = screen.last_command();
        let why = "this client does not come back by itself; log in again";
        screen.answer(id, Err(Refusal::because(Code::NotLoggedIn, why)));
        assert_eq!(screen.app.notes.len(), 1, "a refusal is told");
        screen.notice(connection(Connection::Connecting, None));
        assert!(screen.find(text).is_none());
        screen.does(Action::TryNow);
        assert_eq!(tries(&screen), 2, "it is being tried");
        screen.happens(Event::Tick);
    }
}
