//! Killed at any moment, or a disk that takes nothing: what is on disk is a state that can be gone on with, and nothing
//! is there twice.

use crate::world::{ANN, BOB, Client, World};
use std::fs;
use std::sync::Arc;
use tempfile::TempDir;
use uchat_client::core::{Keys, VaultEffect, VaultEvent};
use uchat_protocol::Conversation;

const WITH_ANN: Conversation = Conversation::Friend(ANN);
const WITH_BOB: Conversation = Conversation::Friend(BOB);
/// SQLite's log grows by pages of 4 KiB with a header of 24 bytes each.
const FRAME: u64 = 4096 + 24;

#[test]
fn killed_while_messages_are_taken_in_each_is_there_once() {
    let mut world = World::new();
    let (mut ann, mut bob) = world.pair();
    world.say(&mut ann, WITH_BOB, "before");
    world.sync(&mut bob, WITH_ANN);
    let said: Vec<String> = (1..=5).map(|number| format!("message {number}")).collect();
    for text in &said {
        world.say(&mut ann, WITH_BOB, text);
        world.pass(13 * 60 * 60 * 1000); // so that they need three chains
    }
    let log = bob.dir.path().join("history.db-wal");
    let before = fs::metadata(&log).unwrap().len();
    world.sync(&mut bob, WITH_ANN);
    let after = fs::metadata(&log).unwrap().len();
    assert!(after > before + 5 * FRAME, "{before}, {after}");
    let mut states = std::collections::BTreeSet::new();
    for cut in (before..after).step_by(FRAME as usize / 2).chain([after]) {
        // What a power cut leaves: the log up to some byte.
        let dir = Arc::new(TempDir::new().unwrap());
        for name in ["history.db", "history.db-wal", "keys.pem"] {
            fs::copy(bob.dir.path().join(name), dir.path().join(name)).unwrap();
        }
        fs::File::options()
            .write(true)
            .open(dir.path().join("history.db-wal"))
            .unwrap()
            .set_len(cut)
            .unwrap();
        let mut again = Client::open(BOB, dir, &world.clock, true);
        states.insert(again.have(WITH_ANN));
        assert_eq!(world.log_in(&mut again), Keys::Ready);
        world.sync(&mut again, WITH_ANN);
        let history = again.history(WITH_ANN, None);
        assert_eq!((history[0].as_str(), &history[1..]), ("before", &said[..]), "cut at {cut}");
    }
    assert_eq!(states.into_iter().collect::<Vec<_>>(), [1, 6], "all of a page is taken in, or nothing");
}

#[test]
fn what_the_disk_did_not_take_is_never_jumped_over() {
    let mut world = World::new();
    let (mut ann, mut bob) = world.pair();
    world.say(&mut ann, WITH_BOB, "1");
    world.sync(&mut bob, WITH_ANN);
    world.say(&mut ann, WITH_BOB, "2");
    world.say(&mut ann, WITH_BOB, "3");
    let log = world.log_of(BOB, WITH_ANN).clone();
    let receive = |after: u64| VaultEffect::Receive {
        conversation: WITH_ANN,
        after,
        messages: vec![log[after as usize].clone()],
    };
    let disk = rusqlite::Connection::open(bob.dir.path().join("history.db")).unwrap();
    disk.execute_batch(
        "CREATE TRIGGER full BEFORE INSERT ON sealed BEGIN SELECT RAISE(ABORT, 'the disk is full'); END",
    )
    .unwrap();
    let events = bob.store.handle(receive(1));
    assert!(
        matches!(events[..], [VaultEvent::Warning(_), VaultEvent::NotReceived { have: 1, .. }]),
        "{events:?}"
    );
    disk.execute_batch("DROP TRIGGER full").unwrap();
    let events = bob.store.handle(receive(2)); // which was given to it in the same moment
    assert!(matches!(events[..], [VaultEvent::NotReceived { have: 1, .. }]), "{events:?}");
    world.sync(&mut bob, WITH_ANN);
    assert_eq!(bob.texts(), ["ann: 1", "ann: 2", "ann: 3"]);
}
