//! Stages 1 to 3: bytes without a format, answered as they are read.

use super::echo::digits;
use crate::case::{Case, Outcome};
use crate::target::Target;
use std::time::Duration;

const WIRE: &str = "stages/stage-1/README.md#on-the-wire";
const UPPER: &str = "book/src/stage-1.md#the-idea";

pub(super) const CASES: &[Case] = &[
    Case {
        name: "not-utf-8",
        spec: "book/src/stage-1.md#the-code",
        sends: "the bytes ff fe 61 62 63 00, which are no UTF-8",
        expects: "ff fe 41 42 43 00: only the bytes a to z change",
        slow: false,
        run: |target| target.open()?.ask(b"\xff\xfeabc\0", b"\xff\xfeABC\0"),
    },
    Case {
        name: "half-a-character",
        spec: "book/src/stage-1.md#questions",
        sends: "12 and the first byte of é; after the answer, the second byte of é and 34",
        expects: "the same bytes: each read is answered for itself, and half a character has no upper case",
        slow: false,
        run: half_a_character,
    },
    Case {
        name: "every-byte",
        spec: UPPER,
        sends: "all 256 bytes from 00 to ff, without a to z",
        expects: "the same bytes",
        slow: false,
        run: every_byte,
    },
    Case {
        name: "server-waits",
        spec: WIRE,
        sends: "nothing for 0.3 s, then a text",
        expects: "nothing until the client has spoken, then the answer",
        slow: false,
        run: server_waits,
    },
    Case {
        name: "lengths",
        spec: WIRE,
        sends: "texts of 1, 2, 1,023, 1,024, 1,025, 2,048 and 4,097 bytes on one connection",
        expects: "each comes back whole, in one piece or several",
        slow: false,
        run: |target| super::echo::lengths(target, &[1, 2, 1023, 1024, 1025, 2048, 4097]),
    },
    Case {
        name: "long",
        spec: WIRE,
        sends: "65,536 bytes at once, read back while they are sent",
        expects: "all of them, in order",
        slow: false,
        run: long,
    },
    Case {
        name: "end-without-a-word",
        spec: WIRE,
        sends: "nothing, then the end of the client's direction",
        expects: "the server closes, without a byte",
        slow: false,
        run: end_without_a_word,
    },
];

fn half_a_character(target: &Target) -> Outcome {
    let mut session = target.open()?;
    session.ask(b"12\xc3", b"12\xc3")?;
    session.ask(b"\xa934", b"\xa934")
}

fn every_byte(target: &Target) -> Outcome {
    let bytes: Vec<u8> = (0..=255).filter(|byte: &u8| !byte.is_ascii_lowercase()).collect();
    target.open()?.ask(&bytes, &bytes)
}

fn server_waits(target: &Target) -> Outcome {
    let mut session = target.open()?;
    session.wire().quiet(Duration::from_millis(300))?;
    session.ask(b"1", b"1")
}

fn long(target: &Target) -> Outcome {
    let text = digits(65536);
    target.open()?.wire().exchange(&text, &text)
}

fn end_without_a_word(target: &Target) -> Outcome {
    let mut session = target.open()?;
    session.wire().finish();
    session.wire().closes()
}
