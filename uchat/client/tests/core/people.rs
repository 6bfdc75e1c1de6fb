//! Friends, rooms, the contact list, looking things up.

use crate::script::{BOB, ROOM, Script, bundle, friend, summary, to_bob};
use uchat_client::core::{
    Answer, Command, Effect, FriendAnswer, Notice, VaultEffect, VaultEvent, WhyNot, With,
};
use uchat_protocol::push::{ContactInfo, DelInfo, FriendInfo, LoginBundle, Person, Push, TypingIn};
use uchat_protocol::reply::{Done, FriendResult, Reply};
use uchat_protocol::{Code, MessageId, Request};

fn contacts(script: &mut Script) -> Vec<String> {
    script.command(99, Command::Contacts {});
    match script.answer(99) {
        Ok(Answer::Contacts { contacts }) => {
            contacts.into_iter().filter_map(|contact| contact.user.or(contact.room)).collect()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn contacts_stand_in_order_those_who_are_there_first_then_the_latest_message() {
    let mut script = Script::online();
    let mut away = friend(3, "away", 0);
    (away.online, away.last_time) = (false, 900);
    let mut late = friend(4, "late", 0);
    late.last_time = 500;
    for friend in [away, late] {
        script.push(Push::ContactInfo(ContactInfo { friend: Some(friend), room: None }));
    }
    script.vault(VaultEvent::Received { summary: summary(BOB, 100, 0), shown: Vec::new() });
    script.vault(VaultEvent::Received { summary: summary(ROOM, 200, 0), shown: Vec::new() });
    assert_eq!(contacts(&mut script), ["late", "room", "bob", "away"]);
}

#[test]
fn a_friend_request_is_told_and_later_hides_it_in_this_run_only() {
    let mut script = Script::online();
    script.push(Push::IncomingFriendRequest(Person { id: 9, name: "eve".to_owned() }));
    let asks = Notice::FriendRequest { username: "eve".to_owned() };
    assert!(script.notices().contains(&asks));
    let answer = |answer| Command::AnswerFriend { username: "eve".to_owned(), answer };
    script.command(1, answer(FriendAnswer::Later));
    assert_eq!(script.answer(1), Ok(Answer::Done {}));
    assert!(script.all_sent().is_empty());
    let requests = vec![Person { id: 9, name: "eve".to_owned() }];
    script.push(Push::LoginBundle(LoginBundle { requests, ..bundle(0, 0) }));
    assert!(!script.notices().contains(&asks));
    script.command(2, answer(FriendAnswer::Accept));
    let (tag, _) = script.sent_as(
        |request| matches!(request, Request::ResolveFriendRequest(answer) if answer.user_id == 9 && answer.accept),
    );
    script.done(tag);
    assert_eq!(script.answer(2), Ok(Answer::Done {}));
    script.command(3, answer(FriendAnswer::Decline));
    assert_eq!(script.refused(3), Code::NoSuchRequest);
}

#[test]
fn adding_a_friend_says_what_the_server_says() {
    let mut script = Script::online();
    script.command(1, Command::AddFriend { username: "eve".to_owned() });
    let (tag, _) = script.sent();
    let code = Some(Code::NoSuchUser);
    script.reply(tag, Reply::AddFriendResult(FriendResult { ok: false, text: "no".to_owned(), code }));
    assert_eq!(script.refused(1), Code::NoSuchUser);
    script.command(2, Command::AddFriend { username: "bob".to_owned() });
    assert_eq!(script.refused(2), Code::AlreadyFriends);
    script.command(3, Command::AddFriend { username: "ann".to_owned() });
    assert_eq!(script.refused(3), Code::Yourself);
}

#[test]
fn a_friend_who_is_gone_is_told_and_the_history_stays() {
    let mut script = Script::online();
    script.push(Push::DelInfo(DelInfo { target_type: 0, target_id: 2 }));
    assert!(script.notices().contains(&Notice::FriendDeleted { username: "bob".to_owned() }));
    script.vault_asked(|effect| matches!(effect, VaultEffect::Gone(BOB)).then_some(()));
    assert_eq!(contacts(&mut script), ["room"]);
    script.command(1, Command::History { with: to_bob(), before: None, limit: Some(9999), search: None });
    let (tag, limit) = script.vault_asked(|effect| match effect {
        VaultEffect::History { tag, limit, conversation: BOB, .. } => Some((*tag, *limit)),
        _ => None,
    });
    assert_eq!(limit, 500);
    script.vault(VaultEvent::History { tag, messages: Vec::new() });
    assert_eq!(script.answer(1), Ok(Answer::Messages { messages: Vec::new() }));
}

#[test]
fn history_and_contacts_are_there_without_a_connection() {
    let mut script = Script::online();
    script.down(Code::Offline);
    assert_eq!(contacts(&mut script), ["room", "bob"]);
    script.command(1, Command::History { with: With::Room(5), before: None, limit: None, search: None });
    script.vault_asked(|effect| matches!(effect, VaultEffect::History { limit: 50, .. }).then_some(()));
}

#[test]
fn members_are_named_and_can_be_removed_by_name() {
    let mut script = Script::online();
    script.command(1, Command::Members { room: 5 });
    script.know_room();
    let Ok(Answer::Members { members }) = script.answer(1) else { panic!("no members") };
    assert_eq!(members.iter().map(|member| member.name.as_str()).collect::<Vec<_>>(), ["ann", "bob", "eve"]);
    script.command(2, Command::RemoveMember { room: 5, username: "Eve".to_owned() });
    script.know_room();
    let (tag, _) =
        script.sent_as(|request| matches!(request, Request::RemoveMember(member) if member.user_id == 3));
    script.done(tag);
    assert_eq!(script.answer(2), Ok(Answer::Done {}));
    script.command(3, Command::HandOver { room: 5, username: "zoe".to_owned() });
    script.know_room();
    assert_eq!(script.refused(3), Code::NotMember);
    script.command(4, Command::Members { room: 6 });
    assert_eq!(script.refused(4), Code::NotInRoom);
}

#[test]
fn a_message_into_a_room_whose_members_are_not_known_waits_for_them() {
    let mut script = Script::online();
    let id = MessageId([50; 16]);
    script.queued(id, ROOM);
    assert_eq!(script.seal_asked(), Some(id));
    let why = WhyNot::Refused(Code::NoKeys, "who is in the room is not known yet".to_owned());
    script.vault(VaultEvent::NotSealed { id, why });
    assert_eq!(script.seal_asked(), None);
    script.command(1, Command::Members { room: 5 });
    script.know_room();
    assert_eq!(script.seal_asked(), Some(id));
}

#[test]
fn a_new_room_answers_its_number() {
    let mut script = Script::online();
    script.command(1, Command::CreateRoom { name: "x".repeat(33) });
    assert_eq!(script.refused(1), Code::BadRoomName);
    script.command(2, Command::CreateRoom { name: "new".to_owned() });
    let (tag, _) = script.sent();
    script.reply(tag, Reply::Done(Done { room_id: Some(6), ..Done::default() }));
    assert_eq!(script.answer(2), Ok(Answer::Room { room: 6 }));
}

#[test]
fn typing_is_shown_with_a_name_or_not_at_all() {
    let mut script = Script::online();
    let push = |user_id, target_type, target_id| Push::TypingIn(TypingIn { target_type, target_id, user_id });
    script.push(push(3, 1, 5));
    script.push(push(4, 1, 5));
    script.push(push(2, 0, 1));
    let expected = [
        Notice::Typing { username: "eve".to_owned(), with: With::Room(5) },
        Notice::Typing { username: "bob".to_owned(), with: to_bob() },
    ];
    assert_eq!(script.notices(), expected);
}

#[test]
fn safety_numbers_are_for_friends_and_fellow_members() {
    let mut script = Script::online();
    for name in ["bob", "eve"] {
        script.command(1, Command::SafetyNumber { username: name.to_owned() });
        let tag = script.vault_asked(|effect| match effect {
            VaultEffect::SafetyNumber { tag, .. } => Some(*tag),
            _ => None,
        });
        script.vault(VaultEvent::Words { tag, words: vec!["word".to_owned(); 16] });
        assert!(matches!(script.answer(1), Ok(Answer::Words { words }) if words.len() == 16));
    }
    script.command(2, Command::SafetyNumber { username: "zoe".to_owned() });
    assert_eq!(script.refused(2), Code::NoSuchUser);
}

#[test]
fn what_comes_before_the_log_in_does_not_count() {
    let mut script = Script::loaded();
    script.command(0, crate::script::login());
    script.up();
    script.out.clear();
    script.push(Push::LoginBundle(bundle(5, 5)));
    script.push(Push::IncomingFriendRequest(Person { id: 9, name: "eve".to_owned() }));
    assert!(script.out.is_empty());
}

#[test]
fn a_log_in_costs_the_vault_one_effect_however_many_friends_there_are() {
    let mut script = Script::online();
    let read = |id| FriendInfo { their_delivered: 5, their_read: 4, ..friend(id, &format!("f{id}"), 0) };
    let friends: Vec<FriendInfo> = (2..1002).map(read).collect();
    script.push(Push::LoginBundle(LoginBundle { friends, ..LoginBundle::default() }));
    let vault = script.out.iter().filter(|effect| matches!(effect, Effect::Vault(_))).count();
    assert_eq!(vault, 2, "all contacts, and the room that is gone");
    let cursors = script.vault_asked(|effect| match effect {
        VaultEffect::Contacts { cursors, .. } => Some(cursors.len()),
        _ => None,
    });
    assert_eq!(cursors, 1000);
}

#[test]
fn who_is_in_a_room_is_asked_again_where_the_server_puts_it_off() {
    let mut script = Script::loaded();
    script.command(0, crate::script::login());
    script.up();
    let (tag, _) = script.sent();
    script.reply(tag, Reply::LoginSuccessful(crate::script::logged_in()));
    script.push(Push::LoginBundle(bundle(0, 0)));
    let asks = |request: &Request| matches!(request, Request::QueryRoomUsers(query) if query.room_id == 5);
    let (tag, _) = script.sent_as(asks);
    script.refuse(tag, Code::TooManyRequests);
    assert!(script.all_sent().is_empty(), "not at once");
    script.now += 60_000;
    script.timer(uchat_client::core::Timer::Later);
    script.sent_as(asks);
}

#[test]
fn who_is_in_a_room_is_asked_again_where_the_vault_could_not_store_it() {
    let mut script = Script::online();
    script.vault(VaultEvent::MembersNotKept { room: 5 });
    let asks = |request: &Request| matches!(request, Request::QueryRoomUsers(query) if query.room_id == 5);
    assert!(script.all_sent().is_empty(), "not at once: the disk may be full");
    script.now += 5000;
    script.timer(uchat_client::core::Timer::Later);
    script.sent_as(asks);
    script.vault(VaultEvent::MembersNotKept { room: 9 });
    script.now += 5000;
    script.timer(uchat_client::core::Timer::Later);
    assert!(script.all_sent().is_empty(), "nobody is in a room that is not ours");
}
