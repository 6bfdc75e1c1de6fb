//! What the signatures of end-to-end encryption are over: 64 spaces ‖ context ‖ 00 ‖ SHA-256(what is signed).
//!
//! The spaces and the context are those of TLS 1.3 (RFC 8446, section 4.4.3): a signature made for one purpose
//! never fits another, and no hash of attacker's bytes alone is ever signed.

use certificates::rsa::{PrivateKey, PublicKey, SignatureError};
use rand::CryptoRng;
use sha2::{Digest, Sha256};

/// What a signature is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Context {
    KeyPackage,
    RoomMessage,
}

impl Context {
    /// The signature over `parts`, one after the other.
    pub(super) fn sign(
        self,
        parts: &[&[u8]],
        key: &PrivateKey,
        random: &mut impl CryptoRng,
    ) -> Result<Vec<u8>, SignatureError> {
        key.sign(&self.message(parts), random)
    }

    /// Whether `signature` is that of the owner of `key`.
    pub(super) fn verify(
        self,
        parts: &[&[u8]],
        key: &PublicKey,
        signature: &[u8],
    ) -> Result<(), SignatureError> {
        key.verify(&self.message(parts), signature)
    }

    fn message(self, parts: &[&[u8]]) -> Vec<u8> {
        let context: &str = match self {
            Self::KeyPackage => "uchat 1, key package",
            Self::RoomMessage => "uchat 1, room message",
        };
        let mut digest = Sha256::new();
        parts.iter().for_each(|part| digest.update(part));
        let mut message = vec![b' '; 64];
        message.extend_from_slice(context.as_bytes());
        message.push(0);
        message.extend_from_slice(&digest.finalize());
        message
    }
}
