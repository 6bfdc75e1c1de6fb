//! Every field of every request: missing, of a wrong type, and with numbers that no database can hold. The requests
//! are made from the types themselves, so that a new field is tested as soon as it is there.

use crate::common::{Client, PASSWORD, Running, config};
use framing::{Message, Value};
use std::collections::BTreeSet;
use uchat_protocol::content::{Encrypted, FileInfo, Kind};
use uchat_protocol::e2e::{Fingerprint, Header, Place};
use uchat_protocol::operation::Direction;
use uchat_protocol::{
    Code, Content, Envelope, FileName, KeyId, MessageId, Operation, Reply, Request, request,
};
use uchat_server::Config;

/// A request with all its fields, the names of those that stand in a list or alone, and of those that may be missing.
struct Case {
    request: Request,
    names: &'static [&'static str],
    optional: &'static [&'static str],
}

fn case(
    request: impl Into<Request>,
    names: &'static [&'static str],
    optional: &'static [&'static str],
) -> Case {
    Case { request: request.into(), names, optional }
}

/// Of user 1, whose friend is user 2. Room 1 is theirs.
#[rustfmt::skip]
fn cases() -> Vec<Case> {
    let (user_name, password) = (|| "bob".to_owned(), || PASSWORD.to_owned());
    let (name, bytes) = (FileName([1; 16]), || vec![7; 32].into());
    let content = Content {
        kind: Kind::File, data: "x".to_owned(), fontsize: 1, fontcolor: "#000000".to_owned(),
        reply_to: Some(MessageId([1; 16])),
        file: Some(FileInfo {
            name, size: 1, media_type: "text/plain".to_owned(), stored: 1, sha256: [0; 32].into(), key: None,
        }),
    };
    let encrypted = Encrypted { key_id: KeyId([1; 16]), index: 1, packet: vec![5; 85], signature: None };
    let send = |message| request::SendMessage { target_type: 0, target_id: 2, message, id: Some(MessageId([1; 16])) };
    let history = |after, before| request::FetchHistory { target_type: 0, target_id: 2, after, before, limit: 9 };
    let package = |place, other| {
        let members = vec![(1, Fingerprint([9; 32])), (other, Fingerprint([9; 32]))];
        let header = Header {
            place, key_id: KeyId([1; 16]), first: 0, time: u64::MAX, previous: None, sender: 1, members,
            commitment: [7; 32], ephemeral: [7; 256],
        };
        let wraps = vec![(other, bytes())];
        request::KeyPackage { header: header.to_bytes().into(), signature: bytes(), wraps }
    };
    vec![
        case(request::Login { user_name: user_name(), password: password() }, &["user_name", "password"], &[]),
        case(
            request::Register {
                user_name: user_name(), password: password(), email: "b@example.org".to_owned(),
                ip: Some("::1".to_owned()), port: Some(7), sex: Some("x".to_owned()), age: Some(7),
            },
            &["user_name", "password", "email", "ip", "port", "sex", "age"],
            &["ip", "port", "sex", "age"],
        ),
        case(request::AddFriend { user_name: user_name() }, &["user_name"], &[]),
        case(request::ResolveFriendRequest { user_id: 2, accept: true }, &["user_id", "accept"], &[]),
        case(send(Envelope::Plain(content)), &[], &["id"]),
        case(send(Envelope::Encrypted(encrypted)), &[], &["id"]),
        case(request::JoinRoom { room_id: 1 }, &["room_id"], &[]),
        case(request::CreateRoom { room_name: "r".to_owned() }, &["room_name"], &[]),
        case(request::QueryRoomUsers { room_id: 1 }, &["room_id"], &[]),
        case(request::SignCertificate { csr: bytes() }, &[], &[]),
        case(request::CertificatesOf { users: vec![1, 2] }, &[], &[]),
        case(request::Resume { token: bytes() }, &[], &[]),
        case(request::Logout {}, &[], &[]),
        case(request::SearchUsers { text: "b".to_owned() }, &[], &[]),
        case(request::RemoveMember { room_id: 1, user_id: 2 }, &[], &[]),
        case(request::HandOver { room_id: 1, user_id: 9 }, &[], &[]),
        case(history(Some(1), None), &[], &["after"]),
        case(history(None, Some(1)), &[], &["before"]),
        case(request::SetCursor { target_type: 0, target_id: 2, delivered: 1, read: 1 }, &[], &[]),
        case(package(Place::Friends, 2), &[], &[]),
        case(package(Place::Friends, u64::MAX), &[], &[]),
        case(package(Place::Room(1), u64::MAX), &[], &[]),
        case(package(Place::Room(u64::MAX), 2), &[], &[]),
        case(request::FetchKeyPackages { keys: vec![(2, KeyId([1; 16]))] }, &[], &[]),
        case(
            request::FileBegin { name, size: 99, sha256: [0; 32].into(), target_type: 0, target_id: 2 }, &[], &[],
        ),
        case(request::FilePut { name, offset: 0, data: bytes() }, &[], &[]),
        case(request::FileGet { name, offset: 0, length: 9 }, &[], &[]),
        case(
            request::SetProfile {
                email: Some("a@example.org".to_owned()), sex: Some("x".to_owned()), age: Some(7),
                share_address: Some(true), share_read: Some(true),
            },
            &[],
            &["email", "sex", "age", "share_address", "share_read"],
        ),
        case(request::ChangePassword { old: "wrong".to_owned(), new: password() }, &[], &[]),
        case(request::DeleteAccount { password: "wrong".to_owned() }, &[], &[]),
        case(request::Typing { target_type: 0, target_id: 2 }, &[], &[]),
        case(request::FileCancel { name }, &[], &[]),
        case(request::LeaveRoom { room_id: 7 }, &[], &[]),
        case(request::Block { user_name: "carol".to_owned() }, &[], &[]),
        case(request::Unblock { user_name: "carol".to_owned() }, &[], &[]),
        case(request::DelFriend { user_name: "carol".to_owned() }, &["user_name"], &[]),
    ]
}

