//! Messages that were changed, moved, repeated, or forged by another member of the room.

use crate::people::{ALICE, BOB, CAROL, NOW, alice, bob, carol, delivered, letter, seeded};
use cbc_packet::PacketError;
use certificates::handshake::schedule::Secret;
use certificates::keyed_packet::PacketKeys;
use certificates::rsa::PrivateKey;
use sha2::{Digest, Sha256};
use uchat_protocol::e2e::{
    MAX_SKIPPED, MemberKeys, OpenError, OutPackage, Place, ReceiveChain, SendChain, open_package,
};
use uchat_protocol::{Encrypted, KeyId};

fn a() -> MemberKeys {
    alice().as_member(ALICE)
}

fn start(place: Place, others: &[&MemberKeys]) -> (SendChain, OutPackage) {
    SendChain::start(alice(), ALICE, place, others, None, NOW, &mut seeded()).unwrap()
}

/// Alice's chain in a room with bob and carol, and what both have of it.
fn room() -> (SendChain, ReceiveChain, ReceiveChain) {
    let (send, package) = start(Place::Room(5), &[&bob().as_member(BOB), &carol().as_member(CAROL)]);
    let bobs = open_package(&delivered(&package, BOB), bob(), BOB, &a()).unwrap().1;
    let carols = open_package(&delivered(&package, CAROL), carol(), CAROL, &a()).unwrap().1;
    (send, bobs, carols)
}

fn friends() -> (SendChain, ReceiveChain) {
    let (send, package) = start(Place::Friends, &[&bob().as_member(BOB)]);
    (send, open_package(&delivered(&package, BOB), bob(), BOB, &a()).unwrap().1)
}

fn say(chain: &mut SendChain, text: &str) -> Encrypted {
    chain.seal(alice(), &letter(text), &mut seeded()).unwrap()
}

/// A packet of message `index`, made from what a member has of the chain.
fn packet(chain: &ReceiveChain, index: u32, text: &[u8]) -> Vec<u8> {
    let stored = chain.to_bytes();
    let key: [u8; 32] = stored[70..102].try_into().unwrap();
    let keys = PacketKeys::from_bytes(&Secret::from(key).expand(b"uchat message"));
    let mut packet = Vec::new();
    keys.seal(index.into(), [7; 16], 1 << 16, &mut packet, |out| {
        out.extend_from_slice(text);
        Ok::<(), PacketError>(())
    })
    .unwrap();
    packet
}

fn sign(message: &Encrypted, key: &PrivateKey) -> Vec<u8> {
    let digest = Sha256::new()
        .chain_update(message.key_id.0)
        .chain_update(message.index.to_be_bytes())
        .chain_update(&message.packet)
        .finalize();
    let signed = [&[b' '; 64][..], b"uchat 1, room message\0", &digest].concat();
    key.sign(&signed, &mut seeded()).unwrap()
}

#[test]
fn a_member_cannot_write_in_the_name_of_another() {
    let (send, mut bobs, carols) = room();
    let packet = packet(&carols, 0, &letter("I owe carol a hundred").to_bytes().unwrap());
    let mut forged = Encrypted { key_id: send.key_id(), index: 0, packet, signature: None };
    forged.signature = Some(sign(&forged, carol().rsa()));
    let before = bobs.to_bytes();
    assert!(matches!(bobs.open(&forged, &a()), Err(OpenError::Signature(_))));
    // Nor can carol say that alice's chain is hers.
    assert!(matches!(bobs.open(&forged, &carol().as_member(CAROL)), Err(OpenError::OtherSender(CAROL))));
    assert_eq!(*bobs.to_bytes(), *before);
    // It is a good packet: only the signature is missing.
    forged.signature = Some(sign(&forged, alice().rsa()));
    assert!(bobs.open(&forged, &a()).is_ok());
}

#[test]
fn in_a_room_nothing_counts_without_a_signature() {
    let (mut send, mut bobs, _) = room();
    let message = say(&mut send, "hello");
    let unsigned = Encrypted { signature: None, ..message.clone() };
    assert!(matches!(bobs.open(&unsigned, &a()), Err(OpenError::NoSignature)));
    let empty = Encrypted { signature: Some(Vec::new()), ..message.clone() };
    assert!(matches!(bobs.open(&empty, &a()), Err(OpenError::Signature(_))));
    assert!(bobs.open(&message, &a()).is_ok());
}

