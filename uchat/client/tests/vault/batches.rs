//! Effects in one transaction: each all or nothing, told only when all of it is on disk.

use crate::world::{ANN, BOB, Client, IN_ROOM, ROOM, TAG, World, name, text};
use rusqlite::Connection;
use std::sync::mpsc;
use uchat_client::core::{VaultEffect, VaultEvent, WhyNot};
use uchat_client::vault::{Vault, VaultSettings, system_time};
use uchat_protocol::content::Happened;
use uchat_protocol::reply::RoomUser;
use uchat_protocol::{Code, Conversation, MessageId};

const WITH_ANN: Conversation = Conversation::Friend(ANN);
const WITH_BOB: Conversation = Conversation::Friend(BOB);

/// Nothing can be committed any more once something was put into the outbox.
const NO_COMMIT: &str = "CREATE TABLE one (id INTEGER PRIMARY KEY);
    CREATE TABLE other (id INTEGER REFERENCES one (id) DEFERRABLE INITIALLY DEFERRED);
    CREATE TRIGGER full AFTER INSERT ON outbox BEGIN INSERT INTO other VALUES (1); END;";
/// SQLite takes back all of a transaction as soon as something is put into the outbox, as it does on a full disk.
const NO_ROOM: &str =
    "CREATE TRIGGER full AFTER INSERT ON outbox BEGIN SELECT RAISE(ROLLBACK, 'the disk is full'); END";

fn queue(client: &mut Client, what: &str) -> (MessageId, VaultEffect) {
    let id = client.fresh_id();
    (id, VaultEffect::Queue { tag: TAG, id, conversation: WITH_BOB, content: text(what) })
}

/// Does them in one transaction.
fn together(client: &mut Client, effects: Vec<VaultEffect>) -> Vec<VaultEvent> {
    let mut effects = effects.into_iter();
    let first = effects.next().unwrap();
    client.store.handle_all(first, || effects.next())
}

/// The same database, as another program sees it: what was committed.
fn disk(client: &Client) -> Connection {
    Connection::open(client.dir.path().join("history.db")).unwrap()
}

fn count(disk: &Connection, table: &str) -> u64 {
    disk.query_row(&format!("SELECT COUNT(*) FROM {table}"), [], |row| row.get(0)).unwrap()
}

#[test]
fn one_that_fails_among_others_is_taken_back_alone() {
    let mut world = World::new();
    let (mut ann, _bob) = world.pair();
    let (first, one) = queue(&mut ann, "one");
    let (last, two) = queue(&mut ann, "two");
    disk(&ann)
        .execute_batch(
            "CREATE TRIGGER no AFTER INSERT ON messages WHEN NEW.text = 'no'
             BEGIN SELECT RAISE(ABORT, 'not this one'); END",
        )
        .unwrap();
    let (failed, no) = queue(&mut ann, "no");
    let events = together(&mut ann, vec![one, no, VaultEffect::Seal(failed), two]);
    let queued: Vec<MessageId> = events
        .iter()
        .filter_map(|event| match event {
            VaultEvent::Queued { queued, .. } => Some(queued.id),
            _ => None,
        })
        .collect();
    assert_eq!(queued, [first, last]);
    let refused = events.iter().find_map(|event| match event {
        VaultEvent::Failed { tag: TAG, refusal } => Some(refusal),
        _ => None,
    });
    assert!(refused.unwrap().text.contains("not this one"));
    assert!(events.iter().any(|event| matches!(event, VaultEvent::NotSealed { id, .. } if *id == failed)));
    assert_eq!(count(&disk(&ann), "outbox"), 2, "nothing of the one in the middle is left");
    assert_eq!(ann.history(WITH_BOB, None), ["one", "two"]);
}

#[test]
fn nothing_is_told_and_nothing_counts_before_the_disk_has_all_of_it() {
    let mut world = World::new();
    let (mut ann, _bob) = world.pair();
    let (first, one) = queue(&mut ann, "one");
    let (_, two) = queue(&mut ann, "two");
    let other = disk(&ann);
    let mut seen = Vec::new();
    let mut rest = vec![two, VaultEffect::Seal(first)];
    let events = ann.store.handle_all(one, || {
        seen.push(count(&other, "outbox")); // while the others are at work
        rest.pop()
    });
    assert_eq!(seen, [0, 0, 0]);
    assert_eq!(count(&other, "outbox"), 2);
    assert_eq!(events.len(), 5, "{events:?}");
}

#[test]
fn where_the_disk_does_not_take_them_all_of_them_fail_each_in_its_way() {
    for full in [NO_COMMIT, NO_ROOM] {
        let mut world = World::new();
        let (mut ann, mut bob) = world.pair();
        world.say(&mut bob, WITH_ANN, "one");
        world.sync(&mut ann, WITH_BOB);
        world.say(&mut bob, WITH_ANN, "two");
        let before = ann.queue(WITH_BOB, "before");
        let bytes = world.seal(&mut ann, before).unwrap().message;
        let messages = vec![world.log_of(ANN, WITH_BOB)[1].clone()];
        let (_, more) = queue(&mut ann, "more");
        disk(&ann).execute_batch(full).unwrap();
        let events = together(
            &mut ann,
            vec![
                VaultEffect::Receive { conversation: WITH_BOB, after: 1, messages },
                VaultEffect::Seal(before),
                VaultEffect::ShareTyping(false),
                more,
            ],
        );
        assert!(
            matches!(
                &events[..],
                [
                    VaultEvent::Warning(_),
                    VaultEvent::NotReceived { conversation: WITH_BOB, have: 1 },
                    VaultEvent::NotSealed { id, why: WhyNot::Refused(..) },
                    VaultEvent::Warning(_),
                    VaultEvent::Failed { tag: TAG, .. },
                ] if *id == before
            ),
            "{events:?}"
        );
        disk(&ann).execute_batch("DROP TRIGGER full").unwrap();
        assert_eq!(ann.history(WITH_BOB, None), ["one", "before"]);
        assert_eq!(world.seal(&mut ann, before).unwrap().message, bytes, "sealed once");
        world.sync(&mut ann, WITH_BOB);
        assert_eq!(ann.history(WITH_BOB, None), ["one", "two", "before"]);
    }
}

