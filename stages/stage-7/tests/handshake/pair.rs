//! Both sides of a connection in memory: a clock that a test moves, and randomness from a seed.

use certificates::handshake::{ChannelError, ClientCa, ClientConfig, Identity, Peer, ServerConfig};
use certificates::rsa::PrivateKey;
use certificates::x509::{Ca, Profile};
use certificates::{Connection, Event};
use conn_auth::Key;
use framing::Message;
use rand::SeedableRng;
use rand::rngs::StdRng;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant, SystemTime};

/// What exists once: keys are dear.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) ca: Ca,
    pub(crate) server: Identity,
    pub(crate) client: Identity,
    pub(crate) time: SystemTime,
}

pub(crate) static WORLD: LazyLock<World> = LazyLock::new(|| World::new("The CA of the tests", 7));

/// Another CA, and what it has signed: the same names, other keys.
pub(crate) static FOREIGN: LazyLock<World> = LazyLock::new(|| World::new("Another CA", 8));

impl World {
    fn new(name: &str, seed: u64) -> Self {
        let mut random = StdRng::seed_from_u64(seed);
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_000_000);
        let ca = Ca::init(name, key(&mut random), time, &mut random).unwrap();
        let mut identity = |profile: &Profile| {
            let key = key(&mut random);
            let leaf = ca.certify(&key, profile, YEAR, time, &mut random).unwrap();
            Identity { chain: vec![leaf.der().to_vec(), ca.certificate().der().to_vec()], key }
        };
        let names = ["localhost", "127.0.0.1"].map(|name| name.parse().unwrap()).to_vec();
        let server = identity(&Profile::Server { names });
        let client = identity(&Profile::User { common_name: "alice".into(), email: None });
        Self { ca, server, client, time }
    }
}

fn key(random: &mut StdRng) -> PrivateKey {
    PrivateKey::generate(2048, random).unwrap()
}

/// What the two sides of a test are made of.
#[derive(Debug, Clone)]
pub(crate) struct Setup {
    pub(crate) client: ClientConfig,
    pub(crate) server: ServerConfig,
    pub(crate) name: &'static str,
    pub(crate) seed: u64,
}

impl Default for Setup {
    fn default() -> Self {
        let pinned_ca = Some(WORLD.ca.certificate().fingerprint());
        Self {
            client: ClientConfig { pinned_ca, ..ClientConfig::default() },
            server: ServerConfig {
                identity: WORLD.server.clone(),
                access_key: None,
                clients: None,
                key_log: None,
            },
            name: "localhost",
            seed: 1,
        }
    }
}

impl Setup {
    /// With everything that a handshake can have.
    pub(crate) fn full() -> Self {
        Self::default().with_access_key(b"a key", b"a key").with_client_certificate()
    }

    pub(crate) fn with_access_key(mut self, clients: &[u8], servers: &[u8]) -> Self {
        self.client.access_key = Some(Key::new(clients).unwrap());
        self.server.access_key = Some(Key::new(servers).unwrap());
        self
    }

    pub(crate) fn with_client_certificate(mut self) -> Self {
        self.client.identity = Some(WORLD.client.clone());
        self.server.clients =
            Some(ClientCa { certificate: WORLD.ca.certificate().clone(), revocations: None });
        self
    }

    pub(crate) fn pair(self) -> Pair {
        let mut random = StdRng::seed_from_u64(self.seed);
        let (now, time) = (Instant::now(), WORLD.time);
        let name = self.name.parse().unwrap();
        let client = Connection::client(Arc::new(self.client), name, time, now, &mut random).unwrap();
        let server = Connection::server(Arc::new(self.server), time, now);
        Pair { client: End::new(client), server: End::new(server), now, random }
    }
}

/// One side: its connection, and what has become of it.
#[derive(Debug, Clone)]
pub(crate) struct End {
    pub(crate) connection: Connection,
    pub(crate) peer: Option<Peer>,
    pub(crate) messages: Vec<Message>,
    pub(crate) closed: bool,
    pub(crate) error: Option<ChannelError>,
}

impl End {
    pub(crate) fn new(connection: Connection) -> Self {
        Self { connection, peer: None, messages: Vec::new(), closed: false, error: None }
    }

    /// Takes bytes, and all events that come of them.
    pub(crate) fn receive(&mut self, now: Instant, bytes: &[u8], random: &mut StdRng) {
        self.connection.received(now, bytes);
        loop {
            match self.connection.event(random) {
                Ok(Some(Event::HandshakeDone(peer))) => self.peer = Some(*peer),
                Ok(Some(Event::Message(message))) => self.messages.push(message),
                Ok(Some(Event::Closed)) => self.closed = true,
                Ok(None) => return,
                Err(error) => {
                    self.error = Some(error);
                    return;
                }
            }
        }
    }
}

/// A client, a server, and the time.
pub(crate) struct Pair {
    pub(crate) client: End,
    pub(crate) server: End,
    pub(crate) now: Instant,
    pub(crate) random: StdRng,
}

/// Who sent something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum From {
    Client,
    Server,
}

impl Pair {
    /// Carries bytes to and fro until there are none; returns what was carried, a flight at a time.
    pub(crate) fn drive(&mut self) -> Vec<(From, Vec<u8>)> {
        let mut flights = Vec::new();
        loop {
            let before = flights.len();
            for from in [From::Client, From::Server] {
                let (sender, receiver) = match from {
                    From::Client => (&mut self.client, &mut self.server),
                    From::Server => (&mut self.server, &mut self.client),
                };
                let bytes = sender.connection.take_output();
                if !bytes.is_empty() {
                    receiver.receive(self.now, &bytes, &mut self.random);
                    flights.push((from, bytes));
                }
            }
            if flights.len() == before {
                return flights;
            }
        }
    }

    /// The same, where nothing may go wrong and both must be done.
    pub(crate) fn connected(mut self) -> Self {
        self.drive();
        assert_eq!((&self.client.error, &self.server.error), (&None, &None));
        assert!(self.client.peer.is_some() && self.server.peer.is_some());
        self
    }
}

pub(crate) const YEAR: Duration = Duration::from_secs(365 * 24 * 3600);
