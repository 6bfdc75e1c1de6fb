//! HKDF, and the first half of the key schedule of TLS 1.3, from HMAC-SHA256 alone.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// HKDF-Extract (RFC 5869, section 2.2): HMAC of the input, with the salt as the key.
pub fn extract(salt: &[u8], input: &[u8]) -> [u8; 32] {
    todo!("one call of hmac")
}

/// HKDF-Expand (RFC 5869, section 2.3): `length` bytes, at most 255 · 32, from a secret.
///
/// ```text
/// block 1 = HMAC(secret, info ‖ 01)
/// block 2 = HMAC(secret, block 1 ‖ info ‖ 02)
/// block 3 = HMAC(secret, block 2 ‖ info ‖ 03)
/// …
/// ```
///
/// The result is the blocks, one after the other, cut to `length`.
pub fn expand(secret: &[u8; 32], info: &[u8], length: usize) -> Vec<u8> {
    todo!("blocks until there are enough bytes, each made with the one before")
}

/// HKDF-Expand-Label (RFC 8446, section 7.1): [`expand`] with this for `info`:
///
/// ```text
/// length in 2 bytes ‖ length of label in 1 byte ‖ label ‖ length of context in 1 byte ‖ context
/// ```
///
/// Numbers are big-endian, and the label has `tls13 ` in front, which counts in its length.
pub fn expand_label(secret: &[u8; 32], label: &str, context: &[u8], length: usize) -> Vec<u8> {
    todo!("put info together, and expand")
}

/// The client's and the server's handshake traffic secret (RFC 8446, section 7.1). `shared` is the value of
/// Diffie-Hellman, `transcript` the hash of client_hello and server_hello.
///
/// ```text
/// early     = extract(32 zeros, 32 zeros)
/// derived   = derive(early, "derived", SHA-256 of nothing)
/// handshake = extract(derived, shared)
/// client    = derive(handshake, "c hs traffic", transcript)
/// server    = derive(handshake, "s hs traffic", transcript)
/// ```
///
/// where `derive` is [`expand_label`] with the hash as context, to 32 bytes.
pub fn handshake_secrets(shared: &[u8], transcript: &[u8; 32]) -> [[u8; 32]; 2] {
    todo!("the five lines above")
}

/// Derive-Secret (RFC 8446, section 7.1), given the hash of the messages.
fn derive(secret: &[u8; 32], label: &str, hash: &[u8; 32]) -> [u8; 32] {
    expand_label(secret, label, hash, 32).try_into().expect("32 bytes were asked for")
}

/// HMAC-SHA256 of these pieces, one after the other.
fn hmac(key: &[u8], pieces: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key of any length will do");
    pieces.iter().for_each(|piece| mac.update(piece));
    mac.finalize().into_bytes().into()
}
