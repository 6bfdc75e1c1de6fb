//! The private operation m^d mod n: modulo p and modulo q, blinded, in constant time.
//!
//! Two powers with numbers and exponents of half the length cost a quarter of one with the full length
//! (Quisquater and Couvreur, 1982), and Garner's formula joins them. The numbers are arrays of a fixed
//! length and not on the heap, so that they can be wiped: [`Crt`] exists for 16, 24 and 32 words of 64 bits,
//! for primes of up to 1024, 1536 and 2048 bits.

use super::KeyError;
use super::power::power;
use crypto_bigint::modular::{FixedMontyForm, FixedMontyParams};
use crypto_bigint::{Limb, NonZero, Odd, Uint};
use rand::Rng;
use zeroize::{Zeroize, Zeroizing};

/// What a private key computes with. L: 64-bit words of the longer prime.
#[derive(Clone)]
pub(super) struct Crt<const L: usize> {
    p: Half<L>,
    q: Half<L>,
    /// q^-1 mod p.
    q_inverse: Uint<L>,
    /// The public exponent.
    e: u64,
}

/// The numbers of a private key that follow from p, q and d, big-endian, without zeros in front.
pub(super) struct Parts {
    pub(super) p: Zeroizing<Vec<u8>>,
    pub(super) q: Zeroizing<Vec<u8>>,
    /// d mod (p - 1)
    pub(super) d_p: Zeroizing<Vec<u8>>,
    /// d mod (q - 1)
    pub(super) d_q: Zeroizing<Vec<u8>>,
    /// q^-1 mod p
    pub(super) q_inverse: Zeroizing<Vec<u8>>,
}

impl<const L: usize> Crt<L> {
    /// Computes and checks: n = p · q, and d undoes e modulo p − 1 and modulo q − 1. All numbers are
    /// big-endian.
    pub(super) fn new(n: &[u8], e: u64, d: &[u8], p: &[u8], q: &[u8]) -> Result<Self, KeyError> {
        let wrong = |what| KeyError::Inconsistent { what };
        let p_number = Zeroizing::new(number::<L>(p).ok_or(wrong(FACTORS))?);
        let q_number = Zeroizing::new(number::<L>(q).ok_or(wrong(FACTORS))?);
        let n = wide::<L>(n).ok_or(wrong(FACTORS))?;
        if p_number.widening_mul(&q_number) != n {
            return Err(wrong(FACTORS));
        }
        let d = Zeroizing::new(wide::<L>(d).ok_or(wrong(EXPONENT))?);
        let (p, q) = (Half::new(&p_number, &d, e)?, Half::new(&q_number, &d, e)?);
        let q_inverse = FixedMontyForm::new(&q_number, &p.params).invert().into_option();
        let q_inverse = q_inverse.ok_or(wrong(FACTORS))?.retrieve();
        Ok(Self { p, q, q_inverse, e })
    }

    /// m^d mod n. `m` has at most 2 · L words; the result has exactly as many bytes as `m`.
    pub(super) fn power(&self, m: &[u8], random: &mut dyn Rng) -> Option<Zeroizing<Vec<u8>>> {
        let number = Zeroizing::new(wide::<L>(m)?);
        let s_p = Zeroizing::new(self.p.power(&number, self.e, random));
        let s_q = Zeroizing::new(self.q.power(&number, self.e, random));
        // Garner: s = s_q + q · h is s_q modulo q whatever h is, and with h = (s_p − s_q) / q modulo p it
        // is s_p modulo p, too.
        let form = |n: &Uint<L>| FixedMontyForm::new(n, &self.p.params);
        let h = Zeroizing::new(((form(&s_p) - form(&s_q)) * form(&self.q_inverse)).retrieve());
        let (low, high) = self.q.modulus().widening_mul(&h);
        let (low, carry) = low.carrying_add(&s_q, Limb::ZERO);
        let (high, _) = high.carrying_add(&Uint::ZERO, carry);
        let mut bytes = Zeroizing::new([high.to_be_bytes().as_ref(), low.to_be_bytes().as_ref()].concat());
        let surplus = bytes.len().checked_sub(m.len())?;
        bytes.drain(..surplus);
        Some(bytes)
    }

    /// The numbers for a key file.
    pub(super) fn parts(&self) -> Parts {
        let bytes = |n: &Uint<L>| {
            let all = Zeroizing::new(n.to_be_bytes());
            Zeroizing::new(super::public::shortest(all.as_ref()).to_vec())
        };
        let d_of = |half: &Half<L>| bytes(&half.exponent.wrapping_add(&Uint::ONE));
        Parts {
            p: bytes(self.p.modulus()),
            q: bytes(self.q.modulus()),
            d_p: d_of(&self.p),
            d_q: d_of(&self.q),
            q_inverse: bytes(&self.q_inverse),
        }
    }

