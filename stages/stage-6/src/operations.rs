//! What can be said: the operations of the messenger that this stage uses, each with its number and its name.

use anatomy::{ReadError, Reader};
use framing::{Message, Value, read_value};

/// Client: a text, to be sent back.
pub const CLIENT_ECHO: u8 = 3;
/// Client: the name of somebody to put on the list.
pub const ADD_FRIEND: u8 = 4;
/// Client: the name of somebody to take off the list. 4 xor 11 is 15: four bits lie between the two.
pub const DEL_FRIEND: u8 = 11;
/// Server: the text of a client_echo, in upper case.
pub const SERVER_ECHO: u8 = 105;
/// Server: why something was not done.
pub const GENERAL_FAILURE: u8 = 203;
/// Server: what was done.
pub const GENERAL_MSG: u8 = 204;

/// All of them, for labels. The values of all six are texts.
pub const OPERATIONS: [(u8, &str); 6] = [
    (CLIENT_ECHO, "client_echo"),
    (ADD_FRIEND, "add_friend"),
    (DEL_FRIEND, "del_friend"),
    (SERVER_ECHO, "server_echo"),
    (GENERAL_FAILURE, "general_failure"),
    (GENERAL_MSG, "general_msg"),
];

/// The name of an operation; `unknown` if this stage has none with this number.
#[must_use]
pub fn name(operation: u8) -> &'static str {
    OPERATIONS.iter().find(|(number, _)| *number == operation).map_or("unknown", |(_, name)| name)
}

/// A message that carries a text.
#[must_use]
pub fn text_message(operation: u8, text: impl Into<String>) -> Message {
    Message { operation, value: Value::Str(text.into()) }
}

/// Bytes of a message that carries a text, without its packet: operation, type, length, text. Encryption does
/// not hide this number, so everybody on the path knows it of every message.
#[must_use]
pub const fn text_message_length(text: &str) -> usize {
    1 + 1 + 4 + text.len()
}

/// Reads a message as [`Message::read`] does, and says the operation's name to whoever traces.
pub fn read_message(r: &mut Reader<'_>) -> Result<Message, ReadError> {
    let operation = r.u8("operation")?;
    r.note(|| name(operation).to_owned());
    Ok(Message { operation, value: read_value(r)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_has_one_name_and_the_length_of_a_text_is_known_beforehand() {
        for (number, label) in OPERATIONS {
            assert_eq!(name(number), label);
        }
        assert_eq!(name(99), "unknown");
        assert_eq!(ADD_FRIEND ^ DEL_FRIEND, 15);
        for text in ["", "bob", "小明"] {
            let bytes = text_message(ADD_FRIEND, text).to_bytes().unwrap();
            assert_eq!(bytes.len(), text_message_length(text));
            assert_eq!(read_message(&mut Reader::new(&bytes)), Ok(text_message(ADD_FRIEND, text)));
        }
    }
}
