//! What somebody on the path has of a session: public values and ciphertexts, in order.

use conn_auth::{ANSWER_LENGTH, CHALLENGE_LENGTH};
use echo::lab::{Direction, Recording};
use framing::{ByteOrder, Frames};

/// One direction of a recorded session, after challenge and answer.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Overheard {
    /// The first frame.
    pub public: Vec<u8>,
    /// The frames after it.
    pub secret: Vec<Vec<u8>>,
}

/// Both directions, the client's first. A server that speaks first has sent its challenge.
#[must_use]
pub fn overheard(recording: &Recording) -> [Overheard; 2] {
    let challenged = recording.chunks.first().is_some_and(|(direction, _)| *direction == Direction::ToClient);
    let mut skip = if challenged { [ANSWER_LENGTH, CHALLENGE_LENGTH] } else { [0, 0] };
    let mut frames = Frames::new(ByteOrder::Network);
    let mut found: [Vec<Vec<u8>>; 2] = Default::default();
    for (direction, bytes) in &recording.chunks {
        let way = usize::from(*direction == Direction::ToClient);
        let opening = skip[way].min(bytes.len());
        skip[way] -= opening;
        found[way].extend(frames.payloads(*direction, &bytes[opening..]));
    }
    found.map(|mut payloads| {
        let secret = payloads.split_off(payloads.len().min(1));
        Overheard { public: payloads.pop().unwrap_or_default(), secret }
    })
}
