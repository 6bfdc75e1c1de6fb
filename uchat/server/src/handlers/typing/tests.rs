use super::*;
use crate::handlers::tests::people::{People, code};
use uchat_protocol::Code;

fn types(people: &People, user: u64, target_type: u8, target_id: u64) -> (Handled, Outbox) {
    let request = Typing { target_type, target_id };
    people.ask(user, |tx, caller, out| handle(tx, caller, request, out))
}

#[test]
fn those_who_are_there_are_told() {
    let people = People::two_friends();
    let room = people.room(&[1, 2, 3]);
    let (handled, out) = types(&people, 1, 0, 2);
    handled.unwrap();
    assert!(out.pushes.is_empty(), "nobody is there");
    people.comes(1);
    people.comes(3);
    let (_, out) = types(&people, 1, 1, room);
    let typing = TypingIn { target_type: 1, target_id: room, user_id: 1 };
    assert_eq!(out.pushes, [(vec![3], Push::TypingIn(typing))]);
    people.comes(2);
    let (_, out) = types(&people, 1, 0, 2);
    let typing = TypingIn { target_type: 0, target_id: 2, user_id: 1 };
    assert_eq!(out.pushes, [(vec![2], Push::TypingIn(typing))]);
}

#[test]
fn nothing_is_written_and_only_who_may_speak_may_type() {
    let people = People::two_friends();
    people.db.execute_batch("DELETE FROM cursors; DELETE FROM conversations").unwrap();
    types(&people, 1, 0, 2).0.unwrap();
    assert_eq!(people.count("conversations"), 0);
    assert_eq!(code(types(&people, 1, 0, 3).0), Code::NotFriends);
    assert_eq!(code(types(&people, 1, 0, u64::MAX).0), Code::NoSuchUser);
    assert_eq!(code(types(&people, 1, 1, u64::MAX).0), Code::NoSuchRoom);
    let room = people.room(&[2]);
    assert_eq!(code(types(&people, 1, 1, room).0), Code::NotInRoom);
}
