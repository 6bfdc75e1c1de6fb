//! The tester of `http-request`: good heads, heads that are too large, and heads that two servers would read
//! in two ways.

mod exercise;

use exercise::{Body, Head, MAX_FIELDS, MAX_HEAD, Refused, read_head};
use kit::{fail, same, same_text};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

fn read(bytes: &[u8]) -> (Head, usize) {
    match read_head(bytes) {
        Ok(Some(found)) => found,
        Ok(None) => fail(format!("a whole head is waited for: {}", shown(bytes))),
        Err(Refused(status)) => fail(format!("a good head is refused with {status}: {}", shown(bytes))),
    }
}

/// The head with a `Host` and these other lines.
fn with(lines: &str) -> Vec<u8> {
    format!("POST / HTTP/1.1\r\nHost: x\r\n{lines}\r\n\r\n").into_bytes()
}

fn refused(bytes: &[u8], status: u16, why: &str) {
    match read_head(bytes) {
        Err(Refused(found)) if found == status => {}
        Err(Refused(found)) => fail(format!("{why}: expected {status}, found {found}\n{}", shown(bytes))),
        Ok(Some((head, _))) => {
            fail(format!("accepted, although {why}: {}\nthe body: {:?}", shown(bytes), head.body))
        }
        Ok(None) => fail(format!("waited for, although {why}: {}", shown(bytes))),
    }
}

/// The bytes with `\r\n` and the like visible.
fn shown(bytes: &[u8]) -> String {
    let text = bytes.escape_ascii().to_string();
    if bytes.len() > 200 && bytes.iter().all(|byte| *byte == bytes[0]) {
        let one = bytes[..1].escape_ascii();
        return format!("a head of {} bytes \"{one}\" with no end", bytes.len());
    }
    if text.len() > 200 { format!("{}… ({} bytes)", &text[..80], bytes.len()) } else { text }
}

