//! The test of Miller and Rabin: certainly composite, or probably prime.
//!
//! The library has this ready-made (`key_exchange::primality`). Write it yourself, and compare afterwards.

use key_exchange::random_below;
use num_bigint::BigUint;
use rand::Rng;

/// The row of this base: a^d, a^2d, a^4d … a^(n−1), each modulo `n`, where n − 1 is the odd number d, doubled s times.
/// It has s + 1 numbers, and each is the square of the one before. For 561 and the base 2 it is 263, 166, 67, 1, 1.
///
/// `n` is odd and larger than 3. `x.trailing_zeros()` says how often x can be halved (`None` for 0), `x >> s` halves it s
/// times, and `x.modpow(&e, &n)` is x^e modulo n.
pub fn row(n: &BigUint, base: &BigUint) -> Vec<BigUint> {
    todo!("write n - 1 as d, doubled s times; compute the power for d, and square it s times")
}

/// Whether this base lets `n`, odd and larger than 3, pass for a prime. If not, `n` is composite: that is a proof.
pub fn passes(n: &BigUint, base: &BigUint) -> bool {
    todo!("a prime's row begins with 1, or -1 appears in it")
}

/// Whether `n`, any number at all, is probably prime. In each round it is tested with a random base from 2 to n − 2,
/// which a composite number passes with a chance of at most 1/4.
///
/// `random_below(&limit, random)` gives a number from 0 to `limit` − 1.
pub fn is_probably_prime(n: &BigUint, rounds: u32, random: &mut impl Rng) -> bool {
    todo!("small and even numbers first; then let each random base decide")
}
