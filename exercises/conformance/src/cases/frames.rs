//! Stage 4: frames of every length, cut and glued, and lengths that lie.

use super::echo::lengths;
use crate::case::{Case, Outcome};
use crate::session::framed::frame;
use crate::target::Target;
use framing::{FRAME_PATIENCE, LIMIT};
use std::time::Duration;

const FORMAT: &str = "book/src/protocol.md#formats";
const IDEA: &str = "book/src/stage-4.md#the-idea";
const WIRE: &str = "stages/stage-4/README.md#on-the-wire";

pub(super) const CASES: &[Case] = &[
    Case {
        name: "frame",
        spec: FORMAT,
        sends: "00 00 00 04 and 1234",
        expects: "00 00 00 04 and 1234: the length in network order counts the payload alone",
        slow: false,
        run: |target| {
            let mut wire = target.admitted()?;
            wire.send(b"\0\0\0\x041234")?;
            wire.expect(b"\0\0\0\x041234")?;
            wire.quiet(Duration::from_millis(200))
        },
    },
    Case {
        name: "frame-empty",
        spec: FORMAT,
        sends: "00 00 00 00, then a frame with 1",
        expects: "00 00 00 00, then a frame with 1: an empty message is a message",
        slow: false,
        run: |target| {
            let mut wire = target.admitted()?;
            wire.send(b"\0\0\0\0")?;
            wire.expect(b"\0\0\0\0")?;
            wire.send(b"\0\0\0\x011")?;
            wire.expect(b"\0\0\0\x011")
        },
    },
    Case {
        name: "frame-not-utf-8",
        spec: "book/src/stage-1.md#the-code",
        sends: "a frame with the bytes ff 00 61",
        expects: "a frame with ff 00 41: only the bytes a to z change",
        slow: false,
        run: |target| target.open()?.ask(b"\xff\0a", b"\xff\0A"),
    },
    Case {
        name: "frame-lengths",
        spec: FORMAT,
        sends: "frames of 1, 2, 255, 256, 257, 1,024, 65,535, 65,536 and 65,537 bytes on one connection",
        expects: "each comes back: every byte of the length counts",
        slow: false,
        run: |target| lengths(target, &[1, 2, 255, 256, 257, 1024, 65535, 65536, 65537]),
    },
    Case {
        name: "frame-largest",
        spec: FORMAT,
        sends: "a frame of 1,048,576 bytes, the most that is allowed",
        expects: "it comes back",
        slow: false,
        run: |target| lengths(target, &[LIMIT]),
    },
    Case {
        name: "frame-any-cut",
        spec: "book/src/stage-4.md#the-code",
        sends: "frames with 1234, nothing and 56, cut in two at every place, a connection for each",
        expects: "the same frames, wherever the stream was cut",
        slow: false,
        run: any_cut,
    },
    Case {
        name: "frame-too-long",
        spec: IDEA,
        sends: "the length 1,048,577 and no payload",
        expects: "the server closes, without a byte: the limit is checked before anything is awaited",
        slow: false,
        run: |target| hostile(target, &(LIMIT as u32 + 1).to_be_bytes()),
    },
    Case {
        name: "frame-four-gigabytes",
        spec: IDEA,
        sends: "the length ff ff ff ff",
        expects: "the server closes, without a byte",
        slow: false,
        run: |target| hostile(target, &[0xff; 4]),
    },
    Case {
        name: "frame-negative",
        spec: IDEA,
        sends: "the length 80 00 00 00, which is negative for who reads it as signed",
        expects: "the server closes, without a byte",
        slow: false,
        run: |target| hostile(target, &[0x80, 0, 0, 0]),
    },
    Case {
        name: "frame-little-endian",
        spec: IDEA,
        sends: "05 00 00 00 and 12345, the length in the wrong byte order",
        expects: "the server closes, without a byte: that is a frame of 83,886,080 bytes",
        slow: false,
        run: |target| hostile(target, b"\x05\0\0\x0012345"),
    },
    Case {
        name: "frame-no-frame",
        spec: IDEA,
        sends: "a request of HTTP in place of a frame",
        expects: "the server closes, without a byte: GET␣ is no length that is allowed",
        slow: false,
        run: |target| hostile(target, b"GET / HTTP/1.1\r\n\r\n"),
    },
    Case {
        name: "frame-cut-off",
        spec: "book/src/stage-4.md#the-code",
        sends: "5 bytes of a frame of 9, then the end of the client's direction; the same after 2 bytes of a header",
        expects: "the server closes, without a byte: an unfinished frame is no message",
        slow: false,
        run: cut_off,
    },
    Case {
        name: "frame-announced-only",
        spec: IDEA,
        sends: "the length 1,048,576 and nothing else, on forty connections",
        expects: "the server waits, and serves others: memory is taken for bytes that have come",
        slow: false,
        run: announced,
    },
    Case {
        name: "frame-paused",
        spec: WIRE,
        sends: "half a frame, nothing for 1 s, the other half",
        expects: "the answer: a frame has 30 s",
        slow: false,
        run: paused,
    },
    Case {
        name: "frame-unfinished",
        spec: WIRE,
        sends: "half a frame, then nothing",
        expects: "the server closes 30 s after the frame's first byte, without a byte",
        slow: true,
        run: unfinished,
    },
];

/// Bytes that are no frame: the server closes, and serves the next one.
fn hostile(target: &Target, bytes: &[u8]) -> Outcome {
    let mut wire = target.admitted()?;
    wire.push(bytes);
    wire.closes()?;
    target.serves()
}

fn any_cut(target: &Target) -> Outcome {
    let bytes = [frame(b"1234")?, frame(b"")?, frame(b"56")?].concat();
    for cut in 1..bytes.len() {
        let mut wire = target.admitted()?;
        wire.send(&bytes[..cut])?;
        wire.send(&bytes[cut..])?;
        wire.expect(&bytes).map_err(|wrong| wrong.when(&format!("cut after byte {cut}")))?;
    }
    Ok(())
}

fn cut_off(target: &Target) -> Outcome {
    for part in [&b"\0\0\0\x051"[..], b"\0\0"] {
        let mut wire = target.admitted()?;
        wire.send(part)?;
        wire.finish();
        wire.closes()?;
    }
    target.serves()
}

fn announced(target: &Target) -> Outcome {
    let mut waiting = Vec::new();
    for _ in 0..40 {
        let mut wire = target.admitted()?;
        wire.send(&(LIMIT as u32).to_be_bytes())?;
        waiting.push(wire);
    }
    target.serves().map_err(|wrong| wrong.when("beside forty announced frames"))?;
    waiting.iter_mut().try_for_each(|wire| wire.quiet(Duration::from_millis(5)))
}

fn paused(target: &Target) -> Outcome {
    let mut wire = target.admitted()?;
    wire.send(b"\0\0\0\x0412")?;
    wire.quiet(Duration::from_secs(1))?;
    wire.send(b"34")?;
    wire.expect(b"\0\0\0\x041234")
}

fn unfinished(target: &Target) -> Outcome {
    let mut wire = target.admitted()?;
    wire.send(b"\0\0\0\x0412")?;
    wire.closes_within(FRAME_PATIENCE + target.patience)
}
