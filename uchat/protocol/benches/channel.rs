//! How long messages take from one side of a channel to the other, sealed, opened and read, over each transport;
//! beside TLS (rustls) in the same run. Run with `cargo bench -p uchat-protocol --bench channel`.
//!
//! What waits for one connection goes out together. So one message alone shows what a packet or a record costs,
//! and many show what a message costs.
#![allow(clippy::unwrap_used, reason = "a benchmark that fails should stop")]

use certificates::handshake::Identity;
use certificates::rsa::PrivateKey;
use certificates::x509::{Ca, Profile};
use echo::lab::race;
use framing::{Message, Value};
use rand::SeedableRng;
use rand::rngs::StdRng;
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};
use uchat_protocol::channel::{Channel, ClientSetup, Event, Lesson, ServerSetup, Transport};

fn main() {
    let world = World::new();
    println!("{:<34} {:>12} {:>12}", "messages of 200 bytes", "time of one", "÷ TLS");
    for count in [1, 16, 256] {
        run(&world, count);
    }
}

/// The time of one message where `count` go out together.
fn run(world: &World, count: usize) {
    let message = Message { operation: 3, value: Value::Bytes(vec![7; 194]) }.to_bytes().unwrap();
    let messages = vec![message; count];
    let plain = messages.concat();
    let mut copy = Vec::new();
    let mut pairs = TRANSPORTS.map(|transport| world.connected(transport));
    let [tls, signed, packets, rc4, frames, straight] = &mut pairs;
    let laps = race([
        &mut || tls.pass(&messages),
        &mut || signed.pass(&messages),
        &mut || packets.pass(&messages),
        &mut || rc4.pass(&messages),
        &mut || frames.pass(&messages),
        &mut || straight.pass(&messages),
        &mut || {
            copy.clear();
            copy.extend_from_slice(black_box(&plain));
            black_box(&copy);
        },
    ]);
    let names = TRANSPORTS.map(Transport::name).into_iter().chain(["a plain copy"]);
    println!("{count} together");
    for (name, lap) in names.zip(&laps) {
        let nanos = lap.time.as_secs_f64() * 1e9 / count as f64;
        println!("    {name:<30} {nanos:>9.0} ns {:>12.2}", lap.ratio);
    }
}

const TRANSPORTS: [Transport; 6] = [
    Transport::Tls,
    Transport::Signed,
    Transport::Lesson(Lesson::Packets),
    Transport::Lesson(Lesson::Rc4),
    Transport::Lesson(Lesson::Frames),
    Transport::Lesson(Lesson::Plain),
];

/// A server's identity, and the fingerprint of its CA.
struct World {
    identity: Identity,
    pinned_ca: [u8; 32],
}

impl World {
    fn new() -> Self {
        let (random, time) = (&mut StdRng::seed_from_u64(1), SystemTime::now());
        let day = Duration::from_secs(24 * 3600);
        let ca = Ca::init("A CA", PrivateKey::generate(2048, random).unwrap(), time, random).unwrap();
        let key = PrivateKey::generate(2048, random).unwrap();
        let profile = Profile::Server { names: vec!["localhost".parse().unwrap()] };
        let leaf = ca.certify(&key, &profile, day, time, random).unwrap();
        let chain = vec![leaf.der().to_vec(), ca.certificate().der().to_vec()];
        Self { identity: Identity { chain, key }, pinned_ca: ca.certificate().fingerprint() }
    }

    /// A client and a server whose channel is open.
    fn connected(&self, transport: Transport) -> Pair {
        let server = Arc::new(ServerSetup::new(transport, None, Some(self.identity.clone())).unwrap());
        let name = "localhost".parse().unwrap();
        let client = Arc::new(ClientSetup::new(transport, name, Some(self.pinned_ca), None).unwrap());
        let (now, time, mut random) = (Instant::now(), SystemTime::now(), StdRng::seed_from_u64(2));
        let mut client = Channel::client(&client, time, now, &mut random).unwrap();
        let mut server = Channel::server(&server, time, now, &mut random).unwrap();
        let mut is_ready = [false; 2];
        while is_ready != [true; 2] {
            for (n, end) in [&mut client, &mut server].into_iter().enumerate() {
                while let Some(event) = end.event(&mut random).unwrap() {
                    is_ready[n] |= event == Event::Ready;
                }
            }
            let (to_server, to_client) = (client.take_output(), server.take_output());
            server.received(now, &to_server);
            client.received(now, &to_client);
        }
        Pair { client, server, now, random }
    }
}

struct Pair {
    client: Channel,
    server: Channel,
    now: Instant,
    random: StdRng,
}

impl Pair {
    /// The client sends them together; the server reads them all.
    fn pass(&mut self, messages: &[Vec<u8>]) {
        self.client.send(&mut self.random, messages.iter().map(Vec::as_slice)).unwrap();
        self.server.received(self.now, &self.client.take_output());
        for _ in messages {
            assert!(matches!(self.server.event(&mut self.random), Ok(Some(Event::Message(_)))));
        }
        assert!(matches!(self.server.event(&mut self.random), Ok(None)));
    }
}
