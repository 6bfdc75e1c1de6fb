//! The server that is checked, and what is needed to talk to it.

use certificates::x509::Certificate;
use conn_auth::Key;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// What the server speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layer {
    /// One of the stages, 1 to 8.
    Stage(u8),
    /// Stage 4 where it receives files.
    Files,
    /// The messenger's wire on one of its lessons, 6 or 7.
    Messenger(u8),
}

impl Layer {
    /// The stage whose bytes travel.
    #[must_use]
    pub fn stage(self) -> u8 {
        match self {
            Self::Stage(number) | Self::Messenger(number) => number,
            Self::Files => 4,
        }
    }

    /// Whether it is the messenger.
    #[must_use]
    pub fn is_messenger(self) -> bool {
        matches!(self, Self::Messenger(_))
    }
}

/// One server and how to reach it.
#[derive(Debug, Clone)]
pub struct Target {
    /// What it should speak.
    pub layer: Layer,
    /// Where it listens.
    pub address: SocketAddr,
    /// The shared key of stages 2 to 6, the access key of stage 7 and the messenger. `None`: the server asks for none.
    pub key: Option<Key>,
    /// The CA that the server's certificate comes from: stages 7 and 8.
    pub ca: Option<Certificate>,
    /// Its file, for TLS.
    pub ca_file: Option<PathBuf>,
    /// The name in that certificate.
    pub name: String,
    /// How long an answer may take.
    pub patience: Duration,
}

impl Target {
    /// A server of this layer at this address, with the course's key and usual patience.
    #[must_use]
    pub fn new(layer: Layer, address: SocketAddr) -> Self {
        Self {
            layer,
            address,
            key: None,
            ca: None,
            ca_file: None,
            name: "localhost".into(),
            patience: Duration::from_secs(2),
        }
    }
}

impl Target {
    /// How long the answer to the challenge may take.
    pub(crate) fn answer_patience(&self) -> Duration {
        match self.layer {
            Layer::Stage(_) | Layer::Files => conn_auth::PATIENCE,
            Layer::Messenger(_) => uchat_protocol::channel::PATIENCE,
        }
    }
}

/// The key of the course, which every server of stages 2 to 6 has if it is given no other.
pub const COURSE_KEY: &[u8] = b"Jedan has a big key!";
