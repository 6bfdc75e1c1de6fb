//! The first screens: what a person must find there, and what happens when something is wrong.

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
fn an_invite_that_is_pasted_anywhere_joins_at_once() {
    let mut on_welcome = Screen::new(Settings::default(), SMALL, None);
    let mut on_registration = registering(Settings::default(), SMALL, private());
    let mut on_log_in = Screen::new(Settings::default(), SMALL, Some("ann"));
    opened(&mut on_log_in, public());
    for screen in [&mut on_welcome, &mut on_registration, &mut on_log_in] {
        screen.happens(Event::Paste(format!("  {INVITE}\n")));
        assert_eq!(jobs(screen).last(), Some(&Job::Join(INVITE.into())));
        screen.shows("Looking at the server of the invite");
    }
    let mut typed = Screen::new(Settings::default(), SMALL, None);
    typed.write(INVITE);
    typed.key("enter");
    assert_eq!(
        jobs(&typed),
        [Job::Join(INVITE.into())],
        "where the terminal does not tell pasted from typed"
    );
}

#[test]
fn an_invite_that_is_none_says_so_and_one_that_cannot_be_used_says_why() {
    let mut screen = Screen::new(Settings::default(), SMALL, None);
    screen.happens(Event::Paste("hello".into()));
    screen.shows("✗ this is no invite");
    screen.key("ctrl-o");
    screen.write("uchat://x");
    screen.shows("✗ the invite ends after its address");
    screen.key("enter");
    assert!(jobs(&screen).is_empty());
    screen.key("ctrl-c");
    screen.happens(Event::Paste(INVITE.into()));
    screen.happens(Event::Done(Done::NotOpened("chat.example.org is not there".into())));
    screen.shows("✗ chat.example.org is not there");
    screen.key("esc");
    screen.shows("Look around on this machine");
}

#[test]
fn each_wrong_field_says_what_is_wrong_as_it_is_typed() {
    let mut screen = Screen::new(Settings::default(), SMALL, None);
    screen.key("enter");
    opened(&mut screen, private());
    assert!(!screen.text().contains('✗'), "nobody is told that an empty form is wrong");
    for (text, says) in [("123456789", "at most 8 characters, not 9"), ("a b", "U+0020"), ("аb", "mixes")] {
        screen.write(text);
        screen.shows(says);
        screen.key("ctrl-c");
    }
    screen.write("bob");
    assert!(!screen.text().contains('✗'));
    screen.key("tab");
    screen.write("1234567");
    screen.shows("must have 8 characters or more");
    screen.write("8");
    assert!(!screen.text().contains('✗'));
    screen.key("tab");
    screen.write("1234");
    screen.shows("the two passwords differ");
    screen.write("5678");
    assert!(!screen.text().contains('✗'));
    screen.key("tab");
    screen.write("bob@");
    screen.shows("must look like somebody@example.org");
    screen.write("x");
    screen.key("tab");
    screen.key("tab");
    screen.write("200");
    screen.shows("a number of years up to 150");
    screen.key("enter");
    assert!(commands(&screen).is_empty(), "what is wrong is not sent");
}

#[test]
fn enter_leads_through_the_form_and_sends_it_at_the_end() {
    let mut screen = Screen::new(in_language(Lang::Zh), SMALL, None);
    screen.key("enter");
    opened(&mut screen, public());
    for text in ["小明", "correct horse", "correct horse", "ming@example.org"] {
        assert!(!screen.text().contains('✗'), "{}", screen.text());
        screen.write(text);
        screen.key("enter");
    }
    let (_, command) = screen.last_command();
    let Command::Register { username, password, email, sex, age } = command else { panic!("{command:?}") };
    assert_eq!((&*username, &*password, &*email), ("小明", "correct horse", "ming@example.org"));
    assert_eq!((sex, age), (None, None));
    screen.shows("正在连接 chat.example.org:2333 并注册账号");
    connection(&mut screen, Connection::Online, None);
    screen.shows("正在打开或生成你的密钥");
}

