//! Our handshake beside TLS 1.3's, message by message and field by field, from the two decoded sessions.

use super::table::Table;
use crate::bytes::{handshake, tls13};
use crate::generated::Problem;
use crate::place::Place;
use anatomy::{Html, Labelled, Span};
use certificates::handshake::codec::MessageType;
use echo::lab::Direction;
use https::compare::STEPS;
use https::tls::names::handshake_type;

/// A message of one of the sessions: who sent it, its number, and its bytes with labels.
struct Found {
    way: Direction,
    kind: u8,
    /// The id of the block that it stands in.
    id: String,
    labelled: Labelled,
    /// The message itself in those bytes: with its head of 4 bytes.
    spans: Vec<Span>,
}

impl Found {
    fn length(&self) -> usize {
        let start = self.spans.first().map_or(0, |span| span.range.start);
        self.spans.last().map_or(0, |span| span.range.end - start)
    }

    /// The bytes of the first field with this label, or with this label in a group of that name (`group/label`).
    fn field(&self, path: &str) -> Option<usize> {
        let (spans, label) = match path.split_once('/') {
            Some((group, label)) => (&find(&self.spans, group)?.children, label),
            None => (&self.spans, path),
        };
        find(spans, label).map(|span| self.labelled.bytes_of(span).len())
    }
}

fn find<'a>(spans: &'a [Span], label: &str) -> Option<&'a Span> {
    spans.iter().find_map(|span| if span.label == label { Some(span) } else { find(&span.children, label) })
}

/// The messages of one kind that one side sent: TLS may send several.
fn of(list: &[Found], way: Direction, kind: u8) -> impl Iterator<Item = &Found> {
    list.iter().filter(move |found| (found.way, found.kind) == (way, kind))
}

/// The messages of our session.
fn ours() -> Result<Vec<Found>, Problem> {
    let items = handshake::items(&handshake::session()?)?;
    let mut found = Vec::new();
    for item in items {
        let Some((_, labelled)) = item.layers.into_iter().next_back() else { continue };
        // A hello stands in a frame, behind its length; the others fill the text of a packet.
        let spans: Vec<Span> = match labelled.spans.as_slice() {
            [decrypted] => decrypted.children.clone(),
            spans => spans.iter().skip_while(|span| span.label != "message type").cloned().collect(),
        };
        let kind = spans.first().filter(|span| span.label == "message type");
        if let (Some(kind), Some(way)) = (kind, item.way) {
            let kind = labelled.bytes_of(kind).first().copied().unwrap_or_default();
            found.push(Found { way, kind, id: id("handshake", &item.id), labelled, spans });
        }
    }
    Ok(found)
}

/// The messages of the recorded session.
fn theirs(place: &Place) -> Result<Vec<Found>, Problem> {
    let mut found = Vec::new();
    for record in tls13::opened(&tls13::session(place)?)? {
        let block = id("tls13", &record.item.id);
        let Some((_, labelled)) = record.item.layers.last() else { continue };
        let mut names = record.seen.iter();
        for span in labelled.spans.iter().filter(|span| !span.children.is_empty()) {
            if let Some(seen) = names.next() {
                // One of several in a record has a row of its own.
                let several = record.seen.len() > 1;
                let id = if several { id(&block, span.label) } else { block.clone() };
                let (labelled, spans) = (labelled.clone(), vec![span.clone()]);
                found.push(Found { way: seen.direction, kind: seen.kind, id, labelled, spans });
            }
        }
        if names.next().is_some() {
            return Err("a handshake message of the recording is in no record of its own".into());
        }
    }
    Ok(found)
}

/// The id that a block gets on its page.
fn id(dump: &str, item: &str) -> String {
    Html::default().id(&format!("{dump} {item}"))
}

/// The table: each step of the handshake, then the fields that do the same work in both.
pub(super) fn mirror(place: &Place) -> Result<Table, Problem> {
    steps(place, FIELDS)
}

/// The steps alone.
pub(super) fn messages(place: &Place) -> Result<Table, Problem> {
    steps(place, &[])
}

fn steps(place: &Place, fields: &[Field]) -> Result<Table, Problem> {
    let (ours, theirs) = (ours()?, theirs(place)?);
    let mut table = Table::new(["", "ours", "bytes", "TLS 1.3", "bytes", "specified in"]);
    for step in STEPS {
        let arrow =
            if step.direction == Direction::ToServer { "C\u{a0}→\u{a0}S" } else { "C\u{a0}←\u{a0}S" };
        let message = |list: &[Found], page: &str, name: Option<&str>| -> Result<_, Problem> {
            let Some(name) = name else { return Ok(nothing()) };
            let messages = || of(list, step.direction, step.kind);
            let first = messages().next().ok_or_else(|| format!("no {name} was found in {page}"))?;
            let bytes: usize = messages().map(Found::length).sum();
            Ok((format!("[{name}]({page}.html#{})", first.id), bytes.to_string()))
        };
        let (our_name, our_bytes) = message(&ours, "handshake", step.ours)?;
        let (tls_name, tls_bytes) = message(&theirs, "tls13", step.tls)?;
        table.row([arrow.to_owned(), our_name, our_bytes, tls_name, tls_bytes, section(step.kind)]);
        for field in fields.iter().filter(|field| (field.way, field.kind) == (step.direction, step.kind)) {
            table.row(field.row(&ours, &theirs)?);
        }
    }
    Ok(table)
}

