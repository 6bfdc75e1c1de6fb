//! What can be wrong with a key or a signature, each as one sentence.

use std::fmt;

/// Why a key was not accepted, not made, or not used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyError {
    /// The modulus has another size than 2048 to 4096 bits.
    Size {
        /// Bits of the modulus.
        bits: u64,
    },
    /// The modulus is even: no product of two odd primes.
    Even,
    /// The public exponent is not odd or not from 65537 to 2^32.
    Exponent,
    /// The bytes are no key of this form in DER.
    Format {
        /// The form that was expected.
        expected: &'static str,
    },
    /// The bytes hold a key of another algorithm than rsaEncryption, or one with restrictions of its own.
    Algorithm,
    /// The parts of a private key do not belong together.
    Inconsistent {
        /// What does not fit.
        what: &'static str,
    },
    /// A message is too long to be encrypted with this key.
    Message {
        /// Bytes that it has.
        length: usize,
        /// Bytes that it may have.
        most: usize,
    },
    /// The search for primes ended without a result; it never does unless it is told to.
    Search,
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Size { bits } => {
                write!(f, "an RSA key of {bits} bits is not accepted: take one of 2048 to 4096 bits")
            }
            Self::Even => f.write_str("the RSA modulus is even, so it is no product of two large primes"),
            Self::Exponent => f.write_str(
                "the public exponent of the RSA key is not accepted: it must be odd, from 65537 to 2^32",
            ),
            Self::Format { expected } => write!(f, "these bytes are not {expected} in DER"),
            Self::Algorithm => f.write_str(
                "this is no plain RSA key: its algorithm must be rsaEncryption with NULL parameters",
            ),
            Self::Inconsistent { what } => {
                write!(f, "the parts of the private key do not belong together: {what}; is the file damaged?")
            }
            Self::Message { length, most } => {
                write!(f, "{length} bytes are too many for this key: it encrypts at most {most}")
            }
            Self::Search => f.write_str("the search for primes ended without a result"),
        }
    }
}

impl std::error::Error for KeyError {}

/// Why a signature was not accepted, or did not leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignatureError {
    /// The signature has another length than the modulus.
    Length {
        /// Bytes expected.
        expected: usize,
        /// Bytes received.
        received: usize,
    },
    /// The signature, as a number, is not smaller than the modulus.
    Range,
    /// The signature was not made over this message by this key.
    Wrong,
    /// The signer's own computation went wrong. The result was thrown away, because it could give the
    /// key away.
    Fault,
}

impl fmt::Display for SignatureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length { expected, received } => {
                write!(
                    f,
                    "the signature has {received} bytes, {expected} were expected; is it from another key?"
                )
            }
            Self::Range => f.write_str("the signature is a number as large as the modulus or larger"),
            Self::Wrong => f.write_str("the signature does not fit: another message, or another key"),
            Self::Fault => f.write_str(
                "the computer made a mistake while it signed; the result was thrown away, try again",
            ),
        }
    }
}

impl std::error::Error for SignatureError {}
