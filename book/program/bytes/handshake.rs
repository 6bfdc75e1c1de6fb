//! Stage 7's channel: the signed handshake with everything that it can have, and the first message.

use super::about;
use super::dump::{Dump, Item};
use super::keys::Keys;
use super::seeds;
use crate::generated::Problem;
use anatomy::{Kind, Labelled, Span};
use cbc_packet::operations::{CLIENT_ECHO, text_message};
use certificates::handshake::codec::MessageType;
use certificates::handshake::key_log::{KeyLog, LABELS};
use certificates::handshake::{ClientCa, ClientConfig, ServerConfig};
use certificates::x509::dissect;
use certificates::{Channel, Connection, Event};
use echo::lab::{Direction, Dissect};
use framing::Message;
use rand::rngs::StdRng;
use std::sync::Arc;
use std::time::Instant;

/// The label of a certificate in its message.
const CERTIFICATE: &str = "certificate";

/// What the client says first.
pub const FIRST: &str = "hello";

/// A run: what travelled, a flight at a time, and the secrets of it.
#[derive(Debug, Clone)]
pub struct Session {
    /// Who sent what.
    pub flights: Vec<(Direction, Vec<u8>)>,
    /// How many of the flights are the handshake.
    pub handshake: usize,
    /// The key log's text.
    pub keys: String,
}

/// Both sides in memory, with an access key and a certificate on each side: handshake, a message and its answer.
pub fn session() -> Result<Session, Problem> {
    let people = seeds::people()?;
    let mut random = seeds::random(77);
    let (now, time) = (Instant::now(), seeds::day());
    let keys = Arc::new(Keys::default());
    let client = ClientConfig {
        pinned_ca: Some(people.ca.certificate().fingerprint()),
        access_key: Some(seeds::access_key()?),
        identity: Some(people.alice.clone()),
        key_log: Some(Arc::clone(&keys) as Arc<dyn KeyLog>),
        ..ClientConfig::default()
    };
    let clients = Some(ClientCa { certificate: people.ca.certificate().clone(), revocations: None });
    let access_key = Some(seeds::access_key()?);
    let server = ServerConfig { identity: people.server.clone(), access_key, clients, key_log: None };

    let client = Connection::client(Arc::new(client), "localhost".parse()?, time, now, &mut random)?;
    let server = Connection::server(Arc::new(server), time, now);
    let mut pair = Pair { sides: [client, server], now, random, flights: Vec::new() };
    pair.carry()?;
    if !pair.sides.iter().all(Connection::is_open) {
        return Err("stage 7's handshake came to no end".into());
    }
    let handshake = pair.flights.len();
    pair.sides[0].send_message(&mut pair.random, &text_message(CLIENT_ECHO, FIRST))?;
    pair.carry()?;
    Ok(Session { flights: pair.flights, handshake, keys: keys.text() })
}

/// Client and server, and what has travelled between them.
struct Pair {
    sides: [Connection; 2],
    now: Instant,
    random: StdRng,
    flights: Vec<(Direction, Vec<u8>)>,
}

impl Pair {
    /// Carries bytes to and fro until there are none. The server answers messages as stage 6's does.
    fn carry(&mut self) -> Result<(), Problem> {
        let friends = cbc_packet::Friends::default();
        loop {
            let before = self.flights.len();
            for (from, way) in [Direction::ToServer, Direction::ToClient].into_iter().enumerate() {
                let bytes = self.sides[from].take_output();
                if bytes.is_empty() {
                    continue;
                }
                let to = 1 - from;
                self.sides[to].received(self.now, &bytes);
                self.flights.push((way, bytes));
                while let Some(event) = self.sides[to].event(&mut self.random)? {
                    if let (Event::Message(message), Direction::ToServer) = (event, way) {
                        let answer: Message = friends.answer(message);
                        self.sides[to].send_message(&mut self.random, &answer)?;
                    }
                }
            }
            if self.flights.len() == before {
                return Ok(());
            }
        }
    }
}

