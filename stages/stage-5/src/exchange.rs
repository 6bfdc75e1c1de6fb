//! Diffie-Hellman: two numbers cross in the open, and both sides know a third one.

use crate::group::{Exponents, Group};
use crate::historic;
use anatomy::{ReadError, Reader};
use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, Choice, CtAssign, MontyForm, MontyMultiplier, Odd};
use num_bigint::BigUint;
use rand::Rng;
use sha2::{Digest, Sha256};
use std::fmt;
use zeroize::Zeroizing;

/// Bytes of a shared key.
pub const KEY_LENGTH: usize = 32;

/// One side's secret exponent and the value that it sends. Use it for one connection: then a key that is
/// stolen later opens nothing of today.
pub struct KeyPair {
    group: Group,
    modulus: BoxedMontyParams,
    private: Zeroizing<Vec<u8>>,
    public: Vec<u8>,
}

/// Why an exchange failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExchangeError {
    /// The public value has another length than the prime.
    Length {
        /// Bytes expected.
        expected: usize,
        /// Bytes received.
        received: usize,
    },
    /// 0, 1, p − 1 or more than p: values whose powers everybody knows.
    Range,
    /// The prime is even or too small to compute with; our own groups never are.
    Group,
}

impl fmt::Display for ExchangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length { expected, received } => {
                write!(
                    f,
                    "the public value has {received} bytes, {expected} were expected; has the other side another group?"
                )
            }
            Self::Range => {
                f.write_str("the public value is not between 2 and p - 2: its powers would be no secret")
            }
            Self::Group => f.write_str("the group is no use: its p is not odd"),
        }
    }
}

impl std::error::Error for ExchangeError {}

impl KeyPair {
    /// A fresh pair.
    pub fn generate(group: &Group, random: &mut impl Rng) -> Result<Self, ExchangeError> {
        let private = match group.exponents {
            Exponents::Random256 => {
                let mut bytes = Zeroizing::new(vec![0; 32]);
                random.fill_bytes(&mut bytes);
                bytes
            }
            Exponents::Historic => Zeroizing::new(historic::private_key(random).to_bytes_be()),
        };
        Self::from_private(group, private)
    }

    /// The pair of a given exponent, in big-endian bytes: for tests, and for those who have found one.
    pub fn from_private(group: &Group, private: Zeroizing<Vec<u8>>) -> Result<Self, ExchangeError> {
        let modulus = modulus(group)?;
        let public = match u32::try_from(&group.g) {
            Ok(2) => bytes(&power_of_two(&private, &modulus)),
            Ok(4) => bytes(&power_of_two(&private, &modulus).square()), // 4^x = (2^x)^2
            _ => power(&group.g, &private, &modulus)?,
        };
        Ok(Self { group: group.clone(), modulus, private, public })
    }

    /// What travels: g^private mod p, big-endian, padded with zeros to the length of the prime.
    #[must_use]
    pub fn public(&self) -> &[u8] {
        &self.public
    }

    /// The key that both sides share: SHA-256 of the shared value without leading zeros.
    pub fn shared_key(&self, theirs: &[u8]) -> Result<SharedKey, ExchangeError> {
        let shared = self.shared_value(theirs)?;
        let first = shared.iter().position(|byte| *byte != 0).unwrap_or(shared.len());
        Ok(SharedKey(Zeroizing::new(Sha256::digest(&shared[first..]).into())))
    }

    // ANCHOR: shared_value
    /// The shared value itself: theirs^private mod p, big-endian, padded with zeros to the length of the
    /// prime, as TLS 1.3 takes it (RFC 8446, section 7.4.1).
    pub fn shared_value(&self, theirs: &[u8]) -> Result<Zeroizing<Vec<u8>>, ExchangeError> {
        let expected = self.group.length();
        if theirs.len() != expected {
            return Err(ExchangeError::Length { expected, received: theirs.len() });
        }
        let value = BigUint::from_bytes_be(theirs);
        if value < BigUint::from(2u32) || value > &self.group.p - 2u32 {
            return Err(ExchangeError::Range);
        }
        Ok(Zeroizing::new(power(&value, &self.private, &self.modulus)?))
    }
    // ANCHOR_END: shared_value
}

