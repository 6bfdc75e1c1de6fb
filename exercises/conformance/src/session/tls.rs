//! Stage 8: TLS by rustls, HTTP inside.

use crate::case::{Outcome, Wrong, seconds};
use crate::target::Target;
use crate::wire::Wire;
use https::{Presented, client_config, roots};
use rustls::{ClientConnection, ProtocolVersion};
use std::io::{Read, Write};
use std::time::{Duration, Instant};

/// A connection inside TLS.
pub(crate) struct Tls {
    tls: ClientConnection,
    pub(crate) wire: Wire,
    patience: Duration,
}

/// More bytes than anything that the kit asks for.
const LONGEST: usize = 16 << 20;

/// An answer: its head, and its body.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Tls {
    /// The handshake with whoever has the target's name, or an error that says what was wrong.
    pub(crate) fn connect(target: &Target) -> Outcome<Self> {
        Self::connect_to(target, &target.name)
    }

    /// The same with another name.
    pub(crate) fn connect_to(target: &Target, name: &str) -> Outcome<Self> {
        let broken = |error: String| Wrong::failed(format!("the kit's TLS cannot be set up: {error}"));
        let file = target.ca_file.as_deref();
        let file = file.ok_or_else(|| Wrong::Skipped("--ca FILE is needed to check certificates".into()))?;
        let roots = roots(Some(file)).map_err(|error| broken(error.to_string()))?;
        let config = client_config(roots, None, None, &Presented::default());
        let config = config.map_err(|error| broken(error.to_string()))?;
        let name = name.to_owned().try_into().map_err(|_| broken(format!("{name} is no name of a host")))?;
        let tls = ClientConnection::new(config, name).map_err(|error| broken(error.to_string()))?;
        let mut this = Self { tls, wire: target.wire()?, patience: target.patience };
        let end = Instant::now() + target.patience * 2;
        while this.tls.is_handshaking() {
            this.flush();
            if Instant::now() > end {
                return Err(Wrong::failed(format!(
                    "the handshake took more than {}",
                    seconds(target.patience * 2)
                )));
            }
            if !this.receive()? {
                return Err(Wrong::failed("the server closed in the middle of the handshake"));
            }
        }
        this.flush();
        Ok(this)
    }

    /// What was agreed on: version and protocol inside.
    pub(crate) fn agreed(&self) -> (Option<ProtocolVersion>, Option<&[u8]>) {
        (self.tls.protocol_version(), self.tls.alpn_protocol())
    }

    /// Sends bytes inside; the server may have closed already.
    pub(crate) fn say(&mut self, bytes: &[u8]) {
        // Written to memory, which cannot fail.
        let _ = self.tls.writer().write_all(bytes);
        self.flush();
    }

    /// Sends a request and reads one answer.
    pub(crate) fn ask(&mut self, request: &str) -> Outcome<Answer> {
        self.say(request.as_bytes());
        self.answer(request.starts_with("HEAD "))
    }

    /// Reads one answer; `bare`: its body is left out though its length is told.
    pub(crate) fn answer(&mut self, bare: bool) -> Outcome<Answer> {
        let end = Instant::now() + self.patience * 2;
        let in_time = || match Instant::now() < end {
            true => Ok(()),
            false => Err(Wrong::failed("the answer comes so slowly that it does not end")),
        };
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            if head.len() > 64 << 10 {
                return Err(Wrong::failed("the head of the answer has more than 64 KiB"));
            }
            in_time()?;
            match self.byte()? {
                Some(byte) => head.push(byte),
                None => {
                    return Err(Wrong::Failed {
                        what: "the server closed before the head of its answer was complete".into(),
                        expected: None,
                        found: Some(head),
                    });
                }
            }
        }
        let head = String::from_utf8_lossy(&head).into_owned();
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        let status = status.filter(|_| head.starts_with("HTTP/1.1 "));
        let status =
            status.ok_or_else(|| Wrong::failed(format!("this is no answer of HTTP/1.1: {head:?}")))?;
        let length = field(&head, "content-length").map_or(Ok(0), |text| {
            text.parse::<usize>().map_err(|_| Wrong::failed(format!("Content-Length is {text:?}")))
        })?;
        if length > LONGEST && !bare {
            return Err(Wrong::failed(format!(
                "the answer announces {length} bytes; nothing of it was asked for"
            )));
        }
        let mut body = Vec::new();
        while !bare && body.len() < length {
            in_time()?;
            match self.byte()? {
                Some(byte) => body.push(byte),
                None => {
                    let what = format!("the body ended after {} of {length} bytes", body.len());
                    return Err(Wrong::Failed { what, expected: None, found: Some(body) });
                }
            }
        }
        Ok(Answer { status, head, body })
    }

    /// The server says goodbye in TLS (close_notify) and nothing else.
    pub(crate) fn closes(&mut self) -> Outcome {
        match self.byte() {
            Ok(None) => Ok(()),
            Ok(Some(byte)) => Err(Wrong::failed(format!("another byte came: {byte:02x}"))),
            Err(wrong) => Err(wrong.when("the server should say goodbye (close_notify)")),
        }
    }

    /// The next byte inside; `None` after a goodbye.
    fn byte(&mut self) -> Outcome<Option<u8>> {
        let end = Instant::now() + self.patience * 2;
        loop {
            if Instant::now() > end {
                return Err(Wrong::failed("records come and nothing in them"));
            }
            let mut byte = [0];
            match self.tls.reader().read(&mut byte) {
                Ok(0) => return Ok(None),
                Ok(_) => return Ok(Some(byte[0])),
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
                Err(_) => return Err(Wrong::failed("the connection ended without a goodbye in TLS")),
            }
            if !self.receive()? {
                // A stream that ends without a goodbye shows at the next read.
                let _ = self.tls.read_tls(&mut std::io::empty());
                let _ = self.tls.process_new_packets();
                let mut byte = [0];
                return match self.tls.reader().read(&mut byte) {
                    Ok(0) => Ok(None),
                    _ => Err(Wrong::failed("the connection ended without a goodbye in TLS")),
                };
            }
        }
    }

    /// Takes what comes next; false at the end of the stream.
    fn receive(&mut self) -> Outcome<bool> {
        let bytes = self.wire.some()?;
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            // Read from memory, which cannot fail; rustls takes a part at a time.
            if self.tls.read_tls(&mut rest).is_err() {
                break;
            }
            let state = self.tls.process_new_packets();
            if let Err(error) = state {
                self.flush(); // the alert
                return Err(Wrong::failed(format!("TLS: {error}")));
            }
        }
        self.flush();
        Ok(!bytes.is_empty())
    }

    fn flush(&mut self) {
        let mut out = Vec::new();
        while self.tls.wants_write() && self.tls.write_tls(&mut out).is_ok() {}
        self.wire.push(&out);
    }
}

/// The value of a field of a head.
pub(crate) fn field<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().skip(1).find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}
