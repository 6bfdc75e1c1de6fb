//! A chain key for one member: wrapped so that only sender and member can have made it, and only they can open it.
//!
//! ```text
//! Z1 = DH(E, S_member)          new for each package: only the member's keys open it later, not the sender's
//! Z2 = DH(S_sender, S_member)   nobody else than the sender (or the member) can have made it
//! PRK = HKDF-Extract(SHA-256(header), Z1 ‖ Z2)
//! HKDF-Expand(PRK, "uchat wrap" ‖ member id u64 ‖ K, 64) = AES key ‖ MAC key of a keyed packet, sequence 0
//! ```
//!
//! The sender is a member, too, so that other sessions of its own can read what was sent: that one wrap its keys do open later.

use super::chain::ChainKey;
use super::sealed::{self, SealedError};
use super::{Fingerprint, OwnKeys};
use certificates::handshake::schedule::Secret;
use certificates::keyed_packet::PacketKeys;
use key_exchange::{ExchangeError, KeyPair};
use rand::CryptoRng;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// The wrap that the owner of `own` makes for the member with this number, K and S; `ephemeral` is the pair of E.
pub(super) fn wrap(
    chain: &ChainKey,
    header: &[u8],
    own: &OwnKeys,
    ephemeral: &KeyPair,
    member: (u64, Fingerprint, &[u8; 256]),
    random: &mut impl CryptoRng,
) -> Result<Vec<u8>, WrapError> {
    let (user, k, s) = member;
    let (z1, z2) = (ephemeral.shared_value(s)?, own.agree(s)?);
    let keys = keys(header, &z1, &z2, user, k);
    Ok(sealed::seal(&keys, 0, sealed::random_iv(random), LENGTH, chain.bytes())?)
}

/// Opens the wrap that is for us, user `me`; `ephemeral` is E and `sender` the sender's S.
pub(super) fn unwrap(
    packet: &[u8],
    header: &[u8],
    own: &OwnKeys,
    me: u64,
    ephemeral: &[u8; 256],
    sender: &[u8; 256],
) -> Result<ChainKey, WrapError> {
    let (z1, z2) = (own.agree(ephemeral)?, own.agree(sender)?);
    let text = sealed::open(&keys(header, &z1, &z2, me, own.fingerprint()), 0, LENGTH, packet)?;
    let length = text.len();
    let text = text.first_chunk().filter(|_| length == LENGTH);
    Ok(ChainKey::from_bytes(text.ok_or(SealedError::Length { expected: LENGTH, got: length })?))
}

/// A chain key cannot be wrapped or unwrapped.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WrapError {
    /// A Diffie-Hellman value is out of range.
    #[error("{0}")]
    Exchange(#[from] ExchangeError),
    /// Not a packet, not of these keys, or changed.
    #[error("{0}")]
    Sealed(#[from] SealedError),
}

// ANCHOR: wrap_keys
fn keys(header: &[u8], z1: &[u8], z2: &[u8], user: u64, k: Fingerprint) -> PacketKeys {
    let salt: [u8; 32] = Sha256::digest(header).into();
    let mut both = Zeroizing::new(Vec::with_capacity(z1.len() + z2.len()));
    both.extend_from_slice(z1);
    both.extend_from_slice(z2);
    let secret = Secret::extract(&salt, &both);
    let mut info = b"uchat wrap".to_vec();
    info.extend_from_slice(&user.to_be_bytes());
    info.extend_from_slice(&k.0);
    PacketKeys::from_bytes(&secret.expand(&info))
}
// ANCHOR_END: wrap_keys

/// Bytes of a chain key.
const LENGTH: usize = 32;
