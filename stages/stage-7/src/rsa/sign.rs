//! Signing and verifying: RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017, section 8.2).

use super::encoding::emsa_pkcs1_v1_5;
use super::{PrivateKey, PublicKey, SignatureError};
use rand::Rng;

impl PrivateKey {
    /// The signature of a message: as many bytes as the modulus. The same message always has the same one;
    /// `random` only hides the key while it is used.
    ///
    /// # Errors
    /// [`SignatureError::Fault`] if the computer made a mistake; nothing leaves then.
    pub fn sign(&self, message: &[u8], random: &mut impl Rng) -> Result<Vec<u8>, SignatureError> {
        let encoded = emsa_pkcs1_v1_5(message, self.public().length());
        Ok(self.power(&encoded, random)?.to_vec())
    }
}

impl PublicKey {
    /// Whether the owner of this key has signed the message.
    ///
    /// There is one correct encoding of a message, so we make it and compare. To take the received one
    /// apart is how it went wrong: whoever skips over the padding and overlooks bytes behind the digest
    /// accepts signatures that were made without the key (Bleichenbacher, 2006; RFC 8017, section 8.2.2).
    ///
    /// # Errors
    /// If the signature has not exactly [`length`](Self::length) bytes, is not smaller than n, or does not
    /// fit.
    // ANCHOR: verify
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), SignatureError> {
        let (expected, received) = (self.length(), signature.len());
        if received != expected {
            return Err(SignatureError::Length { expected, received });
        }
        let encoded = self.power(signature).ok_or(SignatureError::Range)?;
        if encoded == emsa_pkcs1_v1_5(message, expected) { Ok(()) } else { Err(SignatureError::Wrong) }
    }
    // ANCHOR_END: verify
}
