//! The server's side of a connection: TLS around HTTP, as a handler that neither waits nor touches a socket.

use crate::http::Conversation;
use crate::pages::Pages;
use crate::protection::Protection;
use crate::sentences::refused_client;
use echo::lab;
use rustls::{ServerConfig, ServerConnection};
use socketserver::{Close, Deadline, RequestHandler};
use std::borrow::Cow;
use std::io::{Read, Write};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long a handshake may take.
const HANDSHAKE_PATIENCE: Duration = Duration::from_secs(10);

/// One visitor. rustls gets the bytes that have arrived and hands out plaintext and bytes to send; it does
/// not know what a socket is, and so fits into the handler of stage 3.
#[derive(Debug)]
pub struct HttpsHandler {
    peer: SocketAddr,
    tls: ServerConnection,
    state: State,
}

#[derive(Debug)]
enum State {
    /// The handshake goes on; whether a byte has arrived.
    Handshake { begun: bool, deadline: Deadline },
    /// Requests and answers.
    Open(Box<Open>),
}

#[derive(Debug)]
struct Open {
    conversation: Conversation,
    pages: Pages,
}

impl HttpsHandler {
    /// For the visitor at `peer`.
    pub fn new(peer: SocketAddr, config: Arc<ServerConfig>) -> Result<Self, rustls::Error> {
        let mut tls = ServerConnection::new(config)?;
        tls.set_buffer_limit(None); // `out` is emptied after every piece, and pieces are small
        let reason = "gone: its TLS handshake was not done within 10 s";
        let deadline = Deadline { at: Instant::now() + HANDSHAKE_PATIENCE, reason };
        Ok(Self { peer, tls, state: State::Handshake { begun: false, deadline } })
    }

    /// Gives rustls what has arrived, and HTTP what rustls makes of it.
    // ANCHOR: receive
    fn receive(&mut self, now: Instant, mut received: &[u8], out: &mut Vec<u8>) -> Result<(), Close> {
        while !received.is_empty() {
            // Takes a part of it at a time; what is read from memory cannot fail.
            let _ = self.tls.read_tls(&mut received);
            let state = self.tls.process_new_packets().map_err(|error| self.failed(&error))?;
            if let (State::Handshake { .. }, false) = (&self.state, self.tls.is_handshaking()) {
                let protection = Protection::of(&self.tls);
                lab::log(format_args!("{} handshake done: {protection}", self.peer));
                let pages = Pages::new(self.peer, protection);
                self.state = State::Open(Box::new(Open { conversation: Conversation::new(now), pages }));
            }
            let mut plain = vec![0; state.plaintext_bytes_to_read()];
            if let State::Open(open) = &mut self.state
                && self.tls.reader().read_exact(&mut plain).is_ok()
                && !plain.is_empty()
            {
                let mut answer = Vec::new();
                let result = open.conversation.received(now, &plain, &mut open.pages, &mut answer);
                self.say(&answer, out);
                result?;
            }
            if state.peer_has_closed() {
                return Err(Close::because("left"));
            }
        }
        Ok(())
    }
    // ANCHOR_END: receive

    /// Encrypts and appends to `out`.
    fn say(&mut self, plain: &[u8], out: &mut Vec<u8>) {
        // Both write to memory, which cannot fail.
        let _ = self.tls.writer().write_all(plain);
        self.flush(out);
    }

    /// Appends what rustls wants to send: handshake messages, alerts, records.
    fn flush(&mut self, out: &mut Vec<u8>) {
        while self.tls.wants_write() && self.tls.write_tls(out).is_ok() {}
    }

    fn failed(&self, error: &rustls::Error) -> Close {
        Close::because(match self.state {
            State::Handshake { .. } => format!("refused: {}", refused_client(error)),
            State::Open(_) => format!("gone: {}", refused_client(error)),
        })
    }
}

