//! What counts as unread, whether somebody is spoken to in it, and that all of it survives a restart.

use crate::world::{ANN, BOB, Client, PASSWORD, TAG, World};
use uchat_client::core::{VaultEffect, VaultEvent};
use uchat_protocol::Conversation;
use uchat_protocol::content::Kind;
use uchat_protocol::e2e::Header;

const WITH_ANN: Conversation = Conversation::Friend(ANN);
const WITH_BOB: Conversation = Conversation::Friend(BOB);

/// How many are unread, and whether one of them speaks to us.
fn unread(bob: &Client) -> (u64, bool) {
    let summary = &bob.summaries[&WITH_ANN];
    (summary.unread, summary.mentioned)
}

/// The friend was read up to here on another device.
fn read_elsewhere(world: &mut World, bob: &mut Client, seq: u64) {
    let contacts = VaultEffect::Contacts {
        conversations: vec![(WITH_ANN, "ann".to_owned())],
        joined: Vec::new(),
        read: vec![(WITH_ANN, seq)],
        cursors: Vec::new(),
    };
    world.handle(bob, contacts);
}

#[test]
fn a_message_that_is_deleted_after_it_has_come_is_not_unread_any_more() {
    let mut world = World::new();
    let (mut ann, mut bob) = world.pair();
    let ids: Vec<_> = ["one", "two", "three"].map(|what| world.say(&mut ann, WITH_BOB, what)).to_vec();
    world.sync(&mut bob, WITH_ANN);
    assert_eq!(unread(&bob), (3, false));
    world.change(&mut ann, Kind::Delete, ids[1], "");
    world.sync(&mut bob, WITH_ANN);
    assert_eq!(unread(&bob), (2, false));
    bob.reopen();
    assert_eq!(unread(&bob), (2, false));
    // What was read is not taken off a second time.
    world.log_in(&mut bob);
    world.handle(&mut bob, VaultEffect::MarkRead(WITH_ANN));
    world.say(&mut ann, WITH_BOB, "four");
    world.change(&mut ann, Kind::Delete, ids[0], "");
    world.sync(&mut bob, WITH_ANN);
    assert_eq!(unread(&bob), (1, false));
}

#[test]
fn a_message_that_was_deleted_before_it_came_was_never_unread() {
    let mut world = World::new();
    let (mut ann, mut bob) = world.pair();
    let gone = world.say(&mut ann, WITH_BOB, "@bob gone");
    world.say(&mut ann, WITH_BOB, "stays");
    world.change(&mut ann, Kind::Delete, gone, "");
    world.sync(&mut bob, WITH_ANN);
    assert_eq!((unread(&bob), bob.texts()), ((1, false), vec!["ann: stays".to_owned()]));
}

#[test]
fn history_that_is_replayed_counts_nothing_that_is_deleted() {
    let mut world = World::new();
    let (mut ann, mut bob) = world.pair();
    let ids: Vec<_> = ["one", "two", "three"].map(|what| world.say(&mut ann, WITH_BOB, what)).to_vec();
    world.sync(&mut bob, WITH_ANN);
    world.change(&mut ann, Kind::Delete, ids[2], "");
    world.sync(&mut bob, WITH_ANN);
    read_elsewhere(&mut world, &mut bob, 1);
    assert_eq!(unread(&bob), (1, false), "of two and three only two");
    // The same pages once more, as after a store that was lost.
    let messages = world.log_of(BOB, WITH_ANN).clone();
    world.handle(&mut bob, VaultEffect::Receive { conversation: WITH_ANN, after: 0, messages });
    assert_eq!(unread(&bob), (1, false));
    world.handle(&mut bob, VaultEffect::MarkRead(WITH_ANN));
    assert_eq!(unread(&bob), (0, false));
}

