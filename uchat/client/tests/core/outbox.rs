//! From a command to a message that the server has stored.

use crate::script::{BOB, ROOM, Script, bundle, logged_in, send, stored};
use uchat_client::core::{
    Answer, Command, DeliveryState, Effect, Keys, Notice, Queued, Timer, VaultEffect, VaultEvent, WhyNot,
    With,
};
use uchat_protocol::push::{FriendOnOffLine, LoginBundle, Push};
use uchat_protocol::reply::Reply;
use uchat_protocol::{Code, MessageId, Request, limits};

fn states(script: &mut Script, of: MessageId) -> Vec<DeliveryState> {
    let state = |notice: Notice| match notice {
        Notice::Delivery { id, state, .. } if id == of => Some(state),
        _ => None,
    };
    script.notices().into_iter().filter_map(state).collect()
}

pub(crate) fn back_online(script: &mut Script) {
    script.timer(Timer::Reconnect);
    script.out.clear();
    script.up();
    let (tag, _) = script.sent();
    script.reply(tag, Reply::LoginSuccessful(logged_in()));
    let tag = script.unlock_tag();
    script.vault(VaultEvent::Unlocked { tag, keys: Keys::Ready });
    script.push(Push::LoginBundle(bundle(0, 0)));
    script.know_room();
}

#[test]
fn a_message_goes_to_disk_is_sealed_sent_stored_delivered_and_read() {
    let mut script = Script::online();
    let id = script.command(1, send("hi"));
    assert!(!script.is_answered(1));
    script.queued(id, BOB);
    assert_eq!(script.answer(1), Ok(Answer::MessageId { message_id: id }));
    assert_eq!(script.model.pending_sends(), 1);
    assert_eq!(script.seal_asked(), Some(id));
    script.sealed(id);
    let (tag, sent) = script.message_sent();
    assert_eq!(sent, id);
    script.reply(tag, stored(1));
    assert_eq!(script.model.pending_sends(), 0);
    script.vault_asked(|effect| matches!(effect, VaultEffect::Stored { seq: 1, .. }).then_some(()));
    let moved = uchat_protocol::push::CursorMoved { user_id: 2, delivered: 1, read: 1 };
    script.push(Push::CursorMoved(moved));
    script.vault_asked(|effect| matches!(effect, VaultEffect::TheirCursor { user: 2, .. }).then_some(()));
    use DeliveryState::{Delivered, Queued, Read, Sent, Stored};
    for state in [Stored, Delivered, Stored, Read, Delivered] {
        script.vault(VaultEvent::States(vec![(id, state)]));
    }
    assert_eq!(states(&mut script, id), [Queued, Sent, Stored, Delivered, Read]);
}

#[test]
fn what_is_wrong_is_said_before_anything_is_queued() {
    let mut script = Script::online();
    let to = |to: With| Command::Send {
        to,
        text: "hi".to_owned(),
        fontsize: 0,
        fontcolor: String::new(),
        reply_to: None,
    };
    let colour = Command::Send {
        to: crate::script::to_bob(),
        text: "hi".to_owned(),
        fontsize: 0,
        fontcolor: "red".to_owned(),
        reply_to: None,
    };
    let cases = [
        (send(&"x".repeat(limits::TEXT + 1)), Code::TooLong),
        (send(""), Code::BadField),
        (colour, Code::BadField),
        (to(With::User("eve".to_owned())), Code::NotFriends),
        (to(With::User("Ann".to_owned())), Code::Yourself),
        (to(With::Room(6)), Code::NotInRoom),
    ];
    for (command, code) in cases {
        script.command(1, command);
        assert_eq!(script.refused(1), code);
    }
    assert!(script.out.is_empty());
    let mut nobody = Script::loaded();
    nobody.command(1, send("hi"));
    assert_eq!(nobody.refused(1), Code::NotLoggedIn);
}

