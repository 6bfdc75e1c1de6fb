//! Key transport in memory: what works, and that a wrong secret shows at `finished` and not before.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a helper that fails is a failed test"
)]

use cbc_packet::operations::{CLIENT_ECHO, text_message};
use certificates::handshake::codec::Body;
use certificates::handshake::{ChannelError, ClientConfig, Identity, ServerConfig};
use certificates::key_transport::messages::ClientKeyExchange;
use certificates::key_transport::{client, server};
use certificates::rsa::{PrivateKey, load_key};
use certificates::x509::{Ca, Profile};
use certificates::{Connection, Event};
use framing::{ByteOrder, FrameDecoder, encode_frame};
use rand::SeedableRng;
use rand::rngs::StdRng;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

struct World {
    ca: Ca,
    key: PrivateKey,
    time: SystemTime,
    now: Instant,
    random: StdRng,
}

impl World {
    fn new() -> Self {
        let file = |name: &str| format!("{}/tests/keys/{name}.pem", env!("CARGO_MANIFEST_DIR"));
        let key = |name| load_key(file(name).as_ref(), None).unwrap();
        let (mut random, time) =
            (StdRng::seed_from_u64(7), SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_000_000));
        let ca = Ca::init("The CA of the tests", key("openssl-3072"), time, &mut random).unwrap();
        Self { ca, key: key("openssl-2048"), time, now: Instant::now(), random }
    }

    fn pair(
        &mut self,
        profile: impl Fn(Vec<certificates::x509::ServerName>) -> Profile,
    ) -> (Connection, Connection) {
        let profile = profile(vec!["localhost".parse().unwrap()]);
        let life = Duration::from_secs(24 * 3600);
        let leaf = self.ca.certify(&self.key, &profile, life, self.time, &mut self.random).unwrap();
        let chain = vec![leaf.der().to_vec(), self.ca.certificate().der().to_vec()];
        let identity = Identity { chain, key: self.key.clone() };
        let config = ServerConfig { identity, access_key: None, clients: None, key_log: None };
        let server = server(Arc::new(config), self.time, self.now, &mut self.random).unwrap();
        let pinned_ca = Some(self.ca.certificate().fingerprint());
        let config = Arc::new(ClientConfig { pinned_ca, ..ClientConfig::default() });
        let name = "localhost".parse().unwrap();
        let client = client(config, name, self.time, self.now, &mut self.random).unwrap();
        (client, server)
    }

    /// Gives `bytes` to `to` in pieces, and returns its events and its answer.
    fn give(
        &mut self,
        to: &mut Connection,
        bytes: &[u8],
        piece: usize,
    ) -> Result<(Vec<Event>, Vec<u8>), ChannelError> {
        let mut events = Vec::new();
        for piece in bytes.chunks(piece) {
            to.received(self.now, piece);
            while let Some(event) = to.event(&mut self.random)? {
                events.push(event);
            }
        }
        Ok((events, to.take_output()))
    }
}

fn key_transport(names: Vec<certificates::x509::ServerName>) -> Profile {
    Profile::KeyTransport { names }
}

#[test]
fn both_sides_agree_however_the_stream_is_cut() {
    let mut world = World::new();
    for piece in [1, 7, 100_000] {
        let (mut client, mut server) = world.pair(key_transport);
        let hello = client.take_output();
        let (_, answer) = world.give(&mut server, &hello, piece).unwrap();
        let (events, exchange) = world.give(&mut client, &answer, piece).unwrap();
        assert!(events.is_empty() && !client.is_open(), "the server has proved nothing yet");
        let (events, finished) = world.give(&mut server, &exchange, piece).unwrap();
        assert!(matches!(events[..], [Event::HandshakeDone(_)]));
        let (events, _) = world.give(&mut client, &finished, piece).unwrap();
        let [Event::HandshakeDone(peer)] = &events[..] else { panic!("{events:?}") };
        let checks = &peer.certificate.as_ref().unwrap().checks;
        assert!(checks.iter().any(|check| check.contains("may decrypt")), "{checks:?}");

        let message = text_message(CLIENT_ECHO, "hello");
        client.send_message(&mut world.random, &message).unwrap();
        let said = client.take_output();
        let (events, _) = world.give(&mut server, &said, piece).unwrap();
        assert_eq!(events, [Event::Message(message)]);
    }
}

#[test]
fn a_wrong_secret_shows_at_finished_and_always_in_the_same_way() {
    let mut world = World::new();
    let public = world.key.public().clone();
    let premaster = |version: u8| [&[0, version][..], &[9; 46]].concat();
    let with = |secret: &[u8]| public.encrypt(secret, &mut StdRng::seed_from_u64(3)).unwrap();
    let wrong = [
        with(&[1; 47]),      // too short
        with(&[1; 49]),      // too long
        with(&premaster(1)), // another version
        with(&premaster(0)), // right, but not the client's own
        vec![0; 256],        // no padding
        vec![0xff; 256],     // larger than the modulus
        vec![1; 255],        // another length
        Vec::new(),
    ];
    for ciphertext in wrong {
        let (mut client, mut server) = world.pair(key_transport);
        let hello = client.take_output();
        let (_, answer) = world.give(&mut server, &hello, 100_000).unwrap();
        let (_, exchange) = world.give(&mut client, &answer, 100_000).unwrap();
        let mut frames = FrameDecoder::default();
        frames.push(&exchange);
        frames.frame().unwrap().expect("client_key_exchange");
        let finished = frames.into_rest();
        let mut frame = Vec::new();
        let message = ClientKeyExchange { ciphertext }.to_bytes();
        encode_frame(ByteOrder::Network, 1 << 14, &message, &mut frame).unwrap();
        let (events, out) = world.give(&mut server, &frame, 100_000).unwrap();
        assert!(events.is_empty() && out.is_empty(), "the server says nothing of the padding");
        let error = world.give(&mut server, &finished, 100_000).unwrap_err();
        assert!(error.to_string().contains("digest"), "{error}");
        assert_eq!(server.take_output().len(), 53 + 16, "one alert in a packet");
    }
}

#[test]
fn a_certificate_of_the_signed_handshake_is_refused() {
    let mut world = World::new();
    let (mut client, mut server) = world.pair(|names| Profile::Server { names });
    let hello = client.take_output();
    let (_, answer) = world.give(&mut server, &hello, 100_000).unwrap();
    let error = world.give(&mut client, &answer, 100_000).unwrap_err();
    assert!(
        error.to_string().contains("keyEncipherment alone was expected, it has digitalSignature"),
        "{error}"
    );
}

#[test]
fn messages_out_of_order_and_damaged_ones_end_it() {
    let mut world = World::new();
    let (mut client, mut server) = world.pair(key_transport);
    let hello = client.take_output();
    let error = world.give(&mut server.clone(), &[&hello[..], &hello].concat(), 100_000).unwrap_err();
    assert!(error.to_string().contains("client_key_exchange was expected"), "{error}");
    let (_, answer) = world.give(&mut server, &hello, 100_000).unwrap();
    for length in 0..answer.len() {
        let (events, out) = world.give(&mut client.clone(), &answer[..length], 100_000).unwrap();
        assert!(events.is_empty() && out.is_empty(), "{length}");
    }
    let lengths = (0..answer.len()).step_by(5);
    for at in lengths {
        let mut changed = answer.clone();
        changed[at] ^= 0x10;
        let mut client = client.clone();
        let Ok((_, exchange)) = world.give(&mut client, &changed, 100_000) else { continue };
        if !exchange.is_empty() {
            assert!(world.give(&mut server.clone(), &exchange, 100_000).is_err(), "byte {at}");
        }
    }
}
