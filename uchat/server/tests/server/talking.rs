//! Two people talk: presence, messages, answers in order, and what comes while one is away.

use crate::common::{Client, PASSWORD, Running, config};
use framing::Value;
use uchat_protocol::content::Kind;
use uchat_protocol::reply::Done;
use uchat_protocol::{Content, Envelope, MessageId, Push, Reply, Request, request};
use uchat_server::Config;

/// A server on which everybody is a friend of `amy`, who is user 1.
fn server() -> (tempfile::TempDir, Running) {
    let folder = tempfile::tempdir().unwrap();
    let config = Config { welcome: Some("amy".to_owned()), ..config(folder.path()) };
    let running = Running::start(config).unwrap();
    (folder, running)
}

fn message(to: u64, text: &str) -> request::SendMessage {
    let content = Content {
        kind: Kind::Text,
        data: text.to_owned(),
        fontsize: 12,
        fontcolor: "#000000".to_owned(),
        reply_to: None,
        file: None,
    };
    let mut id = [0; 16];
    id[..text.len().min(16)].copy_from_slice(&text.as_bytes()[..text.len().min(16)]);
    request::SendMessage {
        target_type: 0,
        target_id: to,
        message: Envelope::Plain(content),
        id: Some(MessageId(id)),
    }
}

fn text(push: &Push) -> Option<(u64, String)> {
    match push {
        Push::OnNewMessage(new) => match &new.message {
            Envelope::Plain(content) => Some((new.seq, content.data.clone())),
            _ => None,
        },
        _ => None,
    }
}

fn next_text(client: &mut Client) -> (u64, String) {
    loop {
        if let Some(found) = text(&client.push().unwrap()) {
            return found;
        }
    }
}

#[test]
fn messages_are_acknowledged_and_arrive_in_their_order_among_other_requests() {
    let (_folder, running) = server();
    let (mut amy, me) = running.user("amy");
    let (mut bob, _) = running.user("bob");
    for number in 0..200_u64 {
        bob.send(message(me.id, &format!("m{number}")));
        if number % 50 == 0 {
            bob.send(Request::ClientEcho(Value::Int(number)));
        }
    }
    for number in 0..200_u64 {
        let Reply::Done(Done { seq, .. }) = bob.answer().unwrap() else { panic!("not done: {number}") };
        assert_eq!(seq, Some(number + 1));
        if number % 50 == 0 {
            assert_eq!(bob.answer().unwrap(), Reply::ServerEcho(Value::Int(number)));
        }
    }
    for number in 0..200_u64 {
        assert_eq!(next_text(&mut amy), (number + 1, format!("m{number}")));
    }
    // The same once more is acknowledged, and said to nobody.
    let Reply::Done(Done { seq, .. }) = bob.ask(message(me.id, "m7")) else { panic!("not done") };
    assert_eq!(seq, Some(8));
    bob.ask(message(me.id, "last"));
    assert_eq!(next_text(&mut amy), (201, "last".to_owned()));
    running.stop();
}

#[test]
fn friends_see_each_other_come_and_go() {
    let (_folder, running) = server();
    let (mut amy, _) = running.user("amy");
    let (bob, bobs) = running.user("bob");
    let online = |amy: &mut Client| loop {
        if let Push::FriendOnOffLine(push) = amy.push().unwrap() {
            assert_eq!(push.user_id, bobs.id);
            return push.online;
        }
    };
    assert!(online(&mut amy));
    drop(bob);
    assert!(!online(&mut amy));
    let mut bob = running.client();
    bob.send(request::Login { user_name: "bob".to_owned(), password: PASSWORD.to_owned() });
    bob.answer().unwrap();
    let Push::LoginBundle(bundle) = bob.push().unwrap() else { panic!("no bundle") };
    assert_eq!((bundle.friends.len(), bundle.friends[0].online), (1, true));
    assert!(online(&mut amy));
    running.stop();
}

#[test]
fn friends_who_are_there_see_an_address_only_as_long_as_it_is_shown() {
    let (_folder, running) = server();
    let (mut amy, _) = running.user("amy");
    let (mut bob, bobs) = running.user("bob");
    let mut address = || loop {
        if let Push::FriendOnOffLine(push) = amy.push().unwrap() {
            assert_eq!((push.user_id, push.online, push.ip.is_some()), (bobs.id, true, push.port.is_some()));
            return push.ip;
        }
    };
    assert_eq!(address().as_deref(), Some("127.0.0.1"));
    for share in [false, true] {
        let profile = request::SetProfile {
            email: None,
            sex: None,
            age: None,
            share_address: Some(share),
            share_read: None,
        };
        // The second time nothing changes, and nobody is told anything.
        for _ in 0..2 {
            bob.ask(profile.clone()).granted().unwrap();
        }
        assert_eq!(address().is_some(), share);
    }
    running.stop();
}
