//! Stage 8: what protects the page, before anything is asked.

use crate::case::{Case, Outcome, Wrong, holds};
use crate::session::tls::Tls;
use crate::target::Target;
use rustls::ProtocolVersion;
use std::time::Duration;

const IDEA: &str = "book/src/stage-8.md#the-idea";
const CODE: &str = "book/src/stage-8.md#the-code";
const WIRE: &str = "stages/stage-8/README.md#on-the-wire";

pub(super) const CASES: &[Case] = &[
    Case {
        name: "tls-handshake",
        spec: IDEA,
        sends: "a ClientHello of TLS 1.3 for the server's name",
        expects: "a handshake whose certificate comes from the CA of --ca and holds for the name",
        slow: false,
        run: |target| Tls::connect(target).map(drop),
    },
    Case {
        name: "tls-1-3",
        spec: WIRE,
        sends: "a ClientHello that offers TLS 1.3 and 1.2",
        expects: "TLS 1.3",
        slow: false,
        run: |target| {
            let tls = Tls::connect(target)?;
            let version = tls.agreed().0;
            holds(version == Some(ProtocolVersion::TLSv1_3), || format!("{version:?} was agreed on"))
        },
    },
    Case {
        name: "alpn",
        spec: WIRE,
        sends: "a ClientHello that offers http/1.1 inside",
        expects: "http/1.1 is agreed on",
        slow: false,
        run: |target| {
            let tls = Tls::connect(target)?;
            holds(tls.agreed().1 == Some(b"http/1.1"), || "http/1.1 was not agreed on".to_owned())
        },
    },
    Case {
        name: "other-name",
        spec: IDEA,
        sends: "a ClientHello for another.example",
        expects: "a certificate that a client which calls another.example refuses",
        slow: false,
        run: other_name,
    },
    Case {
        name: "tls-1-0",
        spec: WIRE,
        sends: "a ClientHello of TLS 1.0, which offers nothing newer",
        expects: "an alert or the end, and no ServerHello",
        slow: false,
        run: old_version,
    },
    Case {
        name: "plain-http",
        spec: CODE,
        sends: "a request of HTTP without TLS",
        expects: "no page: an answer that is not 200, an alert, or the end",
        slow: false,
        run: |target| no_page(target, b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"),
    },
    Case {
        name: "no-tls-at-all",
        spec: CODE,
        sends: "64 bytes that are no record of TLS",
        expects: "no page: an alert or the end, and the next visitor is served",
        slow: false,
        run: |target| no_page(target, &[0xff; 64]),
    },
    Case {
        name: "record-changed",
        spec: "book/src/attacks.md",
        sends: "after the handshake, a record of 48 bytes that nobody sealed",
        expects: "the end, and no page",
        slow: false,
        run: record_changed,
    },
    Case {
        name: "record-too-long",
        spec: WIRE,
        sends: "the head of a record with 65,535 bytes",
        expects: "an alert or the end: 16,640 is the most",
        slow: false,
        run: |target| no_page(target, &[22, 3, 1, 0xff, 0xff, 1, 0, 0, 1, 0]),
    },
    Case {
        name: "many-visitors",
        spec: "book/src/stage-3.md#the-idea",
        sends: "a request of each of twenty visitors that stay connected, beside three that say nothing",
        expects: "each is answered",
        slow: false,
        run: many,
    },
    Case {
        name: "handshake-silence",
        spec: WIRE,
        sends: "nothing",
        expects: "the end after 10 s",
        slow: true,
        run: |target| target.wire()?.rest(Duration::from_secs(10) + target.patience).map(drop),
    },
];

fn other_name(target: &Target) -> Outcome {
    Tls::connect(target)?;
    match Tls::connect_to(target, "another.example") {
        Ok(_) => Err(Wrong::failed("the certificate holds for another.example, too")),
        Err(skipped @ Wrong::Skipped(_)) => Err(skipped),
        Err(_) => Ok(()),
    }
}

/// A ClientHello as a program of 1999 would send it: version 3.1, two suites with RSA key transport, no extensions.
fn old_version(target: &Target) -> Outcome {
    let body = [&[3, 1][..], &[7; 32], &[0], &[0, 4, 0, 0x2f, 0, 0x35], &[1, 0]].concat();
    let message = [&[1, 0, 0, body.len() as u8][..], &body].concat();
    let record = [&[22, 3, 1, 0, message.len() as u8][..], &message].concat();
    let mut wire = target.wire()?;
    wire.push(&record);
    let found = wire.rest(target.patience)?;
    holds(found.first() != Some(&22), || "the server goes on with TLS 1.0".to_owned())?;
    serves(target)
}

fn no_page(target: &Target, bytes: &[u8]) -> Outcome {
    let mut wire = target.wire()?;
    wire.push(bytes);
    wire.finish();
    let found = wire.rest(target.patience)?;
    let page = found.starts_with(b"HTTP/1.1 2") || found.starts_with(b"HTTP/1.0 2");
    if page {
        return Err(Wrong::Failed {
            what: "a page came without TLS".into(),
            expected: None,
            found: Some(found),
        });
    }
    serves(target)
}

fn record_changed(target: &Target) -> Outcome {
    let mut tls = Tls::connect(target)?;
    tls.wire.push(&[&[23, 3, 3, 0, 48][..], &[9; 48]].concat());
    match tls.answer(false) {
        Ok(answer) => Err(Wrong::failed(format!("it was answered with {}", answer.status))),
        Err(_) => serves(target),
    }
}

/// A visitor who plays by the rules is answered.
pub(super) fn serves(target: &Target) -> Outcome {
    let asked = Tls::connect(target).and_then(|mut tls| tls.ask("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    asked.map(drop).map_err(|wrong| wrong.when("afterwards a good visitor was not served"))
}

fn many(target: &Target) -> Outcome {
    let silent = (0..3).map(|_| target.wire()).collect::<Outcome<Vec<_>>>()?;
    let mut visitors = Vec::new();
    for number in 0..20 {
        let tls =
            Tls::connect(target).map_err(|wrong| wrong.when(&format!("visitor {} of 20", number + 1)))?;
        visitors.push(tls);
    }
    for tls in &mut visitors {
        let answer = tls.ask("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")?;
        holds(answer.status == 200, || format!("one of twenty visitors got {}", answer.status))?;
    }
    drop(silent);
    Ok(())
}
