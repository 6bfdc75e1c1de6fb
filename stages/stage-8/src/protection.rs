//! What protects a connection: told to the visitor on the page, and to the operator in the log.

use der::Decode;
use rustls::CommonState;
use rustls::pki_types::CertificateDer;
use std::fmt;
use x509_cert::Certificate;

/// What was agreed on in the handshake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Protection {
    /// `TLS 1.3`, for example.
    pub version: String,
    /// The cipher suite's name.
    pub suite: String,
    /// The group of the key exchange.
    pub group: String,
    /// The subject of the client's certificate, if it has shown one.
    pub client: Option<String>,
}

impl Protection {
    /// Of a connection whose handshake is done.
    #[must_use]
    pub fn of(tls: &CommonState) -> Self {
        let version = tls.protocol_version().map(u16::from).unwrap_or_default();
        let suite = tls.negotiated_cipher_suite().map(|suite| u16::from(suite.suite())).unwrap_or_default();
        let group =
            tls.negotiated_key_exchange_group().map(|group| u16::from(group.name())).unwrap_or_default();
        let client = tls.peer_certificates().and_then(|chain| chain.first()).map(subject);
        Self {
            version: crate::tls::names::version(version).to_owned(),
            suite: crate::tls::names::cipher_suite(suite).to_owned(),
            group: crate::tls::names::group(group).to_owned(),
            client,
        }
    }
}

impl Protection {
    /// Version, cipher suite and group: all that a client needs to know.
    #[must_use]
    pub fn without_client(&self) -> String {
        format!("{}, {}, {}", self.version, self.suite, self.group)
    }
}

impl fmt::Display for Protection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, ", self.without_client())?;
        match &self.client {
            Some(subject) => write!(f, "certificate of {}", anatomy::harmless(subject)),
            None => f.write_str("no client certificate"),
        }
    }
}

/// The subject of a certificate, as `CN=…,O=…`.
#[must_use]
pub(crate) fn subject(certificate: &CertificateDer<'_>) -> String {
    match Certificate::from_der(certificate) {
        Ok(certificate) => certificate.tbs_certificate().subject().to_string(),
        Err(_) => "a certificate that cannot be read".into(),
    }
}
