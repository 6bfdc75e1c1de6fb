//! The tester of `rc4`: the keystreams of RFC 6229, then every length of key and message against stage 5's own RC4.

mod exercise;

use exercise::Rc4;
use kit::{holds, same_bytes};

/// The RFC's keys are 01 02 03 04 05 …
fn key(length: u8) -> Vec<u8> {
    (1..=length).collect()
}

/// Sixteen bytes of the keystream from this offset on must be these (RFC 6229, section 2).
fn stream(length: u8, offset: usize, expected: u128) {
    let found: Vec<u8> = Rc4::new(&key(length)).skip(offset).take(16).collect();
    same_bytes(expected.to_be_bytes(), found);
}

/// What stage 5 makes of it.
fn expected(key: &[u8], data: &[u8]) -> Vec<u8> {
    let mut data = data.to_vec();
    key_exchange::Rc4::new(key).apply(&mut data);
    data
}

fn apply(cipher: &mut Rc4, data: &[u8]) -> Vec<u8> {
    let mut data = data.to_vec();
    cipher.apply(&mut data);
    data
}

pub fn main() {
    kit::run(|tester| {
        tester.step("the key 01 02 03 04 05: the first 16 bytes of the keystream (RFC 6229)", || {
            stream(5, 0, 0xb239_6305_f03d_c027_ccc3_524a_0a11_18a8);
        });
        tester.step("the bytes after them, and those where i begins again at 0", || {
            stream(5, 16, 0x6982_944f_18fc_82d5_89c4_03a4_7a0d_0919);
            stream(5, 240, 0x28cb_1132_c96c_e286_421d_caad_b8b6_9eae);
            stream(5, 256, 0x1cfc_f62b_03ed_db64_1d77_dfcf_7f8d_8c93);
        });
        tester.step("keys of 16 and 32 bytes (RFC 6229)", || {
            stream(16, 0, 0x9ac7_cc9a_609d_1ef7_b293_2899_cde4_1b97);
            stream(16, 16, 0x5248_c495_9014_126a_6e8a_84f1_1d1a_9e1c);
            stream(32, 0, 0xeaa6_bd25_880b_f93d_3f5d_1e4c_a261_1d91);
            stream(32, 16, 0xcfa4_5c9f_7e71_4b54_bdfa_8002_7cb1_4380);
        });
        tester.step("every length of key, from 1 byte to 256", || {
            for length in 1..=256 {
                let key: Vec<u8> = (0..length).map(|at| (at * 7) as u8 ^ 0x5a).collect();
                let found: Vec<u8> = Rc4::new(&key).take(20).collect();
                same_bytes(expected(&key, &[0; 20]), found);
            }
        });
        tester.step("a message is encrypted, and decrypted again", || {
            let message = "pay 100 to bob, and tell nobody".as_bytes();
            let secret = apply(&mut Rc4::new(b"key"), message);
            same_bytes(expected(b"key", message), &secret);
            same_bytes(message, apply(&mut Rc4::new(b"key"), &secret));
        });
        tester.step("the keystream runs on from message to message", || {
            let mut cipher = Rc4::new(b"key");
            let whole: Vec<u8> = (0..600_u32).map(|at| (at % 251) as u8).collect();
            let secret = expected(b"key", &whole);
            let mut at = 0;
            for length in [1, 0, 2, 100, 0, 156, 300, 41] {
                same_bytes(&secret[at..at + length], apply(&mut cipher, &whole[at..at + length]));
                at += length;
            }
            let rest = cipher.next();
            holds(
                rest == expected(b"key", &[0; 601]).pop(),
                "after the messages `next` does not go on where they ended",
            );
        });
    });
}
