//! S, the static Diffie-Hellman value of a user: what end-to-end encryption wraps keys for.

use super::CertificateError;
use const_oid::AssociatedOid;
use der::asn1::OctetString;
use der::{Decode, EncodeValue, FixedTag, Length, Tag, Writer};
use key_exchange::Group;
use num_bigint::BigUint;
use spki::ObjectIdentifier;
use std::fmt;
use x509_cert::ext::{Criticality, Extension};
use x509_cert::name::Name;

/// A value of ffdhe2048 (RFC 7919), 256 bytes big-endian, in 2..p−2.
///
/// In a certificate it is the extension 1.3.6.1.4.1.32473.1.1, an OCTET STRING, not critical: programs that
/// know nothing of it can still use the certificate.
#[derive(Clone, PartialEq, Eq)]
pub struct StaticValue(Box<[u8; LENGTH]>);

impl StaticValue {
    /// Takes 256 bytes whose number is in 2..p−2.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CertificateError> {
        let wrong = |problem| CertificateError::StaticValue { problem };
        let bytes: [u8; LENGTH] = bytes.try_into().map_err(|_| wrong("has not exactly 256 bytes"))?;
        let (value, p) = (BigUint::from_bytes_be(&bytes), Group::ffdhe2048().p);
        if value < BigUint::from(2u32) || value > p - 2u32 {
            return Err(wrong("is not between 2 and p - 2"));
        }
        Ok(Self(Box::new(bytes)))
    }

    /// Its bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8; LENGTH] {
        &self.0
    }

    /// Checks that it is a square, S^((p−1)/2) = 1 (Euler's criterion): then it lies in the subgroup of
    /// prime order, and none of its powers tells the lowest bit of the exponent. To be done once, when a
    /// certificate is signed and when its key is pinned. S is public, so this need not take constant time.
    pub fn check_square(&self) -> Result<(), CertificateError> {
        let p = Group::ffdhe2048().p;
        let half = (&p - 1u32) >> 1;
        if BigUint::from_bytes_be(self.bytes()).modpow(&half, &p) == BigUint::from(1u32) {
            Ok(())
        } else {
            Err(CertificateError::StaticValue { problem: "is no square modulo p" })
        }
    }

    pub(super) fn from_extension(extension: &Extension) -> Result<Self, CertificateError> {
        let inner = OctetString::from_der(extension.extn_value.as_bytes())
            .map_err(CertificateError::malformed("OCTET STRING in the extension S"))?;
        Self::from_bytes(inner.as_bytes())
    }
}

impl AssociatedOid for StaticValue {
    const OID: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.32473.1.1");
}

impl FixedTag for StaticValue {
    const TAG: Tag = Tag::OctetString;
}

impl EncodeValue for StaticValue {
    fn value_len(&self) -> der::Result<Length> {
        self.0.len().try_into()
    }

    fn encode_value(&self, writer: &mut impl Writer) -> der::Result<()> {
        writer.write(self.bytes())
    }
}

impl Criticality for StaticValue {
    fn criticality(&self, _subject: &Name, _extensions: &[Extension]) -> bool {
        false
    }
}

impl fmt::Debug for StaticValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("StaticValue").field(&echo::lab::hex(&self.0[..8])).finish()
    }
}

const LENGTH: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;

    fn value(number: &BigUint) -> Vec<u8> {
        let bytes = number.to_bytes_be();
        [vec![0; LENGTH - bytes.len()], bytes].concat()
    }

    #[test]
    fn only_squares_within_the_group_are_taken() {
        let p = Group::ffdhe2048().p;
        let number = |n: u32| BigUint::from(n);
        // g = 2 is a square modulo p (RFC 7919, appendix A), so all of its powers are.
        assert!(StaticValue::from_bytes(&value(&number(2))).unwrap().check_square().is_ok());
        // p = 3 modulo 4, so −1 is no square, and neither is −s for any square s.
        assert!(StaticValue::from_bytes(&value(&(&p - 2u32))).unwrap().check_square().is_err());
        for bad in [number(0), number(1), &p - 1u32, p.clone()] {
            assert!(StaticValue::from_bytes(&value(&bad)).is_err());
        }
        for length in [0, 255, 257] {
            assert!(StaticValue::from_bytes(&vec![7; length]).is_err());
        }
    }
}
