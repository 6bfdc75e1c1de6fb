//! Making a key: two primes, and the exponent that undoes e.

use super::public::{E, SIZES};
use super::{KeyError, PrivateKey};
use key_exchange::search::{Want, search};
use num_bigint::BigUint;
use rand::Rng;
use zeroize::Zeroizing;

impl PrivateKey {
    /// A fresh key whose modulus has exactly `bits` bits, with e = 65537.
    ///
    /// The search for primes is stage 5's. It, and the few lines here, compute with num-bigint, whose time
    /// depends on the numbers and whose memory is not wiped: acceptable because a key is made once, while
    /// nobody else measures; what is done every day, signing, is in constant time.
    ///
    /// # Errors
    /// If `bits` is not from 2048 to 4096.
    pub fn generate(bits: u64, random: &mut impl Rng) -> Result<Self, KeyError> {
        if !SIZES.contains(&bits) {
            return Err(KeyError::Size { bits });
        }
        let e = BigUint::from(E);
        loop {
            // Both have their two highest bits set, so the product has all its bits.
            let (p, q) = (prime(bits.div_ceil(2), random)?, prime(bits / 2, random)?);
            // Close primes are found from the square root of n on (Fermat; FIPS 186-5, appendix A.1.3).
            let distance = if p > q { &p - &q } else { &q - &p };
            if distance.bits() + 100 <= bits / 2 {
                continue;
            }
            let (a, b) = (&p - 1u32, &q - 1u32);
            // m^k = m modulo p and modulo q for every k ≡ 1 modulo the least common multiple.
            let multiple = &a * &b / greatest_common_divisor(a, b);
            let Some(d) = e.modinv(&multiple) else { continue };
            // A short d could be computed from n and e (Wiener, 1990); by chance there is none.
            if d.bits() <= bits / 2 {
                continue;
            }
            let secret = |n: &BigUint| Zeroizing::new(n.to_bytes_be());
            let n = (&p * &q).to_bytes_be();
            return Self::new(&n, &e.to_bytes_be(), &secret(&d), &secret(&p), &secret(&q));
        }
    }
}

/// A random prime p for which e and p − 1 have no common divisor; without this, e could not be undone.
fn prime(bits: u64, random: &mut impl Rng) -> Result<BigUint, KeyError> {
    loop {
        let found = search(Want::Prime, bits, random, |_| true);
        let prime = found.ok().flatten().ok_or(KeyError::Search)?;
        // e is a prime itself, so it is enough that it does not divide.
        if &prime % E != BigUint::from(1u32) {
            return Ok(prime);
        }
    }
}

/// Euclid's algorithm.
pub(super) fn greatest_common_divisor(mut a: BigUint, mut b: BigUint) -> BigUint {
    while b != BigUint::ZERO {
        (a, b) = (b.clone(), a % b);
    }
    a
}
