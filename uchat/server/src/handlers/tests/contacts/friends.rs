use super::*;
use crate::store::accounts;
use crate::store::bundle::login_bundle;
use uchat_protocol::push::{ContactInfo, FriendInfo, Person};

fn person(id: u64) -> Person {
    Person { id, name: NAMES[usize::try_from(id).unwrap() - 1].to_owned() }
}

#[test]
fn a_request_that_is_accepted_shows_each_the_other() {
    let class = Class::new();
    class.log_in(BOB);
    let (reply, pushes) = class.add(ALICE, "bOB");
    assert!(matches!(reply, Ok(Reply::AddFriendResult(FriendResult { ok: true, code: None, .. }))));
    assert_eq!(short(&pushes), told(&[(&[BOB], "request 1 Alice")]));
    let (reply, pushes) = class.resolve(BOB, ALICE, true);
    assert_eq!(reply, Ok(Reply::Done(Done::default())));
    assert_eq!(short(&pushes), told(&[(&[BOB], "friend 1 Alice"), (&[ALICE], "friend 2 Bob")]));
    let bob = FriendInfo {
        id: BOB,
        name: "Bob".to_owned(),
        online: true,
        ip: Some("192.0.2.2".to_owned()),
        port: Some(5002),
        last_seq: 0,
        last_time: 0,
        delivered: 0,
        read: 0,
        their_delivered: 0,
        their_read: 0,
    };
    assert_eq!(pushes[1].1, Push::ContactInfo(ContactInfo { friend: Some(bob), room: None }));
    assert_eq!((class.count("friends"), class.count("conversations"), class.count("cursors")), (1, 1, 2));
}

#[test]
fn who_asks_the_asker_accepts() {
    let class = Class::new();
    class.add(ALICE, "Bob").0.unwrap();
    let (reply, pushes) = class.add(BOB, "alice");
    assert!(reply.is_ok());
    assert_eq!(short(&pushes), told(&[(&[BOB], "friend 1 Alice"), (&[ALICE], "friend 2 Bob")]));
    assert_eq!(class.count("friends"), 1);
}

#[test]
fn every_request_that_makes_no_sense_is_refused_with_its_reason() {
    let class = Class::new();
    class.befriend(ALICE, CAROL);
    class.add(ALICE, "Bob").0.unwrap();
    class.block(ALICE, NAMES[3]).0.unwrap();
    for (name, code) in [
        ("Nobody", Code::NoSuchUser),
        ("", Code::NoSuchUser),
        ("a name that is too long", Code::NoSuchUser),
        ("%", Code::NoSuchUser),
        ("' OR 1", Code::NoSuchUser),
        ("\0", Code::NoSuchUser),
        ("aLICE", Code::Yourself),
        ("小明", Code::AlreadyFriends),
        ("Bob", Code::RequestPending),
        (NAMES[3], Code::Blocked),
    ] {
        assert_eq!(class.add(ALICE, name).0, Err(code), "{name:?}");
    }
    for (name, code) in [
        ("Nobody", Code::NoSuchUser),
        ("Alice", Code::Yourself),
        ("Bob", Code::NotFriends),
        (NAMES[3], Code::NotFriends),
    ] {
        assert_eq!(class.del(ALICE, name).0, Err(code), "{name:?}");
    }
    for accept in [true, false] {
        for nobody in NOBODY {
            assert_eq!(class.resolve(ALICE, nobody, accept).0, Err(Code::NoSuchUser), "{nobody}");
        }
        // The own request, a friend, oneself, somebody blocked.
        for user in [BOB, CAROL, ALICE, DAVE] {
            assert_eq!(class.resolve(ALICE, user, accept).0, Err(Code::NoSuchRequest), "{user}");
        }
    }
    for name in ["Nobody", ""] {
        assert_eq!(class.block(ALICE, name).0, Err(Code::NoSuchUser));
        assert_eq!(class.unblock(ALICE, name).0, Err(Code::NoSuchUser));
    }
    assert_eq!(class.block(ALICE, "Alice").0, Err(Code::Yourself));
    assert_eq!((class.count("friends"), class.count("blocks")), (2, 1));
}

