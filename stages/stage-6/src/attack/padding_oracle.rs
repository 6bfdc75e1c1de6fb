//! Reading without the key, by asking the server about its padding.

use super::forge::under;
use super::path::{Halt, Passing, Path};
use crate::operations::{CLIENT_ECHO, OPERATIONS, text_message_length};
use crate::service::PADDING_NOT_ZERO;
use crate::{BLOCK, xor};
use echo::lab::{self, Direction, Outcome};

/// The server says whether the last k bytes of a packet are zero, and it says it to everybody who can send one:
/// the digest has no key. For a block C that was recorded, a packet is made of C alone, with an IV of our own. Its
/// last byte is D(C)'s last byte xor the IV's: at most 256 questions, and one of them makes it zero. Then the byte
/// before it, and so on. For the first byte the padding is no help (15 is the most), but the operation is.
///
/// With D(C) the text of the block is D(C) xor the block before it, as it was recorded.
pub(super) fn padding_oracle(path: &mut Path) -> Result<Outcome, Halt> {
    path.exchange()?;
    let held = path.question()?;
    let mut oracle = Oracle { path, queries: 0 };
    let mut text = Vec::new();
    let mut before = held.header.iv;
    let (blocks, _) = held.body.as_chunks();
    for block in blocks.iter().take(MOST_BLOCKS) {
        let decrypted = oracle.decrypt(block)?;
        text.extend_from_slice(&xor(&decrypted, &before));
        before = *block;
    }
    let queries = oracle.queries;
    path.tell(Direction::ToServer, &held);
    path.relay();

    text.truncate(held.text_length());
    // A message that carries a text: operation, type 3, a length of four bytes, the text.
    let known = OPERATIONS.iter().find(|(number, _)| text.first() == Some(number));
    let (Some((_, name)), Some([_, 3, _, _, _, _])) = (known, text.first_chunk()) else {
        return Err(Halt::stopped(format_args!("{queries} questions, and what they gave is no message")));
    };
    lab::print(format_args!("read: {name} {}", anatomy::quoted(&String::from_utf8_lossy(&text[6..]))));
    Ok(Outcome::Succeeded(format!(
        "{} read without the key, by {queries} questions to the server",
        lab::count(text.len(), "byte")
    )))
}

struct Oracle<'p> {
    path: &'p mut Path,
    queries: usize,
}

impl Oracle<'_> {
    // ANCHOR: oracle
    /// D(C) of a block, by at most 16 times 256 questions.
    fn decrypt(&mut self, block: &[u8; BLOCK]) -> Result<[u8; BLOCK], Halt> {
        let mut decrypted = [0; BLOCK];
        for at in (1..BLOCK).rev() {
            decrypted[at] = self.find(|guess| {
                // Where D(C) is known, the text becomes zero; where it is not, it may be anything.
                let mut iv = decrypted;
                iv[at] = guess;
                let question = Passing::of_one_block(iv, (BLOCK - at) as u8, *block);
                (question, |length| length != text_message_length(PADDING_NOT_ZERO))
            })?;
        }
        // An echo of no text has the shortest answer of all.
        let echo = [CLIENT_ECHO, 3, 0, 0, 0, 0];
        decrypted[0] = self.find(|guess| {
            decrypted[0] = guess;
            (under(block, &decrypted, &echo), |length| length == text_message_length(""))
        })?;
        Ok(decrypted)
    }
    // ANCHOR_END: oracle

    /// The guess to which the answer has the length that says yes.
    fn find(&mut self, mut question: impl FnMut(u8) -> (Passing, fn(usize) -> bool)) -> Result<u8, Halt> {
        for guess in 0..=255 {
            let (packet, says_yes) = question(guess);
            self.queries += 1;
            let Some(answer) = self.path.ask(&packet)? else {
                return Err(Halt::stopped(format_args!(
                    "the server closed at question {} and says nothing about its padding",
                    self.queries
                )));
            };
            if says_yes(answer.text_length()) {
                return Ok(guess);
            }
        }
        Err(Halt::stopped(format_args!(
            "the server answers all 256 guesses alike, after {} questions",
            self.queries
        )))
    }
}

/// Blocks that are read at most: so it ends, whatever the client says.
const MOST_BLOCKS: usize = 16;
