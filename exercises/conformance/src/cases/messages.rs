//! Stage 6 and 7: what is said in packets. Operations, names, and what no server knows.

use crate::case::{Case, Outcome, Wrong, holds};
use crate::session::Said;
use crate::target::Target;
use cbc_packet::operations::{
    ADD_FRIEND, CLIENT_ECHO, DEL_FRIEND, GENERAL_FAILURE, GENERAL_MSG, SERVER_ECHO, text_message,
};
use framing::{Message, Value};

const WIRE: &str = "stages/stage-6/README.md#on-the-wire";
const VALUES: &str = "book/src/protocol.md#values";

pub(super) const CASES: &[Case] = &[
    Case {
        name: "message-friends",
        spec: WIRE,
        sends: "add_friend twice, del_friend twice, for a name that nobody else uses",
        expects: "general_msg (204) with the name in it; the second answer of each pair is another than the first",
        slow: false,
        run: friends,
    },
    Case {
        name: "message-name-lengths",
        spec: WIRE,
        sends: "add_friend with a name of 0 and of 65 bytes",
        expects: "general_msg that says why not: a name has 1 to 64 bytes",
        slow: false,
        run: name_lengths,
    },
    Case {
        name: "message-unknown",
        spec: WIRE,
        sends: "the operations 0, 12, 105, 204 and 239 with a text",
        expects: "general_failure (203) with a text for each, and the connection goes on",
        slow: false,
        run: unknown,
    },
    Case {
        name: "message-wrong-value",
        spec: WIRE,
        sends: "client_echo with an int, a bool, none, a list and a dict",
        expects: "general_failure (203) for each, and the connection goes on",
        slow: false,
        run: wrong_value,
    },
];

/// Bytes that are no message, wherever messages travel.
pub(super) const MALFORMED: &[Case] = &[
    Case {
        name: "message-cut-off",
        spec: VALUES,
        sends: "client_echo whose text should be longer than its bytes",
        expects: "the connection ends: nobody reads what has not come (Heartbleed)",
        slow: false,
        run: |target| no_message(target, b"\x03\x03\0\0\x40\0a"),
    },
    Case {
        name: "message-not-utf-8",
        spec: VALUES,
        sends: "client_echo with the bytes ff fe as a str",
        expects: "the connection ends",
        slow: false,
        run: |target| no_message(target, b"\x03\x03\0\0\0\x02\xff\xfe"),
    },
    Case {
        name: "message-leading-zero",
        spec: VALUES,
        sends: "client_echo with an int written 00 07",
        expects: "the connection ends: a value has one form",
        slow: false,
        run: |target| no_message(target, b"\x03\x01\0\0\0\x02\0\x07"),
    },
    Case {
        name: "message-type-8",
        spec: VALUES,
        sends: "client_echo with a value of type 8",
        expects: "the connection ends: there is no such type",
        slow: false,
        run: |target| no_message(target, b"\x03\x08\0\0\0\x01a"),
    },
    Case {
        name: "message-too-deep",
        spec: VALUES,
        sends: "client_echo with 2,000 lists inside each other",
        expects: "the connection ends, and the server goes on: 32 is the most",
        slow: false,
        run: |target| no_message(target, &deep(2000)),
    },
];

fn answer(said: &mut dyn Said, operation: u8, text: &str) -> Outcome<Message> {
    said.request(&text_message(operation, text))
}

fn is(found: &Message, operation: u8, what: &str) -> Outcome {
    holds(found.operation == operation, || {
        format!("{what}: operation {} came; {operation} was expected", found.operation)
    })
}

fn friends(target: &Target) -> Outcome {
    let mut said = target.talk()?;
    let digits = conn_auth::random::<6>().map_err(|error| Wrong::failed(error.to_string()))?;
    let name = format!("kit-{}", echo::lab::hex(&digits));
    for (operation, what) in [(ADD_FRIEND, "add_friend"), (DEL_FRIEND, "del_friend")] {
        let mut answers = Vec::new();
        for time in ["first", "second"] {
            let found = answer(&mut *said, operation, &name)?;
            is(&found, GENERAL_MSG, &format!("the {time} {what}"))?;
            let names = matches!(&found.value, Value::Str(text) if text.contains(&name));
            holds(names, || format!("the answer to the {time} {what} does not say who: {:?}", found.value))?;
            answers.push(found.value);
        }
        holds(answers[0] != answers[1], || {
            format!("the second {what} of the same name is answered as the first one: {:?}", answers[0])
        })?;
    }
    Ok(())
}

fn name_lengths(target: &Target) -> Outcome {
    let mut said = target.talk()?;
    for length in [0, 65] {
        let what = format!("add_friend with a name of {length} bytes");
        let first = answer(&mut *said, ADD_FRIEND, &"x".repeat(length))?;
        is(&first, GENERAL_MSG, &what)?;
        // Had it been put on the list, it would be there already.
        let second = answer(&mut *said, ADD_FRIEND, &"x".repeat(length))?;
        holds(first == second, || format!("{what} was taken: {:?}, then {:?}", first.value, second.value))?;
    }
    Ok(())
}

fn goes_on(said: &mut dyn Said, what: &str) -> Outcome {
    let found = answer(said, CLIENT_ECHO, "12345").map_err(|wrong| wrong.when(&format!("after {what}")))?;
    is(&found, SERVER_ECHO, &format!("client_echo after {what}"))
}

fn unknown(target: &Target) -> Outcome {
    let mut said = target.talk()?;
    for operation in [0, 12, 105, 204, 239] {
        let what = format!("operation {operation}");
        let found = answer(&mut *said, operation, "12345").map_err(|wrong| wrong.when(&what))?;
        is(&found, GENERAL_FAILURE, &what)?;
        holds(matches!(found.value, Value::Str(_)), || {
            format!("{what}: the answer is no text: {:?}", found.value)
        })?;
    }
    goes_on(&mut *said, "unknown operations")
}

fn wrong_value(target: &Target) -> Outcome {
    let mut said = target.talk()?;
    for value in [
        Value::Int(7),
        Value::Bool(true),
        Value::None,
        Value::List(vec![Value::Int(1)]),
        Value::Dict(vec![("text".to_owned(), Value::from("a"))]),
    ] {
        let what = format!("client_echo with {value:?}");
        let found =
            said.request(&Message { operation: CLIENT_ECHO, value }).map_err(|wrong| wrong.when(&what))?;
        is(&found, GENERAL_FAILURE, &what)?;
    }
    goes_on(&mut *said, "wrong values")
}

pub(super) fn no_message(target: &Target, text: &[u8]) -> Outcome {
    let mut said = target.talk()?;
    said.push(text)?;
    said.ended()?;
    target.serves()
}

/// A client_echo with so many lists inside each other, each as long as it says.
fn deep(levels: u32) -> Vec<u8> {
    let mut bytes = vec![CLIENT_ECHO];
    for level in (0..levels).rev() {
        bytes.push(4);
        bytes.extend((level * 5).to_be_bytes());
    }
    bytes
}