pub fn main() {
    kit::run(|tester| {
        let mut random = StdRng::seed_from_u64(8);
        tester.step("a request without a body", || {
            let bytes = b"GET /echo?text=a%20b HTTP/1.1\r\nHost: chat.example\r\nX-Note:\t two words \r\nEmpty:\r\n\r\nmore";
            let (head, length) = read(bytes);
            same_text("GET", &head.method);
            same_text("/echo?text=a%20b", &head.target);
            let fields = [("host", "chat.example"), ("x-note", "two words"), ("empty", "")];
            same(&fields.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec(), &head.fields);
            same(&Body::Length(0), &head.body);
            same(&(bytes.len() - 4), &length);
            same_text("M-SEARCH", &read(b"M-SEARCH * HTTP/1.1\r\nHost: x\r\n\r\n").0.method);
        });
        tester.step("requests with a body", || {
            let number = random.random::<u64>();
            same(&Body::Length(number), &read(&with(&format!("Content-Length: {number}"))).0.body);
            same(&Body::Length(u64::MAX), &read(&with(&format!("CONTENT-LENGTH:{}", u64::MAX))).0.body);
            same(&Body::Length(7), &read(&with("Content-Length: 007")).0.body);
            same(&Body::Chunked, &read(&with("Transfer-Encoding: Chunked")).0.body);
        });
        tester.step("a head that is not there as a whole", || {
            let bytes = with("Content-Length: 3");
            (0..bytes.len()).for_each(|length| same(&Ok(None), &read_head(&bytes[..length])));
        });
        tester.step("limits: bytes and fields", || {
            let empty = with("A: ").len();
            let filled = |more: usize| with(&format!("A: {}", "a".repeat(more)));
            same(&MAX_HEAD, &read(&filled(MAX_HEAD - empty)).1);
            refused(&filled(MAX_HEAD - empty + 1), 431, "the head is one byte too long");
            same(&Ok(None), &read_head(&[b'a'; MAX_HEAD - 1]));
            refused(&[b'a'; MAX_HEAD], 431, "it is too long");
            let short = with("Content-Length: 20000");
            same(&short.len(), &read(&[&short[..], &[b'x'; 20_000]].concat()).1);
            let fields = |count: usize| with(&vec!["a: b"; count - 1].join("\r\n"));
            same(&MAX_FIELDS, &read(&fields(MAX_FIELDS)).0.fields.len());
            refused(&fields(MAX_FIELDS + 1), 431, "there is one field too many");
        });
        tester.step("first lines that are none", || {
            for line in [
                "",
                "GET",
                "GET /",
                "GET  HTTP/1.1",
                "GET  / HTTP/1.1",
                "GET /a b HTTP/1.1",
                " GET / HTTP/1.1",
                "GET / HTTP/1.1 ",
                "G(T / HTTP/1.1",
            ] {
                refused(format!("{line}\r\nHost: x\r\n\r\n").as_bytes(), 400, "the first line is wrong");
            }
            refused(b"GET /\ta HTTP/1.1\r\nHost: x\r\n\r\n", 400, "there is a tab in the target");
            for version in ["HTTP/1.0", "HTTP/2.0", "http/1.1"] {
                refused(
                    format!("GET / {version}\r\nHost: x\r\n\r\n").as_bytes(),
                    505,
                    "the version is another one",
                );
            }
        });
        tester.step("none or several hosts", || {
            refused(b"GET / HTTP/1.1\r\nAccept: */*\r\n\r\n", 400, "there is no Host");
            refused(b"GET / HTTP/1.1\r\n\r\n", 400, "there is no Host");
            refused(&with("HOST: y"), 400, "there are two Hosts");
        });
        tester.step("lines and fields that can be read in two ways", || {
            refused(&with("Content-Length : 5"), 400, "a space stands before the colon");
            refused(&with("Content-Length\t: 5"), 400, "a tab stands before the colon");
            refused(&with("A: b\r\n Content-Length: 5"), 400, "a line begins with a space");
            refused(&with(": 5"), 400, "a name is empty");
            refused(&with("Content-Length"), 400, "a line has no colon");
            refused(&with("A: b\nContent-Length: 5"), 400, "a line ends with \\n alone");
            refused(&with("A: b\rContent-Length: 5"), 400, "a \\r stands alone");
            refused(&with("A: b\0"), 400, "a value has a zero byte");
            refused(&with("Content-L\u{e4}nge: 5"), 400, "a name is not ASCII");
            refused(&[&with("A: ")[..29], b"\xff\r\n\r\n"].concat(), 400, "a byte is no ASCII");
        });
        tester.step("bodies whose length is said twice", || {
            let two = "Content-Length: 5\r\nTransfer-Encoding: chunked";
            refused(&with(two), 400, "a length is given, and chunks are announced");
            refused(&with("Transfer-Encoding: chunked\r\nContent-Length: 5"), 400, "it is said in two ways");
            refused(&with("Content-Length: 5\r\nContent-Length: 6"), 400, "there are two lengths");
            refused(&with("Content-Length: 5\r\ncontent-length: 5"), 400, "the length comes twice");
            refused(&with("Content-Length: 5, 5"), 400, "the length is a list");
            refused(
                &with("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity"),
                400,
                "there are two encodings",
            );
        });
        tester.step("lengths and encodings that others might understand", || {
            for length in ["", "+5", "-5", "5 5", "0x5", "5;", "18446744073709551616", "1e3"] {
                refused(&with(&format!("Content-Length: {length}")), 400, "this is no length");
            }
            for encoding in [
                "",
                "identity",
                "gzip, chunked",
                "chunked, chunked",
                "xchunked",
                "\"chunked\"",
                "chunked;a=b",
            ] {
                refused(&with(&format!("Transfer-Encoding: {encoding}")), 400, "this encoding is not known");
            }
        });
        tester.step("50,000 heads with wrong bytes: whatever comes, no panic", || {
            let good = with("Content-Length: 5\r\nA: b");
            for _ in 0..50_000 {
                let mut bytes = good.clone();
                for _ in 0..random.random_range(1..4) {
                    let at = random.random_range(0..bytes.len());
                    bytes[at] = random.random();
                }
                let _ = read_head(&bytes); // that it returns is what counts
            }
        });
    });
}
