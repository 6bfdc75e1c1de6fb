use super::*;
use crate::handlers::tests::people::{People, code};
use uchat_protocol::Code;

fn moved(people: &People, user: u64, to: (u8, u64), delivered: u64, read: u64) -> (Handled, Outbox) {
    let request = SetCursor { target_type: to.0, target_id: to.1, delivered, read };
    people.ask(user, |tx, caller, out| handle(tx, caller, request, out))
}

fn told(out: &Outbox) -> Option<(&[u64], CursorMoved)> {
    match &out.pushes[..] {
        [] => None,
        [(users, Push::CursorMoved(moved))] => Some((users, *moved)),
        other => panic!("{other:?}"),
    }
}

/// Two friends with ten lines behind them.
fn ten_lines() -> People {
    let people = People::two_friends();
    people.db.execute("UPDATE conversations SET last_seq = 10", []).unwrap();
    people
}

#[test]
fn the_friend_is_told_and_nobody_else() {
    let people = ten_lines();
    let (handled, out) = moved(&people, 2, (0, 1), 5, 3);
    assert_eq!(handled.unwrap(), Reply::Done(Done::default()));
    assert_eq!(told(&out), Some((&[1][..], CursorMoved { user_id: 2, delivered: 5, read: 3 })));

    let room = people.room(&[1, 2]);
    people.db.execute("UPDATE conversations SET last_seq = 10", []).unwrap();
    let (handled, out) = moved(&people, 2, (1, room), 5, 3);
    handled.unwrap();
    assert_eq!(told(&out), None);
    assert_eq!(
        people.db.query_row("SELECT max(read) FROM cursors WHERE conversation_id = 2", [], |r| r.get(0)),
        Ok(3)
    );
}

#[test]
fn it_moves_never_backwards_and_never_beyond_the_last_line() {
    let people = ten_lines();
    let at = |delivered, read| CursorMoved { user_id: 2, delivered, read };
    for (delivered, read, expected) in [
        (5, 3, Some(at(5, 3))),
        (5, 3, None),
        (4, 2, None),
        (0, 0, None),
        (0, 7, Some(at(7, 7))), // what is read has been received
        (8, 1, Some(at(8, 7))),
        (u64::MAX, 0, Some(at(10, 7))),
        (0, u64::MAX, Some(at(10, 10))),
        (u64::MAX, u64::MAX, None),
    ] {
        let (handled, out) = moved(&people, 2, (0, 1), delivered, read);
        handled.unwrap();
        assert_eq!(told(&out).map(|(_, moved)| moved), expected, "{delivered} {read}");
    }
}

#[test]
fn who_does_not_share_what_is_read_does_not_show_when_either() {
    let people = ten_lines();
    people.db.execute("UPDATE users SET share_read = 0 WHERE id = 2", []).unwrap();
    let (_, out) = moved(&people, 2, (0, 1), 5, 3);
    assert_eq!(told(&out).unwrap().1, CursorMoved { user_id: 2, delivered: 5, read: 0 });
    let (handled, out) = moved(&people, 2, (0, 1), 5, 5);
    handled.unwrap();
    assert_eq!(told(&out), None);
}

#[test]
fn a_former_friend_is_not_told() {
    let people = ten_lines();
    people.unfriend(1, 2);
    let (handled, out) = moved(&people, 2, (0, 1), 5, 3);
    handled.unwrap();
    assert_eq!(told(&out), None);
}

#[test]
fn who_has_no_cursor_there_gets_one_only_where_they_may_read() {
    let people = ten_lines();
    people.db.execute("DELETE FROM cursors", []).unwrap();
    moved(&people, 2, (0, 1), 5, 3).0.unwrap();
    assert_eq!(people.count("cursors"), 1);
    let room = people.room(&[1]);
    assert_eq!(code(moved(&people, 2, (1, room), 1, 1).0), Code::NotInRoom);
    assert_eq!(code(moved(&people, 2, (1, u64::MAX), 1, 1).0), Code::NoSuchRoom);
    assert_eq!(code(moved(&people, 2, (0, 3), 1, 1).0), Code::NotFriends);
    assert_eq!(code(moved(&people, 2, (0, u64::MAX), 1, 1).0), Code::NoSuchUser);
    assert_eq!(code(moved(&people, 2, (7, 1), 1, 1).0), Code::BadField);
}