#[test]
fn every_changed_byte_is_found_and_changes_nothing() {
    let (mut send, mut receive) = friends();
    let message = say(&mut send, "pay bob 10");
    let before = receive.to_bytes();
    for at in 0..message.packet.len() {
        let mut wrong = message.clone();
        wrong.packet[at] ^= 1;
        assert!(matches!(receive.open(&wrong, &a()), Err(OpenError::Packet(_))), "byte {at}");
    }
    for length in [0, 1, 52, 53, message.packet.len() - 1] {
        let cut = Encrypted { packet: message.packet[..length].to_vec(), ..message.clone() };
        assert!(matches!(receive.open(&cut, &a()), Err(OpenError::Packet(_))), "{length} bytes");
    }
    let longer = Encrypted { packet: [&message.packet[..], &[0; 16]].concat(), ..message.clone() };
    assert!(matches!(receive.open(&longer, &a()), Err(OpenError::Packet(_))));
    assert_eq!(*receive.to_bytes(), *before);

    let (mut send, mut bobs, _) = room();
    let message = say(&mut send, "pay bob 10");
    let mut wrong = message.clone();
    wrong.packet[60] ^= 1;
    assert!(matches!(bobs.open(&wrong, &a()), Err(OpenError::Signature(_))));
    let moved = Encrypted { index: 1, ..message };
    assert!(matches!(bobs.open(&moved, &a()), Err(OpenError::Signature(_))));
}

#[test]
fn a_message_counts_once_and_in_its_place() {
    let (mut send, mut receive) = friends();
    let (first, second) = (say(&mut send, "first"), say(&mut send, "second"));
    let moved = Encrypted { index: 0, ..second.clone() };
    assert!(matches!(receive.open(&moved, &a()), Err(OpenError::Packet(_))));
    let moved = Encrypted { index: 1, ..first.clone() };
    assert!(matches!(receive.open(&moved, &a()), Err(OpenError::Packet(_))));
    assert!(receive.open(&first, &a()).is_ok());
    assert!(matches!(receive.open(&first, &a()), Err(OpenError::Replayed(0))));
    assert!(receive.open(&second, &a()).is_ok());
    assert!(matches!(receive.open(&first, &a()), Err(OpenError::Replayed(0))));
}

#[test]
fn a_message_of_another_chain_or_conversation_is_refused() {
    let (mut send, mut receive) = friends();
    let (_, mut rooms, _) = room();
    let message = say(&mut send, "hello");
    let other = Encrypted { key_id: KeyId([1; 16]), ..message.clone() };
    assert!(matches!(receive.open(&other, &a()), Err(OpenError::OtherChain { .. })));
    // The same seed gave both chains the same id and key: in the room it lacks the signature.
    assert!(matches!(rooms.open(&message, &a()), Err(OpenError::NoSignature)));
}

#[test]
fn keys_that_changed_do_not_open_what_the_old_ones_began() {
    let (mut send, mut receive) = friends();
    let message = say(&mut send, "hello");
    let changed = carol().as_member(ALICE);
    assert!(matches!(receive.open(&message, &changed), Err(OpenError::OtherSender(ALICE))));
}

#[test]
fn a_jump_of_more_than_a_hundred_is_refused_before_anything_is_computed() {
    let (mut send, mut receive) = friends();
    let message = say(&mut send, "hello");
    let before = receive.to_bytes();
    for index in [MAX_SKIPPED as u32 + 1, u32::MAX - 1, u32::MAX] {
        let far = Encrypted { index, ..message.clone() };
        assert!(matches!(receive.open(&far, &a()), Err(OpenError::TooFar { .. })));
    }
    let allowed = Encrypted { index: MAX_SKIPPED as u32, ..message };
    assert!(matches!(receive.open(&allowed, &a()), Err(OpenError::Packet(_))), "it may be, but is not");
    assert_eq!(*receive.to_bytes(), *before);
}

#[test]
fn of_more_than_a_hundred_skipped_keys_the_oldest_are_given_up() {
    let (send, mut receive) = friends();
    // A sender who does not keep to a hundred messages: made from the chain key itself.
    let mut key = receive.clone();
    let mut messages = Vec::new();
    for index in 0..160 {
        let packet = packet(&key, index, &letter(&index.to_string()).to_bytes().unwrap());
        let message = Encrypted { key_id: send.key_id(), index, packet, signature: None };
        key.open(&message, &a()).unwrap();
        messages.push(message);
    }
    assert_eq!(receive.open(&messages[80], &a()).unwrap().missing, 80);
    assert_eq!(receive.open(&messages[159], &a()).unwrap().missing, 78);
    // 158 were skipped, 100 are kept: from 58 on, without 80.
    assert!(matches!(receive.open(&messages[57], &a()), Err(OpenError::Replayed(57))));
    assert_eq!(receive.open(&messages[58], &a()).unwrap().letter.message.data, "58");
    assert_eq!(receive.open(&messages[158], &a()).unwrap().letter.message.data, "158");
}

#[test]
fn what_is_no_letter_is_refused_and_counts_as_come() {
    let (mut send, mut receive) = friends();
    let packet = packet(&receive, 0, b"\x05\0\0\0\0");
    let message = Encrypted { key_id: send.key_id(), index: 0, packet, signature: None };
    assert!(matches!(receive.open(&message, &a()), Err(OpenError::Letter(_))));
    assert!(matches!(receive.open(&message, &a()), Err(OpenError::Replayed(0))));
    say(&mut send, "0");
    assert_eq!(receive.open(&say(&mut send, "1"), &a()).unwrap().missing, 0);
}
