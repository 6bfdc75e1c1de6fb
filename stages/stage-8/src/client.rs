//! The client's side of a connection: TLS around HTTP, on a socket that waits.

use crate::http::{Body, Response, Url, read_response};
use crate::presented::Presented;
use crate::protection::Protection;
use crate::sentences::refused_server;
use echo::lab::{self, Failure, io_failure};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection};
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A connection to an https server.
#[derive(Debug)]
pub struct Connection {
    tls: ClientConnection,
    stream: TcpStream,
    host: String,
    presented: Presented,
    identified: bool,
    /// The first bytes that came, to recognize a server that speaks no TLS.
    opening: Vec<u8>,
    /// Decrypted and not used yet.
    plain: Vec<u8>,
    /// The other side has ended; whether with a goodbye inside TLS.
    ended: Option<bool>,
    patience: Option<Duration>,
    /// When handshake and head must be done.
    deadline: Option<Instant>,
}

/// The addresses of a URL's host, from the system's resolver.
pub(crate) fn resolve(url: &Url) -> Result<Vec<SocketAddr>, Failure> {
    let found = (url.host.as_str(), url.port).to_socket_addrs();
    let found: Vec<SocketAddr> = found
        .map_err(|error| {
            Failure::new(format!(
                "the name {} leads nowhere: {}",
                anatomy::quoted(&url.host),
                lab::reason(&error)
            ))
        })?
        .collect();
    if found.is_empty() {
        return Err(Failure::new(format!("the name {} has no address", anatomy::quoted(&url.host))));
    }
    Ok(found)
}

impl Connection {
    /// Connects to the first address that takes us, and does the handshake with `host`. Every silence ends
    /// after `patience`; handshake and head of the answer may take twice that in all.
    pub fn open(
        addresses: &[SocketAddr],
        host: &str,
        config: Arc<ClientConfig>,
        presented: Presented,
        patience: Option<Duration>,
    ) -> Result<Self, Failure> {
        let name = ServerName::try_from(host.to_owned())
            .map_err(|_| Failure::Usage(format!("{} is no name of a host", anatomy::quoted(host))))?;
        let identified = config.client_auth_cert_resolver.has_certs();
        let mut tls = ClientConnection::new(config, name)
            .map_err(|error| Failure::new(format!("the client's TLS cannot be set up: {error}")))?;
        tls.set_buffer_limit(None); // a request is small
        let mut connection = Self {
            tls,
            stream: connect(addresses, patience)?,
            host: host.to_owned(),
            presented,
            identified,
            opening: Vec::new(),
            plain: Vec::new(),
            ended: None,
            patience,
            deadline: patience.map(|patience| Instant::now() + 2 * patience),
        };
        while connection.tls.is_handshaking() {
            connection.receive()?;
            if connection.ended.is_some() {
                return Err(connection.silent_end());
            }
        }
        Ok(connection)
    }

    /// What protects it.
    #[must_use]
    pub fn protection(&self) -> Protection {
        Protection::of(&self.tls)
    }

    /// Asks for the page.
    pub fn request(&mut self, url: &Url) -> Result<(), Failure> {
        let head = format!(
            "GET {} HTTP/1.1\r\nHost: {}\r\nUser-Agent: stage-8/{}\r\nAccept: */*\r\nAccept-Encoding: identity\r\n\
             Connection: close\r\n\r\n",
            url.target,
            url.host_field(),
            env!("CARGO_PKG_VERSION")
        );
        self.tls
            .writer()
            .write_all(head.as_bytes())
            .map_err(|e| io_failure("the request could not be made", &e))
    }

    /// Waits for the head of the answer. Interim answers are passed over.
    pub fn response(&mut self) -> Result<Response, Failure> {
        for _ in 0..MAX_INTERIM {
            let response = loop {
                match read_response(&self.plain).map_err(|error| Failure::new(error.to_string()))? {
                    Some((response, length)) => {
                        self.plain.drain(..length);
                        break response;
                    }
                    None if self.ended.is_some() => return Err(self.silent_end()),
                    None => self.receive()?,
                }
            };
            match response.status {
                101 => {
                    return Err(Failure::new("the server changes the protocol, which nobody has asked for"));
                }
                100..200 => {}
                _ => {
                    self.deadline = None;
                    return Ok(response);
                }
            }
        }
        Err(Failure::new(format!("the server sent {MAX_INTERIM} interim answers and no real one")))
    }

