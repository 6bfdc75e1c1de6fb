//! How TLS is set up: version 1.3 alone, one protocol inside, nothing that outlives a connection.

use super::verifier::{PinnedCa, Verdict};
use crate::channel::{ChannelError, SetupError};
use certificates::handshake::Identity;
use certificates::x509::ServerName;
use rustls::client::Resumption;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use rustls::server::NoServerSessionStorage;
use rustls::version::TLS13;
use rustls::{ClientConfig, ClientConnection, ServerConfig};
use std::sync::Arc;
use std::time::SystemTime;

/// What is spoken inside (ALPN, RFC 7301).
pub(super) const ALPN: &[u8] = b"uchat/1";

/// Where the algorithms come from.
pub(in crate::channel) fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

/// For all connections of a server.
pub(in crate::channel) fn server_config(identity: &Identity) -> Result<ServerConfig, SetupError> {
    let chain = identity.chain.iter().map(|der| CertificateDer::from(der.clone())).collect();
    let key = identity.key.to_pkcs8_der().map_err(SetupError::Key)?;
    let key = PrivatePkcs8KeyDer::from(key.as_slice()).clone_key();
    let mut config = ServerConfig::builder_with_provider(provider())
        .with_protocol_versions(&[&TLS13])?
        .with_no_client_auth()
        .with_single_cert(chain, key.into())?;
    config.alpn_protocols = vec![ALPN.to_vec()];
    // No tickets and nothing stored: a session ends with its connection, and so do its keys.
    config.send_tls13_tickets = 0;
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.max_early_data_size = 0;
    Ok(config)
}

/// One connection of a client. It has a configuration of its own, for what its verifier finds out is its own.
pub(in crate::channel) fn client_connection(
    provider: &Arc<CryptoProvider>,
    server_name: &ServerName,
    pinned_ca: Option<[u8; 32]>,
    time: SystemTime,
) -> Result<(ClientConnection, Verdict), ChannelError> {
    let verdict = Verdict::default();
    let verifier = PinnedCa::new(Arc::clone(provider), server_name.clone(), pinned_ca, time, verdict.clone());
    let mut config = ClientConfig::builder_with_provider(Arc::clone(provider))
        .with_protocol_versions(&[&TLS13])?
        .dangerous() // rustls's word for any verifier but its own
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    config.alpn_protocols = vec![ALPN.to_vec()];
    config.resumption = Resumption::disabled();
    config.enable_early_data = false;
    let name = match server_name {
        ServerName::Dns(name) => rustls::pki_types::ServerName::try_from(name.clone())
            .map_err(|_| rustls::Error::General(format!("{name} is no name of a server for TLS")))?,
        ServerName::Ip(address) => rustls::pki_types::ServerName::from(*address),
    };
    Ok((ClientConnection::new(Arc::new(config), name)?, verdict))
}
