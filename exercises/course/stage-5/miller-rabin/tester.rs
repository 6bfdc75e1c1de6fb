//! The tester of `miller-rabin`: the rows of the book, then primes, composite numbers and those that were made to pass.

mod exercise;

use exercise::{is_probably_prime, passes, row};
use key_exchange::{Group, primality};
use kit::{fail, holds, same};
use num_bigint::BigUint;
use rand::rngs::StdRng;
use rand::{SeedableRng, TryRng};
use std::convert::Infallible;

fn number(n: u64) -> BigUint {
    BigUint::from(n)
}

fn parse(digits: &str) -> BigUint {
    BigUint::parse_bytes(digits.as_bytes(), 10).expect("digits")
}

/// How often a number is tested, where nothing else is said.
const ROUNDS: u32 = 20;

/// `what` says what is known of the number.
fn composite(n: &BigUint, what: &str, random: &mut StdRng) {
    if is_probably_prime(n, ROUNDS, random) {
        fail(format!("{n} passes for a prime, but it is composite: {what}"));
    }
}

fn prime(n: &BigUint, random: &mut StdRng) {
    holds(is_probably_prime(n, ROUNDS, random), format!("{n} is prime, but does not pass"));
}

/// Any small number. What is wrong about a composite one is said with its factors.
fn small(n: u64, random: &mut StdRng) {
    let passes = is_probably_prime(&number(n), ROUNDS, random);
    match smallest_factor(n) {
        None => holds(!passes, format!("{n} is no prime (nor is it composite), but it passes")),
        Some(factor) if factor == n => holds(passes, format!("{n} is prime, but does not pass")),
        Some(2) => holds(!passes, format!("{n} is even, but it passes")),
        Some(factor) => holds(!passes, passed(n, factor, ROUNDS)),
    }
}

fn passed(n: u64, factor: u64, rounds: u32) -> String {
    let other = n / factor;
    format!(
        "{n} = {factor} · {other} has passed {rounds} rounds: does each round take a new base, and must all rounds pass?"
    )
}

/// A source that counts how often it is asked, and always gives the same.
struct Counted(usize);

impl TryRng for Counted {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.0 += 1;
        Ok(0x1111_1111)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.0 += 1;
        Ok(0x1111_1111_1111_1111)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.0 += 1;
        bytes.fill(0x11);
        Ok(())
    }
}

/// How often the random source is asked when this prime is tested.
fn asked(prime: &BigUint, rounds: u32) -> usize {
    let mut random = Counted(0);
    holds(is_probably_prime(prime, rounds, &mut random), format!("{prime} is prime, but does not pass"));
    random.0
}

/// Division by everything up to the square root; 0 and 1 have none.
fn smallest_factor(n: u64) -> Option<u64> {
    (n > 1).then(|| (2..).take_while(|d| d * d <= n).find(|d| n.is_multiple_of(*d)).unwrap_or(n))
}

pub fn main() {
    kit::run(|tester| {
        let mut random = StdRng::seed_from_u64(561);
        tester.step("the row of 561 with the base 2, and of 41 with the base 2", || {
            same(&[263, 166, 67, 1, 1].map(number).to_vec(), &row(&number(561), &number(2)));
            same(&[32, 40, 1, 1].map(number).to_vec(), &row(&number(41), &number(2)));
            same(&[6, 1].map(number).to_vec(), &row(&number(7), &number(6)));
        });
        tester.step("41 passes for every base, 561 for 8 bases of 558, as the book says", || {
            for base in 2..=39 {
                holds(
                    passes(&number(41), &number(base)),
                    format!("41 is prime, but the base {base} says no"),
                );
            }
            let liars = (2..=559).filter(|base| passes(&number(561), &number(*base))).count();
            holds(liars == 8, format!("561 passes for {liars} of the bases 2 to 559; they should be 8"));
        });
        tester.step("all numbers from 0 to 3000", || {
            for n in 0..=3000 {
                small(n, &mut random);
            }
        });
        tester.step("1891, which passes for nearly one base in four", || {
            for _ in 0..50 {
                holds(!is_probably_prime(&number(1891), ROUNDS, &mut random), passed(1891, 31, ROUNDS));
            }
        });
        tester.step("9 in a single round: none of the bases 2 to 7 lets it pass, but 1 and 8 do", || {
            for seed in 0..200 {
                let mut random = StdRng::seed_from_u64(seed);
                let why = "9 = 3 · 3 has passed a round, so its base was not one of 2 to 7 (2 to n − 2)";
                holds(!is_probably_prime(&number(9), 1, &mut random), why);
            }
        });
        tester.step("Carmichael numbers, which pass Fermat's test", || {
            for n in
                [561, 1105, 1729, 2465, 2821, 6601, 8911, 41_041, 825_265, 321_197_185, 9_746_347_772_161]
            {
                composite(&number(n), "a Carmichael number", &mut random);
            }
            composite(&primality::chernick(), "a Carmichael number with three large factors", &mut random);
        });
        tester.step("numbers that were made to pass for the bases 2, 3, 5, 7 … 41", || {
            for digits in ["3825123056546413051", "318665857834031151167461", "3317044064679887385961981"] {
                composite(&parse(digits), "it passes for these bases; take random ones", &mut random);
            }
        });
        tester.step("as many rounds as are asked for, each with a base from `random`", || {
            let prime = (number(1) << 127) - 1u32;
            let one = asked(&prime, 1);
            holds(one > 0, "a prime of 127 bits was tested in one round, and nobody has asked `random` for a base");
            for rounds in [2, 3, 7, 50] {
                let (expected, found) = (one * rounds as usize, asked(&prime, rounds));
                let why = format!(
                    "a prime was tested, and `random` was asked for a base: in 1 round {one}×, in {rounds} rounds \
                     {found}×, not {expected}×; does every round that was asked for take a new one?"
                );
                holds(found == expected, why);
            }
        });
        tester.step("large primes, and products of two of them", || {
            let mersenne = |bits: u32| (number(1) << bits) - 1u32;
            for bits in [61, 127, 521, 607] {
                prime(&mersenne(bits), &mut random);
            }
            composite(&mersenne(67), "193707721 divides it", &mut random);
            composite(&(mersenne(521) * mersenne(607)), "a product of two large primes", &mut random);
            composite(&(mersenne(607) * mersenne(607)), "the square of a large prime", &mut random);
        });
        tester.step("the group's p is a safe prime: p and (p - 1)/2", || {
            let p = Group::ffdhe2048().p;
            let half: BigUint = &p >> 1;
            let mut random = StdRng::seed_from_u64(2048);
            for n in [&p, &half] {
                holds(is_probably_prime(n, 4, &mut random), "this is prime, but does not pass");
            }
        });
    });
}
