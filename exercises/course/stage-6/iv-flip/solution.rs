//! Another message in the same packet, by the bytes that no digest covers.

use cbc_packet::BLOCK;
use cbc_packet::attack::path::Passing;

/// The recorded packet, of which we know that it says `said`, so changed that it says `wanted`. Its body and its
/// digest stay as they are; in the header (`packet.header`) `iv` and `padding` can be changed.
///
/// Nothing if that is not possible: with their zeros at the end, both texts must have the same number of blocks, one
/// or more, and all blocks but the first one must be equal.
pub fn rewrite(recorded: &Passing, said: &[u8], wanted: &[u8]) -> Option<Passing> {
    // solution
    let (before, after) = (filled(said), filled(wanted));
    let (first_before, rest_before) = before.split_first_chunk::<BLOCK>()?;
    let (first_after, rest_after) = after.split_first_chunk::<BLOCK>()?;
    if rest_before != rest_after {
        return None;
    }
    let mut changed = recorded.clone();
    for (at, byte) in changed.header.iv.iter_mut().enumerate() {
        *byte ^= first_before[at] ^ first_after[at];
    }
    changed.header.padding = (after.len() - wanted.len()) as u8; // less than 16
    Some(changed)
    // starter
    // todo!("compare what lies behind the first block, then change IV and padding")
    // end
}

/// A text with zeros up to the end of its last block: what the client has encrypted.
fn filled(text: &[u8]) -> Vec<u8> {
    let mut filled = text.to_vec();
    filled.resize(text.len().next_multiple_of(BLOCK), 0);
    filled
}
