//! The messenger: a message through all its layers, an encrypted envelope, and a key package for a room.

use super::dump::{Dump, Item};
use super::seeds;
use crate::generated::Problem;
use anatomy::{Labelled, Reader};
use certificates::handshake::Identity;
use echo::lab::Direction;
use framing::{Message, read_value};
use rand::rngs::StdRng;
use std::sync::{Arc, OnceLock};
use std::time::Instant;
use uchat_protocol::channel::{Channel, ClientSetup, Event, ServerSetup, Transport};
use uchat_protocol::content::{Content, Letter};
use uchat_protocol::e2e::{Header, OutPackage, OwnKeys, Place, SendChain};
use uchat_protocol::inspect::{Kind, Sealed, Travelled};
use uchat_protocol::request::SendMessage;
use uchat_protocol::{Encrypted, Envelope, MessageId, Request};

/// Numbers of users and of a room.
const ALICE: u64 = 7;
const BOB: u64 = 9;
const ROOM: u64 = 3;
const TEXT: &str = "meet me at the bridge";

/// Alice's and Bob's own keys; they exist once, for keys are dear.
fn keys() -> Result<&'static [OwnKeys; 2], Problem> {
    static KEYS: OnceLock<Result<[OwnKeys; 2], String>> = OnceLock::new();
    let make = || {
        let mut random = seeds::random(131); // a seed whose primes are found soon
        Ok([OwnKeys::generate(&mut random)?, OwnKeys::generate(&mut random)?])
    };
    let keys = KEYS.get_or_init(|| make().map_err(|problem: Problem| problem.to_string()));
    keys.as_ref().map_err(|problem| problem.clone().into())
}

/// What Alice says in this place: the package of her new chain, the letter, and the letter encrypted.
struct Said {
    package: OutPackage,
    letter: Vec<u8>,
    encrypted: Encrypted,
    id: MessageId,
}

fn say(place: Place) -> Result<Said, Problem> {
    let [alice, bob] = keys()?;
    let mut random = seeds::random(12);
    let bob = bob.as_member(BOB);
    let (mut chain, package) =
        SendChain::start(alice, ALICE, place, &[&bob], None, seeds::MILLISECONDS, &mut random)?;
    let message = Content { data: TEXT.to_owned(), ..Content::default() };
    let id = MessageId::random(&mut random);
    let letter = Letter { id, time: seeds::MILLISECONDS, message };
    let encrypted = chain.seal(alice, &letter, &mut random)?;
    Ok(Said { package, letter: letter.to_bytes()?, encrypted, id })
}

/// A text from the person to the wire, the outermost layer first.
pub(super) fn message() -> Result<Dump, Problem> {
    let said = say(Place::Friends)?;
    let message = Envelope::Encrypted(said.encrypted.clone());
    let send = SendMessage { target_type: 0, target_id: BOB, message, id: Some(said.id) };
    let carried = carry(Transport::Signed, &Request::SendMessage(send).to_message()?)?;
    let packet = &said.encrypted.packet;
    let at = carried.text.windows(packet.len()).position(|window| window == packet).ok_or("no packet")?;
    let found = Travelled::find(Transport::Signed, &carried, packet, TEXT);
    let mut travelled = found.ok_or("the message is not in what travelled")?;
    travelled.sealed = Some(Sealed { part: at..at + packet.len(), letter: said.letter });

    let mut dump = Dump::new("message");
    for layer in travelled.layers().into_iter().rev() {
        let bytes = layer.labelled.bytes.len();
        let (name, summary, about) = words(layer.kind);
        let way = if dump.items.is_empty() { Some(Direction::ToServer) } else { None };
        let summary = format!("{bytes} bytes: {summary}");
        dump.items.push(Item::new(way, name, summary, layer.labelled).about(about));
    }
    Ok(dump)
}

fn words(kind: Kind) -> (&'static str, &'static str, &'static str) {
    match kind {
        Kind::KeyedPacket => (
            "keyed packet",
            "what an eavesdropper sees",
            "A packet of stage 7. Its length is all that it tells.",
        ),
        Kind::Messages => (
            "messages",
            "what the server sees",
            "The packet's text: one operation and its value, the encrypted envelope inside. The server knows who writes to \
             whom, and when.",
        ),
        Kind::Sealed => (
            "sealed packet",
            "what only the receivers can open",
            "A keyed packet again, inside the field `packet`, under a key of this one message. The server has no key \
             for it.",
        ),
        Kind::Letter => (
            "letter",
            "what the receiver's program reads",
            "The sealed packet's text: id, time, and what is said. They stand inside, so the server cannot change them.",
        ),
        Kind::Text => ("text", "what the person wrote", "The innermost layer."),
        _ => ("layer", "", ""),
    }
}

