//! K, the fingerprint of a user's keys, and the words that two people compare.

use super::OwnKeyError;
use certificates::rsa::PublicKey;
use certificates::x509::StaticValue;
use echo::lab::hex;
use sha2::{Digest, Sha256};
use std::fmt;

/// K = SHA-256(SubjectPublicKeyInfo in DER ‖ S): the same in every certificate of the same keys.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint(pub [u8; 32]);

impl Fingerprint {
    /// That of these keys.
    pub(super) fn of(key: &PublicKey, s: &StaticValue) -> Result<Self, OwnKeyError> {
        let spki = key.to_spki_der().map_err(OwnKeyError::Rsa)?;
        Ok(Self(Sha256::new().chain_update(spki).chain_update(s.bytes()).finalize().into()))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The safety number of two users: sixteen words, eight for each, the smaller number first, so that both see the
/// same. If two people read each other the same words, nobody sits between them, not even the server.
///
/// Each half is 88 bits, eleven for each word of the English list of BIP-39, of SHA-256 applied 5,000 times:
/// who wants keys with the same words must work 5,000 times as long for each try.
#[must_use]
pub fn safety_number(one: (u64, &Fingerprint), other: (u64, &Fingerprint)) -> [&'static str; 16] {
    let (first, second) = if one.0 <= other.0 { (one, other) } else { (other, one) };
    let (first, second) = (words(first.0, first.1), words(second.0, second.1));
    std::array::from_fn(|n| if n < 8 { first[n] } else { second[n - 8] })
}

// ANCHOR: words
fn words(user: u64, k: &Fingerprint) -> [&'static str; 8] {
    let start = Sha256::new().chain_update(LABEL).chain_update(user.to_be_bytes()).chain_update(k.0);
    let mut digest: [u8; 32] = start.finalize().into();
    for _ in 1..ROUNDS {
        digest = Sha256::new().chain_update(digest).chain_update(k.0).finalize().into();
    }
    let number = digest[..11].iter().fold(0_u128, |number, byte| number << 8 | u128::from(*byte));
    let list = bip39::Language::English.word_list();
    std::array::from_fn(|n| list[(number >> (11 * (7 - n)) & 0x7ff) as usize])
}
// ANCHOR_END: words

const LABEL: &str = "uchat 1, safety";
const ROUNDS: u32 = 5_000;
