//! What a client's user types and reads: a line for each message, a line for each answer.

use crate::operations::{
    ADD_FRIEND, CLIENT_ECHO, DEL_FRIEND, GENERAL_FAILURE, GENERAL_MSG, SERVER_ECHO, name, text_message,
};
use echo::lab::Failure;
use framing::{Message, Value};

/// `/add NAME`, `/delete NAME`, or else a text for the echo; an empty one, too.
pub fn read_line(line: &[u8]) -> Result<Message, Failure> {
    let line = std::str::from_utf8(line)
        .map_err(|_| Failure::new("this line is no text in UTF-8, and only texts can be sent"))?;
    Ok(match line.split_once(' ') {
        Some(("/add", name)) => text_message(ADD_FRIEND, name),
        Some(("/delete", name)) => text_message(DEL_FRIEND, name),
        _ => text_message(CLIENT_ECHO, line),
    })
}

/// An answer as the line to print.
pub fn show_answer(answer: Message) -> Result<Vec<u8>, Failure> {
    match (answer.operation, answer.value) {
        (SERVER_ECHO | GENERAL_MSG | GENERAL_FAILURE, Value::Str(text)) => Ok(text.into_bytes()),
        (operation, value) => Err(Failure::new(format!(
            "the server answers with operation {operation} ({}) and a value of type {}; a text was expected",
            name(operation),
            value.kind().name()
        ))),
    }
}
