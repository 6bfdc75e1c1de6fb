//! Looking for primes: a random start, a sieve for the easy cases, a test for the few that are left.

use crate::primality::passes;
use crate::random_bits;
use num_bigint::BigUint;
use num_prime::PrimalityTestConfig;
use num_prime::nt_funcs::is_prime;
use rand::Rng;

/// What to look for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Want {
    /// A prime.
    Prime,
    /// A prime p for which (p − 1)/2 is prime too. Then the powers of g have only huge orders, and there
    /// are no small ones that would give away a piece of the secret exponent.
    SafePrime,
}

/// How far a search has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// Numbers that the sieve looked at.
    pub sieved: u64,
    /// Numbers that it left, and that were tested.
    pub tested: u64,
}

/// The smallest size that can be asked for; below, a table would do.
pub const MIN_BITS: u64 = 16;

/// Finds a number of exactly `bits` bits whose two highest bits are 1, so that a product of two such
/// numbers has twice the bits. `progress` is called now and then; if it returns `false`, the search ends
/// without a result.
///
/// The sieve is what makes this fast. A test costs a power of a huge number; to strike out the multiples of
/// a small prime costs an addition. For a safe prime p it strikes out, for every small prime q, the p that
/// q divides and those with p ≡ 1 (mod q), since then q divides (p − 1)/2.
///
/// # Errors
/// If `bits` is smaller than [`MIN_BITS`].
pub fn search(
    want: Want,
    bits: u64,
    random: &mut impl Rng,
    mut progress: impl FnMut(Progress) -> bool,
) -> Result<Option<BigUint>, TooSmall> {
    if bits < MIN_BITS {
        return Err(TooSmall(bits));
    }
    // p ≡ 1 (mod 2); for a safe prime also (p − 1)/2 ≡ 1 (mod 2), so p ≡ 3 (mod 4).
    let step = match want {
        Want::Prime => 2,
        Want::SafePrime => 4,
    };
    // The larger the number, the dearer a test, and so the more small primes are worth their while; and the
    // farther it is to the next prime, or to the next safe one, the longer the window.
    let (window, limit) = match want {
        Want::Prime => (8 * bits, 32 * bits),
        Want::SafePrime => (bits * bits / 4, bits * bits),
    };
    // For small numbers the small primes must stay far below the numbers themselves.
    let primes = small_primes(limit.min(1 << (bits / 2).min(24)));
    let mut done = Progress::default();
    loop {
        let start = start(bits, step, random);
        let sieve = sieve(want, &start, step, window as usize, &primes);
        for (n, struck) in sieve.iter().enumerate() {
            done.sieved += 1;
            if *struck {
                continue;
            }
            let candidate = &start + step * n as u64;
            if candidate.bits() != bits {
                break; // walked over the upper end: a new start
            }
            done.tested += 1;
            if is_wanted(want, &candidate) {
                return Ok(Some(candidate));
            }
            if !progress(done) {
                return Ok(None);
            }
        }
    }
}

/// A search for a number so small that a search makes no sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooSmall(pub u64);

impl std::fmt::Display for TooSmall {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} bits are too few; {MIN_BITS} is the least", self.0)
    }
}

impl std::error::Error for TooSmall {}

/// A random number of the right size and remainder.
fn start(bits: u64, step: u64, random: &mut impl Rng) -> BigUint {
    let mut start = random_bits(bits, random);
    start.set_bit(bits - 1, true);
    start.set_bit(bits - 2, true);
    for bit in 0..step.trailing_zeros() {
        start.set_bit(bit.into(), true);
    }
    start
}

/// `true` at n if `start + step · n` is out of the question.
fn sieve(want: Want, start: &BigUint, step: u64, window: usize, primes: &[u64]) -> Vec<bool> {
    let mut struck = vec![false; window];
    for &q in primes {
        let rest = remainder(start, q);
        // start + step · n ≡ r (mod q)  <=>  n ≡ (r − start) · step⁻¹; step is 2 or 4, so halving does it.
        let first = |r: u64| {
            let mut n = (r + q - rest) % q;
            for _ in 0..step.trailing_zeros() {
                n = if n.is_multiple_of(2) { n / 2 } else { (n + q) / 2 };
            }
            n as usize
        };
        let bad: &[u64] = if want == Want::SafePrime { &[0, 1] } else { &[0] };
        for &r in bad {
            for place in struck.iter_mut().skip(first(r)).step_by(q as usize) {
                *place = true;
            }
        }
    }
    struck
}

fn remainder(n: &BigUint, q: u64) -> u64 {
    (n % q).try_into().unwrap_or(0) // smaller than q
}

/// The cheap test first: one round with base 2 finds out nearly every composite number.
fn is_wanted(want: Want, p: &BigUint) -> bool {
    let two = BigUint::from(2u32);
    let half: BigUint = p >> 1;
    let cheap = (want == Want::Prime || passes(&half, &two)) && passes(p, &two);
    // num-prime's test with random bases decides; ours, in `primality.rs`, is for reading.
    let mut config = PrimalityTestConfig::default();
    config.sprp_random_trials = 8;
    let sure = |n: &BigUint| is_prime(n, Some(config)).probably();
    cheap && sure(p) && (want == Want::Prime || sure(&half))
}

/// The odd primes below `limit`, by the sieve of Eratosthenes.
fn small_primes(limit: u64) -> Vec<u64> {
    let limit = limit as usize;
    let mut composite = vec![false; limit];
    let mut primes = Vec::new();
    for n in (3..limit).step_by(2) {
        if !composite[n] {
            primes.push(n as u64);
            for multiple in (n * n..limit).step_by(2 * n) {
                composite[multiple] = true;
            }
        }
    }
    primes
}
