//! The tester of `https-client`: the student's client and real servers of stage 8; then servers that are not
//! what they should be.

mod exercise;
#[path = "../site.rs"]
mod site;

use exercise::get;
use kit::{fail, flag, holds, network_error, same, same_bytes, within};
use site::{answer_once, run, server};
use std::error::Error;
use std::net::TcpListener;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

/// What the student's client says of an error.
fn said(error: &(dyn Error + 'static)) -> String {
    network_error(error, Duration::from_secs(3))
}

pub fn main() {
    kit::run(|tester| {
        let (config, ca) = server("localhost", 2);
        let address = run(Arc::clone(&config));
        let page = |target: &str| {
            get(address, "localhost", ca.clone(), target)
                .unwrap_or_else(|error| fail(format!("GET {target}: {}", said(&*error))))
        };
        let refused = |result: Result<Vec<u8>, _>, why: &str| match result {
            Ok(body) => fail(format!("{why}, and your client returns {} bytes as the page", body.len())),
            Err(error) => drop::<Box<dyn Error>>(error),
        };
        let answer_of = |answer: Vec<u8>| {
            let (address, _) = answer_once(Arc::clone(&config), answer, true);
            get(address, "localhost", ca.clone(), "/")
        };
        tester.step("a short page", || same_bytes(b"HELLO", page("/echo?text=hello")));
        tester.step("the home page, which says what protects the connection", || {
            let page = String::from_utf8_lossy(&page("/")).into_owned();
            holds(page.starts_with("<!DOCTYPE html>"), format!("the page begins with {:.40}", page));
            holds(page.contains("TLS 1.3"), "the server does not see TLS 1.3");
        });
        tester.step("a text for you alone, and nothing at all", || {
            let flag = flag("https-client");
            same_bytes(flag.to_uppercase(), page(&format!("/echo?text={flag}")));
            same_bytes(b"", page("/echo?text="));
        });
        tester.step("a page of a million bytes", || same(&1_000_000, &page("/large?bytes=1000000").len()));
        // It begins here, and waits while the other steps go on.
        let silent = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let (silent_address, its_ca) = (silent.local_addr().expect("it listens"), ca.clone());
        let waiting = thread::spawn(move || get(silent_address, "localhost", its_ca, "/").is_err());

        tester.step("a page that is not there is an error", || {
            refused(get(address, "localhost", ca.clone(), "/nothing"), "the status is 404");
        });
        tester.step("every other status is an error", || {
            for status in ["204 No Content", "206 Partial Content", "404 Not 200 Here", "500 HTTP/1.1 200 OK"]
            {
                let answer =
                    format!("HTTP/1.1 {status}\r\nContent-Length: 200\r\n\r\n{}", " 200 ".repeat(40));
                refused(answer_of(answer.into()), &format!("the status is {status}"));
            }
        });
        tester.step("a page with empty lines in it, and one that is not UTF-8", || {
            for body in [&b"one\r\n\r\ntwo\r\n\r\n"[..], b"\xff\xfe\x00caf\xe9"] {
                match answer_of([b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", body].concat()) {
                    Ok(found) => same_bytes(body, found),
                    Err(error) => fail(format!("a good page is refused: {}", said(&*error))),
                }
            }
        });
        tester.step("a server with another name, called by that name", || {
            let (config, ca) = server("chat.example", 2);
            match get(run(config), "chat.example", ca, "/echo?text=chat") {
                Ok(body) => same_bytes(b"CHAT", body),
                Err(error) => fail(format!("chat.example was called, and is refused: {}", said(&*error))),
            }
        });
        tester.step("a server of another CA is refused", || {
            let (config, _) = server("localhost", 6);
            refused(get(run(config), "localhost", ca.clone(), "/"), "the server's CA is another one");
        });
        tester.step("a server with another name is refused", || {
            let why = "you were told to call chat.example, and your client accepted a server that has proved \
                       to be localhost";
            let result = get(address, "chat.example", ca.clone(), "/");
            holds(result.is_err(), why);
            let (config, ca) = server("bank.example", 7);
            let why = "the certificate is for bank.example, and localhost was called";
            refused(get(run(config), "localhost", ca, "/"), why);
        });
        tester.step("a page that was cut off is refused", || {
            let whole = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\ntransfer 5,000";
            let (address, _) = answer_once(Arc::clone(&config), whole, true);
            match get(address, "localhost", ca.clone(), "/") {
                Ok(body) => same_bytes(b"transfer 5,000", body),
                Err(error) => fail(format!(
                    "a page that ends with close_notify is good, and is refused: {}",
                    said(&*error)
                )),
            }
            let (address, _) = answer_once(Arc::clone(&config), whole, false);
            refused(get(address, "localhost", ca.clone(), "/"), "the connection ended without close_notify");
            let (address, _) = answer_once(Arc::clone(&config), "HTTP/1.1 200 OK\r\nConnection", true);
            refused(get(address, "localhost", ca.clone(), "/"), "the answer ended inside its head");
        });
        tester.step("a server that says nothing is an error", || {
            let otherwise = "the server says nothing, and your client still waits for it";
            match within(Duration::from_secs(4), otherwise, move || waiting.join()) {
                Ok(refused) => holds(refused, "the server says nothing, and your client has a page"),
                Err(panic) => resume_unwind(panic),
            }
            drop(silent);
        });
    });
}
