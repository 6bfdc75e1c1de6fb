//! The two rows at the bottom: how it stands with the connection, and the keys that matter now.

use super::*;

#[test]
fn the_status_line_says_why_there_is_no_connection_and_counts_down() {
    let mut screen = lively(Settings::default(), (120, 24));
    screen.notice(connection(Connection::Offline, Some("the server is stopping"), Some(5_000)));
    for text in ["○ offline", "the server is stopping", "next try in 5 s"] {
        screen.shows(text);
    }
    screen.later(2_000);
    screen.shows("next try in 3 s");
    screen.later(3_000);
    assert!(screen.find("next try").is_none());
    screen.app.who.connection = Some(Connection::Replaced);
    screen.later(1);
    screen.shows("logged in somewhere else");
    screen.shows("log in again");
}

#[test]
fn the_seconds_until_the_next_try_are_counted_once_however_many_ask_for_it() {
    let mut screen = lively(Settings::default(), (120, 24));
    screen.notice(connection(Connection::Offline, None, Some(5_500)));
    screen.effects.clear();
    for _ in 0..9 {
        screen.later(10);
    }
    let wakes: Vec<_> = screen.effects.iter().map(|effect| format!("{effect:?}")).collect();
    assert!(wakes.windows(2).all(|two| two[0] == two[1]) && wakes.len() == 9, "{wakes:?}");
}

#[test]
fn a_chinese_screen_says_in_chinese_why_there_is_no_connection() {
    let mut screen = lively(settings(Lang::Zh, Theme::Dark), (120, 24));
    screen.notice(connection(
        Connection::Offline,
        Some("the server is stopping; try again in a while"),
        None,
    ));
    screen.shows("服务器正在停止");
    let (reason, code) = (Some("no data for 90 s".to_owned()), Some(uchat_protocol::Code::Idle.name()));
    screen.notice(Notice::Connection { state: Connection::Offline, reason, code, retry_in: None });
    screen.shows("太久没有收到数据");
}

#[test]
fn the_status_line_warns_loudly_on_a_lesson_that_protects_nothing() {
    let mut screen = lively(Settings::default(), (80, 24));
    screen.shows("end-to-end encrypted");
    let channel = screen.app.who.channel.as_mut().expect("there is a channel");
    (channel.lesson, channel.encrypted) = (Some(4), false);
    screen.later(1);
    screen.shows("LESSON 4: NOT SAFE");
    screen.shows("NOT ENCRYPTED");
    screen.resize(44, 20);
    screen.shows("LESSON 4: NOT SAFE");
}

#[test]
fn a_hint_below_a_question_does_not_answer_it() {
    let mut screen = lively(Settings::default(), (80, 24));
    screen.does(Action::LogOut);
    screen.effects.clear();
    let (_, row) = screen.find("f1 help").unwrap();
    let hints: Vec<_> =
        screen.app.hits.targets().filter(|(area, _)| area.y == row).map(|(area, _)| area.x).collect();
    assert!(hints.len() > 3, "{}", screen.text());
    for x in hints {
        let mut clicked = screen.clone();
        clicked.click(x, row);
        let out = |effect: &Effect| matches!(effect, Effect::Command(_, Command::Logout {}));
        assert!(!clicked.effects.iter().any(out), "column {x}:\n{}", screen.text());
    }
}
