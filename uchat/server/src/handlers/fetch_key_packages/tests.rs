use super::*;
use crate::handlers::key_package;
use crate::handlers::tests::people::{People, code, header};
use uchat_protocol::KeyId;
use uchat_protocol::e2e::Place::Room;
use uchat_protocol::push::KeyPackageFor;
use uchat_protocol::request::KeyPackage;

fn give(people: &People, header: Vec<u8>, wraps: &[u64]) {
    let wraps = wraps.iter().map(|&user| (user, vec![user as u8; 85].into())).collect();
    let package = KeyPackage { header: header.into(), signature: vec![4; 256].into(), wraps };
    people.ask(1, |tx, caller, out| key_package::handle(tx, caller, package, out)).0.unwrap();
}

fn fetch(people: &People, user: u64, keys: &[(u64, u8)]) -> Handled {
    let keys = keys.iter().map(|&(sender, key)| (sender, KeyId([key; 16]))).collect();
    people.ask(user, |tx, caller, out| handle(tx, caller, FetchKeyPackages { keys }, out)).0
}

fn packages(handled: Handled) -> (Vec<KeyPackageFor>, bool) {
    let Ok(Reply::Done(done)) = handled else { panic!("{handled:?}") };
    (done.packages, done.more)
}

#[test]
fn only_those_with_a_wrap_for_the_caller_come_with_that_wrap() {
    let people = People::two_friends();
    let room = people.room(&[1, 2, 3]);
    give(&people, header(Room(room), 1, 1, &[1, 2, 3]), &[2, 3]);
    give(&people, header(Room(room), 2, 1, &[1, 2, 3]), &[3]);
    let asked = [(1, 2), (1, 1), (1, 9), (2, 1), (u64::MAX, 1)];
    let (found, more) = packages(fetch(&people, 2, &asked));
    assert_eq!((found.len(), more), (1, false));
    assert_eq!(found[0].wrap, [2; 85]);
    assert_eq!(found[0].header, header(Room(room), 1, 1, &[1, 2, 3]));
    let keys: Vec<u8> = packages(fetch(&people, 3, &asked)).0.iter().map(|found| found.header[9]).collect();
    assert_eq!(keys, [2, 1], "in the order in which they were asked for");
    assert_eq!(packages(fetch(&people, 3, &[])), (vec![], false));
}

#[test]
fn who_came_back_gets_all_of_a_chain_the_oldest_first() {
    let people = People::two_friends();
    let room = people.room(&[1, 2]);
    let (old, new) = (header(Room(room), 1, 1, &[1, 2]), header(Room(room), 1, 1, &[1, 2, 3]));
    give(&people, old.clone(), &[2]);
    give(&people, new.clone(), &[2]);
    let found = packages(fetch(&people, 2, &[(1, 1)])).0;
    assert_eq!(found.iter().map(|found| found.header.to_vec()).collect::<Vec<_>>(), [old, new]);
}

#[test]
fn too_many_at_once_are_refused_and_a_full_answer_says_so() {
    let people = People::two_friends();
    assert_eq!(code(fetch(&people, 2, &[(1, 1); limits::ASKED_AT_ONCE + 1])), Code::TooLong);
    let members: Vec<u64> = (1..=500).collect();
    let room = people.room(&[1, 2]);
    for key in 1..=20 {
        give(&people, header(Room(room), key, 1, &members), &[2]);
    }
    let asked: Vec<(u64, u8)> = (1..=20).map(|key| (1, key)).collect();
    let (found, more) = packages(fetch(&people, 2, &asked));
    assert!(more && (1..20).contains(&found.len()), "{}", found.len());
    let (rest, more) = packages(fetch(&people, 2, &asked[found.len()..]));
    assert_eq!((found.len() + rest.len(), more), (20, false));
}
