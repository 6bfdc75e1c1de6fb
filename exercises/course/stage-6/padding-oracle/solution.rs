//! Reading without the key: the server says whether the padding of a packet is zero.

use cbc_packet::attack::path::Passing;
use cbc_packet::operations::{CLIENT_ECHO, text_message_length};
use cbc_packet::{BLOCK, PADDING_NOT_ZERO, xor};

/// Sends a packet to the server, on the connection of the client that is attacked, and gives its answer; nothing if
/// the server closes instead.
pub type Ask<'a> = &'a mut dyn FnMut(&Passing) -> Option<Passing>;

/// D(C) of a block, by at most 16 times 256 questions; nothing if the server's answers do not give it away: for one of
/// the bytes no value fits.
///
/// - `Passing::of_one_block(iv, padding, block)` is a packet of this one block, with the digest that fits.
/// - If one of its last `padding` bytes of text is not zero, the server answers `PADDING_NOT_ZERO`: an answer whose
///   `text_length()` is `text_message_length(PADDING_NOT_ZERO)`. If all are zero, the answer has another length. Only
///   the last `padding` bytes are looked at, so exactly one value fits for the byte that you ask about.
/// - The padding is 15 at most, so the first byte needs another question. The text `[CLIENT_ECHO, 3, 0, 0, 0, 0]`
///   (operation, type, length of what is said: 0), with 10 bytes of padding, is an echo of nothing. No other operation
///   has an answer that is as short: its `text_length()` is `text_message_length("")`.
pub fn decrypt_block(block: &[u8; BLOCK], ask: Ask) -> Option<[u8; BLOCK]> {
    // solution
    let mut decrypted = [0; BLOCK];
    for at in (1..BLOCK).rev() {
        // The text is zero where D(C) is known; at `at` it becomes zero for one of the guesses.
        decrypted[at] = (0..=255).find(|guess| {
            let mut iv = decrypted;
            iv[at] = *guess;
            let answer = ask(&Passing::of_one_block(iv, (BLOCK - at) as u8, *block));
            answer.is_some_and(|answer| answer.text_length() != text_message_length(PADDING_NOT_ZERO))
        })?;
    }
    let mut echo = [0; BLOCK];
    echo[..6].copy_from_slice(&[CLIENT_ECHO, 3, 0, 0, 0, 0]);
    decrypted[0] = (0..=255).find(|guess| {
        decrypted[0] = *guess;
        let answer = ask(&Passing::of_one_block(xor(&decrypted, &echo), 10, *block));
        answer.is_some_and(|answer| answer.text_length() == text_message_length(""))
    })?;
    Some(decrypted)
    // starter
    // todo!("find the bytes of D(C), the last one first")
    // end
}

/// The text of a recorded packet, without its padding: `text_length()` is how many bytes it has. To ask in a loop,
/// lend `ask` each time: `&mut *ask`.
pub fn read(recorded: &Passing, ask: Ask) -> Option<Vec<u8>> {
    // solution
    let mut text = Vec::new();
    let mut before = recorded.header.iv;
    for block in recorded.body.as_chunks().0 {
        text.extend_from_slice(&xor(&decrypt_block(block, &mut *ask)?, &before));
        before = *block;
    }
    text.truncate(recorded.text_length());
    Some(text)
    // starter
    // todo!("decrypt each block, and XOR it with the block before it")
    // end
}