    /// Reads the body and passes it on in pieces.
    pub fn body(
        &mut self,
        body: &mut Body,
        mut each: impl FnMut(&Body, &[u8]) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let mut piece = Vec::new();
        loop {
            let used = body.push(&self.plain, &mut piece);
            if !piece.is_empty() {
                each(body, &piece)?;
                piece.clear();
            }
            let used = used.map_err(|error| Failure::new(error.to_string()))?;
            self.plain.drain(..used);
            if body.is_done() {
                break;
            }
            if let Some(cleanly) = self.ended {
                return body.closed(cleanly).map_err(|error| Failure::new(error.to_string()));
            }
            self.receive()?;
        }
        self.tls.send_close_notify();
        let _ = self.flush(); // the body is here: whatever comes of the goodbye changes nothing
        Ok(())
    }

    /// Sends what waits, and takes what one read brings.
    fn receive(&mut self) -> Result<(), Failure> {
        // If the other side has ended, it may have said why: the read tells more than the write.
        let unsent = self.flush().err();
        let mut chunk = vec![0; PIECE];
        let length = match self.read(&mut chunk) {
            Ok(length) => length,
            Err(error) if error.kind() == ErrorKind::ConnectionReset && !self.opening.is_empty() => 0,
            Err(error) => {
                let what =
                    if self.tls.is_handshaking() { "the handshake is not done" } else { "no more came" };
                return Err(io_failure(what, unsent.as_ref().unwrap_or(&error)));
            }
        };
        if length == 0 {
            self.ended = Some(false);
            return Ok(());
        }
        let mut received = &chunk[..length];
        let opening = OPENING.saturating_sub(self.opening.len()).min(length);
        self.opening.extend_from_slice(&received[..opening]);
        while !received.is_empty() {
            // Takes a part of it at a time; what is read from memory cannot fail.
            let _ = self.tls.read_tls(&mut received);
            let state = match self.tls.process_new_packets() {
                Ok(state) => state,
                Err(error) => {
                    let _ = self.flush(); // the alert for the other side
                    return Err(self.refused(&error));
                }
            };
            let at = self.plain.len();
            self.plain.resize(at + state.plaintext_bytes_to_read(), 0);
            self.tls
                .reader()
                .read_exact(&mut self.plain[at..])
                .map_err(|e| io_failure("what was decrypted cannot be read", &e))?;
            if state.peer_has_closed() {
                self.ended = Some(true);
                break;
            }
        }
        Ok(())
    }

    fn read(&mut self, chunk: &mut [u8]) -> std::io::Result<usize> {
        loop {
            if let Some(deadline) = self.deadline {
                let left = deadline.saturating_duration_since(Instant::now());
                if left.is_zero() {
                    return Err(ErrorKind::TimedOut.into());
                }
                self.stream.set_read_timeout(self.patience.map(|patience| patience.min(left)))?;
            }
            match self.stream.read(chunk) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                other => return other,
            }
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        let mut out = Vec::new();
        while self.tls.wants_write() {
            self.tls.write_tls(&mut out)?;
        }
        self.stream.write_all(&out)
    }

    fn refused(&self, error: &rustls::Error) -> Failure {
        if self.tls.is_handshaking() && self.opened_as_http() {
            return Failure::new(PLAIN_HTTP);
        }
        Failure::new(refused_server(error, &self.host, &self.presented, self.identified))
    }

    /// The other side ended where an answer should be.
    fn silent_end(&self) -> Failure {
        Failure::new(match (self.opening.is_empty(), self.tls.is_handshaking()) {
            (true, _) => "the server closed without a word: does it speak TLS on this port?",
            (_, true) if self.opened_as_http() => PLAIN_HTTP,
            (_, true) => "the server closed in the middle of the handshake",
            (_, false) => "the server closed before its answer was complete",
        })
    }

    /// Some servers answer what they cannot read by a page without a head, as in HTTP/0.9.
    fn opened_as_http(&self) -> bool {
        self.opening.starts_with(b"HTTP/") || self.opening.starts_with(b"<")
    }
}

/// The first address that can be connected to; the error is about the last one.
fn connect(addresses: &[SocketAddr], patience: Option<Duration>) -> Result<TcpStream, Failure> {
    let mut result = Err(Failure::new("there is no address to connect to"));
    for address in addresses {
        result = lab::connect(*address, patience);
        if result.is_ok() {
            break;
        }
    }
    result
}

const PLAIN_HTTP: &str = "the server speaks plain HTTP on this port, without TLS: is it the right port?";
const PIECE: usize = 16 << 10;
const OPENING: usize = 8;
const MAX_INTERIM: usize = 10;
