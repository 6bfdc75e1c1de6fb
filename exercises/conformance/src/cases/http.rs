//! Stage 8: the pages, and requests that are none.

use crate::case::{Case, Outcome, holds, same};
use crate::session::tls::{Answer, Tls, field};
use crate::target::Target;

const HTTP: &str = "stages/stage-8/README.md#on-the-wire";
const CODE: &str = "book/src/stage-8.md#the-code";

pub(super) const CASES: &[Case] = &[
    Case {
        name: "page",
        spec: CODE,
        sends: "GET /",
        expects: "200 with a page in HTML, as long as Content-Length says",
        slow: false,
        run: page,
    },
    Case {
        name: "echo-get",
        spec: CODE,
        sends: "GET /echo?text=stra%C3%9Fe+1",
        expects: "200 with the text in upper case: STRASSE 1",
        slow: false,
        run: |target| {
            body(target, "GET /echo?text=stra%C3%9Fe%201 HTTP/1.1\r\nHost: x\r\n\r\n", b"STRASSE 1")
        },
    },
    Case {
        name: "echo-post",
        spec: CODE,
        sends: "POST /echo with the body hello",
        expects: "200 with HELLO",
        slow: false,
        run: |target| {
            body(target, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello", b"HELLO")
        },
    },
    Case {
        name: "echo-chunks",
        spec: HTTP,
        sends: "POST /echo with the body hello in two chunks",
        expects: "200 with HELLO",
        slow: false,
        run: |target| {
            let request = "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n";
            body(target, request, b"HELLO")
        },
    },
    Case {
        name: "head",
        spec: CODE,
        sends: "HEAD /, then GET / on the same connection",
        expects: "200 without a body, then 200 with one",
        slow: false,
        run: head,
    },
    Case {
        name: "large",
        spec: CODE,
        sends: "GET /large?bytes=100000",
        expects: "200 with 100,000 bytes",
        slow: false,
        run: large,
    },
    Case {
        name: "connection-kept",
        spec: HTTP,
        sends: "three requests on one connection, each after the answer before",
        expects: "three answers",
        slow: false,
        run: kept,
    },
    Case {
        name: "requests-at-once",
        spec: HTTP,
        sends: "three requests in one write",
        expects: "three answers, in this order",
        slow: false,
        run: at_once,
    },
    Case {
        name: "request-in-pieces",
        spec: HTTP,
        sends: "a request, every byte in a record of its own",
        expects: "the answer",
        slow: false,
        run: in_pieces,
    },
    Case {
        name: "goodbye",
        spec: HTTP,
        sends: "a request with Connection: close",
        expects: "the answer, then close_notify",
        slow: false,
        run: goodbye,
    },
    Case {
        name: "no-such-page",
        spec: CODE,
        sends: "GET /nothing and GET /../../etc/passwd",
        expects: "404 for both",
        slow: false,
        run: |target| {
            status(target, "GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n", &[404])?;
            status(target, "GET /../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n", &[404])
        },
    },
    Case {
        name: "no-such-method",
        spec: CODE,
        sends: "DELETE /",
        expects: "405 with a field Allow",
        slow: false,
        run: method,
    },
    Case {
        name: "no-host",
        spec: HTTP,
        sends: "GET / of HTTP/1.1 without the field Host",
        expects: "400, and the end",
        slow: false,
        run: |target| refused(target, "GET / HTTP/1.1\r\n\r\n", &[400]),
    },
    Case {
        name: "no-request",
        spec: HTTP,
        sends: "hello in place of a request",
        expects: "400, and the end",
        slow: false,
        run: |target| refused(target, "hello\r\n\r\n", &[400]),
    },
    Case {
        name: "two-lengths",
        spec: HTTP,
        sends: "a request with two different Content-Length",
        expects: "400, and the end: nobody may guess where a request ends",
        slow: false,
        run: |target| {
            let request =
                "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab";
            refused(target, request, &[400])
        },
    },
    Case {
        name: "length-and-chunks",
        spec: HTTP,
        sends: "a request with Content-Length and Transfer-Encoding",
        expects: "400, and the end: that is how requests are smuggled",
        slow: false,
        run: |target| {
            let request = "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
            refused(target, request, &[400])
        },
    },
    Case {
        name: "body-too-long",
        spec: HTTP,
        sends: "a request that announces 99,999,999 bytes",
        expects: "413, and the end, before the bytes come",
        slow: false,
        run: |target| {
            refused(target, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n", &[413])
        },
    },
    Case {
        name: "head-too-long",
        spec: HTTP,
        sends: "a request with a field of 20,000 bytes",
        expects: "431, and the end",
        slow: false,
        run: |target| {
            let request = format!("GET / HTTP/1.1\r\nHost: x\r\nX: {}\r\n\r\n", "a".repeat(20_000));
            refused(target, &request, &[431])
        },
    },
    Case {
        name: "too-many-fields",
        spec: HTTP,
        sends: "a request with 102 fields",
        expects: "431, and the end",
        slow: false,
        run: |target| {
            let request = format!("GET / HTTP/1.1\r\nHost: x\r\n{}\r\n", "X: y\r\n".repeat(101));
            refused(target, &request, &[431])
        },
    },
    Case {
        name: "other-version",
        spec: HTTP,
        sends: "GET / HTTP/2.0",
        expects: "505, and the end",
        slow: false,
        run: |target| refused(target, "GET / HTTP/2.0\r\nHost: x\r\n\r\n", &[505]),
    },
];

const HOME: &str = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

fn has(answer: &Answer, statuses: &[u16]) -> Outcome {
    holds(statuses.contains(&answer.status), || {
        format!("{} came, {statuses:?} expected: {:?}", answer.status, answer.head.lines().next())
    })
}

fn status(target: &Target, request: &str, statuses: &[u16]) -> Outcome {
    has(&Tls::connect(target)?.ask(request)?, statuses)
}

/// The status, and the end of the connection: after a request that cannot be read there is no next one.
fn refused(target: &Target, request: &str, statuses: &[u16]) -> Outcome {
    let mut tls = Tls::connect(target)?;
    has(&tls.ask(request)?, statuses)?;
    tls.closes()?;
    super::https::serves(target)
}

fn body(target: &Target, request: &str, expected: &[u8]) -> Outcome {
    let answer = Tls::connect(target)?.ask(request)?;
    has(&answer, &[200])?;
    same("the body is another", expected, &answer.body)
}

fn page(target: &Target) -> Outcome {
    let answer = Tls::connect(target)?.ask(HOME)?;
    has(&answer, &[200])?;
    let kind = field(&answer.head, "content-type").unwrap_or_default();
    holds(kind.starts_with("text/html"), || format!("Content-Type is {kind:?}"))?;
    holds(!answer.body.is_empty(), || "the page is empty".to_owned())
}

fn head(target: &Target) -> Outcome {
    let mut tls = Tls::connect(target)?;
    has(&tls.ask("HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n")?, &[200])?;
    let answer = tls.ask(HOME).map_err(|wrong| wrong.when("GET after HEAD"))?;
    has(&answer, &[200])?;
    holds(!answer.body.is_empty(), || "GET after HEAD brought no body".to_owned())
}

fn large(target: &Target) -> Outcome {
    let answer = Tls::connect(target)?.ask("GET /large?bytes=100000 HTTP/1.1\r\nHost: x\r\n\r\n")?;
    has(&answer, &[200])?;
    holds(answer.body.len() == 100_000, || format!("{} bytes came", answer.body.len()))
}

fn kept(target: &Target) -> Outcome {
    let mut tls = Tls::connect(target)?;
    for number in 1..=3 {
        let answer = tls.ask(HOME).map_err(|wrong| wrong.when(&format!("request {number} of 3")))?;
        has(&answer, &[200])?;
    }
    Ok(())
}

fn at_once(target: &Target) -> Outcome {
    let mut tls = Tls::connect(target)?;
    let request = |text: &str| format!("GET /echo?text={text} HTTP/1.1\r\nHost: x\r\n\r\n");
    tls.say([request("1"), request("22"), request("333")].concat().as_bytes());
    for text in ["1", "22", "333"] {
        let answer = tls.answer(false)?;
        has(&answer, &[200])?;
        same("another answer came first", text.as_bytes(), &answer.body)?;
    }
    Ok(())
}

fn in_pieces(target: &Target) -> Outcome {
    let mut tls = Tls::connect(target)?;
    for byte in HOME.bytes() {
        tls.say(&[byte]);
    }
    has(&tls.answer(false)?, &[200])
}

fn goodbye(target: &Target) -> Outcome {
    let mut tls = Tls::connect(target)?;
    has(&tls.ask("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?, &[200])?;
    tls.closes()
}

fn method(target: &Target) -> Outcome {
    let answer = Tls::connect(target)?.ask("DELETE / HTTP/1.1\r\nHost: x\r\n\r\n")?;
    has(&answer, &[405])?;
    holds(field(&answer.head, "allow").is_some(), || "the field Allow is missing".to_owned())
}
