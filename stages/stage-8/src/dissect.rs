//! A tapped TLS connection as labelled bytes, decrypted where a key log has the secrets.

use crate::tls::{
    CERTIFICATE, Content, Form, HEADER_LENGTH, Header, KeyLog, Piece, Records, ServerHello, Suite,
    TrafficKeys, is_hello_retry_request, message_length, names, read_alert, read_header, read_message,
};
use anatomy::{Labelled, Reader};
use echo::lab::{Direction, Dissect};

/// Labels the records of one connection and the messages inside them.
///
/// A decrypted record keeps the length that it has on the wire: its header, what was encrypted in clear, and
/// the tag, each at the place where it stood. Only the bytes between are other ones, and a note says so.
#[derive(Debug, Default)]
pub struct Tls {
    key_log: KeyLog,
    ways: [Way; 2],
    form: Form,
    client_random: Option<[u8; 32]>,
    suite: Option<Suite>,
    seen: Vec<Seen>,
}

/// A handshake message that went by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// Who sent it.
    pub direction: Direction,
    /// Its type (RFC 8446, section 4).
    pub kind: u8,
    /// Its length with the four bytes of its head.
    pub length: usize,
}

/// One direction.
#[derive(Debug, Default)]
struct Way {
    records: Records,
    /// The beginning of a message whose rest comes in the next record.
    unfinished: Vec<u8>,
    /// TLS 1.2: from here on all is encrypted, in a way this decoder does not open.
    changed: bool,
    keys: Option<TrafficKeys>,
}

impl Tls {
    /// For a connection that has just been opened; without a key log only what travels in clear is labelled.
    #[must_use]
    pub fn new(key_log: KeyLog) -> Self {
        Self { key_log, ..Self::default() }
    }

    /// The handshake messages so far, as far as they could be read.
    #[must_use]
    pub fn seen(&self) -> &[Seen] {
        &self.seen
    }

    fn record(&mut self, direction: Direction, header: Header, record: &[u8]) -> Vec<Labelled> {
        let encrypted = match (self.form, header.content) {
            (Form::Tls13, content) => content == Content::ApplicationData,
            (Form::Tls12, Content::ChangeCipherSpec) => false,
            (Form::Tls12, _) => self.way(direction).changed,
        };
        if !encrypted {
            if header.content == Content::ChangeCipherSpec && self.form == Form::Tls12 {
                self.way(direction).changed = true;
            }
            return self.show(direction, header.content, record, HEADER_LENGTH..record.len(), None);
        }
        match self.opened(direction, record) {
            Ok((shown, inner, note)) => {
                let end = HEADER_LENGTH + inner;
                match shown.get(end).copied().and_then(Content::from_number) {
                    Some(content) => self.show(direction, content, &shown, HEADER_LENGTH..end, Some(note)),
                    None => vec![Labelled::whole("content of no known type", &shown)],
                }
            }
            Err(why) => vec![sealed(record, &why)],
        }
    }

    /// The record with its content in clear, how long the content is, and what to say about it.
    fn opened(&mut self, direction: Direction, record: &[u8]) -> Result<(Vec<u8>, usize, String), String> {
        let Some(keys) = &mut self.way(direction).keys else { return Err("no key for it".into()) };
        let note = format!("shown decrypted: {}, record {}", key_name(keys.label()), keys.sequence());
        let Some(inner) = keys.open(record) else {
            return Err(format!(
                "does not open as record {} under {}",
                keys.sequence(),
                key_name(keys.label())
            ));
        };
        // The type is the last byte that is not zero; zeros behind it are padding (section 5.4).
        let Some(content) = inner.iter().rposition(|byte| *byte != 0) else {
            return Err("opens, and holds no type: only padding".into());
        };
        let tag = &record[HEADER_LENGTH + inner.len()..];
        Ok(([&record[..HEADER_LENGTH], &inner, tag].concat(), content, note))
    }

    /// Labels a record whose content lies in clear at `content`.
    fn show(
        &mut self,
        direction: Direction,
        kind: Content,
        record: &[u8],
        content: std::ops::Range<usize>,
        decrypted: Option<String>,
    ) -> Vec<Labelled> {
        let bytes = &record[content.clone()];
        let whole = (kind == Content::Handshake).then(|| self.messages(direction, bytes));
        let form = self.form;
        let mut r = Reader::traced(record);
        // The header was read before. What cannot be read further on stays visible as `not decoded`.
        let _ = read_header(&mut r);
        if let Some(note) = &decrypted {
            r.note(|| note.clone());
        }
        let read = r.limited(bytes.len(), "content", |r| match kind {
            Content::Handshake => match &whole {
                Some(Messages::Here(count)) => (0..*count).try_for_each(|_| read_message(r, form)),
                _ => r.bytes(r.remaining(), "part of a message").map(drop),
            },
            Content::Alert => r.group("alert", read_alert),
            Content::ChangeCipherSpec => r.u8("change_cipher_spec").map(|_| {
                r.note(|| "means nothing in TLS 1.3".into());
            }),
            Content::ApplicationData => {
                r.rest("application data");
                Ok(())
            }
        });
        if let Err(error) = read {
            r.note(|| error.to_string());
            return vec![r.into_labelled()];
        }
        if decrypted.is_some() {
            let _ = tail(&mut r, record.len() - content.end);
        }
        let mut labelled = vec![unfolded(r.into_labelled())];
        if let Some(Messages::Joined(messages)) = whole {
            labelled.extend(messages.iter().map(|message| {
                let mut r = Reader::traced(message);
                let _ = read_message(&mut r, form);
                unfolded(r.into_labelled())
            }));
        }
        labelled
    }