impl RequestHandler for HttpsHandler {
    fn handle(&mut self, now: Instant, received: &[u8], out: &mut Vec<u8>) -> Result<(), Close> {
        if let State::Handshake { begun, .. } = &mut self.state
            && !std::mem::replace(begun, true)
            && is_plain_http(received)
        {
            out.extend_from_slice(PLAIN_HTTP.as_bytes());
            return Err(Close::because("refused: it speaks HTTP without TLS"));
        }
        let result = self.receive(now, received, out);
        if result.is_err() && !self.tls.is_handshaking() {
            self.tls.send_close_notify();
        }
        self.flush(out); // also when it has failed: the alert says so to the other side
        result
    }

    fn refill(&mut self, now: Instant, out: &mut Vec<u8>) -> Result<(), Close> {
        let State::Open(open) = &mut self.state else { return Ok(()) };
        let mut answer = Vec::new();
        let result = open.conversation.refill(now, &mut open.pages, &mut answer);
        self.say(&answer, out);
        if result.is_err() {
            self.tls.send_close_notify();
            self.flush(out);
        }
        result
    }

    fn left(&mut self) -> Cow<'static, str> {
        match &self.state {
            State::Handshake { begun: false, .. } => "left without a word".into(),
            State::Handshake { begun: true, .. } => "left in the middle of the handshake".into(),
            State::Open(_) => "left without a goodbye in TLS (close_notify)".into(),
        }
    }

    fn deadline(&self) -> Option<Deadline> {
        match &self.state {
            State::Handshake { deadline, .. } => Some(*deadline),
            State::Open(open) => open.conversation.deadline(),
        }
    }
}

/// Whether a client that should speak TLS speaks HTTP. A record of TLS begins with a byte that is no letter.
fn is_plain_http(received: &[u8]) -> bool {
    let methods = ["GET ", "HEAD ", "POST ", "PUT ", "OPTIONS ", "DELETE ", "CONNECT ", "PATCH ", "TRACE "];
    methods.iter().any(|method| received.starts_with(method.as_bytes()))
}

/// The answer in clear to a request in clear: it tells a person what to do, and serves nothing.
const PLAIN_HTTP: &str = "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: 61\r\n\
                          Connection: close\r\n\r\nThis port speaks HTTPS: the address must begin with https://\n";

#[cfg(test)]
mod tests {
    use super::*;

    fn handler() -> HttpsHandler {
        let mut random = certificates::folder::system_random().unwrap();
        let dir = tempfile::tempdir().unwrap();
        let now = std::time::SystemTime::now();
        certificates::folder::ServerFolder::open_or_make_at(dir.path(), &[], None, now, &mut random).unwrap();
        let file = |name: &str| dir.path().join(name);
        let identity = crate::Identity::read(&file("server.pem"), &file("server.key")).unwrap();
        let config = crate::server_config(identity, None, None).unwrap();
        HttpsHandler::new(SocketAddr::from(([127, 0, 0, 1], 1)), config).unwrap()
    }

    #[test]
    fn a_handshake_has_10_seconds_and_no_byte_buys_more() {
        let start = Instant::now();
        let mut handler = handler();
        let end = handler.deadline().unwrap().at;
        assert!(end <= Instant::now() + HANDSHAKE_PATIENCE && end >= start + HANDSHAKE_PATIENCE);
        let mut out = Vec::new();
        // The beginning of a record, a byte a second.
        for (second, byte) in [22, 3, 1, 1, 0, 1, 0, 0, 250].into_iter().enumerate() {
            handler.handle(start + Duration::from_secs(second as u64), &[byte], &mut out).unwrap();
            assert_eq!(handler.deadline().unwrap().at, end);
        }
        assert!(out.is_empty());
    }

    #[test]
    fn no_bytes_make_it_panic_or_serve() {
        use proptest::prelude::*;
        let handler = std::cell::RefCell::new(handler());
        proptest!(ProptestConfig::with_cases(200), |(bytes in prop::collection::vec(any::<u8>(), 1..200))| {
            let mut out = Vec::new();
            let _ = handler.borrow_mut().handle(Instant::now(), &bytes, &mut out);
            prop_assert!(!out.windows(7).any(|part| part == b"200 OK\r"));
        });
    }

    #[test]
    fn the_answer_in_clear_is_as_long_as_it_says() {
        let (head, body) = PLAIN_HTTP.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(&format!("Content-Length: {}\r\n", body.len())), "{}", body.len());
    }
}
