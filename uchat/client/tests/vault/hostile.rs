//! A server that means no good: what it changes, moves or repeats is seen, and never shown as somebody's word.

use crate::world::{ANN, BOB, CAT, Client, IN_ROOM, TAG, World, name, text};
use serde_bytes::ByteArray;
use std::sync::Arc;
use tempfile::TempDir;
use uchat_client::core::{VaultEffect, VaultEvent};
use uchat_protocol::content::{FileInfo, Happened, Kind};
use uchat_protocol::{Content, Conversation, Envelope, FileName, MessageId};

const WITH_ANN: Conversation = Conversation::Friend(ANN);
const WITH_BOB: Conversation = Conversation::Friend(BOB);

#[test]
fn a_message_that_is_not_encrypted_is_dropped_with_a_line() {
    let mut world = World::new();
    let (_, mut bob) = world.pair();
    let id = Some(MessageId([9; 16]));
    world.append(ANN, 0, BOB, Envelope::Plain(text("send me your password")), id);
    world.sync(&mut bob, WITH_ANN);
    assert_eq!(bob.texts(), ["a message said to be of ann was not encrypted; it was dropped"]);
    assert_eq!(bob.warnings.len(), 1);
    assert_eq!(bob.have(WITH_ANN), 1);
}

#[test]
fn a_message_that_comes_again_is_not_shown_again() {
    let mut world = World::new();
    let (mut ann, mut bob) = world.pair();
    world.say(&mut ann, WITH_BOB, "pay 10");
    let again = world.log_of(BOB, WITH_ANN)[0].clone();
    world.append(ANN, 0, BOB, again.message, None);
    let package = world.packages[0].clone();
    world.sync(&mut bob, WITH_ANN);
    let texts = bob.texts();
    assert_eq!(texts[0], "ann: pay 10");
    assert!(texts[1].contains("cannot be read: message 0 of the chain has come before"), "{texts:?}");
    // Nor does the package start the chain anew.
    let key_id = uchat_protocol::e2e::Header::parse(&package.header).unwrap().key_id;
    let replayed = world.package_for(BOB, ANN, key_id).unwrap();
    world.handle(&mut bob, VaultEffect::Package(replayed));
    let again = world.log_of(BOB, WITH_ANN)[0].clone();
    world.append(ANN, 0, BOB, again.message, None);
    world.sync(&mut bob, WITH_ANN);
    assert!(bob.texts()[2].contains("has come before"), "{:?}", bob.texts());
}

#[test]
fn a_message_left_out_is_counted() {
    let mut world = World::new();
    let (mut ann, mut bob) = world.pair();
    for what in ["a", "b", "c", "d"] {
        world.say(&mut ann, WITH_BOB, what);
    }
    world.log_of(BOB, WITH_ANN).drain(1..3);
    world.pass(25 * 60 * 60 * 1000);
    world.say(&mut ann, WITH_BOB, "e");
    world.say(&mut ann, WITH_BOB, "f");
    let log = world.log_of(BOB, WITH_ANN);
    for (number, message) in log.iter_mut().enumerate() {
        message.seq = number as u64 + 1;
    }
    world.sync(&mut bob, WITH_ANN);
    assert_eq!(bob.texts(), ["ann: a", "2 messages of ann are missing", "ann: d", "ann: e", "ann: f"]);
}

#[test]
fn a_last_message_left_out_is_counted_when_the_next_chain_comes() {
    let mut world = World::new();
    let (mut ann, mut bob) = world.pair();
    world.say(&mut ann, WITH_BOB, "a");
    world.say(&mut ann, WITH_BOB, "b");
    world.log_of(BOB, WITH_ANN).pop();
    world.pass(25 * 60 * 60 * 1000);
    world.say(&mut ann, WITH_BOB, "c");
    world.sync(&mut bob, WITH_ANN);
    assert_eq!(bob.texts(), ["ann: a", "1 message of ann is missing", "ann: c"]);
}

