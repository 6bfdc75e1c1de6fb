//! Between the builders of `x509-cert` and our own RSA.

use super::CertificateError;
use super::signed::sha256_with_rsa;
use crate::rsa::{PrivateKey, PublicKey};
use der::asn1::BitString;
use der::{Decode, Document};
use rand::Rng;
use signature::Keypair;
use spki::{
    AlgorithmIdentifierOwned, DynSignatureAlgorithmIdentifier, EncodePublicKey, SubjectPublicKeyInfoOwned,
};
use x509_cert::builder::Builder;

/// Signs what the builder holds. The builder asks the signer for its public key and its algorithm, encodes
/// the claim, and puts the signature behind it.
pub(super) fn sign<B: Builder>(
    mut builder: B,
    key: &PrivateKey,
    random: &mut impl Rng,
) -> Result<B::Output, CertificateError> {
    let signer = Signer(key);
    let claim = builder.finalize(&signer).map_err(not_built)?;
    let signature = sign_bits(&claim, key, random)?;
    builder.assemble(signature, &signer).map_err(not_built)
}

/// The signature over `claim`, as certificates hold it.
pub(super) fn sign_bits(
    claim: &[u8],
    key: &PrivateKey,
    random: &mut impl Rng,
) -> Result<BitString, CertificateError> {
    let signature =
        key.sign(claim, random).map_err(|error| CertificateError::NotBuilt { problem: error.to_string() })?;
    BitString::from_bytes(&signature).map_err(CertificateError::malformed("signature"))
}

/// A public key in the form in which certificates hold it.
pub(super) fn spki(key: &PublicKey) -> Result<SubjectPublicKeyInfoOwned, CertificateError> {
    let der = key.to_spki_der().map_err(|error| CertificateError::NotBuilt { problem: error.to_string() })?;
    SubjectPublicKeyInfoOwned::from_der(&der).map_err(CertificateError::malformed("public key"))
}

/// What a builder could not put together.
pub(super) fn not_built(error: x509_cert::builder::Error) -> CertificateError {
    CertificateError::NotBuilt { problem: error.to_string() }
}

struct Signer<'a>(&'a PrivateKey);

impl Keypair for Signer<'_> {
    type VerifyingKey = Verifier;

    fn verifying_key(&self) -> Verifier {
        Verifier(self.0.public().clone())
    }
}

impl DynSignatureAlgorithmIdentifier for Signer<'_> {
    fn signature_algorithm_identifier(&self) -> spki::Result<AlgorithmIdentifierOwned> {
        Ok(sha256_with_rsa())
    }
}

#[derive(Clone)]
struct Verifier(PublicKey);

impl EncodePublicKey for Verifier {
    fn to_public_key_der(&self) -> spki::Result<Document> {
        let der = self.0.to_spki_der().map_err(|_| spki::Error::KeyMalformed)?;
        Ok(Document::try_from(der)?)
    }
}
