//! The connection: pauses, reasons, keep-alive.

use crate::script::{Script, send, to_bob};
use uchat_client::core::{Command, Connection, Effect, Event, NetEffect, NetEvent, Notice, Timer};
use uchat_protocol::{Code, Push, Refusal, Request};

fn state(notice: &Notice) -> Option<Connection> {
    match notice {
        Notice::Connection { state, .. } => Some(*state),
        _ => None,
    }
}

/// The pause before the next try.
fn pause(script: &mut Script) -> Option<u64> {
    script.pick(|effect| match effect {
        Effect::SetTimer(Timer::Reconnect, pause) => Some(*pause),
        _ => None,
    })
}

fn down(script: &mut Script, random: u32) {
    script.event(Event::Net(NetEvent::Down { reason: Code::Offline.into(), random }));
}

#[test]
fn pauses_double_up_to_a_minute_with_jitter_and_start_anew_after_a_log_in() {
    let mut script = Script::online();
    for (random, expected) in [(0, 250), (1 << 31, 1000), (u32::MAX, 2999), (0, 2000)] {
        down(&mut script, random);
        assert_eq!(pause(&mut script), Some(expected));
        script.timer(Timer::Reconnect);
    }
    for _ in 0..20 {
        down(&mut script, u32::MAX);
        assert!(pause(&mut script).unwrap() < 90_000);
        script.timer(Timer::Reconnect);
    }
    script.out.clear();
    script.let_in();
    down(&mut script, 0);
    assert_eq!(pause(&mut script), Some(250));
}

#[test]
fn only_a_lost_connection_comes_back_by_itself() {
    for (code, expected) in [
        (Code::SessionReplaced, Connection::Replaced),
        (Code::BadToken, Connection::Offline),
        (Code::WrongPassword, Connection::Refused),
        (Code::ClientError, Connection::Refused),
    ] {
        let mut script = Script::online();
        script.down(code);
        assert_eq!(pause(&mut script), None, "{code:?}");
        assert_eq!(script.notices().iter().find_map(state), Some(expected), "{code:?}");
        script.timer(Timer::Reconnect);
        assert!(script.out.iter().all(|effect| !matches!(effect, Effect::Net(_))), "{code:?}");
    }
}

#[test]
fn what_looks_like_another_transport_is_damage_once_a_log_in_has_worked() {
    let mut script = Script::online();
    script.down(Code::WrongTransport);
    assert!(pause(&mut script).is_some());
    assert_eq!(script.notices().iter().find_map(state), Some(Connection::Offline));
}

#[test]
fn what_the_server_said_last_is_the_reason() {
    let mut script = Script::online();
    script.push(Push::ServerKick(Code::SessionReplaced.into()));
    script.down(Code::Offline);
    assert_eq!(script.notices().iter().find_map(state), Some(Connection::Replaced));

    let mut script = Script::online();
    script.push(Push::ServerKick(Refusal::new(Code::ServerStopping).retry_after(5000)));
    script.down(Code::Offline);
    assert_eq!(pause(&mut script), Some(5000));
}

#[test]
fn a_keep_alive_goes_out_after_a_minute_of_silence_and_not_earlier() {
    let mut script = Script::online();
    script.now += 20_000;
    script.command(1, Command::Search { text: "b".to_owned() });
    script.out.clear();
    script.now += 40_000;
    script.timer(Timer::KeepAlive);
    assert!(script.out.iter().any(|effect| matches!(effect, Effect::SetTimer(Timer::KeepAlive, 20_000))));
    assert!(script.all_sent().is_empty());
    script.now += 20_000;
    script.timer(Timer::KeepAlive);
    assert!(matches!(script.sent(), (_, Request::ClientEcho(_))));
}

#[test]
fn a_server_that_does_not_answer_for_half_a_minute_is_left_and_tried_again() {
    let mut script = Script::online();
    script.command(1, Command::Search { text: "b".to_owned() });
    let (tag, _) = script.sent();
    script.done(tag);
    script.now += 29_000;
    script.command(2, Command::Search { text: "b".to_owned() });
    script.now += 1000;
    script.timer(Timer::Dead);
    assert!(script.out.iter().any(|effect| matches!(effect, Effect::SetTimer(Timer::Dead, 29_000))));
    script.now += 29_000;
    script.timer(Timer::Dead);
    assert!(script.out.iter().any(|effect| matches!(effect, Effect::Net(NetEffect::Disconnect))));
    script.down(Code::ClientError);
    assert_eq!(script.refused(2), Code::Offline);
    assert!(pause(&mut script).is_some());
}

#[test]
fn commands_that_need_the_server_are_refused_without_it_and_those_on_their_way_are_answered() {
    let mut script = Script::online();
    script.command(1, Command::Search { text: "b".to_owned() });
    script.command(2, Command::Members { room: 5 });
    script.down(Code::Offline);
    assert_eq!(script.refused(1), Code::Offline);
    assert_eq!(script.refused(2), Code::Offline);
    script.command(3, Command::JoinRoom { room: 9 });
    assert_eq!(script.refused(3), Code::Offline);
    assert!(!script.model.is_online());
}

#[test]
fn commands_wait_for_the_profile_and_not_without_limit() {
    let mut script = Script::new(Default::default());
    for id in 0..1025 {
        script.command(0, Command::Contacts {});
        assert_eq!(script.model.open_commands(), usize::min(id + 1, 1024));
    }
    script.out.clear();
    script.load(Vec::new(), Vec::new());
    assert_eq!(script.model.open_commands(), 0);
    assert_eq!(script.out.len(), 1024);
}

#[test]
fn typing_is_told_at_most_every_three_seconds_and_only_if_shared() {
    let mut script = Script::online();
    let typing = || Command::Typing { with: to_bob() };
    for (wait, sent) in [(0, 1), (2999, 0), (1, 1)] {
        script.now += wait;
        script.command(1, typing());
        assert_eq!(script.all_sent().len(), sent);
    }
    let quiet = Command::SetProfile {
        email: None,
        sex: None,
        age: None,
        share_address: None,
        share_read: None,
        share_typing: Some(false),
    };
    script.command(2, quiet);
    script.now += 10_000;
    script.command(3, typing());
    assert!(script.all_sent().is_empty());
    script.command(4, send(""));
    assert_eq!(script.refused(4), Code::BadField);
}

#[test]
fn a_clock_that_is_set_back_stops_nothing() {
    let mut script = Script::online();
    let id = script.say(1, "hi");
    script.sealed(id);
    let (tag, _) = script.message_sent();
    script.refuse(tag, Code::TooManyRequests);
    script.out.clear();
    script.now -= 900_000;
    script.timer(Timer::Later);
    assert_eq!(script.seal_asked(), Some(id));
    script.sealed(id);
    script.timer(Timer::Dead); // runs after 30 s, by whatever clock
    script.now += 30_000;
    script.timer(Timer::Dead);
    assert!(script.out.iter().any(|effect| matches!(effect, Effect::Net(NetEffect::Disconnect))));
}
