//! Requests of every kind, right and wrong, and what a client may do before it is logged in.

use crate::common::{Client, server};
use framing::{Message, Value};
use uchat_protocol::operation::Direction;
use uchat_protocol::{Code, Operation, Reply, Request, request};

fn refused(client: &mut Client, operation: u8, value: Value) -> uchat_protocol::Refusal {
    client.send_message(&Message { operation, value });
    match client.answer().unwrap() {
        Reply::Refused(refusal) => refusal,
        other => panic!("{other:?}"),
    }
}

fn dict(entries: &[(&str, Value)]) -> Value {
    Value::Dict(entries.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect())
}

#[test]
fn a_stranger_may_only_sign_up_log_in_and_echo() {
    let (_folder, running) = server();
    let mut client = running.client();
    assert!(client.echo("anybody there?"));
    client.send(Request::Bad(Value::None));
    let reply = client.answer().unwrap();
    assert_eq!(reply.granted().unwrap_err().code, Code::NotLoggedIn);
    let nothing =
        request::SetProfile { email: None, sex: None, age: None, share_address: None, share_read: None };
    let refusal = client.ask(nothing).granted().unwrap_err();
    assert_eq!((refusal.code, refusal.operation), (Code::NotLoggedIn, Some(30)));
    running.stop();
}

#[test]
fn what_is_malformed_is_refused_by_the_name_of_the_field_and_the_connection_goes_on() {
    let (_folder, running) = server();
    let (mut amy, _) = running.user("amy");
    let table = [
        (1, Value::None, ""),
        (1, Value::List(vec![]), "user_name"),
        (1, Value::List(vec![Value::from("amy")]), "password"),
        (1, Value::List(vec![Value::from("amy"), Value::Int(7)]), "password"),
        (2, Value::List(vec![Value::Bytes(vec![0xff]), Value::None, Value::None]), "user_name"),
        (4, Value::Int(3), "user_name"),
        (5, Value::List(vec![Value::Int(1)]), "accept"),
        (6, dict(&[("target_type", Value::Int(0)), ("target_id", Value::Int(1))]), "message"),
        (6, dict(&[("target_type", Value::Int(300))]), "target_type"),
        (14, dict(&[("token", Value::Int(7))]), "token"),
        (22, dict(&[("target_type", Value::Int(0)), ("target_id", Value::Bool(true))]), "target_id"),
        (30, dict(&[("age", Value::Int(256))]), "age"),
        (30, Value::List(vec![]), ""),
        (31, dict(&[("old", Value::from("x"))]), "new"),
    ];
    for (operation, value, field) in table {
        let refusal = refused(&mut amy, operation, value.clone());
        assert_eq!(refusal.code, Code::BadField, "{operation} {value:?}: {refusal}");
        assert_eq!(refusal.field.unwrap_or_default(), field, "{operation} {value:?}");
        assert_eq!(refusal.operation, Some(operation));
    }
    assert!(amy.echo("still here"));
    running.stop();
}

#[test]
fn operations_that_nobody_can_ask_for_are_refused() {
    let (_folder, running) = server();
    let (mut amy, _) = running.user("amy");
    let known = |number: &u8| {
        Operation::from_number(*number).is_some_and(|operation| operation.direction() == Direction::Request)
    };
    for number in (0..=239).filter(|number| !known(number)) {
        assert_eq!(refused(&mut amy, number, Value::None).code, Code::UnknownOperation, "{number}");
    }
    assert!(amy.echo("still here"));
    running.stop();
}

#[test]
fn bytes_that_are_no_message_end_the_connection_and_no_other() {
    let (_folder, running) = server();
    let mut other = running.client();
    for bytes in [&[3, 9][..], &[3, 3, 0, 0, 0, 2, 0xff, 0xff], &[3, 1, 0, 0, 0, 2, 0, 1], &[]] {
        let mut client = running.client();
        client.send_bytes(bytes);
        assert!(client.receive().is_err(), "{bytes:?}");
    }
    assert!(other.echo("still here"));
    running.stop();
}

#[test]
fn many_requests_in_one_write_are_answered_in_their_order() {
    let (_folder, running) = server();
    let (mut amy, _) = running.user("amy");
    for number in 0..100_u64 {
        amy.send(Request::ClientEcho(Value::Int(number)));
        if number % 10 == 0 {
            amy.send(Request::Bad(Value::Int(number)));
        }
    }
    for number in 0..100_u64 {
        assert_eq!(amy.answer().unwrap(), Reply::ServerEcho(Value::Int(number)));
        if number % 10 == 0 {
            assert!(matches!(amy.answer().unwrap(), Reply::GeneralFailure(_)));
        }
    }
    running.stop();
}

#[test]
fn whoever_asks_too_much_waits_and_nothing_is_lost() {
    let (_folder, running) = server();
    let mut client = running.client();
    for _ in 0..300 {
        client.send(Request::ClientEcho(Value::None));
    }
    for _ in 0..300 {
        assert_eq!(client.answer().unwrap(), Reply::ServerEcho(Value::None));
    }
    running.stop();
}
