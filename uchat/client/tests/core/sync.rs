//! From the server to the vault: each message once, in order, without a gap.

use crate::script::{BOB, ROOM, Script, bundle, friend, from_bob, login, room, shown, summary};
use uchat_client::core::{Keys, Notice, VaultEffect, VaultEvent};
use uchat_protocol::push::{ContactInfo, LoginBundle, Push};
use uchat_protocol::reply::{History, Reply};
use uchat_protocol::request::{FetchHistory, SetCursor};
use uchat_protocol::{Code, KeyId, MessageId, Request};

fn fetch(script: &mut Script) -> (u64, FetchHistory) {
    match script.sent_as(|request| matches!(request, Request::FetchHistory(_))) {
        (tag, Request::FetchHistory(fetch)) => (tag, fetch),
        _ => unreachable!(),
    }
}

fn cursor(script: &mut Script) -> (u64, SetCursor) {
    match script.sent_as(|request| matches!(request, Request::SetCursor(_))) {
        (tag, Request::SetCursor(cursor)) => (tag, cursor),
        _ => unreachable!(),
    }
}

fn page(seqs: impl IntoIterator<Item = u64>, more: bool) -> Reply {
    let messages = seqs.into_iter().map(from_bob).collect();
    Reply::ChatHistory(History { target_type: 0, target_id: 2, messages, more })
}

#[test]
fn messages_that_follow_go_to_the_vault_at_once_and_repetitions_nowhere() {
    let mut script = Script::online();
    for seq in [1, 2, 2, 1, 3] {
        script.push(Push::OnNewMessage(from_bob(seq)));
    }
    for seq in 1..=3 {
        assert_eq!(script.received(), Some((BOB, vec![seq])));
    }
    assert_eq!(script.received(), None);
    assert!(script.all_sent().is_empty());
}

#[test]
fn a_gap_is_filled_page_by_page_and_what_comes_meanwhile_is_fetched_as_well() {
    let mut script = Script::online();
    script.push(Push::OnNewMessage(from_bob(5)));
    assert_eq!(script.received(), None);
    let (tag, asked) = fetch(&mut script);
    assert_eq!((asked.after, asked.before), (Some(0), None));
    script.push(Push::OnNewMessage(from_bob(6)));
    assert!(script.all_sent().is_empty(), "one page at a time");
    script.reply(tag, page(1..=3, true));
    assert_eq!(script.received(), Some((BOB, vec![1, 2, 3])));
    let (tag, asked) = fetch(&mut script);
    assert_eq!(asked.after, Some(3));
    script.push(Push::OnNewMessage(from_bob(7)));
    script.reply(tag, page(4..=6, false));
    assert_eq!(script.received(), Some((BOB, vec![4, 5, 6])));
    let (tag, asked) = fetch(&mut script);
    assert_eq!(asked.after, Some(6), "7 has come after the page was asked for");
    script.reply(tag, page([7], false));
    assert_eq!(script.received(), Some((BOB, vec![7])));
    script.push(Push::OnNewMessage(from_bob(8)));
    assert_eq!(script.received(), Some((BOB, vec![8])));
}

#[test]
fn after_a_log_in_four_conversations_are_fetched_at_once() {
    let mut script = Script::loaded();
    script.command(0, login());
    script.up();
    let (tag, _) = script.sent();
    script.reply(tag, Reply::LoginSuccessful(crate::script::logged_in()));
    let tag = script.unlock_tag();
    script.vault(VaultEvent::Unlocked { tag, keys: Keys::Ready });
    let friends = (2..12).map(|id| friend(id, &format!("f{id}"), 3)).collect();
    script.push(Push::LoginBundle(LoginBundle { friends, ..LoginBundle::default() }));
    let sent = script.all_sent();
    assert_eq!(sent.len(), 4);
    for (tag, request) in sent {
        let Request::FetchHistory(asked) = request else { panic!("{request:?}") };
        let history = History {
            target_type: 0,
            target_id: asked.target_id,
            messages: (1..=3).map(from_bob).collect(),
            more: false,
        };
        script.reply(tag, Reply::ChatHistory(history));
    }
    assert_eq!(script.all_sent().len(), 4);
}

