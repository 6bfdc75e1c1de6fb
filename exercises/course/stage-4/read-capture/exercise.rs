//! Files out of recorded transfers.

use echo::lab::Recording;
use framing::ByteOrder;
use framing::attack::payloads;
use framing::transfer::{Answer, Offer};
use sha2::{Digest, Sha256};

/// What a recording shows of one file: all of it, or the part that was sent before the connection broke.
#[derive(Debug, Clone, PartialEq)]
pub struct Piece {
    /// What the sender has said about the file.
    pub offer: Offer,
    /// The offset from which the receiver wanted bytes.
    pub from: u64,
    /// The bytes that went by after that.
    pub bytes: Vec<u8>,
}

/// The files of one recorded connection, in the order in which they were offered.
///
/// `payloads(recording, ByteOrder::Network)` gives the frames of the sender and those of the receiver:
/// `let [sent, answers] = …`. The sender's are an offer ([`Offer::from_bytes`]), then the bytes that the receiver
/// wanted, in any number of frames, then the next offer, and so on. The receiver's are, for each offer,
/// `Answer::From(offset)` and `Answer::Done` ([`Answer::from_bytes`]). An offer that was not answered with an offset is
/// the last one, and no file. Nothing in a recording is believed: if the offset lies behind the end of the file, no bytes
/// follow.
pub fn pieces(recording: &Recording) -> Vec<Piece> {
    todo!("read an offer, the offset that was wanted, and as many bytes as were missing; then the next offer")
}

/// The content of the file of this name, from all recordings together, in the order in which they were made.
///
/// A file may have come in several pieces, on several connections. Each goes on at its own offset: what the pieces
/// before it have behind this offset never reached the receiver. Files with different content may have the same name:
/// then the one that was offered last is meant, and the SHA-256 in the offer tells them apart. If the whole has not this
/// SHA-256, the answer is `None`.
pub fn restore(recordings: &[Recording], name: &str) -> Option<Vec<u8>> {
    todo!("put the pieces of this file together, each at its offset, and check the digest")
}
