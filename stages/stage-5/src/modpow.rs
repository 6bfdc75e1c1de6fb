//! Powers modulo a number, written out: the one operation that Diffie-Hellman is made of.

use num_bigint::BigUint;

/// `base ^ exponent mod modulus` by square-and-multiply: one squaring for each bit of the exponent, and
/// one multiplication more where the bit is 1. For a 2048-bit exponent these are about 3,000 steps; by
/// multiplying the base again and again the sun would burn out first.
///
/// **For reading, and for public exponents only.** Who measures the time, or hears the power supply, sees
/// where the multiplications are, and so reads the secret exponent bit by bit (Kocher, 1996). Secret
/// exponents go through [`KeyPair`](crate::KeyPair), whose arithmetic does the same work for every bit.
///
/// ```
/// use key_exchange::square_and_multiply;
/// let power = square_and_multiply(&3u32.into(), &5u32.into(), &7u32.into());
/// assert_eq!(power, 5u32.into()); // 243 = 34 · 7 + 5
/// ```
///
/// # Panics
/// If the modulus is zero: there is no such remainder.
#[must_use]
// ANCHOR: square_and_multiply
pub fn square_and_multiply(base: &BigUint, exponent: &BigUint, modulus: &BigUint) -> BigUint {
    let mut result = BigUint::from(1u32) % modulus;
    for bit in (0..exponent.bits()).rev() {
        result = &result * &result % modulus;
        if exponent.bit(bit) {
            result = result * base % modulus;
        }
    }
    result
}
// ANCHOR_END: square_and_multiply
