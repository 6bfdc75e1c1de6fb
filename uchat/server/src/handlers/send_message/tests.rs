use super::*;
use crate::handler::Outbox;
use crate::handlers::tests::people::{People, code, packet, refused, signed, text};
use crate::store::cursors::{self, Cursor};
use uchat_protocol::content::{FileInfo, Happened, Kind, RoomEvent};
use uchat_protocol::{Content, Envelope, FileName, limits};

fn to_friend(target_id: u64, message: Envelope, id: Option<u8>) -> SendMessage {
    SendMessage { target_type: 0, target_id, message, id: id.map(|id| MessageId([id; 16])) }
}

fn to_room(target_id: u64, message: Envelope) -> SendMessage {
    SendMessage { target_type: 1, target_id, message, id: None }
}

fn send(people: &People, user: u64, request: SendMessage) -> (Handled, Outbox) {
    people.ask(user, |tx, caller, out| handle(tx, caller, request, out))
}

fn stored(handled: Handled) -> (u64, u64) {
    let Ok(Reply::Done(Done { seq: Some(seq), time: Some(time), .. })) = handled else {
        panic!("{handled:?}")
    };
    (seq, time)
}

#[test]
fn a_message_is_stored_in_order_and_only_the_friend_is_told() {
    let people = People::two_friends();
    let (first, out) = send(&people, 1, to_friend(2, packet(100), Some(1)));
    assert_eq!(stored(first), (1, 1000));
    let [(receivers, Push::OnNewMessage(told))] = &out.pushes[..] else { panic!("{out:?}") };
    assert_eq!(*receivers, [2]);
    assert_eq!((told.sender_id, told.sender_name.as_str(), told.seq, told.time), (1, "ann", 1, 1000));
    assert_eq!((told.target_type, told.target_id, told.id), (0, 2, Some(MessageId([1; 16]))));
    assert_eq!(told.message, packet(100));
    let (second, out) = send(&people, 2, to_friend(1, packet(100), None));
    assert_eq!(stored(second), (2, 1000));
    assert_eq!(out.pushes[0].0, [1]);
}

#[test]
fn friends_without_a_conversation_get_one_with_their_first_message() {
    let people = People::two_friends();
    people.db.execute_batch("DELETE FROM cursors; DELETE FROM conversations").unwrap();
    assert_eq!(stored(send(&people, 2, to_friend(1, packet(1), None)).0).0, 1);
    assert_eq!(stored(send(&people, 1, to_friend(2, packet(1), None)).0).0, 2);
    assert_eq!((people.count("conversations"), people.count("cursors")), (1, 2));
}

#[test]
fn in_a_room_everybody_but_the_sender_is_told() {
    let people = People::two_friends();
    let room = people.room(&[3, 1, 2]);
    let (handled, out) = send(&people, 1, to_room(room, signed(100)));
    assert_eq!(stored(handled).0, 1);
    let mut told = out.pushes[0].0.clone();
    told.sort_unstable();
    assert_eq!(told, [2, 3]);

    let alone = people.room(&[2]);
    let (handled, out) = send(&people, 2, to_room(alone, signed(100)));
    assert_eq!(stored(handled).0, 1);
    assert!(out.pushes.is_empty());
}

#[test]
fn the_same_id_again_is_answered_as_the_first_time_and_told_to_nobody() {
    let mut people = People::two_friends();
    let first = stored(send(&people, 1, to_friend(2, packet(100), Some(1))).0);
    people.now = 5000;
    stored(send(&people, 1, to_friend(2, packet(100), Some(2))).0);
    let (again, out) = send(&people, 1, to_friend(2, packet(100), Some(1)));
    assert_eq!(stored(again), first);
    assert!(out.pushes.is_empty());
    assert_eq!(people.count("chat_history"), 2);

    // The answer got lost, then the friendship ended: the message is stored all the same.
    people.unfriend(1, 2);
    assert_eq!(stored(send(&people, 1, to_friend(2, packet(100), Some(1))).0), first);
    assert_eq!(code(send(&people, 1, to_friend(2, packet(100), Some(3))).0), Code::NotFriends);
}

