//! TLS 1.3 with the certificates of stage 7, and inside it stage 7's access, bound to this connection.
//!
//! ```text
//!              TLS handshake, ALPN uchat/1, no tickets, no early data
//!   <- encrypted_extensions   flags, and a challenge if the access key is wanted
//!   -> access                 if so: HMAC-MD5(key, `uchat access` ‖ 00 ‖ challenge ‖ exporter)
//!              messages, straight
//! ```
//!
//! The exporter (RFC 8446, section 7.5) stands where the signed channel has its transcript hash: only the two ends of
//! this one connection know it, so the answer is worth nothing in another.

mod config;
mod records;
mod verifier;
mod watched;

pub(super) use config::{client_connection, provider, server_config};

use super::layer::{Layer, fill};
use super::patience::Patience;
use super::straight::Straight;
use super::{ChannelError, Event};
use certificates::Carried;
use certificates::connection::ALERT;
use certificates::handshake::ChannelError as SignedError;
use certificates::handshake::access::{accepts_answer, access_answer};
use certificates::handshake::codec::{Body, HEADER_LENGTH};
use certificates::handshake::messages::{Access, EncryptedExtensions};
use config::ALPN;
use conn_auth::Key;
use rand::CryptoRng;
use records::Records;
use rustls::Connection;
use socketserver::Deadline;
use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::time::Instant;
use verifier::Verdict;
use watched::Watched;

/// One side.
pub(super) struct Tls {
    connection: Box<Connection>,
    state: State,
    patience: Patience,
    /// Where in a record the stream is.
    records: Records,
    /// What has come out of TLS and was not taken out.
    inside: Straight,
    output: Vec<u8>,
    /// Until it was proved.
    access_key: Option<Box<Key>>,
    /// Where the client's verifier leaves the reason of its refusal.
    verdict: Option<Verdict>,
    /// What is wrong with what has arrived; told when everything before it was taken out.
    wrong: Option<ChannelError>,
    /// A client has proved that it knows the access key, and nothing has come since: an alert is about that.
    proved: bool,
    closed: Closed,
    watched: Watched,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// TLS's own.
    Handshake,
    /// A client waits for encrypted_extensions.
    Extensions,
    /// A server waits for access.
    Access { challenge: [u8; 32], channel: [u8; 32] },
    /// Messages.
    Open,
}

#[derive(Debug, Clone, Copy, Default)]
struct Closed {
    ours: bool,
    theirs: bool,
    /// [`Event::Closed`] was told.
    told: bool,
}

impl Tls {
    pub(super) fn new(
        connection: Connection,
        access_key: Option<Key>,
        verdict: Option<Verdict>,
        now: Instant,
    ) -> Self {
        let mut tls = Self {
            connection: Box::new(connection),
            state: State::Handshake,
            patience: Patience::new(now),
            records: Records::default(),
            inside: Straight::default(),
            output: Vec::new(),
            access_key: access_key.map(Box::new),
            verdict,
            wrong: None,
            proved: false,
            closed: Closed::default(),
            watched: Watched::default(),
        };
        tls.connection.set_buffer_limit(None); // whatever is written leaves at once
        tls.flush();
        tls
    }

    /// Moves what TLS has to send into the output.
    fn flush(&mut self) {
        while self.connection.wants_write() && self.connection.write_tls(&mut self.output).is_ok() {}
    }

    /// Takes bytes in; where somebody wants to look at them, record by record.
    fn take_in_records(&mut self, mut bytes: &[u8]) -> Result<(), ChannelError> {
        while self.watched.is_on() && !bytes.is_empty() {
            let (record, rest) = bytes.split_at(self.records.pass_to_end(bytes));
            self.watched.wire(record);
            self.take_in(record)?;
            if self.records.between() {
                self.watched.record_ends(self.state == State::Open);
            }
            bytes = rest;
        }
        self.records.pass(bytes);
        self.take_in(bytes)
    }

    fn take_in(&mut self, mut bytes: &[u8]) -> Result<(), ChannelError> {
        while !bytes.is_empty() && !self.closed.theirs {
            // Reading from memory does not fail; what can is that more has piled up inside than TLS allows.
            self.connection
                .read_tls(&mut bytes)
                .map_err(|error| rustls::Error::General(format!("it takes no more bytes: {error}")))?;
            let state = self.connection.process_new_packets();
            self.flush(); // an alert, too
            let state = state.map_err(|error| self.meaning(error))?;
            let mut plain = vec![0; state.plaintext_bytes_to_read()];
            if !plain.is_empty() && self.connection.reader().read_exact(&mut plain).is_ok() {
                self.watched.text(&plain);
                self.inside.push(&plain);
            }
            self.closed.theirs |= state.peer_has_closed();
        }
        Ok(())
    }

