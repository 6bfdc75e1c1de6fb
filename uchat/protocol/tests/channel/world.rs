//! Certificates that exist once, since keys are dear; and what sides are made of.

use certificates::handshake::Identity;
use certificates::rsa::PrivateKey;
use certificates::x509::{Ca, Profile};
use conn_auth::Key;
use rand::SeedableRng;
use rand::rngs::StdRng;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, SystemTime};
use uchat_protocol::channel::{ClientSetup, ServerSetup, Transport};

pub(crate) struct World {
    pub(crate) ca: [u8; 32],
    pub(crate) server: Identity,
}

pub(crate) static WORLD: LazyLock<World> = LazyLock::new(|| World::new("The CA of the tests", 7));

/// Another CA: the same names, other keys.
pub(crate) static FOREIGN: LazyLock<World> = LazyLock::new(|| World::new("Another CA", 8));

pub(crate) fn time() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_000_000)
}

impl World {
    fn new(name: &str, seed: u64) -> Self {
        let random = &mut StdRng::seed_from_u64(seed);
        let ca_key = PrivateKey::generate(2048, random).unwrap();
        let ca = Ca::init(name, ca_key, time(), random).unwrap();
        let key = PrivateKey::generate(2048, random).unwrap();
        let names = ["localhost", "127.0.0.1", "::1"].map(|name| name.parse().unwrap()).to_vec();
        let year = Duration::from_secs(365 * 24 * 3600);
        let leaf = ca.certify(&key, &Profile::Server { names }, year, time(), random).unwrap();
        let chain = vec![leaf.der().to_vec(), ca.certificate().der().to_vec()];
        Self { ca: ca.certificate().fingerprint(), server: Identity { chain, key } }
    }
}

/// What the two sides of a test are made of.
#[derive(Debug, Clone)]
pub(crate) struct Setup {
    pub(crate) client: Transport,
    pub(crate) server: Transport,
    pub(crate) client_key: Option<&'static [u8]>,
    pub(crate) server_key: Option<&'static [u8]>,
    pub(crate) pinned_ca: Option<[u8; 32]>,
    pub(crate) name: &'static str,
    pub(crate) seed: u64,
}

impl Setup {
    /// Both sides over one transport, with one access key.
    pub(crate) fn new(transport: Transport) -> Self {
        Self {
            client: transport,
            server: transport,
            client_key: Some(b"a key"),
            server_key: Some(b"a key"),
            pinned_ca: Some(WORLD.ca),
            name: "localhost",
            seed: 1,
        }
    }

    pub(crate) fn open(transport: Transport) -> Self {
        Self { client_key: None, server_key: None, ..Self::new(transport) }
    }

    pub(crate) fn server_setup(&self) -> Arc<ServerSetup> {
        let key = self.server_key.map(|key| Key::new(key).unwrap());
        Arc::new(ServerSetup::new(self.server, key, Some(WORLD.server.clone())).unwrap())
    }

    pub(crate) fn client_setup(&self) -> Arc<ClientSetup> {
        let key = self.client_key.map(|key| Key::new(key).unwrap());
        let name = self.name.parse().unwrap();
        Arc::new(ClientSetup::new(self.client, name, self.pinned_ca, key).unwrap())
    }
}
