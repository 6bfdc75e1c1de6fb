//! What holds for any input: decoders never panic, decoding undoes encoding, cuts do not matter.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a helper that fails is a failed test"
)]

use anatomy::Reader;
use framing::{
    ByteOrder, FrameDecoder, LIMIT, Message, Value, decode, encode, encode_frame, from_json, read_value,
    to_json,
};
use proptest::collection::vec;
use proptest::prelude::*;

/// Any value that can be written, up to eight levels deep.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::None),
        any::<u64>().prop_map(Value::Int),
        any::<u8>().prop_map(|n| Value::Int(n.into())),
        any::<f32>().prop_map(Value::Float),
        any::<String>().prop_map(Value::Str),
        any::<bool>().prop_map(Value::Bool),
        vec(any::<u8>(), 0..40).prop_map(Value::Bytes),
    ];
    leaf.prop_recursive(8, 60, 6, |inner| {
        let key = "[ -~]{0,12}";
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::List),
            proptest::collection::btree_map(key, inner, 0..6)
                .prop_map(|entries| Value::Dict(entries.into_iter().collect())),
        ]
    })
}

fn bytes_of(value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    encode(value, &mut out).unwrap();
    out
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn decoding_undoes_encoding(value in value()) {
        let bytes = bytes_of(&value);
        // Compared as bytes, because a NaN is not equal to itself.
        prop_assert_eq!(bytes_of(&decode(&bytes).unwrap()), bytes);
    }

    #[test]
    fn any_bytes_are_a_value_or_an_error_and_a_value_has_only_one_encoding(bytes in vec(any::<u8>(), 0..200)) {
        if let Ok(value) = decode(&bytes) {
            prop_assert_eq!(bytes_of(&value), bytes);
        }
    }

    #[test]
    fn a_damaged_value_is_a_value_or_an_error(value in value(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = bytes_of(&value);
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(value) = decode(&bytes) {
            prop_assert_eq!(bytes_of(&value), bytes);
        }
    }

    #[test]
    fn the_trace_changes_nothing_and_covers_every_byte(value in value()) {
        let bytes = bytes_of(&value);
        let mut r = Reader::traced(&bytes);
        let traced = read_value(&mut r).unwrap();
        prop_assert_eq!(bytes_of(&traced), bytes.clone());
        let labelled = r.into_labelled();
        let mut next = 0;
        for leaf in labelled.leaves().filter(|leaf| !leaf.range.is_empty()) {
            prop_assert_eq!(leaf.range.start, next);
            next = leaf.range.end;
        }
        prop_assert_eq!(next, bytes.len());
    }

    #[test]
    fn json_keeps_every_value(value in value()) {
        // The dicts that JSON uses for itself are refused.
        let Ok(text) = to_json(&value) else { return Ok(()) };
        prop_assert_eq!(bytes_of(&from_json(&text).unwrap()), bytes_of(&value));
    }

    #[test]
    fn messages_follow_each_other_without_a_gap(values in vec(value(), 0..5), operation in any::<u8>()) {
        let messages: Vec<Message> = values.into_iter().map(|value| Message { operation, value }).collect();
        let bytes: Vec<u8> = messages.iter().flat_map(|message| message.to_bytes().unwrap()).collect();
        let mut r = Reader::new(&bytes);
        for message in &messages {
            prop_assert_eq!(Message::read(&mut r).unwrap().to_bytes(), message.to_bytes());
        }
        prop_assert_eq!(r.remaining(), 0);
    }

    #[test]
    fn frames_come_out_whole_however_the_stream_is_cut(
        payloads in vec(vec(any::<u8>(), 0..300), 0..10),
        cuts in vec(1usize..64, 1..50),
        little in any::<bool>(),
    ) {
        let order = if little { ByteOrder::LittleEndian } else { ByteOrder::Network };
        let mut stream = Vec::new();
        for payload in &payloads {
            encode_frame(order, LIMIT, payload, &mut stream).unwrap();
        }
        let mut decoder = FrameDecoder::new(order, LIMIT);
        let mut found = Vec::new();
        let mut rest = stream.as_slice();
        for cut in cuts.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (piece, later) = rest.split_at((*cut).min(rest.len()));
            decoder.push(piece);
            while let Some(frame) = decoder.frame().unwrap() {
                found.push(frame.to_vec());
            }
            rest = later;
        }
        prop_assert_eq!(found, payloads);
        prop_assert_eq!(decoder.unfinished(), 0);
    }

    #[test]
    fn any_stream_is_frames_or_an_error(stream in vec(any::<u8>(), 0..400), limit in 0usize..300) {
        let mut decoder = FrameDecoder::new(ByteOrder::Network, limit);
        for piece in stream.chunks(7) {
            decoder.push(piece);
            loop {
                match decoder.frame() {
                    Ok(Some(frame)) => prop_assert!(frame.len() <= limit),
                    Ok(None) => break,
                    Err(_) => return Ok(()),
                }
            }
            prop_assert!(decoder.unfinished() <= limit + 4, "the store holds one unfinished frame at most");
        }
    }
}
