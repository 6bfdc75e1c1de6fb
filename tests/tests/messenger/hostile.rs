//! The messenger's server against clients that do not play by the rules: each gets a clear answer or is closed, and
//! nobody else notices.

use acceptance::messenger::House;
use acceptance::wire::{Arrived, Wire};
use acceptance::{connect, read_to_end};
use framing::Value;
use serde_json::json;
use std::io::Write;
use uchat_protocol::operation::Direction;
use uchat_protocol::{Code, Encrypted, Envelope, KeyId, MessageId, Operation, Push, Reply, request};

fn dict(entries: &[(&str, Value)]) -> Value {
    Value::Dict(entries.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect())
}

/// A message that looks encrypted.
fn opaque(byte: u8) -> Envelope {
    Envelope::Encrypted(Encrypted {
        key_id: KeyId([1; 16]),
        index: 0,
        packet: vec![byte; 69],
        signature: None,
    })
}

/// The same for a room.
fn signed(byte: u8) -> Envelope {
    let signature = Some(vec![byte; 256]);
    Envelope::Encrypted(Encrypted { key_id: KeyId([1; 16]), index: 0, packet: vec![byte; 69], signature })
}

fn send_to(target_id: u64, message: Envelope) -> request::SendMessage {
    request::SendMessage { target_type: 0, target_id, message, id: None }
}

#[test]
fn who_is_not_logged_in_gets_nothing_done() {
    let house = House::new(&[]);
    let mut wire = Wire::connect(&house);
    assert!(matches!(wire.ask(uchat_protocol::Request::ClientEcho(Value::from("hi"))), Reply::ServerEcho(_)));
    let requests: [uchat_protocol::Request; 8] = [
        send_to(1, opaque(1)).into(),
        request::AddFriend { user_name: "anna".to_owned() }.into(),
        request::SearchUsers { text: "a".to_owned() }.into(),
        request::JoinRoom { room_id: 1 }.into(),
        request::FetchHistory { target_type: 0, target_id: 1, after: Some(0), before: None, limit: 10 }
            .into(),
        request::FileGet { name: uchat_protocol::FileName([0; 16]), offset: 0, length: 10 }.into(),
        request::DeleteAccount { password: "anything at all".to_owned() }.into(),
        request::Logout {}.into(),
    ];
    for request in requests {
        let operation = request.operation();
        assert_eq!(wire.refused(request).code, Code::NotLoggedIn, "{operation}");
    }
}

#[test]
fn every_operation_with_a_wrong_value_is_answered_by_the_field_and_the_rule() {
    let house = House::new(&[]);
    drop(house.person("anna"));
    let mut wire = Wire::log_in(&house, "anna");
    for operation in Operation::ALL.iter().filter(|operation| operation.direction() == Direction::Request) {
        if matches!(
            operation,
            Operation::ClientEcho | Operation::Bad | Operation::Logout | Operation::SetProfile
        ) {
            continue; // they take any value, or none at all
        }
        for value in [
            Value::None,
            Value::Bool(true),
            Value::Float(1.5),
            Value::Dict(Vec::new()),
            Value::List(vec![Value::None; 9]),
        ] {
            wire.send(operation.number(), value.clone());
            let refusal = wire.reply().granted().expect_err("a wrong value is refused");
            // Some of these values are right for some operations, and then wrong for another reason.
            assert!(!refusal.text.is_empty(), "{operation} {value:?}");
        }
    }
    let cases: [(Operation, Value, &str); 7] = [
        (Operation::SendMessage, dict(&[("target_type", Value::Int(0))]), "target_id"),
        (
            Operation::SendMessage,
            dict(&[("target_type", Value::from("user")), ("target_id", Value::Int(1))]),
            "target_type",
        ),
        (
            Operation::FetchHistory,
            dict(&[("target_type", Value::Int(0)), ("target_id", Value::Int(1))]),
            "limit",
        ),
        (Operation::Login, Value::List(vec![Value::from("anna")]), "password"),
        (Operation::ResolveFriendRequest, Value::List(vec![Value::Int(1), Value::Int(1)]), "accept"),
        (Operation::JoinRoom, Value::from("one"), "room_id"),
        (
            Operation::SetCursor,
            dict(&[
                ("target_type", Value::Int(0)),
                ("target_id", Value::Int(1)),
                ("delivered", Value::Int(1)),
                ("read", Value::Bytes(vec![1])),
            ]),
            "read",
        ),
    ];
    for (operation, value, field) in cases {
        wire.send(operation.number(), value);
        let refusal = wire.reply().granted().expect_err("a wrong field is refused");
        assert_eq!(
            (refusal.code, refusal.field.as_deref()),
            (Code::BadField, Some(field)),
            "{operation}: {refusal}"
        );
        assert_eq!(refusal.operation, Some(operation.number()));
    }
    for number in [0, 12 + 50, 100, 109, 199, 205, 239] {
        wire.send(number, Value::None);
        assert_eq!(wire.reply().granted().expect_err("unknown").code, Code::UnknownOperation, "{number}");
    }
    wire.send(Operation::Bad.number(), Value::None);
    assert!(matches!(wire.reply(), Reply::GeneralFailure(_)));
}

