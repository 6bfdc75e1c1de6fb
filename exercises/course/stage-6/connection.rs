//! A client of stage 6's server, for the testers that stand between the two.

use cbc_packet::attack::path::Passing;
use cbc_packet::{Fill, Friends, LIMIT, PacketDecoder, PacketHandler, Packets};
use conn_auth::random;
use framing::{ByteOrder, Message, Value, encode_frame};
use key_exchange::{Group, KeyPair, fresh_pair};
use kit::{fail, holds};
use rand::SeedableRng;
use rand::rngs::StdRng;
use socketserver::RequestHandler;
use std::sync::Arc;
use std::time::Instant;

/// A connection between a client and stage 6's server, behind the exchange of keys. The client's part is played here.
pub struct Connection {
    server: PacketHandler,
    /// What both have agreed on.
    pub key: [u8; 32],
}

impl Connection {
    /// A new one, to a server that does this about padding.
    pub fn new(fill: Fill) -> Self {
        let friends = Arc::new(Friends::default());
        let pair = || fresh_pair(&Group::ffdhe2048());
        let mut server = PacketHandler::new(([127, 0, 0, 1], 9006).into(), friends, fill, random, pair);
        let pair =
            KeyPair::generate(&Group::ffdhe2048(), &mut StdRng::seed_from_u64(6)).expect("a good group");
        let (mut frame, mut answer) = (Vec::new(), Vec::new());
        encode_frame(ByteOrder::Network, LIMIT, pair.public(), &mut frame).expect("it fits");
        server.handle(Instant::now(), &frame, &mut answer).expect("it agrees");
        let key = *pair.shared_key(&answer[4..]).expect("a good value").bytes();
        Self { server, key }
    }

    /// What the client says, as a packet.
    pub fn seal(&self, message: &Message) -> Passing {
        let mut packet = Vec::new();
        let iv = random().expect("random bytes");
        Packets::new(&self.key).seal_message(iv, message, &mut packet).expect("it fits");
        Passing::from_bytes(&packet).expect("a whole packet")
    }

    /// The server's answer to a packet, from whomever.
    pub fn ask(&mut self, packet: &Passing) -> Option<Passing> {
        let (length, body) = (packet.header.length, packet.body.len());
        holds(length == body, format!("a packet with {body} bytes of body says that it has {length}"));
        let mut answer = Vec::new();
        self.server.handle(Instant::now(), &packet.to_bytes(), &mut answer).ok()?;
        Passing::from_bytes(&answer)
    }

    /// The answer as the client reads it.
    pub fn say(&mut self, message: &Message) -> (u8, String) {
        let packet = self.seal(message);
        let answer = self.ask(&packet).unwrap_or_else(|| fail("the server has closed the connection"));
        let message = self.open(&answer);
        let Value::Str(text) = message.value else { fail("servers answer texts") };
        (message.operation, text)
    }

    /// The message in a packet of the server's.
    pub fn open(&self, packet: &Passing) -> Message {
        let mut decoder = PacketDecoder::new(LIMIT);
        decoder.push(&packet.to_bytes());
        let packet = decoder.packet().expect("a good packet").expect("a whole packet");
        let (text, _) = Packets::new(&self.key).open(packet).expect("a good digest");
        Message::from_bytes(text).expect("servers answer messages")
    }
}
