//! Two friends: what one says, the other reads.

use crate::world::{ANN, BOB, PASSWORD, TAG, World, name};
use uchat_client::core::{Keys, VaultEffect, VaultEvent};
use uchat_protocol::e2e::Header;
use uchat_protocol::{Code, Conversation};

const WITH_ANN: Conversation = Conversation::Friend(ANN);
const WITH_BOB: Conversation = Conversation::Friend(BOB);

#[test]
fn both_read_what_the_other_says_and_nothing_comes_in_clear() {
    let mut world = World::new();
    let (mut ann, mut bob) = world.pair();
    world.say(&mut ann, WITH_BOB, "hi");
    world.sync(&mut bob, WITH_ANN);
    world.say(&mut bob, WITH_ANN, "hello");
    world.say(&mut bob, WITH_ANN, "there");
    world.sync(&mut ann, WITH_BOB);
    assert_eq!(bob.texts(), ["ann: hi"]);
    assert_eq!(ann.texts(), ["bob: hello", "bob: there"]);
    assert!(ann.shown.iter().chain(&bob.shown).all(|shown| shown.encrypted));
    let on_the_server = format!("{:?}", world.log_of(ANN, WITH_BOB));
    assert!(!on_the_server.contains("hello"), "{on_the_server}");
    assert_eq!(ann.history(WITH_BOB, None), ["hi", "hello", "there"]);
    assert_eq!(ann.summaries[&WITH_BOB].unread, 2);
    assert_eq!(ann.summaries[&WITH_BOB].last.as_deref(), Some("there"));
    world.handle(&mut ann, VaultEffect::MarkRead(WITH_BOB));
    assert_eq!((ann.summaries[&WITH_BOB].unread, ann.summaries[&WITH_BOB].read), (0, 3));
}

#[test]
fn after_a_restart_in_the_middle_it_goes_on_in_the_same_chain() {
    let mut world = World::new();
    let (mut ann, mut bob) = world.pair();
    world.say(&mut ann, WITH_BOB, "one");
    world.sync(&mut bob, WITH_ANN);
    ann.reopen();
    bob.reopen();
    assert_eq!((world.log_in(&mut ann), world.log_in(&mut bob)), (Keys::Ready, Keys::Ready));
    world.say(&mut ann, WITH_BOB, "two");
    world.sync(&mut bob, WITH_ANN);
    assert_eq!(bob.texts(), ["ann: two"]);
    assert_eq!(bob.history(WITH_ANN, None), ["one", "two"]);
    assert_eq!(world.packages.len(), 1);
}

#[test]
fn who_was_away_fetches_the_packages_on_demand_and_reads_everything() {
    let mut world = World::new();
    let (mut ann, mut bob) = world.pair();
    for day in 0..3 {
        world.say(&mut ann, WITH_BOB, &format!("day {day}"));
        world.pass(25 * 60 * 60 * 1000);
    }
    assert_eq!(world.packages.len(), 3); // a chain lives for a day
    // The newest package comes first, as a push; it must not make the older ones look like replays.
    let newest = Header::parse(&world.packages[2].header).unwrap().key_id;
    let pushed = world.package_for(BOB, ANN, newest).unwrap();
    world.handle(&mut bob, VaultEffect::Package(pushed));
    world.sync(&mut bob, WITH_ANN);
    assert_eq!(bob.texts(), ["ann: day 0", "ann: day 1", "ann: day 2"]);
    assert!(bob.warnings.is_empty(), "{:?}", bob.warnings);
    // All that are missing are asked for at once, not one after the other.
    let asked: Vec<_> = world
        .asked
        .iter()
        .filter_map(|event| match event {
            VaultEvent::NeedPackages(keys) => Some(keys.len()),
            _ => None,
        })
        .collect();
    assert_eq!(asked, [2]);
}

#[test]
fn a_chain_ends_after_a_hundred_messages() {
    let mut world = World::new();
    let (mut ann, mut bob) = world.pair();
    for number in 0..101 {
        world.say(&mut ann, WITH_BOB, &number.to_string());
    }
    world.sync(&mut bob, WITH_ANN);
    assert_eq!(world.packages.len(), 2);
    assert_eq!(bob.shown.len(), 101);
}

