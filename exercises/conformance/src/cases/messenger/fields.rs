//! Fields of requests: of the wrong type, missing, or more than there should be.

use super::{friends, with};
use crate::case::{Case, Outcome, holds};
use crate::session::person::{Person, came, equal, has_code};
use crate::session::words::PASSWORD;
use crate::target::Target;
use framing::Value;
use uchat_protocol::{Code, Operation, Reply};

const MESSAGES: &str = "uchat/protocol/README.md#messages";
const ANSWERS: &str = "uchat/protocol/README.md#answers";

pub(in crate::cases) const CASES: &[Case] = &[
    Case {
        name: "field-type",
        spec: MESSAGES,
        sends: "login, fetch_history, set_cursor, resolve_friend_request, leave_room with one field of another type",
        expects: "refused, code bad_field, with the name of the field, for each",
        slow: false,
        run: types,
    },
    Case {
        name: "field-missing",
        spec: MESSAGES,
        sends: "login, fetch_history, set_cursor, send_message without a field that they need",
        expects: "refused, code bad_field, with the name of the field, for each",
        slow: false,
        run: missing,
    },
    Case {
        name: "field-more",
        spec: MESSAGES,
        sends: "login with a third element in its list, fetch_history with a key that nobody knows in its dict",
        expects: "login_successful, chat_history: what is too much is skipped",
        slow: false,
        run: more,
    },
    Case {
        name: "field-other-value",
        spec: ANSWERS,
        sends: "fetch_history with a list, login with a dict, add_friend with an int in place of a text",
        expects: "refused (205), code bad_field, whatever form the operation has for other refusals",
        slow: false,
        run: other_value,
    },
    Case {
        name: "field-not-repeated",
        spec: MESSAGES,
        sends: "login whose password is a list with a text in it",
        expects: "refused, code bad_field, and the text does not stand in the sentence: it may be a password",
        slow: false,
        run: not_repeated,
    },
];

fn dict(entries: &[(&str, Value)]) -> Value {
    Value::Dict(entries.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect())
}

/// The request is refused because of this field; an empty name stands for the whole value.
fn bad_field(person: &mut Person, operation: Operation, value: Value, field: &str) -> Outcome {
    let what = operation.to_string();
    match person.ask_raw(operation.number(), value)? {
        Reply::Refused(refusal) => {
            has_code(&refusal, &[Code::BadField], &what)?;
            if field.is_empty() {
                return Ok(());
            }
            equal(&format!("{what}: the field"), &Some(field.to_owned()), &refusal.field)
        }
        other => Err(came("refused", &other).when(&what)),
    }
}

/// A wrong thing for each of these fields.
fn types(target: &Target) -> Outcome {
    let mut stranger = Person::stranger(target)?;
    let text = || Value::from("one");
    bad_field(&mut stranger, Operation::Login, Value::List(vec![Value::Int(1), text()]), "user_name")?;
    bad_field(&mut stranger, Operation::Login, Value::List(vec![text(), Value::Int(1)]), "password")?;
    let mut anna = Person::new(target)?;
    let page = |limit| {
        let zero = Value::Int(0);
        dict(&[
            ("target_type", zero.clone()),
            ("target_id", Value::Int(1)),
            ("after", zero),
            ("limit", limit),
        ])
    };
    bad_field(&mut anna, Operation::FetchHistory, page(text()), "limit")?;
    bad_field(&mut anna, Operation::FetchHistory, page(Value::None), "limit")?;
    let cursor = dict(&[
        ("target_type", Value::Int(0)),
        ("target_id", Value::Int(1)),
        ("delivered", Value::Int(1)),
        ("read", Value::Bool(true)),
    ]);
    bad_field(&mut anna, Operation::SetCursor, cursor, "read")?;
    let answer = Value::List(vec![Value::Int(1), Value::Int(1)]);
    bad_field(&mut anna, Operation::ResolveFriendRequest, answer, "accept")?;
    bad_field(&mut anna, Operation::LeaveRoom, dict(&[("room_id", text())]), "room_id")?;
    anna.goes_on()
}

fn missing(target: &Target) -> Outcome {
    let mut stranger = Person::stranger(target)?;
    bad_field(&mut stranger, Operation::Login, Value::List(vec![Value::from("anna")]), "password")?;
    let mut anna = Person::new(target)?;
    let place = [("target_type", Value::Int(0)), ("target_id", Value::Int(1))];
    bad_field(&mut anna, Operation::FetchHistory, dict(&place), "limit")?;
    bad_field(
        &mut anna,
        Operation::SetCursor,
        dict(&[&place[..], &[("read", Value::Int(1))]].concat()),
        "delivered",
    )?;
    bad_field(&mut anna, Operation::SendMessage, dict(&place), "message")?;
    anna.goes_on()
}

fn more(target: &Target) -> Outcome {
    let (mut anna, bob) = friends(target)?;
    let name = anna.name.clone();
    let mut again = Person::stranger(target)?;
    let login = Value::List(vec![Value::from(name.as_str()), Value::from(PASSWORD), Value::from("more")]);
    let answer = again.ask_raw(Operation::Login.number(), login)?;
    again.is_in(answer).map_err(|wrong| wrong.when("login with a third element"))?;
    anna = again;
    let (target_type, target_id) = with(&bob).target();
    let page = dict(&[
        ("target_type", Value::Int(target_type.into())),
        ("target_id", Value::Int(target_id)),
        ("after", Value::Int(0)),
        ("limit", Value::Int(1)),
        ("colour", Value::from("blue")),
    ]);
    match anna.ask_raw(Operation::FetchHistory.number(), page)? {
        Reply::ChatHistory(_) => Ok(()),
        other => Err(came("chat_history", &other).when("fetch_history with a key that nobody knows")),
    }
}

fn other_value(target: &Target) -> Outcome {
    let mut stranger = Person::stranger(target)?;
    bad_field(&mut stranger, Operation::Login, dict(&[("user_name", Value::from("anna"))]), "")?;
    let mut anna = Person::new(target)?;
    bad_field(&mut anna, Operation::FetchHistory, Value::List(vec![Value::Int(0)]), "")?;
    bad_field(&mut anna, Operation::AddFriend, Value::Int(1), "")?;
    anna.goes_on()
}

fn not_repeated(target: &Target) -> Outcome {
    let mut stranger = Person::stranger(target)?;
    let secret = "battery staple";
    let password = Value::List(vec![Value::from(secret)]);
    let login = Value::List(vec![Value::from("anna"), password]);
    match stranger.ask_raw(Operation::Login.number(), login)? {
        Reply::Refused(refusal) => {
            has_code(&refusal, &[Code::BadField], "login")?;
            holds(!refusal.text.contains(secret), || format!("the sentence repeats it: {}", refusal.text))
        }
        other => Err(came("refused", &other)),
    }
}