impl fmt::Debug for KeyPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyPair").field("public", &self.public).finish_non_exhaustive()
    }
}

/// What two sides have agreed on. Wiped from memory when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct SharedKey(Zeroizing<[u8; KEY_LENGTH]>);

impl SharedKey {
    /// Its bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8; KEY_LENGTH] {
        &self.0
    }

    /// Eight words that two people can compare: 88 bits of SHA-256(`fingerprint` ‖ key), eleven for each
    /// word of the English list of BIP-39. If they differ, somebody sits between.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let digest: [u8; 32] =
            Sha256::new().chain_update("fingerprint").chain_update(self.bytes()).finalize().into();
        let number = BigUint::from_bytes_be(&digest[..11]);
        let words = bip39::Language::English.word_list();
        let word = |n: u64| words[((&number >> ((7 - n) * 11)) % 2048u32).try_into().unwrap_or(0_usize)];
        (0..8).map(word).collect::<Vec<_>>().join(" ")
    }
}

impl fmt::Debug for SharedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SharedKey(secret)")
    }
}

/// Reads a public value.
pub fn read_public<'a>(r: &mut Reader<'a>) -> Result<&'a [u8], ReadError> {
    let length = r.remaining();
    let value = r.bytes(length, "public value")?;
    r.note(|| format!("g^x mod p, {} bits", length * 8));
    Ok(value)
}

/// p, with what its arithmetic needs to know about it (Montgomery, 1985).
fn modulus(group: &Group) -> Result<BoxedMontyParams, ExchangeError> {
    let bits = u32::try_from(group.length() * 8).map_err(|_| ExchangeError::Group)?;
    let modulus = Odd::new(number(&group.p, bits)?).into_option().ok_or(ExchangeError::Group)?;
    Ok(BoxedMontyParams::new_vartime(modulus)) // the modulus is no secret
}

/// `base ^ exponent mod p` in constant time, as many bytes as p has.
///
/// crypto-bigint does the same operations for every exponent of the same length, so neither time nor
/// caches tell its bits; and it takes no longer for it than variable-time arithmetic does.
fn power(base: &BigUint, exponent: &[u8], modulus: &BoxedMontyParams) -> Result<Vec<u8>, ExchangeError> {
    let exponent_bits = u32::try_from(exponent.len() * 8).map_err(|_| ExchangeError::Group)?;
    let exponent =
        Zeroizing::new(BoxedUint::from_be_slice(exponent, exponent_bits).map_err(|_| ExchangeError::Group)?);
    let base = BoxedMontyForm::new(number(base, modulus.bits_precision())?, modulus);
    Ok(bytes(&Zeroizing::new(base.pow(&exponent))))
}

/// `2 ^ exponent` in constant time: square-and-multiply where to multiply means to double, which costs
/// next to nothing beside the squaring. It is done for every bit; for a bit of 0 the result is not taken,
/// without a branch.
// ANCHOR: power_of_two
fn power_of_two(exponent: &[u8], modulus: &BoxedMontyParams) -> BoxedMontyForm {
    let mut multiplier = <BoxedMontyForm as MontyForm>::Multiplier::from(modulus);
    let mut power = BoxedMontyForm::one(modulus);
    let mut doubled = Zeroizing::new(power.clone());
    for byte in exponent {
        for bit in (0..8).rev() {
            multiplier.square_assign(&mut power);
            doubled.copy_montgomery_from(&power);
            *doubled += &power;
            let taken = Choice::from_u8_lsb(byte >> bit & 1);
            power.as_montgomery_mut().ct_assign(doubled.as_montgomery(), taken);
        }
    }
    power
}
// ANCHOR_END: power_of_two

/// The number in big-endian bytes, as many as p has: crypto-bigint counts in whole words.
fn bytes(number: &BoxedMontyForm) -> Vec<u8> {
    let length = number.params().modulus().bit_width_vartime().div_ceil(8) as usize;
    let words = Zeroizing::new(number.retrieve().to_be_bytes().into_vec());
    words[words.len() - length..].to_vec()
}

/// The number with room for `bits` bits.
fn number(n: &BigUint, bits: u32) -> Result<BoxedUint, ExchangeError> {
    BoxedUint::from_be_slice(&n.to_bytes_be(), bits).map_err(|_| ExchangeError::Group)
}
