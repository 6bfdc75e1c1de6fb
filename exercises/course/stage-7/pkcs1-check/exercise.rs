//! Checking an RSA signature: RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017, section 8.2.2).

use num_bigint::BigUint;
use sha2::{Digest, Sha256};

/// A public key. n has 2048 bits or more.
pub struct PublicKey {
    pub n: BigUint,
    pub e: BigUint,
}

/// The DER that stands before a SHA-256 digest: it names the hash (RFC 8017, section 9.2, note 1).
const SHA256_DIGEST_INFO: [u8; 19] = [
    0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00,
    0x04, 0x20,
];

/// Whether the owner of this key has signed the message. What has to hold:
///
/// - the signature has exactly as many bytes as n;
/// - read as a number s (big-endian), it is smaller than n;
/// - s^e mod n, in as many bytes as n, is the encoding of the message. The whole of it.
///
/// Of num-bigint, this may be of use: `BigUint::from_bytes_be(&bytes)`, `number.to_bytes_be()`, and
/// `s.modpow(&e, &n)`.
///
/// The library has this ready-made (`certificates::rsa::PublicKey::verify`). Write it yourself, and compare
/// afterwards.
pub fn verify(key: &PublicKey, message: &[u8], signature: &[u8]) -> bool {
    todo!("check length and range, raise to e, and compare with the encoding")
}

/// The one encoding of a message, in `length` bytes:
///
/// ```text
/// 00 01 ff … ff 00 ‖ SHA256_DIGEST_INFO ‖ SHA-256(message)
/// ```
///
/// There are as many bytes ff as it takes to make it `length` bytes.
fn encode(message: &[u8], length: usize) -> Vec<u8> {
    todo!("two bytes, the filling, a zero, what names the hash, and the digest")
}

/// A number in `length` bytes, big-endian, with zeros in front.
fn to_bytes(number: &BigUint, length: usize) -> Vec<u8> {
    let bytes = number.to_bytes_be();
    let zeros = length.saturating_sub(bytes.len());
    [vec![0; zeros], bytes].concat()
}
