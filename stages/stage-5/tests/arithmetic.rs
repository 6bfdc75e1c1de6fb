//! The arithmetic against other implementations and its own rules.
#![allow(clippy::unwrap_used, reason = "a helper that fails is a failed test")]

use key_exchange::primality::{Verdict, chernick, fermat, miller_rabin};
use key_exchange::search::{Progress, TooSmall, Want, search};
use key_exchange::{ExchangeError, Exponents, Group, KeyPair, historic, square_and_multiply};
use num_bigint::BigUint;
use num_prime::nt_funcs::{is_prime, is_safe_prime};
use proptest::prelude::*;
use rand::SeedableRng;
use rand::rngs::StdRng;
use zeroize::Zeroizing;

fn seeded() -> StdRng {
    StdRng::seed_from_u64(5)
}

fn number(bytes: &[u8]) -> BigUint {
    BigUint::from_bytes_be(bytes)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn square_and_multiply_agrees_with_the_library(
        base in prop::collection::vec(any::<u8>(), 0..40),
        exponent in prop::collection::vec(any::<u8>(), 0..20),
        modulus in prop::collection::vec(any::<u8>(), 1..40),
    ) {
        let modulus = number(&modulus) + 1u32;
        let ours = square_and_multiply(&number(&base), &number(&exponent), &modulus);
        prop_assert_eq!(ours, number(&base).modpow(&number(&exponent), &modulus));
    }

    #[test]
    fn the_constant_time_power_is_the_written_out_power(private in prop::collection::vec(any::<u8>(), 1..33)) {
        let group = historic::group();
        let pair = KeyPair::from_private(&group, Zeroizing::new(private.clone())).unwrap();
        let expected = square_and_multiply(&group.g, &number(&private), &group.p);
        prop_assert_eq!(number(pair.public()), expected);
        prop_assert_eq!(pair.public().len(), group.length());
    }

    #[test]
    fn public_values_are_powers_of_every_kind_of_generator(
        private in prop::collection::vec(any::<u8>(), 0..40),
        g in prop::sample::select(vec![2_u32, 3, 4, 5, 8]),
    ) {
        // 2 and 4 are doubled, not multiplied by; 2^521 - 1 does not end where a machine word ends.
        let p = (BigUint::from(1u32) << 521) - 1u32;
        let group = Group { p, g: g.into(), exponents: Exponents::Random256 };
        let pair = KeyPair::from_private(&group, Zeroizing::new(private.clone())).unwrap();
        let expected = group.g.modpow(&number(&private), &group.p);
        prop_assert_eq!(pair.public().len(), 66);
        prop_assert_eq!(number(pair.public()), expected);
        let theirs = KeyPair::from_private(&group, Zeroizing::new(vec![0xb7; 32])).unwrap();
        let shared = pair.shared_value(theirs.public());
        if (2u32.into()..&group.p - 1u32).contains(&number(theirs.public())) {
            let expected = number(theirs.public()).modpow(&number(&private), &group.p);
            prop_assert_eq!(number(&shared.unwrap()), expected);
        }
    }

    #[test]
    fn both_sides_share_one_key(seed in any::<u64>()) {
        let mut random = StdRng::seed_from_u64(seed);
        let group = Group::ffdhe2048();
        let (ann, bob) = (KeyPair::generate(&group, &mut random).unwrap(), KeyPair::generate(&group, &mut random).unwrap());
        let key = ann.shared_key(bob.public()).unwrap();
        prop_assert_eq!(&key, &bob.shared_key(ann.public()).unwrap());
        prop_assert_eq!(key.fingerprint().split(' ').count(), 8);
    }

    #[test]
    fn miller_rabin_agrees_with_the_library(n in any::<u64>()) {
        let n = BigUint::from(n);
        let ours = miller_rabin(&n, 20, &mut seeded()) == Verdict::ProbablyPrime;
        prop_assert_eq!(ours, is_prime(&n, None).probably());
    }
}

#[test]
fn small_numbers_are_judged_rightly_by_both_tests() {
    for n in 0_u32..2_000 {
        let prime = n > 1 && (2..n).take_while(|d| d * d <= n).all(|d| n % d != 0);
        let is = |verdict| verdict == Verdict::ProbablyPrime;
        assert_eq!(is(miller_rabin(&n.into(), 20, &mut seeded())), prime, "{n}");
        assert_eq!(
            is(fermat(&n.into(), 100, &mut seeded())),
            prime,
            "{n}: a hundred bases meet every small factor"
        );
    }
}

#[test]
fn a_chernick_number_passes_a_thousand_rounds_of_fermat_and_not_one_of_miller_rabin() {
    let n = chernick();
    assert_eq!(fermat(&n, 1_000, &mut seeded()), Verdict::ProbablyPrime);
    assert!(matches!(miller_rabin(&n, 4, &mut seeded()), Verdict::Composite(_)));
    assert!(!is_prime(&n, None).probably());
}

#[test]
fn the_groups_are_what_they_claim_to_be() {
    let ffdhe2048 = Group::ffdhe2048();
    assert_eq!((ffdhe2048.p.bits(), ffdhe2048.length()), (2048, 256));
    assert!(is_safe_prime(&ffdhe2048.p).probably());
    let old = historic::group();
    assert!(is_prime(&old.p, None).probably() && !is_safe_prime(&old.p).probably());
    assert_eq!(old.p.bits(), 768);
    assert_eq!(historic::private_keys().count(), 255);
    assert!(historic::private_keys().any(|key| key == historic::private_key(&mut seeded())));
}

#[test]
fn the_search_finds_primes_of_the_right_size_and_kind() {
    for bits in [16, 17, 64, 256] {
        let prime = search(Want::Prime, bits, &mut seeded(), |_| true).unwrap().unwrap();
        assert_eq!(prime.bits(), bits);
        assert!(is_prime(&prime, None).probably(), "{prime}");
        let safe = search(Want::SafePrime, bits.min(128), &mut seeded(), |_| true).unwrap().unwrap();
        assert_eq!(safe.bits(), bits.min(128));
        assert!(is_safe_prime(&safe).probably(), "{safe}");
    }
    assert_eq!(search(Want::Prime, 15, &mut seeded(), |_| true), Err(TooSmall(15)));
    let mut asked = Progress::default();
    let stopped = search(Want::SafePrime, 512, &mut seeded(), |progress| {
        asked = progress;
        false
    });
    assert_eq!(stopped, Ok(None));
    assert!(asked.tested == 1 && asked.sieved >= asked.tested);
}

#[test]
fn values_whose_powers_everybody_knows_are_refused() {
    let group = Group::ffdhe2048();
    let pair = KeyPair::generate(&group, &mut seeded()).unwrap();
    let padded = |n: &BigUint| {
        let bytes = n.to_bytes_be();
        [vec![0; 256 - bytes.len()], bytes].concat()
    };
    let one = BigUint::from(1u32);
    for bad in [BigUint::ZERO, one.clone(), &group.p - 1u32, group.p.clone(), &group.p + 1u32] {
        assert_eq!(pair.shared_key(&padded(&bad)), Err(ExchangeError::Range));
    }
    for good in [&one + 1u32, &group.p - 2u32] {
        assert!(pair.shared_key(&padded(&good)).is_ok());
    }
    for length in [0, 1, 255, 257, 1000] {
        let refused = pair.shared_key(&vec![7; length]);
        assert_eq!(refused, Err(ExchangeError::Length { expected: 256, received: length }));
    }
}
