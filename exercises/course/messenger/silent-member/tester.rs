//! The tester of `silent-member`: a room with the messenger's own library, a client that asks the server who is in it
//! and looks no further, and the student as the server.

mod exercise;
#[path = "../room.rs"]
mod room;

use exercise::{members_of, read, strangers};
use kit::{fail, flag, holds, same, same_text};
use rand::SeedableRng;
use rand::rngs::StdRng;
use room::{ALICE, BOB, NOW, delivered, letter, three_keys};
use uchat_protocol::Encrypted;
use uchat_protocol::e2e::{
    Fingerprint, Header, MemberKeys, OutPackage, OwnKeys, Place, SendChain, open_package,
};

/// A number between those of the members, so that the order matters.
const GHOST: u64 = 5;

/// Alice and Bob in a room, and the keys that the server has made for a third one.
struct Room {
    alice: OwnKeys,
    bob: OwnKeys,
    ghost: OwnKeys,
    random: StdRng,
}

impl Room {
    fn new() -> Self {
        let [alice, bob, ghost] = three_keys();
        Self { alice, bob, ghost, random: StdRng::seed_from_u64(6) }
    }

    fn members(&self) -> [MemberKeys; 2] {
        [self.bob.as_member(BOB), self.alice.as_member(ALICE)]
    }

    /// Whom the room has seen coming in.
    fn shown(&self) -> Vec<(u64, Fingerprint)> {
        self.members().iter().map(|member| (member.user(), member.fingerprint())).collect()
    }

    fn server_says(&self) -> Vec<MemberKeys> {
        members_of(&self.members(), &self.ghost.as_member(GHOST))
    }

    /// Alice's weakened client says these texts to everybody who is on the server's list, whoever that is.
    fn alice_says(&mut self, list: &[MemberKeys], texts: &[&str]) -> (OutPackage, Vec<Encrypted>) {
        let others: Vec<&MemberKeys> = list.iter().filter(|member| member.user() != ALICE).collect();
        let place = Place::Room(5);
        let (mut chain, package) =
            SendChain::start(&self.alice, ALICE, place, &others, None, NOW, &mut self.random)
                .unwrap_or_else(|why| fail(format!("Alice's client does not take this list: {why}")));
        let messages = texts.iter().map(|text| {
            let letter = letter(text, &mut self.random);
            chain.seal(&self.alice, &letter, &mut self.random).expect("a short letter")
        });
        let messages = messages.collect();
        (package, messages)
    }
}

/// What Bob's client makes of it: the library's own.
fn bob_reads(room: &Room, package: &OutPackage, messages: &[Encrypted]) -> Vec<String> {
    let package = delivered(package, BOB).unwrap_or_else(|| fail("Bob gets no key: he will notice"));
    let of_alice = room.alice.as_member(ALICE);
    let (_, mut chain) = open_package(&package, &room.bob, BOB, &of_alice).expect("a good package");
    let open = |message| chain.open(message, &of_alice).expect("it is Alice's").letter.message.data;
    messages.iter().map(open).collect()
}

