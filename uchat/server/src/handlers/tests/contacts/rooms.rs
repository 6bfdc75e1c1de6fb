use super::*;
use uchat_protocol::push::{ContactInfo, RoomInfo};
use uchat_protocol::reply::{RoomUser, RoomUsers};

fn members(class: &Class, user: u64, room_id: u64) -> Result<RoomUsers, Code> {
    match class.run(user, query_room_users::handle, request::QueryRoomUsers { room_id }).0? {
        Reply::QueryRoomUsersResult(users) => Ok(users),
        other => panic!("{other:?}"),
    }
}

fn ids(class: &Class, user: u64, room: u64) -> Vec<u64> {
    members(class, user, room).unwrap().users.iter().map(|member| member.id).collect()
}

#[test]
fn a_room_begins_with_the_line_that_says_who_made_it() {
    let class = Class::new();
    let (reply, pushes) = class.create(ALICE, "The Room");
    assert_eq!(reply, Ok(Reply::Done(Done { room_id: Some(1), ..Done::default() })));
    let expected = told(&[(&[ALICE], "room 1 The Room of 1"), (&[ALICE], "room 1 line 1: 1 created")]);
    assert_eq!(short(&pushes), expected);
    let room = RoomInfo {
        id: 1,
        name: "The Room".to_owned(),
        owner: ALICE,
        joined_seq: 1,
        last_seq: 1,
        last_time: class.now,
        delivered: 0,
        read: 0,
    };
    assert_eq!(pushes[0].1, Push::ContactInfo(ContactInfo { friend: None, room: Some(room) }));
    assert_eq!(class.lines(1), [(Happened::Created, ALICE)]);
}

#[test]
fn who_joins_is_told_of_the_room_and_then_all_are_told_the_line() {
    let class = Class::new();
    let room = class.room("r", &[ALICE, BOB]);
    let (reply, pushes) = class.join(CAROL, room);
    assert_eq!(reply, Ok(Reply::Done(Done::default())));
    let expected = told(&[(&[CAROL], "room 1 r of 1"), (&[ALICE, BOB, CAROL], "room 1 line 3: 3 joined")]);
    assert_eq!(short(&pushes), expected);
    let Push::ContactInfo(ContactInfo { room: Some(info), .. }) = &pushes[0].1 else { panic!("no room") };
    assert_eq!((info.joined_seq, info.last_seq, info.delivered, info.read), (3, 3, 2, 2));
    assert_eq!(
        class.lines(room),
        [(Happened::Created, ALICE), (Happened::Joined, BOB), (Happened::Joined, CAROL)]
    );
}

#[test]
fn the_members_are_listed_in_the_order_in_which_they_came() {
    let class = Class::new();
    let room = class.room("r", &[CAROL, ALICE, BOB]);
    class.log_in(ALICE);
    let member = |id: u64, online, owner| RoomUser {
        id,
        name: NAMES[usize::try_from(id).unwrap() - 1].to_owned(),
        online,
        owner,
    };
    let users = vec![member(CAROL, false, true), member(ALICE, true, false), member(BOB, false, false)];
    assert_eq!(members(&class, BOB, room), Ok(RoomUsers { users, room_id: room }));
    class.leave(ALICE, room).0.unwrap();
    class.join(ALICE, room).0.unwrap();
    assert_eq!(ids(&class, BOB, room), [CAROL, BOB, ALICE]);
}

#[test]
fn who_leaves_is_told_once_and_the_others_read_it() {
    let class = Class::new();
    let room = class.room("r", &[ALICE, BOB, CAROL]);
    let (reply, pushes) = class.leave(BOB, room);
    assert_eq!(reply, Ok(Reply::Done(Done::default())));
    assert_eq!(short(&pushes), told(&[(&[ALICE, CAROL], "room 1 line 4: 2 left"), (&[BOB], "gone room 1")]));
    assert_eq!(class.count("cursors"), 2);
    // Who comes again begins again.
    let (_, pushes) = class.join(BOB, room);
    let Push::ContactInfo(ContactInfo { room: Some(info), .. }) = &pushes[0].1 else { panic!("no room") };
    assert_eq!((info.joined_seq, info.delivered), (5, 4));
}

#[test]
fn the_owner_goes_last_and_nothing_of_the_room_stays_but_its_number() {
    let class = Class::new();
    let room = class.room("r", &[ALICE, BOB]);
    assert_eq!(class.leave(ALICE, room).0, Err(Code::OwnerStays));
    assert_eq!(class.lines(room).len(), 2);
    class.leave(BOB, room).0.unwrap();
    let package = "INSERT INTO key_packages (sender_id, conversation_id, key_id, header, signature, time)
            SELECT 1, conversation_id, x'00', x'00', x'00', 0 FROM rooms;
        INSERT INTO key_wraps (package_id, user_id, wrap) SELECT id, 1, x'00' FROM key_packages";
    class.db.execute_batch(package).unwrap();
    let (_, pushes) = class.leave(ALICE, room);
    assert_eq!(short(&pushes), told(&[(&[ALICE], "gone room 1")]));
    for table in
        ["rooms", "room_user", "conversations", "cursors", "chat_history", "key_packages", "key_wraps"]
    {
        assert_eq!(class.count(table), 0, "{table}");
    }
    assert_eq!(class.join(BOB, room).0, Err(Code::NoSuchRoom));
    assert_eq!(class.room("R", &[BOB]), room + 1, "the name is free again, the number is not");
}

