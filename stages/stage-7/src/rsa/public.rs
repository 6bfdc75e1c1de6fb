//! The public key: n and e, known to everybody, so its arithmetic may take the time it takes.

use super::KeyError;
use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, Odd};
use std::fmt;

/// A public key. Two keys are equal if their numbers are.
#[derive(Clone)]
pub struct PublicKey {
    n: Vec<u8>,
    e: Vec<u8>,
    exponent: u64,
    /// What Montgomery's multiplication wants to know of n: computed once for each key.
    params: BoxedMontyParams,
}

impl PublicKey {
    /// The key of these two numbers, big-endian; zeros in front do not count.
    ///
    /// # Errors
    /// If n is even or not of 2048 to 4096 bits, or e is even or not from 65537 to 2^32. A small e such as 3
    /// forgives no carelessness in the padding (Bleichenbacher, 2006); a large one costs time.
    pub fn new(n: &[u8], e: &[u8]) -> Result<Self, KeyError> {
        let (n, e) = (shortest(n), shortest(e));
        let bits = n.first().map_or(0, |first| n.len() as u64 * 8 - u64::from(first.leading_zeros()));
        if !SIZES.contains(&bits) {
            return Err(KeyError::Size { bits });
        }
        let precision = u32::try_from(n.len() * 8).map_err(|_| KeyError::Size { bits })?;
        let modulus = BoxedUint::from_be_slice(n, precision).map_err(|_| KeyError::Size { bits })?;
        let modulus = Odd::new(modulus).into_option().ok_or(KeyError::Even)?;
        let exponent = (e.len() <= 8).then(|| e.iter().fold(0, |e, byte| e << 8 | u64::from(*byte)));
        let fits = |e: &u64| (E..=1 << 32).contains(e) && e % 2 == 1;
        let exponent = exponent.filter(fits).ok_or(KeyError::Exponent)?;
        let params = BoxedMontyParams::new_vartime(modulus);
        Ok(Self { n: n.to_vec(), e: e.to_vec(), exponent, params })
    }

    /// The modulus, in as few big-endian bytes as it has.
    #[must_use]
    pub fn n(&self) -> &[u8] {
        &self.n
    }

    /// The public exponent, in as few big-endian bytes as it has.
    #[must_use]
    pub fn e(&self) -> &[u8] {
        &self.e
    }

    /// Bytes of the modulus, and so of every signature: 256 for 2048 bits.
    #[must_use]
    pub fn length(&self) -> usize {
        self.n.len()
    }

    /// The public exponent as a number.
    pub(super) fn exponent(&self) -> u64 {
        self.exponent
    }

    /// `base ^ e mod n`; both have [`length`](Self::length) bytes. `None` if the base has another length or
    /// is not smaller than n: then it is no number modulo n (RFC 8017, sections 5.1.1 and 5.2.2).
    ///
    /// Square-and-multiply from stage 5: for e = 65537 these are 16 squarings and one multiplication.
    pub(super) fn power(&self, base: &[u8]) -> Option<Vec<u8>> {
        if base.len() != self.n.len() || base >= self.n.as_slice() {
            return None;
        }
        let base = BoxedUint::from_be_slice(base, self.params.bits_precision()).ok()?;
        let base = BoxedMontyForm::new(base, &self.params);
        let mut result = base.clone();
        for bit in (0..self.exponent.ilog2()).rev() {
            result = result.square();
            if self.exponent >> bit & 1 == 1 {
                result *= &base;
            }
        }
        let bytes = result.retrieve().to_be_bytes();
        Some(bytes[bytes.len() - self.n.len()..].to_vec())
    }
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        (&self.n, &self.e) == (&other.n, &other.e)
    }
}

impl Eq for PublicKey {}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hex = echo::lab::hex;
        f.debug_struct("PublicKey").field("n", &hex(&self.n)).field("e", &self.exponent).finish()
    }
}

/// Without the zeros in front.
pub(super) fn shortest(bytes: &[u8]) -> &[u8] {
    &bytes[bytes.iter().take_while(|byte| **byte == 0).count()..]
}

/// The public exponent of keys that we make: a prime with two bits set, so a power costs little.
pub(super) const E: u64 = 65_537;

/// Bits of a modulus: fewer are in reach of those who can pay, more only cost time.
pub(super) const SIZES: std::ops::RangeInclusive<u64> = 2048..=4096;
