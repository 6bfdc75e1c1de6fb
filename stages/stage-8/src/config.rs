//! What the two sides bring along: certificates, keys, and whom they trust.

use crate::presented::{Presented, WatchedVerifier};
use echo::lab::{Failure, io_failure};
use rustls::client::WebPkiServerVerifier;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::{Error as PemError, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{ClientConfig, KeyLog, RootCertStore, ServerConfig};
use std::path::Path;
use std::sync::Arc;

/// A certificate with those that link it to its CA, and its key.
#[derive(Debug)]
pub struct Identity {
    /// The chain, leaf first.
    pub chain: Vec<CertificateDer<'static>>,
    /// The leaf's private key.
    pub key: PrivateKeyDer<'static>,
}

impl Identity {
    /// Reads two PEM files.
    pub fn read(chain: &Path, key: &Path) -> Result<Self, Failure> {
        Ok(Self { chain: read_certificates(chain)?, key: read_key(key)? })
    }
}

/// A server's configuration: TLS 1.3 and 1.2, `http/1.1` inside. With `client_roots` it asks every client for
/// a certificate of one of these CAs, and takes nobody without.
pub fn server_config(
    identity: Identity,
    client_roots: Option<RootCertStore>,
    key_log: Option<Arc<dyn KeyLog>>,
) -> Result<Arc<ServerConfig>, Failure> {
    let builder = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(|error| failure("the server's TLS cannot be set up", &error))?;
    let builder = match client_roots {
        None => builder.with_no_client_auth(),
        Some(roots) => {
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider()).build();
            let verifier =
                verifier.map_err(|error| Failure::new(format!("the clients' CA cannot be used: {error}")))?;
            builder.with_client_cert_verifier(verifier)
        }
    };
    let mut config = builder
        .with_single_cert(identity.chain, identity.key)
        .map_err(|error| failure("the server's certificate and key cannot be used", &error))?;
    config.alpn_protocols = vec![HTTP_1_1.to_vec(), HTTP_1_0.to_vec()];
    if let Some(key_log) = key_log {
        config.key_log = key_log;
    }
    Ok(Arc::new(config))
}

/// A client's configuration: chain and name are always verified. `presented` keeps what the server has shown.
pub fn client_config(
    roots: RootCertStore,
    identity: Option<Identity>,
    key_log: Option<Arc<dyn KeyLog>>,
    presented: &Presented,
) -> Result<Arc<ClientConfig>, Failure> {
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider())
        .build()
        .map_err(|error| Failure::new(format!("the trusted CAs cannot be used: {error}")))?;
    let builder = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(|error| failure("the client's TLS cannot be set up", &error))?
        .dangerous() // rustls's word for any verifier but its own; this one asks it about everything
        .with_custom_certificate_verifier(Arc::new(WatchedVerifier::new(verifier, presented.clone())));
    let mut config = match identity {
        None => builder.with_no_client_auth(),
        Some(identity) => builder
            .with_client_auth_cert(identity.chain, identity.key)
            .map_err(|error| failure("certificate and key cannot be used", &error))?,
    };
    config.alpn_protocols = vec![HTTP_1_1.to_vec()];
    if let Some(key_log) = key_log {
        config.key_log = key_log;
    }
    Ok(Arc::new(config))
}

/// The CAs in a PEM file, or without one those that the system trusts, as its browsers do.
pub fn roots(file: Option<&Path>) -> Result<RootCertStore, Failure> {
    let mut roots = RootCertStore::empty();
    match file {
        Some(path) => {
            for certificate in read_certificates(path)? {
                roots.add(certificate).map_err(|error| {
                    Failure::new(format!(
                        "{} holds a certificate that cannot be used: {error}",
                        path.display()
                    ))
                })?;
            }
        }
        None => {
            let found = rustls_native_certs::load_native_certs();
            // One of two hundred that cannot be read must not take the others with it.
            roots.add_parsable_certificates(found.certs);
            if roots.is_empty() {
                return Err(Failure::new(
                    "this system has no list of trusted CAs that could be read: name one with --ca FILE",
                ));
            }
        }
    }
    Ok(roots)
}

/// The certificates in a PEM file; an error if there are none.
pub(crate) fn read_certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, Failure> {
    let certificates = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| pem_failure(path, error))?;
    if certificates.is_empty() {
        return Err(Failure::new(format!(
            "{} holds no certificate: no line says BEGIN CERTIFICATE",
            path.display()
        )));
    }
    Ok(certificates)
}

fn read_key(path: &Path) -> Result<PrivateKeyDer<'static>, Failure> {
    match PrivateKeyDer::from_pem_file(path) {
        Ok(key) => Ok(key),
        Err(PemError::NoItemsFound) => Err(Failure::new(format!(
            "{} holds no private key that can be used: a line must say BEGIN PRIVATE KEY (an encrypted key must be \
             decrypted first)",
            path.display()
        ))),
        Err(error) => Err(pem_failure(path, error)),
    }
}

fn pem_failure(path: &Path, error: PemError) -> Failure {
    match error {
        PemError::Io(error) => io_failure(&format!("cannot read {}", path.display()), &error),
        error => Failure::new(format!("{} is no PEM file: {error}", path.display())),
    }
}

fn failure(what: &str, error: &rustls::Error) -> Failure {
    Failure::new(format!("{what}: {error}"))
}

pub(crate) fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

pub(crate) const HTTP_1_1: &[u8] = b"http/1.1";
const HTTP_1_0: &[u8] = b"http/1.0";
