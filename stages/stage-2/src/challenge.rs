//! The challenge and its answer: bytes in, bytes out, no socket.

use crate::Key;
use anatomy::{ReadError, Reader};
use hmac::{Hmac, Mac};
use md5::Md5;

/// Length of a challenge in bytes.
pub const CHALLENGE_LENGTH: usize = 32;

/// Length of an answer in bytes: one MD5 digest.
pub const ANSWER_LENGTH: usize = 16;

/// 32 bytes that were never used before. They must be unpredictable: who can guess a challenge can
/// collect its answer beforehand, from a client that is asked by a false server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Challenge([u8; CHALLENGE_LENGTH]);

impl Challenge {
    /// A challenge of the given bytes; [`random`](crate::random) makes them.
    #[must_use]
    pub fn new(bytes: [u8; CHALLENGE_LENGTH]) -> Self {
        Self(bytes)
    }

    /// What travels.
    #[must_use]
    pub fn bytes(&self) -> &[u8; CHALLENGE_LENGTH] {
        &self.0
    }

    // ANCHOR: answer_and_check
    /// The client's answer: HMAC-MD5(key, challenge), RFC 2104.
    ///
    /// MD5 is broken as a hash (collisions), but HMAC-MD5 as a keyed check is not known to be. It is
    /// still not for new designs (RFC 6151, section 2.3); stage 7 goes on with SHA-256.
    #[must_use]
    pub fn answer(&self, key: &Key) -> [u8; ANSWER_LENGTH] {
        self.mac(key).finalize().into_bytes().into()
    }

    /// The server's check. The comparison takes the same time wherever the first difference is, so that
    /// an attacker cannot guess the answer byte by byte with a stopwatch.
    #[must_use]
    pub fn accepts(&self, key: &Key, answer: &[u8; ANSWER_LENGTH]) -> bool {
        self.mac(key).verify_slice(answer).is_ok()
    }
    // ANCHOR_END: answer_and_check

    /// Reads a challenge.
    pub fn read(r: &mut Reader<'_>) -> Result<Self, ReadError> {
        let challenge = Self(r.array("challenge")?);
        r.note(|| "random, new for each connection".into());
        Ok(challenge)
    }

    /// Reads an answer.
    pub fn read_answer(r: &mut Reader<'_>) -> Result<[u8; ANSWER_LENGTH], ReadError> {
        let answer = r.array("answer")?;
        r.note(|| "must equal HMAC-MD5(key, challenge)".into());
        Ok(answer)
    }

    fn mac(&self, key: &Key) -> Hmac<Md5> {
        key.mac.clone().chain_update(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 2202's messages have other lengths than a challenge, so they go to the keyed state itself.
    #[test]
    fn hmac_md5_gives_the_digests_of_rfc_2202() {
        let long = [0xaa; 80];
        let counting: Vec<u8> = (1..=25).collect();
        let cases: [(&[u8], &[u8], [u8; 16]); 5] = [
            (&[0x0b; 16], b"Hi There", hex("9294727a3638bb1c13f48ef8158bfc9d")),
            (b"Jefe", b"what do ya want for nothing?", hex("750c783e6ab0b503eaa86e310a5db738")),
            (&[0xaa; 16], &[0xdd; 50], hex("56be34521d144c88dbb8c733f0e8b3f6")),
            (&counting, &[0xcd; 50], hex("697eaf0aca3a3aea3a75164746ffaa79")),
            (
                &long,
                b"Test Using Larger Than Block-Size Key - Hash Key First",
                hex("6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd"),
            ),
        ];
        for (key, message, digest) in cases {
            let key = Key::new(key).unwrap();
            let mac = key.mac.clone().chain_update(message);
            assert_eq!(<[u8; 16]>::from(mac.finalize().into_bytes()), digest);
        }
    }

    #[test]
    fn one_changed_bit_anywhere_is_refused() {
        let key = Key::new(b"k").unwrap();
        let challenge = Challenge::new([7; 32]);
        let answer = challenge.answer(&key);
        assert!(challenge.accepts(&key, &answer));
        for bit in 0..ANSWER_LENGTH * 8 {
            let mut wrong = answer;
            wrong[bit / 8] ^= 1 << (bit % 8);
            assert!(!challenge.accepts(&key, &wrong));
        }
        assert!(!Challenge::new([8; 32]).accepts(&key, &answer), "an answer fits one challenge only");
        assert!(!challenge.accepts(&Key::new(b"l").unwrap(), &answer));
    }

    fn hex(digits: &str) -> [u8; 16] {
        u128::from_str_radix(digits, 16).unwrap().to_be_bytes()
    }
}