#[test]
fn that_somebody_speaks_to_us_is_known_until_it_is_read_over_a_restart_too() {
    let mut world = World::new();
    let (mut ann, mut bob) = world.pair();
    world.say(&mut ann, WITH_BOB, "@bob look");
    world.say(&mut ann, WITH_BOB, "at this");
    world.sync(&mut bob, WITH_ANN);
    assert_eq!(unread(&bob), (2, true));
    bob.reopen();
    assert_eq!(unread(&bob), (2, true));
    read_elsewhere(&mut world, &mut bob, 1);
    assert_eq!(unread(&bob), (1, false), "what is left does not speak to us");
}

#[test]
fn an_edit_or_a_deletion_changes_who_is_spoken_to() {
    let mut world = World::new();
    let (mut ann, mut bob) = world.pair();
    let id = world.say(&mut ann, WITH_BOB, "look");
    let other = world.say(&mut ann, WITH_BOB, "@bob look");
    world.sync(&mut bob, WITH_ANN);
    world.change(&mut ann, Kind::Delete, other, "");
    world.sync(&mut bob, WITH_ANN);
    assert_eq!(unread(&bob), (1, false));
    for (text, expected) in [("@bob look", true), ("@cat look", false)] {
        world.change(&mut ann, Kind::Edit, id, text);
        world.sync(&mut bob, WITH_ANN);
        assert_eq!(unread(&bob), (1, expected), "{text}");
    }
}

#[test]
fn what_has_waited_for_the_keys_is_opened_in_several_transactions() {
    const WAITING: usize = 240;
    let mut world = World::new();
    let (mut ann, mut bob) = world.pair();
    world.say(&mut ann, WITH_BOB, "the chain is here");
    world.sync(&mut bob, WITH_ANN);
    bob.store.handle(VaultEffect::Lock);
    for number in 0..WAITING {
        world.say(&mut ann, WITH_BOB, &number.to_string());
    }
    world.sync(&mut bob, WITH_ANN);
    // A chain has a hundred messages at most: the packages of the next ones are here, too.
    let ids: Vec<_> = world.packages.iter().map(|package| Header::parse(&package.header).unwrap()).collect();
    for header in ids {
        let package = world.package_for(BOB, header.sender, header.key_id).unwrap();
        bob.store.handle(VaultEffect::Package(package));
    }
    assert_eq!(bob.texts().len(), 1, "the keys are locked");

    let unlock = VaultEffect::Unlock {
        tag: TAG,
        user: BOB,
        name: "bob".to_owned(),
        token: None,
        password: Some(PASSWORD.into()),
        certificate: world.certificates.get(&BOB).cloned(),
    };
    let mut texts = Vec::new();
    let mut opened = |events: Vec<VaultEvent>| {
        let before = texts.len();
        for event in events {
            if let VaultEvent::Received { shown, .. } = event {
                texts.extend(shown.into_iter().filter_map(|message| message.text));
            }
        }
        texts.len() - before
    };
    let mut parts = vec![opened(bob.store.handle_all(unlock, || None))];
    while let Some(more) = bob.store.go_on() {
        parts.push(opened(more));
    }
    assert!(parts.len() > 1 && parts.iter().all(|part| *part < WAITING), "{parts:?}");
    assert_eq!(texts, (0..WAITING).map(|number| number.to_string()).collect::<Vec<_>>());
}

#[test]
fn that_keys_have_changed_is_known_until_they_are_accepted_over_a_restart_too() {
    let mut world = World::new();
    let (mut ann, mut bob) = world.pair();
    world.say(&mut ann, WITH_BOB, "hi");
    world.say(&mut bob, WITH_ANN, "hello");
    world.sync(&mut ann, WITH_BOB);
    let mut bob = world.stranger(BOB);
    world.install(&mut bob, 3);
    world.log_in(&mut ann);
    let certificates = world.certificates_of(&[BOB]);
    world.handle(&mut ann, certificates);
    assert!(ann.summaries[&WITH_BOB].key_changed);
    ann.reopen();
    assert!(ann.summaries[&WITH_BOB].key_changed);
    world.log_in(&mut ann);
    world.handle(&mut ann, VaultEffect::AcceptKey { tag: TAG, user: BOB });
    assert!(!ann.summaries[&WITH_BOB].key_changed);
}