#[test]
fn offline_messages_wait_and_go_out_in_order_after_the_log_in() {
    let mut script = Script::online();
    script.down(Code::Offline);
    let ids: Vec<MessageId> = (0..3).map(|n| script.say(n, "hi")).collect();
    assert_eq!(script.seal_asked(), None);
    back_online(&mut script);
    for id in ids {
        assert_eq!(script.seal_asked(), Some(id));
        assert_eq!(script.seal_asked(), None, "one after the other");
        script.sealed(id);
        assert_eq!(script.message_sent().1, id);
    }
}

#[test]
fn a_break_sends_everything_without_an_answer_again_in_the_old_order() {
    let mut script = Script::online();
    let ids: Vec<MessageId> = (0..3).map(|n| script.say(n, "hi")).collect();
    script.sealed(ids[0]);
    script.sealed(ids[1]);
    let (tag, _) = script.message_sent();
    script.reply(tag, stored(1));
    script.down(Code::Offline); // the second is on its way, the third is being sealed
    script.sealed(ids[2]);
    assert_eq!(script.model.pending_sends(), 2);
    back_online(&mut script);
    for id in &ids[1..] {
        assert_eq!(script.seal_asked(), Some(*id));
        script.sealed(*id);
        assert_eq!(script.message_sent().1, *id);
    }
    assert_eq!(states(&mut script, ids[1]), [], "sent is told once");
}

#[test]
fn the_window_is_never_exceeded() {
    let mut script = Script::online();
    let mut tags = Vec::new();
    for n in 0..100 {
        script.say(n, "hi");
        if let Some(id) = script.seal_asked() {
            script.sealed(id);
        }
        tags.extend(script.all_sent());
    }
    assert_eq!(tags.len(), limits::SEND_WINDOW);
    script.reply(tags[0].0, stored(1));
    assert!(script.seal_asked().is_some());
    assert_eq!(script.seal_asked(), None);
}

#[test]
fn a_refused_message_is_given_up_with_the_reason_and_can_be_tried_again() {
    let mut script = Script::online();
    let id = script.say(1, "hi");
    script.sealed(id);
    let (tag, _) = script.message_sent();
    script.refuse(tag, Code::NotFriends);
    script.vault_asked(|effect| {
        matches!(effect, VaultEffect::GiveUp { packages_refused: false, .. }).then_some(())
    });
    let failed = |notice: &Notice| {
        matches!(notice, Notice::Delivery { state: DeliveryState::Failed, code: Some("not_friends"), .. })
    };
    assert!(script.notices().iter().any(failed));
    assert_eq!(script.model.pending_sends(), 0);

    script.out.clear();
    script.command(2, Command::Retry { message_id: id });
    script.vault_asked(|effect| matches!(effect, VaultEffect::Retry { .. }).then_some(()));
    script.queued(id, BOB);
    assert_eq!(script.answer(2), Ok(Answer::Done {}));
    assert_eq!(script.seal_asked(), Some(id));
}

#[test]
fn a_friend_who_gets_keys_while_they_are_looked_for_in_vain_is_looked_up_once_more() {
    let mut script = Script::online();
    let id = MessageId([51; 16]);
    script.queued(id, BOB);
    assert_eq!(script.seal_asked(), Some(id));
    script.push(Push::FriendOnOffLine(FriendOnOffLine { online: true, user_id: 2, ip: None, port: None }));
    let asked_again = |effect: &Effect| matches!(effect, Effect::Vault(VaultEffect::MayHaveKeys(2)));
    assert!(script.out.iter().any(asked_again));
    let why = || WhyNot::Refused(Code::NoKeys, "bob has no keys yet".to_owned());
    script.vault(VaultEvent::NotSealed { id, why: why() });
    assert_eq!(script.seal_asked(), Some(id));
    script.vault(VaultEvent::NotSealed { id, why: why() });
    assert_eq!(script.seal_asked(), None, "and then it waits");
}

