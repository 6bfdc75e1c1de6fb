//! The tester of `replay`: stage 6's server behind stage 2's challenge, a client that is recorded, and the student's
//! bytes.

mod exercise;

use cbc_packet::attack::path::Passing;
use cbc_packet::operations::{ADD_FRIEND, CLIENT_ECHO, DEL_FRIEND, text_message};
use cbc_packet::{BLOCK, Fill, Friends, LIMIT, PacketDecoder, PacketHandler, Packets};
use conn_auth::{ANSWER_LENGTH, Challenge, Key, random};
use exercise::{packets, replay};
use framing::{ByteOrder, Message, Value, encode_frame};
use key_exchange::{Group, KeyPair, fresh_pair};
use kit::{fail, flag, holds, same_bytes, same_text};
use rand::SeedableRng;
use rand::rngs::StdRng;
use socketserver::{Authenticated, RequestHandler};
use std::sync::Arc;
use std::time::Instant;

/// A client of stage 6's server, whom somebody on the path records. The client's part is played here.
struct Connection {
    server: Authenticated<PacketHandler>,
    key: [u8; 32],
    /// All that the client has sent.
    recording: Vec<u8>,
    /// Where each of its packets begins in the recording.
    starts: Vec<usize>,
}

impl Connection {
    fn new() -> Self {
        let friends = Arc::new(Friends::default());
        let pair = || fresh_pair(&Group::ffdhe2048());
        let handler = PacketHandler::new(([127, 0, 0, 1], 9006).into(), friends, Fill::Ignored, random, pair);
        let access = Key::new(b"a key that the class has chosen").expect("it is not empty");
        let challenge = Challenge::new([7; 32]);
        let mut server = Authenticated::new(Some((access.clone(), challenge)), handler);
        server.setup(Instant::now(), &mut Vec::new()).expect("it asks");

        let mut sent = challenge.answer(&access).to_vec();
        let pair =
            KeyPair::generate(&Group::ffdhe2048(), &mut StdRng::seed_from_u64(6)).expect("a good group");
        encode_frame(ByteOrder::Network, LIMIT, pair.public(), &mut sent).expect("it fits");
        let mut answer = Vec::new();
        server.handle(Instant::now(), &sent, &mut answer).expect("it agrees");
        let key = *pair.shared_key(&answer[4..]).expect("a good value").bytes();
        Self { server, key, recording: sent, starts: Vec::new() }
    }

    /// The client says something, in one packet, and reads the answer.
    fn say(&mut self, operation: u8, text: &str) -> String {
        let start = self.recording.len();
        let iv = random().expect("random bytes");
        let message = text_message(operation, text);
        Packets::new(&self.key).seal_message(iv, &message, &mut self.recording).expect("it fits");
        self.starts.push(start);
        let packet = self.recording[start..].to_vec();
        self.send(&packet).unwrap_or_else(|| fail("the server has closed the connection"))
    }

    /// Somebody sends bytes to the server, on this connection. The answer, if there is one.
    fn send(&mut self, bytes: &[u8]) -> Option<String> {
        let mut answer = Vec::new();
        self.server.handle(Instant::now(), bytes, &mut answer).ok()?;
        let mut decoder = PacketDecoder::new(LIMIT);
        decoder.push(&answer);
        let (text, _) = Packets::new(&self.key).open(decoder.packet().ok()??).ok()?;
        match Message::from_bytes(text).ok()?.value {
            Value::Str(text) => Some(text),
            _ => None,
        }
    }
}

/// A client that has talked of many things, and has added and deleted a friend.
/// Before that it has said `before` other things.
fn talked(friend: &str, before: usize) -> Connection {
    let mut client = Connection::new();
    for length in 0..before {
        client.say(CLIENT_ECHO, &"x".repeat(20 + length));
    }
    client.say(CLIENT_ECHO, "hi");
    client.say(ADD_FRIEND, "somebody-else");
    client.say(ADD_FRIEND, friend);
    client.say(CLIENT_ECHO, "is the exercise for today hard? I have not even begun");
    client.say(DEL_FRIEND, friend);
    client.say(CLIENT_ECHO, "");
    client
}

pub fn main() {
    kit::run(|tester| {
        tester.step("packets: all that the client has sent after the exchange", || {
            let client = talked("carol", 0);
            let found = packets(&client.recording);
            holds(
                found.len() == 6,
                format!("there are 6 packets in the recording, {} were found", found.len()),
            );
            let bytes: Vec<u8> = found.iter().flat_map(Passing::to_bytes).collect();
            same_bytes(&client.recording[client.starts[0]..], bytes);
        });
        tester.step("packets: behind a frame of another length", || {
            let client = talked("carol", 0);
            for length in [0, 32, 384] {
                let mut recording = vec![0x5a; ANSWER_LENGTH];
                encode_frame(ByteOrder::Network, LIMIT, &vec![0x5a; length], &mut recording)
                    .expect("it fits");
                recording.extend_from_slice(&client.recording[client.starts[0]..]);
                let found = packets(&recording).len();
                holds(
                    found == 6,
                    format!("behind a frame of {length} bytes there are 6 packets, {found} were found"),
                );
            }
        });
        tester.step("packets: a recording that ends anywhere has its whole packets, and no panic", || {
            let client = talked("carol", 0);
            for end in 0..client.recording.len() {
                let whole = client.starts.iter().skip(1).filter(|start| **start <= end).count();
                let found = packets(&client.recording[..end]).len();
                holds(
                    found == whole,
                    format!("of {end} bytes there are {whole} whole packets, {found} were found"),
                );
            }
            // These bytes look like a packet. They are the answer, and a part of the frame: its length, 256, stands
            // where the last bytes of the IV would be.
            let mut iv = [0x5a; BLOCK];
            iv[ANSWER_LENGTH - 5..ANSWER_LENGTH - 1].copy_from_slice(&256_u32.to_be_bytes());
            let early = Passing::of_one_block(iv, 0, [0x5a; BLOCK]).to_bytes();
            let found = packets(&early).len();
            holds(found == 0, "the frame has not come as a whole, and a packet was found behind it");
        });
        let flag = flag("replay");
        for (friend, before) in [(&flag[5..10], 0), (&flag[5..15], 3)] {
            tester.step(&format!("{friend} was taken off the list, and is back on it"), || {
                let mut client = talked(friend, before);
                let again = replay(&client.recording, friend);
                let again = again.unwrap_or_else(|| fail("no packet was found"));
                let answer = client.send(&again);
                let answer = answer.unwrap_or_else(|| fail("the server does not answer these bytes"));
                same_text(&format!("{friend} is on the list now"), &answer);
                same_text(&format!("{friend} is on the list already"), &client.say(ADD_FRIEND, friend));
            });
        }
        tester.step("a friend who was never added", || {
            let client = talked("carol", 1);
            holds(
                replay(&client.recording, "the-last-one-of-all").is_none(),
                "a packet was found, and none has the right length",
            );
        });
    });
}
