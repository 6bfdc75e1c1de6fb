//! What hangs on the board, in memory: who wrote it, and what.

use anatomy::quoted;
use cbc_packet::operations::{GENERAL_FAILURE, GENERAL_MSG, text_message};
use framing::{Message, Value};
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Student: a text for the board.
pub(super) const POST: u8 = 90;
/// Student: what hangs there?
pub(super) const LIST: u8 = 91;
/// Board: a list of pairs, author and text.
pub(super) const POSTS: u8 = 190;

/// The newest posts.
#[derive(Debug, Default)]
pub(super) struct Posts(Mutex<Board>);

#[derive(Debug, Default)]
struct Board {
    posts: VecDeque<(String, String)>,
    /// How many there ever were.
    count: u64,
}

impl Posts {
    /// Hangs a post up and returns its number. The author is whom the certificate names; nobody is asked.
    pub(super) fn add(&self, author: &str, text: &str) -> Result<u64, String> {
        if text.is_empty() || text.len() > LONGEST {
            return Err(format!("a post has 1 to {LONGEST} bytes"));
        }
        let mut board = self.lock();
        if board.posts.len() == MOST {
            board.posts.pop_front();
        }
        board.posts.push_back((author.to_owned(), text.to_owned()));
        board.count += 1;
        Ok(board.count)
    }

    /// The board's answer to a student's message.
    pub(super) fn answer(&self, author: &str, message: Message) -> Message {
        match (message.operation, message.value) {
            (POST, Value::Str(text)) => match self.add(author, &text) {
                Ok(number) => text_message(GENERAL_MSG, format!("post {number} by {author}")),
                Err(sentence) => text_message(GENERAL_FAILURE, sentence),
            },
            (LIST, Value::None) => {
                let pair = |(author, text): &(String, String)| {
                    Value::List(vec![Value::Str(author.clone()), Value::Str(text.clone())])
                };
                Message { operation: POSTS, value: Value::List(self.lock().posts.iter().map(pair).collect()) }
            }
            _ => text_message(GENERAL_FAILURE, "this board knows no such operation"),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Board> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An answer of the board as the lines to print. A post cannot pretend to be two: what would end its line is shown
/// as what it is.
pub(super) fn lines(answer: Message) -> Result<String, String> {
    let wrong = || "the board's answer makes no sense".to_owned();
    match (answer.operation, answer.value) {
        (GENERAL_MSG | GENERAL_FAILURE, Value::Str(text)) => Ok(text),
        (POSTS, Value::List(posts)) => {
            let line = |post| match post {
                Value::List(pair) => match pair.as_slice() {
                    [Value::Str(author), Value::Str(text)] => Ok(format!("{author}: {}", quoted(text))),
                    _ => Err(wrong()),
                },
                _ => Err(wrong()),
            };
            let lines = posts.into_iter().map(line).collect::<Result<Vec<String>, String>>()?;
            Ok(if lines.is_empty() { "the board is empty".into() } else { lines.join("\n") })
        }
        _ => Err(wrong()),
    }
}

/// Posts that are kept: older ones fall off the board.
const MOST: usize = 200;
/// Bytes of a post.
const LONGEST: usize = 1000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_board_is_bounded_and_a_post_stays_one_line() {
        let posts = Posts::default();
        let listed = |posts: &Posts| {
            lines(posts.answer("x", Message { operation: LIST, value: Value::None })).unwrap()
        };
        assert_eq!(listed(&posts), "the board is empty");
        for n in 1..=MOST as u64 + 5 {
            let text = "x".repeat(LONGEST);
            let answer = posts.answer("alice", text_message(POST, text));
            assert_eq!(lines(answer).unwrap(), format!("post {n} by alice"));
        }
        assert_eq!(listed(&posts).lines().count(), MOST);
        posts.add("eve", "hello\nalice: I owe eve 100").unwrap();
        assert!(listed(&posts).ends_with(r#"eve: "hello\nalice: I owe eve 100""#), "{}", listed(&posts));
        for text in ["", &"x".repeat(LONGEST + 1)] {
            assert!(posts.add("alice", text).is_err());
        }
        let unknown = posts.answer("alice", Message { operation: 3, value: Value::None });
        assert_eq!(lines(unknown).unwrap(), "this board knows no such operation");
    }
}