pub fn main() {
    kit::run(|tester| {
        let mut room = Room::new();
        tester.step("members_of: everybody, and the ghost, in ascending order", || {
            let numbers: Vec<u64> = room.server_says().iter().map(MemberKeys::user).collect();
            same(&vec![BOB, GHOST, ALICE], &numbers);
        });
        tester.step("members_of: the ghost is never there twice", || {
            let twice = [room.bob.as_member(BOB), room.ghost.as_member(GHOST), room.alice.as_member(ALICE)];
            let list = members_of(&twice, &room.ghost.as_member(GHOST));
            holds(list.len() == 3, format!("three people are in the room, and {} on the list", list.len()));
        });
        tester.step("members_of: a member with the ghost's number is the ghost", || {
            let list = members_of(&room.members(), &room.ghost.as_member(BOB));
            let numbers: Vec<u64> = list.iter().map(MemberKeys::user).collect();
            same(&vec![BOB, ALICE], &numbers);
            holds(
                list[0].fingerprint() == room.ghost.as_member(BOB).fingerprint(),
                "the ghost has Bob's number and other keys: on the list are Bob's keys",
            );
        });
        tester.step("read: what Alice says to the room", || {
            let list = room.server_says();
            let secret = format!("nobody else is here, so: {}", flag("silent-member"));
            let (package, messages) = room.alice_says(&list, &["hi Bob", &secret]);
            let texts = read(&package, &messages, &room.ghost, GHOST, &room.alice.as_member(ALICE));
            let texts = texts.unwrap_or_else(|| fail("nothing was read"));
            holds(texts.len() == 2, format!("Alice has written two messages, {} were read", texts.len()));
            same_text("hi Bob", &texts[0]);
            same_text(&secret, &texts[1]);
        });
        tester.step("Bob reads the same, and notices nothing", || {
            let list = room.server_says();
            let (package, messages) = room.alice_says(&list, &["hi Bob"]);
            same(&vec!["hi Bob".to_owned()], &bob_reads(&room, &package, &messages));
        });
        tester.step("read: up to the first message that does not open", || {
            let list = room.server_says();
            let (package, mut messages) = room.alice_says(&list, &["one", "two", "three", "four"]);
            messages[2].packet[60] ^= 1;
            let texts = read(&package, &messages, &room.ghost, GHOST, &room.alice.as_member(ALICE));
            same(&Some(vec!["one".to_owned(), "two".to_owned()]), &texts);
        });
        tester.step("read: without a wrap for the ghost, or with a damaged one, there is nothing", || {
            let members = room.members();
            let of_alice = room.alice.as_member(ALICE);
            let (package, messages) = room.alice_says(&members, &["hi Bob"]);
            let texts = read(&package, &messages, &room.ghost, GHOST, &of_alice);
            holds(texts.is_none(), "something was read, and there was no key");
            let list = room.server_says();
            let (mut package, messages) = room.alice_says(&list, &["hi Bob"]);
            package.wraps.iter_mut().for_each(|(_, wrap)| wrap[60] ^= 1);
            let texts = read(&package, &messages, &room.ghost, GHOST, &of_alice);
            holds(texts.is_none(), "something was read, and the wrap was damaged");
        });
        tester.step("strangers: the ghost stands in the signed list", || {
            let list = room.server_says();
            let (package, _) = room.alice_says(&list, &[]);
            same(&Some(vec![GHOST]), &strangers(&package.header, &room.shown()));
        });
        tester.step("strangers: nobody in an honest list, though somebody has left meanwhile", || {
            let members = room.members();
            let (package, _) = room.alice_says(&members, &[]);
            let mut shown = room.shown();
            shown.push((300, Fingerprint([3; 32])));
            same(&Some(vec![]), &strangers(&package.header, &shown));
        });
        tester.step("strangers: a member with other keys than were shown", || {
            let members = [room.ghost.as_member(BOB), room.alice.as_member(ALICE)];
            let (package, _) = room.alice_says(&members, &[]);
            same(&Some(vec![BOB]), &strangers(&package.header, &room.shown()));
        });
        tester.step("strangers: a member with a number that was not shown", || {
            let members = [room.bob.as_member(BOB), room.bob.as_member(GHOST), room.alice.as_member(ALICE)];
            let (package, _) = room.alice_says(&members, &[]);
            same(&Some(vec![GHOST]), &strangers(&package.header, &room.shown()));
        });
        tester.step("strangers: bytes that are no header", || {
            let members = room.members();
            let (package, _) = room.alice_says(&members, &[]);
            for length in 0..package.header.len() {
                let found = strangers(&package.header[..length], &room.shown());
                holds(found.is_none(), format!("{length} bytes of a header were taken for a whole one"));
            }
            holds(Header::parse(&package.header).is_ok(), "the whole header is a good one");
        });
    });
}
