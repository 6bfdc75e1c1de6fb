//! Your own types as values and back, and what happens where they do not fit.
#![allow(clippy::unwrap_used, reason = "a helper that fails is a failed test")]

use framing::{Message, Value, from_value, to_value};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::collections::BTreeMap;
use std::fmt::Debug;

#[derive(Serialize, Deserialize, Debug, PartialEq, Clone)]
enum Target {
    Nobody,
    User(u64),
    Room { id: u32, name: String },
    Pair(u8, u8),
}

#[derive(Serialize, Deserialize, Debug, PartialEq, Clone)]
struct Everything {
    text: String,
    small: i8,
    large: u64,
    half: f32,
    letter: char,
    maybe: Option<u8>,
    nothing: Option<u8>,
    list: Vec<u16>,
    pair: (bool, String),
    targets: Vec<Target>,
    map: BTreeMap<String, u8>,
    #[serde(with = "serde_bytes")]
    raw: Vec<u8>,
}

fn there_and_back<T: Serialize + DeserializeOwned + PartialEq + Debug>(data: &T) {
    let bytes = Message::new(1, data).unwrap().to_bytes().unwrap();
    assert_eq!(&Message::from_bytes(&bytes).unwrap().value_as::<T>().unwrap(), data);
}

#[test]
fn every_shape_of_a_type_survives_the_wire() {
    there_and_back(&Everything {
        text: "小明".into(),
        small: 127,
        large: u64::MAX,
        half: 0.5,
        letter: 'ß',
        maybe: Some(0),
        nothing: None,
        list: vec![0, 1, 65535],
        pair: (true, "x".into()),
        targets: vec![
            Target::Nobody,
            Target::User(7),
            Target::Room { id: 1, name: "r".into() },
            Target::Pair(1, 2),
        ],
        map: [("a".to_owned(), 1), ("b".to_owned(), 2)].into(),
        raw: vec![0, 255],
    });
    there_and_back(&());
    there_and_back(&vec![Some(1_u8), None]);
}

#[test]
fn bytes_are_bytes_and_not_a_list_of_numbers() {
    #[derive(Serialize)]
    struct Raw<'a>(#[serde(with = "serde_bytes")] &'a [u8]);
    assert_eq!(to_value(&Raw(&[1, 2])), Ok(Value::Bytes(vec![1, 2])));
}

#[test]
fn what_the_format_cannot_carry_is_an_error_and_no_silent_change() {
    for (error, part) in [
        (to_value(&-1_i32).unwrap_err(), "-1 is negative"),
        (to_value(&0.1_f64).unwrap_err(), "four bytes"),
        (to_value(&BTreeMap::from([(1, 2)])).unwrap_err(), "a dict's key is text, not int"),
    ] {
        assert!(error.to_string().contains(part), "{error}");
    }
}

#[test]
fn what_does_not_fit_a_type_is_told() {
    #[derive(Deserialize, Debug, PartialEq)]
    struct Login {
        name: String,
        age: u8,
    }
    let login = |entries: &[(&str, Value)]| {
        let entries = entries.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
        from_value::<Login>(Value::Dict(entries)).unwrap_err().to_string()
    };
    let good = Value::Dict(vec![("age".into(), Value::Int(20)), ("name".into(), "bob".into())]);
    assert_eq!(
        from_value(good),
        Ok(Login { name: "bob".into(), age: 20 }),
        "the order of keys does not matter"
    );
    assert_eq!(login(&[("name", "bob".into())]), "missing field `age`");
    assert_eq!(
        login(&[("name", "bob".into()), ("age", Value::Int(300))]),
        "invalid value: integer `300`, expected u8"
    );
    assert_eq!(login(&[("name", Value::None)]), "invalid type: unit value, expected a string");
    for (value, part) in [
        (Value::Int(1), "a variant is its name, or a dict with that one key, not int"),
        ("Somebody".into(), "unknown variant `Somebody`"),
        ("User".into(), "expected a variant with content"),
        (Value::Dict(vec![("Nobody".into(), Value::Int(1))]), "the variant \"Nobody\" carries nothing"),
        (Value::Dict(vec![("Pair".into(), Value::List(vec![Value::Int(1); 3]))]), "expected"),
    ] {
        let error = from_value::<Target>(value).unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
    }
}
