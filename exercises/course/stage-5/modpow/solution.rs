//! Powers, and what they cost.

use num_bigint::BigUint;

/// `base ^ exponent` by square-and-multiply.
///
/// Every multiplication is done by `multiply`, which also takes the remainder: in the group with the prime p it is
/// `|a, b| a * b % p`. To square is `multiply(&x, &x)`. To multiply by 1 counts as well, so begin with the highest bit
/// of the exponent, which is 1 for every exponent but 0: after it the power is `base`.
///
/// `exponent.bits()` says how many bits there are. `exponent.bit(n)` is true if bit n is 1; bit 0 is the lowest one.
pub fn power(
    base: &BigUint,
    exponent: &BigUint,
    mut multiply: impl FnMut(&BigUint, &BigUint) -> BigUint,
) -> BigUint {
    // solution
    let Some(highest) = exponent.bits().checked_sub(1) else {
        return BigUint::from(1u32); // an exponent of no bits is 0
    };
    let mut power = base.clone();
    for bit in (0..highest).rev() {
        power = multiply(&power, &power);
        if exponent.bit(bit) {
            power = multiply(&power, base);
        }
    }
    power
    // starter
    // todo!("begin with the base; for each lower bit square, and multiply by the base if the bit is 1")
    // end
}

/// How many multiplications [`power`] makes for this exponent, without computing the power. Whoever measures the time
/// learns this number.
pub fn multiplications(exponent: &BigUint) -> u64 {
    // solution
    if exponent.bits() == 0 {
        return 0;
    }
    (exponent.bits() - 1) + (exponent.count_ones() - 1)
    // starter
    // todo!("count the squarings, and the multiplications by the base")
    // end
}