/// Every frame and packet of these flights, opened.
pub fn items(session: &Session) -> Result<Vec<Item>, Problem> {
    if LABELS.iter().any(|label| !session.keys.contains(label)) {
        return Err("the key log lacks a secret".into());
    }
    let mut channel = Channel::with_key_log(&session.keys);
    let mut items: Vec<Item> = Vec::new();
    let mut first = true;
    for (way, bytes) in &session.flights {
        for labelled in channel.bytes(*way, bytes) {
            let labelled = unfolded(labelled, &mut first);
            let inside = labelled.spans.first().is_some_and(|span| span.label == "decrypted");
            // What a packet holds comes right behind it, and says what the packet is.
            match if inside { items.pop() } else { None } {
                Some(packet) => items.push(opened(packet, labelled)),
                None => items.push(travelled(*way, labelled)),
            }
        }
    }
    Ok(items)
}

/// With the fields of the first certificate. The others are built like it, and a page has its limits.
fn unfolded(mut labelled: Labelled, first: &mut bool) -> Labelled {
    fold(&mut labelled.spans, first);
    labelled.unfolded(CERTIFICATE, dissect::certificate)
}

/// Gives all certificates but the first another label, with which they stay closed.
fn fold(spans: &mut [Span], first: &mut bool) {
    for span in spans {
        fold(&mut span.children, first);
        if span.label == CERTIFICATE && !std::mem::take(first) {
            span.label = "certificate in DER";
            span.note = Some("built like the first one above; stage 7's chapter has the CA's".to_owned());
        }
    }
}

/// A frame, or a packet that has not been opened yet.
fn travelled(way: Direction, labelled: Labelled) -> Item {
    let bytes = labelled.bytes.len();
    match number(&labelled, "message type") {
        Some(kind) => {
            let name = MessageType::name(kind);
            let about = about::of(&name);
            Item::new(way, name, format!("a frame of {bytes} bytes, in clear"), labelled).about(about)
        }
        None => {
            let summary = format!("a packet of {bytes} bytes, encrypted");
            Item::new(way, "packet", summary, labelled).headed("On the wire")
        }
    }
}

/// The packet with what is in it.
fn opened(packet: Item, labelled: Labelled) -> Item {
    let name = match (number(&labelled, "message type"), packet.way) {
        (_, Some(Direction::ToServer)) if labelled.spans[0].children.iter().any(is_message) => {
            "message".into()
        }
        (_, _) if labelled.spans[0].children.iter().any(is_message) => "answer".into(),
        (Some(kind), way) => whose(way, &MessageType::name(kind)),
        (None, _) => packet.name.clone(),
    };
    let about = about::of(&name);
    Item { id: name.clone(), name, about, ..packet }.with("Decrypted", labelled)
}

fn is_message(span: &Span) -> bool {
    span.label == "message"
}

/// What both sides send gets the sender's name.
fn whose(way: Option<Direction>, name: &str) -> String {
    match (name, way) {
        ("certificate" | "certificate_verify" | "finished", Some(Direction::ToServer)) => {
            format!("client {name}")
        }
        ("certificate" | "certificate_verify" | "finished", _) => format!("server {name}"),
        _ => name.to_owned(),
    }
}

/// The value of the first field with this label.
fn number(labelled: &Labelled, label: &str) -> Option<u8> {
    let span = labelled.leaves().find(|span| span.label == label)?;
    match span.kind {
        Kind::Number(number) => u8::try_from(number).ok(),
        _ => None,
    }
}

/// The whole connection.
pub(super) fn handshake() -> Result<Dump, Problem> {
    Ok(Dump { name: "handshake", items: items(&session()?)? })
}

/// The first message alone.
pub(super) fn sealed_packet() -> Result<Dump, Problem> {
    let mut items = items(&session()?)?;
    items.retain(|item| matches!(item.name.as_str(), "message" | "answer"));
    Ok(Dump { name: "sealed-packet", items })
}