#[test]
fn what_the_server_has_against_a_field_stands_at_that_field_until_it_is_changed() {
    for (code, field, en, zh) in [
        (Code::UserNameTaken, "name", "this user name is taken", "用户名已被占用"),
        (Code::EmailTaken, "e-mail", "there is an account with this e-mail", "该邮箱已注册过账号"),
    ] {
        for (lang, says) in [(Lang::En, en), (Lang::Zh, zh)] {
            let mut screen = registering(in_language(lang), SMALL, public());
            screen.key("enter");
            refuse(&mut screen, Refusal::new(code));
            let (_, row) = screen.find(&format!("✗ {says}")).unwrap_or_else(|| panic!("{}", screen.text()));
            assert_eq!(screen.caret.unwrap().y, row - 1, "the caret is there");
            if lang == Lang::En {
                assert_eq!(screen.find(field).unwrap().1, row - 1);
            }
            screen.write("x");
            assert!(screen.find(says).is_none(), "gone with the change");
        }
    }
    let mut screen = registering(Settings::default(), SMALL, public());
    screen.key("enter");
    refuse(&mut screen, Refusal::new(Code::TooManySignUps).retry_after(9_000));
    screen.shows("✗ too many new accounts from this address; wait (in 9 s)");
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
fn a_wrong_name_and_a_wrong_password_look_the_same_and_the_password_is_asked_for_again() {
    let mut screen = logging_in(public());
    refuse(&mut screen, Refusal::new(Code::WrongLogin));
    screen.shows("✗ user name or password is wrong");
    let Stage::LogIn(form) = &screen.app.stage else { panic!() };
    assert_eq!((form.text(0), form.text(1), form.focus), ("ann", "", 1));
    screen.write("another one");
    assert!(screen.find("✗").is_none());
    screen.key("enter");
    let (_, command) = screen.last_command();
    assert!(matches!(command, Command::Login { password, .. } if password == "another one"));
}

#[test]
fn enter_before_the_client_is_open_is_not_lost() {
    let mut screen = Screen::new(Settings::default(), SMALL, Some("ann"));
    screen.write("correct horse");
    screen.key("enter");
    assert!(commands(&screen).is_empty());
    opened(&mut screen, public());
    assert!(matches!(screen.last_command().1, Command::Login { .. }));
}

#[test]
fn a_password_from_a_file_logs_in_by_itself() {
    let start = uchat_tui::app::Start {
        knows_server: true,
        username: Some("ann".into()),
        password: Some("correct horse".into()),
        ..Default::default()
    };
    let (mut app, _) = uchat_tui::app::App::new(start);
    let done = Event::Done(Done::Opened(public(), None));
    let effects = uchat_tui::app::update(&mut app, 1, done);
    assert!(effects.iter().any(|effect| matches!(
        effect,
        Effect::Command(_, Command::Login { username, password }) if username == "ann" && password == "correct horse"
    )));
    assert!(!format!("{app:?}").contains("correct horse"), "no log shows it");
}

#[test]
fn a_server_that_is_not_there_is_tried_again_by_itself_and_one_can_look_around_meanwhile() {
    let mut screen = logging_in(public());
    let tried =
        |screen: &Screen| commands(screen).iter().filter(|(_, c)| matches!(c, Command::Login { .. })).count();
    refuse(&mut screen, Refusal::new(Code::Offline));
    screen.shows("✗ not connected; try again when the connection is back");
    screen.shows("Trying again in 2 s; Enter tries now.");
    screen.later(1_000);
    screen.shows("Trying again in 1 s");
    screen.later(1_000);
    assert_eq!(tried(&screen), 2);
    refuse(&mut screen, Refusal::new(Code::Offline));
    screen.shows("Trying again in 4 s");
    screen.key("enter");
    assert_eq!(tried(&screen), 3, "at once, if somebody wants it");
    refuse(&mut screen, Refusal::new(Code::Offline));
    screen.click_on("look at what is here, without a connection");
    let (id, command) = screen.last_command();
    assert!(matches!(command, Command::Contacts {}));
    screen.answer(id, Ok(Answer::Contacts { contacts: vec![friend("bob", false)] }));
    screen.shows("○ bob");
    screen.later(60_000);
    assert_eq!(tried(&screen), 4, "the log-in goes on behind");
    let (id, _) = screen.last_command();
    screen.click_on("bob");
    screen.answer(id, Ok(Answer::UserId { user_id: 1 }));
    assert_eq!(screen.app.view.open, Some(With::User("bob".into())), "nothing is taken away");
}

#[test]
fn who_writes_is_not_interrupted_by_another_try() {
    let mut screen = logging_in(public());
    refuse(&mut screen, Refusal::new(Code::Offline));
    screen.write("x");
    let before = commands(&screen).len();
    screen.later(120_000);
    assert_eq!(commands(&screen).len(), before);
}

#[test]
fn who_is_replaced_is_told_and_logs_in_again_with_one_key_or_one_click() {
    for by_key in [true, false] {
        let mut screen = Screen::logged_in(Settings::default(), SMALL, vec![friend("bob", true)]);
        screen.click_on("bob");
        connection(&mut screen, Connection::Replaced, Some(Code::SessionReplaced));
        screen.shows("Logged in somewhere else");
        screen.shows("ann has logged in somewhere else");
        let before = commands(&screen).len();
        screen.later(600_000);
        assert_eq!(commands(&screen).len(), before, "never by itself: two clients would fight for ever");
        if by_key {
            screen.key("enter")
        } else {
            screen.click_on("log in again here")
        }
        let (id, command) = screen.last_command();
        assert!(matches!(command, Command::Login { username, .. } if username == "ann"));
        screen.answer(id, Ok(Answer::UserId { user_id: 1 }));
        assert_eq!(screen.app.view.open, Some(With::User("bob".into())), "where one was before");
    }
    let mut screen = Screen::logged_in(Settings::default(), SMALL, vec![friend("bob", true)]);
    connection(&mut screen, Connection::Replaced, Some(Code::SessionReplaced));
    screen.key("esc");
    screen.shows("bob");
    screen.shows("logged in somewhere else");
}

#[test]
fn who_is_refused_for_ever_is_told_why() {
    let mut screen = Screen::logged_in(in_language(Lang::Zh), SMALL, vec![]);
    connection(&mut screen, Connection::Refused, Some(Code::AccountDeleted));
    screen.shows("连接已断开");
    screen.shows("✗ 账号已删除");
}

#[test]
fn keys_that_are_elsewhere_can_be_imported_or_made_anew() {
    let missing = || {
        let mut screen = logging_in(public());
        let text = "the keys of this account are not here: import them, or make new ones; until then …";
        screen.notice(Notice::Notice { text: text.into() });
        let (id, _) = screen.last_command();
        screen.answer(id, Ok(Answer::UserId { user_id: 1 }));
        screen.shows("Your keys are not on this machine");
        screen
    };
    let mut screen = missing();
    screen.key("ctrl-n");
    let (id, command) = screen.last_command();
    assert!(matches!(command, Command::NewKeys { password } if password == "correct horse"));
    screen.answer(id, Ok(Answer::Done {}));
    screen.shows("Contacts");
    screen.shows("Your keys are here.");

    let mut screen = missing();
    screen.write("/tmp/ann.keys");
    screen.key("enter");
    screen.write("a passphrase");
    screen.key("enter");
    let job = jobs(&screen).pop();
    let expected = Job::ImportKeys {
        file: PathBuf::from("/tmp/ann.keys"),
        passphrase: "a passphrase".into(),
        password: "correct horse".into(),
    };
    assert_eq!(job, Some(expected));
    opened(&mut screen, public());
    screen.happens(Event::Done(Done::Imported(Err("the passphrase is wrong".into()))));
    screen.shows("✗ the passphrase is wrong");
    screen.key("enter");
    opened(&mut screen, public());
    screen.happens(Event::Done(Done::Imported(Ok(()))));
    assert!(matches!(screen.last_command().1, Command::Login { .. }));

    let mut screen = missing();
    screen.click_on("later");
    screen.shows("Contacts");
}

#[test]
fn a_ca_that_nobody_has_vouched_for_is_trusted_only_by_somebody_who_says_so() {
    let fingerprint = "00112233445566778899aabbccddeeff".repeat(2);
    let untrusted = || {
        let mut screen = Screen::new(Settings::default(), SMALL, Some("ann"));
        let (server, fingerprint) = ("chat.example.org:2333".into(), fingerprint.clone());
        screen.happens(Event::Done(Done::Untrusted { server, fingerprint }));
        screen.shows("chat.example.org:2333");
        screen.shows("0011 2233 4455 6677 8899 aabb ccdd eeff");
        screen
    };
    let mut screen = untrusted();
    screen.key("enter");
    assert_eq!(jobs(&screen).last(), Some(&Job::Trust(fingerprint.clone())));
    let mut screen = untrusted();
    let before = jobs(&screen);
    screen.key("esc");
    screen.shows("Welcome");
    assert_eq!(jobs(&screen), before);
}

#[test]
fn ctrl_c_empties_a_field_and_ends_the_program_where_there_is_nothing_to_empty() {
    let mut screen = Screen::new(Settings::default(), SMALL, Some("ann"));
    let quits = |screen: &Screen| screen.effects.iter().any(|effect| matches!(effect, Effect::Quit));
    screen.write("typo");
    screen.key("ctrl-c");
    assert!(!quits(&screen));
    screen.key("ctrl-c");
    assert!(quits(&screen));
}

#[test]
fn whoever_chooses_a_password_on_a_lesson_is_warned() {
    let lesson = Channel { lesson: Some(4), encrypted: false, ..private() };
    let screen = registering(Settings::default(), SMALL, lesson);
    screen.shows("! Lesson 4: the channel is not safe yet.");
    let safe = registering(Settings::default(), SMALL, private());
    assert!(safe.find("Lesson").is_none());
}

#[test]
fn a_secret_is_never_shown() {
    let screen = registering(Settings::default(), SMALL, public());
    assert!(!screen.text().contains("correct"), "{}", screen.text());
    screen.shows("•••••••••••••");
}

#[test]
fn a_password_stands_in_no_log_and_does_not_come_back_once_it_is_erased() {
    let mut screen = Screen::new(Settings::default(), SMALL, Some("ann"));
    opened(&mut screen, public());
    screen.write("correct horse");
    let log = format!("{:?}", screen.app);
    assert!(log.contains("ann") && !log.contains("correct horse"), "{log}");
    screen.key("ctrl-c");
    screen.key("ctrl-z");
    let Stage::LogIn(form) = &screen.app.stage else { panic!("{}", screen.text()) };
    assert_eq!(form.text(1), "");
}

#[test]
fn every_field_can_be_reached_on_the_smallest_screen() {
    for lang in Lang::ALL {
        let mut screen = registering(in_language(*lang), SMALL, public());
        screen.resize(40, 12);
        for field in 0..6 {
            let Stage::Register(form) = &screen.app.stage else { panic!() };
            assert_eq!(form.focus, field);
            assert!(screen.caret.is_some(), "field {field}:\n{}", screen.text());
            screen.key("tab");
        }
    }
}

#[test]
fn log_in_registration_contacts_and_chat_are_two_keys_away_at_most() {
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
type Way = fn(Settings, (u16, u16)) -> Screen;

fn stages() -> Vec<(&'static str, Way)> {
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
