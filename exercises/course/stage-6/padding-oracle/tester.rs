//! The tester of `padding-oracle`: stage 6's server with `--check-padding`, a client of it, and the student's code
//! between them. The server runs without a socket: two thousand questions for a block take no time then.

mod exercise;

use cbc_packet::attack::path::Passing;
use cbc_packet::operations::{CLIENT_ECHO, SERVER_ECHO, text_message};
use cbc_packet::{BLOCK, Cipher, Fill, Friends, LIMIT, PacketDecoder, PacketHandler, Packets};
use conn_auth::random;
use exercise::{decrypt_block, read};
use framing::{ByteOrder, Message, Value, encode_frame};
use key_exchange::{Group, KeyPair, fresh_pair};
use kit::{fail, flag, holds, same_bytes, same_text};
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
    fn new(fill: Fill) -> Self {
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

/// Questions for one block at most.
const MOST: usize = 16 * 256;

pub fn main() {
    kit::run(|tester| {
        let mut connection = Connection::new(Fill::Checked);
        tester.step("decrypt_block: D(C) of a block", || {
            let recorded = connection.seal(&text_message(CLIENT_ECHO, "good morn"));
            let block = recorded.body.first_chunk().expect("a whole block");
            let mut questions = 0;
            let found = decrypt_block(block, &mut |packet| {
                questions += 1;
                holds(questions <= MOST, format!("more than {MOST} questions for one block"));
                connection.ask(packet)
            });
            let mut expected: [u8; BLOCK] = *block;
            Cipher::new(&connection.key).decrypt(&[0; BLOCK], &mut expected);
            same_bytes(expected, found.unwrap_or_else(|| fail("it was not found")));
        });
        tester.step("read: a packet of one block", || {
            let recorded = connection.seal(&text_message(CLIENT_ECHO, "bob?"));
            let text = read(&recorded, &mut |packet| connection.ask(packet));
            same_bytes(b"\x03\x03\0\0\0\x04bob?", text.unwrap_or_else(|| fail("it was not read")));
        });
        tester.step("read: the flag that the client has sent", || {
            let recorded = connection.seal(&text_message(CLIENT_ECHO, flag("padding-oracle")));
            let mut questions = 0;
            let text = read(&recorded, &mut |packet| {
                questions += 1;
                holds(questions <= 2 * MOST, format!("more than {MOST} questions for each block"));
                connection.ask(packet)
            });
            let text = text.unwrap_or_else(|| fail("it was not read"));
            same_text(&flag("padding-oracle"), &String::from_utf8_lossy(text.get(6..).unwrap_or_default()));
        });
        tester.step("the client has noticed nothing", || {
            let (operation, answer) = connection.say(&text_message(CLIENT_ECHO, "all is well"));
            holds(operation == SERVER_ECHO, "the server has answered no echo");
            same_text("ALL IS WELL", &answer);
        });
        tester.step("a server that does not look at the padding gives nothing away", || {
            let mut silent = Connection::new(Fill::Ignored);
            let recorded = silent.seal(&text_message(CLIENT_ECHO, "good morning"));
            let mut questions = 0;
            let found = read(&recorded, &mut |packet| {
                questions += 1;
                holds(questions <= 2 * MOST, format!("more than {MOST} questions for each block"));
                silent.ask(packet)
            });
            holds(found.is_none(), "a text was read, and the server has told nothing: is it right?");
        });
    });
}