#[test]
fn who_is_removed_reads_it_before_the_room_is_gone() {
    let class = Class::new();
    let room = class.room("r", &[ALICE, BOB, CAROL]);
    let (reply, pushes) = class.remove(ALICE, room, BOB);
    assert_eq!(reply, Ok(Reply::Done(Done::default())));
    let expected = told(&[(&[ALICE, BOB, CAROL], "room 1 line 4: 2 removed"), (&[BOB], "gone room 1")]);
    assert_eq!(short(&pushes), expected);
    assert_eq!(ids(&class, ALICE, room), [ALICE, CAROL]);
    assert_eq!(members(&class, BOB, room), Err(Code::NotInRoom));
}

#[test]
fn a_room_that_is_handed_over_has_another_owner() {
    let class = Class::new();
    let room = class.room("r", &[ALICE, BOB]);
    let (reply, pushes) = class.hand_over(ALICE, room, BOB);
    assert_eq!(reply, Ok(Reply::Done(Done::default())));
    assert_eq!(short(&pushes), told(&[(&[ALICE, BOB], "room 1 line 3: 2 owner")]));
    assert_eq!(class.hand_over(ALICE, room, BOB).0, Err(Code::NotOwner));
    class.leave(ALICE, room).0.unwrap();
    assert_eq!(class.hand_over(BOB, room, ALICE).0, Err(Code::NotMember));
    assert_eq!(class.lines(room)[2..], [(Happened::Owner, BOB), (Happened::Left, ALICE)]);
}

#[test]
fn every_refusal_has_its_reason_and_changes_nothing() {
    let class = Class::new();
    let room = class.room("Room", &[ALICE, BOB]);
    for (name, code) in
        [("rOOM", Code::RoomNameTaken), ("", Code::BadRoomName), (&"x".repeat(33), Code::BadRoomName)]
    {
        assert_eq!(class.create(DAVE, name).0, Err(code), "{name:?}");
    }
    let before = (class.lines(room), class.count("room_user"), class.count("conversations"));
    for nobody in NOBODY {
        assert_eq!(class.join(ALICE, nobody).0, Err(Code::NoSuchRoom));
        assert_eq!(class.leave(ALICE, nobody).0, Err(Code::NoSuchRoom));
        assert_eq!(class.remove(ALICE, nobody, BOB).0, Err(Code::NoSuchRoom));
        assert_eq!(class.hand_over(ALICE, nobody, BOB).0, Err(Code::NoSuchRoom));
        assert_eq!(members(&class, ALICE, nobody), Err(Code::NoSuchRoom));
        assert_eq!(class.remove(ALICE, room, nobody).0, Err(Code::NoSuchUser));
        assert_eq!(class.hand_over(ALICE, room, nobody).0, Err(Code::NoSuchUser));
    }
    assert_eq!(class.join(BOB, room).0, Err(Code::AlreadyInRoom));
    for (user, member, code) in [
        (CAROL, BOB, Code::NotInRoom),
        (BOB, ALICE, Code::NotOwner),
        (BOB, BOB, Code::NotOwner),
        (ALICE, ALICE, Code::Yourself),
        (ALICE, CAROL, Code::NotMember),
    ] {
        assert_eq!(class.remove(user, room, member).0, Err(code), "{user} {member}");
        assert_eq!(class.hand_over(user, room, member).0, Err(code), "{user} {member}");
    }
    assert_eq!(class.leave(CAROL, room).0, Err(Code::NotInRoom));
    assert_eq!(members(&class, CAROL, room), Err(Code::NotInRoom));
    assert_eq!(before, (class.lines(room), class.count("room_user"), class.count("conversations")));
}

#[test]
fn rooms_and_the_rooms_of_one_user_have_a_limit() {
    let mut class = Class::new();
    class.rules.room_members = 2;
    let room = class.room("r", &[ALICE, BOB]);
    assert_eq!(class.join(CAROL, room).0, Err(Code::RoomFull));
    class.leave(BOB, room).0.unwrap();
    class.join(CAROL, room).0.unwrap();
    class.rules = Rules { room_members: 500, contacts: 1, ..class.rules };
    assert_eq!(class.create(ALICE, "s").0, Err(Code::NoSpace));
    let other = class.room("s", &[BOB]);
    assert_eq!(class.join(ALICE, other).0, Err(Code::NoSpace));
    assert_eq!(class.join(BOB, room).0, Err(Code::NoSpace));
}

#[test]
fn a_line_is_never_older_than_the_one_before_it_whatever_the_clock_says() {
    let mut class = Class::new();
    let room = class.room("r", &[ALICE]);
    class.now -= 500; // the clock is set back
    let (_, pushes) = class.join(BOB, room);
    let Push::OnNewMessage(NewMessage { time, .. }) = &pushes[1].1 else { panic!("{pushes:?}") };
    assert_eq!(*time, 1000);
    let sql = "SELECT max(time), max(last_time) FROM chat_history, conversations";
    let stored = class.db.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?)));
    assert_eq!(stored.unwrap(), (1000_u64, 1000_u64));
    let sql = "SELECT time FROM chat_history WHERE seq = 2";
    assert_eq!(class.db.query_row(sql, [], |row| row.get::<_, u64>(0)).unwrap(), 1000);
}
