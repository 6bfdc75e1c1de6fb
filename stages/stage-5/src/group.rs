//! The public parameters: a prime p and a generator g, known to everybody.

use crate::historic;
use echo::lab::{Failure, Options, io_failure};
use num_bigint::BigUint;
use num_prime::nt_funcs::is_safe_prime;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// A multiplicative group modulo a prime.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The prime.
    pub p: BigUint,
    /// The generator.
    pub g: BigUint,
    /// How a private exponent is chosen.
    pub exponents: Exponents,
}

/// Where private exponents come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exponents {
    /// 256 random bits: twice the strength of the group, and eight times faster than 2048 bits
    /// (RFC 7919, section 5.2).
    Random256,
    /// A prime of 12 bits, as the original program took it.
    Historic,
}

impl Group {
    /// ffdhe2048 of RFC 7919, appendix A.1: a safe prime that was made from the digits of e, so that
    /// everybody can see that nobody has chosen it for a trapdoor.
    #[must_use]
    pub fn ffdhe2048() -> Self {
        let p = BigUint::parse_bytes(FFDHE2048.as_bytes(), 16).unwrap_or_default();
        Self { p, g: BigUint::from(2u32), exponents: Exponents::Random256 }
    }

    /// The group that `--historic` or `--group FILE` asks for; ffdhe2048 without them.
    pub fn from_options(options: &Options) -> Result<Self, Failure> {
        match (options.has("historic"), options.path("group")) {
            (true, Some(_)) => {
                Err(Failure::Usage("--historic and --group exclude each other: give one".into()))
            }
            (true, None) => Ok(historic::group()),
            (false, Some(path)) => Self::load(&path),
            (false, None) => Ok(Self::ffdhe2048()),
        }
    }

    /// Reads a safe prime of 512 to 4096 bits, in decimal digits, as `prime --safe --out FILE` writes it.
    /// The generator is 4: a square, and so of order (p − 1)/2 modulo every safe prime.
    pub fn load(path: &Path) -> Result<Self, Failure> {
        let wrong = |why: &str| Failure::new(format!("the group file {} {why}", path.display()));
        let failed = |e| io_failure(&format!("cannot read the group file {}", path.display()), &e);
        let mut text = Vec::new();
        File::open(path).map_err(failed)?.take(MAX_FILE + 1).read_to_end(&mut text).map_err(failed)?;
        if text.len() as u64 > MAX_FILE {
            return Err(wrong("is too large to be a prime"));
        }
        let p =
            BigUint::parse_bytes(text.trim_ascii(), 10).ok_or_else(|| wrong("holds no decimal number"))?;
        if !(512..=4096).contains(&p.bits()) {
            return Err(wrong(&format!("holds a number of {} bits; 512 to 4096 are taken", p.bits())));
        }
        if !is_safe_prime(&p).probably() {
            return Err(wrong("holds no safe prime (make one with prime --safe --bits 1024 --out FILE)"));
        }
        Ok(Self { p, g: BigUint::from(4u32), exponents: Exponents::Random256 })
    }

    /// Bytes of a public value: as many as the prime has.
    #[must_use]
    pub fn length(&self) -> usize {
        self.p.bits().div_ceil(8) as usize
    }
}

const MAX_FILE: u64 = 10_000;

const FFDHE2048: &str = "\
    ffffffffffffffffadf85458a2bb4a9aafdc5620273d3cf1d8b9c583ce2d3695\
    a9e13641146433fbcc939dce249b3ef97d2fe363630c75d8f681b202aec4617a\
    d3df1ed5d5fd65612433f51f5f066ed0856365553ded1af3b557135e7f57c935\
    984f0c70e0e68b77e2a689daf3efe8721df158a136ade73530acca4f483a797a\
    bc0ab182b324fb61d108a94bb2c8e3fbb96adab760d7f4681d4f42a3de394df4\
    ae56ede76372bb190b07a7c8ee0a6d709e02fce1cdf7e2ecc03404cd28342f61\
    9172fe9ce98583ff8e4f1232eef28183c3fe3b1b4c6fad733bb5fcbc2ec22005\
    c58ef1837d1683b2c6f34a26c1b2effa886b423861285c97ffffffffffffffff";
