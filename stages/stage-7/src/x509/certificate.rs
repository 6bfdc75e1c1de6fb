//! One certificate: parsed once, its exact bytes kept.

use super::chain::MAX_CERTIFICATE;
use super::extension::{Extensions, alt_name_text};
use super::signed::{Signed, check_der};
use super::{CertificateError, ServerName, StaticValue, pem, subject};
use crate::rsa::PublicKey;
use anatomy::quoted;
use const_oid::db::rfc5280::ID_KP_SERVER_AUTH;
use der::{Decode, Encode};
use echo::lab::hex;
use sha2::{Digest, Sha256};
use std::fmt;
use std::time::SystemTime;
use x509_cert::certificate::TbsCertificate;
use x509_cert::name::Name;

/// A certificate that can be read: its structure is right, its key is one we take, its extensions make sense.
/// Whether it can be *trusted*, only [`verify_chain`](super::verify_chain) says.
#[derive(Clone, PartialEq, Eq)]
pub struct Certificate {
    der: Vec<u8>,
    parsed: x509_cert::Certificate,
    key: PublicKey,
    who: String,
    pub(super) signed: Signed,
    pub(super) extensions: Extensions,
}

impl Certificate {
    /// Reads a certificate of at most 16 KiB.
    pub fn from_der(der: &[u8]) -> Result<Self, CertificateError> {
        let signed = Signed::parse(WHAT, der, MAX_CERTIFICATE)?;
        let parsed = x509_cert::Certificate::from_der(der).map_err(CertificateError::malformed(WHAT))?;
        check_der(WHAT, der, &parsed)?;
        let claim = parsed.tbs_certificate();
        let who = who(claim.subject());
        let key = public_key(&who, claim.subject_public_key_info())?;
        let extensions = Extensions::parse(claim.extensions().into_iter().flatten())?;
        Ok(Self { der: der.to_vec(), key, who, signed, extensions, parsed })
    }

    /// Reads the one certificate in this text.
    pub fn from_pem(text: &str) -> Result<Self, CertificateError> {
        Self::from_der(&pem::decode_one(pem::CERTIFICATE, text)?)
    }

    /// The certificate as a PEM block.
    #[must_use]
    pub fn to_pem(&self) -> String {
        pem::encode(pem::CERTIFICATE, &self.der)
    }

    /// The bytes it was read from.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// Whom it is about: the subject's one common name.
    #[must_use]
    pub fn common_name(&self) -> Option<String> {
        subject::common_name(self.claim().subject())
    }

    /// Whom it is about, in quotes and safe to print: the common name, or else the whole subject.
    #[must_use]
    pub fn who(&self) -> &str {
        &self.who
    }

    /// Who has signed it, as [`who`](Self::who) says it.
    #[must_use]
    pub fn issuer(&self) -> String {
        who(self.claim().issuer())
    }

    /// The serial number, big-endian; unique for each certificate of one CA.
    #[must_use]
    pub fn serial(&self) -> &[u8] {
        self.claim().serial_number().as_bytes()
    }

    /// The subject's public key.
    #[must_use]
    pub fn public_key(&self) -> &PublicKey {
        &self.key
    }

    /// The first and the last second of its life.
    #[must_use]
    pub fn validity(&self) -> (SystemTime, SystemTime) {
        let validity = self.claim().validity();
        (validity.not_before.to_system_time(), validity.not_after.to_system_time())
    }

    /// SHA-256 of its DER.
    #[must_use]
    pub fn fingerprint(&self) -> [u8; 32] {
        Sha256::digest(&self.der).into()
    }

    /// The names in its subjectAltName, safe to print.
    #[must_use]
    pub fn alt_names(&self) -> Vec<String> {
        self.extensions.alt_names.iter().map(alt_name_text).collect()
    }

    /// The names of servers in its subjectAltName.
    #[must_use]
    pub fn server_names(&self) -> Vec<ServerName> {
        self.extensions.alt_names.iter().filter_map(ServerName::from_general_name).collect()
    }

    /// Whether it says of itself that it is meant for servers (serverAuth).
    #[must_use]
    pub fn is_for_servers(&self) -> bool {
        let usage = self.extensions.extended_key_usage.as_ref();
        usage.is_some_and(|usage| usage.0.contains(&ID_KP_SERVER_AUTH))
    }

    /// The e-mail address in its subjectAltName.
    #[must_use]
    pub fn email(&self) -> Option<&str> {
        subject::email(&self.extensions.alt_names)
    }

    /// The static Diffie-Hellman value S of a user's certificate; see
    /// [`StaticValue::check_square`] before it is used for the first time.
    #[must_use]
    pub fn static_value(&self) -> Option<&StaticValue> {
        self.extensions.static_value.as_ref()
    }

    /// Whether it says of itself that it is a CA.
    #[must_use]
    pub fn is_ca(&self) -> bool {
        self.extensions.basic_constraints.as_ref().is_some_and(|constraints| constraints.ca)
    }

    pub(super) fn claim(&self) -> &TbsCertificate {
        self.parsed.tbs_certificate()
    }

    pub(super) fn parsed(&self) -> &x509_cert::Certificate {
        &self.parsed
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate")
            .field("subject", &self.who)
            .field("issuer", &self.issuer())
            .field("serial", &hex(self.serial()))
            .finish_non_exhaustive()
    }
}

/// An X.501 name in quotes: its one common name, or else all of it.
pub(super) fn who(name: &Name) -> String {
    subject::common_name(name).map_or_else(|| quoted(&name.to_string()), |common_name| quoted(&common_name))
}

/// The RSA key in a SubjectPublicKeyInfo.
pub(super) fn public_key(
    who: &str,
    spki: &x509_cert::spki::SubjectPublicKeyInfoOwned,
) -> Result<PublicKey, CertificateError> {
    let der = spki.to_der().map_err(CertificateError::malformed("public key"))?;
    PublicKey::from_spki_der(&der)
        .map_err(|error| CertificateError::PublicKey { who: who.to_owned(), problem: error.to_string() })
}

const WHAT: &str = "certificate";
