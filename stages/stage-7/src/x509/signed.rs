//! What certificates, requests and revocation lists share: `SEQUENCE { claim, algorithm, signature }`.

use super::CertificateError;
use crate::rsa::PublicKey;
use const_oid::db::rfc5912::SHA_256_WITH_RSA_ENCRYPTION;
use der::asn1::{BitString, Null};
use der::{Encode, Reader, SliceReader};
use spki::{AlgorithmIdentifierOwned, ObjectIdentifier};
use std::ops::Range;

/// The outer structure (RFC 5280, section 4.1.1). The signature is over the claim's bytes exactly as they
/// came: encoding them anew could hide a difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Signed {
    claim: Range<usize>,
    pub(super) algorithm: AlgorithmIdentifierOwned,
    signature: BitString,
}

impl Signed {
    /// Finds the three parts in `der`, of which there must be no more than `most` bytes.
    pub(super) fn parse(what: &'static str, der: &[u8], most: usize) -> Result<Self, CertificateError> {
        if der.len() > most {
            return Err(CertificateError::TooLong { what, length: der.len(), most });
        }
        Self::read(der).map_err(CertificateError::malformed(what))
    }

    fn read(der: &[u8]) -> der::Result<Self> {
        let mut reader = SliceReader::new(der)?;
        let signed = reader.sequence(|r| -> der::Result<Self> {
            let start = usize::try_from(r.position())?;
            let length = r.tlv_bytes()?.len();
            let claim = start..start + length;
            Ok(Self { claim, algorithm: r.decode()?, signature: r.decode()? })
        })?;
        reader.finish()?;
        Ok(signed)
    }

    /// Only one algorithm is taken, spelled in one way (RFC 4055, section 5). A verifier that lets the
    /// message choose its algorithm lets the attacker choose it.
    pub(super) fn check_algorithm(&self, who: &str) -> Result<(), CertificateError> {
        if is_sha256_with_rsa(&self.algorithm) {
            Ok(())
        } else {
            let got = algorithm_name(&self.algorithm);
            Err(CertificateError::SignatureAlgorithm { who: who.to_owned(), got })
        }
    }

    /// Checks the signature under `key`; `der` is what this was parsed from.
    pub(super) fn verify(
        &self,
        der: &[u8],
        who: &str,
        key: &PublicKey,
        signer: &str,
    ) -> Result<(), CertificateError> {
        self.check_algorithm(who)?;
        let claim = der.get(self.claim.clone()).unwrap_or_default();
        match self.signature.as_bytes() {
            Some(signature) if key.verify(claim, signature).is_ok() => Ok(()),
            _ => Err(CertificateError::Signature { who: who.to_owned(), signer: signer.to_owned() }),
        }
    }
}

/// Whether `parsed`, which was read from `der`, is encoded there in the one way that DER allows: so that
/// nobody can change a byte without changing the meaning, and each certificate has one fingerprint.
pub(super) fn check_der(
    what: &'static str,
    der: &[u8],
    parsed: &impl Encode,
) -> Result<(), CertificateError> {
    match parsed.to_der() {
        Ok(again) if again == der => Ok(()),
        _ => Err(CertificateError::NotDer { what }),
    }
}

/// sha256WithRSAEncryption with NULL parameters.
pub(super) fn sha256_with_rsa() -> AlgorithmIdentifierOwned {
    AlgorithmIdentifierOwned { oid: SHA_256_WITH_RSA_ENCRYPTION, parameters: Some(Null.into()) }
}

fn is_sha256_with_rsa(algorithm: &AlgorithmIdentifierOwned) -> bool {
    *algorithm == sha256_with_rsa()
}

fn algorithm_name(algorithm: &AlgorithmIdentifierOwned) -> String {
    let name = oid_name(&algorithm.oid);
    match &algorithm.parameters {
        _ if algorithm.oid != SHA_256_WITH_RSA_ENCRYPTION => name,
        None => format!("{name} without parameters"),
        Some(_) => format!("{name} with other parameters"),
    }
}

/// The name of an object identifier, the longest if there are several; without the prefixes that stand for
/// "extension" and "purpose". Its numbers if it has no name.
pub(super) fn oid_name(oid: &ObjectIdentifier) -> String {
    let name = const_oid::db::DB.find_names_for_oid(*oid).max_by_key(|name| name.len());
    match name {
        Some(name) => ["id-ce-", "id-kp-"]
            .iter()
            .find_map(|prefix| name.strip_prefix(prefix))
            .unwrap_or(name)
            .to_owned(),
        None => oid.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_are_found_and_nothing_may_follow() {
        let der = [0x30, 0x09, 0x05, 0x00, 0x30, 0x03, 0x06, 0x01, 0x2a, 0x03, 0x00];
        assert!(Signed::read(&der).is_err(), "a bit string has at least its count of unused bits");
        let algorithm = sha256_with_rsa().to_der().unwrap();
        let mut der = vec![0x30, (2 + algorithm.len() + 4) as u8, 0x05, 0x00];
        der.extend_from_slice(&algorithm);
        der.extend_from_slice(&[0x03, 0x02, 0x00, 0xff]);
        let signed = Signed::read(&der).unwrap();
        assert_eq!(signed.claim, 2..4);
        assert!(signed.check_algorithm("x").is_ok());
        der.push(0);
        assert!(Signed::read(&der).is_err());
    }
}