#[test]
fn a_request_that_is_declined_can_be_made_again() {
    let class = Class::new();
    class.add(ALICE, "Bob").0.unwrap();
    assert_eq!(class.resolve(BOB, ALICE, false), (Ok(Reply::Done(Done::default())), Vec::new()));
    assert_eq!(class.count("friends"), 0);
    assert_eq!(class.resolve(BOB, ALICE, true).0, Err(Code::NoSuchRequest));
    assert_eq!(short(&class.add(ALICE, "Bob").1), told(&[(&[BOB], "request 1 Alice")]));
}

#[test]
fn a_friendship_ends_for_both_and_a_later_one_goes_on_with_its_conversation() {
    for (one, other) in [(ALICE, BOB), (BOB, ALICE)] {
        let class = Class::new();
        class.befriend(ALICE, BOB);
        class.db.execute("UPDATE conversations SET last_seq = 5, last_time = 77", []).unwrap();
        class.db.execute("UPDATE cursors SET delivered = user_id, read = 1", []).unwrap();
        let (reply, pushes) = class.del(one, NAMES[usize::try_from(other).unwrap() - 1]);
        assert!(matches!(reply, Ok(Reply::DelFriendResult(FriendResult { ok: true, .. }))));
        let expected =
            [(vec![one], format!("gone friend {other}")), (vec![other], format!("gone friend {one}"))];
        assert_eq!(short(&pushes), expected);
        assert_eq!((class.count("friends"), class.count("conversations")), (0, 1));

        class.befriend(other, one);
        assert_eq!((class.count("friends"), class.count("conversations")), (1, 1));
        let friend = &login_bundle(&class.db, &class.caller(one)).unwrap().friends[0];
        let seen = (friend.last_seq, friend.last_time, friend.delivered, friend.their_delivered);
        assert_eq!(seen, (5, 77, one, other));
    }
}

#[test]
fn whoever_is_blocked_sees_what_everybody_sees_whose_request_waits() {
    let class = Class::new();
    class.block(BOB, "Alice").0.unwrap();
    let (blocked, pushes) = class.add(ALICE, "Bob");
    assert_eq!(pushes, []);
    assert_eq!(class.add(ALICE, "Bob").0, Err(Code::RequestPending));
    let (Ok(Reply::AddFriendResult(blocked)), Ok(Reply::AddFriendResult(free))) =
        (blocked, class.add(ALICE, "小明").0)
    else {
        panic!("not asked")
    };
    assert_eq!(blocked.text.replace("Bob", "小明"), free.text);
    let bundle = |user| login_bundle(&class.db, &class.caller(user)).unwrap();
    assert_eq!(bundle(ALICE).asked, [person(BOB), person(CAROL)]);

    // Bob does not see it, and cannot accept what he does not see, until he takes the block back.
    assert_eq!((bundle(BOB).requests, bundle(BOB).blocked), (vec![], vec![person(ALICE)]));
    assert_eq!(class.resolve(BOB, ALICE, true).0, Err(Code::NoSuchRequest));
    assert_eq!(class.add(BOB, "Alice").0, Err(Code::Blocked));
    assert_eq!(short(&class.unblock(BOB, "Alice").1), told(&[(&[BOB], "request 1 Alice")]));
    assert_eq!(bundle(BOB).requests, [person(ALICE)]);
    assert_eq!(class.resolve(BOB, ALICE, true).0, Ok(Reply::Done(Done::default())));
}

#[test]
fn who_was_not_blocked_is_not_told_again_of() {
    let class = Class::new();
    class.add(ALICE, "Bob").0.unwrap();
    assert_eq!(class.unblock(BOB, "Alice"), (Ok(Reply::Done(Done::default())), vec![]));
}

