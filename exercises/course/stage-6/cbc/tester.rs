//! The tester of `cbc`: the blocks of NIST SP 800-38A, sections F.2.5 and F.2.6, then every length against stage 6.

mod exercise;

use aes::Aes256;
use aes::cipher::KeyInit;
use cbc_packet::Cipher;
use echo::lab::unhex;
use exercise::{decrypt, encrypt};
use kit::{fail, holds, same_bytes};

const IV: [u8; 16] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

const KEY: &str = "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4";

const TEXT: &str = "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51\
                    30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710";

const ENCRYPTED: &str = "f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d\
                         39f23369a9d9bacfa530e26304231461b2eb05e2c39be9fcda6c19078c6a9d1b";

/// What the student reads if good blocks do not come out.
const REFUSED: &str = "whole blocks with a right padding were refused";

fn bytes(digits: &str) -> Vec<u8> {
    unhex(digits).expect("hexadecimal digits")
}

fn key() -> [u8; 32] {
    bytes(KEY).try_into().expect("32 bytes")
}

/// A text of this length in which no block is like another.
fn text(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at * 7 + length) as u8 | 1).collect()
}

/// The text with zeros up to the end of its last block, encrypted by stage 6.
fn expected(text: &[u8]) -> Vec<u8> {
    let mut blocks = text.to_vec();
    blocks.resize(text.len().next_multiple_of(16), 0);
    Cipher::new(&key()).encrypt(&IV, &mut blocks);
    blocks
}

pub fn main() {
    kit::run(|tester| {
        let cipher = Aes256::new(&key().into());
        let (plain, encrypted) = (bytes(TEXT), bytes(ENCRYPTED));
        tester.step("encrypt: one full block (NIST SP 800-38A, F.2.5)", || {
            same_bytes(&encrypted[..16], encrypt(&cipher, &IV, &plain[..16]).0);
        });
        tester.step("encrypt: four blocks, each chained to the one before", || {
            same_bytes(&encrypted, encrypt(&cipher, &IV, &plain).0);
        });
        tester.step("encrypt: a last block that is not full is filled up with zeros", || {
            let (blocks, padding) = encrypt(&cipher, &IV, b"pay 100 to bob");
            same_bytes(expected(b"pay 100 to bob"), blocks);
            holds(padding == 2, format!("14 bytes need 2 bytes of padding, and not {padding}"));
        });
        tester.step("encrypt: every length up to five blocks", || {
            for length in 1..=80 {
                let (blocks, padding) = encrypt(&cipher, &IV, &text(length));
                let expected = expected(&text(length));
                let right = expected.len() - length;
                holds(
                    usize::from(padding) == right,
                    format!("{length} bytes need {right} bytes of padding, and not {padding}"),
                );
                same_bytes(expected, blocks);
            }
        });
        tester.step("decrypt: one block, then four (NIST SP 800-38A, F.2.6)", || {
            for length in [16, 64] {
                let found = decrypt(&cipher, &IV, &encrypted[..length], 0);
                same_bytes(&plain[..length], found.unwrap_or_else(|| fail(REFUSED)));
            }
        });
        tester.step("decrypt: every length up to five blocks, without its padding", || {
            for length in 1..=80 {
                let body = expected(&text(length));
                let found = decrypt(&cipher, &IV, &body, (body.len() - length) as u8);
                same_bytes(text(length), found.unwrap_or_else(|| fail(REFUSED)));
            }
        });
        tester.step("decrypt: a body that is empty or ends in the middle of a block is refused", || {
            for length in (0..64).filter(|length| *length == 0 || length % 16 != 0) {
                let found = decrypt(&cipher, &IV, &encrypted[..length], 0);
                holds(found.is_none(), format!("a body of {length} bytes was decrypted"));
            }
        });
        tester.step("decrypt: more than 15 bytes of padding are refused, 15 are not", || {
            // Letters, and not zeros: how many are taken off, only the header says.
            let found = decrypt(&cipher, &IV, &encrypted[..32], 15);
            let found =
                found.unwrap_or_else(|| fail("15 bytes of padding were refused, and they are allowed"));
            holds(
                found.len() == 17,
                format!(
                    "15 bytes of padding are to be taken off, whatever they are: of 32 bytes {} were left",
                    found.len()
                ),
            );
            same_bytes(&plain[..17], found);
            for padding in 16..=255 {
                let found = decrypt(&cipher, &IV, &encrypted[..32], padding);
                holds(found.is_none(), format!("{padding} bytes of padding were taken off"));
            }
        });
    });
}
