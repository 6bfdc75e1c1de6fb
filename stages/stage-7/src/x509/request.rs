//! A certificate signing request (PKCS#10, RFC 2986): a public key, a name, and the proof of having the
//! private key.

use super::certificate::{public_key, who};
use super::chain::MAX_CERTIFICATE;
use super::extension::{
    Extensions, alt_name_text, extended_key_usage_names, extension_name, key_usage_names,
};
use super::signed::{Signed, check_der, sha256_with_rsa};
use super::signer::{sign_bits, spki};
use super::{Certificate, CertificateError, StaticValue, pem, subject};
use crate::rsa::{PrivateKey, PublicKey};
use const_oid::AssociatedOid;
use der::{Decode, Encode};
use rand::Rng;
use std::fmt;
use x509_cert::ext::pkix::{BasicConstraints, ExtendedKeyUsage, KeyUsage, SubjectAltName};
use x509_cert::ext::{Extension, ToExtension};
use x509_cert::request::{CertReq, CertReqInfo, ExtensionReq};

/// A request that can be read. Nothing in it is true yet: even the public key counts only after
/// [`verify_proof_of_possession`](Self::verify_proof_of_possession).
#[derive(Clone, PartialEq, Eq)]
pub struct CertificateRequest {
    der: Vec<u8>,
    parsed: CertReq,
    key: PublicKey,
    who: String,
    signed: Signed,
    asked: Vec<Extension>,
    extensions: Extensions,
}

impl CertificateRequest {
    /// Makes a request for this key, with an e-mail address and a static value if there are any.
    ///
    /// # Errors
    /// If the name or the address cannot stand in a certificate.
    pub fn new(
        key: &PrivateKey,
        common_name: &str,
        email: Option<&str>,
        s: Option<&StaticValue>,
        random: &mut impl Rng,
    ) -> Result<Self, CertificateError> {
        let mut info = CertReqInfo {
            version: Default::default(), // the only one there is
            subject: subject::name_of(common_name)?,
            public_key: spki(key.public())?,
            attributes: Default::default(),
        };
        let email = email.map(subject::email_entry).transpose()?;
        let wrong = CertificateError::malformed(WHAT);
        let mut asked = Vec::new();
        if let Some(email) = email {
            asked.push(SubjectAltName(vec![email]).to_extension(&info.subject, &[]).map_err(&wrong)?);
        }
        if let Some(s) = s {
            asked.push(s.to_extension(&info.subject, &[]).map_err(&wrong)?);
        }
        if !asked.is_empty() {
            let attribute = ExtensionReq(asked).try_into().map_err(&wrong)?;
            info.attributes.insert(attribute).map_err(&wrong)?;
        }
        let claim = info.to_der().map_err(&wrong)?;
        let signature = sign_bits(&claim, key, random)?;
        let request = CertReq { info, algorithm: sha256_with_rsa(), signature };
        Self::from_der(&request.to_der().map_err(&wrong)?)
    }

    /// Whether a certificate may hold this name and this address: to be asked before a key is made.
    pub fn check_names(common_name: &str, email: Option<&str>) -> Result<(), CertificateError> {
        subject::check_common_name(common_name)?;
        email.map_or(Ok(()), subject::check_email)
    }

    /// Reads a request of at most 16 KiB.
    pub fn from_der(der: &[u8]) -> Result<Self, CertificateError> {
        let wrong = CertificateError::malformed(WHAT);
        let signed = Signed::parse(WHAT, der, MAX_CERTIFICATE)?;
        let parsed = CertReq::from_der(der).map_err(&wrong)?;
        check_der(WHAT, der, &parsed)?;
        let who = who(&parsed.info.subject);
        let key = public_key(&who, &parsed.info.public_key)?;
        let mut asked = Vec::new();
        for attribute in parsed.info.attributes.iter().filter(|found| found.oid == ExtensionReq::OID) {
            for value in attribute.values.iter() {
                asked.extend(value.decode_as::<ExtensionReq>().map_err(&wrong)?.0);
            }
        }
        let extensions = Extensions::parse(&asked)?;
        Ok(Self { der: der.to_vec(), parsed, key, who, signed, asked, extensions })
    }

    /// Reads the one request in this text.
    pub fn from_pem(text: &str) -> Result<Self, CertificateError> {
        Self::from_der(&pem::decode_one(pem::REQUEST, text)?)
    }

    /// The request as a PEM block.
    #[must_use]
    pub fn to_pem(&self) -> String {
        pem::encode(pem::REQUEST, &self.der)
    }

    /// The bytes it was read from.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// Checks that the request is signed by the private key of the public key in it. Without this, somebody
    /// could get a certificate with their own name and the public key of another, and claim the other's
    /// signatures.
    pub fn verify_proof_of_possession(&self) -> Result<(), CertificateError> {
        self.signed.verify(
            &self.der,
            &format!("the request of {}", self.who),
            &self.key,
            "the request itself",
        )
    }

    /// The public key that asks for a certificate.
    #[must_use]
    pub fn public_key(&self) -> &PublicKey {
        &self.key
    }

    /// The name that it asks for, in quotes and safe to print.
    #[must_use]
    pub fn who(&self) -> &str {
        &self.who
    }

    /// The one common name that it asks for.
    #[must_use]
    pub fn common_name(&self) -> Option<String> {
        subject::common_name(&self.parsed.info.subject)
    }

    /// The e-mail address that it asks for.
    #[must_use]
    pub fn email(&self) -> Option<&str> {
        subject::email(&self.extensions.alt_names)
    }

    /// The static Diffie-Hellman value S.
    #[must_use]
    pub fn static_value(&self) -> Option<&StaticValue> {
        self.extensions.static_value.as_ref()
    }

    /// What it asks for and `issued` does not give, one line each, safe to print.
    #[must_use]
    pub fn not_given(&self, issued: &Certificate) -> Vec<String> {
        let given: Vec<&Extension> = issued.claim().extensions().into_iter().flatten().collect();
        let is_given = |asked: &&Extension| {
            given.iter().any(|one| one.extn_id == asked.extn_id && one.extn_value == asked.extn_value)
        };
        let mut lines: Vec<String> = Vec::new();
        if self.parsed.info.subject != *issued.claim().subject() {
            let subject = anatomy::harmless(&self.parsed.info.subject.to_string());
            lines.push(format!("subject {subject}"));
        }
        lines.extend(self.asked.iter().filter(|asked| !is_given(asked)).map(|asked| self.describe(asked)));
        lines
    }

    fn describe(&self, asked: &Extension) -> String {
        let name = extension_name(&asked.extn_id);
        let known = &self.extensions;
        match asked.extn_id {
            BasicConstraints::OID if known.basic_constraints.as_ref().is_some_and(|found| found.ca) => {
                format!("{name}: to be a CA")
            }
            KeyUsage::OID => format!("{name}: {}", key_usage_names(known.key_usage.as_ref())),
            ExtendedKeyUsage::OID => {
                format!("{name}: {}", extended_key_usage_names(known.extended_key_usage.as_ref()))
            }
            SubjectAltName::OID => {
                let names: Vec<String> = known.alt_names.iter().map(alt_name_text).collect();
                format!("{name}: {}", names.join(", "))
            }
            _ => name,
        }
    }
}

impl fmt::Debug for CertificateRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CertificateRequest").field("subject", &self.who).finish_non_exhaustive()
    }
}

const WHAT: &str = "certificate request";
