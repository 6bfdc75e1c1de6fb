//! The decoder against RFC 8448, and against bytes that nobody should send.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a helper that fails is a failed test"
)]

use anatomy::{Labelled, Span, Terminal};
use echo::lab::{Direction, Dissect, Recording};
use https::Tls;
use https::tls::{KeyLog, names};
use proptest::prelude::*;

const KEYS: &str = include_str!("rfc8448.keys");

fn recording() -> Recording {
    Recording::parse(include_str!("rfc8448.recording")).unwrap()
}

fn dissect(tls: &mut Tls, recording: &Recording) -> Vec<Labelled> {
    recording.chunks.iter().flat_map(|(direction, bytes)| tls.bytes(*direction, bytes)).collect()
}

/// The value of the first field with this label.
fn field<'a>(labelled: &'a Labelled, label: &str) -> &'a [u8] {
    labelled.bytes_of(labelled.leaves().find(|span| span.label == label).expect(label))
}

#[test]
fn the_simple_handshake_of_rfc_8448_is_decrypted_from_its_first_message_to_its_last() {
    let mut tls = Tls::new(KeyLog::parse(KEYS));
    let messages = dissect(&mut tls, &recording());
    let seen: Vec<_> = tls
        .seen()
        .iter()
        .map(|seen| (names::handshake_type(seen.kind), seen.direction, seen.length))
        .collect();
    let (client, server) = (Direction::ToServer, Direction::ToClient);
    assert_eq!(
        seen,
        [
            ("ClientHello", client, 196),
            ("ServerHello", server, 90),
            ("EncryptedExtensions", server, 40),
            ("Certificate", server, 445),
            ("CertificateVerify", server, 136),
            ("Finished", server, 36),
            ("Finished", client, 36),
            ("NewSessionTicket", server, 205),
        ]
    );
    assert_eq!(field(&messages[0], "host_name"), b"server");
    let payload: Vec<u8> = (0..50).collect();
    for n in [5, 6] {
        assert_eq!(field(&messages[n], "application data"), payload);
        assert_eq!(field(&messages[n], "content type"), [23]);
    }
    for message in &messages[7..] {
        assert_eq!(field(message, "description"), [0], "close_notify");
    }
    assert_eq!(field(&messages[3], "verify_data")[..4], [0xa8, 0xec, 0x43, 0x6d], "the client's Finished");
}

#[test]
fn a_record_that_is_shown_decrypted_keeps_its_length_and_every_byte_has_a_label() {
    let recording = recording();
    let messages = dissect(&mut Tls::new(KeyLog::parse(KEYS)), &recording);
    assert_eq!(messages.len(), recording.chunks.len());
    for (message, (_, bytes)) in messages.iter().zip(&recording.chunks) {
        assert_eq!(message.bytes.len(), bytes.len());
        assert_eq!(message.bytes[..5], bytes[..5], "the header");
        assert_eq!(message.leaves().map(|span| span.range.len()).sum::<usize>(), bytes.len());
        assert!(
            message.leaves().all(|span| span.label != "not decoded"),
            "{}",
            Terminal::plain().render(message)
        );
    }
}

#[test]
fn messages_do_not_depend_on_where_the_stream_is_cut() {
    let whole = dissect(&mut Tls::new(KeyLog::parse(KEYS)), &recording());
    for size in [1, 2, 3, 5, 7, 64, 600] {
        let mut tls = Tls::new(KeyLog::parse(KEYS));
        let mut pieces = Vec::new();
        for (direction, bytes) in recording().chunks {
            for piece in bytes.chunks(size) {
                pieces.extend(tls.bytes(direction, piece));
            }
        }
        assert_eq!(pieces, whole, "in pieces of {size}");
    }
}

#[test]
fn without_the_secrets_only_the_hello_messages_can_be_read() {
    let messages = dissect(&mut Tls::default(), &recording());
    for (n, message) in messages.iter().enumerate() {
        let sealed = message.leaves().any(|span| span.label == "encrypted");
        assert_eq!(sealed, n >= 2, "record {n}");
    }
}

#[test]
fn a_changed_bit_and_a_lost_record_are_noticed() {
    let note = |span: &Span| span.note.clone().unwrap_or_default();
    let refused = |messages: &[Labelled], n: usize| {
        messages[n].leaves().any(|span| note(span).contains("does not open as record"))
    };
    let mut changed = recording();
    changed.chunks[5].1[20] ^= 1;
    let messages = dissect(&mut Tls::new(KeyLog::parse(KEYS)), &changed);
    assert!(refused(&messages, 5) && !refused(&messages, 6));
    let mut lost = recording();
    lost.chunks.remove(4); // the ticket: the next record from the server is now one too early
    let messages = dissect(&mut Tls::new(KeyLog::parse(KEYS)), &lost);
    assert!(refused(&messages, 5));
}

#[test]
fn the_dump_stays_within_80_columns() {
    for message in dissect(&mut Tls::new(KeyLog::parse(KEYS)), &recording()) {
        for line in Terminal::plain().render(&message).lines() {
            assert!(anatomy::width(line) <= 80, "{line}");
        }
    }
}

proptest! {
    #[test]
    fn random_bytes_never_panic(pieces in prop::collection::vec((any::<bool>(), prop::collection::vec(any::<u8>(), 0..300)), 0..8)) {
        let mut tls = Tls::new(KeyLog::parse(KEYS));
        for (to_client, bytes) in pieces {
            tls.bytes(if to_client { Direction::ToClient } else { Direction::ToServer }, &bytes);
        }
    }

    #[test]
    fn random_handshake_messages_never_panic(kind in 0_u8..26, server: bool, tls12: bool, body in prop::collection::vec(any::<u8>(), 0..200)) {
        let mut tls = Tls::default();
        let hello = &recording().chunks[1].1;
        let mut hello = hello.clone();
        if tls12 {
            hello.truncate(hello.len() - 6); // without supported_versions
            hello[4] -= 6;
            hello[8] -= 6;
            let extensions = 5 + 4 + 2 + 32 + 1 + 2 + 1 + 1;
            hello[extensions] -= 6;
        }
        tls.bytes(Direction::ToClient, &hello);
        let length = (body.len() as u16 + 4).to_be_bytes();
        let record = [&[22, 3, 3, length[0], length[1], kind, 0, 0, body.len() as u8][..], &body].concat();
        let direction = if server { Direction::ToClient } else { Direction::ToServer };
        for labelled in tls.bytes(direction, &record) {
            prop_assert!(Terminal::plain().render(&labelled).lines().all(|line| anatomy::width(line) <= 80));
        }
    }

    #[test]
    fn a_damaged_session_never_panics(record in 0_usize..9, at in 0_usize..700, bit in 0_u8..8, cut in 0_usize..700) {
        let mut damaged = recording();
        let bytes = &mut damaged.chunks[record].1;
        let at = at % bytes.len();
        bytes[at] ^= 1 << bit;
        let mut shorter = damaged.clone();
        let length = shorter.chunks[record].1.len();
        shorter.chunks[record].1.truncate(cut % length);
        dissect(&mut Tls::new(KeyLog::parse(KEYS)), &damaged);
        dissect(&mut Tls::new(KeyLog::parse(KEYS)), &shorter);
    }
}
