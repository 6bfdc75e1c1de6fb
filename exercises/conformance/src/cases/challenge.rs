//! Stages 2 to 6: the challenge, and who stays outside.

use crate::case::{Case, Outcome, Wrong, holds};
use crate::session::read_challenge;
use crate::target::Target;
use crate::wire::Wire;
use conn_auth::{ANSWER_LENGTH, CHALLENGE_LENGTH, Key};
use std::time::{Duration, Instant};

const FORMAT: &str = "book/src/protocol.md#formats";
const CODE: &str = "book/src/stage-2.md#the-code";
const WIRE: &str = "stages/stage-2/README.md#on-the-wire";

pub(super) const CASES: &[Case] = &[
    Case {
        name: "challenge",
        spec: FORMAT,
        sends: "nothing",
        expects: "32 bytes at once, and not one more before the answer",
        slow: false,
        run: |target| asked(target)?.0.quiet(Duration::from_millis(300)),
    },
    Case {
        name: "challenge-is-new",
        spec: FORMAT,
        sends: "nothing, on eight connections",
        expects: "eight different challenges",
        slow: false,
        run: is_new,
    },
    Case {
        name: "answer-in-pieces",
        spec: WIRE,
        sends: "the right answer, every byte in a write of its own, then a text",
        expects: "the client is served",
        slow: false,
        run: answer_in_pieces,
    },
    Case {
        name: "answer-glued",
        spec: WIRE,
        sends: "the right answer and the first message in one write",
        expects: "the message is answered: what stands behind 16 bytes belongs to the next layer",
        slow: false,
        run: answer_glued,
    },
    Case {
        name: "wrong-key",
        spec: CODE,
        sends: "HMAC-MD5 of the challenge under another key, then a text",
        expects: "the server closes, without a byte",
        slow: false,
        run: |target| refused(target, |challenge| another_key()?.answer_to(challenge)),
    },
    Case {
        name: "first-bit-wrong",
        spec: CODE,
        sends: "the right answer with its first bit changed",
        expects: "the server closes, without a byte",
        slow: false,
        run: |target| refused(target, |challenge| flipped(target, challenge, 0, 0x80)),
    },
    Case {
        name: "last-bit-wrong",
        spec: CODE,
        sends: "the right answer with its last bit changed",
        expects: "the server closes, without a byte: it compares all 16 bytes",
        slow: false,
        run: |target| refused(target, |challenge| flipped(target, challenge, ANSWER_LENGTH - 1, 1)),
    },
    Case {
        name: "zeros",
        spec: CODE,
        sends: "16 zero bytes as the answer",
        expects: "the server closes, without a byte",
        slow: false,
        run: |target| refused(target, |_| Ok(vec![0; ANSWER_LENGTH])),
    },
    Case {
        name: "challenge-sent-back",
        spec: CODE,
        sends: "the first 16 bytes of the challenge itself as the answer",
        expects: "the server closes, without a byte",
        slow: false,
        run: |target| refused(target, |challenge| Ok(challenge.bytes()[..ANSWER_LENGTH].to_vec())),
    },
    Case {
        name: "answer-replayed",
        spec: CODE,
        sends: "the right answer to the challenge of another connection",
        expects: "the server closes, without a byte: an answer fits one challenge",
        slow: false,
        run: replayed,
    },
    Case {
        name: "answer-too-short",
        spec: WIRE,
        sends: "15 of the answer's 16 bytes, then the end of the client's direction",
        expects: "the server closes, without a byte",
        slow: false,
        run: too_short,
    },
    Case {
        name: "no-answer-at-all",
        spec: WIRE,
        sends: "the end of the client's direction in place of an answer",
        expects: "the server closes, without a byte",
        slow: false,
        run: no_answer,
    },
    Case {
        name: "another-protocol",
        spec: WIRE,
        sends: "a request of HTTP in place of the answer",
        expects: "the server closes, without a byte",
        slow: false,
        run: |target| refused(target, |_| Ok(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".to_vec())),
    },
    Case {
        name: "silence",
        spec: WIRE,
        sends: "nothing, in place of the answer",
        expects: "the server closes 5 s after the challenge (the messenger: 10 s), without a byte",
        slow: false,
        run: silence,
    },
    Case {
        name: "dripping",
        spec: WIRE,
        sends: "a wrong answer of which a byte comes every half second",
        expects: "the server closes 5 s after the challenge (the messenger: 10 s): a byte buys no time",
        slow: false,
        run: dripping,
    },
];

/// A challenge that waits for its answer.
fn asked(target: &Target) -> Outcome<(Wire, Challenge)> {
    target.needs_key()?;
    let mut wire = target.wire()?;
    let challenge = read_challenge(&mut wire)?;
    Ok((wire, challenge))
}

type Challenge = conn_auth::Challenge;

/// A key that answers.
trait Answers {
    fn answer_to(&self, challenge: &Challenge) -> Outcome<Vec<u8>>;
}

impl Answers for Key {
    fn answer_to(&self, challenge: &Challenge) -> Outcome<Vec<u8>> {
        Ok(challenge.answer(self).to_vec())
    }
}

fn another_key() -> Outcome<Key> {
    Key::new(b"another key").map_err(|error| Wrong::failed(error.to_string()))
}

fn flipped(target: &Target, challenge: &Challenge, at: usize, bit: u8) -> Outcome<Vec<u8>> {
    let mut answer = challenge.answer(target.needs_key()?);
    answer[at] ^= bit;
    Ok(answer.to_vec())
}

/// Sends what `answer` makes of the challenge, and a text; neither may bring anything.
fn refused(target: &Target, answer: impl Fn(&Challenge) -> Outcome<Vec<u8>>) -> Outcome {
    let (mut wire, challenge) = asked(target)?;
    let answer = answer(&challenge)?;
    wire.push(&answer);
    // Long enough for every layer to answer: a frame of four digits, and the same bytes are a text of stage 1.
    wire.push(b"\0\0\0\x041234");
    wire.finish();
    wire.closes()?;
    target.serves()
}

fn is_new(target: &Target) -> Outcome {
    let mut seen: Vec<[u8; CHALLENGE_LENGTH]> = Vec::new();
    for _ in 0..8 {
        let challenge = *asked(target)?.1.bytes();
        if seen.contains(&challenge) {
            return Err(Wrong::Failed {
                what: "the same challenge came twice".into(),
                expected: None,
                found: Some(challenge.to_vec()),
            });
        }
        seen.push(challenge);
    }
    Ok(())
}

/// What a client of this stage says first, and what comes back, if that can be known beforehand.
fn first_message(target: &Target) -> (&'static [u8], &'static [u8]) {
    match target.layer.stage() {
        1..=3 => (b"1234", b"1234"),
        _ => (b"\0\0\0\x041234", b"\0\0\0\x041234"),
    }
}

/// Hears the answer to what a client says first. From stage 5 on the first message is a public value.
fn served_after(target: &Target, mut wire: Wire, send: impl FnOnce(&mut Wire, &[u8]) -> Outcome) -> Outcome {
    if target.layer.stage() >= 5 {
        let pair = crate::session::secret::pair()?;
        let value = crate::session::framed::frame(pair.public())?;
        send(&mut wire, &value)?;
        crate::session::framed::read_frame(&mut wire, crate::session::secret::VALUE)?;
        return Ok(());
    }
    let (said, heard) = first_message(target);
    send(&mut wire, said)?;
    wire.expect(heard)
}

fn answer_in_pieces(target: &Target) -> Outcome {
    let (wire, challenge) = asked(target)?;
    let answer = challenge.answer(target.needs_key()?);
    served_after(target, wire, |wire, first| {
        wire.drip(&answer)?;
        wire.send(first)
    })
}

fn answer_glued(target: &Target) -> Outcome {
    let (wire, challenge) = asked(target)?;
    let answer = challenge.answer(target.needs_key()?);
    served_after(target, wire, |wire, first| wire.send(&[&answer[..], first].concat()))
}

fn replayed(target: &Target) -> Outcome {
    let (mut wire, challenge) = asked(target)?;
    let old = challenge.answer(target.needs_key()?);
    wire.send(&old)?;
    drop(wire); // a server that takes one client at a time must be free for the next
    refused(target, |_| Ok(old.to_vec()))
}

fn too_short(target: &Target) -> Outcome {
    let (mut wire, challenge) = asked(target)?;
    wire.push(&challenge.answer(target.needs_key()?)[..ANSWER_LENGTH - 1]);
    wire.finish();
    wire.closes()
}

fn no_answer(target: &Target) -> Outcome {
    let (mut wire, _) = asked(target)?;
    wire.finish();
    wire.closes()
}

fn silence(target: &Target) -> Outcome {
    let started = Instant::now();
    let (mut wire, _) = asked(target)?;
    wire.closes_within(target.answer_patience() + target.patience)?;
    let took = started.elapsed();
    holds(took > target.answer_patience() - Duration::from_secs(1), || {
        format!("the server closed after {:.1} s already; an answer may take longer", took.as_secs_f64())
    })
}

fn dripping(target: &Target) -> Outcome {
    let (mut wire, _) = asked(target)?;
    let end = Instant::now() + target.answer_patience() + target.patience;
    loop {
        wire.push(b"x");
        match wire.quiet(Duration::from_millis(500)) {
            Ok(()) if Instant::now() < end => {}
            Ok(()) => return Err(Wrong::failed("the server did not close: every byte bought more time")),
            Err(Wrong::Failed { found: Some(found), what, .. }) => {
                return Err(Wrong::bytes(what, b"", &found));
            }
            Err(_) => return Ok(()), // closed, as it should
        }
    }
}