#[test]
fn a_message_that_waits_for_the_members_of_its_room_outlasts_a_full_disk() {
    let mut world = World::new();
    let (mut ann, mut bob) = world.pair();
    world.room(&mut [&mut ann, &mut bob]);
    world.handle(&mut ann, VaultEffect::Gone(IN_ROOM));
    world.event(Happened::Joined, ANN);
    let contacts = VaultEffect::Contacts {
        conversations: vec![(IN_ROOM, "room".to_owned())],
        joined: vec![(ROOM, 3)],
        read: Vec::new(),
        cursors: Vec::new(),
    };
    world.handle(&mut ann, contacts);
    world.sync(&mut ann, IN_ROOM);
    let id = ann.queue(IN_ROOM, "hi");
    assert!(ann.store.handle(VaultEffect::Seal(id)).is_empty(), "it waits");
    let members = || {
        let user = |id| RoomUser { id, name: name(id).to_owned(), online: true, owner: false };
        VaultEffect::Members { room: ROOM, users: vec![user(ANN), user(BOB)] }
    };
    disk(&ann).execute_batch(NO_COMMIT).unwrap();
    let (_, more) = queue(&mut ann, "more");
    let events = together(&mut ann, vec![members(), more]);
    assert!(
        matches!(
            &events[..],
            [VaultEvent::Warning(_), VaultEvent::MembersNotKept { room: ROOM }, VaultEvent::Failed { .. }]
        ),
        "{events:?}"
    );
    disk(&ann).execute_batch("DROP TRIGGER full").unwrap();
    let answers = |event: &VaultEvent| match event {
        VaultEvent::Sealed(sealed) => sealed.id == id,
        VaultEvent::NotSealed { id: other, .. } => *other == id,
        _ => false,
    };
    assert!(ann.store.handle(members()).iter().any(answers));
}

#[test]
fn after_a_log_out_no_key_is_open_even_if_the_disk_takes_nothing() {
    let mut world = World::new();
    let (mut ann, _bob) = world.pair();
    let id = ann.queue(WITH_BOB, "hi");
    disk(&ann)
        .execute_batch("CREATE TRIGGER full BEFORE UPDATE ON account BEGIN SELECT RAISE(ABORT, 'full'); END")
        .unwrap();
    assert!(matches!(ann.store.handle(VaultEffect::Lock)[..], [VaultEvent::Warning(_)]));
    assert_eq!(world.seal(&mut ann, id).unwrap_err().0, Code::NoOwnKeys);
}

#[test]
fn what_is_done_alone_keeps_its_place_among_the_others() {
    let dir = tempfile::TempDir::new().unwrap();
    let settings = VaultSettings { encrypted: false, ca: None, clock: system_time(), recorder: None };
    let (events, told) = mpsc::channel();
    let (go, wait) = mpsc::channel::<()>();
    let tell = move |event| {
        let loaded = matches!(event, VaultEvent::Loaded { .. });
        events.send(event).unwrap();
        if loaded {
            wait.recv().unwrap(); // until all of them wait together
        }
    };
    let vault = Vault::open(dir.path(), settings, tell).unwrap();
    let name = "ann".to_owned();
    let unlock = |tag| {
        let (name, token, password, certificate) = (name.clone(), None, None, None);
        VaultEffect::Unlock { tag, user: ANN, name, token, password, certificate }
    };
    let search = |tag| {
        let (conversation, search) = (WITH_BOB, Some("hi".to_owned()));
        VaultEffect::History { tag, conversation, before: None, limit: 50, search }
    };
    let queue = |tag| {
        let id = MessageId([tag as u8; 16]);
        VaultEffect::Queue { tag, id, conversation: WITH_BOB, content: text("hi") }
    };
    vault.send(unlock(0));
    for round in 0..10 {
        vault.send(queue(4 * round + 1));
        vault.send(queue(4 * round + 2));
        vault.send(search(4 * round + 3));
        vault.send(unlock(4 * round + 4));
    }
    go.send(()).unwrap();
    vault.close();
    let order: Vec<u64> = told
        .into_iter()
        .filter_map(|event| match event {
            VaultEvent::Unlocked { tag, .. } => Some(tag),
            VaultEvent::Queued { queued, .. } => Some(queued.id.0[0].into()),
            VaultEvent::History { tag, messages } => {
                assert_eq!(messages.len() as u64, tag.div_ceil(4) * 2, "those before it, and no others");
                Some(tag)
            }
            _ => None,
        })
        .collect();
    assert_eq!(order, (0..=40).collect::<Vec<_>>());
}
