//! Requests: one for each operation, and what is refused.

use crate::samples::{self, requests};
use crate::travelled;
use framing::{Message, Value};
use std::collections::BTreeSet;
use uchat_protocol::operation::Direction;
use uchat_protocol::request::{ChangePassword, DeleteAccount, Login, Register, Resume, SetProfile};
use uchat_protocol::{Code, Operation, Refusal, Request};

#[test]
fn every_operation_of_a_client_has_a_request_and_only_those() {
    let of_clients: BTreeSet<Operation> = Operation::ALL
        .iter()
        .copied()
        .filter(|operation| operation.direction() == Direction::Request)
        .collect();
    let of_requests: BTreeSet<Operation> = requests().iter().map(Request::operation).collect();
    assert_eq!(of_requests, of_clients);
    for number in 0..=255 {
        let result = Request::from_message(Message { operation: number, value: Value::None });
        let unknown = matches!(&result, Err(Refusal { code: Code::UnknownOperation, .. }));
        let asked = Operation::from_number(number).is_some_and(|operation| of_clients.contains(&operation));
        assert_eq!(unknown, !asked, "{number}: {result:?}");
    }
    let refusal = Request::from_message(Message { operation: 100, value: Value::None }).unwrap_err();
    assert_eq!(
        (refusal.text.as_str(), refusal.operation),
        ("100 is no operation that a client can ask for", Some(100))
    );
}

#[test]
fn every_request_survives_the_wire() {
    for request in requests() {
        let message = request.to_message().unwrap();
        assert_eq!(message.operation, request.operation().number());
        assert_eq!(Request::from_message(travelled(&message)), Ok(request));
    }
}

/// The fields that may be left out.
pub(crate) const OPTIONAL: [&str; 12] = [
    "register.ip",
    "register.port",
    "register.sex",
    "register.age",
    "send_message.id",
    "fetch_history.after",
    "fetch_history.before",
    "set_profile.email",
    "set_profile.sex",
    "set_profile.age",
    "set_profile.share_address",
    "set_profile.share_read",
];

/// Each request with one field changed, and the field's name: by position in a list, by key in a dict, and the one
/// that there is in a bare value.
fn with_each_field(request: &Request, change: impl Fn(&mut Vec<Value>, usize)) -> Vec<(String, Message)> {
    let message = request.to_message().unwrap();
    let put = |value| Message { operation: message.operation, value };
    match &message.value {
        Value::Dict(entries) => (0..entries.len())
            .map(|at| {
                let (names, mut values): (Vec<String>, Vec<Value>) = entries.iter().cloned().unzip();
                change(&mut values, at);
                let left = if values.len() < names.len() {
                    [&names[..at], &names[at + 1..]].concat()
                } else {
                    names.clone()
                };
                (names[at].clone(), put(Value::Dict(left.into_iter().zip(values).collect())))
            })
            .collect(),
        Value::List(elements) => (0..elements.len())
            .map(|at| {
                let mut values = elements.clone();
                change(&mut values, at);
                (list_field(request, at).to_owned(), put(Value::List(values)))
            })
            .collect(),
        bare => {
            let mut values = vec![bare.clone()];
            change(&mut values, 0);
            let field = match request {
                Request::CreateRoom(_) => "room_name",
                Request::JoinRoom(_) | Request::QueryRoomUsers(_) => "room_id",
                _ => "user_name",
            };
            vec![(field.to_owned(), put(values.pop().unwrap_or_default()))]
        }
    }
}

fn list_field(request: &Request, at: usize) -> &'static str {
    match request {
        Request::ResolveFriendRequest(_) => ["user_id", "accept"][at],
        _ => ["user_name", "password", "email", "ip", "port", "sex", "age"][at],
    }
}

/// All but those that take any value.
fn shaped() -> impl Iterator<Item = Request> {
    requests().into_iter().filter(|request| !matches!(request, Request::ClientEcho(_) | Request::Bad(_)))
}

