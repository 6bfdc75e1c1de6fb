//! Contents, envelopes and letters.

use crate::samples::{ID, encrypted, envelopes, file_content};
use framing::Value;
use uchat_protocol::content::{Happened, Kind, Letter, RoomEvent};
use uchat_protocol::{Code, Content, Conversation, Envelope, fields, limits};

const CHANGES: [Kind; 4] = [Kind::Edit, Kind::Delete, Kind::React, Kind::Unreact];

fn change(kind: Kind, data: &str) -> Content {
    Content { kind, data: data.to_owned(), reply_to: Some(ID), ..Content::default() }
}

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
        (dict(&[("type", Value::Int(9)), text.clone()]), "type 9 is none that this version knows"),
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
    assert_eq!(error, "message: type must be 0 to 2 or 5 to 8, not 3");
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

#[test]
fn what_changes_a_message_survives_and_says_no_more_than_it_must() {
    for (kind, number, data) in
        [(Kind::Edit, 5, "better"), (Kind::Delete, 6, ""), (Kind::React, 7, "👍"), (Kind::Unreact, 8, "👍")]
    {
        assert!(kind.is_change());
        assert_eq!(Kind::from_number(number), Some(kind));
        let letter = Letter { id: ID, time: 1, message: change(kind, data) };
        assert_eq!(Letter::from_bytes(&letter.to_bytes().unwrap()).unwrap(), letter);
        let Value::Dict(fields) = Envelope::Plain(change(kind, data)).to_value().unwrap() else { panic!() };
        let names: Vec<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
        let expected: &[&str] =
            if kind == Kind::Delete { &["type", "reply_to"] } else { &["type", "data", "reply_to"] };
        assert_eq!((fields[0].1.clone(), names.as_slice()), (Value::Int(number.into()), expected));
    }
    for kind in [Kind::Text, Kind::Image, Kind::File] {
        assert!(!kind.is_change());
    }
    assert_eq!([3, 4, 9, 255].map(Kind::from_number), [None; 4]);
}

#[test]
fn a_change_of_nothing_or_with_anything_else_in_it_is_refused() {
    let target = ("reply_to", Value::Bytes(vec![1; 16]));
    let kind = |kind: Kind| ("type", Value::Int(u64::from(kind as u8)));
    let data = |text: &str| ("data", Value::from(text));
    for one in CHANGES {
        let error = Envelope::from_value(dict(&[kind(one), data("👍")])).unwrap_err().to_string();
        assert!(error.contains("missing field `reply_to`"), "{one:?}: {error}");
    }
    for (value, sentence) in [
        (dict(&[kind(Kind::Edit), target.clone()]), "missing field `data`"),
        (dict(&[kind(Kind::Edit), target.clone(), data("")]), "an edit has a text"),
        (dict(&[kind(Kind::React), target.clone()]), "missing field `data`"),
        (dict(&[kind(Kind::React), target.clone(), data("\u{1b}[2J")]), "one emoji"),
        (dict(&[kind(Kind::Unreact), target.clone(), data("ab")]), "one emoji"),
    ] {
        let error = Envelope::from_value(value.clone()).unwrap_err().to_string();
        assert!(error.contains(sentence), "{value:?}: {error}");
    }
    // What stands there beside it does not come in.
    let long = "x".repeat(limits::TEXT);
    let deletion = dict(&[kind(Kind::Delete), target, data(&long), ("fontsize", Value::Int(7))]);
    assert_eq!(Envelope::from_value(deletion).unwrap(), Envelope::Plain(change(Kind::Delete, "")));
}

#[test]
fn a_reaction_is_one_character_that_can_be_seen() {
    for emoji in ["👍", "❤️", "👩‍👩‍👧‍👦", "🇨🇳", "👋🏽", "1️⃣", "好", "e\u{301}", "+"]
    {
        fields::reaction(emoji).unwrap_or_else(|refusal| panic!("{emoji}: {refusal}"));
    }
    let long = format!("a{}", "\u{301}".repeat(limits::REACTION));
    assert_eq!(fields::reaction(&long).unwrap_err().code, Code::TooLong);
    for text in [
        "",
        " ",
        "\n",
        "ab",
        "👍👍",
        "\u{1b}",
        "\u{200d}",
        "\u{301}",
        "\u{202e}",
        "a\u{200b}",
        "\u{3000}",
        "\r\n",
    ] {
        let refusal = fields::reaction(text).unwrap_err();
        assert_eq!((refusal.code, refusal.field.as_deref()), (Code::BadField, Some("emoji")), "{text:?}");
    }
}
