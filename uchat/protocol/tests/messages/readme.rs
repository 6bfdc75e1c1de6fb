//! The tables in `README.md` come from the code: the operations, with what each carries on the wire, and the error
//! codes.

use crate::requests::OPTIONAL;
use crate::samples::{pushes, replies, requests};
use framing::{Message, Value};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;
use uchat_protocol::operation::Direction;
use uchat_protocol::{Code, Operation, Push, Reply, Request};

#[test]
fn the_table_of_operations_comes_from_the_code() {
    let messages = one_of_each();
    let mut table = "| no. | operation | | carries | what it is for |\n|---|---|---|---|---|\n".to_owned();
    for operation in Operation::ALL {
        let (number, name, about) = (operation.number(), operation.name(), operation.about());
        let kind = match operation.direction() {
            Direction::Request => "request",
            Direction::Answer => "answer",
            Direction::Failure => "failure",
            Direction::Push => "push",
        };
        let carries = carries(*operation, &messages);
        writeln!(table, "| {number} | `{name}` | {kind} | {carries} | {about} |").unwrap();
    }
    same("operations", &table);
}

#[test]
fn the_table_of_codes_comes_from_the_code() {
    let mut table = "| code | sentence |\n|---|---|\n".to_owned();
    for code in Code::ALL {
        writeln!(table, "| `{}` | {} |", code.name(), code.text()).unwrap();
    }
    same("codes", &table);
}

#[test]
fn the_table_of_what_stands_inside_comes_from_the_code() {
    let messages = one_of_each();
    let mut table = "| in | stands |\n|---|---|\n".to_owned();
    for (place, inside) in [
        ("`contact_info`, `friend`; `login_bundle`, each of `friends`", (Operation::ContactInfo, "friend")),
        ("`contact_info`, `room`; `login_bundle`, each of `rooms`", (Operation::ContactInfo, "room")),
        ("`login_bundle`, each of `requests`, `asked` and `blocked`", (Operation::LoginBundle, "requests")),
        ("`chat_history`, each of `messages`", (Operation::ChatHistory, "messages")),
    ] {
        writeln!(table, "| {place} | {} |", inside_of(inside.0, inside.1, &messages)).unwrap();
    }
    let member = match &messages.iter().find(|m| m.operation == Operation::QueryRoomUsersResult.number()) {
        Some(Message { value: Value::List(elements), .. }) => match elements.first() {
            Some(Value::List(users)) => users.first().unwrap(),
            other => panic!("users are {other:?}"),
        },
        other => panic!("query_room_users_result is {other:?}"),
    };
    let Value::List(member) = member else { panic!("a member is {member:?}") };
    let fields: Vec<String> = ["id", "name", "online", "owner"]
        .iter()
        .zip(member)
        .map(|(name, value)| format!("{name} {}", value.kind().name()))
        .collect();
    writeln!(table, "| `query_room_users_result`, each of `users` | list [{}] |", fields.join(", ")).unwrap();
    same("parts", &table);
}

/// The fields of the dict in this field, or of the first dict in the list there.
fn inside_of(operation: Operation, name: &str, messages: &[Message]) -> String {
    let all = messages.iter().filter(|message| message.operation == operation.number());
    let fields = all.filter_map(|message| match &message.value {
        Value::Dict(entries) => entries.iter().find(|(key, _)| key == name).map(|(_, value)| value),
        _ => None,
    });
    let mut dicts = fields.filter_map(|value| match value {
        Value::List(elements) => elements.first(),
        value => Some(value),
    });
    match dicts.next() {
        Some(Value::Dict(entries)) => {
            let fields: Vec<String> =
                entries.iter().map(|(key, value)| format!("{key} {}", value.kind().name())).collect();
            format!("dict {{{}}}", fields.join(", "))
        }
        other => panic!("{operation}: {name} is {other:?}"),
    }
}

fn one_of_each() -> Vec<Message> {
    let requests = requests().into_iter().map(|request: Request| request.to_message());
    let replies = replies().into_iter().map(|reply: Reply| reply.to_message());
    let pushes = pushes().into_iter().map(|push: Push| push.to_message());
    requests.chain(replies).chain(pushes).collect::<Result<_, _>>().unwrap()
}

/// What the messages of this operation carry, with all fields that any of them has.
fn carries(operation: Operation, messages: &[Message]) -> String {
    let mut values = messages
        .iter()
        .filter(|message| message.operation == operation.number())
        .map(|message| &message.value)
        .peekable();
    if matches!(operation, Operation::ClientEcho | Operation::ServerEcho | Operation::Bad) {
        return "any value".to_owned();
    }
    match values.peek().unwrap() {
        Value::Dict(_) => {
            let mut seen = BTreeSet::new();
            let entries = values.flat_map(|value| match value {
                Value::Dict(entries) => entries.as_slice(),
                _ => &[],
            });
            let fields: Vec<String> = entries
                .filter(|(name, _)| seen.insert(name))
                .map(|(name, value)| field(operation, name, value))
                .collect();
            format!("dict {{{}}}", fields.join(", "))
        }
        Value::List(_) => {
            let names = names(operation);
            let longest = values
                .map(|value| match value {
                    Value::List(elements) => elements.as_slice(),
                    _ => &[],
                })
                .max_by_key(|elements| elements.len())
                .unwrap();
            assert_eq!(longest.len(), names.len(), "{operation}");
            let fields: Vec<String> =
                names.iter().zip(longest).map(|(name, value)| field(operation, name, value)).collect();
            format!("list [{}]", fields.join(", "))
        }
        bare => bare.kind().name().to_owned(),
    }
}

fn field(operation: Operation, name: &str, value: &Value) -> String {
    let optional = OPTIONAL.contains(&format!("{}.{name}", operation.name()).as_str());
    format!("{name}{} {}", if optional { "?" } else { "" }, value.kind().name())
}

/// The names of the elements of a list. They do not travel.
fn names(operation: Operation) -> &'static [&'static str] {
    match operation {
        Operation::Login => &["user_name", "password"],
        Operation::Register => &["user_name", "password", "email", "ip", "port", "sex", "age"],
        Operation::ResolveFriendRequest => &["user_id", "accept"],
        Operation::AddFriendResult | Operation::DelFriendResult => &["ok", "text", "code"],
        Operation::QueryRoomUsersResult => &["users", "room_id"],
        Operation::FriendOnOffLine => &["online", "user_id", "ip", "port"],
        Operation::RoomUserOnOffLine => &["room_id", "user_id", "online"],
        other => panic!("{other} is a list, too: what are its elements called?"),
    }
}

/// Compares the part of the README between `<!-- NAME: begin … -->` and `<!-- NAME: end -->` with `table`.
fn same(name: &str, table: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let (_, rest) = text.split_once(&format!("<!-- {name}: begin")).expect("the table begins");
    let (_, rest) = rest.split_once("-->\n").expect("the comment ends");
    let (found, _) = rest.split_once(&format!("<!-- {name}: end -->")).expect("the table ends");
    let wanted = format!("\n{table}\n");
    if found == wanted {
        return;
    }
    if std::env::var_os("UCHAT_UPDATE").is_some_and(|value| value == "1") {
        let start = text.len() - rest.len();
        let (before, after) = (&text[..start], &text[start + found.len()..]);
        std::fs::write(&path, format!("{before}{wanted}{after}")).unwrap();
        return;
    }
    panic!(
        "README.md, part `{name}`, is not what the code says. Run `UCHAT_UPDATE=1 cargo test -p uchat-protocol --test \
         messages readme -- --test-threads 1`, look at the change, and commit it. It should be:\n{table}"
    );
}
