//! People who talk with each other, as it should be: in order, out of order, with gaps, after a restart.

use crate::people::{ALICE, BOB, CAROL, NOW, alice, bob, carol, delivered, letter, seeded};
use rand::SeedableRng;
use rand::rngs::StdRng;
use uchat_protocol::e2e::{
    Header, MAX_SKIPPED, OpenError, Place, Previous, ReceiveChain, SendChain, SendError, open_package,
};
use uchat_protocol::{Conversation, Encrypted};

fn friends() -> (SendChain, ReceiveChain) {
    let (chain, package) =
        SendChain::start(alice(), ALICE, Place::Friends, &[&bob().as_member(BOB)], None, NOW, &mut seeded())
            .unwrap();
    let opened = open_package(&delivered(&package, BOB), bob(), BOB, &alice().as_member(ALICE));
    (chain, opened.unwrap().1)
}

fn say(chain: &mut SendChain, text: &str) -> Encrypted {
    chain.seal(alice(), &letter(text), &mut seeded()).unwrap()
}

#[test]
fn two_friends_write_to_each_other() {
    let (a, b) = (alice().as_member(ALICE), bob().as_member(BOB));
    for (own, me, other) in [(alice(), ALICE, (bob(), BOB)), (bob(), BOB, (alice(), ALICE))] {
        let (from, to) = if me == ALICE { (&a, &b) } else { (&b, &a) };
        let (mut send, package) =
            SendChain::start(own, me, Place::Friends, &[to], None, NOW, &mut seeded()).unwrap();
        let (header, mut receive) =
            open_package(&delivered(&package, other.1), other.0, other.1, from).unwrap();
        assert_eq!(header.conversation(other.1), Some(Conversation::Friend(me)));
        assert_eq!(header.conversation(me), Some(Conversation::Friend(other.1)));
        assert_eq!(header.conversation(CAROL), None);
        for text in ["Hello!", "", "👋"] {
            let message = send.seal(own, &letter(text), &mut seeded()).unwrap();
            assert_eq!(
                message.signature, None,
                "only the other one can read it, so nobody else can have written it"
            );
            assert_eq!(receive.open(&message, from).unwrap().letter, letter(text));
        }
    }
}

#[test]
fn three_in_a_room_all_read_and_our_other_session_too() {
    let (a, b, c) = (alice().as_member(ALICE), bob().as_member(BOB), carol().as_member(CAROL));
    let (mut send, package) =
        SendChain::start(alice(), ALICE, Place::Room(5), &[&c, &b], None, NOW, &mut seeded()).unwrap();
    assert_eq!(package.wraps.iter().map(|(user, _)| *user).collect::<Vec<_>>(), [BOB, ALICE, CAROL]);
    let message = send.seal(alice(), &letter("to all"), &mut seeded()).unwrap();
    for (own, me) in [(alice(), ALICE), (bob(), BOB), (carol(), CAROL)] {
        let (header, mut chain) = open_package(&delivered(&package, me), own, me, &a).unwrap();
        assert_eq!(header.conversation(me), Some(Conversation::Room(5)));
        assert_eq!(chain.open(&message, &a).unwrap().letter, letter("to all"));
    }
}

#[test]
fn a_newcomer_reads_from_now_on_and_nothing_before() {
    let (a, b, c) = (alice().as_member(ALICE), bob().as_member(BOB), carol().as_member(CAROL));
    let (mut send, first) =
        SendChain::start(alice(), ALICE, Place::Room(5), &[&b], None, NOW, &mut seeded()).unwrap();
    let before = say(&mut send, "before");
    let others = [(BOB, b.fingerprint()), (CAROL, c.fingerprint())];
    assert_eq!(send.newcomers(&others), [CAROL]);
    let package = send.package_for(alice(), &[&c], &mut seeded()).unwrap();
    assert!(send.newcomers(&others).is_empty());
    assert_eq!(package.wraps.len(), 1, "the others have the chain");
    let after = say(&mut send, "after");

    let (header, mut carols) = open_package(&delivered(&package, CAROL), carol(), CAROL, &a).unwrap();
    assert_eq!((header.first, header.members.len(), header.previous), (1, 3, None));
    assert!(matches!(carols.open(&before, &a), Err(OpenError::Replayed(0))));
    assert_eq!(carols.open(&after, &a).unwrap().letter, letter("after"));

    let (_, mut bobs) = open_package(&delivered(&first, BOB), bob(), BOB, &a).unwrap();
    assert!(bobs.open(&before, &a).is_ok() && bobs.open(&after, &a).is_ok());
}

