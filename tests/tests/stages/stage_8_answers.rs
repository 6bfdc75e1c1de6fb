//! Servers that lie to stage 8's client, and what it makes of their answers.

use acceptance::{Site, deserted, get, listen, run, url, why};
use https::{Identity, server_config};
use rustls::{ServerConnection, StreamOwned};
use std::fs;
use std::io::{Read, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

/// A server that says these bytes inside TLS, whatever it is asked, and then says goodbye or does not.
fn liar(site: &Site, answer: &[u8], goodbye: bool) -> SocketAddr {
    let identity =
        Identity::read(Path::new(&site.file("server.pem")), Path::new(&site.file("server.key"))).unwrap();
    let config = server_config(identity, None, None).unwrap();
    let (listener, address) = listen();
    let answer = answer.to_vec();
    std::thread::spawn(move || {
        let stream = listener.accept().unwrap().0;
        let mut stream = StreamOwned::new(ServerConnection::new(Arc::clone(&config)).unwrap(), stream);
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            request.extend(byte);
        }
        // A client that has heard enough closes, and the rest has nowhere to go.
        let _ = stream.write_all(&answer);
        if goodbye {
            stream.conn.send_close_notify();
        }
        let _ = stream.flush();
        let _ = stream.sock.shutdown(std::net::Shutdown::Write);
        let _ = std::io::copy(&mut stream.sock, &mut std::io::sink());
    });
    address
}

#[test]
fn servers_that_lie_about_the_body_are_told_apart_from_those_that_do_not() {
    let site = Site::new();
    let endless =
        [&b"HTTP/1.1 200 OK\r\n"[..], &b"X: yyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n".repeat(5000)].concat();
    let interim = b"HTTP/1.1 103 Early Hints\r\n\r\n".repeat(20);
    // What is sent, whether it says goodbye, what is printed, and why it failed (nothing: it did not).
    let cases: [(&[u8], bool, &str, &str); 22] = [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", true, "hello", ""),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", false, "hello", ""),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", true, "", ""),
        (b"HTTP/1.1 200 OK\r\n\r\nhello", true, "hello", ""),
        (b"HTTP/1.0 200 OK\r\n\r\n", true, "", ""),
        (b"HTTP/1.1 204 No Content\r\n\r\n", true, "", ""),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", true, "ok", ""),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x\r\nlo\r\n0\r\n\r\n",
            true,
            "hello",
            "",
        ),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello",
            true,
            "hello",
            "closed in the middle: 5 of 9 bytes",
        ),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello",
            false,
            "hello",
            "closed in the middle: 5 of 9 bytes",
        ),
        (b"HTTP/1.1 200 OK\r\n\r\nhello", false, "hello", "without a goodbye (close_notify)"),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n",
            true,
            "hel",
            "the last chunk did not",
        ),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhel\r\n",
            true,
            "",
            "in place of its size",
        ),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhello\r\n",
            true,
            "hel",
            "longer than its size",
        ),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", true, "", "only chunked is understood"),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
            true,
            "",
            "contradict",
        ),
        (b"HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\nhello", true, "", "no length"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n", true, "", "closed before its answer was complete"),
        (b"SSH-2.0-OpenSSH\r\n\r\n", true, "", "no HTTP/1.1"),
        (b"", true, "", "closed before its answer was complete"),
        (&endless, true, "", "the answer has more than 200 fields"),
        (&interim, true, "", "interim answers"),
    ];
    for (answer, goodbye, printed, part) in cases {
        let ended = get(&url(liar(&site, answer, goodbye), "/"), &site.file("ca.pem"), &[]);
        let shown = String::from_utf8_lossy(&answer[..answer.len().min(90)]);
        assert_eq!(ended.output.trim_end(), printed, "{shown}: {}", ended.errors);
        assert_eq!(ended.status.success(), part.is_empty(), "{shown}: {}", ended.errors);
        assert!(part.is_empty() || why(&ended).contains(part), "{shown}: {}", ended.errors);
    }
}