#[test]
fn what_was_said_in_a_room_cannot_be_moved_to_a_friend() {
    let mut world = World::new();
    let (mut ann, mut bob) = world.pair();
    world.room(&mut [&mut ann, &mut bob]);
    world.sync(&mut ann, IN_ROOM);
    world.say(&mut ann, IN_ROOM, "to everybody");
    let moved = world.log_of(BOB, IN_ROOM).last().unwrap().message.clone();
    world.append(ANN, 0, BOB, moved, None);
    world.sync(&mut bob, WITH_ANN);
    let [line] = &bob.texts()[2..] else { panic!("{:?}", bob.texts()) };
    assert!(line.contains("cannot be read: it was written in another conversation"), "{line}");
    // In its place it is read all the same.
    world.sync(&mut bob, IN_ROOM);
    assert_eq!(bob.texts().last().unwrap(), "ann: to everybody");
}

#[test]
fn a_member_cannot_speak_for_another() {
    let mut world = World::new();
    let (mut ann, mut bob) = world.pair();
    let mut cat = world.client(CAT);
    world.room(&mut [&mut ann, &mut bob, &mut cat]);
    world.sync(&mut ann, IN_ROOM);
    world.sync(&mut bob, IN_ROOM);
    world.say(&mut ann, IN_ROOM, "hi");
    world.say(&mut bob, IN_ROOM, "mine");
    // The server says that bob's message is ann's.
    world.log_of(CAT, IN_ROOM).last_mut().unwrap().sender_id = ANN;
    world.sync(&mut cat, IN_ROOM);
    let texts = cat.texts();
    assert!(texts.iter().all(|line| line != "ann: mine"), "{texts:?}");
    assert!(texts.last().unwrap().starts_with("a message of ann cannot be read"), "{texts:?}");
}

#[test]
fn a_changed_packet_or_a_signature_of_nobody_is_a_line() {
    let mut world = World::new();
    let (mut ann, mut bob) = world.pair();
    world.room(&mut [&mut ann, &mut bob]);
    world.sync(&mut ann, IN_ROOM);
    for what in ["a", "b", "c"] {
        world.say(&mut ann, IN_ROOM, what);
    }
    let log = world.log_of(BOB, IN_ROOM);
    let [.., first, second, _] = &mut log[..] else { panic!() };
    let Envelope::Encrypted(message) = &mut first.message else { panic!() };
    message.signature = None;
    let Envelope::Encrypted(message) = &mut second.message else { panic!() };
    *message.packet.last_mut().unwrap() ^= 1;
    world.sync(&mut bob, IN_ROOM);
    let texts = bob.texts();
    let [.., first, second, missing, third] = &texts[..] else { panic!("{texts:?}") };
    assert!(first.contains("cannot be read: the message has no signature"), "{first}");
    assert!(second.contains("cannot be read: the message is not signed by its sender"), "{second}");
    assert_eq!(missing, "2 messages of ann are missing");
    assert_eq!(third, "ann: c");
}

#[test]
fn a_certificate_of_another_name_is_not_taken() {
    let mut world = World::new();
    let mut ann = world.client(ANN);
    world.client(CAT);
    // The server gives cat's certificate for bob's, so that cat could read along.
    world.certificates.insert(BOB, world.certificates[&CAT].clone());
    let contacts = VaultEffect::Contacts {
        conversations: vec![(WITH_BOB, name(BOB).to_owned())],
        joined: Vec::new(),
        read: Vec::new(),
        cursors: Vec::new(),
    };
    world.handle(&mut ann, contacts);
    let id = ann.queue(WITH_BOB, "secret");
    world.seal(&mut ann, id).unwrap_err();
    assert!(ann.warnings[0].contains("was asked for, one of"), "{:?}", ann.warnings);
}

#[test]
fn a_name_that_is_pinned_cannot_be_changed_by_the_server() {
    let mut world = World::new();
    let (mut ann, mut bob) = world.pair();
    world.say(&mut ann, WITH_BOB, "hi");
    world.sync(&mut bob, WITH_ANN);
    world.say(&mut ann, WITH_BOB, "it is me");
    for message in world.log_of(BOB, WITH_ANN) {
        message.sender_name = "cat".to_owned();
    }
    world.sync(&mut bob, WITH_ANN);
    assert_eq!(bob.texts().last().unwrap(), "ann: it is me");
}