    /// Between two records gives memory back: rustls keeps as much as the longest piece of a record took, and looks
    /// after it only when it reads.
    fn give_back(&mut self) {
        if self.records.unfinished() == 0 {
            let _ = self.connection.read_tls(&mut Nothing); // brings nothing, and says so as an error
        }
    }

    /// What an error of TLS means here.
    fn meaning(&self, error: rustls::Error) -> ChannelError {
        match error {
            rustls::Error::NoApplicationProtocol
            | rustls::Error::AlertReceived(rustls::AlertDescription::NoApplicationProtocol) => {
                ChannelError::Alpn
            }
            error => self.verdict.as_ref().and_then(Verdict::take).unwrap_or(error.into()),
        }
    }

    /// Takes the next step of the handshake. False if more bytes are needed, or it is done.
    fn step(&mut self, random: &mut dyn CryptoRng) -> Result<bool, ChannelError> {
        match self.state {
            State::Handshake if self.connection.is_handshaking() => return Ok(false),
            State::Handshake => {
                if self.connection.alpn_protocol() != Some(ALPN) {
                    return Err(ChannelError::Alpn);
                }
                // TLS asks the verifier, and it has refused by then. Should it ever not ask, nothing goes on here.
                if let Some(refused) = self.verdict.as_ref().and_then(Verdict::take) {
                    return Err(refused);
                }
                self.state = match *self.connection {
                    Connection::Client(_) => State::Extensions,
                    Connection::Server(_) => self.ask(random)?,
                };
            }
            State::Extensions => {
                let Some(wanted) = self.handshake_message::<EncryptedExtensions>()? else { return Ok(false) };
                if let Some(challenge) = &wanted.challenge {
                    let key = self.access_key.as_ref().ok_or(ChannelError::AccessKeyWanted)?;
                    let answer = access_answer(key, challenge, &self.exporter()?);
                    self.write(&Access { answer }.to_bytes())?;
                    self.proved = true;
                }
                self.state = State::Open;
            }
            State::Access { challenge, channel } => {
                let Some(Access { answer }) = self.handshake_message()? else { return Ok(false) };
                match &self.access_key {
                    Some(key) if accepts_answer(key, &challenge, &channel, &answer) => {
                        self.state = State::Open
                    }
                    _ => return Err(ChannelError::AccessRefused),
                }
            }
            State::Open => return Ok(false),
        }
        Ok(true)
    }

    /// Says what we want to see of the client.
    fn ask(&mut self, random: &mut dyn CryptoRng) -> Result<State, ChannelError> {
        let challenge = self.access_key.as_ref().map(|_| {
            let mut challenge = [0; 32];
            random.fill_bytes(&mut challenge);
            challenge
        });
        self.write(&EncryptedExtensions { challenge, client_certificate: false }.to_bytes())?;
        Ok(match challenge {
            Some(challenge) => State::Access { challenge, channel: self.exporter()? },
            None => State::Open,
        })
    }

    /// The next message of the handshake inside TLS, if it is whole. Those that can come are short and of one
    /// known length each, so no more than that is waited for.
    fn handshake_message<B: Body>(&mut self) -> Result<Option<B>, ChannelError> {
        let ahead = self.inside.ahead();
        match *ahead {
            [] => return Ok(None),
            [ALERT, ..] => return Err(self.alert()),
            [number, ..] if number != B::TYPE as u8 => {
                return Err(SignedError::Unexpected { expected: B::TYPE, got: Some(number) }.into());
            }
            _ => {}
        }
        let [_, high, middle, low, ..] = *ahead else { return Ok(None) };
        let length = HEADER_LENGTH + u32::from_be_bytes([0, high, middle, low]) as usize;
        if ahead.len() < length.min(LONGEST) {
            return Ok(None);
        }
        let message = B::from_bytes(&ahead[..length.min(ahead.len())])?;
        self.inside.skip(length);
        Ok(Some(message))
    }