#[test]
fn other_answers_than_200_are_shown_and_told() {
    let site = Site::new();
    for (answer, printed, part) in [
        (
            "HTTP/1.1 302 Found\r\nLocation: https://other.example/\r\nContent-Length: 4\r\n\r\nmoved",
            "move",
            "has moved (302 Found) to \"https://other.example/\"; redirects are not followed",
        ),
        (
            "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnope",
            "nope",
            "the server answers 404 Not Found",
        ),
        ("HTTP/1.1 500 \r\n\r\nsorry", "sorry", "the server answers 500"),
        ("HTTP/1.1 301 \x1b[2J\r\nLocation: \x1b[2J\r\n\r\n", "", "no HTTP/1.1"),
        ("HTTP/1.1 101 Switching\r\n\r\n", "", "changes the protocol"),
    ] {
        let out = site.file("page");
        for more in [&[][..], &["--out", &out]] {
            let ended = get(&url(liar(&site, answer.as_bytes(), true), "/"), &site.file("ca.pem"), more);
            assert_eq!(ended.output.trim_end(), printed, "{}", ended.errors);
            assert!(why(&ended).contains(part), "{}", ended.errors);
            assert!(!Path::new(&out).exists(), "a page that was not asked for is not saved");
        }
    }
}

#[test]
fn what_a_server_says_of_itself_does_not_fill_the_screen() {
    let site = Site::new();
    let long = "x".repeat(50_000);
    for answer in [
        format!("HTTP/1.1 404 {long}\r\nContent-Length: 0\r\n\r\n"),
        format!("HTTP/1.1 302 Found\r\nLocation: https://x/{long}\r\nContent-Length: 0\r\n\r\n"),
    ] {
        let ended = get(&url(liar(&site, answer.as_bytes(), true), "/"), &site.file("ca.pem"), &[]);
        assert!(why(&ended).contains("xxx…") && ended.errors.len() < 1000, "{} bytes", ended.errors.len());
    }
}

#[test]
fn a_file_that_is_there_is_not_touched_and_half_a_page_is_not_left_behind() {
    let site = Site::new();
    let out = site.file("page");
    fs::write(&out, "mine").unwrap();
    let ended = site.get("/", &["--out", &out]);
    assert!(why(&ended).contains("is there already, and is not overwritten"), "{}", ended.errors);
    assert_eq!(fs::read_to_string(&out).unwrap(), "mine");

    let out = site.file("half");
    let address = liar(&site, b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello", true);
    let ended = get(&url(address, "/"), &site.file("ca.pem"), &["--out", &out]);
    assert!(why(&ended).contains("closed in the middle"), "{}", ended.errors);
    assert!(!Path::new(&out).exists() && !Path::new(&format!("{out}.part")).exists());

    fs::write(format!("{out}.part"), "left over").unwrap();
    let ended = site.get("/", &["--out", &out]);
    assert!(why(&ended).contains("remove it first"), "{}", ended.errors);
    assert_eq!(fs::read_to_string(format!("{out}.part")).unwrap(), "left over");
    let ended = site.get("/", &["--out", &site.file("no/such/folder")]);
    assert!(why(&ended).contains("there is no such file"), "{}", ended.errors);
}

#[test]
fn servers_without_tls_are_recognized() {
    let site = Site::new();
    for (answer, part) in [
        (&b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"[..], "speaks plain HTTP on this port"),
        (b"<!DOCTYPE HTML>\n<html lang=\"en\">\n", "speaks plain HTTP on this port"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "is not TLS"),
        (b"", "closed without a word"),
        (&[22, 3, 3], "closed in the middle of the handshake"),
        (&[21, 3, 3, 0, 2, 2, 40], "alert handshake_failure"),
        (&[21, 3, 1, 0, 2, 2, 70], "the server speaks no version of TLS that is safe"),
        (&[21, 3, 3, 0, 2, 2, 112], "the server knows no host \"localhost\""),
    ] {
        let (listener, address) = listen();
        let answer = answer.to_vec();
        let fake = std::thread::spawn(move || {
            let mut stream = listener.accept().unwrap().0;
            let mut hello = [0; 5];
            stream.read_exact(&mut hello).unwrap();
            stream.write_all(&answer).unwrap();
            let _ = stream.shutdown(std::net::Shutdown::Write);
            let _ = std::io::copy(&mut stream, &mut std::io::sink());
        });
        let ended = get(&url(address, "/"), &site.file("ca.pem"), &[]);
        assert!(why(&ended).contains(part), "{part}: {}", ended.errors);
        fake.join().unwrap();
    }
    let (_silent, address) = listen();
    let ended =
        run("stage-8", &["get", &url(address, "/"), "--ca", &site.file("ca.pem"), "--timeout", "1"], b"");
    assert!(why(&ended).contains("stayed silent too long"), "{}", ended.errors);
    let (_kept, free) = deserted();
    assert!(why(&get(&url(free, "/"), &site.file("ca.pem"), &[])).contains("nobody listens there"));
}