#[test]
fn missing_certificates_are_fetched_twice_then_the_message_waits_for_its_receiver() {
    let mut script = Script::online();
    let id = script.say(1, "hi");
    assert_eq!(script.seal_asked(), Some(id));
    for _ in 0..2 {
        script.vault(VaultEvent::NotSealed { id, why: WhyNot::Certificates(vec![2]) });
        let (tag, request) = script.sent();
        assert!(matches!(request, Request::CertificatesOf(asked) if asked.users == [2]));
        assert_eq!(script.seal_asked(), None);
        script.done(tag);
        assert_eq!(script.seal_asked(), Some(id));
    }
    script.vault(VaultEvent::NotSealed { id, why: WhyNot::Certificates(vec![2]) });
    assert!(script.all_sent().is_empty());
    let waits = |notice: &Notice| matches!(notice, Notice::Delivery { code: Some("no_keys"), .. });
    assert!(script.notices().iter().any(waits));
    assert_eq!(script.model.pending_sends(), 1);
    let online = FriendOnOffLine { online: true, user_id: 2, ip: None, port: None };
    script.push(Push::FriendOnOffLine(online));
    assert_eq!(script.seal_asked(), Some(id));
}

#[test]
fn a_message_that_turns_out_to_be_stored_leaves_its_lane() {
    let mut script = Script::online();
    let ids = [script.say(1, "one"), script.say(2, "two")];
    assert_eq!(script.seal_asked(), Some(ids[0]));
    script.vault(VaultEvent::Stored { id: ids[0], state: DeliveryState::Stored, seq: 1, time: 1 });
    script.vault(VaultEvent::NotSealed { id: ids[0], why: WhyNot::Stored });
    assert_eq!(script.seal_asked(), Some(ids[1]), "the next one goes on");
    assert_eq!(script.model.pending_sends(), 1);
    let gives_up = |effect: &Effect| matches!(effect, Effect::Vault(VaultEffect::GiveUp { .. }));
    assert!(!script.out.iter().any(gives_up));
}

#[test]
fn changed_keys_stop_a_message() {
    let mut script = Script::online();
    let id = script.say(1, "hi");
    script.vault(VaultEvent::KeyChanged { user: 2 });
    let why = WhyNot::Refused(Code::KeyChanged, "changed".to_owned());
    script.vault(VaultEvent::NotSealed { id, why });
    let notices = script.notices();
    assert!(notices.contains(&Notice::KeyChanged { username: "bob".to_owned() }));
    assert!(
        notices.iter().any(|notice| matches!(notice, Notice::Delivery { state: DeliveryState::Failed, .. }))
    );
}

#[test]
fn the_outbox_of_an_earlier_run_goes_out_and_what_had_failed_does_not() {
    let mut script = Script::loaded();
    let queued = |n: u8, failed| Queued { id: MessageId([n; 16]), conversation: BOB, failed, changes: None };
    script = {
        let mut fresh = Script::new(uchat_client::core::Settings { encrypted: true, ..Default::default() });
        fresh.load(Vec::new(), vec![queued(101, false), queued(102, true), queued(103, false)]);
        fresh.command(0, crate::script::login());
        fresh.let_in();
        drop(script);
        fresh
    };
    assert_eq!(script.seal_asked(), Some(MessageId([101; 16])));
    script.sealed(MessageId([101; 16]));
    assert_eq!(script.seal_asked(), Some(MessageId([103; 16])));
}

#[test]
fn a_vault_that_cannot_queue_refuses_the_command() {
    let mut script = Script::online();
    script.command(1, send("hi"));
    let tag = script.vault_asked(|effect| match effect {
        VaultEffect::Queue { tag, .. } => Some(*tag),
        _ => None,
    });
    script.vault(VaultEvent::Failed { tag, refusal: Code::NoSpace.into() });
    assert_eq!(script.refused(1), Code::NoSpace);
    assert_eq!(script.model.pending_sends(), 0);
}

/// A message to bob that begins a chain: its key package is on the wire, itself not yet.
pub(crate) fn packing(script: &mut Script) -> (MessageId, u64) {
    let id = script.say(1, "hi");
    assert_eq!(script.seal_asked(), Some(id));
    script.sealed_with(id, 1);
    let tag = script.package_sent();
    assert!(script.all_sent().is_empty(), "first the server must take the package");
    (id, tag)
}

