use super::*;
use crate::handlers::tests::people::{People, code, header, refused};
use uchat_protocol::e2e::Place::{Friends, Room};
use uchat_protocol::limits;

fn package(header: Vec<u8>, wraps: &[u64]) -> KeyPackage {
    let wraps = wraps.iter().map(|&user| (user, ByteBuf::from(vec![user as u8; 85]))).collect();
    KeyPackage { header: header.into(), signature: vec![4; 256].into(), wraps }
}

fn give(people: &People, user: u64, package: KeyPackage) -> (Handled, Outbox) {
    people.ask(user, |tx, caller, out| handle(tx, caller, package, out))
}

fn told(out: &Outbox) -> Vec<u64> {
    assert!(out.pushes.is_empty());
    out.packages.iter().flat_map(|package| &package.wraps).map(|(user, _)| *user).collect()
}

#[test]
fn each_member_who_is_there_gets_the_own_wrap() {
    let people = People::two_friends();
    for user in 1..=3 {
        people.comes(user);
    }
    let room = people.room(&[1, 2, 3]);
    let bytes = header(Room(room), 1, 1, &[1, 2, 3]);
    let (handled, out) = give(&people, 1, package(bytes.clone(), &[3, 1, 2]));
    assert_eq!(handled.unwrap(), Reply::Done(Done::default()));
    assert_eq!(told(&out), [3, 2]);
    let [package] = &out.packages[..] else { panic!("the header is there once: {out:?}") };
    assert_eq!((&package.header[..], &package.signature[..]), (&bytes[..], &[4; 256][..]));
    assert!(package.wraps.iter().all(|(user, wrap)| wrap[..] == [*user as u8; 85]));
    assert_eq!((people.count("key_packages"), people.count("key_wraps")), (1, 3));
}

#[test]
fn who_is_away_is_not_told_but_the_wrap_is_kept() {
    let people = People::two_friends();
    let (handled, out) = give(&people, 2, package(header(Friends, 1, 2, &[1, 2]), &[1]));
    handled.unwrap();
    assert!(told(&out).is_empty());
    assert_eq!(people.count("key_wraps"), 1);
}

#[test]
fn the_same_header_again_is_done_already() {
    let people = People::two_friends();
    people.comes(2);
    let bytes = header(Friends, 1, 1, &[1, 2]);
    give(&people, 1, package(bytes.clone(), &[2])).0.unwrap();
    people.unfriend(1, 2);
    let (handled, out) = give(&people, 1, package(bytes, &[2]));
    handled.unwrap();
    assert!(told(&out).is_empty());
    assert_eq!(people.count("key_packages"), 1);
}

#[test]
fn a_newcomer_gets_the_same_chain_under_another_header() {
    let people = People::two_friends();
    let room = people.room(&[1, 2]);
    give(&people, 1, package(header(Room(room), 1, 1, &[1, 2]), &[2])).0.unwrap();
    people.join(room, 3, 1);
    give(&people, 1, package(header(Room(room), 1, 1, &[1, 2, 3]), &[3])).0.unwrap();
    assert_eq!(people.count("key_packages"), 2);
}

#[test]
fn who_has_left_meanwhile_gets_nothing_and_the_others_all_the_same() {
    let people = People::two_friends();
    for user in 1..=3 {
        people.comes(user);
    }
    let room = people.room(&[1, 2, 3]);
    people.leave(room, 3);
    let (handled, out) = give(&people, 1, package(header(Room(room), 1, 1, &[1, 2, 3]), &[2, 3]));
    handled.unwrap();
    assert_eq!((told(&out), people.count("key_wraps")), (vec![2], 1));
}

#[test]
fn what_does_not_fit_is_refused_and_leaves_nothing() {
    let people = People::two_friends();
    let room = people.room(&[1, 2]);
    let good = || header(Friends, 1, 1, &[1, 2]);
    let most = uchat_protocol::limits::NUMBER;
    let unsigned = KeyPackage { signature: ByteBuf::new(), ..package(good(), &[2]) };
    let long_signature = KeyPackage { signature: vec![0; 513].into(), ..package(good(), &[2]) };
    let long_wrap = KeyPackage { wraps: vec![(2, vec![0; 129].into())], ..package(good(), &[]) };
    let no_wrap = KeyPackage { wraps: vec![(2, ByteBuf::new())], ..package(good(), &[]) };
    for (wrong, expected) in [
        (package(vec![], &[]), Code::BadKeyPackage),
        (package(header(Friends, 1, 2, &[1, 2]), &[2]), Code::BadKeyPackage), // of somebody else
        (package(good(), &[3]), Code::BadKeyPackage),
        (package(good(), &[2, 2]), Code::BadKeyPackage),
        (package(good(), &[u64::MAX]), Code::BadKeyPackage),
        (package(header(Friends, 1, 1, &[1, 3]), &[3]), Code::NotFriends),
        (package(header(Friends, 1, 1, &[1, most]), &[most]), Code::NoSuchUser),
        (package(header(Friends, 1, 1, &[1, most + 1]), &[most + 1]), Code::BadKeyPackage),
        (package(header(Room(most), 1, 1, &[1, 2]), &[2]), Code::NoSuchRoom),
        (package(header(Room(u64::MAX), 1, 1, &[1, 2]), &[2]), Code::BadKeyPackage),
        (unsigned, Code::BadField),
        (long_signature, Code::TooLong),
        (long_wrap, Code::TooLong),
        (no_wrap, Code::BadField),
    ] {
        assert_eq!(code(give(&people, 1, wrong).0), expected);
    }
    assert_eq!(code(give(&people, 3, package(header(Room(room), 1, 3, &[1, 3]), &[1])).0), Code::NotInRoom);
    assert_eq!(people.count("key_packages"), 0);
}

#[test]
fn a_day_has_so_many_packages_and_no_more() {
    let mut people = People::two_friends();
    let conversation = "SELECT 1, randomblob(16), 1, x'00', x'00', 1000 + value";
    let many = format!(
        "WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < {A_DAY_MOST})
        INSERT INTO key_packages (sender_id, key_id, conversation_id, header, signature, time) {conversation} FROM n"
    );
    people.db.execute(&many, []).unwrap();
    people.now = 10_000;
    let next = || package(header(Friends, 1, 1, &[1, 2]), &[2]);
    let refusal = refused(give(&people, 1, next()).0);
    assert_eq!((refusal.code, refusal.retry_after), (Code::TooManyRequests, Some(DAY + 1001 - 10_000)));
    give(&people, 2, package(header(Friends, 1, 2, &[1, 2]), &[1])).0.unwrap();
    people.now = DAY + 1001;
    give(&people, 1, next()).0.unwrap();
}

#[test]
fn a_package_for_a_full_room_holds_its_header_once() {
    let people = People::new();
    let members: Vec<u64> = (0..limits::ROOM_MEMBERS).map(|n| people.user(&format!("u{n}"))).collect();
    let room = people.room(&members);
    for &member in &members {
        people.comes(member);
    }
    let bytes = header(Room(room), 1, 1, &members);
    let (handled, out) = give(&people, 1, package(bytes.clone(), &members));
    handled.unwrap();
    let [package] = &out.packages[..] else { panic!("one: {}", out.packages.len()) };
    assert_eq!((package.header.len(), package.wraps.len()), (bytes.len(), limits::ROOM_MEMBERS - 1));
    assert_eq!(people.count("key_wraps"), limits::ROOM_MEMBERS as u64);
}
