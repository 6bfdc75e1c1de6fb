//! A server that is not there, not the right one, or has somebody else in our place.

use super::*;

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
