//! A prime of 768 bits, and an exponent of twelve.

use echo::lab::Recording;
use key_exchange::{Group, Rc4, historic, overheard};
use num_bigint::BigUint;
use sha2::{Digest, Sha256};

/// The exponent below 4096 for which g^x mod p is this public value, if there is one.
///
/// A power costs about ten multiplications, but the next power only one: it is the last one times `group.g`, modulo
/// `group.p`.
pub fn exponent(group: &Group, public: &BigUint) -> Option<u32> {
    todo!("go through the powers of g until the public value comes by")
}

/// What was said in a conversation that somebody has recorded: the client's messages, and the server's.
///
/// The group is `historic::group()`. `overheard(&recording)` gives what was sent by the client and by the server: `let
/// [client, server] = …`. Each has `public`, the bytes of its public value (big-endian), and `secret`, its encrypted
/// messages. One side's exponent is enough.
///
/// The shared key is SHA-256 of the shared value, big-endian, without zeros in front. RC4 encrypts: the client's
/// messages under the shared key with the byte `C` behind it, the server's with `S`. Each keystream runs on from
/// message to message: `Rc4::new(&key)` makes one, and `apply(&mut bytes)` XORs the next bytes with it.
pub fn read(recording: &Recording) -> Option<[Vec<String>; 2]> {
    todo!("find one exponent, compute the shared key as its owner would, and decrypt both directions")
}
