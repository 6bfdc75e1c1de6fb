//! The tester of `modpow`: powers against num-bigint's own, with every multiplication counted.

mod exercise;

use exercise::{multiplications, power};
use key_exchange::{Group, random_bits};
use kit::{fail, holds, same};
use num_bigint::BigUint;
use rand::SeedableRng;
use rand::rngs::StdRng;

fn number(n: u64) -> BigUint {
    BigUint::from(n)
}

/// The power modulo `p`, and how many multiplications it took.
fn counted(base: &BigUint, exponent: &BigUint, p: &BigUint) -> (BigUint, u64) {
    let mut count = 0;
    let found = power(base, exponent, |a, b| {
        count += 1;
        if count > 100_000 {
            fail("100,000 multiplications, and there is still no power: that is no square-and-multiply");
        }
        if a >= p || b >= p {
            fail(
                "a number that is multiplied is larger than p: some product has not gone through `multiply`",
            );
        }
        a * b % p
    });
    (found, count)
}

/// So many of something, in words.
fn many(count: u64, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// The power must be right; returns what it took.
fn right(base: &BigUint, exponent: &BigUint, p: &BigUint) -> u64 {
    let (found, count) = counted(base, exponent, p);
    let expected = base.modpow(exponent, p);
    if found != expected {
        fail(format!("{base} to the power {exponent}, modulo {p}\nexpected  {expected}\nfound     {found}"));
    }
    count
}

/// The power must be right, and quick.
fn quick(base: &BigUint, exponent: &BigUint, p: &BigUint) {
    let (count, bits) = (right(base, exponent, p), exponent.bits());
    let enough = 2 * bits.saturating_sub(1);
    let why = format!(
        "{} for an exponent of {}; {enough} are enough for each of this size",
        many(count, "multiplication"),
        many(bits, "bit")
    );
    holds(count <= enough, why);
}

pub fn main() {
    kit::run(|tester| {
        tester.step("the example of the book: 5 to the power 6, modulo 23, is 8", || {
            same(&number(8), &counted(&number(5), &number(6), &number(23)).0);
        });
        tester.step("all powers of 5 modulo 23", || {
            for exponent in 1..=22 {
                right(&number(5), &number(exponent), &number(23));
            }
        });
        tester.step(
            "the exponent 0 gives 1, the exponent 1 gives the base, and neither takes a multiplication",
            || {
                for exponent in 0..=1 {
                    let count = right(&number(5), &number(exponent), &number(23));
                    let why = format!(
                        "{} for the exponent {exponent}; to multiply by 1 counts, too",
                        many(count, "multiplication")
                    );
                    holds(count == 0, why);
                }
            },
        );
        let mut random = StdRng::seed_from_u64(5);
        tester.step("exponents of 1 to 64 bits: at most two multiplications for each bit", || {
            let p = number(0xffff_ffff_ffff_ffc5); // the largest prime of 64 bits
            for bits in 1..=64 {
                let exponent = random_bits(bits, &mut random);
                quick(&(random_bits(64, &mut random) % &p), &exponent, &p);
            }
        });
        let p = Group::ffdhe2048().p;
        tester.step("a real exponent: 256 bits in the group ffdhe2048", || {
            let mut exponent = random_bits(256, &mut random);
            exponent.set_bit(255, true);
            quick(&number(2), &exponent, &p);
        });
        tester.step("how many multiplications an exponent takes", || {
            let full = (number(1) << 64) - 1u32;
            let some = [number(0), number(1), number(2), number(6), number(255), number(1) << 64, full];
            let more = (1..40).map(|bits| random_bits(bits, &mut random));
            for exponent in some.into_iter().chain(more) {
                let (_, count) = counted(&number(5), &exponent, &number(23));
                let said = multiplications(&exponent);
                let count_in_words = many(count, "multiplication");
                let what = format!("for the exponent {exponent} `power` makes {count_in_words}");
                holds(said == count, format!("{what}; `multiplications` says {said}"));
            }
        });
        tester.step("nothing is multiplied that is not needed", || {
            for (exponent, least) in [(number(1) << 255, 255), ((number(1) << 256) - 1u32, 510), (number(6), 3)] {
                let (_, count) = counted(&number(2), &exponent, &p);
                let bits = exponent.bits();
                let ones = exponent.count_ones();
                holds(
                    count == least,
                    format!("{least} are enough for an exponent of {bits} bits, {ones} of them 1; these were {count}"),
                );
            }
        });
    });
}
