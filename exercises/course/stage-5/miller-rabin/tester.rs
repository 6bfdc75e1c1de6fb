//! The tester of `miller-rabin`: the rows of the book, then primes, composite numbers and those that were made to pass.

mod exercise;

use exercise::{is_probably_prime, passes, row};
use key_exchange::{Group, primality};
use kit::{holds, same};
use num_bigint::BigUint;
use rand::SeedableRng;
use rand::rngs::StdRng;

fn number(n: u64) -> BigUint {
    BigUint::from(n)
}

fn parse(digits: &str) -> BigUint {
    BigUint::parse_bytes(digits.as_bytes(), 10).expect("digits")
}

/// `what` says where the number comes from.
fn composite(n: &BigUint, what: &str, random: &mut StdRng) {
    holds(!is_probably_prime(n, 20, random), format!("{n} passes for a prime, but it is composite: {what}"));
}

fn prime(n: &BigUint, random: &mut StdRng) {
    holds(is_probably_prime(n, 20, random), format!("{n} is prime, but does not pass"));
}

/// Division by everything up to the square root.
fn is_prime(n: u64) -> bool {
    n > 1 && (2..).take_while(|d| d * d <= n).all(|d| !n.is_multiple_of(d))
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
                if is_prime(n) {
                    prime(&number(n), &mut random);
                } else {
                    composite(&number(n), "try to divide it", &mut random);
                }
            }
        });
        tester.step(
            "1891, which passes for nearly one base in four: as many rounds as are asked for",
            || {
                for _ in 0..50 {
                    composite(&number(1891), "31 · 61", &mut random);
                }
            },
        );
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
