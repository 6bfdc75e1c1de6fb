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
    // solution
    let powers = std::iter::successors(Some(BigUint::from(1u32)), |power| Some(power * &group.g % &group.p));
    (0..4096).zip(powers).find_map(|(x, power)| (power == *public).then_some(x))
    // starter
    // todo!("go through the powers of g until the public value comes by")
    // end
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
    // solution
    let [client, server] = overheard(recording);
    let group = historic::group();
    let [client_public, server_public] =
        [&client.public, &server.public].map(|bytes| BigUint::from_bytes_be(bytes));
    let (exponent, other) = match exponent(&group, &client_public) {
        Some(exponent) => (exponent, server_public),
        None => (exponent(&group, &server_public)?, client_public),
    };
    let shared = other.modpow(&BigUint::from(exponent), &group.p);
    let key = Sha256::digest(shared.to_bytes_be());
    let decrypt = |secret: Vec<Vec<u8>>, letter: u8| {
        let mut keystream = Rc4::new(&[&key[..], &[letter]].concat());
        let text = |mut message: Vec<u8>| {
            keystream.apply(&mut message);
            String::from_utf8_lossy(&message).into_owned()
        };
        secret.into_iter().map(text).collect()
    };
    Some([decrypt(client.secret, b'C'), decrypt(server.secret, b'S')])
    // starter
    // todo!("find one exponent, compute the shared key as its owner would, and decrypt both directions")
    // end
}