#[test]
fn an_id_cannot_be_used_for_another_message() {
    let people = People::two_friends();
    people.befriend(1, 3);
    let room = people.room(&[1]);
    stored(send(&people, 1, to_friend(2, packet(100), Some(1))).0);
    let in_room = SendMessage { id: Some(MessageId([1; 16])), ..to_room(room, signed(100)) };
    for request in [to_friend(2, packet(101), Some(1)), to_friend(3, packet(100), Some(1)), in_room] {
        let refusal = refused(send(&people, 1, request).0);
        assert_eq!((refusal.code, refusal.field.as_deref()), (Code::BadField, Some("id")));
    }
    assert_eq!(people.count("chat_history"), 1);
    // Ids are unique for one sender, not among senders.
    assert_eq!(stored(send(&people, 2, to_friend(1, packet(100), Some(1))).0).0, 2);
}

#[test]
fn messages_without_an_id_are_all_different() {
    let people = People::two_friends();
    for seq in 1..=3 {
        assert_eq!(stored(send(&people, 1, to_friend(2, packet(100), None)).0).0, seq);
    }
}

#[test]
fn a_clock_that_is_set_back_does_not_change_the_order() {
    let mut people = People::two_friends();
    for (now, time) in [(2000, 2000), (500, 2000), (2001, 2001)] {
        people.now = now;
        assert_eq!(stored(send(&people, 1, to_friend(2, packet(1), None)).0).1, time);
    }
}

#[test]
fn the_senders_cursor_moves_along_only_if_everything_was_read() {
    let people = People::two_friends();
    let conversation = people.db.query_row("SELECT id FROM conversations", [], |row| row.get(0)).unwrap();
    let cursor = |user| cursors::of(&people.db, conversation, user).unwrap();
    send(&people, 1, to_friend(2, packet(1), None)).0.unwrap();
    assert_eq!((cursor(1), cursor(2)), (Cursor { delivered: 1, read: 1 }, Cursor::default()));
    send(&people, 2, to_friend(1, packet(1), None)).0.unwrap();
    assert_eq!(cursor(2), Cursor::default());
    send(&people, 1, to_friend(2, packet(1), None)).0.unwrap();
    assert_eq!(cursor(1), Cursor { delivered: 1, read: 1 });
}

#[test]
fn who_may_not_speak_is_refused_with_the_reason() {
    let people = People::two_friends();
    let room = people.room(&[2]);
    let friend = |user, target| code(send(&people, user, to_friend(target, packet(1), None)).0);
    assert_eq!(friend(1, 3), Code::NotFriends);
    assert_eq!(friend(1, 1), Code::Yourself);
    for nobody in [0, 99, i64::MAX as u64, i64::MAX as u64 + 1, u64::MAX] {
        assert_eq!(friend(1, nobody), Code::NoSuchUser, "{nobody}");
        assert_eq!(code(send(&people, 1, to_room(nobody, signed(1))).0), Code::NoSuchRoom, "{nobody}");
    }
    assert_eq!(code(send(&people, 1, to_room(room, signed(1))).0), Code::NotInRoom);
    people.block(1, 2);
    assert_eq!((friend(1, 2), friend(2, 1)), (Code::Blocked, Code::NotFriends));

    let asked = "INSERT INTO friends (from_user_id, to_user_id, accepted, time) VALUES (3, 1, 0, 0)";
    people.db.execute(asked, []).unwrap();
    assert_eq!((friend(1, 3), friend(3, 1)), (Code::NotFriends, Code::NotFriends));
    let other = SendMessage { target_type: 2, ..to_friend(2, packet(1), None) };
    assert_eq!(refused(send(&people, 1, other).0).field.as_deref(), Some("target_type"));
    assert_eq!(people.count("chat_history"), 0);
}

