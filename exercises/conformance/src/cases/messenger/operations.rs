//! The messenger's operations, on the wire of lesson 6 or 7, by somebody who is not logged in.

use crate::case::{Case, Outcome, Wrong, holds};
use crate::session::Said;
use crate::target::Target;
use framing::{Message, Value};
use uchat_protocol::{Code, Operation, Refusal, Reply, request};

const OPERATIONS: &str = "book/src/protocol.md#operations";
const ERRORS: &str = "book/src/protocol.md#error-codes";

pub(super) const CASES: &[Case] = &[
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
        spec: ERRORS,
        sends: "add_friend, create_room, join_room, query_room_users, del_friend before a log-in",
        expects: "refused, code not_logged_in, for each",
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
    Case {
        name: "wrong-login",
        spec: ERRORS,
        sends: "login with a name that nobody has",
        expects: "login_failed (201), code wrong_login: the same as for a wrong password",
        slow: false,
        run: wrong_login,
    },
    Case {
        name: "register-and-log-in",
        spec: OPERATIONS,
        sends: "register with a new name, login with it; on another connection register with the same name",
        expects: "register_successful (101), login_successful (100) with the same number; username_taken (202)",
        slow: false,
        run: register,
    },
];

/// Sends a request and reads the answer; what comes unasked before it is passed over.
fn ask(said: &mut dyn Said, operation: u8, value: Value) -> Outcome<Reply> {
    let message = said.request(&Message { operation, value })?;
    reply(said, message)
}

fn reply(said: &mut dyn Said, mut message: Message) -> Outcome<Reply> {
    for _ in 0..20 {
        let number = message.operation;
        match Reply::from_message(&mut message) {
            Ok(Some(reply)) => return Ok(reply),
            Ok(None) => message = said.next()?, // a push
            Err(error) => {
                return Err(Wrong::failed(format!("the answer, operation {number}, is malformed: {error}")));
            }
        }
    }
    Err(Wrong::failed("no answer came among twenty messages"))
}

fn refusal(reply: Reply, what: &str) -> Outcome<Refusal> {
    match reply.granted() {
        Err(refusal) => Ok(refusal),
        Ok(granted) => Err(Wrong::failed(format!("{what} was granted: {granted:?}"))),
    }
}

fn has_code(refusal: &Refusal, codes: &[Code], what: &str) -> Outcome {
    holds(codes.contains(&refusal.code), || {
        format!("{what}: refused with the code {:?}, {codes:?} expected", refusal.code)
    })
}

fn goes_on(said: &mut dyn Said) -> Outcome {
    let echoed = ask(said, Operation::ClientEcho.number(), Value::from("on"))?;
    holds(echoed == Reply::ServerEcho(Value::from("on")), || {
        format!("client_echo afterwards was answered by {echoed:?}")
    })
}

fn as_sent(target: &Target) -> Outcome {
    let mut said = target.talk()?;
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
        let echoed = ask(&mut *said, Operation::ClientEcho.number(), value.clone())?;
        let expected = Reply::ServerEcho(value);
        holds(echoed == expected, || format!("{expected:?} expected, {echoed:?} came"))?;
    }
    Ok(())
}

fn in_order(target: &Target) -> Outcome {
    let mut said = target.talk()?;
    for number in 0..10 {
        let operation = if number % 3 == 2 { 62 } else { Operation::ClientEcho.number() };
        said.push(&crate::session::packets::bytes(&Message { operation, value: Value::Int(number) })?)?;
    }
    for number in 0..10 {
        let message = said.next()?;
        let found = reply(&mut *said, message)?;
        let right = match number % 3 {
            2 => matches!(&found, Reply::Refused(_)),
            _ => found == Reply::ServerEcho(Value::Int(number)),
        };
        holds(right, || format!("answer {} is {found:?}", number + 1))?;
    }
    Ok(())
}

fn unknown(target: &Target) -> Outcome {
    let mut said = target.talk()?;
    for number in [0, 62, 100, 109, 199, 239] {
        let what = format!("operation {number}");
        let found = refusal(ask(&mut *said, number, Value::None)?, &what)?;
        has_code(&found, &[Code::UnknownOperation], &what)?;
    }
    goes_on(&mut *said)
}

