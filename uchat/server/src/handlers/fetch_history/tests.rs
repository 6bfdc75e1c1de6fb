use super::*;
use crate::handlers::send_message;
use crate::handlers::tests::people::{People, code, packet, refused, signed};
use uchat_protocol::request::SendMessage;
use uchat_protocol::{Envelope, MessageId};

fn say(people: &People, user: u64, target_type: u8, target_id: u64, message: Envelope) {
    let id = Some(MessageId([people.count("chat_history") as u8; 16]));
    let request = SendMessage { target_type, target_id, message, id };
    people.ask(user, |tx, caller, out| send_message::handle(tx, caller, request, out)).0.unwrap();
}

fn after(target_id: u64, seq: u64, limit: u32) -> FetchHistory {
    FetchHistory { target_type: 0, target_id, after: Some(seq), before: None, limit }
}

fn before(target_id: u64, seq: u64, limit: u32) -> FetchHistory {
    FetchHistory { after: None, before: Some(seq), ..after(target_id, 0, limit) }
}

fn in_room(request: FetchHistory) -> FetchHistory {
    FetchHistory { target_type: 1, ..request }
}

fn fetch(people: &People, user: u64, request: FetchHistory) -> Handled {
    people.ask(user, |tx, caller, out| handle(tx, caller, request, out)).0
}

/// The numbers of the messages, and whether there are more.
fn seqs(people: &People, user: u64, request: FetchHistory) -> (Vec<u64>, bool) {
    let Ok(Reply::ChatHistory(history)) = fetch(people, user, request) else { panic!("no history") };
    (history.messages.iter().map(|message| message.seq).collect(), history.more)
}

fn talk(count: usize) -> People {
    let people = People::two_friends();
    for _ in 0..count {
        say(&people, 1, 0, 2, packet(10));
    }
    people
}

#[test]
fn windows_go_both_ways_and_are_ascending() {
    let people = talk(5);
    for (request, seqs_expected, more) in [
        (after(1, 0, 2), vec![1, 2], true),
        (after(1, 2, 2), vec![3, 4], true),
        (after(1, 4, 2), vec![5], false),
        (after(1, 3, 2), vec![4, 5], false),
        (after(1, 5, 2), vec![], false),
        (after(1, u64::MAX, 2), vec![], false),
        (before(1, u64::MAX, 2), vec![4, 5], true),
        (before(1, 4, 2), vec![2, 3], true),
        (before(1, 3, 2), vec![1, 2], false),
        (before(1, 1, 2), vec![], false),
        (before(1, 0, 2), vec![], false),
        (before(1, 6, 500), vec![1, 2, 3, 4, 5], false),
    ] {
        assert_eq!(seqs(&people, 2, request.clone()), (seqs_expected, more), "{request:?}");
    }
}

#[test]
fn a_message_comes_back_as_it_was_told() {
    let people = talk(1);
    let Ok(Reply::ChatHistory(history)) = fetch(&people, 2, after(1, 0, 1)) else { panic!() };
    assert_eq!((history.target_type, history.target_id), (0, 1));
    let [message] = &history.messages[..] else { panic!("{history:?}") };
    assert_eq!((message.sender_id, message.sender_name.as_str()), (1, "ann"));
    assert_eq!((message.target_type, message.target_id), (0, 2));
    assert_eq!((message.time, message.id), (1000, Some(MessageId([0; 16]))));
    assert_eq!(message.message, packet(10));
}

#[test]
fn an_answer_has_no_more_bytes_than_it_may_but_at_least_one_message() {
    let people = People::two_friends();
    for _ in 0..5 {
        say(&people, 1, 0, 2, packet(limits::PACKET));
    }
    assert_eq!(seqs(&people, 2, after(1, 0, 500)), (vec![1, 2, 3], true));
    assert_eq!(seqs(&people, 2, before(1, 6, 500)), (vec![3, 4, 5], true));
    assert_eq!(seqs(&people, 2, after(1, 3, 500)), (vec![4, 5], false));
    let reply = fetch(&people, 2, after(1, 0, 500)).unwrap();
    assert!(reply.to_message().unwrap().to_bytes().unwrap().len() <= limits::HISTORY_BYTES);

    // What an older version has stored may be longer than everything.
    let data = crate::store::messages::encode(&packet(limits::HISTORY_BYTES)).unwrap();
    people.db.execute("UPDATE chat_history SET data = ?1 WHERE seq = 1", [data]).unwrap();
    assert_eq!(seqs(&people, 2, after(1, 0, 500)), (vec![1], true));
}

