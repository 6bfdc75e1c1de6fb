//! What is about ourselves: the profile, the next try that nobody wants to wait for, what counts as unread.

use crate::script::{BOB, Script, bundle, shown, summary, to_bob};
use uchat_client::core::{
    Answer, Command, Connection, Effect, Event, NetEffect, NetEvent, Notice, Profile, Settings, Shown, Timer,
    VaultEvent,
};
use uchat_protocol::push::{LoginBundle, Person, Push};
use uchat_protocol::{Code, MessageId, Request};

fn profile(script: &mut Script) -> Profile {
    script.command(9, Command::Profile {});
    match script.answer(9) {
        Ok(Answer::Profile(profile)) => profile,
        other => panic!("{other:?}"),
    }
}

fn connects(script: &mut Script) -> usize {
    script.out.iter().filter(|effect| matches!(effect, Effect::Net(NetEffect::Connect))).count()
}

#[test]
fn the_profile_is_what_the_server_told_and_what_was_changed_since() {
    let mut script = Script::online();
    let eve = Person { id: 9, name: "Eve".to_owned() };
    script.push(Push::LoginBundle(LoginBundle { blocked: vec![eve], ..bundle(0, 0) }));
    let before = profile(&mut script);
    assert_eq!((before.username.as_str(), &before.blocked[..]), ("ann", &["Eve".to_owned()][..]));
    assert!(before.share_typing);
    let change = |sex: &str| Command::SetProfile {
        email: Some("ann@new.example".to_owned()),
        sex: Some(sex.to_owned()),
        age: Some(33),
        share_address: Some(!before.share_address),
        share_read: None,
        share_typing: Some(false),
    };
    script.command(1, change("f"));
    let (tag, _) = script.sent_as(|request| matches!(request, Request::SetProfile(_)));
    script.done(tag);
    let expected = Profile {
        email: "ann@new.example".to_owned(),
        sex: "f".to_owned(),
        age: Some(33),
        share_address: !before.share_address,
        share_typing: false,
        ..before.clone()
    };
    assert_eq!(profile(&mut script), expected);
    script.command(2, change("x"));
    let (tag, _) = script.sent_as(|request| matches!(request, Request::SetProfile(_)));
    script.refuse(tag, Code::EmailTaken);
    assert_eq!(profile(&mut script), expected, "what was refused is not so");
    script.down(Code::Offline);
    assert_eq!(profile(&mut script), expected, "it can be looked at without a connection");
}

#[test]
fn whom_we_block_and_unblock_is_on_the_list_at_once_by_the_name_that_was_given() {
    let mut script = Script::online();
    for (command, blocked) in [
        (Command::Block { username: "Eve".to_owned() }, vec!["Eve"]),
        (Command::Unblock { username: "eve".to_owned() }, vec![]),
    ] {
        script.command(1, command);
        let (tag, _) = script.sent();
        script.done(tag);
        assert_eq!(profile(&mut script).blocked, blocked);
    }
}

#[test]
fn before_the_first_connection_nobody_knows_the_profile() {
    let mut script = Script::loaded();
    script.command(1, Command::Profile {});
    assert_eq!(script.refused(1), Code::NotLoggedIn);
}

#[test]
fn who_does_not_want_to_wait_connects_at_once_and_the_pauses_begin_anew() {
    let mut script = Script::online();
    let down = |script: &mut Script| {
        script.event(Event::Net(NetEvent::Down { reason: Code::Offline.into(), random: 0 }));
    };
    let pause = |script: &mut Script| {
        script.pick(|effect| match effect {
            Effect::SetTimer(Timer::Reconnect, pause) => Some(*pause),
            _ => None,
        })
    };
    down(&mut script);
    for _ in 0..5 {
        script.timer(Timer::Reconnect);
        down(&mut script);
    }
    script.out.clear();
    script.command(1, Command::Reconnect {});
    assert!(script.out.iter().any(|effect| matches!(effect, Effect::StopTimer(Timer::Reconnect))));
    assert_eq!(connects(&mut script), 1);
    assert_eq!(script.answer(1), Ok(Answer::Done {}));
    script.command(2, Command::Reconnect {});
    assert_eq!((connects(&mut script), script.answer(2)), (1, Ok(Answer::Done {})), "it tries already");
    script.out.clear();
    down(&mut script);
    assert_eq!(pause(&mut script), Some(250));
}

#[test]
fn a_client_that_does_not_come_back_by_itself_does_not_come_back_by_that_either() {
    let mut script = Script::online();
    script.down(Code::SessionReplaced);
    script.command(1, Command::Reconnect {});
    assert_eq!((script.refused(1), connects(&mut script)), (Code::NotLoggedIn, 0));
    let told = script.notices();
    let replaced = |notice: &Notice| matches!(notice, Notice::Connection { state: Connection::Replaced, .. });
    assert!(told.iter().any(replaced));
    let mut script = Script::new(Settings::default());
    script.load(Vec::new(), Vec::new());
    script.command(1, Command::Reconnect {});
    assert_eq!(script.refused(1), Code::NotLoggedIn);
}

#[test]
fn what_is_unread_is_told_where_it_is_not_what_the_messages_make_of_it() {
    let mut script = Script::online();
    let message = |seq| {
        let id = MessageId([seq; 16]);
        Shown { from: Some("bob".to_owned()), state: None, seq: Some(seq.into()), ..shown(id) }
    };
    let told = |script: &mut Script, unread, shown: Vec<Shown>| {
        let mut summary = summary(BOB, 5, 0);
        (summary.unread, summary.mentioned) = (unread, unread > 1);
        script.vault(VaultEvent::Received { summary, shown });
        let mut notices = script.notices();
        notices.retain(|notice| matches!(notice, Notice::Unread { .. }));
        notices
    };
    let unread = |unread, mentioned| vec![Notice::Unread { with: to_bob(), unread, mentioned }];
    assert!(told(&mut script, 2, vec![message(1), message(2)]).is_empty());
    assert_eq!(told(&mut script, 1, Vec::new()), unread(1, false), "one of them was deleted");
    assert_eq!(told(&mut script, 1, vec![message(3)]), unread(1, false), "it was read elsewhere");
    assert_eq!(told(&mut script, 0, Vec::new()), unread(0, false));
}
