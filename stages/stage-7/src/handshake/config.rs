//! What each side brings along, the same for all its connections.

use super::key_log::KeyLog;
use crate::rsa::PrivateKey;
use crate::x509::{Certificate, RevocationList};
use conn_auth::Key;
use std::sync::Arc;

/// A chain of certificates and the private key of its leaf.
#[derive(Debug, Clone)]
pub struct Identity {
    /// In DER, the leaf first, the CA's last.
    pub chain: Vec<Vec<u8>>,
    /// The leaf's key.
    pub key: PrivateKey,
}

/// A client's side.
#[derive(Debug, Clone, Default)]
pub struct ClientConfig {
    /// SHA-256 of the one CA that is trusted, in DER. Without one every server ends in
    /// [`UnknownCa`](super::ChannelError::UnknownCa), where a program can show the fingerprint and ask.
    pub pinned_ca: Option<[u8; 32]>,
    /// The CA's list of certificates that it took back.
    pub revocations: Option<RevocationList>,
    /// What proves membership, if the server asks for it.
    pub access_key: Option<Key>,
    /// Who we are, if the server asks for it.
    pub identity: Option<Identity>,
    /// Where the secrets of each connection are told.
    pub key_log: Option<Arc<dyn KeyLog>>,
}

/// A server's side.
#[derive(Debug, Clone)]
pub struct ServerConfig {
    /// Who we are.
    pub identity: Identity,
    /// What clients must know, if anything.
    pub access_key: Option<Key>,
    /// Whose certificate clients must have, if any.
    pub clients: Option<ClientCa>,
    /// Where the secrets of each connection are told.
    pub key_log: Option<Arc<dyn KeyLog>>,
}

/// The CA of a server's clients.
#[derive(Debug, Clone)]
pub struct ClientCa {
    /// Its certificate.
    pub certificate: Certificate,
    /// The certificates that it took back.
    pub revocations: Option<RevocationList>,
}
