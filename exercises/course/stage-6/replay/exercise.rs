//! A recorded packet counts twice.

use cbc_packet::attack::path::Passing;
use cbc_packet::operations::text_message_length;
use conn_auth::ANSWER_LENGTH;

/// The whole packets in a recording of all that a client has sent, from its first byte on: the answer to the server's
/// challenge (`ANSWER_LENGTH` bytes), a frame (`length u32`, big-endian, then so many bytes) with its public value,
/// then packets. The recording may end anywhere, also in the middle of a packet or before the first one.
///
/// `Passing::from_bytes(bytes)` reads the packet with which `bytes` begin, if it is there as a whole; `to_bytes()` is
/// what has travelled.
pub fn packets(recording: &[u8]) -> Vec<Passing> {
    todo!("skip the answer and the frame, then take packet after packet")
}

/// The bytes to send once more, on the same connection, so that `name`, whom the client has put on the list of friends
/// and taken off it again, is back on the list. The client has talked of other things as well, but said nothing else of
/// the same length.
///
/// To add a friend and to delete one are texts like all others: `text_message_length(name)` bytes each.
/// `text_length()` is how many bytes of text a packet has.
pub fn replay(recording: &[u8], name: &str) -> Option<Vec<u8>> {
    todo!("find the packet that has added the friend")
}

/// What comes after the answer and the frame; nothing if they are not there as a whole.
fn after_the_exchange(recording: &[u8]) -> Option<&[u8]> {
    todo!("skip ANSWER_LENGTH bytes, read the length of the frame, skip the frame")
}
