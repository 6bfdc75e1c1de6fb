//! The tester of `key-log`: connections between rustls and stage 8's handler, recorded in memory.

mod exercise;
#[path = "../site.rs"]
mod site;

use echo::lab::{Direction, Recording, hex};
use exercise::said;
use https::HttpsHandler;
use kit::{fail, flag, holds, same, same_text};
use rustls::{ClientConfig, ClientConnection, KeyLog, RootCertStore, ServerConfig};
use socketserver::RequestHandler;
use std::io::Write;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Instant;

/// A key log in memory.
#[derive(Debug, Default)]
struct Lines(Mutex<String>);

impl KeyLog for Lines {
    fn log(&self, label: &str, client_random: &[u8], secret: &[u8]) {
        if let Ok(mut lines) = self.0.lock() {
            lines.push_str(&format!("{label} {} {}\n", hex(client_random), hex(secret)));
        }
    }
}

/// A server and those who trust its CA.
struct World {
    server: Arc<ServerConfig>,
    roots: Arc<RootCertStore>,
}

impl World {
    fn new() -> Self {
        let (server, ca) = site::server("localhost", 2);
        let mut roots = RootCertStore::empty();
        roots.add(ca).expect("it is a CA");
        Self { server, roots: Arc::new(roots) }
    }

    /// A whole connection in which these pages are asked for: what was seen on the wire, and the client's key
    /// log.
    fn record(&self, targets: &[&str]) -> (Recording, String) {
        let lines = Arc::new(Lines::default());
        let mut config =
            ClientConfig::builder().with_root_certificates(Arc::clone(&self.roots)).with_no_client_auth();
        config.key_log = Arc::clone(&lines) as _;
        let name = "localhost".try_into().expect("a name");
        let mut client = ClientConnection::new(Arc::new(config), name).expect("a connection");
        for (at, target) in targets.iter().enumerate() {
            let close = if at + 1 == targets.len() { "Connection: close\r\n" } else { "" };
            let request = format!("GET {target} HTTP/1.1\r\nHost: localhost\r\n{close}\r\n");
            client.writer().write_all(request.as_bytes()).expect("memory takes everything");
        }
        let peer = SocketAddr::from(([127, 0, 0, 1], 1));
        let mut server = HttpsHandler::new(peer, Arc::clone(&self.server)).expect("a handler");
        let mut recording = Recording::default();
        loop {
            let (mut to_server, mut to_client) = (Vec::new(), Vec::new());
            while client.wants_write() {
                client.write_tls(&mut to_server).expect("memory takes everything");
            }
            let _ = server.handle(Instant::now(), &to_server, &mut to_client); // at the end it closes
            let mut before = 0;
            while to_client.len() > before {
                before = to_client.len();
                let _ = server.refill(Instant::now(), &mut to_client);
            }
            if to_server.is_empty() && to_client.is_empty() {
                break;
            }
            let mut received = &to_client[..];
            while !received.is_empty() {
                let _ = client.read_tls(&mut received); // what is read from memory cannot fail
                let state = client.process_new_packets().unwrap_or_else(|error| fail(error.to_string()));
                let mut page = vec![0; state.plaintext_bytes_to_read()];
                let _ = std::io::Read::read_exact(&mut client.reader(), &mut page); // nobody looks at it
            }
            recording.chunks.push((Direction::ToServer, to_server));
            recording.chunks.push((Direction::ToClient, to_client));
        }
        let log = lines.0.lock().map(|lines| lines.clone()).unwrap_or_default();
        (recording, log)
    }
}

/// The beginning of what was said, as text. To have opened nothing is wrong here.
fn text(said: &[u8]) -> String {
    holds(!said.is_empty(), "nothing was opened: did the decoder see all bytes of both sides, in order?");
    let text = String::from_utf8_lossy(&said[..said.len().min(400)]).escape_debug().to_string();
    if said.len() > 400 { format!("{text}… ({} bytes)", said.len()) } else { text }
}

/// Both say the same.
fn same_words(expected: impl AsRef<[u8]>, found: &[u8]) {
    let expected = expected.as_ref();
    let (should, is) = (text(expected), text(found));
    holds(expected == found, format!("expected  {should}\nfound     {is}"));
}

/// The same bytes in chunks of this size.
fn cut(recording: &Recording, size: usize) -> Recording {
    let pieces = |(direction, bytes): &(Direction, Vec<u8>)| -> Vec<_> {
        bytes.chunks(size).map(|piece| (*direction, piece.to_vec())).collect()
    };
    Recording { chunks: recording.chunks.iter().flat_map(pieces).collect() }
}

pub fn main() {
    kit::run(|tester| {
        let world = World::new();
        let flag = flag("key-log");
        let (recording, key_log) = world.record(&[&format!("/echo?text={flag}")]);
        let (mut request, mut answer) = (Vec::new(), Vec::new());

        tester.step("what the client has said, with the flag in it", || {
            let expected =
                format!("GET /echo?text={flag} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            request = said(&recording, &key_log, Direction::ToServer);
            same_words(expected, &request);
        });
        tester.step("what the server has said", || {
            answer = said(&recording, &key_log, Direction::ToClient);
            text(&answer);
            let answer = String::from_utf8_lossy(&answer).into_owned();
            holds(answer.starts_with("HTTP/1.1 200 OK\r\n"), format!("it begins with {:.30?}", answer));
            same_text(&flag.to_uppercase(), answer.rsplit("\r\n").next().unwrap_or_default());
        });
        tester.step("a page that takes many records", || {
            let (recording, key_log) = world.record(&["/large?bytes=200000"]);
            let answer = said(&recording, &key_log, Direction::ToClient);
            let head = answer.windows(4).position(|four| four == b"\r\n\r\n");
            same(&Some(200_000), &head.map(|head| answer.len() - head - 4));
        });
        tester.step("two requests in one connection", || {
            let (recording, key_log) = world.record(&["/echo?text=one", "/echo?text=two"]);
            let answer =
                String::from_utf8_lossy(&said(&recording, &key_log, Direction::ToClient)).into_owned();
            holds(
                answer.contains("\r\n\r\nONEHTTP/1.1 200 OK"),
                "the first answer is not followed by the second",
            );
            holds(answer.ends_with("\r\n\r\nTWO"), "the second answer is missing");
        });
        tester.step("the same recording in other pieces", || {
            for size in [1, 7, 1000] {
                let pieces = cut(&recording, size);
                same_words(&request, &said(&pieces, &key_log, Direction::ToServer));
                same_words(&answer, &said(&pieces, &key_log, Direction::ToClient));
            }
        });
        tester.step(
            "with the key log of another connection nothing opens, with both logs in one file it does",
            || {
                let (_, other) = world.record(&["/"]);
                for (log, by) in [(&other[..], Direction::ToServer), ("", Direction::ToClient)] {
                    same_text("", &String::from_utf8_lossy(&said(&recording, log, by)));
                }
                same_words(
                    &request,
                    &said(&recording, &format!("# two\n{other}{key_log}"), Direction::ToServer),
                );
            },
        );
    });
}
