//! Stages 5 and 6: public values good and bad, before a word is said.

use crate::case::{Case, Outcome, Wrong, same};
use crate::session::Session;
use crate::session::framed::{frame, read_frame};
use crate::session::packets::Peer;
use crate::session::secret::{Secret, VALUE, pair};
use crate::target::Target;
use key_exchange::{Group, KeyPair};
use num_bigint::BigUint;
use std::time::Duration;
use zeroize::Zeroizing;

const FORMAT: &str = "book/src/protocol.md#formats";
const CODE: &str = "book/src/stage-5.md#the-code";
const WIRE: &str = "stages/stage-5/README.md#on-the-wire";

pub(super) const CASES: &[Case] = &[
    Case {
        name: "value-comes-second",
        spec: WIRE,
        sends: "the right answer to the challenge, then nothing for 0.3 s, then a public value",
        expects: "nothing before the client's value, then the server's: a frame of 256 bytes",
        slow: false,
        run: comes_second,
    },
    Case {
        name: "value-is-new",
        spec: WIRE,
        sends: "the same public value on four connections",
        expects: "four different values of the server",
        slow: false,
        run: is_new,
    },
    Case {
        name: "value-in-pieces",
        spec: FORMAT,
        sends: "a public value cut after 1, 4, 5 and 259 bytes of its frame, then a text",
        expects: "the text is answered",
        slow: false,
        run: in_pieces,
    },
    Case {
        name: "value-with-zeros",
        spec: FORMAT,
        sends: "the public value of the exponent 100, which begins with 243 zero bytes",
        expects: "the text under the key is answered: zeros in front belong to the value",
        slow: false,
        run: |target| serves_pair(target, 100),
    },
    Case {
        name: "value-2",
        spec: WIRE,
        sends: "the public value 2, the smallest that is allowed",
        expects: "the text under the key is answered",
        slow: false,
        run: |target| serves_pair(target, 1),
    },
    Case {
        name: "value-0",
        spec: WIRE,
        sends: "the public value 0",
        expects: "the server closes, without a byte",
        slow: false,
        run: |target| refused(target, &bytes(&BigUint::ZERO)),
    },
    Case {
        name: "value-1",
        spec: WIRE,
        sends: "the public value 1",
        expects: "the server closes, without a byte: every power of it is 1",
        slow: false,
        run: |target| refused(target, &bytes(&BigUint::from(1u32))),
    },
    Case {
        name: "value-p-minus-1",
        spec: WIRE,
        sends: "the public value p - 1",
        expects: "the server closes, without a byte: its powers are 1 and p - 1",
        slow: false,
        run: |target| refused(target, &bytes(&(prime() - 1u32))),
    },
    Case {
        name: "value-p",
        spec: WIRE,
        sends: "the public value p",
        expects: "the server closes, without a byte: it is 0 modulo p",
        slow: false,
        run: |target| refused(target, &bytes(&prime())),
    },
    Case {
        name: "value-p-plus-2",
        spec: WIRE,
        sends: "the public value p + 2",
        expects: "the server closes, without a byte",
        slow: false,
        run: |target| refused(target, &bytes(&(prime() + 2u32))),
    },
    Case {
        name: "value-too-short",
        spec: WIRE,
        sends: "a public value of 255 bytes",
        expects: "the server closes, without a byte",
        slow: false,
        run: |target| refused(target, &[7; VALUE - 1]),
    },
    Case {
        name: "value-too-long",
        spec: WIRE,
        sends: "a public value of 257 bytes, a zero in front",
        expects: "the server closes, without a byte",
        slow: false,
        run: |target| refused(target, &[&[0], &[7; VALUE][..]].concat()),
    },
    Case {
        name: "value-empty",
        spec: WIRE,
        sends: "an empty frame as the public value",
        expects: "the server closes, without a byte",
        slow: false,
        run: |target| refused(target, &[]),
    },
    Case {
        name: "value-one-attempt",
        spec: CODE,
        sends: "the public value 1 and a good one behind it, in one write",
        expects: "the server closes, without a byte: there is no second attempt",
        slow: false,
        run: one_attempt,
    },
    Case {
        name: "value-four-gigabytes",
        spec: WIRE,
        sends: "the length ff ff ff ff in place of a public value's",
        expects: "the server closes, without a byte",
        slow: false,
        run: |target| {
            let mut wire = target.admitted()?;
            wire.push(&[0xff; 4]);
            wire.closes()?;
            target.serves()
        },
    },
];

fn prime() -> BigUint {
    Group::ffdhe2048().p
}

/// A number in as many bytes as the prime has.
fn bytes(number: &BigUint) -> Vec<u8> {
    let bytes = number.to_bytes_be();
    [vec![0; VALUE.saturating_sub(bytes.len())], bytes].concat()
}

fn comes_second(target: &Target) -> Outcome {
    let mut wire = target.admitted()?;
    wire.quiet(Duration::from_millis(300))?;
    wire.send(&frame(pair()?.public())?)?;
    read_frame(&mut wire, VALUE)?;
    wire.quiet(Duration::from_millis(200))
}

fn is_new(target: &Target) -> Outcome {
    let value = frame(pair()?.public())?;
    let mut seen: Vec<Vec<u8>> = Vec::new();
    for _ in 0..4 {
        let mut wire = target.admitted()?;
        wire.send(&value)?;
        let theirs = read_frame(&mut wire, VALUE)?;
        if seen.contains(&theirs) {
            return Err(Wrong::Failed {
                what: "the server sent the same value twice: its exponent is not used once".into(),
                expected: None,
                found: Some(theirs),
            });
        }
        seen.push(theirs);
    }
    Ok(())
}

fn in_pieces(target: &Target) -> Outcome {
    let pair = pair()?;
    for cut in [1, 4, 5, 259] {
        let mut wire = target.admitted()?;
        let value = frame(pair.public())?;
        wire.send(&value[..cut])?;
        wire.quiet(Duration::from_millis(20))?;
        wire.send(&value[cut..])?;
        read_frame(&mut wire, VALUE).map_err(|wrong| wrong.when(&format!("cut after byte {cut}")))?;
    }
    target.serves()
}

/// A client with this secret exponent is served, though everybody could guess it.
fn serves_pair(target: &Target, exponent: u8) -> Outcome {
    let pair = KeyPair::from_private(&Group::ffdhe2048(), Zeroizing::new(vec![exponent]))
        .map_err(|error| Wrong::failed(format!("the kit has no pair: {error}")))?;
    let wire = target.admitted()?;
    match target.layer.stage() {
        5 => Secret::agree_with(wire, &pair)?.ask(b"12345", b"12345"),
        _ => Peer::agree_with(wire, &pair)?.ask(b"12345", b"12345"),
    }
}

fn refused(target: &Target, value: &[u8]) -> Outcome {
    refused_after(target, &frame(value)?)
}

fn refused_after(target: &Target, bytes: &[u8]) -> Outcome {
    let mut wire = target.admitted()?;
    wire.push(bytes);
    let found = wire.rest(target.patience)?;
    // The messenger may have sent its own value before it looks at ours; nothing may follow.
    if !(target.layer.is_messenger() && found.len() == 4 + VALUE) {
        same("the server should close without a byte, but it answered", b"", &found)?;
    }
    target.serves()
}

fn one_attempt(target: &Target) -> Outcome {
    let (bad, good) = (frame(&bytes(&BigUint::from(1u32)))?, frame(pair()?.public())?);
    refused_after(target, &[bad, good].concat())
}
