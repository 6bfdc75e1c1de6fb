//! What the connections of one side have in common.

use super::{Lesson, SetupError, Transport, tls};
use certificates::handshake::{ClientConfig, Identity, ServerConfig};
use certificates::x509::ServerName;
use conn_auth::Key;
use rustls::crypto::CryptoProvider;
use std::sync::Arc;

/// What all connections of one server share. To change its certificate while it runs, make a new one; connections
/// that began with the old one go on.
#[derive(Debug)]
pub struct ServerSetup {
    pub(super) transport: Transport,
    pub(super) kind: ServerKind,
}

#[derive(Debug)]
pub(super) enum ServerKind {
    Lesson(Lesson, Option<Key>),
    Signed(Arc<ServerConfig>),
    Tls(Arc<rustls::ServerConfig>, Option<Key>),
}

impl ServerSetup {
    /// For one transport. `identity` is needed for [`Signed`](Transport::Signed) and [`Tls`](Transport::Tls) and
    /// not looked at on lessons. Without an `access_key` anybody may connect: on lessons 2 to 6 no challenge is
    /// sent then, as under `--open` of the stages, and the client must know that, too. Lesson 1 has none.
    ///
    /// # Errors
    /// If the identity is missing or cannot be used.
    pub fn new(
        transport: Transport,
        access_key: Option<Key>,
        identity: Option<Identity>,
    ) -> Result<Self, SetupError> {
        let identity = identity.ok_or(SetupError::NoIdentity(transport));
        let kind = match transport {
            Transport::Lesson(lesson) => {
                ServerKind::Lesson(lesson, access_key.filter(|_| lesson != Lesson::Plain))
            }
            Transport::Tls => ServerKind::Tls(Arc::new(tls::server_config(&identity?)?), access_key),
            Transport::Signed => ServerKind::Signed(Arc::new(ServerConfig {
                identity: identity?,
                access_key,
                clients: None,
                key_log: None,
            })),
        };
        Ok(Self { transport, kind })
    }

    /// What is spoken.
    #[must_use]
    pub fn transport(&self) -> Transport {
        self.transport
    }
}

/// What all connections of a client to one server share.
#[derive(Debug)]
pub struct ClientSetup {
    pub(super) transport: Transport,
    pub(super) server_name: ServerName,
    pub(super) kind: ClientKind,
}

#[derive(Debug)]
pub(super) enum ClientKind {
    Lesson(Lesson, Option<Key>),
    Signed(Arc<ClientConfig>),
    Tls(Arc<CryptoProvider>, Option<[u8; 32]>, Option<Key>),
}

impl ClientSetup {
    /// For one transport. `pinned_ca` is SHA-256 of the CA's certificate; without one every server ends in
    /// [`UnknownCa`](super::ChannelError::UnknownCa). `server_name` and `pinned_ca` mean nothing on lessons. On
    /// lessons 2 to 6 an `access_key` of `None` expects a server without one.
    ///
    /// # Errors
    /// If TLS cannot be set up.
    pub fn new(
        transport: Transport,
        server_name: ServerName,
        pinned_ca: Option<[u8; 32]>,
        access_key: Option<Key>,
    ) -> Result<Self, SetupError> {
        // ANCHOR: client_setup
        let kind = match transport {
            Transport::Lesson(lesson) => {
                ClientKind::Lesson(lesson, access_key.filter(|_| lesson != Lesson::Plain))
            }
            Transport::Tls => ClientKind::Tls(tls::provider(), pinned_ca, access_key),
            Transport::Signed => ClientKind::Signed(Arc::new(ClientConfig {
                pinned_ca,
                access_key,
                ..ClientConfig::default()
            })),
        };
        // ANCHOR_END: client_setup
        Ok(Self { transport, server_name, kind })
    }

    /// What is spoken.
    #[must_use]
    pub fn transport(&self) -> Transport {
        self.transport
    }
}
