//! A message seen from the inside, on every transport: what travelled, what was in it, and which byte became which.

use crate::pair::Pair;
use crate::world::Setup;
use cbc_packet::PacketError;
use certificates::keyed_packet::PacketKeys;
use framing::{Message, Value};
use uchat_protocol::channel::{Carried, Lesson, Transport, Went};
use uchat_protocol::content::Letter;
use uchat_protocol::inspect::{Kind, Layer, Link, Sealed, Travelled};
use uchat_protocol::request::SendMessage;
use uchat_protocol::{Content, Encrypted, Envelope, KeyId, MessageId, Request};

const TEXT: &str = "see you at the bridge";
const ID: MessageId = MessageId([7; 16]);

fn content() -> Content {
    Content { data: TEXT.to_owned(), ..Content::default() }
}

fn plain() -> Envelope {
    Envelope::Plain(content())
}

/// A packet that only the receivers can open, and what is in it.
fn sealed() -> (Envelope, Vec<u8>, Vec<u8>) {
    let letter = Letter { id: ID, time: 1, message: content() }.to_bytes().unwrap();
    let mut packet = Vec::new();
    PacketKeys::new(&[1; 32], &[2; 32])
        .seal(0, [3; 16], 1 << 16, &mut packet, |out| {
            out.extend_from_slice(&letter);
            Ok::<(), PacketError>(())
        })
        .unwrap();
    let message = Encrypted { key_id: KeyId([9; 16]), index: 0, packet: packet.clone(), signature: None };
    (Envelope::Encrypted(message), packet, letter)
}

fn says(message: Envelope) -> Message {
    Request::SendMessage(SendMessage { target_type: 0, target_id: 2, message, id: Some(ID) })
        .to_message()
        .unwrap()
}

/// What both sides have seen of this message, which travels among others.
fn travels(transport: Transport, message: &Message, needle: &[u8]) -> [(Carried, Travelled); 2] {
    let mut pair = Pair::ready(&Setup::new(transport));
    pair.client.channel.watch(true);
    pair.server.channel.watch(true);
    let other = Message { operation: 3, value: Value::from("something else") };
    let before = pair.client.sent.len();
    pair.client_says(&[other.clone(), message.clone(), other]);
    pair.run();
    assert_eq!(pair.errors(), (None, None));
    let sent = pair.client.sent[before..].to_vec();
    [(&mut pair.client, Went::Out), (&mut pair.server, Went::In)].map(|(end, went)| {
        let carried = end.channel.take_carried();
        let wires: Vec<u8> = carried.iter().flat_map(|carried| carried.wire.clone()).collect();
        assert_eq!(wires, sent, "{transport}: the wire is what has travelled");
        assert!(carried.iter().all(|carried| carried.went == went));
        let found = carried.iter().find_map(|carried| {
            Travelled::find(transport, carried, needle, TEXT).map(|travelled| (carried.clone(), travelled))
        });
        found.unwrap_or_else(|| panic!("{transport}: the message is not there"))
    })
}

/// Where the bytes of the first layer are in each of the others.
fn follow(layers: &[Layer], kind: Kind) -> std::ops::Range<usize> {
    let mut bytes = 0..layers[0].labelled.bytes.len();
    for layer in layers {
        if layer.kind == kind {
            return bytes;
        }
        bytes = layer.link.out(&bytes).expect("the next layer");
    }
    panic!("there is no {kind:?}")
}

