//! The tester of `unchecked-signature`: three members of a room with the messenger's own library, and a client of
//! Carol's that leaves one check out.

mod exercise;
#[path = "../room.rs"]
mod room;

use cbc_packet::{BLOCK, HEAD_LENGTH};
use certificates::rsa::PrivateKey;
use exercise::{in_her_name, is_hers};
use kit::{fail, flag, holds, same_text};
use rand::SeedableRng;
use rand::rngs::StdRng;
use room::{ALICE, BOB, NOW, delivered, letter, three_keys};
use sha2::{Digest, Sha256};
use uchat_protocol::e2e::{MemberKeys, OpenError, OwnKeys, Place, ReceiveChain, SendChain, open_package};
use uchat_protocol::{Encrypted, KeyId};

const CAROL: u64 = 300;

/// The room, and everybody's keys. Bob is the student.
struct Room {
    alice: OwnKeys,
    bob: OwnKeys,
    of_alice: MemberKeys,
    random: StdRng,
    /// Alice's chain, as she has it and as the others have it.
    hers: SendChain,
    bobs: ReceiveChain,
    carols: ReceiveChain,
}

impl Room {
    fn new() -> Self {
        let [alice, bob, carol] = three_keys();
        let mut random = StdRng::seed_from_u64(6);
        let others = [&bob.as_member(BOB), &carol.as_member(CAROL)];
        let (hers, package) =
            SendChain::start(&alice, ALICE, Place::Room(5), &others, None, NOW, &mut random)
                .expect("these members fit");
        let of_alice = alice.as_member(ALICE);
        let opened = |own: &OwnKeys, me| {
            let package = delivered(&package, me).expect("a wrap for each member");
            open_package(&package, own, me, &of_alice).expect("a good package").1
        };
        let (bobs, carols) = (opened(&bob, BOB), opened(&carol, CAROL));
        Self { alice, bob, of_alice, random, hers, bobs, carols }
    }

    /// Alice says something.
    fn alice_says(&mut self, text: &str) -> Encrypted {
        let letter = letter(text, &mut self.random);
        self.hers.seal(&self.alice, &letter, &mut self.random).expect("a short letter")
    }

    /// What Bob makes in Alice's name.
    fn forged(&mut self, index: u32, text: &str) -> Option<Encrypted> {
        let letter = letter(text, &mut self.random);
        in_her_name(&self.bobs, index, &letter, iv(index))
    }

    /// What Carol's weakened client shows of a message in Alice's chain. The library checks the signature of a room's
    /// message; this client keeps all its chains as chains of friends, which need none.
    fn carol_sees(&mut self, message: &Encrypted) -> Result<String, OpenError> {
        let mut stored = self.carols.to_bytes();
        stored[1] = 0; // a friend, not a room
        let mut weakened = ReceiveChain::from_bytes(&stored).expect("it was a good chain");
        let opened = weakened.open(message, &self.of_alice)?;
        self.carols = weakened;
        Ok(opened.letter.message.data)
    }
}

/// The IV that Bob is given for the message with this index.
fn iv(index: u32) -> [u8; BLOCK] {
    std::array::from_fn(|at| (index as u8).wrapping_mul(31) ^ at as u8)
}

/// Bob's message has the IV that he was given.
fn same_iv(index: u32, forged: &Encrypted) {
    let found = forged.packet.get(5..HEAD_LENGTH).unwrap_or_default();
    holds(found == iv(index), "the packet has another IV than the given one");
}

/// The signature of a message, by whoever has this key.
fn sign(message: &Encrypted, key: &PrivateKey, context: &str) -> Vec<u8> {
    let mut digest = Sha256::new_with_prefix(message.key_id.0);
    digest.update(message.index.to_be_bytes());
    digest.update(&message.packet);
    let bytes = [&[b' '; 64][..], context.as_bytes(), &[0], &digest.finalize()].concat();
    key.sign(&bytes, &mut StdRng::seed_from_u64(1)).expect("a good key")
}

const CONTEXT: &str = "uchat 1, room message";

fn shown(seen: Result<String, OpenError>, expected: &str) {
    match seen {
        Ok(text) => same_text(expected, &text),
        Err(why) => fail(format!("Carol's client shows nothing: {why}")),
    }
}