#[test]
fn a_block_ends_what_was_there() {
    let friends = Class::new();
    friends.befriend(ALICE, BOB);
    let (_, pushes) = friends.block(BOB, "Alice");
    assert_eq!(short(&pushes), told(&[(&[BOB], "gone friend 1"), (&[ALICE], "gone friend 2")]));

    let asked = Class::new();
    asked.add(ALICE, "Bob").0.unwrap();
    assert_eq!(asked.block(BOB, "Alice").1, []);
    let asks = Class::new();
    asks.add(BOB, "Alice").0.unwrap();
    assert_eq!(asks.block(BOB, "Alice").1, []);

    for class in [friends, asked, asks] {
        assert_eq!((class.count("friends"), class.count("blocks")), (0, 1));
        // Twice is as once, in both directions of the way.
        assert_eq!(class.block(BOB, "Alice"), (Ok(Reply::Done(Done::default())), vec![]));
        assert_eq!(class.count("blocks"), 1);
        for _ in 0..2 {
            assert_eq!(class.unblock(BOB, "Alice"), (Ok(Reply::Done(Done::default())), vec![]));
            assert_eq!(class.count("blocks"), 0);
        }
    }
}

#[test]
fn nobody_has_more_friends_requests_or_blocks_than_the_rules_say() {
    let class = Class { rules: Rules { contacts: 1, ..Class::new().rules }, ..Class::new() };
    class.add(ALICE, "Bob").0.unwrap();
    assert_eq!(class.add(ALICE, "小明").0, Err(Code::NoSpace), "a request counts as a friend");
    assert_eq!(class.add(CAROL, "Bob").0, Err(Code::NoSpace), "too many wait for Bob");
    class.add(DAVE, "Alice").0.unwrap();
    assert_eq!(class.resolve(ALICE, DAVE, true).0, Err(Code::NoSpace));
    assert_eq!(class.add(ALICE, NAMES[3]).0, Err(Code::NoSpace), "nor the other way round");
    class.resolve(BOB, ALICE, true).0.unwrap();
    assert_eq!(class.add(BOB, "小明").0, Err(Code::NoSpace));
    class.del(ALICE, "Bob").0.unwrap();
    class.resolve(ALICE, DAVE, true).0.unwrap();

    class.block(ALICE, "Bob").0.unwrap();
    assert_eq!(class.block(ALICE, "小明").0, Err(Code::NoSpace));
    class.unblock(ALICE, "Bob").0.unwrap();
    class.block(ALICE, "小明").0.unwrap();
}

#[test]
fn a_request_that_ended_with_a_block_can_be_answered_no_more_and_nobody_is_told_why() {
    for blocks in [ALICE, BOB] {
        let class = Class::new();
        class.add(ALICE, "Bob").0.unwrap();
        let other = if blocks == ALICE { "Bob" } else { "Alice" };
        let (reply, pushes) = class.block(blocks, other);
        assert_eq!((reply, short(&pushes)), (Ok(Reply::Done(Done::default())), vec![]));
        assert_eq!(class.resolve(BOB, ALICE, true), (Err(Code::NoSuchRequest), vec![]));
    }
}

#[test]
fn the_welcoming_user_gets_no_more_friends_than_anybody() {
    let class = Class::new();
    let welcome = |user| {
        let mut out = Outbox::default();
        accounts::befriend(&class.db, &*class.online, &mut out, "alice", user, class.now, 1).unwrap();
        short(&out.pushes)
    };
    assert_eq!(welcome(BOB), told(&[(&[ALICE], "friend 2 Bob"), (&[BOB], "friend 1 Alice")]));
    assert_eq!(welcome(CAROL), vec![]);
    assert_eq!(welcome(ALICE), vec![]);
    assert_eq!(class.count("friends"), 1);
}
