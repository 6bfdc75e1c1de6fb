//! Stage 7: how a channel ends, in order and otherwise.

use super::echo::digits;
use crate::case::{Case, Outcome, holds, same};
use crate::session::channel::Open;
use crate::session::{Said, Session};
use crate::target::Target;
use cbc_packet::HEADER_LENGTH;
use certificates::connection::{ALERT, CLOSE_NOTIFY, PATIENCE};
use std::time::Duration;

const MESSAGES: &str = "book/src/protocol.md#handshake-messages";
const WIRE: &str = "stages/stage-7/README.md#on-the-wire";

pub(super) const CASES: &[Case] = &[
    Case {
        name: "goodbye",
        spec: MESSAGES,
        sends: "a text and the byte 240 (close_notify) in a packet of its own",
        expects: "the answer, the byte 240 in a packet, then the end",
        slow: false,
        run: goodbye,
    },
    Case {
        name: "talks-after-goodbye",
        spec: MESSAGES,
        sends: "the byte 240, then a text",
        expects: "the byte 240, no answer to the text, and the end",
        slow: false,
        run: after_goodbye,
    },
    Case {
        name: "alert",
        spec: MESSAGES,
        sends: "the byte 241 (alert) in a packet",
        expects: "the end, without an answer",
        slow: false,
        run: alert,
    },
    Case {
        name: "stands-alone",
        spec: MESSAGES,
        sends: "the byte 242 in a packet",
        expects: "an alert, then the end: there is no such message",
        slow: false,
        run: |target| {
            let mut open = Open::connect(target)?;
            open.push(&[242])?;
            open.alerted()
        },
    },
    Case {
        name: "keyed-unfinished",
        spec: WIRE,
        sends: "half a packet, then nothing",
        expects: "the end after 10 s, with an alert or without",
        slow: true,
        run: unfinished,
    },
];

/// The server ends the connection: with an alert, or without, since what it has not read may cost the alert.
pub(super) fn ends(open: &mut Open, wait: Duration) -> Outcome {
    let mut found = open.wire.rest(wait)?;
    if found.is_empty() {
        return Ok(());
    }
    holds(found.len() == HEADER_LENGTH + 16, || format!("{} bytes came, which are no alert", found.len()))?;
    let text = open.receive.opened(&mut found)?;
    same("something else than the alert 241 came", &[ALERT], &text)
}

fn goodbye(target: &Target) -> Outcome {
    let mut open = Open::connect(target)?;
    open.ask(b"12345", b"12345")?;
    open.push(&[CLOSE_NOTIFY])?;
    same("a goodbye is answered by 240", &[CLOSE_NOTIFY], &open.text()?)?;
    open.wire.closes()
}

fn after_goodbye(target: &Target) -> Outcome {
    let mut open = Open::connect(target)?;
    let goodbye = open.send.seal(&[CLOSE_NOTIFY])?;
    let text = open.encode(&digits(5))?;
    open.wire.push(&[goodbye, text].concat());
    match open.text() {
        Ok(text) if text == [CLOSE_NOTIFY] || text == [ALERT] => {}
        Ok(text) => same("the server answers after a goodbye", &[CLOSE_NOTIFY], &text)?,
        Err(_) => {} // what the server had not read may have cost its goodbye
    }
    open.wire.ends()
}

fn alert(target: &Target) -> Outcome {
    let mut open = Open::connect(target)?;
    open.push(&[ALERT])?;
    open.wire.closes()
}

fn unfinished(target: &Target) -> Outcome {
    let mut open = Open::connect(target)?;
    let packet = open.encode(b"12345")?;
    open.wire.send(&packet[..60])?;
    ends(&mut open, PATIENCE + target.patience)
}
