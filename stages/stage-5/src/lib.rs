//! Stage 5: two strangers agree on a secret in front of everybody, and encrypt under it.
//!
//! Both choose a secret exponent, send g^x mod p, and raise what they get to their own exponent: both have
//! g^(xy) mod p, and nobody else does who only listened. Under that key RC4 encrypts what they say.
//!
//! | file | idea |
//! |---|---|
//! | `modpow.rs` | square-and-multiply, written out |
//! | `primality.rs` | Fermat and Miller–Rabin, and a number that tells them apart |
//! | `search.rs` | looking for primes and safe primes with a sieve |
//! | `group.rs` | p and g: the default, your own, and from `historic.rs` the original program's |
//! | `exchange.rs` | the exchange itself, in constant time; the shared key and its fingerprint |
//! | `rc4.rs` | a stream cipher of its day |
//! | `session.rs` | a connection: public values, then encrypted frames |
//! | `overheard.rs` `attack/` | what is left for somebody on the path |

pub mod attack;
mod dissect;
mod exchange;
mod group;
pub mod historic;
mod modpow;
mod number;
mod overheard;
pub mod primality;
mod rc4;
pub mod search;
mod session;

pub use dissect::Secret;
pub use exchange::{ExchangeError, KEY_LENGTH, KeyPair, SharedKey, read_public};
pub use group::{Exponents, Group};
pub use modpow::square_and_multiply;
pub use number::{random_below, random_bits};
pub use overheard::{Overheard, overheard};
pub use rc4::Rc4;
pub use session::{Ciphers, Keystreams, SecretClient, SecretEcho, Side, fresh_pair};

/// The port of this stage's server.
pub const PORT: u16 = 9005;
