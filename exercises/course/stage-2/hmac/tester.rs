//! The tester of `hmac`: vectors of RFC 2202, section 2, then keys and messages of many lengths against a library.

mod exercise;

use exercise::hmac_md5;
use hmac::{Hmac, KeyInit, Mac};
use kit::same_bytes;
use md5::Md5;

/// What a well-kept library says.
fn expected(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Md5>::new_from_slice(key).expect("any key will do");
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}

pub fn main() {
    kit::run(|tester| {
        let jefe =
            [0x75, 0x0c, 0x78, 0x3e, 0x6a, 0xb0, 0xb5, 0x03, 0xea, 0xa8, 0x6e, 0x31, 0x0a, 0x5d, 0xb7, 0x38];
        tester.step("a key shorter than a block (RFC 2202, case 2)", || {
            same_bytes(jefe, hmac_md5(b"Jefe", b"what do ya want for nothing?"));
        });
        tester.step("an empty key and an empty message", || {
            same_bytes(expected(b"", b""), hmac_md5(b"", b""));
        });
        tester.step("a key of exactly one block", || {
            same_bytes(expected(&[0xab; 64], b"hello"), hmac_md5(&[0xab; 64], b"hello"));
        });
        tester.step("a key longer than a block (RFC 2202, case 6)", || {
            let message = b"Test Using Larger Than Block-Size Key - Hash Key First";
            same_bytes(expected(&[0xaa; 80], message), hmac_md5(&[0xaa; 80], message));
        });
        tester.step("every length of key up to three blocks", || {
            for length in 0..=192 {
                let key: Vec<u8> = (0..length).map(|at| at as u8 ^ 0x5a).collect();
                same_bytes(expected(&key, &key), hmac_md5(&key, &key));
            }
        });
    });
}