#[test]
fn many_small_messages_fit_into_the_bytes_of_an_answer_as_well() {
    let people = People::two_friends();
    let long_name = "\u{20000}".repeat(8);
    people.db.execute("UPDATE users SET username = ?1 WHERE id = 1", [long_name]).unwrap();
    for _ in 0..500 {
        people.db.execute("UPDATE chat_history SET message_id = randomblob(16)", []).unwrap();
        say(&people, 1, 0, 2, packet(limits::HISTORY_BYTES / 500));
    }
    let reply = fetch(&people, 2, after(1, 0, 500)).unwrap();
    assert!(reply.to_message().unwrap().to_bytes().unwrap().len() <= limits::HISTORY_BYTES);
}

#[test]
fn what_was_said_stays_readable_for_both_when_the_friendship_ends() {
    let people = talk(2);
    people.unfriend(1, 2);
    people.block(2, 1);
    assert_eq!(seqs(&people, 1, after(2, 0, 10)).0, [1, 2]);
    assert_eq!(seqs(&people, 2, after(1, 0, 10)).0, [1, 2]);
}

#[test]
fn friends_who_never_said_anything_have_an_empty_history() {
    let people = talk(0);
    assert_eq!(seqs(&people, 1, after(2, 0, 10)), (vec![], false));
    people.db.execute_batch("DELETE FROM cursors; DELETE FROM conversations").unwrap();
    assert_eq!(seqs(&people, 1, after(2, 0, 10)), (vec![], false));
}

#[test]
fn a_room_shows_a_member_what_came_after_the_joining_and_others_nothing() {
    let people = People::two_friends();
    let room = people.room(&[1, 2]);
    for _ in 0..3 {
        say(&people, 1, 1, room, signed(10));
    }
    people.join(room, 3, 3);
    say(&people, 1, 1, room, signed(10));
    assert_eq!(seqs(&people, 3, in_room(after(room, 0, 10))), (vec![3, 4], false));
    assert_eq!(seqs(&people, 3, in_room(before(room, 4, 10))), (vec![3], false));
    assert_eq!(seqs(&people, 3, in_room(before(room, 3, 10))), (vec![], false));
    assert_eq!(seqs(&people, 2, in_room(after(room, 0, 10))).0, [1, 2, 3, 4]);
    people.leave(room, 3);
    assert_eq!(code(fetch(&people, 3, in_room(after(room, 0, 10)))), Code::NotInRoom);
}

#[test]
fn what_cannot_be_asked_is_refused() {
    let people = talk(1);
    let field = |request| refused(fetch(&people, 1, request)).field;
    assert_eq!(field(after(2, 0, 0)).as_deref(), Some("limit"));
    assert_eq!(field(after(2, 0, 501)).as_deref(), Some("limit"));
    assert_eq!(field(after(2, 0, u32::MAX)).as_deref(), Some("limit"));
    let neither = FetchHistory { after: None, ..after(2, 0, 1) };
    let both = FetchHistory { before: Some(1), ..after(2, 0, 1) };
    assert_eq!(field(neither).as_deref(), Some("after"));
    assert_eq!(field(both).as_deref(), Some("after"));
    assert_eq!(field(FetchHistory { target_type: 9, ..after(2, 0, 1) }).as_deref(), Some("target_type"));
    assert_eq!(code(fetch(&people, 1, after(3, 0, 1))), Code::NotFriends);
    assert_eq!(code(fetch(&people, 1, after(1, 0, 1))), Code::Yourself);
    for nobody in [0, 99, i64::MAX as u64 + 1, u64::MAX] {
        assert_eq!(code(fetch(&people, 1, after(nobody, 0, 1))), Code::NoSuchUser);
        assert_eq!(code(fetch(&people, 1, in_room(after(nobody, 0, 1)))), Code::NoSuchRoom);
    }
}
