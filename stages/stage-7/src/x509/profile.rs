//! What our CA writes into a certificate of each kind: fixed here, and never copied from a request.

use super::subject::{email_entry, name_of};
use super::{CertificateError, ServerName, StaticValue};
use const_oid::db::rfc5280::{ID_KP_CLIENT_AUTH, ID_KP_SERVER_AUTH};
use spki::SubjectPublicKeyInfoRef;
use x509_cert::builder::Result as Built;
use x509_cert::builder::profile::BuilderProfile;
use x509_cert::certificate::TbsCertificate;
use x509_cert::ext::pkix::name::{GeneralName, GeneralNames};
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages, SubjectAltName,
    SubjectKeyIdentifier,
};
use x509_cert::ext::{Extension, ToExtension};
use x509_cert::name::Name;

/// A kind of leaf.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Profile {
    /// A server: its names in subjectAltName, serverAuth, digitalSignature.
    Server {
        /// All the names and addresses under which it is called; at least one.
        names: Vec<ServerName>,
    },
    /// A user: the name as UTF8String, the e-mail address in subjectAltName, clientAuth, digitalSignature,
    /// and S from the request if it has one.
    User {
        /// 1 to 64 characters, none of them invisible.
        common_name: String,
        /// ASCII, if it is known.
        email: Option<String>,
    },
    /// For the exhibit on key transport only: a server whose key decrypts and may not sign. Every check of
    /// this stage refuses it, because digitalSignature is missing.
    KeyTransport {
        /// As for a server.
        names: Vec<ServerName>,
    },
}

/// A profile made ready to be built: what can be wrong with its names has been checked.
pub(super) struct Prepared {
    issuer: Name,
    subject: Name,
    alt_names: GeneralNames,
    kind: Kind,
    s: Option<StaticValue>,
}

#[derive(Clone, Copy)]
enum Kind {
    Ca,
    Leaf { usage: KeyUsages, purpose: const_oid::ObjectIdentifier },
}

impl Profile {
    /// Checks the names and says who signs.
    pub(super) fn prepare(
        &self,
        issuer: &Name,
        s: Option<&StaticValue>,
    ) -> Result<Prepared, CertificateError> {
        let (subject, alt_names, usage, purpose) = match self {
            Self::Server { names } => {
                (server_subject(names)?, server_names(names)?, KeyUsages::DigitalSignature, ID_KP_SERVER_AUTH)
            }
            Self::KeyTransport { names } => {
                (server_subject(names)?, server_names(names)?, KeyUsages::KeyEncipherment, ID_KP_SERVER_AUTH)
            }
            Self::User { common_name, email } => {
                let email = email.as_deref().map(email_entry).transpose()?;
                let alt_names = email.into_iter().collect();
                (name_of(common_name)?, alt_names, KeyUsages::DigitalSignature, ID_KP_CLIENT_AUTH)
            }
        };
        let s = s.filter(|_| matches!(self, Self::User { .. }));
        if let Some(s) = s {
            s.check_square()?;
        }
        let kind = Kind::Leaf { usage, purpose };
        Ok(Prepared { issuer: issuer.clone(), subject, alt_names, kind, s: s.cloned() })
    }
}

impl Prepared {
    /// The CA itself: signed by itself, with no CA below it.
    pub(super) fn ca(common_name: &str) -> Result<Self, CertificateError> {
        let subject = name_of(common_name)?;
        Ok(Self { issuer: subject.clone(), subject, alt_names: Vec::new(), kind: Kind::Ca, s: None })
    }
}

impl BuilderProfile for Prepared {
    fn get_issuer(&self, _subject: &Name) -> Name {
        self.issuer.clone()
    }

    fn get_subject(&self) -> Name {
        self.subject.clone()
    }

    fn build_extensions(
        &self,
        key: SubjectPublicKeyInfoRef<'_>,
        issuer_key: SubjectPublicKeyInfoRef<'_>,
        claim: &TbsCertificate,
    ) -> Built<Vec<Extension>> {
        let mut extensions: Vec<Extension> = Vec::new();
        let mut add = |extension: &dyn Fn(&Name, &[Extension]) -> der::Result<Extension>| {
            let made = extension(claim.subject(), &extensions)?;
            extensions.push(made);
            der::Result::Ok(())
        };
        match self.kind {
            Kind::Ca => {
                let constraints = BasicConstraints { ca: true, path_len_constraint: Some(0) };
                let usage = KeyUsage(KeyUsages::KeyCertSign | KeyUsages::CRLSign);
                add(&|name, others| constraints.to_extension(name, others))?;
                add(&|name, others| usage.to_extension(name, others))?;
            }
            Kind::Leaf { usage, purpose } => {
                let constraints = BasicConstraints { ca: false, path_len_constraint: None };
                let (usage, purpose) = (KeyUsage(usage.into()), ExtendedKeyUsage(vec![purpose]));
                add(&|name, others| constraints.to_extension(name, others))?;
                add(&|name, others| usage.to_extension(name, others))?;
                add(&|name, others| purpose.to_extension(name, others))?;
            }
        }
        if !self.alt_names.is_empty() {
            let names = SubjectAltName(self.alt_names.clone());
            add(&|name, others| names.to_extension(name, others))?;
        }
        if let Some(s) = &self.s {
            add(&|name, others| s.to_extension(name, others))?;
        }
        let (own, issuers) =
            (SubjectKeyIdentifier::try_from(key)?, AuthorityKeyIdentifier::try_from(issuer_key)?);
        add(&|name, others| own.to_extension(name, others))?;
        add(&|name, others| issuers.to_extension(name, others))?;
        Ok(extensions)
    }
}

/// The subject of a server is for people who read the certificate: its first name that fits there. Programs
/// look at subjectAltName only.
fn server_subject(names: &[ServerName]) -> Result<Name, CertificateError> {
    match names.iter().map(ToString::to_string).find(|name| name.len() <= 64) {
        Some(name) => name_of(&name),
        None => Ok(Name::default()),
    }
}

fn server_names(names: &[ServerName]) -> Result<Vec<GeneralName>, CertificateError> {
    if names.is_empty() {
        return Err(CertificateError::bad_name("server name", "", "is missing: a server has at least one"));
    }
    let names: der::Result<_> = names.iter().map(ServerName::to_general_name).collect();
    names.map_err(CertificateError::malformed("server name"))
}