fn bad(target: &Target) -> Outcome {
    let (mut said, _) = registered(target)?;
    let found = ask(&mut *said, Operation::Bad.number(), Value::None)?;
    holds(matches!(found, Reply::GeneralFailure(_)), || format!("general_failure expected, {found:?} came"))?;
    goes_on(&mut *said)
}

fn not_logged_in(target: &Target) -> Outcome {
    let mut said = target.talk()?;
    for (operation, value) in [
        (Operation::AddFriend, Value::from("anna")),
        (Operation::CreateRoom, Value::from("room")),
        (Operation::JoinRoom, Value::Int(1)),
        (Operation::QueryRoomUsers, Value::Int(1)),
        (Operation::DelFriend, Value::from("anna")),
    ] {
        let what = operation.to_string();
        let found = refusal(ask(&mut *said, operation.number(), value)?, &what)?;
        has_code(&found, &[Code::NotLoggedIn], &what)?;
    }
    goes_on(&mut *said)
}

fn malformed(target: &Target) -> Outcome {
    let mut said = target.talk()?;
    for (operation, value) in [
        (Operation::Login, Value::Int(1)),
        (Operation::Register, Value::Int(1)),
        (Operation::JoinRoom, Value::from("one")),
    ] {
        let what = operation.to_string();
        let found = refusal(ask(&mut *said, operation.number(), value)?, &what)?;
        has_code(&found, &[Code::BadField, Code::NotLoggedIn], &what)?;
    }
    goes_on(&mut *said)
}

/// A name that nobody has.
fn new_name() -> Outcome<String> {
    let digits = conn_auth::random::<3>().map_err(|error| Wrong::failed(error.to_string()))?;
    Ok(format!("k{}", echo::lab::hex(&digits)))
}

fn request(said: &mut dyn Said, request: uchat_protocol::Request) -> Outcome<Reply> {
    let message = request.to_message();
    let message =
        message.map_err(|error| Wrong::failed(format!("the kit cannot write this request: {error}")))?;
    ask(said, message.operation, message.value)
}

fn wrong_login(target: &Target) -> Outcome {
    let mut said = target.talk()?;
    let login = request::Login { user_name: new_name()?, password: PASSWORD.to_owned() };
    match request(&mut *said, login.into())? {
        Reply::LoginFailed(refusal) => has_code(&refusal, &[Code::WrongLogin], "login"),
        other => Err(Wrong::failed(format!("login_failed expected, {other:?} came"))),
    }
}

/// Somebody with a new account, logged in; and the name.
fn registered(target: &Target) -> Outcome<(Box<dyn Said>, String)> {
    let mut said = target.talk()?;
    let name = new_name()?;
    let number = match request(&mut *said, sign_up(&name).into())? {
        Reply::RegisterSuccessful(number) => number,
        other => return Err(Wrong::failed(format!("register_successful expected, {other:?} came"))),
    };
    let login = request::Login { user_name: name.clone(), password: PASSWORD.to_owned() };
    match request(&mut *said, login.into())? {
        Reply::LoginSuccessful(user) => {
            let what = || format!("register said the number {number}, login says {}", user.id);
            holds(user.id == number, what)?;
        }
        other => return Err(Wrong::failed(format!("login_successful expected, {other:?} came"))),
    }
    Ok((said, name))
}

fn sign_up(name: &str) -> request::Register {
    request::Register {
        user_name: name.to_owned(),
        password: PASSWORD.to_owned(),
        email: format!("{name}@example.org"),
        ip: None,
        port: None,
        sex: None,
        age: None,
    }
}

fn register(target: &Target) -> Outcome {
    let (_said, name) = registered(target)?;
    let mut other = target.talk()?;
    match request(&mut *other, sign_up(&name).into())? {
        Reply::UsernameTaken(_) => Ok(()),
        found => Err(Wrong::failed(format!("username_taken expected, {found:?} came"))),
    }
}

const PASSWORD: &str = "correct horse";
