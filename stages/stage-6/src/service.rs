//! What the server does with a message: an echo, and a list of friends in memory.

use crate::operations::{
    ADD_FRIEND, CLIENT_ECHO, DEL_FRIEND, GENERAL_FAILURE, GENERAL_MSG, SERVER_ECHO, text_message,
};
use framing::{Message, Value};
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// The answer to everything that is not understood. It is in this file, so everybody knows it, and its length
/// with it: the attacks of this stage begin here.
pub const NOT_UNDERSTOOD: &str = "this server knows no such operation, or not with such a value";

/// What a server with `--check-padding` says of fill that is not zero.
pub const PADDING_NOT_ZERO: &str = "the padding is not zero";

/// One list for all clients of a server, as long as it runs.
#[derive(Debug, Default)]
pub struct Friends(Mutex<BTreeSet<String>>);

impl Friends {
    /// The server's answer to a message.
    #[must_use]
    pub fn answer(&self, message: Message) -> Message {
        match (message.operation, message.value) {
            (CLIENT_ECHO, Value::Str(text)) => text_message(SERVER_ECHO, text.to_uppercase()),
            (ADD_FRIEND, Value::Str(name)) => text_message(GENERAL_MSG, self.add(name)),
            (DEL_FRIEND, Value::Str(name)) => text_message(GENERAL_MSG, self.delete(&name)),
            _ => text_message(GENERAL_FAILURE, NOT_UNDERSTOOD),
        }
    }

    fn add(&self, name: String) -> String {
        if name.is_empty() || name.len() > LONGEST_NAME {
            return format!("a name takes 1 to {LONGEST_NAME} bytes");
        }
        let mut names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if names.contains(&name) {
            return format!("{name} is on the list already");
        }
        if names.len() >= MOST_NAMES {
            return format!("the list is full: {MOST_NAMES} names");
        }
        let answer = format!("{name} is on the list now");
        names.insert(name);
        answer
    }

    fn delete(&self, name: &str) -> String {
        if self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(name) {
            format!("{name} is off the list now")
        } else if name.len() > LONGEST_NAME {
            "this name is not on the list".into()
        } else {
            format!("{name} is not on the list")
        }
    }
}

/// Names on the list at most: clients must not fill the server's memory.
pub const MOST_NAMES: usize = 100;

/// Bytes of a name at most.
pub const LONGEST_NAME: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    fn says(friends: &Friends, operation: u8, text: &str) -> (u8, String) {
        let answer = friends.answer(text_message(operation, text));
        let Value::Str(text) = answer.value else { panic!("answers are texts") };
        (answer.operation, text)
    }

    #[test]
    fn the_list_is_kept_and_bounded() {
        let friends = Friends::default();
        let msg = |text: &str| (GENERAL_MSG, text.to_owned());
        assert_eq!(says(&friends, DEL_FRIEND, "bob"), msg("bob is not on the list"));
        assert_eq!(says(&friends, ADD_FRIEND, "bob"), msg("bob is on the list now"));
        assert_eq!(says(&friends, ADD_FRIEND, "bob"), msg("bob is on the list already"));
        assert_eq!(says(&friends, DEL_FRIEND, "bob"), msg("bob is off the list now"));
        for name in ["", &"x".repeat(65)] {
            assert_eq!(says(&friends, ADD_FRIEND, name), msg("a name takes 1 to 64 bytes"));
        }
        for n in 0..MOST_NAMES {
            assert!(says(&friends, ADD_FRIEND, &format!("friend {n}")).1.ends_with("now"));
        }
        assert_eq!(says(&friends, ADD_FRIEND, "bob"), msg("the list is full: 100 names"));
        assert_eq!(says(&friends, ADD_FRIEND, "friend 7"), msg("friend 7 is on the list already"));
        assert!(says(&friends, DEL_FRIEND, "friend 7").1.ends_with("off the list now"));
        assert_eq!(says(&friends, ADD_FRIEND, "bob"), msg("bob is on the list now"));
    }

    #[test]
    fn everything_else_is_answered_by_one_fixed_sentence() {
        let friends = Friends::default();
        let failure = text_message(GENERAL_FAILURE, NOT_UNDERSTOOD);
        for operation in (0..=255).filter(|n| ![CLIENT_ECHO, ADD_FRIEND, DEL_FRIEND].contains(n)) {
            assert_eq!(friends.answer(text_message(operation, "bob")), failure, "{operation}");
        }
        for operation in [CLIENT_ECHO, ADD_FRIEND, DEL_FRIEND] {
            for value in [Value::None, Value::Int(1), Value::Bytes(b"bob".to_vec()), Value::List(vec![])] {
                assert_eq!(friends.answer(Message { operation, value }), failure);
            }
        }
        assert_eq!(says(&friends, CLIENT_ECHO, "straße"), (SERVER_ECHO, "STRASSE".into()));
    }
}