/// The fields: the name of each, its value, and how to put another one in its place, or none.
#[expect(clippy::type_complexity, reason = "it stands here alone")]
fn fields<'a>(
    value: &'a Value,
    names: &'a [&'a str],
) -> Vec<(&'a str, &'a Value, Box<dyn Fn(Option<Value>) -> Value + 'a>)> {
    match value {
        Value::Dict(entries) => (entries.iter().enumerate())
            .map(|(at, (name, field))| {
                let replace = move |new: Option<Value>| {
                    let mut entries = entries.clone();
                    match new {
                        Some(new) => entries[at].1 = new,
                        None => drop(entries.remove(at)),
                    }
                    Value::Dict(entries)
                };
                (name.as_str(), field, Box::new(replace) as Box<dyn Fn(Option<Value>) -> Value>)
            })
            .collect(),
        Value::List(elements) if names.len() > 1 => {
            assert_eq!(names.len(), elements.len());
            (names.iter().zip(elements).enumerate())
                .map(|(at, (name, field))| {
                    let replace = move |new: Option<Value>| {
                        let mut elements = elements.clone();
                        match new {
                            Some(new) => elements[at] = new,
                            None => elements.truncate(at),
                        }
                        Value::List(elements)
                    };
                    (*name, field, Box::new(replace) as Box<dyn Fn(Option<Value>) -> Value>)
                })
                .collect()
        }
        bare => vec![(names[0], bare, Box::new(|new: Option<Value>| new.unwrap_or_default()))],
    }
}

/// A server without limits; the client is user 1.
fn server() -> (tempfile::TempDir, Running, Client) {
    let folder = tempfile::tempdir().unwrap();
    let config = Config { limits: Some(false), welcome: Some("amy".to_owned()), ..config(folder.path()) };
    let running = Running::start(config).unwrap();
    let (mut amy, _) = running.user("amy");
    for name in ["bob", "carol"] {
        running.client().register(name).unwrap();
    }
    amy.ask(request::CreateRoom { room_name: "theirs".to_owned() }).granted().unwrap();
    (folder, running, amy)
}