/// The two cells of the side that has no such thing.
fn nothing() -> (String, String) {
    ("–".to_owned(), String::new())
}

/// The section that describes a message.
fn section(kind: u8) -> String {
    match kind {
        1 => rfc(8446, "4.1.2"),
        2 => rfc(8446, "4.1.3"),
        4 => rfc(8446, "4.6.1"),
        8 => rfc(8446, "4.3.1"),
        11 => rfc(8446, "4.4.2"),
        13 => rfc(8446, "4.3.2"),
        15 => rfc(8446, "4.4.3"),
        20 => rfc(8446, "4.4.4"),
        _ => "ours alone: stage 2 inside the channel".to_owned(),
    }
}

fn rfc(number: u16, section: &str) -> String {
    format!("[RFC {number}, {section}](https://www.rfc-editor.org/rfc/rfc{number}#section-{section})")
}

/// Two fields that do the same work.
struct Field {
    way: Direction,
    kind: u8,
    ours: Option<&'static str>,
    tls: Option<&'static str>,
    rfc: u16,
    section: &'static str,
}

impl Field {
    fn row(&self, ours: &[Found], theirs: &[Found]) -> Result<[String; 6], Problem> {
        let cell = |list: &[Found], path: Option<&str>| -> Result<_, Problem> {
            let Some(path) = path else { return Ok(nothing()) };
            let bytes = of(list, self.way, self.kind).find_map(|found| found.field(path));
            let bytes = bytes
                .ok_or_else(|| format!("{} has no field `{path}`: see tables/mirror.rs", name(self.kind)))?;
            Ok((format!("· {}", path.replace('/', ": ")), bytes.to_string()))
        };
        let ((ours, our_bytes), (tls, tls_bytes)) = (cell(ours, self.ours)?, cell(theirs, self.tls)?);
        Ok([String::new(), ours, our_bytes, tls, tls_bytes, rfc(self.rfc, self.section)])
    }
}

fn name(kind: u8) -> String {
    format!("{} ({})", MessageType::name(kind), handshake_type(kind))
}

const fn field(
    way: Direction,
    kind: u8,
    ours: Option<&'static str>,
    tls: Option<&'static str>,
    rfc: u16,
    section: &'static str,
) -> Field {
    Field { way, kind, ours, tls, rfc, section }
}

const UP: Direction = Direction::ToServer;
const DOWN: Direction = Direction::ToClient;

/// What does the same work, in the order of the messages. Labels are those of the decoders.
const FIELDS: &[Field] = &[
    field(UP, 1, Some("version"), Some("supported_versions/version"), 8446, "4.2.1"),
    field(UP, 1, Some("random"), Some("random"), 8446, "4.1.2"),
    field(UP, 1, Some("group"), Some("supported_groups/group"), 8446, "4.2.7"),
    field(UP, 1, Some("key_share"), Some("key_share/key_exchange"), 8446, "4.2.8"),
    field(UP, 1, Some("server_name"), Some("server_name/host_name"), 6066, "3"),
    field(DOWN, 2, Some("version"), Some("supported_versions/version"), 8446, "4.2.1"),
    field(DOWN, 2, Some("random"), Some("random"), 8446, "4.1.3"),
    field(DOWN, 2, Some("key_share"), Some("key_share/key_exchange"), 8446, "4.2.8"),
    field(DOWN, 2, None, Some("cipher suite"), 8446, "4.1.3"),
    field(DOWN, 8, None, Some("alpn/protocol"), 7301, "3.1"),
    field(DOWN, 11, Some("certificate"), Some("cert_data, DER"), 8446, "4.4.2"),
    field(DOWN, 15, Some("signature scheme"), Some("algorithm"), 8446, "4.2.3"),
    field(DOWN, 15, Some("signature"), Some("signature"), 8446, "4.4.3"),
    field(DOWN, 20, Some("verify_data"), Some("verify_data"), 8446, "4.4.4"),
    field(UP, 11, Some("certificate in DER"), Some("cert_data, DER"), 8446, "4.4.2"),
    field(UP, 15, Some("signature"), Some("signature"), 8446, "4.4.3"),
    field(UP, 20, Some("verify_data"), Some("verify_data"), 8446, "4.4.4"),
];
