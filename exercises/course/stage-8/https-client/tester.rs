//! The tester of `https-client`: the student's client and real servers of stage 8; then servers that are not
//! what they should be.

mod exercise;

use certificates::rsa::PrivateKey;
use certificates::x509::{Ca, Profile};
use echo::lab::Failure;
use exercise::get;
use https::{HttpsHandler, Identity, server_config};
use kit::{fail, flag, holds, network_error, same, same_bytes, within};
use rand::SeedableRng;
use rand::rngs::StdRng;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use socketserver::{Server, ThreadingTcpServer};
use std::error::Error;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::panic::resume_unwind;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, SystemTime};

/// A server's configuration for this name, and its CA, whose key has this seed.
fn server(name: &str, seed: u64) -> (Arc<ServerConfig>, CertificateDer<'static>) {
    let (mut random, now) = (StdRng::seed_from_u64(seed), SystemTime::now());
    let key = PrivateKey::generate(2048, &mut random).expect("2048 bits are enough");
    let ca = Ca::init("uchat course CA", key.clone(), now, &mut random).expect("a CA");
    let profile = Profile::Server { names: vec![name.parse().expect("a name")] };
    let leaf = ca.certify(&key, &profile, Duration::from_secs(3600), now, &mut random).expect("a leaf");
    let der = key.to_pkcs8_der().expect("a key has a form").to_vec();
    let identity = Identity {
        chain: vec![leaf.der().to_vec().into()],
        key: PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(der)),
    };
    let config = server_config(identity, None, None).unwrap_or_else(|failure| fail(failure.to_string()));
    (config, ca.certificate().der().to_vec().into())
}

/// Stage 8's server, running.
fn run(config: Arc<ServerConfig>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("it listens");
    let server = ThreadingTcpServer::new(listener, move |peer| {
        HttpsHandler::new(peer, Arc::clone(&config)).map_err(|error| Failure::new(error.to_string()))
    });
    let server = Box::new(server.expect("it starts"));
    thread::spawn(move || server.serve_forever());
    address
}

/// A server that answers the first request with these bytes. It says goodbye in TLS, or just closes.
fn answer_once(config: Arc<ServerConfig>, answer: impl Into<Vec<u8>>, goodbye: bool) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let (address, answer) = (listener.local_addr().expect("it listens"), answer.into());
    thread::spawn(move || -> Result<(), Box<dyn Error + Send + Sync>> {
        let mut stream = StreamOwned::new(ServerConnection::new(config)?, listener.accept()?.0);
        let _ = stream.read(&mut [0; 4096])?;
        stream.write_all(&answer)?;
        if goodbye {
            stream.conn.send_close_notify();
        }
        stream.flush()?;
        stream.sock.shutdown(std::net::Shutdown::Write)?;
        let _ = stream.sock.read(&mut [0; 64])?; // until the client has left
        Ok(())
    });
    address
}

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
            let address = answer_once(Arc::clone(&config), answer, true);
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
            let address = answer_once(Arc::clone(&config), whole, true);
            match get(address, "localhost", ca.clone(), "/") {
                Ok(body) => same_bytes(b"transfer 5,000", body),
                Err(error) => fail(format!(
                    "a page that ends with close_notify is good, and is refused: {}",
                    said(&*error)
                )),
            }
            let address = answer_once(Arc::clone(&config), whole, false);
            refused(get(address, "localhost", ca.clone(), "/"), "the connection ended without close_notify");
            let address = answer_once(Arc::clone(&config), "HTTP/1.1 200 OK\r\nConnection", true);
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
