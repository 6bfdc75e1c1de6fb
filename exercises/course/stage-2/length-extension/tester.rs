//! The tester of `length-extension`: a server that takes MD5(key ‖ message) for a proof of the key.

mod exercise;

use exercise::{attack, forge, padding};
use kit::{fail, flag, holds, same_bytes, same_text};
use md5::{Digest, Md5};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// What the operator took for a MAC.
fn keyed(key: &[u8], message: &[u8]) -> [u8; 16] {
    Md5::new().chain_update(key).chain_update(message).finalize().into()
}

/// The command that is to be added.
const MORE: &[u8] = b"\ntell=flag";

/// What the server says when it has done what it was told.
const DONE: &str = "done";

/// Does what the holders of the key tell it: a command on each line, `name=value`. Lines that it does not know
/// it leaves out, as servers do so that clients of a later version can talk to it.
struct Server {
    key: Vec<u8>,
    message: &'static [u8],
    wrong: usize,
    /// For which lengths of the key the messages so far were made, as their padding tells it.
    lengths: Vec<u64>,
}

impl Server {
    fn answer(&mut self, message: &[u8], digest: [u8; 16]) -> Option<String> {
        if self.wrong >= 40 {
            fail(format!("the server has seen 40 wrong digests and is closed now; {}", self.tried()));
        }
        self.lengths.extend(self.key_length(message));
        if keyed(&self.key, message) != digest {
            self.wrong += 1;
            return None;
        }
        let tells = message.split(|byte| *byte == b'\n').any(|line| line == b"tell=flag");
        Some(if tells { flag("length-extension") } else { DONE.to_owned() })
    }

    /// The length of the key for which this was made: MD5's padding ends with how much was hashed, in bits.
    fn key_length(&self, sent: &[u8]) -> Option<u64> {
        let (_, bits) = sent.strip_suffix(MORE)?.split_last_chunk()?;
        (u64::from_le_bytes(*bits) / 8).checked_sub(self.message.len() as u64)
    }

    /// What was tried, in words.
    fn tried(&self) -> String {
        match (self.lengths.iter().min(), self.lengths.iter().max()) {
            (Some(shortest), Some(longest)) => format!(
                "you have tried {} messages, for key lengths {shortest} to {longest}",
                self.lengths.len()
            ),
            _ => "no message was made for any length of the key, with `\\ntell=flag` at its end".to_owned(),
        }
    }
}

/// `forge` has made of `message` what a server with this key believes.
fn check_forged(key: &[u8], message: &[u8], more: &[u8]) {
    let (sent, digest) = forge(message, keyed(key, message), key.len(), more);
    holds(sent.starts_with(message), "what you send must begin with the message that was overheard");
    holds(sent.ends_with(more), "what you send must end with what you add");
    holds(
        (key.len() + sent.len() - more.len()).is_multiple_of(64),
        "`more` must begin where a new block begins: after the key, the message and what MD5 has put behind them",
    );
    same_bytes(keyed(key, &sent), digest);
}

pub fn main() {
    kit::run(|tester| {
        let mut random = StdRng::seed_from_u64(2);
        let mut bytes = move |length: usize| {
            let mut bytes = vec![0; length];
            random.fill_bytes(&mut bytes);
            bytes
        };
        tester.step("the padding of 3 bytes", || {
            let mut expected = [0; 61];
            expected[0] = 0x80;
            expected[53] = 24;
            same_bytes(expected, padding(3));
        });
        tester.step("the padding fills whole blocks, whatever the length", || {
            for length in 0..300 {
                let padding = padding(length);
                let fills = (length + padding.len()).is_multiple_of(64) && (9..=72).contains(&padding.len());
                holds(fills, format!("{length} bytes and a padding of {} do not fit", padding.len()));
            }
        });
        tester.step("the padding of 55, 56, 64 and 10,000 bytes", || {
            same_bytes(b"\x80\xb8\x01\0\0\0\0\0\0", padding(55));
            same_bytes([&[0x80][..], &[0; 63], b"\xc0\x01\0\0\0\0\0\0"].concat(), padding(56));
            same_bytes([&[0x80][..], &[0; 55], b"\0\x02\0\0\0\0\0\0"].concat(), padding(64));
            same_bytes([&[0x80][..], &[0; 39], b"\x80\x38\x01\0\0\0\0\0"].concat(), padding(10_000));
        });
        tester.step("a longer message, if the length of the key is known", || {
            check_forged(b"our class", b"say=see you at eight", b"\nsay=or at nine");
        });
        tester.step("keys and messages of many lengths", || {
            for length in 0..130 {
                check_forged(&bytes(1 + length % 70), &bytes(length), &bytes(200 - length));
            }
        });
        tester.step("the server tells you the flag, and you do not know the key", || {
            for length in [20, 1, 40] {
                let message: &[u8] = b"room=garden\nsay=the gate is open at eight";
                let mut server = Server { key: bytes(length), message, wrong: 0, lengths: Vec::new() };
                let digest = keyed(&server.key, message);
                let answer = attack(message, digest, |message, digest| server.answer(message, digest));
                match answer {
                    Some(answer) if answer == DONE => {
                        fail("the server has taken your message, but did not find the line `tell=flag` in it")
                    }
                    Some(answer) => same_text(&flag("length-extension"), &answer),
                    None => fail(format!("the server has taken none of your messages; {}", server.tried())),
                }
            }
        });
    });
}
