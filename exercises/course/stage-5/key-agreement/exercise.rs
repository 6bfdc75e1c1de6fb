//! A client of your own that agrees on a key with stage 5's server.
//!
//! The library has this ready-made (`key_exchange::KeyPair`). Write it yourself, and compare afterwards.

use framing::FrameStream;
use key_exchange::Group;
use num_bigint::BigUint;
use sha2::{Digest, Sha256};

/// Why there is no key, as a sentence of your own.
pub type Problem = String;

/// What travels: g^private mod p, big-endian, padded with zeros in front to the length of p.
///
/// The numbers are `group.g` and `group.p`; `x.modpow(&e, &p)` is x^e mod p. `x.to_bytes_be()` gives the bytes of a number
/// without zeros in front, and `group.length()` how many p has.
pub fn public_value(group: &Group, private: &BigUint) -> Vec<u8> {
    todo!("compute the power, and pad its bytes")
}

/// The key that both sides have when the other one has sent `theirs`: SHA-256 of the shared value, big-endian, without
/// zeros in front.
///
/// A value that is not as long as p, or not from 2 to p − 2, is refused: its powers would be no secret.
/// `BigUint::from_bytes_be(bytes)` makes a number of bytes, and `Sha256::digest(bytes).into()` a key.
pub fn shared_key(group: &Group, private: &BigUint, theirs: &[u8]) -> Result<[u8; 32], Problem> {
    todo!("check what was sent, raise it to the private exponent, and hash the result")
}

/// Agrees on a key with the server at the other end: the client sends its public value first, as one frame, and gets
/// the server's in another.
///
/// `stream.send(&bytes)` sends a frame, `stream.receive()` waits for one. If they fail, the reason is a `Failure`, and
/// `to_string()` makes a sentence of it.
pub fn agree(stream: &mut FrameStream, group: &Group, private: &BigUint) -> Result<[u8; 32], Problem> {
    todo!("exchange public values, and make the key")
}
