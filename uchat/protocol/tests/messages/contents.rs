//! Contents, envelopes and letters.

use crate::samples::{ID, encrypted, envelopes, file_content};
use framing::Value;
use uchat_protocol::content::{Happened, Kind, Letter, RoomEvent};
use uchat_protocol::{Content, Conversation, Envelope};

#[test]
fn every_envelope_survives_a_value() {
    for envelope in envelopes() {
        assert_eq!(Envelope::from_value(envelope.to_value().unwrap()).unwrap(), envelope);
    }
    for what in [Happened::Created, Happened::Joined, Happened::Left, Happened::Removed, Happened::Owner] {
        let envelope = Envelope::Event(RoomEvent { what, user_id: 1, user_name: "bob".into() });
        assert_eq!(Envelope::from_value(envelope.to_value().unwrap()).unwrap(), envelope);
    }
}

#[test]
fn a_letter_survives_its_bytes_and_nothing_stands_after_it() {
    let letter = Letter { id: ID, time: 1_795_000_000_000, message: file_content() };
    let bytes = letter.to_bytes().unwrap();
    assert_eq!(Letter::from_bytes(&bytes).unwrap(), letter);
    assert!(Letter::from_bytes(&[&bytes[..], b"\0"].concat()).is_err());
    for length in 0..bytes.len() {
        assert!(Letter::from_bytes(&bytes[..length]).is_err(), "{length}");
    }
}

fn dict(entries: &[(&str, Value)]) -> Value {
    Value::Dict(entries.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect())
}

#[test]
fn a_text_needs_no_more_than_its_text() {
    let value = dict(&[("type", Value::Int(0)), ("data", Value::from("hello"))]);
    let expected = Content { data: "hello".into(), ..Content::default() };
    assert_eq!(Envelope::from_value(value).unwrap(), Envelope::Plain(expected));
}

#[test]
fn types_and_fields_must_fit_each_other() {
    let text = ("data", Value::from("hello"));
    let file = Envelope::Plain(file_content()).to_value().unwrap();
    let Value::Dict(file) = file else { panic!("no dict") };
    let file = ("file", file.into_iter().find(|(name, _)| name == "file").unwrap().1);
    let refused = [
        (dict(std::slice::from_ref(&text)), "missing field `type`"),
        (dict(&[("type", Value::Int(0))]), "missing field `data`"),
        (dict(&[("type", Value::Int(5)), text.clone()]), "type must be 0 to 4, not 5"),
        (dict(&[("type", Value::Int(0)), text.clone(), file]), "images and files have a field `file`"),
        (dict(&[("type", Value::Int(1)), text.clone()]), "images and files have a field `file`"),
        (dict(&[("type", Value::Int(3)), text.clone()]), "missing field `key_id`"),
        (dict(&[("type", Value::Int(4)), text.clone()]), "missing field `event`"),
        (dict(&[("type", Value::Int(4)), ("event", Value::from("exploded"))]), "there is no such event"),
        (dict(&[("type", Value::Int(256)), text]), "256"),
    ];
    for (value, sentence) in refused {
        let error = Envelope::from_value(value.clone()).unwrap_err().to_string();
        assert!(error.contains(sentence), "{value:?}: {error}");
    }
}

#[test]
fn no_other_message_is_taken_for_a_letter() {
    let encrypted = Envelope::Encrypted(encrypted()).to_value().unwrap();
    let letter = dict(&[("id", Value::Bytes(vec![1; 16])), ("time", Value::Int(1)), ("message", encrypted)]);
    let mut bytes = Vec::new();
    framing::encode(&letter, &mut bytes).unwrap();
    let error = Letter::from_bytes(&bytes).unwrap_err().to_string();
    assert_eq!(error, "message: type must be 0, 1 or 2, not 3");
    assert_eq!(Kind::default(), Kind::Text);
}

#[test]
fn a_conversation_is_the_same_for_both_friends() {
    for conversation in [Conversation::Friend(4), Conversation::Room(4)] {
        let (kind, id) = conversation.target();
        assert_eq!(Conversation::from_target(kind, id), Some(conversation));
    }
    assert_eq!(Conversation::from_target(2, 4), None);
    // 4 writes to 7: for 7 it is a message from friend 4, for 4 one to friend 7.
    assert_eq!(Conversation::seen_by(7, 4, 0, 7), Some(Conversation::Friend(4)));
    assert_eq!(Conversation::seen_by(4, 4, 0, 7), Some(Conversation::Friend(7)));
    assert_eq!(Conversation::seen_by(7, 4, 1, 9), Some(Conversation::Room(9)));
    assert_eq!(Conversation::seen_by(7, 4, 3, 9), None);
}