#[test]
fn a_field_of_the_wrong_type_is_refused_by_its_name() {
    for request in shaped() {
        let wrong = |values: &mut Vec<Value>, at: usize| values[at] = Value::Float(1.5);
        for (field, message) in with_each_field(&request, wrong) {
            let refusal = Request::from_message(travelled(&message)).unwrap_err();
            assert_eq!(refusal.code, Code::BadField);
            assert_eq!(refusal.field.as_deref(), Some(field.as_str()), "{request:?}: {refusal}");
            assert!(refusal.text.starts_with(&field), "{refusal}");
            assert_eq!(refusal.operation, Some(request.operation().number()));
        }
    }
}

#[test]
fn a_missing_field_is_refused_by_its_name_unless_it_is_optional() {
    for request in shaped() {
        let cut = |values: &mut Vec<Value>, at: usize| match request.to_message().unwrap().value {
            Value::List(_) => values.truncate(at), // what comes after it is missing as well
            _ => drop(values.remove(at)),
        };
        for (field, message) in with_each_field(&request, cut) {
            if matches!(request.to_message().unwrap().value, Value::Int(_) | Value::Str(_)) {
                continue; // a bare value is there or another one
            }
            let path = format!("{}.{field}", request.operation().name());
            match Request::from_message(travelled(&message)) {
                Ok(_) => assert!(OPTIONAL.contains(&path.as_str()), "{path}"),
                Err(refusal) => {
                    assert!(!OPTIONAL.contains(&path.as_str()), "{path}");
                    assert_eq!(refusal.field.as_deref(), Some(field.as_str()), "{refusal}");
                    assert_eq!(refusal.text, format!("{field}: is missing"));
                }
            }
        }
    }
}

/// It could be long, or a password in the wrong place.
#[test]
fn no_refusal_repeats_a_value() {
    let secret = "open, expected `sesame` ".repeat(1000);
    let sorts = [
        Value::from(secret.as_str()),
        Value::Int(12_345_678),
        Value::Float(1_234_567.5),
        Value::Bytes(b"12345678".to_vec()),
        Value::List(vec![Value::from(secret.as_str())]),
        Value::Dict(vec![("type".to_owned(), Value::from(secret.as_str()))]),
    ];
    for request in shaped() {
        for sort in &sorts {
            let wrong = |values: &mut Vec<Value>, at: usize| values[at] = sort.clone();
            for (field, message) in with_each_field(&request, wrong) {
                if let Err(refusal) = Request::from_message(message) {
                    assert!(!refusal.text.contains("sesame") && !refusal.text.contains("4567"), "{refusal}");
                    assert!(refusal.text.starts_with(&field) && refusal.text.len() < 200, "{refusal}");
                }
            }
        }
    }
    let age = Value::List(["bob", "12345678", "b@c", "", "", "", "old"].map(Value::from).to_vec());
    let refusal = Request::from_message(Message { operation: 2, value: age }).unwrap_err();
    assert_eq!(refusal.text, "port: must be u64, not string");
}

