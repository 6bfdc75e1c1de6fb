//! HMAC-MD5, from MD5 alone.

use md5::{Digest, Md5};

/// The length of the blocks in which MD5 works, in bytes.
const BLOCK: usize = 64;

/// The 16 bytes of HMAC-MD5 (RFC 2104, section 2) of `message` under `key`.
///
/// The library has this ready-made (the crate `hmac`). Write it yourself, and compare afterwards.
pub fn hmac_md5(key: &[u8], message: &[u8]) -> [u8; 16] {
    todo!("hash the padded key and the message, then the padded key and that hash")
}

/// The MD5 digest of these pieces, one after the other.
fn md5(pieces: &[&[u8]]) -> [u8; 16] {
    let mut digest = Md5::new();
    pieces.iter().for_each(|piece| digest.update(piece));
    digest.finalize().into()
}
