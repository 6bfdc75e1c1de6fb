//! Random numbers of a given size, from any source of random bytes.

use num_bigint::BigUint;
use rand::Rng;

/// A number of at most `bits` bits; each equally likely.
pub fn random_bits(bits: u64, random: &mut impl Rng) -> BigUint {
    let mut bytes = vec![0; bits.div_ceil(8) as usize];
    random.fill_bytes(&mut bytes);
    let mut number = BigUint::from_bytes_be(&bytes);
    for bit in bits..bytes.len() as u64 * 8 {
        number.set_bit(bit, false);
    }
    number
}

/// A number from 0 to `limit` - 1; each equally likely. A remainder would prefer the small ones, so a
/// number that is too large is thrown away and drawn again. `limit` 0 gives 0.
pub fn random_below(limit: &BigUint, random: &mut impl Rng) -> BigUint {
    loop {
        let number = random_bits(limit.bits(), random);
        if number < *limit || limit.bits() == 0 {
            return number;
        }
    }
}