#[test]
fn what_came_after_a_message_without_its_key_waits_for_it() {
    let mut world = World::new();
    let (mut ann, mut bob) = world.pair();
    world.say(&mut ann, WITH_BOB, "first");
    world.sync(&mut bob, WITH_ANN);
    world.pass(25 * 60 * 60 * 1000);
    world.say(&mut ann, WITH_BOB, "second");
    let have = bob.have(WITH_ANN);
    let messages = world.log_of(BOB, WITH_ANN).iter().filter(|m| m.seq > have).cloned().collect();
    let events = bob.store.handle(VaultEffect::Receive { conversation: WITH_ANN, after: have, messages });
    let [VaultEvent::Received { summary, shown }, VaultEvent::NeedPackages(keys)] = &events[..] else {
        panic!("{events:?}")
    };
    assert!(shown.is_empty());
    assert_eq!(summary.have, 2); // it is on disk
    assert_eq!(bob.history(WITH_ANN, None), ["first"]);
    // A question whose answer was lost is asked again, but not at once.
    let again = |bob: &mut crate::world::Client| {
        let nothing = VaultEffect::Receive { conversation: WITH_ANN, after: 0, messages: Vec::new() };
        bob.store.handle(nothing).iter().any(|event| matches!(event, VaultEvent::NeedPackages(_)))
    };
    assert!(!again(&mut bob));
    world.pass(61_000);
    assert!(again(&mut bob));
    let (asked, packages) = (keys.clone(), vec![world.package_for(BOB, ANN, keys[0].1).unwrap()]);
    world.handle(&mut bob, VaultEffect::Packages { asked, packages });
    assert_eq!(bob.texts(), ["ann: first", "ann: second"]);
}

#[test]
fn a_message_whose_key_the_server_does_not_have_is_a_line() {
    let mut world = World::new();
    let (mut ann, mut bob) = world.pair();
    world.say(&mut ann, WITH_BOB, "lost");
    world.packages.clear();
    world.sync(&mut bob, WITH_ANN);
    let [line] = &bob.texts()[..] else { panic!("{:?}", bob.texts()) };
    assert!(line.starts_with("a message of ann cannot be read: its key is not here"), "{line}");
}

#[test]
fn an_answer_that_brings_only_some_of_the_packages_is_asked_on() {
    let mut world = World::new();
    let (mut ann, mut bob) = world.pair();
    for day in 0..3 {
        world.say(&mut ann, WITH_BOB, &format!("day {day}"));
        world.pass(25 * 60 * 60 * 1000);
    }
    world.one_package_at_a_time = true;
    world.packages.remove(1); // and this one the server does not have at all
    world.sync(&mut bob, WITH_ANN);
    let texts = bob.texts();
    let [first, lost, last] = &texts[..] else { panic!("{texts:?}") };
    assert_eq!((first.as_str(), last.as_str()), ("ann: day 0", "ann: day 2"));
    assert!(lost.contains("its key is not here"), "{lost}");
}

#[test]
fn a_new_profile_with_the_same_keys_reads_both_sides() {
    let mut world = World::new();
    let (mut ann, mut bob) = world.pair();
    world.say(&mut ann, WITH_BOB, "hi");
    world.sync(&mut bob, WITH_ANN);
    world.say(&mut bob, WITH_ANN, "hello");
    let mut second = world.stranger(ANN);
    std::fs::copy(ann.dir.path().join("keys.pem"), second.dir.path().join("keys.pem")).unwrap();
    assert_eq!(world.log_in(&mut second), Keys::Ready);
    world.sync(&mut second, WITH_BOB);
    assert_eq!(second.texts(), ["ann: hi", "bob: hello"]);
}

#[test]
fn for_a_friend_without_a_certificate_nothing_is_sealed() {
    let mut world = World::new();
    let mut ann = world.client(ANN);
    let id = ann.queue(WITH_BOB, "hi");
    let (code, _) = world.seal(&mut ann, id).unwrap_err();
    assert_eq!(code, Code::NoKeys);
    // A minute later he has one.
    world.pass(61_000);
    world.client(BOB);
    world.seal(&mut ann, id).unwrap();
}

#[test]
fn both_see_the_same_safety_number() {
    let mut world = World::new();
    let (mut ann, mut bob) = world.pair();
    for (client, user) in [(&mut ann, BOB), (&mut bob, ANN)] {
        // The keys are fetched, so that the next try works.
        let told = world.handle(client, VaultEffect::SafetyNumber { tag: TAG, user });
        assert!(matches!(&told[..], [VaultEvent::Failed { refusal, .. }] if refusal.code == Code::NoKeys));
    }
    let words = |client: &mut crate::world::Client, user| match client
        .store
        .handle(VaultEffect::SafetyNumber { tag: TAG, user })
        .pop()
    {
        Some(VaultEvent::Words { words, .. }) => words,
        other => panic!("{other:?}"),
    };
    let (of_ann, of_bob) = (words(&mut ann, BOB), words(&mut bob, ANN));
    assert_eq!(of_ann.len(), 16);
    assert_eq!(of_ann, of_bob);
}

#[test]
fn a_profile_belongs_to_one_account() {
    let mut world = World::new();
    let mut ann = world.client(ANN);
    let events = world.handle(
        &mut ann,
        VaultEffect::Unlock {
            tag: TAG,
            user: BOB,
            name: name(BOB).to_owned(),
            token: None,
            password: Some(PASSWORD.into()),
            certificate: None,
        },
    );
    let [VaultEvent::Failed { refusal, .. }] = &events[..] else { panic!("{events:?}") };
    assert_eq!(refusal.code, Code::WrongProfile);
    assert!(refusal.text.contains("--profile"), "{refusal}");
}
