//! Another message in the same packet, by the bytes that no digest covers.

use cbc_packet::BLOCK;
use cbc_packet::attack::path::Passing;

/// The recorded packet, of which we know that it says `said`, so changed that it says `wanted`. Its body and its
/// digest stay as they are; in the header (`packet.header`) `iv` and `padding` can be changed.
///
/// Nothing if that is not possible: with their zeros at the end, both texts must have the same number of blocks, one
/// or more, and all blocks but the first one must be equal.
pub fn rewrite(recorded: &Passing, said: &[u8], wanted: &[u8]) -> Option<Passing> {
    todo!("compare what lies behind the first block, then change IV and padding")
}

/// A text with zeros up to the end of its last block: what the client has encrypted.
fn filled(text: &[u8]) -> Vec<u8> {
    let mut filled = text.to_vec();
    filled.resize(text.len().next_multiple_of(BLOCK), 0);
    filled
}