#[test]
fn a_package_that_is_none_is_a_warning() {
    let mut world = World::new();
    let (mut ann, mut bob) = world.pair();
    world.say(&mut ann, WITH_BOB, "hi");
    let key_id = uchat_protocol::e2e::Header::parse(&world.packages[0].header).unwrap().key_id;
    let mut package = world.package_for(BOB, ANN, key_id).unwrap();
    package.header.truncate(100);
    world.handle(&mut bob, VaultEffect::Package(package));
    assert!(bob.warnings[0].starts_with("a key package was dropped"), "{:?}", bob.warnings);
    // One that is changed in the middle is found out when its message comes.
    world.packages[0].signature[7] ^= 1;
    world.sync(&mut bob, WITH_ANN);
    let texts = bob.texts();
    assert!(texts[0].contains("the key package is not signed by its sender"), "{texts:?}");
}

#[test]
fn numbers_that_no_database_holds_are_refused_and_harm_nothing() {
    let mut world = World::new();
    let (mut ann, mut bob) = world.pair();
    world.append(0, 1, 7, Envelope::Plain(text("x")), None);
    let mut message = world.log_of(BOB, IN_ROOM)[0].clone();
    message.seq = u64::MAX;
    world.handle(&mut bob, VaultEffect::Receive { conversation: IN_ROOM, after: 0, messages: vec![message] });
    assert_eq!(bob.warnings.len(), 1);
    world.event(Happened::Owner, ANN);
    world.say(&mut ann, WITH_BOB, "still here");
    world.sync(&mut bob, WITH_ANN);
    assert_eq!(bob.texts().last().unwrap(), "ann: still here");
}

fn file(key: Option<[u8; 32]>) -> Content {
    let info = FileInfo {
        name: FileName([5; 16]),
        size: 10,
        media_type: "text/plain".to_owned(),
        stored: 10,
        sha256: ByteArray::new([1; 32]),
        key: key.map(ByteArray::new),
    };
    Content { kind: Kind::File, file: Some(info), ..text("notes.txt") }
}

#[test]
fn a_file_that_is_not_encrypted_is_dropped_with_a_line() {
    let mut world = World::new();
    let (mut ann, mut bob) = world.pair();
    let id = ann.fresh_id();
    let queue = VaultEffect::Queue { tag: TAG, id, conversation: WITH_BOB, content: file(None) };
    world.handle(&mut ann, queue);
    let sealed = world.seal(&mut ann, id).unwrap();
    world.take(&mut ann, sealed);
    world.say(&mut ann, WITH_BOB, "look at it");
    world.sync(&mut bob, WITH_ANN);
    let line = "a message of ann brings a file that is not encrypted; it was dropped";
    assert_eq!(bob.texts(), [line, "ann: look at it"]);
    assert_eq!(bob.warnings, [line]);
    let events = world.handle(&mut bob, VaultEffect::File { tag: TAG, id });
    assert!(matches!(events[..], [VaultEvent::Failed { .. }]), "{events:?}");
}

#[test]
fn where_nothing_is_encrypted_the_key_of_a_file_means_nothing() {
    let mut world = World::new();
    let mut bob = Client::open(BOB, Arc::new(TempDir::new().unwrap()), &world.clock, false);
    world.log_in(&mut bob);
    let id = MessageId([9; 16]);
    world.append(ANN, 0, BOB, Envelope::Plain(file(Some([7; 32]))), Some(id));
    world.sync(&mut bob, WITH_ANN);
    let events = world.handle(&mut bob, VaultEffect::File { tag: TAG, id });
    let [VaultEvent::File { content, .. }] = &events[..] else { panic!("{events:?}") };
    assert_eq!(content.file.as_ref().unwrap().key, None);
}