#[test]
fn a_message_goes_out_when_its_key_package_was_taken() {
    let mut script = Script::online();
    let (id, tag) = packing(&mut script);
    let next = script.say(2, "and on");
    assert_eq!(script.seal_asked(), None, "the next one waits for its turn");
    script.done(tag);
    assert_eq!(script.message_sent().1, id);
    assert_eq!(script.seal_asked(), Some(next));
}

#[test]
fn a_message_whose_key_package_is_refused_fails_and_is_never_sent() {
    let mut script = Script::online();
    let (id, tag) = packing(&mut script);
    let next = script.say(2, "and on");
    script.refuse(tag, Code::BadKeyPackage);
    let given_up = script.vault_asked(|effect| match effect {
        VaultEffect::GiveUp { id, refusal, packages_refused } => Some((*id, refusal.code, *packages_refused)),
        _ => None,
    });
    assert_eq!(given_up, (id, Code::BadKeyPackage, true));
    assert_eq!(states(&mut script, id).last(), Some(&DeliveryState::Failed));
    assert!(script.all_sent().is_empty());
    assert_eq!(script.seal_asked(), Some(next), "it is sealed anew, by then under another chain");
    assert_eq!(script.model.pending_sends(), 1);
}

#[test]
fn a_room_message_is_sealed_only_when_everything_that_happened_there_is_here() {
    let mut script = Script::loaded();
    script.command(0, crate::script::login());
    script.up();
    let (tag, _) = script.sent();
    script.reply(tag, Reply::LoginSuccessful(crate::script::logged_in()));
    let tag = script.unlock_tag();
    script.vault(VaultEvent::Unlocked { tag, keys: Keys::Ready });
    script.push(Push::LoginBundle(crate::script::bundle(0, 3))); // three lines that we have not seen
    let (in_room, to_bob) = (MessageId([90; 16]), MessageId([91; 16]));
    script.queued(in_room, ROOM);
    script.queued(to_bob, BOB);
    assert_eq!(script.seal_asked(), Some(to_bob), "between friends nobody comes or goes");
    script.know_room();
    assert_eq!(script.seal_asked(), None);
    let (tag, _) = script.sent_as(|request| matches!(request, Request::FetchHistory(_)));
    let messages = (1..=3).map(crate::script::from_bob).collect();
    let history = uchat_protocol::reply::History { target_type: 1, target_id: 5, messages, more: false };
    script.reply(tag, Reply::ChatHistory(history));
    let order = script.out.iter().filter_map(|effect| match effect {
        Effect::Vault(VaultEffect::Members { .. }) => Some("members"),
        Effect::Vault(VaultEffect::Receive { .. }) => Some("history"),
        Effect::Vault(VaultEffect::Seal(id)) if *id == in_room => Some("seal"),
        _ => None,
    });
    assert_eq!(order.collect::<Vec<_>>(), ["members", "history", "seal"]);
}

#[test]
fn the_room_that_a_message_waits_for_is_asked_for_first() {
    let mut script = Script::loaded();
    script.command(0, crate::script::login());
    script.queued(MessageId([90; 16]), uchat_protocol::Conversation::Room(900));
    script.up();
    let (tag, _) = script.sent();
    script.reply(tag, Reply::LoginSuccessful(crate::script::logged_in()));
    let tag = script.unlock_tag();
    script.vault(VaultEvent::Unlocked { tag, keys: Keys::Ready });
    let rooms = (1..=900).map(|id| crate::script::room(id, &format!("r{id}"), 1)).collect();
    script.push(Push::LoginBundle(LoginBundle { rooms, ..LoginBundle::default() }));
    let asks = |request: &Request| matches!(request, Request::QueryRoomUsers(query) if query.room_id == 900);
    script.sent_as(asks);
    let fetches =
        |request: &Request| matches!(request, Request::FetchHistory(fetch) if fetch.target_id == 900);
    script.sent_as(fetches);
}
