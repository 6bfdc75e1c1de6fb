//! What Python has computed from the description alone is what we compute, byte for byte.

use crate::people::{ALICE, BOB, CAROL, alice, bob, carol, vector};
use echo::lab::{hex, unhex};
use serde_json::Value;
use sha2::{Digest, Sha256};
use uchat_protocol::Encrypted;
use uchat_protocol::KeyId;
use uchat_protocol::e2e::file::{FileKey, STORED_PIECE, piece_length, stored_size};
use uchat_protocol::e2e::{Header, MemberKeys, OwnKeys, ReceiveChain, open_package, safety_number};
use uchat_protocol::push::KeyPackageFor;

fn all() -> Value {
    serde_json::from_str(&std::fs::read_to_string(vector("e2e.json")).unwrap()).unwrap()
}

fn bytes(value: &Value) -> Vec<u8> {
    unhex(value.as_str().unwrap()).unwrap()
}

fn package(value: &Value, to: u64) -> KeyPackageFor {
    let wraps = value["wraps"].as_array().unwrap();
    let wrap = &wraps.iter().find(|wrap| wrap[0] == to).unwrap()[1];
    KeyPackageFor {
        header: bytes(&value["header"]).into(),
        signature: bytes(&value["signature"]).into(),
        wrap: bytes(wrap).into(),
    }
}

fn open(value: &Value, to: (u64, &OwnKeys), from: &MemberKeys) -> (Header, ReceiveChain) {
    open_package(&package(value, to.0), to.1, to.0, from).unwrap()
}

fn message(key_id: KeyId, index: u32, step: &Value) -> Encrypted {
    let signature = step.get("signature").map(bytes);
    Encrypted { key_id, index, packet: bytes(&step["packet"]), signature }
}

/// Where the chain key stands in what a chain is stored as.
fn chain_key(chain: &ReceiveChain) -> String {
    hex(&chain.to_bytes()[70..102])
}

#[test]
fn key_fingerprints() {
    for (user, keys) in all()["users"].as_array().unwrap().iter().zip([alice(), bob(), carol()]) {
        assert_eq!(hex(keys.static_value().bytes()), user["s"].as_str().unwrap());
        assert_eq!(keys.fingerprint().to_string(), user["k"].as_str().unwrap());
    }
}

#[test]
fn safety_numbers() {
    let (a, b, c) = (alice().fingerprint(), bob().fingerprint(), carol().fingerprint());
    let words = |numbers: &Value| -> Vec<&str> {
        let list = bip39::Language::English.word_list();
        numbers.as_array().unwrap().iter().map(|number| list[number.as_u64().unwrap() as usize]).collect()
    };
    let expected = all();
    assert_eq!(safety_number((ALICE, &a), (BOB, &b)).to_vec(), words(&expected["safety"]["alice bob"]));
    assert_eq!(safety_number((BOB, &b), (ALICE, &a)).to_vec(), words(&expected["safety"]["alice bob"]));
    assert_eq!(safety_number((CAROL, &c), (ALICE, &a)).to_vec(), words(&expected["safety"]["carol alice"]));
}

#[test]
fn a_package_and_messages_between_friends() {
    let vector = &all()["friends"];
    let from = alice().as_member(ALICE);
    for to in [(BOB, bob()), (ALICE, alice())] {
        let (header, mut chain) = open(&vector["package"], to, &from);
        assert_eq!(header.to_bytes(), bytes(&vector["package"]["header"]));
        assert_eq!((header.first, header.time, header.previous), (0, 1_700_000_000_000, None));
        for (index, step) in (0..).zip(vector["messages"].as_array().unwrap()) {
            assert_eq!(chain_key(&chain), step["chain_key"].as_str().unwrap());
            let opened = chain.open(&message(header.key_id, index, step), &from).unwrap();
            assert_eq!(opened.letter.message.data, step["text"].as_str().unwrap());
            assert_eq!((opened.letter.message.fontsize, opened.missing), (12, 0));
            assert_eq!(opened.letter.time, 1_700_000_000_000 + u64::from(index));
        }
    }
}

#[test]
fn packages_and_signed_messages_in_a_room() {
    let vector = &all()["room"];
    let messages = vector["messages"].as_array().unwrap();
    let from = bob().as_member(BOB);
    let (header, mut chain) = open(&vector["package"], (ALICE, alice()), &from);
    assert_eq!(header.previous.unwrap().sent, 3);
    for (index, step) in (0..).zip(messages) {
        let opened = chain.open(&message(header.key_id, index, step), &from).unwrap();
        assert_eq!(opened.letter.message.data, step["text"].as_str().unwrap());
    }
    let (header, mut chain) = open(&vector["newcomer"], (CAROL, carol()), &from);
    assert_eq!((header.first, chain_key(&chain).as_str()), (2, messages[2]["chain_key"].as_str().unwrap()));
    for (index, step) in (0..).zip(messages).skip(2) {
        chain.open(&message(header.key_id, index, step), &from).unwrap();
    }
}

#[test]
fn keys_of_messages_that_were_jumped_over() {
    let vector = &all()["room"];
    let messages = vector["messages"].as_array().unwrap();
    let from = bob().as_member(BOB);
    let (header, mut chain) = open(&vector["package"], (CAROL, carol()), &from);
    chain.open(&message(header.key_id, 3, &messages[3]), &from).unwrap();
    let stored = chain.to_bytes();
    for (index, step) in messages.iter().take(3).enumerate() {
        let start = 103 + 68 * index + 4;
        assert_eq!(hex(&stored[start..start + 64]), step["message_keys"].as_str().unwrap());
    }
}

#[test]
fn files() {
    for file in all()["files"].as_array().unwrap() {
        let size = file["size"].as_u64().unwrap();
        let key = FileKey::from_bytes(bytes(&file["key"]).as_slice().try_into().unwrap());
        let text: Vec<u8> = (0..size).map(|n| (n * n % 251) as u8).collect();
        let (mut stored, mut rest, mut index) = (Vec::new(), text.as_slice(), 0);
        while !rest.is_empty() {
            assert_eq!(stored.len() as u64, index * STORED_PIECE);
            let (piece, after) = rest.split_at(piece_length(size, index));
            stored.extend(key.seal_piece(index, piece).unwrap());
            (rest, index) = (after, index + 1);
        }
        assert_eq!(stored.len() as u64, file["stored"].as_u64().unwrap(), "{size} bytes");
        assert_eq!(stored_size(size), stored.len() as u64);
        assert_eq!(hex(&Sha256::digest(&stored)), file["sha256"].as_str().unwrap(), "{size} bytes");
    }
}
