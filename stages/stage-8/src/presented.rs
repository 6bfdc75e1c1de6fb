//! The certificates that a server has shown, kept for the sentence about what is wrong with them.

use der::Decode;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{DigitallySignedStruct, Error, SignatureScheme};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use x509_cert::Certificate;
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;

/// Remembers the leaf that was shown last.
#[derive(Debug, Default, Clone)]
pub struct Presented(Arc<Mutex<Option<CertificateDer<'static>>>>);

/// What a sentence needs to know about a leaf.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf {
    /// Whom it is about.
    pub subject: String,
    /// Who says so.
    pub issuer: String,
    /// The names and addresses in subjectAltName, the only place where a host's name counts (RFC 9525).
    pub names: Vec<String>,
}

impl Presented {
    /// The leaf that was shown, if one was and it can be read.
    #[must_use]
    pub fn leaf(&self) -> Option<Leaf> {
        let shown = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Leaf::read(shown.as_ref()?)
    }

    fn keep(&self, leaf: &CertificateDer<'_>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(leaf.clone().into_owned());
    }
}

impl Leaf {
    /// Reads what is needed.
    #[must_use]
    pub fn read(der: &CertificateDer<'_>) -> Option<Self> {
        let certificate = Certificate::from_der(der).ok()?;
        let certificate = certificate.tbs_certificate();
        let names = certificate.get_extension::<SubjectAltName>().ok().flatten();
        Some(Self {
            subject: certificate.subject().to_string(),
            issuer: certificate.issuer().to_string(),
            names: names.map(|(_, names)| names.0.iter().filter_map(name).collect()).unwrap_or_default(),
        })
    }
}

fn name(name: &GeneralName) -> Option<String> {
    match name {
        GeneralName::DnsName(name) => Some(name.to_string()),
        GeneralName::IpAddress(bytes) => {
            let bytes = bytes.as_bytes();
            let address = match bytes.len() {
                4 => IpAddr::from(<[u8; 4]>::try_from(bytes).ok()?),
                _ => IpAddr::from(<[u8; 16]>::try_from(bytes).ok()?),
            };
            Some(address.to_string())
        }
        _ => None,
    }
}

/// rustls's own verifier, with a look at what it is given. It decides nothing itself: every question goes on
/// to the verifier inside, and every answer comes from there.
#[derive(Debug)]
pub(crate) struct WatchedVerifier {
    inner: Arc<WebPkiServerVerifier>,
    presented: Presented,
}

impl WatchedVerifier {
    pub(crate) fn new(inner: Arc<WebPkiServerVerifier>, presented: Presented) -> Self {
        Self { inner, presented }
    }
}

impl ServerCertVerifier for WatchedVerifier {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.presented.keep(leaf);
        self.inner.verify_server_cert(leaf, intermediates, server_name, ocsp_response, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}
