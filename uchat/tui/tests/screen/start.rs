//! The first screens: what a person must find there, and what happens when something is wrong.

mod connection;
mod forms;

use crate::harness::{Screen, friend};
use std::path::PathBuf;
use uchat_client::core::{Answer, Command, CommandId, Connection, Notice, With};
use uchat_protocol::{Code, Refusal};
use uchat_tui::action::Action;
use uchat_tui::app::{Channel, Done, Effect, Event, Job, Settings};
use uchat_tui::lang::Lang;
use uchat_tui::screens::Stage;
use uchat_tui::theme::Theme;

const SMALL: (u16, u16) = (80, 24);
const LARGE: (u16, u16) = (200, 60);
const INVITE: &str =
    "uchat://chat.example.org:2333/?ca=00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

fn in_language(lang: Lang) -> Settings {
    Settings { lang, ..Settings::default() }
}

fn jobs(screen: &Screen) -> Vec<Job> {
    let jobs = screen.effects.iter().filter_map(|effect| match effect {
        Effect::Job(job) => Some(job.clone()),
        _ => None,
    });
    jobs.collect()
}

fn private() -> Channel {
    Channel { server: "127.0.0.1:4711".into(), private: true, encrypted: true, ..Channel::default() }
}

fn public() -> Channel {
    Channel { server: "chat.example.org:2333".into(), encrypted: true, ..Channel::default() }
}

fn opened(screen: &mut Screen, channel: Channel) {
    screen.happens(Event::Done(Done::Opened(channel, None)));
}

fn connection(screen: &mut Screen, state: Connection, code: Option<Code>) {
    let (reason, code) = (code.map(|code| code.text().to_owned()), code.map(Code::name));
    screen.notice(Notice::Connection { state, reason, code, retry_in: None });
}

fn commands(screen: &Screen) -> Vec<(CommandId, Command)> {
    let commands = screen.effects.iter().filter_map(|effect| match effect {
        Effect::Command(id, command) => Some((*id, command.clone())),
        _ => None,
    });
    commands.collect()
}

fn refuse(screen: &mut Screen, refusal: Refusal) {
    let (id, _) = screen.last_command();
    screen.answer(id, Err(refusal));
}

/// On the registration, with everything filled in.
fn registering(settings: Settings, size: (u16, u16), channel: Channel) -> Screen {
    let mut screen = Screen::new(settings, size, None);
    screen.key("enter");
    opened(&mut screen, channel);
    for text in ["小明", "correct horse", "correct horse", "ming@example.org", "", "33"] {
        screen.write(text);
        screen.key("tab");
    }
    screen
}

/// At the log-in of `ann`, who has typed her password and pressed Enter.
fn logging_in(channel: Channel) -> Screen {
    let mut screen = Screen::new(Settings::default(), SMALL, Some("ann"));
    opened(&mut screen, channel);
    screen.write("correct horse");
    screen.key("enter");
    screen
}

#[test]
fn the_welcome_offers_a_private_server_and_an_invite_one_key_or_click_away() {
    let mut screen = Screen::new(in_language(Lang::En), SMALL, None);
    screen.shows("Look around on this machine");
    screen.shows("Join friends with an invite");
    screen.key("enter");
    assert_eq!(jobs(&screen), [Job::StartPrivate]);
    screen.shows("Starting your private server");
    screen.key("enter");
    screen.click_on("Look around");
    assert_eq!(jobs(&screen).len(), 1, "once is enough");

    let mut screen = Screen::new(in_language(Lang::Zh), SMALL, None);
    screen.click_on("先在本机试试");
    assert_eq!(jobs(&screen), [Job::StartPrivate]);
    let mut screen = Screen::new(in_language(Lang::Zh), SMALL, None);
    screen.click_on("用邀请加入朋友们");
    screen.shows("使用邀请");
}

#[test]
fn what_moves_while_one_waits_moves_by_itself_and_only_then() {
    let mut screen = Screen::new(Settings::default(), SMALL, None);
    let wakes = |screen: &Screen| screen.effects.iter().filter(|e| matches!(e, Effect::WakeAt(_))).count();
    assert_eq!(wakes(&screen), 0, "nothing moves: the program sleeps");
    screen.key("enter");
    let before = screen.text();
    screen.later(120);
    assert_ne!(screen.text(), before);
    screen.key("f10");
    screen.key("f10");
    assert_eq!(wakes(&screen), 2, "one tick at a time, whatever else happens");
    screen.happens(Event::Done(Done::NotOpened("no".into())));
    screen.later(120);
    screen.later(120);
    assert_eq!(wakes(&screen), 2);
}

