//! CBC: texts of any length, from a cipher that knows blocks of 16 bytes.

use aes::Aes256;
use aes::cipher::{BlockCipherDecrypt, BlockCipherEncrypt};

/// Bytes of a block, and of an IV.
const BLOCK: usize = 16;

/// Encrypts a text of one byte or more in CBC mode. Zeros fill up its last block if it is not full.
///
/// Returns the encrypted blocks, and how many zeros were added: 0 to 15.
pub fn encrypt(cipher: &Aes256, iv: &[u8; BLOCK], text: &[u8]) -> (Vec<u8>, u8) {
    // solution
    let mut blocks = text.to_vec();
    blocks.resize(text.len().next_multiple_of(BLOCK), 0);
    let padding = blocks.len() - text.len();
    let mut before = *iv;
    for block in blocks.as_chunks_mut().0 {
        *block = encrypt_block(cipher, &xor(block, &before));
        before = *block;
    }
    (blocks, padding as u8) // less than 16
    // starter
    // todo!("fill up the last block, then XOR each block with the encrypted one before it and encrypt it")
    // end
}

/// Decrypts what `encrypt` gives, and takes the padding off, whatever bytes it has.
///
/// Both values may come from the network: nothing if `body` is empty or does not end with a block, or if `padding`
/// is more than 15.
pub fn decrypt(cipher: &Aes256, iv: &[u8; BLOCK], body: &[u8], padding: u8) -> Option<Vec<u8>> {
    // solution
    let (blocks, rest) = body.as_chunks();
    if blocks.is_empty() || !rest.is_empty() || usize::from(padding) >= BLOCK {
        return None;
    }
    let mut text = Vec::with_capacity(body.len());
    let mut before = iv;
    for block in blocks {
        text.extend_from_slice(&xor(&decrypt_block(cipher, block), before));
        before = block;
    }
    text.truncate(body.len() - usize::from(padding));
    Some(text)
    // starter
    // todo!("check both values, then decrypt each block and XOR it with the encrypted one before it")
    // end
}

/// E: one block, encrypted.
fn encrypt_block(cipher: &Aes256, block: &[u8; BLOCK]) -> [u8; BLOCK] {
    let mut block = aes::Block::from(*block);
    cipher.encrypt_block(&mut block);
    block.into()
}

/// D: the way back.
fn decrypt_block(cipher: &Aes256, block: &[u8; BLOCK]) -> [u8; BLOCK] {
    let mut block = aes::Block::from(*block);
    cipher.decrypt_block(&mut block);
    block.into()
}

/// Two blocks, byte by byte.
fn xor(a: &[u8; BLOCK], b: &[u8; BLOCK]) -> [u8; BLOCK] {
    std::array::from_fn(|n| a[n] ^ b[n])
}
