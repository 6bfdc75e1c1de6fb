//! Stage 2 inside the channel: the same proof of knowing the shared key, bound to this one handshake.
//!
//! Stage 2's answer proves that *somebody* at the other end of the conversation knows the key; whoever sits in
//! between can pass challenge and answer on. This one covers a digest of the whole handshake as well, keys and
//! certificate included: passed on into another handshake, it is wrong.

use conn_auth::{ANSWER_LENGTH, CHALLENGE_LENGTH, Key};

/// The answer: HMAC-MD5(access key, `uchat access` ‖ 00 ‖ challenge ‖ channel).
///
/// `channel` is what only the two ends of this channel have in common: the transcript hash up to and including
/// the server's `finished`, or the exporter of a TLS connection (RFC 9266).
#[must_use]
pub fn access_answer(
    key: &Key,
    challenge: &[u8; CHALLENGE_LENGTH],
    channel: &[u8; 32],
) -> [u8; ANSWER_LENGTH] {
    key.authenticate(&[CONTEXT, challenge, channel])
}

/// Whether `answer` is that; in constant time.
#[must_use]
pub fn accepts_answer(
    key: &Key,
    challenge: &[u8; CHALLENGE_LENGTH],
    channel: &[u8; 32],
    answer: &[u8; ANSWER_LENGTH],
) -> bool {
    key.accepts(&[CONTEXT, challenge, channel], answer)
}

const CONTEXT: &[u8] = b"uchat access\0";
