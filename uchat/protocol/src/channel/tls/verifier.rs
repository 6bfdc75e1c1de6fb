//! Whom a client believes: a chain that ends in the pinned CA, by the same checks as on the signed channel. Signatures
//! of the handshake are left to rustls.

use crate::channel::ChannelError;
use certificates::x509::{Certificate, CertificateError, MAX_CHAIN, Purpose, ServerName, verify_chain};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::{CertificateError as TlsCertificateError, DigitallySignedStruct, Error, SignatureScheme};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

/// Why a server was refused: more than an alert of TLS can say.
#[derive(Debug, Clone, Default)]
pub(in crate::channel) struct Verdict(Arc<Mutex<Option<ChannelError>>>);

impl Verdict {
    pub(super) fn take(&self) -> Option<ChannelError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn put(&self, error: ChannelError) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
    }

    fn is_refusal(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }
}

/// The verifier of one connection.
#[derive(Debug)]
pub(super) struct PinnedCa {
    provider: Arc<CryptoProvider>,
    server_name: ServerName,
    pinned_ca: Option<[u8; 32]>,
    time: SystemTime,
    verdict: Verdict,
}

impl PinnedCa {
    pub(super) fn new(
        provider: Arc<CryptoProvider>,
        server_name: ServerName,
        pinned_ca: Option<[u8; 32]>,
        time: SystemTime,
        verdict: Verdict,
    ) -> Self {
        Self { provider, server_name, pinned_ca, time, verdict }
    }

    /// Checks the chain against the CA that it brings along, then that CA against the pin: so an unknown CA is told
    /// from a bad chain, and everything but the pin is known to be right when a person is asked.
    fn verify(&self, chain: &[&[u8]]) -> Result<(), CertificateError> {
        let last = chain.last().ok_or(CertificateError::ChainLength { count: 0, most: MAX_CHAIN })?;
        let ca = Certificate::from_der(last)?;
        verify_chain(chain, &ca, None, &Purpose::Server { name: self.server_name.clone() }, self.time)?;
        if self.pinned_ca != Some(ca.fingerprint()) {
            let (fingerprint, name) = (ca.fingerprint(), ca.who().to_owned());
            let certificate = Box::new(ca);
            self.verdict.put(ChannelError::UnknownCa { fingerprint, name, certificate });
        }
        Ok(())
    }
}

impl ServerCertVerifier for PinnedCa {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        above: &[CertificateDer<'_>],
        _: &rustls::pki_types::ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let chain: Vec<&[u8]> = std::iter::once(leaf).chain(above).map(AsRef::as_ref).collect();
        self.verify(&chain).map_err(|error| {
            self.verdict.put(error.into());
            TlsCertificateError::ApplicationVerificationFailure
        })?;
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(Error::General("TLS 1.2 is not spoken here".to_owned()))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        let valid =
            verify_tls13_signature(message, certificate, signature, algorithms).inspect_err(|_| {
                self.verdict.take(); // a wrong signature is worse than an unknown CA
            })?;
        // Only now: whoever is shown a fingerprint knows that this server has that certificate's key.
        if self.verdict.is_refusal() { Err(TlsCertificateError::UnknownIssuer.into()) } else { Ok(valid) }
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