/// An encrypted message in a room, as the server passes it on.
pub(super) fn envelope() -> Result<Dump, Problem> {
    let said = say(Place::Room(ROOM))?;
    let mut bytes = Vec::new();
    framing::encode(&Envelope::Encrypted(said.encrypted.clone()).to_value()?, &mut bytes)?;
    let mut dump = Dump::new("envelope");
    let mut r = Reader::traced(&bytes);
    read_value(&mut r)?;
    dump.items.push(
        Item::new(None, "envelope", "an encrypted message in a room", r.into_labelled()).about(
            "key_id and index say which chain and which message of it. In a room every member has the chain key, so only \
             the signature says who wrote.",
        ),
    );
    let mut r = Reader::traced(&said.letter);
    read_value(&mut r)?;
    dump.items.push(
        Item::new(None, "letter", "what the field packet holds, opened", r.into_labelled())
            .about("The text is the field `data`."),
    );
    Ok(dump)
}

/// The package that gives a room's members the key of a new chain.
pub(super) fn room_key() -> Result<Dump, Problem> {
    let package = say(Place::Room(ROOM))?.package;
    let mut dump = Dump::new("room-key");
    let mut r = Reader::traced(&package.header);
    Header::read(&mut r)?;
    dump.items.push(
        Item::new(Direction::ToServer, "header", "who gets the key, the same for everybody", r.into_labelled()).about(
            "Each member is listed with K, the fingerprint of their keys, so nobody can read along unseen. The \
             commitment ties all of them to one chain key.",
        ),
    );
    let signature = Labelled::whole("signature", &package.signature);
    dump.items.push(
        Item::new(Direction::ToServer, "signature", "RSA over the header", signature)
            .about("By the sender's own key, which the certificate names. The server cannot make one."),
    );
    for (user, wrap) in &package.wraps {
        let mut decoder = cbc_packet::PacketDecoder::new(wrap.len());
        decoder.push(wrap);
        let packet = decoder.packet()?.ok_or("a wrap is no packet")?;
        let labelled = cbc_packet::label_packet(
            &packet.header,
            packet.body,
            "HMAC-SHA256 with a key from two Diffie-Hellman values",
        );
        dump.items.push(
            Item::new(Direction::ToServer, "wrap", format!("the chain key, for user {user} only"), labelled)
                .about("A keyed packet of stage 7. The server gives each member this one wrap, not those of the others."),
        );
    }
    Ok(dump)
}

/// Sends one message over a channel, and gives what carried it.
fn carry(transport: Transport, message: &Message) -> Result<uchat_protocol::channel::Carried, Problem> {
    let mut ends = Ends::open(transport, seeds::random(13))?;
    ends.sides[0].watch(true);
    ends.say(&message.to_bytes()?)?;
    ends.sides[0].take_carried().pop_back().ok_or_else(|| "nothing was carried".into())
}

/// The messenger's two sides over one transport.
pub struct Ends {
    /// Client, server.
    pub sides: [Channel; 2],
    /// What travelled, a flight at a time: whether to the server, and how many bytes.
    pub flights: Vec<(bool, usize)>,
    /// How many flights of the server came before the client could say anything.
    pub waits: usize,
    now: Instant,
    random: StdRng,
}

impl Ends {
    /// Both sides, ready to talk.
    pub fn open(transport: Transport, mut random: StdRng) -> Result<Self, Problem> {
        let people = seeds::people()?;
        let (now, time) = (Instant::now(), seeds::day());
        let key = || seeds::access_key().map(Some);
        let server: Identity = people.server.clone();
        let server = Arc::new(ServerSetup::new(transport, key()?, Some(server))?);
        let pinned = Some(people.ca.certificate().fingerprint());
        let client = Arc::new(ClientSetup::new(transport, "localhost".parse()?, pinned, key()?)?);
        let client = Channel::client(&client, time, now, &mut random)?;
        let server = Channel::server(&server, time, now, &mut random)?;
        let mut ends = Self { sides: [client, server], flights: Vec::new(), waits: 0, now, random };
        ends.run()?;
        if ends.sides.iter().all(Channel::is_open) {
            Ok(ends)
        } else {
            Err("the channel did not open".into())
        }
    }

    /// The client sends one encoded message.
    pub fn say(&mut self, message: &[u8]) -> Result<(), Problem> {
        self.sides[0].send(&mut self.random, [message])?;
        self.run()
    }

    /// Carries bytes to and fro until there are none.
    fn run(&mut self) -> Result<(), Problem> {
        loop {
            let before = self.flights.len();
            for from in [0, 1] {
                while self.sides[from].event(&mut self.random)?.is_some_and(|event| event != Event::Closed) {}
                let bytes = self.sides[from].take_output();
                if !bytes.is_empty() {
                    self.waits += usize::from(from == 1 && !self.sides[0].is_open());
                    self.flights.push((from == 0, bytes.len()));
                    self.sides[1 - from].received(self.now, &bytes);
                }
            }
            if self.flights.len() == before {
                return Ok(());
            }
        }
    }
}
