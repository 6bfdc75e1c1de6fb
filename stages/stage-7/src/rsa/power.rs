//! Powers with a secret exponent, in constant time.
//!
//! crypto-bigint has such a power, too, but in it a squaring modulo m costs as much as any multiplication, and
//! four of five multiplications here are squarings; its plain square costs less than half of its plain
//! product. Plain square first, reduction afterwards makes a signature faster by a fifth. So products, squares,
//! sums and choices are crypto-bigint's, which are made for secrets; the order of things and Montgomery's
//! reduction are written here. No step depends on the value of a number.

use crypto_bigint::modular::FixedMontyForm;
use crypto_bigint::{CtEq, CtSelect, Limb, Uint};
use zeroize::Zeroizing;

/// base ^ exponent, for an exponent of at most `bits` bits. Neither time nor memory accesses depend on the
/// base or the exponent, only on `bits`.
///
/// Four bits of the exponent at a time: four squarings, then a multiplication by one of 16 powers that were
/// made before. The multiplication by base^0 = 1 is not left out, and all 16 powers are read each time: the
/// address of the one that is wanted would leave its trace in the cache (Percival, 2005).
pub(super) fn power<const L: usize>(
    base: &FixedMontyForm<L>,
    exponent: &Uint<L>,
    bits: u32,
) -> FixedMontyForm<L> {
    let modulus = base.params().modulus().as_ref();
    let inverse = negative_inverse(modulus.as_words()[0]);
    let multiply = |a: &Uint<L>, b: &Uint<L>| reduce(a.widening_mul(b), modulus, inverse);
    let mut powers = Zeroizing::new([FixedMontyForm::one(base.params()).to_montgomery(); 1 << WINDOW]);
    for n in 1..powers.len() {
        powers[n] = multiply(&powers[n - 1], base.as_montgomery());
    }
    let mut result = powers[0];
    for window in (0..bits.div_ceil(WINDOW)).rev() {
        for _ in 0..WINDOW {
            result = reduce(result.widening_square(), modulus, inverse);
        }
        // A window never spans two words: 4 divides 64.
        let place = window * WINDOW;
        let word = exponent.as_words().get((place / Limb::BITS) as usize).copied().unwrap_or(0);
        let digit = word >> (place % Limb::BITS) & ((1 << WINDOW) - 1);
        let mut wanted = powers[0];
        for (n, power) in (0_u64..).zip(powers.iter()) {
            wanted = wanted.ct_select(power, n.ct_eq(&digit));
        }
        result = multiply(&result, &wanted);
    }
    FixedMontyForm::from_montgomery(result, base.params())
}

/// Montgomery's reduction (1985): low + R · high divided by R modulo m, where R = 2^(64 · L). The number
/// must be smaller than R · m, as the product of two numbers below m is.
///
/// To divide by 2^64 without a division, add the multiple of m that makes the lowest word zero, and drop
/// that word. After L words, `low` has become low / R modulo m, at most m; `high` is below m, so their sum is
/// below 2m and needs one subtraction of m, or none: both are computed, one is chosen.
fn reduce<const L: usize>((low, high): (Uint<L>, Uint<L>), modulus: &Uint<L>, inverse: u64) -> Uint<L> {
    let m = modulus.as_words();
    let mut rest = low.to_words();
    for _ in 0..L {
        let factor = u128::from(rest[0].wrapping_mul(inverse));
        let mut carry = (factor * u128::from(m[0]) + u128::from(rest[0])) >> 64;
        for n in 1..L {
            // At most (2^64 − 1)^2 + 2 · (2^64 − 1) = 2^128 − 1: it never overflows.
            let sum = factor * u128::from(m[n]) + u128::from(rest[n]) + carry;
            (rest[n - 1], carry) = (sum as u64, sum >> 64);
        }
        rest[L - 1] = carry as u64;
    }
    let (sum, carry) = Uint::from_words(rest).carrying_add(&high, Limb::ZERO);
    let (less, borrow) = sum.borrowing_sub(modulus, Limb::ZERO);
    less.ct_select(&sum, carry.is_zero() & !borrow.is_zero())
}

/// −1/m modulo 2^64 for an odd word m, by Newton: each round doubles the bits that are right, from three on.
fn negative_inverse(m: u64) -> u64 {
    let mut inverse = m;
    for _ in 0..5 {
        inverse = inverse.wrapping_mul(2_u64.wrapping_sub(m.wrapping_mul(inverse)));
    }
    inverse.wrapping_neg()
}

/// Bits of the exponent that are dealt with together.
const WINDOW: u32 = 4;

#[cfg(test)]
mod tests {
    use super::*;
    use crypto_bigint::Odd;
    use crypto_bigint::modular::FixedMontyParams;
    use rand::{Rng, SeedableRng, rngs::StdRng};

    fn words<const L: usize>(random: &mut StdRng) -> Uint<L> {
        Uint::from_words(std::array::from_fn(|_| random.next_u64()))
    }

    /// Against crypto-bigint's own power, also for moduli far from and next to the limits of their words.
    fn agrees<const L: usize>() {
        let mut random = StdRng::seed_from_u64(7);
        let one = Uint::<L>::ONE;
        let moduli = [
            words(&mut random) | one,
            words(&mut random).shr_vartime(63) | one,
            Uint::MAX,
            Uint::MAX.shr_vartime(64 * L as u32 - 2),
            Uint::MAX.shr_vartime(1),
        ];
        for modulus in moduli {
            let params = FixedMontyParams::new(Odd::new(modulus).unwrap());
            let bases = [words(&mut random), Uint::ZERO, one, modulus.wrapping_sub(&one), Uint::MAX];
            for base in bases.map(|base| FixedMontyForm::new(&base, &params)) {
                for exponent in [words(&mut random), Uint::ZERO, one, Uint::from_u64(65_537), Uint::MAX] {
                    let ours = power(&base, &exponent, 64 * L as u32);
                    assert_eq!(ours, base.pow(&exponent), "{base:?} ^ {exponent:?}");
                }
            }
            // Bits above the limit of a window do not count; those below do.
            let base = FixedMontyForm::new(&words(&mut random), &params);
            let exponent = words::<L>(&mut random) & Uint::from_u64((1 << 18) - 1);
            assert_eq!(power(&base, &exponent, 18), base.pow(&exponent));
        }
    }

    #[test]
    fn a_power_is_what_the_library_computes() {
        agrees::<1>();
        agrees::<2>();
        agrees::<16>();
    }

    #[test]
    fn the_largest_product_is_reduced() {
        let modulus = Uint::<2>::MAX;
        let largest = modulus.wrapping_sub(&Uint::ONE);
        let inverse = negative_inverse(modulus.as_words()[0]);
        // (−1) · (−1) / R, and R = 1 modulo 2^128 − 1.
        assert_eq!(reduce(largest.widening_mul(&largest), &modulus, inverse), Uint::ONE);
    }
}
