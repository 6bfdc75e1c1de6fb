//! Everything of end-to-end encryption that reads bytes, given any bytes, and given good ones that were changed: it
//! refuses them or takes them, and what it takes it writes again as it was.

use crate::people::{ALICE, BOB, CAROL, NOW, alice, bob, carol, delivered, letter, seeded};
use proptest::prelude::*;
use std::sync::LazyLock;
use uchat_protocol::content::Letter;
use uchat_protocol::e2e::file::FileKey;
use uchat_protocol::e2e::{
    Fingerprint, Header, MemberKeys, OutPackage, Place, ReceiveChain, SendChain, open_package,
};
use uchat_protocol::push::KeyPackageFor;
use uchat_protocol::{Encrypted, KeyId};

/// Alice's chain for bob, its package, what bob has of it after a message was jumped over, and a message.
struct Good {
    send: SendChain,
    package: OutPackage,
    receive: ReceiveChain,
    message: Encrypted,
}

static FRIENDS: LazyLock<Good> = LazyLock::new(|| good(Place::Friends, &[&bob().as_member(BOB)]));
static ROOM: LazyLock<Good> =
    LazyLock::new(|| good(Place::Room(5), &[&bob().as_member(BOB), &carol().as_member(CAROL)]));

fn good(place: Place, others: &[&MemberKeys]) -> Good {
    let (mut send, package) =
        SendChain::start(alice(), ALICE, place, others, None, NOW, &mut seeded()).unwrap();
    let mut receive =
        open_package(&delivered(&package, BOB), bob(), BOB, &alice().as_member(ALICE)).unwrap().1;
    let mut say = |text| send.seal(alice(), &letter(text), &mut seeded()).unwrap();
    let [_, second, message] = ["first", "second", "third"].map(&mut say);
    receive.open(&second, &alice().as_member(ALICE)).unwrap();
    Good { send, package, receive, message }
}

/// One change of bytes.
#[derive(Debug, Clone)]
enum Change {
    Xor(prop::sample::Index, u8),
    Put(prop::sample::Index, Vec<u8>),
    Cut(prop::sample::Index),
    Drop(prop::sample::Index),
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let index = any::<prop::sample::Index>;
    let bytes = prop_oneof![
        prop::collection::vec(any::<u8>(), 1..50),
        (0_usize..9).prop_map(|length| vec![0xff; length]),
        (0_usize..9).prop_map(|length| vec![0; length]),
    ];
    let change = prop_oneof![
        4 => (index(), 1_u8..).prop_map(|(at, mask)| Change::Xor(at, mask)),
        2 => (index(), bytes).prop_map(|(at, bytes)| Change::Put(at, bytes)),
        1 => index().prop_map(Change::Cut),
        1 => index().prop_map(Change::Drop),
    ];
    prop::collection::vec(change, 1..4)
}

fn changed(good: &[u8], changes: &[Change]) -> Vec<u8> {
    let mut bytes = good.to_vec();
    for change in changes {
        match change {
            _ if bytes.is_empty() => {}
            Change::Xor(at, mask) => {
                let at = at.index(bytes.len());
                bytes[at] ^= mask;
            }
            Change::Put(at, new) => {
                let at = at.index(bytes.len());
                bytes.splice(at..at, new.iter().copied());
            }
            Change::Cut(at) => bytes.truncate(at.index(bytes.len())),
            Change::Drop(at) => drop(bytes.remove(at.index(bytes.len()))),
        }
    }
    bytes
}

