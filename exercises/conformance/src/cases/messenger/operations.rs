//! The messenger's operations as such: the echo, the order of answers, what is unknown or comes too early.

use crate::case::{Case, Outcome, holds};
use crate::session::person::{Person, came, equal, has_code, refusal, short};
use crate::target::Target;
use framing::Value;
use uchat_protocol::{Code, Operation, Reply, Request};

const ANSWERS: &str = "uchat/protocol/README.md#answers";
const OPERATIONS: &str = "book/src/protocol.md#operations";
const ERRORS: &str = "book/src/protocol.md#error-codes";

pub(in crate::cases) const CASES: &[Case] = &[
    Case {
        name: "echo-as-sent",
        spec: OPERATIONS,
        sends: "client_echo (3) with every type of value: text, ints, float, bool, bytes, none, list, dict",
        expects: "server_echo (105) with the same value, small letters and all",
        slow: false,
        run: as_sent,
    },
    Case {
        name: "answers-in-order",
        spec: OPERATIONS,
        sends: "ten requests at once, before an answer is read: client_echo, an unknown one, and so on",
        expects: "ten answers, in the order of the requests",
        slow: false,
        run: in_order,
    },
    Case {
        name: "unknown-operation",
        spec: ERRORS,
        sends: "the operations 0, 62, 100, 109, 199 and 239, which no client may say",
        expects: "refused, code unknown_operation, for each; the connection goes on",
        slow: false,
        run: unknown,
    },
    Case {
        name: "bad",
        spec: OPERATIONS,
        sends: "a log-in with a new account, then bad (10), which is made to fail",
        expects: "general_failure (203) with a text",
        slow: false,
        run: bad,
    },
    Case {
        name: "not-logged-in",
        spec: ANSWERS,
        sends: "add_friend, create_room, join_room, query_room_users, del_friend, logout before a log-in",
        expects: "refused, code not_logged_in, for each; the connection goes on",
        slow: false,
        run: not_logged_in,
    },
    Case {
        name: "malformed-value",
        spec: ERRORS,
        sends: "login and register with an int, join_room with a text",
        expects: "refused, code bad_field or not_logged_in, for each; the connection goes on",
        slow: false,
        run: malformed,
    },
];

fn as_sent(target: &Target) -> Outcome {
    let mut anybody = Person::stranger(target)?;
    let dict = vec![("a".to_owned(), Value::Int(1)), ("b".to_owned(), Value::from("小明"))];
    for value in [
        Value::from("hello, 小明"),
        Value::from(""),
        Value::Int(0),
        Value::Int(u64::MAX),
        Value::Float(0.5),
        Value::Bool(true),
        Value::Bytes(vec![0, 255]),
        Value::None,
        Value::List(vec![Value::Int(1), Value::List(Vec::new())]),
        Value::Dict(dict),
    ] {
        let echoed = anybody.ask(Request::ClientEcho(value.clone()))?;
        equal("client_echo", &Reply::ServerEcho(value), &echoed)?;
    }
    Ok(())
}

fn in_order(target: &Target) -> Outcome {
    let mut anybody = Person::stranger(target)?;
    let is_unknown = |number: u64| number % 3 == 2;
    for number in 0..10 {
        let operation = if is_unknown(number) { 62 } else { Operation::ClientEcho.number() };
        anybody.say_raw(operation, Value::Int(number))?;
    }
    for number in 0..10 {
        let found = anybody.reply()?;
        let right = match is_unknown(number) {
            true => matches!(&found, Reply::Refused(_)),
            false => found == Reply::ServerEcho(Value::Int(number)),
        };
        holds(right, || format!("answer {} is {}", number + 1, short(&found)))?;
    }
    Ok(())
}

fn unknown(target: &Target) -> Outcome {
    let mut anybody = Person::stranger(target)?;
    for number in [0, 62, 100, 109, 199, 239] {
        let what = format!("operation {number}");
        let found = refusal(anybody.ask_raw(number, Value::None)?, &what)?;
        has_code(&found, &[Code::UnknownOperation], &what)?;
    }
    anybody.goes_on()
}

fn bad(target: &Target) -> Outcome {
    let mut person = Person::new(target)?;
    match person.ask(Request::Bad(Value::None))? {
        Reply::GeneralFailure(_) => person.goes_on(),
        other => Err(came("general_failure", &other)),
    }
}

fn not_logged_in(target: &Target) -> Outcome {
    let mut stranger = Person::stranger(target)?;
    for (operation, value) in [
        (Operation::AddFriend, Value::from("anna")),
        (Operation::CreateRoom, Value::from("room")),
        (Operation::JoinRoom, Value::Int(1)),
        (Operation::QueryRoomUsers, Value::Int(1)),
        (Operation::DelFriend, Value::from("anna")),
        (Operation::Logout, Value::Dict(Vec::new())),
    ] {
        let what = operation.to_string();
        let found = refusal(stranger.ask_raw(operation.number(), value)?, &what)?;
        has_code(&found, &[Code::NotLoggedIn], &what)?;
    }
    stranger.goes_on()
}

fn malformed(target: &Target) -> Outcome {
    let mut stranger = Person::stranger(target)?;
    for (operation, value) in [
        (Operation::Login, Value::Int(1)),
        (Operation::Register, Value::Int(1)),
        (Operation::JoinRoom, Value::from("one")),
    ] {
        let what = operation.to_string();
        let found = refusal(stranger.ask_raw(operation.number(), value)?, &what)?;
        has_code(&found, &[Code::BadField, Code::NotLoggedIn], &what)?;
    }
    stranger.goes_on()
}
