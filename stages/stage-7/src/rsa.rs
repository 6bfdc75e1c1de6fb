//! RSA, written out: keys, signatures, and the files they live in.
//!
//! A public key is a modulus n and an exponent e; the private key is an exponent d for which (m^e)^d mod n
//! is m again. Who knows the prime factors p and q of n finds d in no time; who does not would have to
//! factor n. A signature is a digest of the message, padded and raised to d: everybody can raise it to e
//! and look whether the digest comes out, nobody else could have made it.
//!
//! ```
//! # use rand::{rand_core::UnwrapErr, rngs::SysRng};
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use certificates::rsa::PrivateKey;
//!
//! let mut random = UnwrapErr(SysRng);
//! let key = PrivateKey::generate(2048, &mut random)?;
//! let signature = key.sign(b"I owe you one lunch", &mut random)?;
//! assert!(key.public().verify(b"I owe you one lunch", &signature).is_ok());
//! assert!(key.public().verify(b"I owe you ten lunches", &signature).is_err());
//! # Ok(())
//! # }
//! ```
//!
//! | file | idea |
//! |---|---|
//! | `public.rs` | n and e: raising to e, which numbers are accepted |
//! | `private.rs` | d, p and q: the private operation, checked before its result leaves |
//! | `crt.rs` | the private operation itself: modulo p and modulo q, blinded, in constant time |
//! | `power.rs` | powers with a secret exponent: windows, and Montgomery's reduction |
//! | `generate.rs` | a key of one's own |
//! | `encoding.rs` | how a digest becomes a number: EMSA-PKCS1-v1_5 |
//! | `sign.rs` | signing and verifying |
//! | `transport.rs` | encrypting for the owner of a key, as TLS did until 1.2, and why it stopped |
//! | `der.rs` `key_file.rs` `encrypted.rs` | keys as bytes, and as files with or without a password |
//!
//! What is not ours: products and sums of large numbers (crypto-bigint, in constant time wherever a secret is
//! involved) and the formats of keys (der, pkcs1, pkcs8).

mod crt;
mod der;
mod encoding;
mod encrypted;
mod error;
mod generate;
mod key_file;
mod power;
mod private;
mod public;
mod sign;
mod transport;

pub use encrypted::{ENCRYPTED_LABEL, EncryptedKeyError, decrypt_pkcs8, encrypt_pkcs8};
pub use error::{KeyError, SignatureError};
pub use key_file::{load_key, save_key};
pub use private::PrivateKey;
pub use public::PublicKey;
