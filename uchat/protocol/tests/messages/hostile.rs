//! Values of any kind under any operation: refused or taken, never a panic, and never without a sentence.

use crate::samples::{pushes, replies, requests};
use framing::{Message, Value};
use proptest::prelude::*;
use uchat_protocol::{Operation, Push, Reply, Request, limits};

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::None),
        any::<u64>().prop_map(Value::Int),
        (0_u64..5).prop_map(Value::Int),
        any::<f32>().prop_map(Value::Float),
        ".{0,12}".prop_map(|text: String| Value::from(text.as_str())),
        any::<bool>().prop_map(Value::Bool),
        prop::collection::vec(any::<u8>(), 0..40).prop_map(Value::Bytes),
    ];
    leaf.prop_recursive(4, 40, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::List),
            prop::collection::btree_map(keys(), inner, 0..8)
                .prop_map(|entries| Value::Dict(entries.into_iter().collect())),
        ]
    })
}

fn keys() -> impl Strategy<Value = String> {
    let known =
        ["type", "data", "message", "target_type", "target_id", "user_name", "id", "name", "size", "file"];
    prop_oneof![prop::sample::select(known.to_vec()).prop_map(str::to_owned), "[a-z_]{0,10}"]
}

/// Reads it as everything that it could be.
fn read(message: &Message) {
    if let Err(refusal) = Request::from_message(message.clone()) {
        assert!(!refusal.text.is_empty() && refusal.operation == Some(message.operation), "{message:?}");
    }
    for read in
        [Reply::from_message(&mut message.clone()).map(drop), Push::from_message(message.clone()).map(drop)]
    {
        if let Err(error) = read {
            assert!(!error.rule.is_empty(), "{message:?}");
        }
    }
}

proptest! {
    #[test]
    fn any_value_under_any_operation_is_taken_or_refused_with_a_sentence(
        operation in prop_oneof![any::<u8>(), 1_u8..34, 100_u8..121, 201_u8..206],
        value in values(),
    ) {
        read(&Message { operation, value });
    }

    #[test]
    fn a_changed_byte_makes_another_message_or_none(pick: prop::sample::Index, at: prop::sample::Index, mask in 1_u8..) {
        let mut messages: Vec<Message> = requests().iter().map(|request| request.to_message().unwrap()).collect();
        messages.extend(replies().iter().map(|reply| reply.to_message().unwrap()));
        messages.extend(pushes().iter().map(|push| push.to_message().unwrap()));
        let mut bytes = pick.get(&messages).to_bytes().unwrap();
        let at = at.index(bytes.len());
        bytes[at] ^= mask;
        if let Ok(message) = Message::from_bytes(&bytes) {
            read(&message);
        }
    }
}

/// The dearest message of 1 MiB: many values that have next to no bytes.
fn many_small() -> Vec<Value> {
    let fill = |value: Value, size: usize| Value::List(vec![value; (limits::MESSAGE - 100) / size]);
    let keys = (0..(limits::MESSAGE - 100) / 6).map(|n| (format!("{n:04x}"), Value::None)).collect();
    vec![
        fill(Value::None, 1),
        fill(Value::List(Vec::new()), 5),
        fill(Value::from(""), 5),
        fill(Value::Int(0), 6),
        fill(Value::List(vec![Value::None; 30]), 35),
        Value::Dict(keys),
    ]
}

/// A value takes 32 bytes for each byte of its message at worst, twice and a half that while a list of them grows.
#[test]
fn many_small_values_take_a_bounded_multiple_of_what_has_arrived() {
    let dear = [Operation::ClientEcho, Operation::Register, Operation::SendMessage, Operation::KeyPackage];
    for value in many_small() {
        for request in requests().iter().filter(|request| dear.contains(&request.operation())).take(4) {
            let mut message = request.to_message().unwrap();
            match &mut message.value {
                Value::Dict(entries) if !entries.is_empty() => entries[0].1 = value.clone(),
                Value::List(elements) if elements.len() > 2 => elements[0] = value.clone(),
                whole => *whole = value.clone(),
            }
            let bytes = message.to_bytes().unwrap();
            drop(message);
            let cost = allocation_counter::measure(|| {
                let _ = Request::from_message(Message::from_bytes(&bytes).unwrap());
            });
            let times = cost.bytes_max / bytes.len() as u64;
            assert!(times <= 64, "{times} times its bytes: {}", request.operation());
        }
    }
}
