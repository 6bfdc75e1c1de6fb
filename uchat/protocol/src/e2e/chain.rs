//! The chain: from one chain key to the next, and aside to the keys of one message.
//!
//! ```text
//! ck_i ── HKDF-Expand(., "uchat chain", 32) ──> ck_(i+1) ──> …
//!   └──── HKDF-Expand(., "uchat message", 64) = AES key ‖ MAC key of message i
//! ```
//!
//! ck_i is wiped as soon as the next one is there: who finds a chain key later cannot open what was said before.

use crate::KeyId;
use certificates::handshake::schedule::Secret;
use rand::CryptoRng;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// A chain key. Wiped from memory when dropped or replaced.
#[derive(Clone)]
pub(super) struct ChainKey(Secret);

/// The two keys of one message, as bytes: so they can be kept for a message that comes late.
pub(super) type MessageKeys = Zeroizing<[u8; 64]>;

impl ChainKey {
    pub(super) fn random(random: &mut impl CryptoRng) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        random.fill_bytes(&mut *bytes);
        Self::from_bytes(&bytes)
    }

    pub(super) fn from_bytes(bytes: &[u8; 32]) -> Self {
        Self(Secret::from(*bytes))
    }

    pub(super) fn bytes(&self) -> &[u8; 32] {
        self.0.bytes()
    }

    // ANCHOR: chain_step
    pub(super) fn next(&self) -> Self {
        Self::from_bytes(&self.0.expand(b"uchat chain"))
    }

    pub(super) fn message_keys(&self) -> MessageKeys {
        self.0.expand(b"uchat message")
    }
    // ANCHOR_END: chain_step

    /// What the header of a package promises of the chain key: so one package cannot give two members two chains.
    pub(super) fn commitment(&self, key_id: KeyId, first: u32) -> [u8; 32] {
        let digest = Sha256::new().chain_update("uchat 1, chain").chain_update(key_id.0);
        digest.chain_update(first.to_be_bytes()).chain_update(self.bytes()).finalize().into()
    }
}