/// Gives it to everything that reads bytes of its own store or of the server.
fn read(bytes: &[u8]) {
    if let Ok(header) = Header::parse(bytes) {
        assert_eq!(header.to_bytes(), bytes, "one header, one form");
        assert_eq!(header.conversation(BOB).is_some(), header.listed(BOB).is_some());
    }
    if let Ok(mut chain) = SendChain::from_bytes(bytes) {
        assert_eq!(*chain.to_bytes(), bytes);
        let others = [(BOB, Fingerprint([1; 32]))];
        let _ = chain.newcomers(&others);
        let _ = chain.must_renew(alice(), &others, u64::MAX);
        if chain.place() == Place::Friends {
            let next = chain.next();
            let sealed = chain.seal(alice(), &letter("on"), &mut seeded());
            assert_eq!(sealed.is_ok(), next < 100);
        }
    }
    if let Ok(mut chain) = ReceiveChain::from_bytes(bytes) {
        assert_eq!(*chain.to_bytes(), bytes);
        for good in [&*FRIENDS, &*ROOM] {
            for index in [0, good.message.index, u32::MAX] {
                let message = Encrypted { index, ..good.message.clone() };
                let _ = chain.open(&message, &alice().as_member(ALICE));
            }
        }
    }
    if let Ok(keys) = MemberKeys::from_bytes(bytes) {
        assert_eq!(keys.to_bytes().unwrap(), bytes);
    }
    let _ = Letter::from_bytes(bytes);
    assert!(FileKey::from_bytes(&[1; 32]).open_piece(0, bytes).is_err());
}

proptest! {
    #[test]
    fn any_bytes_are_refused_or_are_the_one_form_of_what_is_read(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        read(&bytes);
        let package = KeyPackageFor {
            header: bytes.clone().into(), signature: bytes.clone().into(), wrap: bytes.clone().into(),
        };
        assert!(open_package(&package, bob(), BOB, &alice().as_member(ALICE)).is_err());
        let message = Encrypted { packet: bytes, ..FRIENDS.message.clone() };
        assert!(FRIENDS.receive.clone().open(&message, &alice().as_member(ALICE)).is_err());
    }

    #[test]
    fn changed_bytes_as_well(changes in changes()) {
        for good in [&*FRIENDS, &*ROOM] {
            read(&changed(&good.package.header, &changes));
            read(&changed(&good.send.to_bytes(), &changes));
            read(&changed(&good.receive.to_bytes(), &changes));
        }
        read(&changed(&alice().as_member(ALICE).to_bytes().unwrap(), &changes));
        read(&changed(&letter("a letter").to_bytes().unwrap(), &changes));
    }

    #[test]
    fn nothing_that_was_changed_opens(part in 0..3_u8, changes in changes()) {
        let good = delivered(&FRIENDS.package, BOB);
        let mut package = good.clone();
        let bytes = match part {
            0 => &mut package.header,
            1 => &mut package.signature,
            _ => &mut package.wrap,
        };
        *bytes = changed(bytes, &changes).into();
        let opened = open_package(&package, bob(), BOB, &alice().as_member(ALICE));
        assert_eq!(opened.is_ok(), package == good);
    }

    #[test]
    fn a_chain_stays_as_it_was_after_every_message_that_it_refuses(
        changes in changes(),
        index in prop_oneof![0_u32..4, any::<u32>()],
        key_id in prop_oneof![4 => Just(None), 1 => any::<[u8; 16]>().prop_map(Some)],
    ) {
        for good in [&*FRIENDS, &*ROOM] {
            let message = Encrypted {
                index,
                key_id: key_id.map_or(good.message.key_id, KeyId),
                packet: changed(&good.message.packet, &changes),
                signature: good.message.signature.as_ref().map(|signature| changed(signature, &changes)),
            };
            let mut chain = good.receive.clone();
            if message != good.message {
                assert!(chain.open(&message, &alice().as_member(ALICE)).is_err());
                assert_eq!(*chain.to_bytes(), *good.receive.to_bytes());
            }
            assert!(chain.open(&good.message, &alice().as_member(ALICE)).is_ok(), "nothing is lost");
        }
    }
}

#[test]
fn skipped_keys_out_of_order_are_refused() {
    let stored = FRIENDS.receive.to_bytes();
    assert_eq!((stored[102], &stored[103..107]), (1, &[0, 0, 0, 0][..]), "the key of message 0");
    let one = &stored[103..];
    for (count, keys) in [(2, [one, one].concat()), (1, [&2_u32.to_be_bytes()[..], &one[4..]].concat())] {
        let wrong = [&stored[..102], &[count], &keys].concat();
        let error = ReceiveChain::from_bytes(&wrong).unwrap_err().to_string();
        assert!(error.contains("must be greater than the one before"), "{error}");
    }
}