#[test]
fn numbers_of_others_open_nothing() {
    let house = House::new(&[]);
    let (mut anna, bob) = house.friends("anna", "bob");
    let room = anna.ask(json!({"do": "create_room", "name": "private"}))["room"].as_u64().unwrap();
    drop(bob);
    drop(house.person("eve"));
    let mut eve = Wire::log_in(&house, "eve");
    let (anna_id, bob_id) = (1, 2);
    for (request, code) in [
        (send_to(anna_id, opaque(1)).into(), Code::NotFriends),
        (send_to(999, opaque(1)).into(), Code::NoSuchUser),
        (send_to(u64::MAX, opaque(1)).into(), Code::NoSuchUser),
        (
            request::SendMessage { target_type: 1, target_id: room, message: signed(1), id: None }.into(),
            Code::NotInRoom,
        ),
        (
            request::SendMessage { target_type: 1, target_id: u64::MAX, message: signed(1), id: None }.into(),
            Code::NoSuchRoom,
        ),
        (
            request::FetchHistory { target_type: 1, target_id: room, after: Some(0), before: None, limit: 9 }
                .into(),
            Code::NotInRoom,
        ),
        (uchat_protocol::Request::from(request::QueryRoomUsers { room_id: room }), Code::NotInRoom),
        (request::RemoveMember { room_id: room, user_id: anna_id }.into(), Code::NotInRoom),
        (request::HandOver { room_id: room, user_id: anna_id }.into(), Code::NotInRoom),
        (request::ResolveFriendRequest { user_id: bob_id, accept: true }.into(), Code::NoSuchRequest),
    ] {
        let refusal = eve.refused(request);
        assert_eq!(refusal.code, code, "{refusal}");
    }
    // What a plain text would tell the server is refused before it is stored.
    let plain =
        Envelope::Plain(uchat_protocol::Content { data: "in clear".to_owned(), ..Default::default() });
    let mut anna = Wire::log_in(&house, "anna");
    assert_eq!(anna.refused(send_to(bob_id, plain)).code, Code::NotEncrypted);
}

#[test]
fn a_sender_cannot_be_forged_and_an_id_is_used_once() {
    let house = House::new(&[]);
    let (anna, bob) = house.friends("anna", "bob");
    drop((anna, bob));
    let (mut anna, mut bob) = (Wire::log_in(&house, "anna"), Wire::log_in(&house, "bob"));
    let fields = [
        ("target_type", Value::Int(0)),
        ("target_id", Value::Int(2)),
        ("message", opaque(5).to_value().unwrap()),
        ("id", Value::Bytes(vec![9; 16])),
        ("sender_id", Value::Int(2)),
        ("sender_name", Value::from("bob")),
        ("time", Value::Int(u64::MAX)),
        ("seq", Value::Int(77)),
    ];
    anna.send(Operation::SendMessage.number(), dict(&fields));
    let Reply::Done(first) = anna.reply() else { panic!("it should be stored") };
    let message = loop {
        if let Some(Arrived::Push(Push::OnNewMessage(message))) = bob.hear() {
            break message;
        }
    };
    assert_eq!(
        (message.sender_id, message.sender_name.as_str(), message.seq),
        (1, "anna", first.seq.unwrap())
    );
    assert!(message.time < u64::MAX / 2);
    // The same again is the same; something else under the same id is refused.
    anna.send(Operation::SendMessage.number(), dict(&fields));
    assert_eq!(anna.reply(), Reply::Done(first));
    let other = request::SendMessage { id: Some(MessageId([9; 16])), ..send_to(2, opaque(6)) };
    assert_eq!(anna.refused(other).code, Code::BadField);
}

