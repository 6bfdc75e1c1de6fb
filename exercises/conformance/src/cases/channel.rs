//! Stage 7 after the handshake: keyed packets, their order, and the end.

use super::echo::lengths;
use super::goodbye::ends;
use super::packets::{any_cut, changed};
use crate::case::{Case, Outcome, same};
use crate::session::channel::Open;
use crate::session::packets::{bytes, echo_of};
use crate::session::{Said, Session};
use crate::target::Target;
use cbc_packet::operations::{CLIENT_ECHO, SERVER_ECHO};
use cbc_packet::{HEADER_LENGTH, LIMIT};

const FORMAT: &str = "book/src/protocol.md#formats";
const WIRE: &str = "stages/stage-7/README.md#on-the-wire";

pub(super) const CASES: &[Case] = &[
    Case {
        name: "keyed-every-padding",
        spec: WIRE,
        sends: "texts of 1 to 32 bytes, so that every padding from 0 to 15 occurs",
        expects: "each comes back; number, HMAC and padding of every answer are right",
        slow: false,
        run: |target| lengths(target, &(1..=32).collect::<Vec<_>>()),
    },
    Case {
        name: "keyed-lengths",
        spec: FORMAT,
        sends: "texts of 0, 249, 250, 251, 65,529, 65,530 and 65,531 bytes: bodies around 256 and 65,536",
        expects: "each comes back",
        slow: false,
        run: |target| lengths(target, &[0, 249, 250, 251, 65529, 65530, 65531]),
    },
    Case {
        name: "keyed-largest",
        spec: WIRE,
        sends: "a text of 1,048,570 bytes, so a body of 1,048,576",
        expects: "it comes back: after the handshake a body may have 1,048,592 bytes",
        slow: false,
        run: |target| lengths(target, &[LIMIT - 16 - 6]),
    },
    Case {
        name: "keyed-several-messages",
        spec: WIRE,
        sends: "three messages in one packet",
        expects: "three answers, in this order, in one packet or several",
        slow: false,
        run: several,
    },
    Case {
        name: "keyed-any-cut",
        spec: FORMAT,
        sends: "two packets, cut in two after 1, 4, 5, 21, 53, 60 and 69 bytes and in the second one",
        expects: "both are answered, wherever the stream was cut",
        slow: false,
        run: |target| any_cut(target, &[1, 4, 5, 21, 53, 60, 69, 70, 100, 137]),
    },
    Case {
        name: "keyed-body-changed",
        spec: WIRE,
        sends: "a packet with one bit of its body changed",
        expects: "an alert, then the end",
        slow: false,
        run: |target| changed(target, |packet| packet[HEADER_LENGTH] ^= 1),
    },
    Case {
        name: "keyed-iv-changed",
        spec: WIRE,
        sends: "a packet with one bit of its IV changed, as stage 6's attack does it",
        expects: "an alert, then the end: the digest covers the IV",
        slow: false,
        run: |target| changed(target, |packet| packet[5] ^= 15),
    },
    Case {
        name: "keyed-padding-changed",
        spec: WIRE,
        sends: "a packet that says one byte of padding more than it was sealed with",
        expects: "an alert, then the end: the digest covers the padding",
        slow: false,
        run: |target| changed(target, |packet| packet[4] += 1),
    },
    Case {
        name: "keyed-digest-first-bit",
        spec: WIRE,
        sends: "a packet with the first bit of its digest changed",
        expects: "an alert, then the end",
        slow: false,
        run: |target| changed(target, |packet| packet[21] ^= 0x80),
    },
    Case {
        name: "keyed-digest-last-bit",
        spec: WIRE,
        sends: "a packet with the last bit of its digest changed",
        expects: "an alert, then the end: all 32 bytes are compared",
        slow: false,
        run: |target| changed(target, |packet| packet[HEADER_LENGTH - 1] ^= 1),
    },
    Case {
        name: "keyed-replayed",
        spec: FORMAT,
        sends: "a packet, and after its answer the same packet again",
        expects: "one answer, then an alert and the end: a number counts once",
        slow: false,
        run: replayed,
    },
    Case {
        name: "keyed-reordered",
        spec: FORMAT,
        sends: "the second packet before the first",
        expects: "an alert, then the end",
        slow: false,
        run: reordered,
    },
    Case {
        name: "keyed-left-out",
        spec: FORMAT,
        sends: "packet number 1, though number 0 never came",
        expects: "an alert, then the end",
        slow: false,
        run: left_out,
    },
    Case {
        name: "keyed-reflected",
        spec: FORMAT,
        sends: "the server's own answer",
        expects: "an alert, then the end: each direction has its own keys",
        slow: false,
        run: reflected,
    },
    Case {
        name: "keyed-fill-not-zero",
        spec: WIRE,
        sends: "a packet with a right digest over padding that is not zeros",
        expects: "an alert, then the end: the zeros are checked",
        slow: false,
        run: fill,
    },
    Case {
        name: "keyed-half-a-block",
        spec: WIRE,
        sends: "the header of a packet with a body of 24 bytes",
        expects: "the end, with an alert or without",
        slow: false,
        run: |target| bad_header(target, 24),
    },
    Case {
        name: "keyed-too-long",
        spec: WIRE,
        sends: "the header of a packet with a body of 1,048,608 bytes",
        expects: "the end, with an alert or without",
        slow: false,
        run: |target| bad_header(target, LIMIT as u32 + 16),
    },
];

