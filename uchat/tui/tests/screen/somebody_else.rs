//! Nothing of one account reaches another: not the screen of who logs in next, not another server.

use crate::harness::{Screen, friend, text_of};
use crate::world::{asked, lively, open};
use uchat_client::core::{Answer, Command, Connection, Notice, With};
use uchat_protocol::{Code, Refusal};
use uchat_tui::action::Action;
use uchat_tui::app::{Channel, Done, Effect, Event, Settings};
use uchat_tui::screens::Stage;

const INVITE: &str = "uchat://other.example.org:2333/x";

fn replaced(screen: &mut Screen) {
    let (reason, code) = (None, Some(Code::SessionReplaced.name()));
    screen.notice(Notice::Connection { state: Connection::Replaced, reason, code, retry_in: None });
}

/// In a chat with bob, with something written and the inspector open; the history is not there yet.
fn busy() -> Screen {
    let mut screen = lively(Settings::default(), (120, 40));
    open(&mut screen, &With::User("bob".into()));
    screen.write("a draft that is nobody else's");
    screen.key("f2");
    screen
}

fn nothing_is_left(screen: &Screen) {
    let app = &screen.app;
    assert!(app.people.list.is_empty() && app.people.requests.is_empty(), "{}", screen.text());
    assert!(app.view.drafts.is_empty() && app.view.open.is_none() && app.inspector.is_none());
    assert!(app.talks.get(&With::User("bob".into())).is_none());
    for text in ["bob", "library", "a draft"] {
        assert!(screen.find(text).is_none(), "{}", screen.text());
    }
}

#[test]
fn who_logs_out_leaves_nothing_behind_and_answers_that_come_late_are_not_shown() {
    let mut screen = busy();
    screen.click_on("小明");
    let (history, _) = asked(&screen, |command| matches!(command, Command::History { .. }));
    screen.does(Action::LogOut);
    screen.key("enter");
    let (id, command) = screen.last_command();
    assert!(matches!(command, Command::Logout {}));
    screen.answer(id, Ok(Answer::Done {}));
    nothing_is_left(&screen);
    let late = vec![text_of("bob", With::User("bob".into()), 9, "from the library")];
    screen.answer(history, Ok(Answer::Messages { messages: late }));
    nothing_is_left(&screen);
}

#[test]
fn who_logs_in_as_somebody_else_after_the_session_has_ended_sees_nothing_of_before() {
    let mut screen = busy();
    replaced(&mut screen);
    screen.key("ctrl-r");
    assert!(matches!(screen.app.stage, Stage::Register(_)));
    for text in ["eve2", "correct horse", "correct horse", "eve@example.org", "", ""] {
        screen.write(text);
        screen.key("tab");
    }
    screen.key("enter");
    let (id, command) = screen.last_command();
    assert!(matches!(command, Command::Register { .. }), "{command:?}");
    screen.answer(id, Ok(Answer::UserId { user_id: 2 }));
    nothing_is_left(&screen);
    assert_eq!(screen.app.who.name.as_deref(), Some("eve2"));
}

#[test]
fn a_password_is_never_sent_to_a_server_that_it_was_not_typed_for() {
    let mut screen = busy();
    replaced(&mut screen);
    screen.happens(Event::Paste(INVITE.into()));
    screen.effects.clear();
    let channel = Channel { server: "other.example.org:2333".into(), encrypted: true, ..Channel::default() };
    screen.happens(Event::Done(Done::Opened(channel, Some("ann".into()))));
    assert!(matches!(screen.app.stage, Stage::LogIn(_)), "{}", screen.text());
    let sent = |screen: &Screen| screen.effects.iter().any(|it| matches!(it, Effect::Command(..)));
    assert!(!sent(&screen), "{:?}", screen.effects);
    screen.later(600_000);
    assert!(!sent(&screen), "{:?}", screen.effects);
    nothing_is_left(&screen);
}

#[test]
fn an_invite_to_an_untrusted_server_can_be_dropped_without_losing_the_way_in() {
    let mut screen = Screen::logged_in(Settings::default(), (80, 24), vec![friend("bob", true)]);
    replaced(&mut screen);
    screen.happens(Event::Paste(INVITE.into()));
    let (server, fingerprint) = ("other.example.org:2333".to_owned(), "00".repeat(32));
    screen.happens(Event::Done(Done::Untrusted { server, fingerprint }));
    screen.key("esc");
    assert!(matches!(screen.app.stage, Stage::LogIn(_)), "{}", screen.text());
}

#[test]
fn an_account_that_is_deleted_is_gone_from_the_screen_also_if_the_question_was_closed() {
    let mut screen = busy();
    screen.does(Action::Profile);
    screen.key("d");
    screen.write("correct horse");
    screen.key("enter");
    let (id, command) = screen.last_command();
    assert!(matches!(command, Command::DeleteAccount { .. }));
    screen.key("esc");
    screen.answer(id, Ok(Answer::Done {}));
    nothing_is_left(&screen);
    screen.shows("The account is deleted.");
}

#[test]
fn a_refused_registration_is_not_tried_as_a_log_in() {
    let mut screen = Screen::new(Settings::default(), (80, 24), None);
    screen.key("enter");
    let channel = Channel { server: "localhost:2333".into(), private: true, ..Channel::default() };
    screen.happens(Event::Done(Done::Opened(channel.clone(), None)));
    for text in ["ming", "correct horse", "correct horse", "ming@example.org", "", ""] {
        screen.write(text);
        screen.key("tab");
    }
    screen.key("enter");
    let (id, _) = screen.last_command();
    screen.answer(id, Err(Refusal::new(Code::UserNameTaken)));
    screen.effects.clear();
    screen.happens(Event::Paste(INVITE.into()));
    screen.happens(Event::Done(Done::Opened(channel, Some("ming".into()))));
    assert!(!screen.effects.iter().any(|it| matches!(it, Effect::Command(..))), "{:?}", screen.effects);
}
