//! The tester of `iv-flip`: stage 6's server, a client of it, and the student's code between them.

#[path = "../connection.rs"]
mod connection;
mod exercise;

use cbc_packet::attack::path::Passing;
use cbc_packet::operations::{ADD_FRIEND, CLIENT_ECHO, DEL_FRIEND, text_message};
use cbc_packet::{Cipher, Fill};
use connection::Connection;
use exercise::rewrite;
use framing::{Message, Value};
use kit::{fail, flag, holds, same_text};

impl Connection {
    /// The client says one thing, and the server must hear another one, and give this answer.
    fn hears(&mut self, said: (u8, &str), wanted: (u8, &str), expected: &str) {
        let (said, wanted) = (text_message(said.0, said.1), text_message(wanted.0, wanted.1));
        let recorded = self.seal(&said);
        let Some(changed) = rewrite(&recorded, &bytes(&said), &bytes(&wanted)) else {
            fail("nothing was made of the packet, and it is possible")
        };
        holds(changed.body == recorded.body, "the body was changed: leave it, and the digest fits");
        holds(changed.header.digest == recorded.header.digest, "the digest was changed: leave it, it fits");
        let padding = changed.header.padding;
        holds(padding < 16, format!("the packet says {padding} bytes of padding, and 15 is the most"));
        let Some(answer) = self.ask(&changed) else {
            let said = self.decrypted(&changed);
            fail(format!(
                "the server has closed the connection: to it the packet says {said}, and that is no message"
            ))
        };
        let Value::Str(text) = self.open(&answer).value else { fail("servers answer texts") };
        same_text(expected, &text);
    }

    /// What the server finds in a packet, in hexadecimal digits: without its padding, if that can be.
    fn decrypted(&self, packet: &Passing) -> String {
        let mut text = packet.body.clone();
        Cipher::new(&self.key).decrypt(&packet.header.iv, &mut text);
        text.truncate(packet.text_length());
        let digits: Vec<String> = text.iter().map(|byte| format!("{byte:02x}")).collect();
        digits.join(" ")
    }
}

fn bytes(message: &Message) -> Vec<u8> {
    message.to_bytes().expect("a text can be written")
}

pub fn main() {
    kit::run(|tester| {
        let mut connection = Connection::new(Fill::Ignored);
        tester.step("one bit: \"hello\" is heard as \"iello\"", || {
            connection.hears((CLIENT_ECHO, "hello"), (CLIENT_ECHO, "iello"), "IELLO");
        });
        tester.step("another operation: who adds bob deletes him", || {
            connection.say(&text_message(ADD_FRIEND, "bob"));
            connection.hears((ADD_FRIEND, "bob"), (DEL_FRIEND, "bob"), "bob is off the list now");
        });
        tester.step("another name, of the same length", || {
            connection.hears((ADD_FRIEND, "bob"), (ADD_FRIEND, "eve"), "eve is on the list now");
        });
        // Ten characters, so that the message fills its block.
        let name = flag("iv-flip")[5..15].to_owned();
        tester.step("a name that is longer than the one that was said, and a shorter one", || {
            let on_the_list = format!("{name} is on the list now");
            connection.hears((ADD_FRIEND, "bob"), (ADD_FRIEND, &name), &on_the_list);
            connection.hears((ADD_FRIEND, "margarete"), (ADD_FRIEND, "al"), "al is on the list now");
        });
        tester.step("the beginning of a text of many blocks", || {
            connection.hears(
                (CLIENT_ECHO, "pay 100 to bob, for the tickets of last week"),
                (CLIENT_ECHO, "pay 900 to bob, for the tickets of last week"),
                "PAY 900 TO BOB, FOR THE TICKETS OF LAST WEEK",
            );
        });
        tester.step("a zero at the end of a text of two blocks becomes padding", || {
            connection.hears(
                (CLIENT_ECHO, "pay 100 to bob\0"),
                (CLIENT_ECHO, "pay 100 to bob"),
                "PAY 100 TO BOB",
            );
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
            let made = rewrite(&recorded, b"", b"");
            holds(made.is_none(), "two texts without bytes have no block, and a packet was made");
        });
    });
}
