//! The parameters of the original program: a prime of 768 bits with a fine name, and a private key of
//! twelve. Weak on purpose; nothing outside the lesson uses them.

use crate::group::{Exponents, Group};
use crate::primality::{Verdict, fermat};
use crate::random_bits;
use num_bigint::BigUint;
use rand::Rng;

/// p − 1 = 2·2·2·3·(a composite number): no safe prime. An element of order 3 passes every check of range.
#[must_use]
pub fn group() -> Group {
    let number = |digits: &str| BigUint::parse_bytes(digits.as_bytes(), 10).unwrap_or_default();
    Group { p: number(P), g: number(G), exponents: Exponents::Historic }
}

/// A "big prime" of 12 bits, found with 1,000 rounds of Fermat's test: there are 255 of them.
pub fn private_key(random: &mut impl Rng) -> BigUint {
    loop {
        let mut candidate = random_bits(BITS, random);
        candidate.set_bit(BITS - 1, true);
        if fermat(&candidate, 1_000, random) == Verdict::ProbablyPrime {
            return candidate;
        }
    }
}

/// All private keys there are. An eavesdropper tries them in a few milliseconds.
pub fn private_keys() -> impl Iterator<Item = BigUint> {
    (1_u32 << (BITS - 1)..1 << BITS)
        .filter(|n| (2..).take_while(|d| d * d <= *n).all(|d| n % d != 0))
        .map(BigUint::from)
}

const BITS: u64 = 12;
const G: &str = "43655024726164288056430428019";
const P: &str = "836034150286187598601609126611132477484927747235174899077774542660916309180006577265610059653826870006336512911689242330699668680273552002802989560127156496671763196338405270374495387775167451878006613792892125711917661002749401209";