    /// What only the two ends of this connection have in common.
    fn exporter(&self) -> Result<[u8; 32], ChannelError> {
        Ok(self.connection.export_keying_material([0; 32], b"EXPORTER-uchat access", Some(&[]))?)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), ChannelError> {
        // A record at a time, so that the queue inside stays short. Nothing limits it, so the only error is that
        // of a connection that is closed.
        for record in bytes.chunks(RECORD) {
            self.connection.writer().write_all(record).map_err(|_| ChannelError::NotOpen)?;
            self.flush();
        }
        Ok(())
    }

    /// The other side has sent an alert.
    fn alert(&self) -> ChannelError {
        if self.proved { ChannelError::AccessRefused } else { ChannelError::Alert }
    }

    fn goodbye(&mut self) {
        self.connection.send_close_notify();
        self.flush();
        self.closed.ours = true;
    }
}

impl Layer for Tls {
    fn received(&mut self, now: Instant, bytes: &[u8]) {
        self.patience.tell(now);
        if self.wrong.is_none() {
            self.wrong = self.take_in_records(bytes).err();
            self.give_back();
        }
    }

    fn event(&mut self, random: &mut dyn CryptoRng) -> Result<Option<Event>, ChannelError> {
        self.patience.check()?;
        let before = self.state;
        while self.step(random)? {}
        if before != State::Open && self.state == State::Open {
            self.access_key = None;
            self.patience.handshake_done();
            return Ok(Some(Event::Ready));
        }
        if self.state == State::Open {
            if self.inside.ahead().first() == Some(&ALERT) {
                return Err(self.alert());
            }
            if let Some(message) = self.inside.message()? {
                self.patience.whole();
                self.proved = false;
                return Ok(Some(Event::Message(message)));
            }
        }
        if let Some(error) = &self.wrong {
            return Err(error.clone());
        }
        let unfinished = self.inside.ahead().len();
        if self.closed.theirs && !self.closed.told {
            if self.state != State::Open || unfinished > 0 {
                return Err(ChannelError::Truncated);
            }
            self.closed.told = true;
            return Ok(Some(Event::Closed));
        }
        self.patience.unfinished(unfinished + self.records.unfinished());
        Ok(None)
    }

    fn send(
        &mut self,
        _: &mut dyn CryptoRng,
        messages: &mut dyn Iterator<Item = &[u8]>,
    ) -> Result<(), ChannelError> {
        if self.state != State::Open || self.closed.ours {
            return Err(ChannelError::NotOpen);
        }
        let mut messages = messages.peekable();
        while messages.peek().is_some() {
            let mut plain = Vec::new();
            fill(&mut plain, &mut messages)?;
            let start = self.output.len();
            self.write(&plain)?;
            self.watched.sent(&self.output[start..], plain);
        }
        Ok(())
    }

    fn watch(&mut self, on: bool) {
        self.watched.set(on);
    }

    fn take_carried(&mut self) -> VecDeque<Carried> {
        self.watched.take()
    }

    fn close(&mut self, _: &mut dyn CryptoRng) -> Result<(), ChannelError> {
        if self.is_open() && !self.closed.ours {
            self.goodbye();
        }
        Ok(())
    }

    fn last_words(&mut self) {
        // TLS says by itself what is wrong with TLS; what is wrong inside it is ours to say.
        let inside = self.wrong.is_none() && self.state != State::Handshake && !self.closed.ours;
        if inside && self.write(&[ALERT]).is_ok() {
            self.goodbye();
        }
    }

    fn take_output(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.output)
    }

    fn deadline(&self) -> Option<Deadline> {
        self.patience.deadline()
    }

    fn check_time(&mut self, now: Instant, _: &mut dyn CryptoRng) -> Result<(), ChannelError> {
        self.patience.check_at(now)
    }

    fn end_of_stream(&mut self) -> Result<(), ChannelError> {
        if self.closed.theirs { Ok(()) } else { Err(ChannelError::Truncated) }
    }

    fn is_open(&self) -> bool {
        self.state == State::Open && self.wrong.is_none()
    }

    fn is_closed(&self) -> bool {
        self.closed.ours && self.closed.theirs
    }
}

/// A stream on which nothing has arrived.
struct Nothing;

impl Read for Nothing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::ErrorKind::WouldBlock.into())
    }
}

/// The longest message of the handshake inside TLS: flags and a challenge.
const LONGEST: usize = HEADER_LENGTH + 1 + 32;

/// The most plaintext in one record (RFC 8446, section 5.1).
const RECORD: usize = 16 << 10;