#[test]
fn nothing_secret_is_printed() {
    let login = Login { user_name: "bob".into(), password: "12345678".into() };
    assert_eq!(format!("{login:?}"), r#"Login { user_name: "bob", password: (secret) }"#);
    for request in [
        Request::Login(login),
        ChangePassword { old: "12345678".into(), new: "12345678".into() }.into(),
        DeleteAccount { password: "12345678".into() }.into(),
        Resume { token: samples::bytes(32) }.into(),
    ] {
        let printed = format!("{request:?}");
        assert!(!printed.contains("12345678") && !printed.contains("9, 9"), "{printed}");
    }
    for reply in samples::replies() {
        assert!(!format!("{reply:?}").contains("token"), "{reply:?}");
    }
    let file = samples::file_content();
    assert!(!format!("{file:?}").contains("5, 5"), "the file key");
}

#[test]
fn a_value_of_the_wrong_type_is_refused() {
    for request in shaped() {
        let message = Message { operation: request.operation().number(), value: Value::Float(1.5) };
        let refusal = Request::from_message(travelled(&message)).unwrap_err();
        assert_eq!(refusal.code, Code::BadField, "{request:?}");
        assert!(refusal.text.contains("float"), "{request:?}: {refusal}");
    }
}

#[test]
fn fields_that_we_do_not_know_are_skipped() {
    for request in shaped() {
        let mut message = request.to_message().unwrap();
        match &mut message.value {
            Value::Dict(entries) => entries.push(("from_the_future".into(), Value::Float(1.5))),
            Value::List(elements)
                if matches!(request, Request::Login(_) | Request::ResolveFriendRequest(_)) =>
            {
                elements.extend([Value::Int(7), Value::Dict(Vec::new())]);
            }
            Value::List(elements) => elements.push(Value::Bool(true)),
            _ => continue,
        }
        assert_eq!(Request::from_message(travelled(&message)), Ok(request));
    }
}

#[test]
fn lists_may_end_early_where_the_rest_is_optional() {
    let list = |operation: Operation, texts: &[&str]| {
        let value = Value::List(texts.iter().map(|text| Value::from(*text)).collect());
        Request::from_message(travelled(&Message { operation: operation.number(), value }))
    };
    let login = Login { user_name: "bob".into(), password: "12345678".into() };
    assert_eq!(list(Operation::Login, &["bob", "12345678"]), Ok(login.clone().into()));
    assert_eq!(list(Operation::Login, &["bob", "12345678", "more"]), Ok(login.into()));
    assert_eq!(list(Operation::Login, &["bob"]).unwrap_err().text, "password: is missing");
    assert_eq!(list(Operation::Login, &[]).unwrap_err().text, "user_name: is missing");
    let register = Register {
        user_name: "bob".into(),
        password: "12345678".into(),
        email: "a@b".into(),
        ip: None,
        port: None,
        sex: None,
        age: None,
    };
    assert_eq!(list(Operation::Register, &["bob", "12345678", "a@b"]), Ok(register.clone().into()));
    let Value::List(written) = Request::from(register).to_message().unwrap().value else { panic!("no list") };
    assert_eq!(written.len(), 3, "what is nothing at the end is not said");
    let refusal =
        Request::from_message(Message { operation: 1, value: Value::Dict(Vec::new()) }).unwrap_err();
    assert_eq!(refusal.text, "must be a list [user_name, password], not dict");
}

#[test]
fn a_nested_field_is_named_with_its_path() {
    for (envelope, path) in [
        (samples::envelopes()[0].clone(), "message.data"),
        (samples::envelopes()[1].clone(), "message.file.sha256"),
        (samples::envelopes()[2].clone(), "message.packet"),
        (samples::envelopes()[4].clone(), "message.event"),
    ] {
        let request = uchat_protocol::request::SendMessage {
            target_type: 0,
            target_id: 1,
            message: envelope,
            id: None,
        };
        let mut message = Request::from(request).to_message().unwrap();
        *at_path(&mut message.value, path) = Value::Float(1.5);
        let refusal = Request::from_message(travelled(&message)).unwrap_err();
        assert_eq!(refusal.field.as_deref(), Some(path), "{refusal}");
    }
}

fn at_path<'a>(value: &'a mut Value, path: &str) -> &'a mut Value {
    path.split('.').fold(value, |value, key| match value {
        Value::Dict(entries) => &mut entries.iter_mut().find(|(name, _)| name == key).expect("this key").1,
        other => panic!("{other:?} has no {key}"),
    })
}

#[test]
fn a_profile_may_change_nothing_at_all() {
    let nothing = SetProfile { email: None, sex: None, age: None, share_address: None, share_read: None };
    let message = Request::from(nothing.clone()).to_message().unwrap();
    assert_eq!(message.value, Value::Dict(Vec::new()));
    assert_eq!(Request::from_message(message), Ok(nothing.into()));
}