#[test]
fn messages_may_come_in_any_order_each_once() {
    let (mut send, mut receive) = friends();
    let from = alice().as_member(ALICE);
    let messages: Vec<_> = (0..6).map(|n| say(&mut send, &format!("message {n}"))).collect();
    let missing: Vec<_> = [2, 0, 5, 4, 1, 3]
        .map(|n| {
            // The chain goes through the store each time.
            receive = ReceiveChain::from_bytes(&receive.to_bytes()).unwrap();
            let opened = receive.open(&messages[n], &from).unwrap();
            assert_eq!(opened.letter.message.data, format!("message {n}"));
            opened.missing
        })
        .to_vec();
    assert_eq!(missing, [2, 0, 2, 0, 0, 0]);
    for message in &messages {
        assert!(matches!(receive.open(message, &from), Err(OpenError::Replayed(_))));
    }
}

#[test]
fn up_to_a_hundred_keys_are_kept() {
    let (mut send, mut receive) = friends();
    let from = alice().as_member(ALICE);
    let messages: Vec<_> = (0..100).map(|n| say(&mut send, &n.to_string())).collect();
    assert_eq!(receive.open(&messages[99], &from).unwrap().missing, 99);
    assert_eq!(receive.missing_of(100), 0, "they were reported already");
    for (n, message) in messages[..99].iter().enumerate().rev() {
        assert_eq!(receive.open(message, &from).unwrap().letter.message.data, n.to_string());
    }
    assert_eq!(MAX_SKIPPED, 100);
}

#[test]
fn what_the_end_of_a_chain_says_shows_how_many_are_missing() {
    let (mut send, mut receive) = friends();
    let from = alice().as_member(ALICE);
    let messages: Vec<_> = (0..5).map(|n| say(&mut send, &n.to_string())).collect();
    receive.open(&messages[2], &from).unwrap();
    let b = bob().as_member(BOB);
    let (next, package) = SendChain::start(
        alice(),
        ALICE,
        Place::Friends,
        &[&b],
        Some(&send),
        NOW,
        &mut StdRng::seed_from_u64(8),
    )
    .unwrap();
    let header = Header::parse(&package.header).unwrap();
    assert_eq!(header.previous, Some(Previous { key_id: send.key_id(), sent: 5 }));
    assert_ne!(next.key_id(), send.key_id());
    assert_eq!(receive.missing_of(5), 2);
}

#[test]
fn a_stored_chain_goes_on_where_it_was() {
    let (mut send, mut receive) = friends();
    let from = alice().as_member(ALICE);
    for n in 0..3 {
        send = SendChain::from_bytes(&send.to_bytes()).unwrap();
        let message = say(&mut send, "again");
        assert_eq!(message.index, n);
        receive = ReceiveChain::from_bytes(&receive.to_bytes()).unwrap();
        assert!(receive.open(&message, &from).is_ok());
    }
}

#[test]
fn what_is_stored_and_damaged_is_refused_and_nothing_panics() {
    let (send, mut receive) = friends();
    let (mut other, _) = friends();
    say(&mut other, "0");
    let jump = say(&mut other, "1");
    let _ = receive.open(&jump, &alice().as_member(ALICE));
    for (bytes, what) in [(send.to_bytes(), "own"), (receive.to_bytes(), "received")] {
        for length in 0..bytes.len() {
            let cut = &bytes[..length];
            let refused = SendChain::from_bytes(cut).is_err() && ReceiveChain::from_bytes(cut).is_err();
            assert!(refused, "{what}, {length} bytes");
        }
        let longer = [&bytes[..], &[0]].concat();
        assert!(SendChain::from_bytes(&longer).is_err() && ReceiveChain::from_bytes(&longer).is_err());
    }
}

#[test]
fn secrets_do_not_show() {
    let (send, receive) = friends();
    let shown = format!("{send:?} {receive:?} {:?}", alice());
    for secret in [hex_of(&send.to_bytes()[46..78]), hex_of(&receive.to_bytes()[70..102])] {
        assert!(!shown.contains(&secret[..16]), "{shown}");
    }
    assert!(shown.contains("SendChain") && shown.len() < 600, "{shown}");
}

fn hex_of(bytes: &[u8]) -> String {
    echo::lab::hex(bytes)
}

#[test]
fn a_text_that_is_too_long_leaves_the_chain_as_it_was() {
    let (mut send, mut receive) = friends();
    let longest = letter(&"x".repeat(64 << 10));
    let too_long = letter(&"x".repeat(70 << 10));
    let before = send.to_bytes();
    let refused = send.seal(alice(), &too_long, &mut seeded());
    assert!(matches!(refused, Err(SendError::Sealed(_))), "{refused:?}");
    assert_eq!(*send.to_bytes(), *before);
    let message = send.seal(alice(), &longest, &mut seeded()).unwrap();
    assert!(message.packet.len() <= uchat_protocol::limits::PACKET);
    assert_eq!(receive.open(&message, &alice().as_member(ALICE)).unwrap().letter, longest);
}
