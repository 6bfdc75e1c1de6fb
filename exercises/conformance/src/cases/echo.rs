//! The echo, on whatever layer: each text comes back in upper case.
//!
//! Only the cases about upper case say small letters; all others say digits, so that one mistake fails one case.

use crate::case::{Case, Outcome};
use crate::session::Session;
use crate::target::Target;

const UPPER: &str = "book/src/stage-1.md#the-idea";
const CODE: &str = "book/src/stage-1.md#the-code";
const CUT: &str = "book/src/stage-3.md#what-is-still-broken";

pub(super) const CASES: &[Case] = &[
    Case {
        name: "answers",
        spec: UPPER,
        sends: "the text 12345",
        expects: "the same text: digits have no upper case",
        slow: false,
        run: |target| target.open()?.ask(b"12345", b"12345"),
    },
    Case {
        name: "upper-case",
        spec: UPPER,
        sends: "the text \"hello, server\"",
        expects: "HELLO, SERVER",
        slow: false,
        run: |target| target.open()?.ask(b"hello, server", b"HELLO, SERVER"),
    },
    Case {
        name: "upper-case-unicode",
        spec: UPPER,
        sends: "straße, 小明, café and ΐ in UTF-8, a text of its own each",
        expects: "Unicode upper case in UTF-8, which may be longer: STRASSE, 小明, CAFÉ, Ϊ́",
        slow: false,
        run: unicode,
    },
    Case {
        name: "several-in-turn",
        spec: CODE,
        sends: "twenty texts on one connection, each after the answer before",
        expects: "each comes back",
        slow: false,
        run: several,
    },
    Case {
        name: "in-pieces",
        spec: CUT,
        sends: "one text, every byte in a write of its own",
        expects: "the whole text, wherever it was cut",
        slow: false,
        run: in_pieces,
    },
    Case {
        name: "glued",
        spec: CUT,
        sends: "three texts in one write",
        expects: "all three, in this order",
        slow: false,
        run: glued,
    },
    Case {
        name: "half-open",
        spec: "stages/stage-1/README.md#on-the-wire",
        sends: "a text, then the end of the client's direction (shutdown)",
        expects: "the answer, and only then the end of the server's direction",
        slow: false,
        run: half_open,
    },
    Case {
        name: "vanishing-clients",
        spec: CODE,
        sends: "texts of twenty clients that close before their answers come",
        expects: "nothing; the next client is served as if they had never been there",
        slow: false,
        run: vanishing,
    },
    Case {
        name: "one-after-another",
        spec: CODE,
        sends: "texts of thirty clients, one after the other",
        expects: "each is served",
        slow: false,
        run: |target| (0..30).try_for_each(|_| target.open()?.ask(b"6789", b"6789")),
    },
];

fn unicode(target: &Target) -> Outcome {
    let mut session = target.open()?;
    for (text, upper) in
        [("straße", "STRASSE"), ("小明", "小明"), ("café", "CAFÉ"), ("\u{390}", "\u{399}\u{308}\u{301}")]
    {
        session.ask(text.as_bytes(), upper.as_bytes()).map_err(|wrong| wrong.when(text))?;
    }
    Ok(())
}

fn several(target: &Target) -> Outcome {
    let mut session = target.open()?;
    for number in 100..120 {
        let text = number.to_string();
        session
            .ask(text.as_bytes(), text.as_bytes())
            .map_err(|wrong| wrong.when(&format!("the text {text}")))?;
    }
    Ok(())
}

fn in_pieces(target: &Target) -> Outcome {
    let mut session = target.open()?;
    let bytes = session.encode(b"1234567890")?;
    session.wire().drip(&bytes)?;
    session.hear(b"1234567890")
}

fn glued(target: &Target) -> Outcome {
    let mut session = target.open()?;
    let texts: [&[u8]; 3] = [b"1", b"22", b"333"];
    let mut bytes = Vec::new();
    for text in texts {
        bytes.extend(session.encode(text)?);
    }
    session.wire().send(&bytes)?;
    for (number, text) in texts.into_iter().enumerate() {
        session.hear(text).map_err(|wrong| wrong.when(&format!("answer {} of 3", number + 1)))?;
    }
    Ok(())
}

fn half_open(target: &Target) -> Outcome {
    let mut session = target.open()?;
    let bytes = session.encode(b"1234")?;
    session.wire().send(&bytes)?;
    session.wire().finish();
    session.hear(b"1234").map_err(|wrong| wrong.when("the client had only ended its own direction"))?;
    session.wire().closes()
}

fn vanishing(target: &Target) -> Outcome {
    for _ in 0..20 {
        let mut session = target.open()?;
        let bytes = session.encode(b"12345678")?;
        session.wire().send(&bytes)?;
        drop(session);
    }
    target.serves()
}

/// A text of digits with this many bytes.
pub(super) fn digits(length: usize) -> Vec<u8> {
    (0..length).map(|place| b"0123456789"[place * 7 % 10]).collect()
}

/// Says texts of these lengths and hears each.
pub(super) fn lengths(target: &Target, lengths: &[usize]) -> Outcome {
    let mut session = target.open()?;
    for &length in lengths {
        long(&mut *session, &digits(length))
            .map_err(|wrong| wrong.when(&format!("a text of {length} bytes")))?;
    }
    Ok(())
}

/// Says a long text while the answer is read.
fn long(session: &mut dyn Session, text: &[u8]) -> Outcome {
    let bytes = session.encode(text)?;
    session.wire().send(&bytes)?;
    session.hear(text)
}
