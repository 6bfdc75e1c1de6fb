//! Stage 5: frames under RC4.

use super::echo::lengths;
use crate::case::{Case, Outcome, holds};
use crate::session::Session;
use crate::session::framed::{frame, read_frame};
use crate::session::secret::{Secret, agree, pair};
use crate::target::Target;
use framing::LIMIT;
use key_exchange::{Ciphers, Keystreams, Side};

const FORMAT: &str = "book/src/protocol.md#transports";
const WIRE: &str = "stages/stage-5/README.md#on-the-wire";

pub(super) const CASES: &[Case] = &[
    Case {
        name: "keystream-runs-on",
        spec: WIRE,
        sends: "the same text ten times",
        expects: "ten times the same answer, encrypted differently: the keystream does not begin anew",
        slow: false,
        run: runs_on,
    },
    Case {
        name: "keystream-of-its-own",
        spec: WIRE,
        sends: "the text 12345",
        expects: "the answer in other bytes than the question: each direction has its own keystream",
        slow: false,
        run: of_its_own,
    },
    Case {
        name: "secret-empty",
        spec: FORMAT,
        sends: "an empty text, then 1",
        expects: "an empty frame, then 1: no byte of the keystream is used up",
        slow: false,
        run: |target| {
            let mut session = target.open()?;
            session.ask(b"", b"")?;
            session.ask(b"1", b"1")
        },
    },
    Case {
        name: "secret-lengths",
        spec: FORMAT,
        sends: "texts of 1, 255, 256, 257, 65,535, 65,536 and 65,537 bytes on one connection",
        expects: "each comes back",
        slow: false,
        run: |target| lengths(target, &[1, 255, 256, 257, 65535, 65536, 65537]),
    },
    Case {
        name: "secret-largest",
        spec: FORMAT,
        sends: "a text of 1,048,576 bytes",
        expects: "it comes back",
        slow: false,
        run: |target| lengths(target, &[LIMIT]),
    },
    Case {
        name: "secret-too-long",
        spec: FORMAT,
        sends: "the length 1,048,577 after the exchange",
        expects: "the server closes, without a byte",
        slow: false,
        run: too_long,
    },
    Case {
        name: "secret-not-utf-8",
        spec: "book/src/stage-1.md#the-code",
        sends: "the bytes ff 00 61, encrypted",
        expects: "ff 00 41, encrypted",
        slow: false,
        run: |target| target.open()?.ask(b"\xff\0a", b"\xff\0A"),
    },
];

/// After the exchange, with the ciphers in our own hands.
fn agreed(target: &Target) -> Outcome<(crate::wire::Wire, Ciphers)> {
    let mut wire = target.admitted()?;
    let key = agree(&mut wire, &pair()?)?;
    Ok((wire, Ciphers::new(&key, Side::Client, Keystreams::Two)))
}

fn runs_on(target: &Target) -> Outcome {
    let (mut wire, mut ciphers) = agreed(target)?;
    let mut seen: Vec<Vec<u8>> = Vec::new();
    for number in 1..=10 {
        let mut text = *b"12345678";
        ciphers.send.apply(&mut text);
        wire.send(&frame(&text)?)?;
        let answer = read_frame(&mut wire, 8)?;
        holds(!seen.contains(&answer), || {
            format!("answer {number} is encrypted as one before it: the keystream begins anew")
        })?;
        seen.push(answer.clone());
        let mut text = answer;
        ciphers.receive.apply(&mut text);
        crate::case::same(&format!("answer {number} decrypts to another text"), b"12345678", &text)?;
    }
    Ok(())
}

fn of_its_own(target: &Target) -> Outcome {
    let (mut wire, mut ciphers) = agreed(target)?;
    let mut text = *b"12345";
    ciphers.send.apply(&mut text);
    wire.send(&frame(&text)?)?;
    let answer = read_frame(&mut wire, 5)?;
    holds(answer != text, || "both directions use the same keystream".to_owned())?;
    let mut plain = answer;
    ciphers.receive.apply(&mut plain);
    crate::case::same("the answer decrypts to another text", b"12345", &plain)
}

fn too_long(target: &Target) -> Outcome {
    let mut session = Secret::agree(target)?;
    session.wire().push(&(LIMIT as u32 + 1).to_be_bytes());
    session.wire().closes()?;
    target.serves()
}
