//! The forms: invite, registration, log-in, keys.

use super::*;

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