#[test]
fn the_first_account_on_a_private_server_meets_echo_and_three_hints() {
    let mut screen = registering(Settings::default(), SMALL, private());
    screen.key("enter");
    let (id, command) = screen.last_command();
    assert!(matches!(command, Command::Register { age: Some(33), .. }), "{command:?}");
    screen.answer(id, Ok(Answer::UserId { user_id: 2 }));
    assert!(jobs(&screen).contains(&Job::RememberUser(Some("小明".into()))));
    let (id, command) = screen.last_command();
    assert!(matches!(command, Command::Contacts {}));
    screen.answer(id, Ok(Answer::Contacts { contacts: vec![friend("echo", true)] }));
    assert_eq!(screen.app.view.open, Some(With::User("echo".into())));
    screen.shows("Three things to try");
    screen.shows("[ f2 ] look inside a message");
    screen.shows("[ ctrl-n ] add a friend");
    screen.click_on("look inside a message");
    assert!(screen.find("Three things").is_none(), "beside the inspector they would cover the chat");
    screen.does(Action::Inspect);
    screen.click_on("got it");
    assert!(screen.find("Three things").is_none());

    let mut elsewhere = registering(Settings::default(), SMALL, public());
    elsewhere.key("enter");
    let (id, _) = elsewhere.last_command();
    elsewhere.answer(id, Ok(Answer::UserId { user_id: 2 }));
    let (id, _) = elsewhere.last_command();
    elsewhere.answer(id, Ok(Answer::Contacts { contacts: vec![friend("echo", true)] }));
    assert!(elsewhere.find("Three things").is_none(), "on a server of others nobody is led by the hand");
}

#[test]
fn log_in_and_registration_are_one_key_or_click_apart() {
    let screen = Screen::new(Settings::default(), SMALL, Some("ann"));
    assert!(matches!(screen.app.stage, Stage::LogIn(_)), "0 keys to the log-in");
    let mut screen = logging_in(public());
    refuse(&mut screen, Refusal::new(Code::WrongLogin));
    screen.does(Action::ToRegister);
    assert!(matches!(screen.app.stage, Stage::Register(_)), "1 key to the registration");
    screen.click_on("log in ]");
    assert!(matches!(screen.app.stage, Stage::LogIn(_)), "1 click back");
}

/// How to get to one of the first screens.
pub type Way = fn(Settings, (u16, u16)) -> Screen;

pub fn stages() -> Vec<(&'static str, Way)> {
    fn welcome(settings: Settings, size: (u16, u16)) -> Screen {
        Screen::new(settings, size, None)
    }
    fn register(settings: Settings, size: (u16, u16)) -> Screen {
        let mut screen = registering(settings, size, private());
        screen.key("enter");
        refuse(&mut screen, Refusal::new(Code::UserNameTaken));
        screen
    }
    fn log_in(settings: Settings, size: (u16, u16)) -> Screen {
        let mut screen = Screen::new(settings, size, Some("ann"));
        opened(&mut screen, public());
        screen.write("correct horse");
        screen.key("enter");
        refuse(&mut screen, Refusal::new(Code::Offline));
        screen
    }
    fn replaced(settings: Settings, size: (u16, u16)) -> Screen {
        let mut screen = Screen::logged_in(settings, size, vec![friend("bob", true)]);
        connection(&mut screen, Connection::Replaced, Some(Code::SessionReplaced));
        screen
    }
    fn keys(settings: Settings, size: (u16, u16)) -> Screen {
        let mut screen = Screen::new(settings, size, Some("ann"));
        opened(&mut screen, public());
        screen.write("correct horse");
        screen.key("enter");
        screen.notice(Notice::Notice { text: Code::NoOwnKeys.text().into() });
        let (id, _) = screen.last_command();
        screen.answer(id, Ok(Answer::UserId { user_id: 1 }));
        screen
    }
    fn trust(settings: Settings, size: (u16, u16)) -> Screen {
        let mut screen = Screen::new(settings, size, None);
        let fingerprint = "00112233445566778899aabbccddeeff".repeat(2);
        screen.happens(Event::Done(Done::Untrusted { server: "chat.example.org:2333".into(), fingerprint }));
        screen
    }
    vec![
        ("welcome", welcome),
        ("register", register),
        ("log-in", log_in),
        ("replaced", replaced),
        ("keys", keys),
        ("trust", trust),
    ]
}

#[test]
fn the_first_screens_look_like_this() {
    for (name, stage) in stages() {
        for lang in Lang::ALL {
            for (size, how) in [(SMALL, "80x24"), (LARGE, "200x60")] {
                let screen = stage(in_language(*lang), size);
                let file = format!("start-{name}-{}-{how}", lang.name());
                insta::assert_snapshot!(file, screen.text());
            }
        }
    }
}

#[test]
fn in_every_theme_a_wrong_field_and_a_button_have_a_sign_and_differ_from_text() {
    for theme in Theme::ALL {
        let screen = stages()[1].1(Settings { theme: *theme, ..Settings::default() }, SMALL);
        let style = |text: &str| {
            let at = screen.find(text).unwrap_or_else(|| panic!("{text}:\n{}", screen.text()));
            screen.cells()[at].style()
        };
        let text = style("password");
        for sign in ["✗ this user name", "[ enter"] {
            assert_ne!(style(sign), text, "{sign} in {theme:?}");
        }
        if *theme == Theme::Plain {
            let coloured = screen.cells().content().iter().any(|cell| {
                cell.fg != ratatui::style::Color::Reset || cell.bg != ratatui::style::Color::Reset
            });
            assert!(!coloured, "no colour at all");
        }
    }
}