    /// Finds the messages in the content of a handshake record, and follows what they change.
    fn messages(&mut self, direction: Direction, bytes: &[u8]) -> Messages {
        let way = self.way(direction);
        let fresh = way.unfinished.is_empty();
        way.unfinished.extend_from_slice(bytes);
        let mut messages = Vec::new();
        while let Some(length) = message_length(&self.way(direction).unfinished) {
            let unfinished = &mut self.way(direction).unfinished;
            if length > MAX_MESSAGE {
                unfinished.clear(); // no handshake has such a message: what follows cannot be followed
                break;
            }
            if unfinished.len() < length {
                break;
            }
            let message: Vec<u8> = unfinished.drain(..length).collect();
            self.follow(direction, &message);
            messages.push(message);
        }
        if fresh && self.way(direction).unfinished.is_empty() && !messages.is_empty() {
            Messages::Here(messages.len())
        } else {
            Messages::Joined(messages)
        }
    }

    /// What a message changes for those after it.
    fn follow(&mut self, direction: Direction, message: &[u8]) {
        self.seen.push(Seen { direction, kind: message[0], length: message.len() });
        match (message[0], direction) {
            (1, Direction::ToServer) => {
                self.client_random = message.get(6..38).and_then(|random| random.try_into().ok());
            }
            (2, Direction::ToClient) if !is_hello_retry_request(message) => {
                let hello = ServerHello::read(message).unwrap_or_default();
                self.form = if hello.tls13 { Form::Tls13 } else { Form::Tls12 };
                self.suite = hello.suite.and_then(Suite::from_number);
                self.switch(Direction::ToClient, "SERVER_HANDSHAKE_TRAFFIC_SECRET");
                self.switch(Direction::ToServer, "CLIENT_HANDSHAKE_TRAFFIC_SECRET");
            }
            (20, Direction::ToClient) => self.switch(direction, "SERVER_TRAFFIC_SECRET_0"),
            (20, Direction::ToServer) => self.switch(direction, "CLIENT_TRAFFIC_SECRET_0"),
            (24, _) => {
                let way = self.way(direction);
                way.keys = way.keys.as_ref().and_then(TrafficKeys::updated);
            }
            _ => {}
        }
    }

    fn switch(&mut self, direction: Direction, label: &'static str) {
        let secret = self.client_random.and_then(|random| self.key_log.secret(label, &random));
        let keys = self.suite.zip(secret).and_then(|(suite, secret)| TrafficKeys::new(suite, label, secret));
        self.way(direction).keys = keys;
    }

    fn way(&mut self, direction: Direction) -> &mut Way {
        &mut self.ways[usize::from(direction == Direction::ToClient)]
    }
}

impl Dissect for Tls {
    fn bytes(&mut self, direction: Direction, bytes: &[u8]) -> Vec<Labelled> {
        self.way(direction).records.push(bytes);
        let mut labelled = Vec::new();
        while let Some(piece) = self.way(direction).records.next_piece() {
            match piece {
                Piece::Record(header, record) => labelled.extend(self.record(direction, header, &record)),
                Piece::Noise(bytes) => labelled.push(Labelled::whole("not TLS", &bytes)),
            }
        }
        labelled
    }
}

/// The messages in one record.
enum Messages {
    /// So many, each as a whole.
    Here(usize),
    /// The record begins or ends inside a message. These became complete with it.
    Joined(Vec<Vec<u8>>),
}

/// What follows the content inside a decrypted record: its true type, padding, and the tag.
fn tail(r: &mut Reader<'_>, length: usize) -> Result<(), anatomy::ReadError> {
    let kind = r.u8("content type")?;
    r.note(|| format!("{}, the true one", names::content_type(kind)));
    let padding = length.saturating_sub(1 + TAG);
    if padding > 0 {
        r.bytes(padding, "padding")?;
    }
    r.bytes(r.remaining(), "tag").map(drop)
}

/// The certificates inside, with the labels of stage 7.
fn unfolded(labelled: Labelled) -> Labelled {
    labelled.unfolded(CERTIFICATE, certificates::x509::dissect::certificate)
}

/// A record that stays closed.
fn sealed(record: &[u8], why: &str) -> Labelled {
    let mut r = Reader::traced(record);
    let _ = read_header(&mut r); // it was read before
    let encrypted = r.remaining().saturating_sub(TAG);
    let _ = r.bytes(encrypted, "encrypted");
    r.note(|| why.to_owned());
    let _ = r.bytes(r.remaining(), "tag");
    r.into_labelled()
}

/// A key by the name of its secret in the key log.
fn key_name(label: &str) -> &'static str {
    match label {
        "SERVER_HANDSHAKE_TRAFFIC_SECRET" => "server handshake key",
        "CLIENT_HANDSHAKE_TRAFFIC_SECRET" => "client handshake key",
        "SERVER_TRAFFIC_SECRET_0" => "server application key",
        _ => "client application key",
    }
}

/// The tag of each cipher of TLS 1.3 has 16 bytes.
const TAG: usize = 16;
/// Longer handshake messages are not followed.
const MAX_MESSAGE: usize = 256 << 10;
