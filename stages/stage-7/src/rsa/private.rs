//! The private key: d, and the primes p and q, which are worth as much.

use super::crt::{Crt, Parts};
use super::public::shortest;
use super::{KeyError, PublicKey, SignatureError};
use rand::Rng;
use std::fmt;
use zeroize::Zeroizing;

/// A private key. `{:?}` shows only the public part.
///
/// Its numbers are wiped from memory when it is dropped. What is on the stack while it computes is not wiped,
/// only soon overwritten.
#[derive(Clone)]
pub struct PrivateKey {
    public: PublicKey,
    d: Zeroizing<Vec<u8>>,
    crt: Box<Arithmetic>,
}

/// The arithmetic for primes of up to 1024, 1536 or 2048 bits.
#[derive(Clone)]
#[allow(clippy::large_enum_variant, reason = "it lives in a box, once for each key")]
enum Arithmetic {
    Bits1024(Crt<16>),
    Bits1536(Crt<24>),
    Bits2048(Crt<32>),
}

impl PrivateKey {
    /// The key of these numbers, big-endian.
    ///
    /// # Errors
    /// If they are not accepted as a [`PublicKey`], are no key together, or the primes are of very different
    /// lengths: then the smaller one might be small enough to be found.
    pub(super) fn new(n: &[u8], e: &[u8], d: &[u8], p: &[u8], q: &[u8]) -> Result<Self, KeyError> {
        let public = PublicKey::new(n, e)?;
        let (e, d) = (public.exponent(), Zeroizing::new(shortest(d).to_vec()));
        let (n, p, q) = (public.n(), shortest(p), shortest(q));
        if p.len().abs_diff(q.len()) > 1 {
            return Err(KeyError::Inconsistent { what: "one prime is much longer than the other" });
        }
        let crt = Box::new(match p.len().max(q.len()) {
            ..=128 => Arithmetic::Bits1024(Crt::new(n, e, &d, p, q)?),
            129..=192 => Arithmetic::Bits1536(Crt::new(n, e, &d, p, q)?),
            _ => Arithmetic::Bits2048(Crt::new(n, e, &d, p, q)?),
        });
        Ok(Self { public, d, crt })
    }

    /// The public half, for everybody.
    #[must_use]
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// m^d mod n, with as many bytes as n.
    ///
    /// The result is raised to e again before it leaves. If a fault made it wrong modulo p but right modulo
    /// q, then gcd(s^e − m, n) would be q: one faulty signature gives the key away (Boneh, DeMillo and
    /// Lipton, 1997).
    ///
    /// # Errors
    /// [`SignatureError::Fault`] if the check fails, [`SignatureError::Range`] if m is not smaller than n.
    pub(super) fn power(&self, m: &[u8], random: &mut dyn Rng) -> Result<Zeroizing<Vec<u8>>, SignatureError> {
        if m.len() != self.public.length() || m >= self.public.n() {
            return Err(SignatureError::Range);
        }
        let s = match &*self.crt {
            Arithmetic::Bits1024(crt) => crt.power(m, random),
            Arithmetic::Bits1536(crt) => crt.power(m, random),
            Arithmetic::Bits2048(crt) => crt.power(m, random),
        };
        let s = s.ok_or(SignatureError::Fault)?;
        if self.public.power(&s).is_some_and(|again| again == m) { Ok(s) } else { Err(SignatureError::Fault) }
    }

    /// The private exponent, big-endian.
    pub(super) fn d(&self) -> &[u8] {
        &self.d
    }

    /// The numbers that follow, for a key file.
    pub(super) fn parts(&self) -> Parts {
        match &*self.crt {
            Arithmetic::Bits1024(crt) => crt.parts(),
            Arithmetic::Bits1536(crt) => crt.parts(),
            Arithmetic::Bits2048(crt) => crt.parts(),
        }
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrivateKey").field("public", &self.public).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rsa::generate::greatest_common_divisor;
    use num_bigint::BigUint;
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    /// The attack of Boneh, DeMillo and Lipton, and the check that it does not get past.
    #[test]
    fn a_fault_in_one_half_would_give_the_key_away_and_never_leaves() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/keys/openssl-2048.pem");
        let mut key = crate::rsa::load_key(path.as_ref(), None).unwrap();
        let mut random = StdRng::seed_from_u64(7);
        assert!(key.sign(b"a message", &mut random).is_ok());
        let Arithmetic::Bits1024(crt) = &mut *key.crt else { panic!("this key has 2048 bits") };
        crt.break_one_half();
        let m = super::super::encoding::emsa_pkcs1_v1_5(b"a message", 256);
        let faulty = crt.power(&m, &mut random).unwrap();

        let number = BigUint::from_bytes_be;
        let (n, s, m) = (number(key.public.n()), number(&faulty), number(&m));
        let difference = (s.modpow(&number(key.public.e()), &n) + &n - m) % &n;
        assert_eq!(greatest_common_divisor(difference, n), number(&key.parts().q), "the key is broken");

        assert_eq!(key.sign(b"a message", &mut random), Err(SignatureError::Fault), "nothing leaves");
    }
}