#[test]
fn a_server_that_promises_more_than_it_gives_is_not_asked_for_ever() {
    let mut script = Script::online();
    script.push(Push::OnNewMessage(from_bob(u64::MAX - 1)));
    let (tag, _) = fetch(&mut script);
    script.reply(tag, page([], true));
    assert!(script.all_sent().is_empty());

    let mut script = Script::online();
    script.push(Push::OnNewMessage(from_bob(9)));
    let (tag, _) = fetch(&mut script);
    script.reply(tag, page([3, 2, 3, 5], true));
    assert_eq!(script.received(), Some((BOB, vec![3, 5])));
    assert_eq!(fetch(&mut script).1.after, Some(5));
}

#[test]
fn what_the_server_puts_off_is_asked_for_later() {
    let mut script = Script::online();
    script.push(Push::OnNewMessage(from_bob(3)));
    let (tag, _) = fetch(&mut script);
    script.refuse(tag, Code::TooManyRequests);
    assert!(script.all_sent().is_empty());
    script.later();
    assert_eq!(fetch(&mut script).1.after, Some(0));
}

#[test]
fn history_of_a_room_begins_with_our_joining() {
    let mut script = Script::online();
    let joined = uchat_protocol::push::RoomInfo { joined_seq: 40, ..room(8, "late", 42) };
    script.push(Push::ContactInfo(ContactInfo { friend: None, room: Some(joined) }));
    let (_, asked) = fetch(&mut script);
    assert_eq!((asked.target_type, asked.target_id, asked.after), (1, 8, Some(39)));
    script.sent_as(|request| matches!(request, Request::QueryRoomUsers(query) if query.room_id == 8));
}

#[test]
fn cursors_are_told_one_at_a_time_and_the_newest_wins() {
    let mut script = Script::online();
    script
        .vault(VaultEvent::Received { summary: summary(BOB, 1, 0), shown: vec![shown(MessageId([1; 16]))] });
    assert!(matches!(script.notices().as_slice(), [Notice::Message(_)]));
    let (tag, told) = cursor(&mut script);
    assert_eq!((told.target_type, told.target_id, told.delivered, told.read), (0, 2, 1, 0));
    script.vault(VaultEvent::Received { summary: summary(BOB, 2, 0), shown: Vec::new() });
    script.vault(VaultEvent::Received { summary: summary(BOB, 3, 3), shown: Vec::new() });
    assert!(script.all_sent().is_empty());
    script.done(tag);
    let (tag, told) = cursor(&mut script);
    assert_eq!((told.delivered, told.read), (3, 3));
    script.refuse(tag, Code::NotFriends);
    assert!(script.all_sent().is_empty(), "what is refused is not said again and again");
}

#[test]
fn a_cursor_that_the_server_puts_off_is_told_later() {
    let mut script = Script::online();
    script.vault(VaultEvent::Received { summary: summary(BOB, 1, 0), shown: Vec::new() });
    let (tag, _) = cursor(&mut script);
    script.refuse(tag, Code::ServerError);
    script.vault(VaultEvent::Received { summary: summary(BOB, 2, 0), shown: Vec::new() });
    assert!(script.all_sent().is_empty(), "not at once");
    script.later();
    assert_eq!(cursor(&mut script).1.delivered, 2);
}

#[test]
fn a_message_of_an_unknown_conversation_waits_on_the_server() {
    let mut script = Script::online();
    let stranger = uchat_protocol::push::NewMessage { sender_id: 99, ..from_bob(1) };
    script.push(Push::OnNewMessage(stranger));
    assert!(script.out.is_empty());
    script.push(Push::ContactInfo(ContactInfo { friend: Some(friend(99, "new", 1)), room: None }));
    assert_eq!(fetch(&mut script).1.target_id, 99);
}

