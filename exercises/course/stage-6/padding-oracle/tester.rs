//! The tester of `padding-oracle`: stage 6's server with `--check-padding`, a client of it, and the student's code
//! between them. The server runs without a socket: two thousand questions for a block take no time then.

#[path = "../connection.rs"]
mod connection;
mod exercise;

use cbc_packet::operations::{CLIENT_ECHO, GENERAL_FAILURE, SERVER_ECHO, text_message};
use cbc_packet::{BLOCK, Cipher, Fill, NOT_UNDERSTOOD, PADDING_NOT_ZERO};
use connection::Connection;
use exercise::{decrypt_block, read};
use kit::{fail, flag, holds, same_bytes, same_text};

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
            let found =
                found.unwrap_or_else(|| fail(format!("it was not found, after {questions} questions")));
            same_bytes(expected, found);
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
        tester.step("servers whose answers do not depend on the block give nothing away", || {
            let recorded = connection.seal(&text_message(CLIENT_ECHO, "good morn"));
            let block = recorded.body.first_chunk().expect("a whole block");
            for text in [PADDING_NOT_ZERO, NOT_UNDERSTOOD] {
                let answer = connection.seal(&text_message(GENERAL_FAILURE, text));
                let found = decrypt_block(block, &mut |_| Some(answer.clone()));
                holds(
                    found.is_none(),
                    format!("the server answers every question by {text:?}, and a block was \"decrypted\""),
                );
            }
            let no = connection.seal(&text_message(GENERAL_FAILURE, PADDING_NOT_ZERO));
            let echo = connection.seal(&text_message(SERVER_ECHO, ""));
            let found = decrypt_block(block, &mut |packet| {
                Some(if packet.header.padding == 10 { echo.clone() } else { no.clone() })
            });
            holds(
                found.is_none(),
                "the server echoes whatever has 10 bytes of padding, but no value fits for the last byte: a block was \
                 \"decrypted\"",
            );
        });
    });
}
