//! Stage 7: client_hellos that no server may take, and none at all.

use crate::case::{Case, Outcome, same};
use crate::session::framed::frame;
use crate::session::handshake::client_hello;
use crate::target::Target;
use crate::wire::Wire;
use certificates::connection::{ALERT, PATIENCE};
use key_exchange::Group;
use std::time::Duration;

const MESSAGES: &str = "book/src/protocol.md#handshake-messages";
const WIRE: &str = "stages/stage-7/README.md#on-the-wire";

pub(super) const CASES: &[Case] = &[
    Case {
        name: "hello-version-2",
        spec: WIRE,
        sends: "a client_hello of version 2",
        expects: "a server_hello with the version 1 alone, an alert in a frame, then the end",
        slow: false,
        run: version_2,
    },
    Case {
        name: "hello-other-group",
        spec: MESSAGES,
        sends: "a client_hello with group 0x0101",
        expects: "an alert in a frame, then the end",
        slow: false,
        run: |target| bad_hello(target, |hello| hello[39] = 1),
    },
    Case {
        name: "hello-share-1",
        spec: MESSAGES,
        sends: "a client_hello with the key_share 1",
        expects: "an alert in a frame, then the end",
        slow: false,
        run: |target| {
            bad_hello(target, |hello| {
                hello[40..296].fill(0);
                hello[295] = 1;
            })
        },
    },
    Case {
        name: "hello-share-p-minus-1",
        spec: MESSAGES,
        sends: "a client_hello with the key_share p - 1",
        expects: "an alert in a frame, then the end",
        slow: false,
        run: |target| {
            let value = (Group::ffdhe2048().p - 1u32).to_bytes_be();
            bad_hello(target, |hello| hello[40..296].copy_from_slice(&value))
        },
    },
    Case {
        name: "hello-left-over",
        spec: MESSAGES,
        sends: "a client_hello in a frame that is one byte longer",
        expects: "an alert in a frame, then the end",
        slow: false,
        run: |target| bad_hello(target, |hello| hello.push(0)),
    },
    Case {
        name: "hello-cut-off",
        spec: MESSAGES,
        sends: "a client_hello whose server_name should be longer than its frame",
        expects: "an alert in a frame, then the end",
        slow: false,
        run: |target| bad_hello(target, |hello| hello[296] = 255),
    },
    Case {
        name: "hello-other-type",
        spec: MESSAGES,
        sends: "a finished in place of the client_hello",
        expects: "an alert in a frame, then the end",
        slow: false,
        run: |target| bad_hello(target, |hello| hello[0] = 20),
    },
    Case {
        name: "hello-too-long",
        spec: WIRE,
        sends: "the length 16,385 in front of a client_hello",
        expects: "the end, with an alert in a frame or without: before keys there are 16,384 bytes at most",
        slow: false,
        run: too_long,
    },
    Case {
        name: "handshake-silence",
        spec: WIRE,
        sends: "nothing",
        expects: "the end after 10 s, with an alert in a frame or without",
        slow: true,
        run: silence,
    },
];

/// What an alert is before there are keys.
const ALERT_FRAME: [u8; 5] = [0, 0, 0, 1, ALERT];

fn version_2(target: &Target) -> Outcome {
    let mut hello = client_hello(target)?.1;
    hello[5] = 2;
    let mut wire = target.wire()?;
    wire.send(&frame(&hello)?)?;
    wire.expect(b"\0\0\0\x06\x02\0\0\x02\0\x01")
        .map_err(|wrong| wrong.when("a server_hello of the version alone"))?;
    wire.expect(&ALERT_FRAME).map_err(|wrong| wrong.when("the alert behind it"))?;
    wire.closes()
}

/// A client_hello that `change` makes wrong: an alert in a frame, and the server goes on with others.
fn bad_hello(target: &Target, change: impl FnOnce(&mut Vec<u8>)) -> Outcome {
    let mut hello = client_hello(target)?.1;
    change(&mut hello);
    let mut wire = target.wire()?;
    wire.send(&frame(&hello)?)?;
    wire.expect(&ALERT_FRAME).map_err(|wrong| wrong.when("an alert in a frame"))?;
    wire.closes()?;
    target.serves()
}

/// The server ends the connection, and says an alert before it or nothing.
fn ends(wire: &mut Wire, wait: Duration) -> Outcome {
    match wire.rest(wait)? {
        found if found.is_empty() => Ok(()),
        found => same("something else than an alert in a frame came", &ALERT_FRAME, &found),
    }
}

fn too_long(target: &Target) -> Outcome {
    let mut wire = target.wire()?;
    wire.push(&16_385u32.to_be_bytes());
    ends(&mut wire, target.patience)?;
    target.serves()
}

fn silence(target: &Target) -> Outcome {
    let mut wire = target.wire()?;
    ends(&mut wire, PATIENCE + target.patience)
}
