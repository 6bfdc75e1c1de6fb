//! The tester of `trusting-client`: stage 8's real server, a client that verifies nothing, and one that
//! verifies. The student sits in between.

mod exercise;
mod lax;
#[path = "../site.rs"]
mod site;

use exercise::stand_between;
use kit::{fail, flag, holds, network_error, same_text};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use site::{answer_once, run, server};
use std::error::Error;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, SystemTime};

const PATIENCE: Duration = Duration::from_secs(4);

/// A client asks the server to say this text in capital letters; what becomes of it, comes later.
fn victim(config: Arc<ClientConfig>, server: SocketAddr, text: String) -> Receiver<Result<String, String>> {
    let (tell, told) = channel();
    thread::spawn(move || {
        let result = ask(config, server, &text).map_err(|error| network_error(&*error, PATIENCE));
        let _ = tell.send(result); // the tester may have gone on
    });
    told
}

fn ask(config: Arc<ClientConfig>, server: SocketAddr, text: &str) -> Result<String, Box<dyn Error>> {
    let socket = TcpStream::connect_timeout(&server, PATIENCE)?;
    socket.set_read_timeout(Some(PATIENCE))?;
    let mut stream = StreamOwned::new(ClientConnection::new(config, "localhost".try_into()?)?, socket);
    let request = format!("GET /echo?text={text} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer.split_once("\r\n\r\n").ok_or("there is no end of the head")?.1.to_owned())
}

/// One attack on a client with this configuration: what the attacker has read, what the client has got.
fn attack(
    config: Arc<ClientConfig>,
    server: SocketAddr,
    text: &str,
) -> (Result<String, String>, Result<String, String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("it listens");
    let told = victim(config, address, text.to_owned());
    let read = stand_between(&listener, server);
    let read = read
        .map(|request| String::from_utf8_lossy(&request).into_owned())
        .map_err(|error| network_error(&*error, Duration::from_secs(3)));
    drop(listener);
    let got = told.recv_timeout(2 * PATIENCE);
    (read, got.unwrap_or_else(|_| fail("the client still waits for its answer")))
}

/// An attack that must succeed without being noticed.
fn succeeds(server: SocketAddr, text: &str) -> String {
    let (read, got) = attack(lax::accept_everything(), server, text);
    match read {
        Ok(request) => {
            let line = request.lines().next().unwrap_or_default();
            same_text(&format!("GET /echo?text={text} HTTP/1.1"), line);
        }
        Err(error) => fail(format!("your attack gives up: {error}")),
    }
    match got {
        Ok(body) => body,
        Err(error) => fail(format!("the client has noticed something: {error}")),
    }
}

pub fn main() {
    kit::run(|tester| {
        let (config, ca) = server("localhost", 2);
        let server = run(Arc::clone(&config));
        let echoed = |text: &str| same_text(&text.to_uppercase(), &succeeds(server, text));
        tester.step("a request is read, and its answer comes to the client", || echoed("hello"));
        tester.step("the next client sends the flag", || echoed(&flag("trusting-client")));
        tester.step("an answer that only the server knows", || {
            let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
            let mut random = StdRng::seed_from_u64(now.as_nanos() as u64);
            let page = format!("page {:016x}", random.random::<u64>());
            let answer = format!("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{page}");
            let (address, asked) = answer_once(config, answer, true);
            let got = succeeds(address, "hello");
            holds(asked.try_recv().is_ok(), "the client got an answer, but the real server has seen nobody");
            same_text(&page, &got);
        });
        tester.step("a client that verifies says nothing to you", || {
            let mut roots = RootCertStore::empty();
            roots.add(ca.clone()).expect("it is a CA");
            let config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
            let (read, got) = attack(Arc::new(config), server, "nobody-reads-this");
            holds(read.is_err(), format!("you return a request that nobody has sent: {read:?}"));
            holds(got.is_err(), format!("the client has got an answer: {got:?}"));
        });
    });
}
