//! Keys as bytes: SubjectPublicKeyInfo for the public key, PKCS#8 for the private one, both in DER.

use super::{KeyError, PrivateKey, PublicKey};
use der::asn1::{AnyRef, BitStringRef, OctetStringRef, UintRef};
use der::{Decode, Encode};
use pkcs1::{ALGORITHM_ID, ALGORITHM_OID, RsaPrivateKeyRef, RsaPublicKeyRef};
use pkcs8::PrivateKeyInfoRef;
use spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};
use zeroize::Zeroizing;

impl PublicKey {
    /// SubjectPublicKeyInfo (RFC 5280, section 4.1), as it stands in certificates.
    ///
    /// # Errors
    /// Never for a key that was accepted; the encoder could fail for numbers that are far too long.
    pub fn to_spki_der(&self) -> Result<Vec<u8>, KeyError> {
        let wrong = |_| KeyError::Format { expected: PUBLIC };
        let key = RsaPublicKeyRef { modulus: number(self.n())?, public_exponent: number(self.e())? };
        let key = key.to_der().map_err(wrong)?;
        let subject_public_key = BitStringRef::from_bytes(&key).map_err(wrong)?;
        SubjectPublicKeyInfoRef { algorithm: ALGORITHM_ID, subject_public_key }.to_der().map_err(wrong)
    }

    /// Reads what [`to_spki_der`](Self::to_spki_der) writes, and nothing else: the algorithm is
    /// rsaEncryption with NULL parameters, and no byte is left over.
    ///
    /// # Errors
    /// If it is no such key, or its numbers are not accepted (see [`new`](Self::new)).
    pub fn from_spki_der(bytes: &[u8]) -> Result<Self, KeyError> {
        let wrong = |_| KeyError::Format { expected: PUBLIC };
        let info = SubjectPublicKeyInfoRef::from_der(bytes).map_err(wrong)?;
        check(&info.algorithm)?;
        let key = info.subject_public_key.as_bytes().ok_or(KeyError::Format { expected: PUBLIC })?;
        let key = RsaPublicKeyRef::from_der(key).map_err(wrong)?;
        Self::new(key.modulus.as_bytes(), key.public_exponent.as_bytes())
    }
}

impl PrivateKey {
    /// PKCS#8 (RFC 5208), as `openssl genpkey` writes it; wiped from memory when dropped.
    ///
    /// # Errors
    /// Never for a key that was accepted; the encoder could fail for numbers that are far too long.
    pub fn to_pkcs8_der(&self) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        let wrong = |_| KeyError::Format { expected: PRIVATE };
        let key = self.to_pkcs1_der()?;
        let key = OctetStringRef::new(&key).map_err(wrong)?;
        Ok(Zeroizing::new(PrivateKeyInfoRef::new(ALGORITHM_ID, key).to_der().map_err(wrong)?))
    }

    /// Reads PKCS#8 with an RSA key of two primes, and checks that all its numbers belong together. That p
    /// and q are prime is not tested; were they not, no signature would pass the check before it leaves.
    ///
    /// # Errors
    /// If it is no such key, or its numbers are not accepted or contradict each other.
    pub fn from_pkcs8_der(bytes: &[u8]) -> Result<Self, KeyError> {
        let wrong = |_| KeyError::Format { expected: PRIVATE };
        let info = PrivateKeyInfoRef::from_der(bytes).map_err(wrong)?;
        check(&info.algorithm)?;
        let key = RsaPrivateKeyRef::from_der(info.private_key.as_bytes()).map_err(wrong)?;
        if key.other_prime_infos.is_some() {
            return Err(KeyError::Inconsistent { what: "it has more than two primes" });
        }
        let [n, e, d, p, q] =
            [key.modulus, key.public_exponent, key.private_exponent, key.prime1, key.prime2];
        let ours = Self::new(n.as_bytes(), e.as_bytes(), d.as_bytes(), p.as_bytes(), q.as_bytes())?;
        // The other three numbers follow from these, and DER has one form only: so the bytes must be equal.
        if *ours.to_pkcs1_der()? != info.private_key.as_bytes() {
            return Err(KeyError::Inconsistent {
                what: "its last three numbers do not follow from the others",
            });
        }
        Ok(ours)
    }

    /// RSAPrivateKey (RFC 8017, appendix A.1.2).
    fn to_pkcs1_der(&self) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        let parts = self.parts();
        let key = RsaPrivateKeyRef {
            modulus: number(self.public().n())?,
            public_exponent: number(self.public().e())?,
            private_exponent: number(self.d())?,
            prime1: number(&parts.p)?,
            prime2: number(&parts.q)?,
            exponent1: number(&parts.d_p)?,
            exponent2: number(&parts.d_q)?,
            coefficient: number(&parts.q_inverse)?,
            other_prime_infos: None,
        };
        Ok(Zeroizing::new(key.to_der().map_err(|_| KeyError::Format { expected: PRIVATE })?))
    }
}

/// rsaEncryption with NULL parameters (RFC 8017, appendix A.1). RSASSA-PSS and RSAES-OAEP have names of their
/// own, and their keys are not to be used otherwise.
fn check(algorithm: &AlgorithmIdentifierRef<'_>) -> Result<(), KeyError> {
    let plain = algorithm.oid == ALGORITHM_OID && algorithm.parameters.is_some_and(AnyRef::is_null);
    if plain { Ok(()) } else { Err(KeyError::Algorithm) }
}

fn number(bytes: &[u8]) -> Result<UintRef<'_>, KeyError> {
    UintRef::new(bytes).map_err(|_| KeyError::Format { expected: "numbers" })
}

const PUBLIC: &str = "an RSA public key (SubjectPublicKeyInfo)";
const PRIVATE: &str = "an RSA private key of two primes (PKCS#8)";
