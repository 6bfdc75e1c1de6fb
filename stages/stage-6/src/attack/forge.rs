//! One block with known text becomes any message of up to 16 bytes.

use super::path::{Halt, Passing, Path};
use crate::operations::{ADD_FRIEND, GENERAL_FAILURE, text_message};
use crate::service::NOT_UNDERSTOOD;
use crate::{BLOCK, xor};
use echo::lab::{Failure, Outcome};
use framing::Message;

/// CBC decrypts a block C to D(C) xor the block before it, and the block before the first one is the IV, which
/// travels in clear. So whoever knows the text of one block knows D(C), and chooses what it says by choosing the
/// IV. The digest covers neither, and has no key.
///
/// All that is missing is a block with known text. The server gives one away: a changed first byte is an unknown
/// operation, and the sentence that it answers is the same for everybody.
pub(super) fn forge(path: &mut Path) -> Result<Outcome, Halt> {
    path.exchange()?;
    let held = path.question()?;
    // ANCHOR: forge
    let mut changed = held.clone();
    changed.header.iv[0] ^= 0x80;
    let Some(failure) = path.ask(&changed)? else {
        return Err(Halt::stopped("the server closed at a packet with another IV: it noticed"));
    };
    let known = bytes(&text_message(GENERAL_FAILURE, NOT_UNDERSTOOD))?;
    if failure.text_length() != known.len() {
        return Err(Halt::stopped(format_args!(
            "the server answered {} bytes to a changed packet, and not the {} that everybody knows",
            failure.text_length(),
            known.len()
        )));
    }
    let (Some(block), Some(text)) = (failure.body.first_chunk(), known.first_chunk()) else {
        return Err(Halt::stopped("the answer has no whole block"));
    };
    let decrypted = xor(text, &failure.header.iv); // D(C) = P xor IV

    let forged = under(block, &decrypted, &bytes(&text_message(ADD_FRIEND, NAME))?);
    // ANCHOR_END: forge
    let Some(answer) = path.ask(&forged)? else {
        return Err(Halt::stopped("the server closed at the forged packet: it noticed"));
    };
    path.tell(echo::lab::Direction::ToServer, &held);
    path.relay();
    if answer.text_length() == known.len() {
        return Err(Halt::stopped("the server answered the forged packet by its general failure"));
    }
    Ok(Outcome::Succeeded(format!(
        "the server took a forged add_friend \"{NAME}\" and answered {} bytes; nobody with the key has sent it",
        answer.text_length()
    )))
}

/// The packet of one block that decrypts to `text`, which has at most 16 bytes.
pub(super) fn under(block: &[u8; BLOCK], decrypted: &[u8; BLOCK], text: &[u8]) -> Passing {
    let mut wanted = [0; BLOCK];
    let length = text.len().min(BLOCK);
    wanted[..length].copy_from_slice(&text[..length]);
    Passing::of_one_block(xor(decrypted, &wanted), (BLOCK - length) as u8 & 15, *block)
}

fn bytes(message: &Message) -> Result<Vec<u8>, Halt> {
    message.to_bytes().map_err(|e| Failure::new(e.to_string()).into())
}

const NAME: &str = "mallory";
