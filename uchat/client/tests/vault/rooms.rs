//! Rooms: who comes in reads what is said from then on, who is gone reads nothing more.

use crate::world::{ANN, BOB, CAT, IN_ROOM, ROOM, World, name};
use uchat_client::core::{VaultEffect, VaultEvent, WhyNot};
use uchat_protocol::Code;
use uchat_protocol::content::Happened;
use uchat_protocol::e2e::Header;
use uchat_protocol::reply::RoomUser;

#[test]
fn a_newcomer_reads_what_is_said_from_then_on_and_nothing_before() {
    let mut world = World::new();
    let (mut ann, mut bob) = world.pair();
    let mut cat = world.client(CAT);
    world.room(&mut [&mut ann, &mut bob]);
    world.sync(&mut ann, IN_ROOM);
    world.say(&mut ann, IN_ROOM, "before");
    world.event(Happened::Joined, CAT);
    world.enter(&mut cat);
    world.sync(&mut ann, IN_ROOM);
    world.say(&mut ann, IN_ROOM, "after");
    for client in [&mut bob, &mut cat] {
        world.sync(client, IN_ROOM);
    }
    assert_eq!(ann.texts(), ["ann made this room", "bob joined the room", "cat joined the room"]);
    assert_eq!(
        bob.texts(),
        [
            "bob joined the room",
            "in this room are: ann, bob",
            "ann: before",
            "cat joined the room",
            "ann: after"
        ]
    );
    assert_eq!(cat.texts(), ["cat joined the room", "in this room are: ann, bob, cat", "ann: after"]);
    // The same chain went on: the newcomer got its key as it was then.
    let [first, second] = &world.packages[..] else { panic!("{}", world.packages.len()) };
    let (first, second) = (Header::parse(&first.header).unwrap(), Header::parse(&second.header).unwrap());
    assert_eq!((first.key_id, first.first), (second.key_id, 0));
    assert_eq!(second.first, 1);
}

#[test]
fn a_removed_member_can_read_nothing_of_what_comes_after() {
    let mut world = World::new();
    let (mut ann, mut bob) = world.pair();
    let mut cat = world.client(CAT);
    world.room(&mut [&mut ann, &mut bob, &mut cat]);
    world.sync(&mut ann, IN_ROOM);
    world.say(&mut ann, IN_ROOM, "all of you");
    for client in [&mut bob, &mut cat] {
        world.sync(client, IN_ROOM);
    }
    world.event(Happened::Removed, BOB);
    world.sync(&mut ann, IN_ROOM);
    world.say(&mut ann, IN_ROOM, "not for bob");
    // Even a server that goes on giving him everything.
    for client in [&mut bob, &mut cat] {
        world.sync(client, IN_ROOM);
    }
    assert_eq!(cat.texts().last().unwrap(), "ann: not for bob");
    assert!(bob.texts().last().unwrap().contains("cannot be read: its key is not here"), "{:?}", bob.texts());
    let header = Header::parse(&world.packages[1].header).unwrap();
    assert_eq!(header.listed(BOB), None);
    assert_eq!(header.previous.unwrap().sent, 1);
}

#[test]
fn nobody_gets_a_key_who_was_not_shown_to_be_in_the_room() {
    let mut world = World::new();
    let (mut ann, mut bob) = world.pair();
    world.client(CAT); // has a certificate
    world.room(&mut [&mut ann, &mut bob]);
    world.sync(&mut ann, IN_ROOM);
    // The server counts cat among the members, and has told of no joining: first a line says so …
    let user = |id: u64| RoomUser { id, name: name(id).to_owned(), online: true, owner: false };
    let users = vec![user(ANN), user(BOB), user(CAT)];
    world.handle(&mut ann, VaultEffect::Members { room: ROOM, users: users.clone() });
    assert_eq!(ann.texts().last().unwrap(), "in this room are: ann, bob, cat");
    // … and only then is anything wrapped for her. Bob, who has not been told, sees it.
    world.say(&mut ann, IN_ROOM, "hi");
    assert!(Header::parse(&world.packages[0].header).unwrap().listed(CAT).is_some());
    world.sync(&mut bob, IN_ROOM);
    let texts = bob.texts();
    let [.., warning, said] = &texts[..] else { panic!("{texts:?}") };
    assert!(warning.starts_with("ann encrypts for "), "{warning}");
    assert_eq!(said, "ann: hi");
    // The same list again is no news.
    let lines = ann.texts().len();
    world.handle(&mut ann, VaultEffect::Members { room: ROOM, users });
    assert_eq!(ann.texts().len(), lines);
}

#[test]
fn a_member_without_a_certificate_is_left_out() {
    let mut world = World::new();
    let (mut ann, mut bob) = world.pair();
    world.room(&mut [&mut ann, &mut bob]);
    world.event(Happened::Joined, CAT);
    world.sync(&mut ann, IN_ROOM);
    world.say(&mut ann, IN_ROOM, "hi");
    world.sync(&mut bob, IN_ROOM);
    assert_eq!(bob.texts().last().unwrap(), "ann: hi");
    assert_eq!(Header::parse(&world.packages[0].header).unwrap().listed(CAT), None);
}

#[test]
fn what_is_to_be_sealed_waits_until_it_is_known_who_is_in_the_room() {
    let mut world = World::new();
    let (mut ann, mut bob) = world.pair();
    world.room(&mut [&mut ann]);
    world.event(Happened::Joined, BOB);
    let id = bob.queue(IN_ROOM, "hi");
    assert!(world.handle(&mut bob, VaultEffect::Seal(id)).is_empty());
    world.sync(&mut bob, IN_ROOM);
    let user = |id: u64| RoomUser { id, name: name(id).to_owned(), online: true, owner: false };
    let users = vec![user(ANN), user(BOB)];
    let told = world.handle(&mut bob, VaultEffect::Members { room: ROOM, users });
    assert!(matches!(told[..], [VaultEvent::NotSealed { why: WhyNot::Certificates(_), .. }]), "{told:?}");
    let sealed = world.seal(&mut bob, id).unwrap();
    world.take(&mut bob, sealed);
    world.sync(&mut ann, IN_ROOM);
    assert_eq!(ann.texts().last().unwrap(), "bob: hi");
    // In a room that we have left nothing waits for ever.
    let id = bob.queue(IN_ROOM, "too late");
    world.handle(&mut bob, VaultEffect::Gone(IN_ROOM));
    assert_eq!(world.seal(&mut bob, id).unwrap_err().0, Code::NotInRoom);
}
