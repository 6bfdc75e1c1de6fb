//! AES-256 in CBC mode, in place: each block is XORed with the encrypted block before it.

use aes::Aes256;
use aes::cipher::{BlockModeDecrypt, BlockModeEncrypt, InnerIvInit, KeyInit};
use std::fmt;

/// Bytes of a block, and of an IV.
pub const BLOCK: usize = 16;

/// An AES-256 key, expanded once. Wiped from memory when dropped.
#[derive(Clone)]
pub struct Cipher(Aes256);

impl Cipher {
    /// For this key.
    #[must_use]
    pub fn new(key: &[u8; 32]) -> Self {
        Self(Aes256::new(key.into()))
    }

    /// Encrypts whole blocks in place; bytes after the last whole block stay as they are, which
    /// [`seal`](crate::seal) never lets happen.
    pub fn encrypt(&self, iv: &[u8; BLOCK], blocks: &mut [u8]) {
        let (blocks, _) = aes::Block::slice_as_chunks_mut(blocks);
        cbc::Encryptor::inner_iv_init(&self.0, iv.into()).encrypt_blocks(blocks);
    }

    /// Decrypts whole blocks in place.
    pub fn decrypt(&self, iv: &[u8; BLOCK], blocks: &mut [u8]) {
        let (blocks, _) = aes::Block::slice_as_chunks_mut(blocks);
        cbc::Decryptor::inner_iv_init(&self.0, iv.into()).decrypt_blocks(blocks);
    }
}

impl fmt::Debug for Cipher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cipher(secret)")
    }
}

/// Two blocks, byte by byte. With this and D(C), the block cipher alone, CBC is written in one line: the text of
/// block C is D(C) xor the block before it.
#[must_use]
pub fn xor(a: &[u8; BLOCK], b: &[u8; BLOCK]) -> [u8; BLOCK] {
    std::array::from_fn(|n| a[n] ^ b[n])
}
