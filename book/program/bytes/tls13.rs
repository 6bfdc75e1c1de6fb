//! The recorded TLS 1.3 session: every record as it travelled and as it opens with the key log.

use super::about;
use super::dump::{Dump, Item};
use crate::generated::Problem;
use crate::place::Place;
use anatomy::{Kind, Labelled, Span};
use echo::lab::{Direction, Dissect, Recording};
use https::tls::{CERTIFICATE, KeyLog, Piece, Records, names};
use https::{Seen, Tls};

/// The file of what travelled, in [`Place::recorded`].
pub const RECORDING: &str = "tls13.recording";
/// The file of its secrets.
pub const KEYS: &str = "tls13.keys";

/// The session as it is in the files.
#[derive(Debug, Clone)]
pub struct Session {
    /// Each record with its sender, in the order in which they travelled.
    pub records: Vec<(Direction, Vec<u8>)>,
    /// The key log's text.
    pub keys: String,
}

/// A record that was opened.
#[derive(Debug, Clone)]
pub struct Opened {
    /// What the page shows.
    pub item: Item,
    /// The handshake messages that became complete with it.
    pub seen: Vec<Seen>,
}

/// Reads the files.
pub fn session(place: &Place) -> Result<Session, Problem> {
    let recording = Recording::load(&place.recorded().join(RECORDING))?;
    let path = place.recorded().join(KEYS);
    let keys = std::fs::read_to_string(&path)
        .map_err(|error| format!("cannot read {}: {error}; `book record` makes it", path.display()))?;
    let mut ways = [Records::default(), Records::default()];
    let mut records = Vec::new();
    for (way, bytes) in recording.chunks {
        let stream = &mut ways[usize::from(way == Direction::ToClient)];
        stream.push(&bytes);
        while let Some(piece) = stream.next_piece() {
            match piece {
                Piece::Record(_, record) => records.push((way, record)),
                Piece::Noise(_) => return Err("the recording holds bytes that are not TLS".into()),
            }
        }
    }
    Ok(Session { records, keys })
}

/// Opens every record with stage 8's decoder.
pub fn opened(session: &Session) -> Result<Vec<Opened>, Problem> {
    // One sees what everybody on the path sees, the other has the key log.
    let (mut path, mut insider) = (Tls::default(), Tls::new(KeyLog::parse(&session.keys)));
    let mut all = Vec::new();
    for (way, record) in &session.records {
        let before = insider.seen().len();
        let [outside] = <[Labelled; 1]>::try_from(path.bytes(*way, record)).map_err(|_| "not one record")?;
        let inside = insider.bytes(*way, record);
        let seen = insider.seen()[before..].to_vec();
        let encrypted = outside.leaves().any(|span| span.label == "encrypted");
        let name = name(*way, &seen, &inside);
        let id = id(*way, &seen, &name);
        let protection = if encrypted { "encrypted" } else { "in clear" };
        let summary = format!("a record of {} bytes, {protection}", record.len());
        let about = about::of(&name);
        let mut item = Item { about, ..Item::new(*way, name, summary, outside) }.with_id(id);
        if encrypted {
            item = item.headed("On the wire");
            for mut labelled in inside {
                if *way == Direction::ToServer {
                    fold_certificates(&mut labelled.spans);
                }
                item = item.with("Decrypted", labelled);
            }
        }
        all.push(Opened { item, seen });
    }
    Ok(all)
}

/// The client's certificate as one field: the server's shows what is in one, and a page has its limits.
fn fold_certificates(spans: &mut [Span]) {
    for span in spans {
        if span.label == CERTIFICATE {
            span.children.clear();
            span.kind = Kind::Opaque;
            span.note = Some("built like the server's above".to_owned());
        }
        fold_certificates(&mut span.children);
    }
}

/// What a record is called: by the messages in it, or by its content.
fn name(way: Direction, seen: &[Seen], inside: &[Labelled]) -> String {
    if !seen.is_empty() {
        let names: Vec<String> = seen.iter().map(|seen| message(way, seen.kind)).collect();
        return names.join(", ");
    }
    let has = |label: &str| inside.iter().any(|labelled| labelled.leaves().any(|span| span.label == label));
    let name = match way {
        _ if has("change_cipher_spec") => "change_cipher_spec",
        _ if has("description") => "close_notify",
        Direction::ToServer if has("application data") => "request",
        Direction::ToClient if has("application data") => "response",
        _ => "record",
    };
    name.to_owned()
}

/// The id of a record: its name in words, or the flight where many messages are in it.
fn id(way: Direction, seen: &[Seen], name: &str) -> String {
    match (seen, way) {
        ([first, .., last], _) if first.kind == last.kind => words(names::handshake_type(first.kind)),
        ([_, _, ..], Direction::ToServer) => "client flight".into(),
        ([_, _, ..], Direction::ToClient) => "server flight".into(),
        _ => words(name),
    }
}

/// `ClientHello` as `Client Hello`.
fn words(name: &str) -> String {
    let mut words = String::new();
    let mut before = ' ';
    for c in name.chars() {
        if c.is_uppercase() && before.is_lowercase() {
            words.push(' ');
        }
        words.push(c);
        before = c;
    }
    words
}

/// What both sides send gets the sender's name.
fn message(way: Direction, kind: u8) -> String {
    let name = names::handshake_type(kind);
    match (kind, way) {
        (11 | 15 | 20, Direction::ToServer) => format!("client {name}"),
        (11 | 15 | 20, Direction::ToClient) => format!("server {name}"),
        _ => name.to_owned(),
    }
}

/// The whole session.
pub(super) fn tls13(place: &Place) -> Result<Dump, Problem> {
    let opened = opened(&session(place)?)?;
    Ok(Dump { name: "tls13", items: opened.into_iter().map(|opened| opened.item).collect() })
}

/// What HTTP says inside it: request and response.
pub(super) fn http(place: &Place) -> Result<Dump, Problem> {
    let mut dump = tls13(place)?;
    dump.name = "http";
    dump.items.retain(|item| matches!(item.name.as_str(), "request" | "response"));
    Ok(dump)
}
