//! The tester of `iv-flip`: stage 6's server, a client of it, and the student's code between them.

mod exercise;

use cbc_packet::attack::path::Passing;
use cbc_packet::operations::{ADD_FRIEND, CLIENT_ECHO, DEL_FRIEND, GENERAL_MSG, SERVER_ECHO, text_message};
use cbc_packet::{Fill, Friends, LIMIT, PacketDecoder, PacketHandler, Packets};
use conn_auth::random;
use exercise::rewrite;
use framing::{ByteOrder, Message, Value, encode_frame};
use key_exchange::{Group, KeyPair, fresh_pair};
use kit::{fail, flag, holds, same_text};
use rand::SeedableRng;
use rand::rngs::StdRng;
use socketserver::RequestHandler;
use std::sync::Arc;
use std::time::Instant;

/// A connection between a client and stage 6's server, behind the exchange of keys. The client's part is played here.
struct Connection {
    server: PacketHandler,
    key: [u8; 32],
}

impl Connection {
    fn new() -> Self {
        let friends = Arc::new(Friends::default());
        let pair = || fresh_pair(&Group::ffdhe2048());
        let mut server =
            PacketHandler::new(([127, 0, 0, 1], 9006).into(), friends, Fill::Ignored, random, pair);
        let pair =
            KeyPair::generate(&Group::ffdhe2048(), &mut StdRng::seed_from_u64(6)).expect("a good group");
        let (mut frame, mut answer) = (Vec::new(), Vec::new());
        encode_frame(ByteOrder::Network, LIMIT, pair.public(), &mut frame).expect("it fits");
        server.handle(Instant::now(), &frame, &mut answer).expect("it agrees");
        let key = *pair.shared_key(&answer[4..]).expect("a good value").bytes();
        Self { server, key }
    }

    /// What the client says, as a packet.
    fn seal(&self, message: &Message) -> Passing {
        let mut packet = Vec::new();
        let iv = random().expect("random bytes");
        Packets::new(&self.key).seal_message(iv, message, &mut packet).expect("it fits");
        Passing::from_bytes(&packet).expect("a whole packet")
    }

    /// The server's answer to a packet, from whomever.
    fn ask(&mut self, packet: &Passing) -> Option<Passing> {
        let (length, body) = (packet.header.length, packet.body.len());
        holds(length == body, format!("a packet with {body} bytes of body says that it has {length}"));
        let mut answer = Vec::new();
        self.server.handle(Instant::now(), &packet.to_bytes(), &mut answer).ok()?;
        Passing::from_bytes(&answer)
    }

    /// The answer as the client reads it.
    fn say(&mut self, message: &Message) -> (u8, String) {
        let packet = self.seal(message);
        let answer = self.ask(&packet).unwrap_or_else(|| fail("the server has closed the connection"));
        let message = self.open(&answer);
        let Value::Str(text) = message.value else { fail("servers answer texts") };
        (message.operation, text)
    }

    /// The message in a packet of the server's.
    fn open(&self, packet: &Passing) -> Message {
        let mut decoder = PacketDecoder::new(LIMIT);
        decoder.push(&packet.to_bytes());
        let packet = decoder.packet().expect("a good packet").expect("a whole packet");
        let (text, _) = Packets::new(&self.key).open(packet).expect("a good digest");
        Message::from_bytes(text).expect("servers answer messages")
    }
}

impl Connection {
    /// The client says one thing, and the server must hear another one. Gives the server's answer.
    fn hears(&mut self, said: (u8, &str), wanted: (u8, &str)) -> (u8, String) {
        let (said, wanted) = (text_message(said.0, said.1), text_message(wanted.0, wanted.1));
        let recorded = self.seal(&said);
        let Some(changed) = rewrite(&recorded, &bytes(&said), &bytes(&wanted)) else {
            fail("nothing was made of the packet, and it is possible")
        };
        holds(changed.body == recorded.body, "the body was changed: leave it, and the digest fits");
        holds(changed.header.digest == recorded.header.digest, "the digest was changed: leave it, it fits");
        let Some(answer) = self.ask(&changed) else {
            fail("the server has closed the connection: it cannot read the message")
        };
        let Value::Str(text) = self.open(&answer).value else { fail("servers answer texts") };
        (self.open(&answer).operation, text)
    }
}

fn bytes(message: &Message) -> Vec<u8> {
    message.to_bytes().expect("a text can be written")
}

fn answers(expected: (u8, &str), found: &(u8, String)) {
    same_text(expected.1, &found.1);
    holds(found.0 == expected.0, format!("the answer has operation {}, and not {}", found.0, expected.0));
}

pub fn main() {
    kit::run(|tester| {
        let mut connection = Connection::new();
        tester.step("one bit: \"hello\" is heard as \"iello\"", || {
            let answer = connection.hears((CLIENT_ECHO, "hello"), (CLIENT_ECHO, "iello"));
            answers((SERVER_ECHO, "IELLO"), &answer);
        });
        tester.step("another operation: who adds bob deletes him", || {
            connection.say(&text_message(ADD_FRIEND, "bob"));
            let answer = connection.hears((ADD_FRIEND, "bob"), (DEL_FRIEND, "bob"));
            answers((GENERAL_MSG, "bob is off the list now"), &answer);
        });
        tester.step("another name, of the same length", || {
            let answer = connection.hears((ADD_FRIEND, "bob"), (ADD_FRIEND, "eve"));
            answers((GENERAL_MSG, "eve is on the list now"), &answer);
        });
        let name = flag("iv-flip")[5..14].to_owned();
        tester.step("a name that is longer than the one that was said, and a shorter one", || {
            let answer = connection.hears((ADD_FRIEND, "bob"), (ADD_FRIEND, &name));
            answers((GENERAL_MSG, &format!("{name} is on the list now")), &answer);
            let answer = connection.hears((ADD_FRIEND, "margarete"), (ADD_FRIEND, "al"));
            answers((GENERAL_MSG, "al is on the list now"), &answer);
        });
        tester.step("the beginning of a text of many blocks", || {
            let answer = connection.hears(
                (CLIENT_ECHO, "pay 100 to bob, for the tickets of last week"),
                (CLIENT_ECHO, "pay 900 to bob, for the tickets of last week"),
            );
            answers((SERVER_ECHO, "PAY 900 TO BOB, FOR THE TICKETS OF LAST WEEK"), &answer);
        });
        tester.step("what lies behind the first block is out of reach", || {
            let said = bytes(&text_message(CLIENT_ECHO, "pay 100 to bob, for the tickets"));
            let recorded = connection.seal(&text_message(CLIENT_ECHO, "pay 100 to bob, for the tickets"));
            for text in ["pay 100 to eve, for the tickets", "pay 100 to bob, for the ticket", "pay 100"] {
                let wanted = bytes(&text_message(CLIENT_ECHO, text));
                let made = rewrite(&recorded, &said, &wanted);
                holds(made.is_none(), format!("a packet was made for {text:?}, and it cannot say that"));
            }
            let made = rewrite(&recorded, &said, b"");
            holds(made.is_none(), "a packet was made for a text without bytes");
        });
    });
}
