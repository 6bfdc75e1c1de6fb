//! Key transport: encrypting a secret for the owner of a key with RSAES-PKCS1-v1_5 (RFC 8017, section 7.2).
//!
//! **Only for the exhibit.** Until TLS 1.2 many servers got their session keys this way, and two things were
//! wrong with it. Who records today and steals the key file tomorrow reads everything: there is no forward
//! secrecy. And Bleichenbacher (1998) found that a server which tells, by an alert or only by its time,
//! whether a padding was right decrypts for anybody: about a million questions open one recorded secret.
//! Twenty years of mending followed (ROBOT, 2018, still found open servers), then TLS 1.3 dropped it.

use super::{KeyError, PrivateKey, PublicKey};
use crypto_bigint::{CtEq, CtSelect};
use rand::Rng;
use zeroize::Zeroizing;

impl PublicKey {
    /// `00 02 ‖ random bytes without zero ‖ 00 ‖ message`, raised to e.
    ///
    /// # Errors
    /// If the message is longer than the modulus less 11 bytes: at least eight must be random.
    pub fn encrypt(&self, message: &[u8], random: &mut impl Rng) -> Result<Vec<u8>, KeyError> {
        let (length, most) = (message.len(), self.length() - OVERHEAD);
        if length > most {
            return Err(KeyError::Message { length, most });
        }
        let mut padding = vec![0; self.length() - 3 - length];
        random.fill_bytes(&mut padding);
        for byte in &mut padding {
            while *byte == 0 {
                random.fill_bytes(std::slice::from_mut(byte)); // a zero would end the padding too early
            }
        }
        let encoded = Zeroizing::new([&[0x00, 0x02], &padding[..], &[0x00], message].concat());
        self.power(&encoded).ok_or(KeyError::Message { length, most })
    }
}

impl PrivateKey {
    /// The secret of `length` bytes in a ciphertext. **Whatever is wrong with it, the result is a random
    /// secret and no error** (RFC 5246, section 7.4.7.1): who sends nonsense learns only later, and in the
    /// same way as everybody with a wrong key, that nothing fits. The padding is looked at in constant time.
    pub fn decrypt(&self, ciphertext: &[u8], length: usize, random: &mut impl Rng) -> Zeroizing<Vec<u8>> {
        let mut secret = Zeroizing::new(vec![0; length]);
        random.fill_bytes(&mut secret); // drawn in every case, else the time would tell
        let Some(end) = self.public().length().checked_sub(length + 1).filter(|end| *end >= 10) else {
            return secret; // longer than anything that could be in there
        };
        // Length and range of a ciphertext are seen by everybody, and a fault is ours: no secret is told.
        let Ok(encoded) = self.power(ciphertext, random) else { return secret };
        let mut right = encoded[0].ct_eq(&0x00) & encoded[1].ct_eq(&0x02) & encoded[end].ct_eq(&0x00);
        for byte in &encoded[2..end] {
            right &= byte.ct_ne(&0x00);
        }
        for (byte, sent) in secret.iter_mut().zip(&encoded[end + 1..]) {
            *byte = byte.ct_select(sent, right);
        }
        secret
    }
}

/// 00, 02, eight random bytes, 00.
const OVERHEAD: usize = 11;
