//! The operator's robot. It does what a signed command says. Its public exponent is 3, because that is fast,
//! and its check is that of libraries of 2006.

use num_bigint::BigUint;
use sha2::{Digest, Sha256};

/// The DER that stands before a SHA-256 digest.
pub const SHA256_DIGEST_INFO: [u8; 19] = [
    0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00,
    0x04, 0x20,
];

/// What the robot says to a command.
type Answer = Box<dyn Fn(&[u8]) -> String>;

pub struct Robot {
    n: BigUint,
    answer: Answer,
}

impl Robot {
    /// A robot that obeys the owner of the private key for n.
    pub fn new(n: &[u8], answer: impl Fn(&[u8]) -> String + 'static) -> Self {
        Self { n: BigUint::from_bytes_be(n), answer: Box::new(answer) }
    }

    /// Bytes of n, and of a signature.
    pub fn length(&self) -> usize {
        self.n.to_bytes_be().len()
    }

    /// Does what the command says if the signature is good; else says what is wrong with it.
    pub fn obey(&self, command: &[u8], signature: &[u8]) -> Result<String, String> {
        self.check(command, signature)?;
        Ok((self.answer)(command))
    }

    /// The check. It reads the encoding from the front: 00 01, at least eight ff, 00, the name of the hash,
    /// the digest. Then it is content.
    fn check(&self, command: &[u8], signature: &[u8]) -> Result<(), String> {
        let s = BigUint::from_bytes_be(signature);
        if signature.len() != self.length() || s >= self.n {
            return Err(format!("a signature has {} bytes and is smaller than n", self.length()));
        }
        let number = s.modpow(&BigUint::from(3u32), &self.n).to_bytes_be();
        let encoded = [vec![0; self.length() - number.len()], number].concat();
        let rest = encoded.strip_prefix(&[0x00, 0x01]).ok_or("the encoding does not begin with 00 01")?;
        let filling = rest.iter().take_while(|byte| **byte == 0xff).count();
        if filling < 8 {
            return Err(format!("the filling has {filling} bytes ff, at least 8 are needed"));
        }
        let rest = rest[filling..].strip_prefix(&[0x00]).ok_or("the filling does not end with 00")?;
        let rest =
            rest.strip_prefix(&SHA256_DIGEST_INFO).ok_or("the hash is not named, or it is not SHA-256")?;
        if rest.starts_with(&Sha256::digest(command)) {
            Ok(())
        } else {
            Err("the digest is another one".into())
        }
    }
}
