//! Is this number prime? Two tests that can only say "certainly not" or "probably".

use crate::random_below;
use num_bigint::BigUint;
use rand::Rng;

/// What a test says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Not a prime, proved by this base.
    Composite(BigUint),
    /// No base has proved the opposite.
    ProbablyPrime,
}

/// Fermat's test: for a prime n, a^(n−1) mod n is 1 for every a that n does not divide.
///
/// Some composite numbers pass for nearly every base: the Carmichael numbers. Small ones such as 561 =
/// 3·11·17 are still caught, because a random base is often a multiple of one of the factors; one with
/// large factors only passes a thousand rounds. See [`chernick`].
pub fn fermat(n: &BigUint, rounds: usize, random: &mut impl Rng) -> Verdict {
    let one = BigUint::from(1u32);
    if *n < BigUint::from(4u32) {
        return small(n);
    }
    for _ in 0..rounds {
        let base = random_below(&(n - 3u32), random) + 2u32; // 2 to n - 2
        if base.modpow(&(n - &one), n) != one {
            return Verdict::Composite(base);
        }
    }
    Verdict::ProbablyPrime
}

/// The test of Miller (1976) and Rabin (1980): modulo a prime, 1 has no square roots but 1 and −1.
///
/// With n − 1 = 2^s · d, the sequence a^d, a^2d, a^4d … ends at 1 (or Fermat has caught n). If the value
/// before the first 1 is not −1, it is a third root of 1, and n is composite. At least three of four bases
/// find this out for every composite n, so each round leaves a chance of at most 1/4.
pub fn miller_rabin(n: &BigUint, rounds: usize, random: &mut impl Rng) -> Verdict {
    if *n < BigUint::from(4u32) || !n.bit(0) {
        return small(n);
    }
    for _ in 0..rounds {
        let base = random_below(&(n - 3u32), random) + 2u32; // 2 to n - 2
        if !passes(n, &base) {
            return Verdict::Composite(base);
        }
    }
    Verdict::ProbablyPrime
}

// ANCHOR: passes
/// One round of [`miller_rabin`] for an odd `n` over 3.
#[must_use]
pub fn passes(n: &BigUint, base: &BigUint) -> bool {
    let minus_one = n - 1u32;
    let s = minus_one.trailing_zeros().unwrap_or(0);
    let mut x = base.modpow(&(&minus_one >> s), n);
    if x == BigUint::from(1u32) || x == minus_one {
        return true;
    }
    for _ in 1..s {
        x = &x * &x % n;
        if x == minus_one {
            return true;
        }
    }
    false
}
// ANCHOR_END: passes

/// 0 to 3, and even numbers: no test needed.
fn small(n: &BigUint) -> Verdict {
    let two_or_three = *n == BigUint::from(2u32) || *n == BigUint::from(3u32);
    if two_or_three { Verdict::ProbablyPrime } else { Verdict::Composite(BigUint::from(2u32)) }
}

/// Chernick's numbers: (6k+1)(12k+1)(18k+1) is a Carmichael number whenever all three factors are prime
/// (Chernick, 1939). This k is 2^80 + 15770, so each factor has over 80 bits and no random base meets one.
#[must_use]
pub fn chernick() -> BigUint {
    let k = (BigUint::from(1u32) << 80) + 15_770u32;
    [6u32, 12, 18].into_iter().map(|m| &k * m + 1u32).product()
}