fn answer(client: &mut Client, operation: Operation, value: Value) -> Reply {
    client.send_message(&Message { operation: operation.number(), value });
    client.answer().unwrap()
}

#[test]
fn every_request_is_in_the_table() {
    let there: BTreeSet<Operation> = cases().iter().map(|case| case.request.operation()).collect();
    for operation in Operation::ALL {
        // These two take anything.
        let is_free = matches!(operation, Operation::ClientEcho | Operation::Bad);
        let is_request = operation.direction() == Direction::Request;
        assert_eq!(there.contains(operation), is_request && !is_free, "{operation}");
    }
}

#[test]
fn every_field_that_is_missing_or_of_a_wrong_type_is_refused_by_its_name() {
    let (_folder, running, mut amy) = server();
    for Case { request, names, optional } in cases() {
        let operation = request.operation();
        let value = request.to_message().unwrap().value;
        for (name, field, replace) in fields(&value, names) {
            let wrong = match field {
                Value::Int(_) | Value::Bool(_) => Value::from("x"),
                _ => Value::Int(7),
            };
            let mut tried = vec![replace(Some(wrong))];
            if !optional.contains(&name) {
                tried.push(replace(None));
            }
            for value in tried {
                let Reply::Refused(refusal) = answer(&mut amy, operation, value.clone()) else {
                    panic!("{operation} {name}: {value:?}")
                };
                assert_eq!((refusal.code, refusal.operation), (Code::BadField, Some(operation.number())));
                assert_eq!(refusal.field.as_deref(), Some(name), "{operation}: {refusal}");
                assert!(refusal.text.len() > name.len() + 2, "and the rule: {refusal}");
            }
        }
    }
    assert!(amy.echo("still here"));
    running.stop();
}

#[test]
fn fields_that_nobody_knows_are_passed_over() {
    for Case { request, names, .. } in cases() {
        let mut message = request.to_message().unwrap();
        match &mut message.value {
            Value::Dict(entries) => entries.insert(0, ("unknown".to_owned(), Value::List(vec![Value::None]))),
            Value::List(elements) if names.len() > 1 => elements.push(Value::Int(7)),
            _ => continue, // a value that stands alone has no room for more
        }
        assert_eq!(Request::from_message(message), Ok(request));
    }
}

/// All values that differ from this one in one number, at whatever depth.
fn with_number(value: &Value, number: u64) -> Vec<Value> {
    match value {
        Value::Int(_) => vec![Value::Int(number)],
        Value::List(elements) => (elements.iter().enumerate())
            .flat_map(|(at, element)| {
                with_number(element, number).into_iter().map(move |new| {
                    let mut elements = elements.clone();
                    elements[at] = new;
                    Value::List(elements)
                })
            })
            .collect(),
        Value::Dict(entries) => (entries.iter().enumerate())
            .flat_map(|(at, (_, field))| {
                with_number(field, number).into_iter().map(move |new| {
                    let mut entries = entries.clone();
                    entries[at].1 = new;
                    Value::Dict(entries)
                })
            })
            .collect(),
        _ => Vec::new(),
    }
}

#[test]
fn no_number_is_too_large_for_an_answer() {
    let (_folder, running, mut amy) = server();
    let mut tried = 0;
    for Case { request, .. } in cases() {
        let (operation, value) = (request.operation(), request.to_message().unwrap().value);
        if operation == Operation::Logout {
            continue;
        }
        let numbers = [u64::MAX, 1 << 63, i64::MAX as u64, u64::from(u32::MAX), 256];
        let others = numbers.into_iter().flat_map(|number| with_number(&value, number));
        for value in std::iter::once(value.clone()).chain(others) {
            let reply = answer(&mut amy, operation, value.clone());
            let code = reply.granted().err().map(|refusal| refusal.code);
            assert_ne!(code, Some(Code::ServerError), "{operation} {value:?}");
            tried += 1;
        }
    }
    assert!(tried > 150, "{tried}");
    assert!(amy.echo("still here"));
    running.stop();
}