#[test]
fn a_new_connection_fetches_what_the_vault_does_not_have_yet() {
    let mut script = Script::online();
    script.push(Push::OnNewMessage(from_bob(1)));
    script.push(Push::OnNewMessage(from_bob(2)));
    script.vault(VaultEvent::Received { summary: summary(BOB, 1, 0), shown: Vec::new() });
    script.down(Code::Offline);
    script.timer(uchat_client::core::Timer::Reconnect);
    script.out.clear();
    script.up();
    let (tag, _) = script.sent();
    script.reply(tag, Reply::LoginSuccessful(crate::script::logged_in()));
    script.push(Push::LoginBundle(bundle(2, 0)));
    assert_eq!(fetch(&mut script).1.after, Some(1));
}

#[test]
fn missing_packages_and_certificates_are_asked_for_together_sixty_four_at_a_time() {
    let mut script = Script::online();
    script.vault(VaultEvent::NeedCertificates((0..100).collect()));
    script.vault(VaultEvent::NeedCertificates((50..100).collect()));
    let (tag, request) = script.sent();
    assert!(matches!(request, Request::CertificatesOf(asked) if asked.users == (0..64).collect::<Vec<_>>()));
    assert!(script.all_sent().is_empty());
    script.done(tag);
    let asked = script.vault_asked(|effect| match effect {
        VaultEffect::Certificates { asked, .. } => Some(asked.len()),
        _ => None,
    });
    assert_eq!(asked, 64);
    let (_, request) = script.sent();
    assert!(
        matches!(request, Request::CertificatesOf(asked) if asked.users == (64..100).collect::<Vec<_>>())
    );

    script.vault(VaultEvent::NeedPackages(vec![(2, KeyId([1; 16])); 3]));
    let (tag, request) = script.sent();
    assert!(matches!(request, Request::FetchKeyPackages(asked) if asked.keys.len() == 1));
    script.down(Code::Offline);
    script.reply(tag, Reply::Done(Default::default()));
    script.out.clear();
    script.timer(uchat_client::core::Timer::Reconnect);
    script.up();
    let (tag, _) = script.sent();
    script.reply(tag, Reply::LoginSuccessful(crate::script::logged_in()));
    script.push(Push::LoginBundle(bundle(0, 0)));
    script.sent_as(|request| matches!(request, Request::FetchKeyPackages(_)));
}

#[test]
fn missing_keys_are_asked_for_again_where_the_server_puts_it_off() {
    let asks =
        |request: &Request| matches!(request, Request::CertificatesOf(_) | Request::FetchKeyPackages(_));
    for need in [VaultEvent::NeedCertificates(vec![2]), VaultEvent::NeedPackages(vec![(2, KeyId([1; 16]))])] {
        let mut script = Script::online();
        script.vault(need);
        let (tag, _) = script.sent_as(asks);
        script.refuse(tag, Code::TooManyRequests);
        assert!(script.all_sent().is_empty(), "not at once");
        script.now += 60_000;
        script.timer(uchat_client::core::Timer::Later);
        script.sent_as(asks);
    }
}

#[test]
fn the_room_is_another_conversation_than_the_friend() {
    let mut script = Script::online();
    let in_room = uchat_protocol::push::NewMessage { target_type: 1, target_id: 5, ..from_bob(1) };
    script.push(Push::OnNewMessage(in_room));
    assert_eq!(script.received(), Some((ROOM, vec![1])));
}

#[test]
fn what_the_vault_could_not_store_is_fetched_again_and_nothing_is_jumped_over() {
    let mut script = Script::online();
    for seq in 1..=3 {
        script.push(Push::OnNewMessage(from_bob(seq)));
    }
    script.push(Push::OnNewMessage(from_bob(9)));
    let (late, _) = fetch(&mut script);
    script.vault(VaultEvent::NotReceived { conversation: BOB, have: 1 }); // 2, and 3 behind it
    script.vault(VaultEvent::NotReceived { conversation: BOB, have: 1 });
    script.out.clear();
    script.reply(late, page(4..=9, false));
    assert_eq!(script.received(), None, "a page that follows on what is not there");
    assert!(script.all_sent().is_empty(), "not at once: the disk may be full");
    script.now += 5000;
    script.timer(uchat_client::core::Timer::Later);
    let (tag, asked) = fetch(&mut script);
    assert_eq!(asked.after, Some(1));
    script.reply(tag, page(2..=9, false));
    assert_eq!(script.received(), Some((BOB, (2..=9).collect())));
}
