//! The primality test.

use super::{filled, refuses, with};
use key_exchange::primality::{Verdict, miller_rabin, passes};
use num_bigint::BigUint;
use rand::SeedableRng;
use rand::rngs::StdRng;

/// The values of the test: base^d, base^2d … base^(n−1).
fn values(n: u128, base: u128) -> Vec<BigUint> {
    let (n, base) = (BigUint::from(n), BigUint::from(base));
    let minus_one = &n - 1u32;
    let s = minus_one.trailing_zeros().unwrap();
    (0..=s).map(|i| base.modpow(&(&minus_one >> (s - i)), &n)).collect()
}

#[test]
fn it_says_what_the_test_of_stage_5_says_and_shows_each_squaring() {
    with("miller-rabin", |page| {
        for (n, base, truth) in [
            (561_u128, 2_u128, "not prime: 3 × 11 × 17"), // Carmichael
            (2047, 2, "not prime: 23 × 89"),              // the smallest one that fools base 2
            (2047, 3, "not prime: 23 × 89"),
            (101, 5, "prime"),
            (5, 2, "prime"),
            (9, 2, "not prime: 3 × 3"),
            (3_215_031_751, 7, "not prime: 151 × 751 × 28351"), // fools 2, 3, 5 and 7
            (3_215_031_751, 11, "not prime: 151 × 751 × 28351"),
            (3_317_044_064_679_887_385_961_979, 2, "not prime: 17 × 1709 × "),
            (
                3 * 1_000_000_016_000_000_063,
                2,
                "not prime: 3 × 1000000016000000063, which is not prime either",
            ),
            (1_000_000_016_000_000_063, 2, "not prime, with no factor below 100000"), // 1000000007 · 1000000009
        ] {
            let result = filled(page, "miller-rabin", &[("n", &n.to_string()), ("base", &base.to_string())]);
            let says = passes(&n.into(), &base.into());
            let verdict = if says { "passes: probably prime" } else { "fails: certainly not prime" };
            assert!(result.starts_with(&format!("{n} {verdict}. In truth it is {truth}")), "{result}");
            assert_eq!(result.contains("is a strong liar"), says && truth != "prime", "{result}");
            factors_are_right(n, &result);
            let minus_one = BigUint::from(n - 1);
            let shown: Vec<_> = page.table("miller-rabin", 0).into_iter().map(|row| row[1].clone()).collect();
            let expected: Vec<_> = values(n, base)
                .into_iter()
                .map(|value| if value == minus_one { format!("{value} = −1") } else { value.to_string() })
                .collect();
            assert_eq!(shown, expected, "{n}, base {base}");
        }
    });
}

/// The factors that a sentence names have n as their product, and are primes unless it says something else.
fn factors_are_right(n: u128, sentence: &str) {
    let Some((_, named)) = sentence.split_once("not prime: ") else { return };
    let (named, composite) = match named.split_once(", which is not prime either") {
        Some((named, _)) => (named, true),
        None => (named.split('.').next().unwrap(), false),
    };
    let factors: Vec<u128> = named.split(" × ").map(|factor| factor.parse().unwrap()).collect();
    assert_eq!(factors.iter().product::<u128>(), n, "{sentence}");
    for (at, factor) in factors.iter().enumerate() {
        let verdict = miller_rabin(&(*factor).into(), 40, &mut StdRng::seed_from_u64(1980));
        let is_prime = verdict == Verdict::ProbablyPrime;
        assert_eq!(is_prime, !(composite && at + 1 == factors.len()), "{sentence}: {factor}");
    }
}

#[test]
fn the_liars_of_a_small_number_are_counted() {
    with("miller-rabin", |page| {
        for n in [561_u32, 2047, 9_999, 97] {
            page.fill("miller-rabin", "n", &n.to_string());
            let big = BigUint::from(n);
            let fermat =
                (2..n - 1).filter(|base| BigUint::from(*base).modpow(&(&big - 1u32), &big) == 1u32.into());
            let strong = (2..n - 1).filter(|base| passes(&big, &(*base).into()));
            let rows = page.table("miller-rabin", 1);
            assert!(rows[0][1].starts_with(&format!("{} of {} ", fermat.count(), n - 3)), "{n}: {rows:?}");
            assert!(rows[1][1].starts_with(&format!("{} of {} ", strong.count(), n - 3)), "{n}: {rows:?}");
        }
    });
}

#[test]
fn what_cannot_be_tested_is_refused_with_a_sentence() {
    with("miller-rabin", |page| {
        for (field, text, part) in [
            ("n", "", "n is missing"),
            ("n", "0x10", "n is not a number"),
            ("n", "3", "out of range: write a whole number from 5 to 3317044064679887385961980"),
            ("n", "3317044064679887385961981", "out of range"),
            ("n", "562", "n = 562 is even, so 2 divides it"),
        ] {
            refuses(page, "miller-rabin", field, text, part);
        }
        page.fill("miller-rabin", "n", "561");
        for text in ["1", "560", "nine"] {
            refuses(page, "miller-rabin", "base", text, "The base is ");
        }
    });
}