    /// Makes every result wrong modulo p and right modulo q, as a fault in one half would.
    #[cfg(test)]
    pub(super) fn break_one_half(&mut self) {
        self.p.exponent = self.p.exponent.wrapping_add(&Uint::from_u64(2));
    }
}

/// One prime, and the private exponent as it counts modulo that prime.
#[derive(Clone)]
struct Half<const L: usize> {
    /// What Montgomery's multiplication wants to know of the prime: computed once for each key.
    params: FixedMontyParams<L>,
    /// d mod (p − 1), less 1: see [`power`](Self::power).
    exponent: Uint<L>,
}

impl<const L: usize> Half<L> {
    fn new(p: &Uint<L>, d: &(Uint<L>, Uint<L>), e: u64) -> Result<Self, KeyError> {
        let wrong = |what| KeyError::Inconsistent { what };
        let modulus = Odd::new(*p).into_option().ok_or(wrong(FACTORS))?;
        let order = NonZero::new(p.wrapping_sub(&Uint::ONE)).into_option().ok_or(wrong(FACTORS))?;
        let d_p = Zeroizing::new(Uint::rem_wide(*d, &order));
        if Uint::rem_wide(d_p.widening_mul(&Uint::<L>::from_u64(e)), &order) != Uint::ONE {
            return Err(wrong(EXPONENT));
        }
        let exponent = d_p.wrapping_sub(&Uint::ONE);
        Ok(Self { params: FixedMontyParams::new(modulus), exponent })
    }

    fn modulus(&self) -> &Uint<L> {
        self.params.modulus().as_ref()
    }

    /// m^d mod p, blinded.
    ///
    /// If the base of a power is known, its time, its sound or its power supply may still tell something
    /// about the exponent (Kocher, 1996; Brumley and Boneh, 2003). So what is raised is x = m · r^e with a
    /// random r, new for every call: as m^d = x^d / r, the result follows, and r with it is forgotten.
    /// The division, which would cost more than all the rest of the blinding, can be avoided:
    ///
    /// > x^(d−1) · m · r^(e−1) = m^(d−1) · r^(ed−e) · m · r^(e−1) = m^d · r^(ed−1) = m^d,
    ///
    /// for ed − 1 is a multiple of p − 1. And r^(e−1) is what r^e is computed from.
    fn power(&self, m: &(Uint<L>, Uint<L>), e: u64, random: &mut dyn Rng) -> Uint<L> {
        let nonzero = self.params.modulus().as_nz_ref();
        let m = FixedMontyForm::new(&Uint::rem_wide(*m, nonzero), &self.params);
        let r = FixedMontyForm::new(&random_number(random), &self.params);
        let mut shield = r; // r^(e−1), by square-and-multiply: e is public
        for bit in (0..e.ilog2()).rev() {
            shield = shield.square();
            if bit > 0 && e >> bit & 1 == 1 {
                shield *= r;
            }
        }
        let x = m * shield * r;
        // The length of p is no secret; its bits are.
        let raised = power(&x, &self.exponent, self.modulus().bit_width());
        (raised * m * shield).retrieve()
    }
}

impl<const L: usize> Drop for Half<L> {
    fn drop(&mut self) {
        self.params.zeroize();
        self.exponent.zeroize();
    }
}

impl<const L: usize> Drop for Crt<L> {
    fn drop(&mut self) {
        self.q_inverse.zeroize();
    }
}

/// L random words. As a number modulo p some are a little likelier than others; to blind with, any is good.
fn random_number<const L: usize>(random: &mut dyn Rng) -> Uint<L> {
    let mut bytes = Zeroizing::new(vec![0; L * Limb::BYTES]);
    random.fill_bytes(&mut bytes);
    Uint::from_be_slice(&bytes)
}

/// A number of at most L words; `None` if there are more bytes.
fn number<const L: usize>(bytes: &[u8]) -> Option<Uint<L>> {
    let mut padded = Zeroizing::new(vec![0; L * Limb::BYTES]);
    let start = padded.len().checked_sub(bytes.len())?;
    padded[start..].copy_from_slice(bytes);
    Some(Uint::from_be_slice(&padded))
}

/// A number of at most 2 · L words: the low half, then the high half.
fn wide<const L: usize>(bytes: &[u8]) -> Option<(Uint<L>, Uint<L>)> {
    let (high, low) = bytes.split_at(bytes.len().saturating_sub(L * Limb::BYTES));
    Some((number(low)?, number(high)?))
}

const FACTORS: &str = "the modulus is not the product of the two primes";
const EXPONENT: &str = "the private exponent does not undo the public one";
