//! The tester of `digest-forgery`: stage 6's server, a client of it, and the student's code between them.

#[path = "../connection.rs"]
mod connection;
mod exercise;

use cbc_packet::attack::path::Passing;
use cbc_packet::operations::{
    ADD_FRIEND, CLIENT_ECHO, GENERAL_FAILURE, SERVER_ECHO, text_message, text_message_length,
};
use cbc_packet::{BLOCK, Cipher, Fill, LIMIT, NOT_UNDERSTOOD, PacketDecoder, Packets};
use connection::Connection;
use exercise::{Known, find, forge};
use kit::{fail, flag, holds, same_bytes, same_text};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// The text of a packet, if its digest fits.
fn open(key: &[u8; 32], packet: &Passing) -> Vec<u8> {
    let mut decoder = PacketDecoder::new(LIMIT);
    decoder.push(&packet.to_bytes());
    match decoder.packet() {
        Ok(Some(packet)) => match Packets::new(key).open(packet) {
            Ok((text, _)) => text.to_vec(),
            Err(why) => fail(format!("the forged packet is refused: {why}")),
        },
        Ok(None) => fail("the forged packet announces more body than it has"),
        Err(why) => fail(format!("the forged packet is refused: {why}")),
    }
}

/// D(C), with the key.
fn decrypted(key: &[u8; 32], block: &[u8; BLOCK]) -> [u8; BLOCK] {
    let mut block = *block;
    Cipher::new(key).decrypt(&[0; BLOCK], &mut block);
    block
}

pub fn main() {
    kit::run(|tester| {
        let (key, block) = ([0x42; 32], *b"any sixteen byte");
        let known = Known { block, decrypted: decrypted(&key, &block) };
        tester.step("forge: a text of 16 bytes from a block whose D(C) is known", || {
            let packet = forge(&known, b"sixteen letters!").unwrap_or_else(|| fail("nothing was forged"));
            same_bytes(b"sixteen letters!", open(&key, &packet));
        });
        tester.step("forge: every text of 1 to 16 bytes, whatever bytes; longer ones do not fit", || {
            for length in 1..=16 {
                let text = &b"abcdefghijklmnop"[..length];
                let packet =
                    forge(&known, text).unwrap_or_else(|| fail(format!("no text of {length} bytes")));
                same_bytes(text, open(&key, &packet));
            }
            // Messages are bytes, and not all of them are letters.
            let mut random = StdRng::seed_from_u64(16);
            for _ in 0..20 {
                let mut text: [u8; BLOCK] = random.random();
                text[3] |= 0x80;
                text[5] = b'Q';
                let packet = forge(&known, &text).unwrap_or_else(|| fail("nothing was forged"));
                same_bytes(text, open(&key, &packet));
            }
            for length in [0, 17, 40] {
                let made = forge(&known, &vec![b'x'; length]);
                holds(made.is_none(), format!("a packet of one block was made for {length} bytes"));
            }
        });
        let mut connection = Connection::new(Fill::Ignored);
        let recorded = connection.seal(&text_message(CLIENT_ECHO, "good morning, everybody"));
        let mut found = None;
        tester.step("find: a block of the server's, and D(C)", || {
            let mut heard = "nothing was asked".to_owned();
            let answer = find(&recorded, &mut |packet| {
                let answer = connection.ask(packet);
                heard = match &answer {
                    Some(answer) => format!("the server has answered {} bytes of text", answer.text_length()),
                    None => "the server has closed the connection".to_owned(),
                };
                answer
            });
            let answer = answer.unwrap_or_else(|| fail(format!("no block was found: {heard}")));
            same_bytes(decrypted(&connection.key, &answer.block), answer.decrypted);
            found = Some(answer);
        });
        let name = flag("digest-forgery")[5..13].to_owned();
        tester.step("a forged message puts somebody on the server's list of friends", || {
            let Some(found) = &found else { fail("no block was found") };
            let text = text_message(ADD_FRIEND, name.as_str()).to_bytes().expect("a short text");
            let packet = forge(found, &text).unwrap_or_else(|| fail("nothing was forged"));
            let answer = connection.ask(&packet);
            holds(answer.is_some(), "the server has closed the connection instead of answering");
            let (_, answer) = connection.say(&text_message(ADD_FRIEND, name.as_str()));
            same_text(&format!("{name} is on the list already"), &answer);
        });
        tester.step("the client has noticed nothing", || {
            let (operation, answer) = connection.say(&text_message(CLIENT_ECHO, "all is well"));
            holds(operation == SERVER_ECHO, "the server has answered no echo");
            same_text("ALL IS WELL", &answer);
        });
        tester.step("find: a server that does not answer gives no block", || {
            holds(find(&recorded, &mut |_| None).is_none(), "a block was found, and no answer came");
        });
        tester.step("find: a server that answers something else gives no block", || {
            for text in ["this is another sentence, longer than the one that everybody knows", "no"] {
                let answer = connection.seal(&text_message(GENERAL_FAILURE, text));
                let found = find(&recorded, &mut |_| Some(answer.clone()));
                holds(
                    found.is_none(),
                    format!(
                        "the answer has {} bytes of text, the one that everybody knows has {}: a block was found",
                        answer.text_length(),
                        text_message_length(NOT_UNDERSTOOD)
                    ),
                );
            }
            let mut answer = connection.seal(&text_message(GENERAL_FAILURE, NOT_UNDERSTOOD));
            answer.body.truncate(BLOCK - 1);
            let found = find(&recorded, &mut |_| Some(answer.clone()));
            holds(found.is_none(), "the answer has no whole block: one was found");
        });
    });
}