#[test]
fn a_text_is_followed_through_every_layer_of_every_transport() {
    let message = says(plain());
    for transport in Transport::ALL {
        for (carried, travelled) in travels(transport, &message, &ID.0) {
            assert_eq!(carried.text[travelled.part.clone()], message.to_bytes().unwrap());
            let layers = travelled.layers();
            assert_eq!(layers[0].kind, Kind::Text);
            assert_eq!(layers[1].kind, Kind::Messages);
            let in_message = follow(&layers, Kind::Messages);
            assert_eq!(&layers[1].labelled.bytes[in_message.clone()], TEXT.as_bytes(), "{transport}");
            assert_eq!(layers[0].link.back(&in_message, TEXT.len()), Some(0..TEXT.len()));
            let Some(wire) = layers.get(2) else {
                assert_eq!(carried.wire, carried.text, "{transport}: nothing is around it");
                continue;
            };
            assert_eq!(wire.labelled.bytes, carried.wire);
            assert!(wire.labelled.leaves().count() >= 2, "{transport}: it has fields");
            let on_wire = follow(&layers, wire.kind);
            let seen = &wire.labelled.bytes[on_wire.clone()];
            match wire.kind {
                Kind::Frame => assert_eq!(seen, TEXT.as_bytes(), "{transport}"),
                Kind::Rc4Frame | Kind::TlsRecord => {
                    assert_eq!(seen.len(), TEXT.len());
                    assert_ne!(seen, TEXT.as_bytes(), "{transport}");
                }
                _ => assert!(
                    on_wire.len() >= TEXT.len() && on_wire.len().is_multiple_of(16),
                    "{transport}: {on_wire:?}"
                ),
            }
        }
    }
}

/// A short text is also a part of the names of other fields, which stand behind it.
#[test]
fn a_short_text_is_found_in_its_own_field() {
    for text in ["o", "on", "font", "size", "data", "type"] {
        let content = Content { data: text.to_owned(), fontsize: 12, ..Content::default() };
        let message = says(Envelope::Plain(content));
        for (_, mut travelled) in travels(Transport::Lesson(Lesson::Plain), &message, &ID.0) {
            travelled.text = text.to_owned();
            let layers = travelled.layers();
            let at = follow(&layers, Kind::Messages);
            let bytes = &layers[1].labelled.bytes;
            assert_eq!(&bytes[at.clone()], text.as_bytes());
            let entry = [b"\x04data\x03\0\0\0", &[text.len() as u8][..]].concat();
            assert!(bytes[..at.start].ends_with(&entry), "{text}: at {at:?}");
        }
    }
}

#[test]
fn what_is_encrypted_from_end_to_end_has_two_layers_more() {
    let (envelope, packet, letter) = sealed();
    let message = says(envelope);
    for transport in [Transport::Signed, Transport::Tls] {
        for (carried, mut travelled) in travels(transport, &message, &packet) {
            let at = carried.text.windows(packet.len()).position(|window| window == packet).unwrap();
            travelled.sealed = Some(Sealed { part: at..at + packet.len(), letter: letter.clone() });
            let layers = travelled.layers();
            let kinds: Vec<Kind> = layers.iter().map(|layer| layer.kind).collect();
            let outer = if transport == Transport::Tls { Kind::TlsRecord } else { Kind::KeyedPacket };
            assert_eq!(kinds, [Kind::Text, Kind::Letter, Kind::Sealed, Kind::Messages, outer]);
            assert_eq!(&letter[follow(&layers, Kind::Letter)], TEXT.as_bytes());
            assert!(follow(&layers, Kind::Sealed).end <= packet.len());
            assert_eq!(layers[2].link, Link::Same(at));
            assert!(!format!("{travelled:?}").contains(TEXT), "a letter is a secret");
        }
    }
}

#[test]
fn a_message_of_many_records_is_one() {
    let long = "x".repeat(60_000);
    let content = Content { data: long.clone(), ..Content::default() };
    let message = says(Envelope::Plain(content));
    for (carried, mut travelled) in travels(Transport::Tls, &message, &ID.0) {
        travelled.text = long.clone();
        let layers = travelled.layers();
        assert!(follow(&layers, Kind::TlsRecord).end <= carried.wire.len());
        let records = layers[2].labelled.spans.iter().filter(|span| span.label == "record").count();
        assert_eq!(records, 4);
    }
}