fn is_not_hers(message: &Encrypted, room: &Room, what: &str) {
    holds(!is_hers(message, &room.of_alice), format!("{what} was taken for one of Alice's"));
}

pub fn main() {
    kit::run(|tester| {
        let mut room = Room::new();
        let lie = format!("I give my vote to Bob ({})", flag("unchecked-signature"));
        tester.step("in_her_name: Carol's client shows your words as Alice's", || {
            let forged = room.forged(0, &lie).unwrap_or_else(|| fail("no message was made"));
            holds(forged.key_id == room.hers.key_id(), "the message names another chain than Alice's");
            same_iv(0, &forged);
            shown(room.carol_sees(&forged), &lie);
        });
        tester.step("in_her_name: the next message, after Alice has written three", || {
            room = Room::new();
            for text in ["good morning", "who has slides?", "thanks"] {
                let message = room.alice_says(text);
                room.bobs.open(&message, &room.of_alice).expect("it is Alice's");
                shown(room.carol_sees(&message), text);
            }
            let forged = room.forged(3, "I leave the project").unwrap_or_else(|| fail("no message was made"));
            shown(room.carol_sees(&forged), "I leave the project");
        });
        tester.step("in_her_name: a message that jumps over others", || {
            let forged = room.forged(40, "and I mean it").unwrap_or_else(|| fail("no message was made"));
            same_iv(40, &forged);
            shown(room.carol_sees(&forged), "and I mean it");
        });
        tester.step("in_her_name: no way leads back to keys that are gone", || {
            for index in 0..3 {
                let made = room.forged(index, "I have never said that");
                holds(made.is_none(), format!("the chain is at 3, and a message {index} was made"));
            }
        });
        let mut room = Room::new();
        tester.step("the real library refuses it: no signature", || {
            let forged = room.forged(0, &lie).unwrap_or_else(|| fail("no message was made"));
            match room.carols.clone().open(&forged, &room.of_alice) {
                Err(OpenError::NoSignature) => {}
                Err(why) => {
                    fail(format!("leave the signature out (`None`): the real library says \"{why}\""))
                }
                Ok(_) => fail("the real library has opened it"),
            }
        });
        tester.step("is_hers: what Alice has written is hers", || {
            for text in ["good morning", "", "a long text: ".repeat(300).as_str()] {
                let message = room.alice_says(text);
                holds(
                    is_hers(&message, &room.of_alice),
                    format!(
                        "message {} is hers, and was refused: are the signed bytes 64 spaces, `uchat 1, room message`, 00, \
                         and the SHA-256 of key id, index and packet?",
                        message.index
                    ),
                );
            }
        });
        tester.step("is_hers: what you have written in her name is not", || {
            let mut forged = room.forged(3, &lie).unwrap_or_else(|| fail("no message was made"));
            forged.signature = None;
            is_not_hers(&forged, &room, "a message without a signature");
            for signature in [Vec::new(), vec![0; 256]] {
                forged.signature = Some(signature);
                is_not_hers(&forged, &room, "a message with any bytes for a signature");
            }
            forged.signature = Some(sign(&forged, room.bob.rsa(), CONTEXT));
            is_not_hers(&forged, &room, "a message that Bob has signed");
        });
        tester.step("is_hers: a signature of hers counts for its own message only", || {
            let (one, other) = (room.alice_says("yes"), room.alice_says("no"));
            let moved = Encrypted { signature: other.signature.clone(), ..one.clone() };
            is_not_hers(&moved, &room, "a message with the signature of another one");
            let moved = Encrypted { index: one.index + 1, ..one.clone() };
            is_not_hers(&moved, &room, "a message that was moved to another index");
            let moved = Encrypted { key_id: KeyId([9; 16]), ..one.clone() };
            is_not_hers(&moved, &room, "a message that was moved to another chain");
            let mut elsewhere = one;
            elsewhere.signature = Some(sign(&elsewhere, room.alice.rsa(), "uchat 1, key package"));
            is_not_hers(
                &elsewhere,
                &room,
                "a message with a signature that Alice has made for something else",
            );
        });
    });
}