#[test]
fn where_encryption_is_the_rule_nothing_else_passes() {
    let people = People::two_friends();
    let room = people.room(&[1, 2]);
    let friend = |message| refused(send(&people, 1, to_friend(2, message, None)).0);
    let in_room = |message| refused(send(&people, 1, to_room(room, message)).0);
    assert_eq!(friend(Envelope::Plain(text("hello"))).code, Code::NotEncrypted);
    let event = RoomEvent { what: Happened::Owner, user_id: 1, user_name: "ann".to_owned() };
    assert_eq!(in_room(Envelope::Event(event)).code, Code::BadField);
    assert_eq!(friend(packet(0)).field.as_deref(), Some("message.packet"));
    assert_eq!(friend(packet(limits::PACKET + 1)).code, Code::TooLong);
    assert_eq!(friend(signed(1)).field.as_deref(), Some("message.signature"));
    assert_eq!(in_room(packet(1)).field.as_deref(), Some("message.signature"));
    let Envelope::Encrypted(mut message) = signed(1) else { panic!() };
    message.signature = Some(vec![1; 513]);
    assert_eq!(in_room(Envelope::Encrypted(message)).code, Code::TooLong);
    assert_eq!(stored(send(&people, 1, to_friend(2, packet(limits::PACKET), None)).0).0, 1);
}

#[test]
fn on_a_plain_lesson_contents_follow_their_rules() {
    let mut people = People::two_friends();
    people.rules.encrypted = false;
    let say = |content| send(&people, 1, to_friend(2, Envelope::Plain(content), None)).0;
    assert_eq!(code(send(&people, 1, to_friend(2, packet(1), None)).0), Code::BadField);

    let file = FileInfo {
        name: FileName([1; 16]),
        size: u64::MAX,
        media_type: "image/png".to_owned(),
        stored: 1,
        sha256: [0; 32].into(),
        key: None,
    };
    let image = |data: &str, media_type: &str| Content {
        kind: Kind::Image,
        file: Some(FileInfo { media_type: media_type.to_owned(), ..file.clone() }),
        ..text(data)
    };
    for (wrong, expected, field) in [
        (text(""), Code::BadField, "message.data"),
        (text(&"x".repeat(limits::TEXT + 1)), Code::TooLong, "message.data"),
        (Content { fontsize: 201, ..text("x") }, Code::BadField, "message.fontsize"),
        (Content { fontcolor: "red".to_owned(), ..text("x") }, Code::BadField, "message.fontcolor"),
        (Content { fontcolor: "#12345g".to_owned(), ..text("x") }, Code::BadField, "message.fontcolor"),
        (image("", "image/png"), Code::BadField, "message.data"),
        (image(&"x".repeat(256), "image/png"), Code::TooLong, "message.data"),
        (image("a.png", &"x".repeat(256)), Code::BadField, "message.file.media_type"),
        (image("a.png", "image/\u{1b}[2J"), Code::BadField, "message.file.media_type"),
    ] {
        let refusal = refused(say(wrong));
        assert_eq!((refusal.code, refusal.field.as_deref()), (expected, Some(field)));
    }
    let change = |kind, data: &str| Content { kind, reply_to: Some(MessageId([7; 16])), ..text(data) };
    let refusal = refused(say(change(Kind::Edit, &"x".repeat(limits::TEXT + 1))));
    assert_eq!((refusal.code, refusal.field.as_deref()), (Code::TooLong, Some("message.data")));
    for (kind, data) in [(Kind::Edit, "better"), (Kind::Delete, ""), (Kind::React, "👍")] {
        say(change(kind, data)).unwrap();
    }
    say(Content { fontsize: 200, fontcolor: "#12aBcf".to_owned(), ..text("你好") }).unwrap();
    say(text(&"x".repeat(limits::TEXT))).unwrap();
    say(image(&"x".repeat(255), "image/png")).unwrap();
}
