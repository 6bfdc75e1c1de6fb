//! The extensions that we know, each at most once, and what is left over.

use super::signed::oid_name;
use super::{CertificateError, StaticValue};
use const_oid::AssociatedOid;
use der::Decode;
use spki::ObjectIdentifier;
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, SubjectAltName,
    SubjectKeyIdentifier,
};

/// The extensions of a certificate or of a request (RFC 5280, section 4.2.1).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Extensions {
    pub(super) basic_constraints: Option<BasicConstraints>,
    pub(super) key_usage: Option<KeyUsage>,
    pub(super) extended_key_usage: Option<ExtendedKeyUsage>,
    pub(super) alt_names: Vec<GeneralName>,
    pub(super) static_value: Option<StaticValue>,
    /// Critical ones that we do not know.
    pub(super) unknown_critical: Vec<ObjectIdentifier>,
}

impl Extensions {
    /// Sorts them. One that is there twice is an error (RFC 5280, section 4.2): programs would disagree on
    /// which one counts.
    pub(super) fn parse<'a>(
        extensions: impl IntoIterator<Item = &'a Extension>,
    ) -> Result<Self, CertificateError> {
        let mut known = Self::default();
        let mut seen = Vec::new();
        for extension in extensions {
            let oid = extension.extn_id;
            if seen.contains(&oid) {
                return Err(CertificateError::DuplicateExtension { extension: extension_name(&oid) });
            }
            seen.push(oid);
            known.take(extension)?;
        }
        Ok(known)
    }

    fn take(&mut self, extension: &Extension) -> Result<(), CertificateError> {
        match extension.extn_id {
            BasicConstraints::OID => {
                self.basic_constraints = Some(decode("basicConstraints extension", extension)?);
            }
            KeyUsage::OID => self.key_usage = Some(decode("keyUsage extension", extension)?),
            ExtendedKeyUsage::OID => {
                self.extended_key_usage = Some(decode("extendedKeyUsage extension", extension)?);
            }
            SubjectAltName::OID => {
                self.alt_names = decode::<SubjectAltName>("subjectAltName extension", extension)?.0;
            }
            StaticValue::OID => self.static_value = Some(StaticValue::from_extension(extension)?),
            // The two key identifiers help to find an issuer among many; we have the chain, so their values
            // prove nothing to us.
            SubjectKeyIdentifier::OID | AuthorityKeyIdentifier::OID => {}
            unknown if extension.critical => self.unknown_critical.push(unknown),
            _ => {}
        }
        Ok(())
    }
}

/// What a person calls this extension.
pub(super) fn extension_name(oid: &ObjectIdentifier) -> String {
    match *oid {
        StaticValue::OID => "S (static Diffie-Hellman value)".to_owned(),
        _ => oid_name(oid),
    }
}

/// The bits of a keyUsage by name.
pub(super) fn key_usage_names(usage: Option<&KeyUsage>) -> String {
    const NAMES: [&str; 9] = [
        "digitalSignature",
        "nonRepudiation",
        "keyEncipherment",
        "dataEncipherment",
        "keyAgreement",
        "keyCertSign",
        "cRLSign",
        "encipherOnly",
        "decipherOnly",
    ];
    let Some(usage) = usage else { return NOTHING.to_owned() };
    let bits = usage.0.bits();
    let names = NAMES.iter().enumerate().filter(|(bit, _)| bits >> bit & 1 == 1).map(|(_, name)| *name);
    list(names.map(str::to_owned).collect())
}

/// The purposes of an extendedKeyUsage by name.
pub(super) fn extended_key_usage_names(usage: Option<&ExtendedKeyUsage>) -> String {
    list(usage.map(|usage| usage.0.iter().map(oid_name).collect()).unwrap_or_default())
}

/// One entry of a subjectAltName, harmless to print.
pub(super) fn alt_name_text(name: &GeneralName) -> String {
    match name {
        GeneralName::DnsName(name) => anatomy::harmless(name.as_ref()),
        GeneralName::Rfc822Name(email) => anatomy::harmless(email.as_ref()),
        GeneralName::IpAddress(bytes) => address_text(bytes.as_bytes()),
        GeneralName::UniformResourceIdentifier(uri) => anatomy::harmless(uri.as_ref()),
        GeneralName::DirectoryName(name) => anatomy::quoted(&name.to_string()),
        _ => "a name of another kind".to_owned(),
    }
}

/// An address of 4 or 16 bytes.
pub(super) fn address_text(bytes: &[u8]) -> String {
    if let Ok(four) = <[u8; 4]>::try_from(bytes) {
        return std::net::IpAddr::from(four).to_string();
    }
    match <[u8; 16]>::try_from(bytes) {
        Ok(sixteen) => std::net::IpAddr::from(sixteen).to_string(),
        Err(_) => format!("an address of {} bytes", bytes.len()),
    }
}

fn decode<'a, T: Decode<'a, Error = der::Error>>(
    what: &'static str,
    extension: &'a Extension,
) -> Result<T, CertificateError> {
    T::from_der(extension.extn_value.as_bytes()).map_err(CertificateError::malformed(what))
}

fn list(names: Vec<String>) -> String {
    if names.is_empty() { NOTHING.to_owned() } else { names.join(", ") }
}

const NOTHING: &str = "none";
