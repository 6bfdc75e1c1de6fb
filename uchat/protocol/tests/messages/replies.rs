//! Replies and pushes: each operation of a server has one, and each survives the wire.

use crate::samples::{pushes, refusal, replies};
use crate::travelled;
use framing::{Message, Value};
use std::collections::BTreeSet;
use uchat_protocol::operation::Direction;
use uchat_protocol::{Code, Operation, Push, Refusal, Reply};

fn of(directions: &[Direction]) -> BTreeSet<Operation> {
    Operation::ALL.iter().copied().filter(|operation| directions.contains(&operation.direction())).collect()
}

#[test]
fn every_answer_and_every_push_has_a_type_and_nothing_else_has() {
    let answers: BTreeSet<Operation> = replies().iter().map(Reply::operation).collect();
    assert_eq!(answers, of(&[Direction::Answer, Direction::Failure]));
    let told: BTreeSet<Operation> = pushes().iter().map(Push::operation).collect();
    assert_eq!(told, of(&[Direction::Push]));
    for operation in 0..=255 {
        let mut message = Message { operation, value: Value::None };
        let answer = !matches!(Reply::from_message(&mut message), Ok(None));
        let push = !matches!(Push::from_message(message), Ok(None));
        let operation = Operation::from_number(operation);
        assert_eq!(answer, operation.is_some_and(|operation| answers.contains(&operation)), "{operation:?}");
        assert_eq!(push, operation.is_some_and(|operation| told.contains(&operation)), "{operation:?}");
    }
}

#[test]
fn every_reply_survives_the_wire() {
    for reply in replies() {
        let mut message = travelled(&reply.to_message().unwrap());
        assert_eq!(message.operation, reply.operation().number());
        assert_eq!(Reply::from_message(&mut message), Ok(Some(reply)));
    }
}

#[test]
fn every_push_survives_the_wire_and_is_no_reply() {
    for push in pushes() {
        let mut message = travelled(&push.to_message().unwrap());
        assert_eq!(Reply::from_message(&mut message), Ok(None));
        assert_eq!(Push::from_message(message), Ok(Some(push)));
    }
}

#[test]
fn a_field_of_the_wrong_type_is_named_in_replies_and_pushes() {
    let messages = replies().into_iter().map(|reply| reply.to_message().unwrap());
    for message in messages.chain(pushes().into_iter().map(|push| push.to_message().unwrap())) {
        let Value::Dict(entries) = &message.value else { continue };
        if message.operation == Operation::ServerEcho.number() {
            continue;
        }
        for (at, (field, _)) in entries.iter().enumerate() {
            let mut wrong = entries.clone();
            wrong[at].1 = Value::Float(1.5);
            let mut wrong = travelled(&Message { operation: message.operation, value: Value::Dict(wrong) });
            let error = match Reply::from_message(&mut wrong) {
                Ok(None) => Push::from_message(wrong).unwrap_err(),
                result => result.unwrap_err(),
            };
            assert_eq!(error.field, *field, "{message:?}");

            let mut more = entries.clone();
            more.push(("from_the_future".into(), Value::None));
            let mut more = travelled(&Message { operation: message.operation, value: Value::Dict(more) });
            let push = matches!(Reply::from_message(&mut more), Ok(None));
            assert!(!push || matches!(Push::from_message(more), Ok(Some(_))), "{message:?}");
        }
    }
}

#[test]
fn whole_values_of_the_wrong_type_are_told_apart() {
    for operation in of(&[Direction::Answer, Direction::Failure, Direction::Push]) {
        let mut message = Message { operation: operation.number(), value: Value::Float(1.5) };
        let sentence = match Reply::from_message(&mut message) {
            Ok(Some(Reply::ServerEcho(_))) => continue,
            Ok(None) => Push::from_message(message).unwrap_err().to_string(),
            result => result.unwrap_err().to_string(),
        };
        assert!(
            sentence.starts_with("must be ") && sentence.ends_with(", not float"),
            "{operation}: {sentence}"
        );
    }
}

#[test]
fn only_what_is_granted_is_granted() {
    for reply in replies() {
        let failed = reply.operation().direction() == Direction::Failure
            || matches!(&reply, Reply::AddFriendResult(result) | Reply::DelFriendResult(result) if !result.ok);
        assert_eq!(reply.clone().granted().is_err(), failed, "{reply:?}");
    }
    assert_eq!(Reply::Refused(refusal()).granted(), Err(refusal()));
}

#[test]
fn a_code_that_we_do_not_know_is_a_server_error_with_its_own_sentence() {
    let value = Value::Dict(vec![
        ("code".into(), Value::from("from_the_future")),
        ("text".into(), Value::from("wait for the next version")),
    ]);
    let mut message = Message { operation: Operation::Refused.number(), value };
    let expected = Refusal::because(Code::ServerError, "wait for the next version");
    assert_eq!(Reply::from_message(&mut message), Ok(Some(Reply::Refused(expected))));
}

#[test]
fn codes_have_names_for_programs_and_sentences_for_people() {
    let names: BTreeSet<&str> = Code::ALL.iter().map(|code| code.name()).collect();
    assert_eq!(names.len(), Code::ALL.len());
    for code in Code::ALL {
        assert!(code.name().bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{code:?}");
        assert!(!code.text().is_empty() && !code.text().ends_with('.'), "{code:?}");
        assert_eq!(Refusal::new(*code).to_string(), code.text());
    }
}
