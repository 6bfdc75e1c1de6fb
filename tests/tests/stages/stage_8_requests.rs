//! Requests to stage 8's server: good, bad, and no TLS at all.

use acceptance::{Site, connect, read_to_end};
use https::{Presented, client_config, roots};
use rustls::{ClientConnection, StreamOwned};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;

/// A TLS connection of a test that says what it likes inside.
fn tls(site: &Site) -> StreamOwned<ClientConnection, TcpStream> {
    let roots = roots(Some(Path::new(&site.file("ca.pem")))).unwrap();
    let config = client_config(roots, None, None, &Presented::default()).unwrap();
    let connection = ClientConnection::new(config, "localhost".try_into().unwrap()).unwrap();
    StreamOwned::new(connection, connect(site.address()))
}

/// What comes back until the server closes.
fn converse(site: &Site, request: &[u8]) -> String {
    let mut stream = tls(site);
    // A server that refuses a request does not read the rest of it.
    let _ = stream.write_all(request);
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("the server says goodbye in TLS");
    String::from_utf8(answer).unwrap()
}

#[test]
fn bad_requests_are_answered_with_their_status_and_the_server_goes_on() {
    let mut site = Site::new();
    let fields = "X: y\r\n".repeat(101);
    let long = "a".repeat(20_000);
    for (status, request) in [
        ("400 Bad Request", "hello\r\n\r\n".to_owned()),
        ("400 Bad Request", "GET / HTTP/1.1\r\n\r\n".into()),
        (
            "400 Bad Request",
            "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n".into(),
        ),
        (
            "400 Bad Request",
            "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n".into(),
        ),
        (
            "413 Content Too Large",
            "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n".into(),
        ),
        ("431 Request Header Fields Too Large", format!("GET /{long} HTTP/1.1\r\nHost: x\r\n\r\n")),
        ("431 Request Header Fields Too Large", format!("GET / HTTP/1.1\r\nHost: x\r\nX: {long}")),
        ("431 Request Header Fields Too Large", format!("GET / HTTP/1.1\r\nHost: x\r\n{fields}\r\n")),
        ("505 HTTP Version Not Supported", "GET / HTTP/2.0\r\nHost: x\r\n\r\n".into()),
        ("505 HTTP Version Not Supported", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".into()),
    ] {
        let answer = converse(&site, request.as_bytes());
        let shown = &request[..request.len().min(60)];
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}\r\n")), "{shown:?}: {answer}");
        assert!(answer.contains("\r\nConnection: close\r\n"), "{answer}");
        site.logs(" refused: ");
    }
    for (status, request) in [
        ("404 Not Found", "GET /nothing HTTP/1.1"),
        ("404 Not Found", "GET /../../etc/passwd HTTP/1.1"),
        ("405 Method Not Allowed", "DELETE / HTTP/1.1"),
        ("405 Method Not Allowed", "POST /large?bytes=1 HTTP/1.1"),
        ("400 Bad Request", "GET /echo?text=%zz HTTP/1.1"),
        ("400 Bad Request", "GET /large?bytes=1073741825 HTTP/1.1"),
        ("400 Bad Request", "GET /large?bytes=-1 HTTP/1.1"),
        ("200 OK", "GET https://localhost/echo?text=a HTTP/1.1"),
        ("200 OK", "GET / HTTP/1.1"),
    ] {
        let answer = converse(&site, format!("{request}\r\nHost: x\r\nConnection: close\r\n\r\n").as_bytes());
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}\r\n")), "{request}: {answer}");
    }
    // A line of 10,000 bytes is long, but allowed.
    let line =
        format!("GET /echo?text={} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "a".repeat(10_000));
    assert!(converse(&site, line.as_bytes()).ends_with(&"A".repeat(10_000)));
}

#[test]
fn many_requests_at_once_are_answered_in_order_on_one_connection() {
    let site = Site::new();
    let count = 200;
    let mut requests: String =
        (0..count).map(|n| format!("GET /echo?text=number+{n}. HTTP/1.1\r\nHost: x\r\n\r\n")).collect();
    requests
        .push_str("HEAD /large?bytes=1000000000 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\nGET / never");
    let answer = converse(&site, requests.as_bytes());
    let mut rest = answer.as_str();
    for n in 0..count {
        let wanted = format!("\r\n\r\nNUMBER {n}.");
        rest = rest.split_once(&wanted).unwrap_or_else(|| panic!("no answer to request {n}")).1;
    }
    assert!(rest.contains("Content-Length: 1000000000\r\n"), "{rest}");
    assert!(rest.ends_with("\r\n\r\n"), "HEAD has no body, and nothing is served after a close");
}

#[test]
fn bytes_that_are_no_tls_end_their_connection_and_no_other() {
    let mut site = Site::new();
    // These are left open: a head that never ends, and half a ClientHello.
    let mut slow = tls(&site);
    slow.write_all(b"GET / HTTP/1.1\r\nHost: ").unwrap();
    let hello = half_a_client_hello(&site);
    let mut half = connect(site.address());
    half.write_all(&hello[..hello.len() / 2]).unwrap();
    let _silent = connect(site.address());

    let mut long = vec![b'x'; 10_000];
    long.push(b'\n');
    let mut huge = vec![22, 3, 1, 0xff, 0xff];
    huge.extend(vec![0; 70_000]);
    for garbage in [
        &b"garbage\n"[..],
        &long,
        &huge,
        &[0; 100],
        &[22, 3, 1, 0, 4, 1, 0xff, 0xff, 0xff],
        b"\x16\x03\x01\0\0",
    ] {
        let mut stream = connect(site.address());
        let _ = stream.write_all(garbage);
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let answer = read_to_end(&mut stream);
        assert!(answer.is_empty() || answer[0] == 21, "nothing, or an alert: {answer:?}");
    }
    site.logs("refused: what it sends is not TLS");

    let mut plain = connect(site.address());
    plain.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    let answer = String::from_utf8(read_to_end(&mut plain)).unwrap();
    assert!(answer.starts_with("HTTP/1.1 400 ") && answer.contains("https://"), "{answer}");
    site.logs("speaks HTTP without TLS");

    assert!(site.get("/", &[]).status.success());
    drop(half);
    slow.write_all(b"x\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    slow.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "the slow one was only slow: {answer}");
}

fn half_a_client_hello(site: &Site) -> Vec<u8> {
    let mut stream = tls(site);
    let mut hello = Vec::new();
    stream.conn.write_tls(&mut hello).unwrap();
    hello
}