#[test]
fn bytes_that_are_no_messages_end_one_connection_and_no_other() {
    let house = House::new(&[]);
    let (mut anna, mut bob) = house.friends("anna", "bob");
    for bytes in [
        &b"\x03\x03\xff\xff\xff\xff"[..],
        b"\x03\x09",
        b"\x03\x01\0\0\0\x02\0\x01",
        &b"\x03\x04\0\0\0\x05".repeat(40),
    ] {
        let mut wire = Wire::connect(&house);
        wire.send_bytes(&[bytes]);
        while wire.hear().is_some() {}
    }
    // And bytes that are no channel: the server waits for more, or closes; it never answers with data.
    for bytes in
        [&b"GET / HTTP/1.1\r\n\r\n"[..], b"\x16\x03\x01\x02\0\x01", b"\xff\xff\xff\xff", b"\0\0\0\x01"]
    {
        let mut stream = connect(house.address);
        stream.write_all(bytes).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let answer = read_to_end(&mut stream);
        assert!(answer.len() < 16, "{} {answer:?}", bytes.escape_ascii());
    }
    anna.say("bob", "still here");
    bob.hears("still here");
}

#[test]
fn half_open_connections_keep_nobody_out() {
    let house = House::new(&[]);
    let (mut anna, mut bob) = house.friends("anna", "bob");
    // Fewer than an address may have unfinished: those beyond are closed at once, which is right as well.
    let silent: Vec<_> = (0..6).map(|_| connect(house.address)).collect();
    anna.say("bob", "beside them");
    bob.hears("beside them");
    let carol = house.person("carol");
    drop(carol);
    for mut stream in silent {
        assert!(read_to_end(&mut stream).len() < 16, "patience ends after 10 s");
    }
}

#[test]
fn a_flood_on_one_connection_is_answered_in_order_and_keeps_nobody_waiting() {
    let house = House::with_limits(&[]);
    let (mut anna, mut bob) = house.friends("anna", "bob");
    drop(house.person("eve"));
    let mut eve = Wire::log_in(&house, "eve");
    let search = |text: &str| request::SearchUsers { text: text.to_owned() };
    let message = uchat_protocol::Request::from(search("ann")).to_message().unwrap().to_bytes().unwrap();
    let last = uchat_protocol::Request::from(search("bob")).to_message().unwrap().to_bytes().unwrap();
    let mut flood: Vec<&[u8]> = vec![&message; 300];
    flood.push(&last);
    eve.send_bytes(&flood);
    anna.say("bob", "beside the flood");
    bob.hears("beside the flood");
    let found = |reply: Reply| match reply {
        Reply::Done(done) => done.users.into_iter().map(|(_, name)| name).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    for _ in 0..300 {
        assert_eq!(found(eve.reply()), ["anna"]);
    }
    assert_eq!(found(eve.reply()), ["bob"]);
}

#[test]
fn who_guesses_passwords_is_told_to_wait() {
    let house = House::with_limits(&[]);
    drop(house.person("anna"));
    let mut wire = Wire::connect(&house);
    let guess = |number: u8| request::Login {
        user_name: "anna".to_owned(),
        password: format!("guess number {number}"),
    };
    let refusal =
        (0..50).map(|number| wire.refused(guess(number))).find(|refusal| refusal.code != Code::WrongLogin);
    let refusal = refusal.expect("nobody may guess for ever");
    assert_eq!(refusal.code, Code::TooManyLogIns);
    assert!(refusal.retry_after.is_some_and(|wait| wait > 0), "{refusal:?}");
}
