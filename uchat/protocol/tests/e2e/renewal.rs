//! When a new chain is due, and which members a chain can have.

use crate::people::{ALICE, BOB, CAROL, NOW, alice, bob, carol, letter, seeded};
use uchat_protocol::e2e::{
    CHAIN_LIFE, CHAIN_MESSAGES, Fingerprint, Header, MemberKeys, OwnKeys, Place, SendChain, SendError,
};

fn b() -> MemberKeys {
    bob().as_member(BOB)
}

fn c() -> MemberKeys {
    carol().as_member(CAROL)
}

fn room(others: &[&MemberKeys]) -> SendChain {
    SendChain::start(alice(), ALICE, Place::Room(5), others, None, NOW, &mut seeded()).unwrap().0
}

fn ks(members: &[&MemberKeys]) -> Vec<(u64, Fingerprint)> {
    members.iter().map(|member| (member.user(), member.fingerprint())).collect()
}

#[test]
fn not_while_everybody_stays_in_whatever_order_they_are_told() {
    let chain = room(&[&b(), &c()]);
    assert!(!chain.must_renew(alice(), &ks(&[&b(), &c()]), NOW));
    assert!(!chain.must_renew(alice(), &ks(&[&c(), &b()]), NOW));
}

#[test]
fn not_when_somebody_comes() {
    assert!(!room(&[&b()]).must_renew(alice(), &ks(&[&b(), &c()]), NOW));
}

#[test]
fn when_somebody_left_or_was_removed() {
    let chain = room(&[&b(), &c()]);
    assert!(chain.must_renew(alice(), &ks(&[&b()]), NOW));
    assert!(chain.must_renew(alice(), &[], NOW));
}

#[test]
fn when_somebody_who_came_later_left() {
    let mut chain = room(&[&b()]);
    chain.package_for(alice(), &[&c()], &mut seeded()).unwrap();
    let chain = SendChain::from_bytes(&chain.to_bytes()).unwrap();
    assert!(chain.must_renew(alice(), &ks(&[&b()]), NOW));
}

#[test]
fn when_a_k_is_another_one() {
    let chain = room(&[&b()]);
    assert!(chain.must_renew(alice(), &[(BOB, Fingerprint([1; 32]))], NOW));
    let own: &OwnKeys = carol();
    assert!(chain.must_renew(own, &ks(&[&b()]), NOW), "our own keys are others");
}

#[test]
fn after_a_hundred_messages() {
    let mut chain = room(&[&b()]);
    for _ in 0..CHAIN_MESSAGES {
        assert!(!chain.must_renew(alice(), &ks(&[&b()]), NOW));
        chain.seal(alice(), &letter("x"), &mut seeded()).unwrap();
    }
    assert!(chain.must_renew(alice(), &ks(&[&b()]), NOW));
    assert!(matches!(chain.seal(alice(), &letter("x"), &mut seeded()), Err(SendError::Exhausted)));
}

#[test]
fn after_a_day() {
    let chain = room(&[&b()]);
    assert!(!chain.must_renew(alice(), &ks(&[&b()]), NOW + CHAIN_LIFE - 1));
    assert!(chain.must_renew(alice(), &ks(&[&b()]), NOW + CHAIN_LIFE));
}

/// A clock that was years ahead once must not leave us with one chain for years, nor with one for each message.
#[test]
fn once_after_a_clock_was_set_back_by_more_than_a_day() {
    let chain = room(&[&b()]);
    assert!(!chain.must_renew(alice(), &ks(&[&b()]), NOW - CHAIN_LIFE + 1), "less is no reason");
    let now = NOW - 1000 * CHAIN_LIFE;
    assert!(chain.must_renew(alice(), &ks(&[&b()]), now));
    let place = Place::Room(5);
    let (chain, package) =
        SendChain::start(alice(), ALICE, place, &[&b()], Some(&chain), now, &mut seeded()).unwrap();
    assert_eq!(Header::parse(&package.header).unwrap().time, NOW, "no package is older than the one before");
    let chain = SendChain::from_bytes(&chain.to_bytes()).unwrap();
    assert!(!chain.must_renew(alice(), &ks(&[&b()]), now + 1));
    assert!(chain.must_renew(alice(), &ks(&[&b()]), now + CHAIN_LIFE));
}

#[test]
fn a_new_chain_is_never_older_than_the_one_before() {
    let first = room(&[&b()]);
    let start = |previous, place, time| {
        SendChain::start(alice(), ALICE, place, &[&b()], Some(previous), time, &mut seeded())
    };
    let (_, package) = start(&first, Place::Room(5), NOW - 10_000).unwrap();
    assert_eq!(Header::parse(&package.header).unwrap().time, NOW);
    let (_, package) = start(&first, Place::Room(5), NOW + 1).unwrap();
    assert_eq!(Header::parse(&package.header).unwrap().time, NOW + 1);
    assert!(matches!(start(&first, Place::Friends, NOW), Err(SendError::OtherPlace)));
}

#[test]
fn members_that_no_chain_can_have() {
    let refused = |place, others: &[&MemberKeys]| {
        let started = SendChain::start(alice(), ALICE, place, others, None, NOW, &mut seeded());
        assert!(matches!(started, Err(SendError::Members(_))), "{started:?}");
    };
    refused(Place::Friends, &[]);
    refused(Place::Friends, &[&b(), &c()]);
    refused(Place::Friends, &[&alice().as_member(ALICE)]);
    refused(Place::Room(5), &[&b(), &b()]);
    let crowd: Vec<MemberKeys> = (1000..1500).map(|user| bob().as_member(user)).collect();
    refused(Place::Room(5), &crowd.iter().collect::<Vec<_>>());
    let full: Vec<&MemberKeys> = crowd.iter().take(499).collect();
    assert_eq!(room(&full).members().len(), 500, "with us");

    let mut chain = room(&[&b()]);
    let before = chain.to_bytes();
    assert!(chain.package_for(alice(), &[&b()], &mut seeded()).is_err(), "he is there already");
    assert_eq!(*chain.to_bytes(), *before);
    let (mut friends, _) =
        SendChain::start(alice(), ALICE, Place::Friends, &[&b()], None, NOW, &mut seeded()).unwrap();
    assert!(matches!(friends.package_for(alice(), &[&c()], &mut seeded()), Err(SendError::Members(_))));
}

#[test]
fn somebody_alone_in_a_room_can_write() {
    let mut chain = room(&[]);
    assert!(chain.seal(alice(), &letter("x"), &mut seeded()).is_ok());
    assert!(!chain.must_renew(alice(), &[], NOW));
}