fn several(target: &Target) -> Outcome {
    let mut open = Open::connect(target)?;
    let (mut said, mut expected) = (Vec::new(), Vec::new());
    for text in [b"1", b"2", b"3"] {
        said.extend(bytes(&echo_of(CLIENT_ECHO, text)?)?);
        expected.extend(bytes(&echo_of(SERVER_ECHO, text)?)?);
    }
    open.push(&said)?;
    let mut found = Vec::new();
    while found.len() < expected.len() {
        found.extend(open.text().map_err(|wrong| wrong.when("the answers to three messages"))?);
    }
    same("the answers to three messages are others", &expected, &found)
}

fn replayed(target: &Target) -> Outcome {
    let mut open = Open::connect(target)?;
    let packet = open.encode(b"12345")?;
    open.wire.send(&packet)?;
    open.hear(b"12345")?;
    open.wire.push(&packet);
    open.alerted()
}

fn reordered(target: &Target) -> Outcome {
    let mut open = Open::connect(target)?;
    let (_first, second) = (open.encode(b"1")?, open.encode(b"2")?);
    open.wire.push(&second);
    open.alerted()
}

fn left_out(target: &Target) -> Outcome {
    let mut open = Open::connect(target)?;
    open.send.next += 1;
    let packet = open.encode(b"12345")?;
    open.wire.push(&packet);
    open.alerted()
}

fn reflected(target: &Target) -> Outcome {
    let mut open = Open::connect(target)?;
    let packet = open.encode(b"12345")?;
    open.wire.send(&packet)?;
    // 11 bytes of a message and 5 of padding: one block.
    let answer = open.wire.read(HEADER_LENGTH + 16)?;
    open.receive.next += 1;
    open.wire.push(&answer);
    open.alerted()
}

fn fill(target: &Target) -> Outcome {
    let mut open = Open::connect(target)?;
    let message = bytes(&echo_of(CLIENT_ECHO, b"12345")?)?;
    let packet = open.send.seal_filled(&message, &[0, 0, 0, 0, 1])?;
    open.wire.push(&packet);
    open.alerted()
}

fn bad_header(target: &Target, length: u32) -> Outcome {
    let mut open = Open::connect(target)?;
    open.wire.push(&[&length.to_be_bytes()[..], &[0; HEADER_LENGTH - 4]].concat());
    ends(&mut open, target.patience)?;
    target.serves()
}
