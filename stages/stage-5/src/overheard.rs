//! What somebody on the path has of a session: public values and ciphertexts, in order.

use echo::lab::Recording;
use framing::ByteOrder;
use framing::attack::payloads;

/// One direction of a recorded session, after challenge and answer.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Overheard {
    /// The first frame.
    pub public: Vec<u8>,
    /// The frames after it.
    pub secret: Vec<Vec<u8>>,
}

/// Both directions, the client's first.
#[must_use]
pub fn overheard(recording: &Recording) -> [Overheard; 2] {
    payloads(recording, ByteOrder::Network).map(|mut payloads| {
        let secret = payloads.split_off(payloads.len().min(1));
        Overheard { public: payloads.pop().unwrap_or_default(), secret }
    })
}
