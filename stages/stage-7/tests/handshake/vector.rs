//! One handshake computed by Python: the hellos byte for byte, and every traffic secret. The shared value begins
//! with a zero byte, which must not be lost.
//!
//! ```python
//! import hashlib, hmac, struct
//! P = int(FFDHE2048, 16)  # RFC 7919, appendix A.1
//! H = lambda b: hashlib.sha256(b).digest()
//! mac = lambda k, m: hmac.new(k, m, 'sha256').digest()
//! def label(secret, name, context):
//!     name = b'uchat ' + name
//!     return mac(secret, struct.pack('>HB', 32, len(name)) + name + bytes([len(context)]) + context + b'\x01')
//! exponent = lambda n: int.from_bytes(b'\x11' * 30 + struct.pack('>H', n), 'big')
//! client = 1
//! server = next(n for n in range(65536) if pow(2, exponent(client) * exponent(n), P) >> 2040 == 0)
//! share = lambda n: pow(2, exponent(n), P).to_bytes(256, 'big')
//! message = lambda kind, body: bytes([kind]) + len(body).to_bytes(3, 'big') + body
//! hello = lambda random, n: b'\x00\x01' + bytes([random]) * 32 + b'\x01\x00' + share(n)
//! client_hello = message(1, hello(0xc1, client) + b'\x09localhost')
//! server_hello = message(2, hello(0x5e, server))
//! z = pow(2, exponent(client) * exponent(server), P).to_bytes(256, 'big')
//! handshake = mac(label(mac(bytes(32), bytes(32)), b'derived', H(b'')), z)
//! hash = H(client_hello + server_hello)
//! print(server, label(handshake, b'c hs traffic', hash).hex(), label(handshake, b's hs traffic', hash).hex())
//! ```

use crate::pair::Setup;
use certificates::handshake::key_log::KeyLog;
use certificates::handshake::schedule::Secret;
use certificates::{Connection, Event};
use echo::lab::hex;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng, TryCryptoRng, TryRng};
use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::Instant;

#[test]
fn hellos_and_secrets_are_those_that_python_computes() {
    let told = Arc::new(Told::default());
    let mut setup = Setup::default();
    setup.client.key_log = Some(Arc::clone(&told) as _);
    let (now, time) = (Instant::now(), crate::pair::WORLD.time);
    let first = |exponent: [u8; 32], random: u8| Prescribed {
        first: [exponent, [random; 32]].concat(),
        then: StdRng::seed_from_u64(0),
    };
    let mut random = first(exponent(CLIENT), 0xc1);
    let name = "localhost".parse().unwrap();
    let mut client = Connection::client(Arc::new(setup.client), name, time, now, &mut random).unwrap();
    let client_hello = client.take_output();
    assert_eq!(hex(&client_hello[..40]), CLIENT_HELLO_BEGINS);

    let mut random = first(exponent(SERVER), 0x5e);
    let mut server = Connection::server(Arc::new(setup.server), time, now);
    server.received(now, &client_hello);
    assert_eq!(server.event(&mut random), Ok(None));
    client.received(now, &server.take_output());
    assert!(matches!(client.event(&mut random), Ok(Some(Event::HandshakeDone(_)))));
    server.received(now, &client.take_output());
    assert!(matches!(server.event(&mut random), Ok(Some(Event::HandshakeDone(_)))));
    assert_eq!(told.0.lock().unwrap()[..2], [CLIENT_SECRET, SERVER_SECRET]);
}

fn exponent(number: u16) -> [u8; 32] {
    let mut bytes = [0x11; 32];
    bytes[30..].copy_from_slice(&number.to_be_bytes());
    bytes
}

/// Gives prescribed bytes first: an exponent and the random value of a hello.
struct Prescribed {
    first: Vec<u8>,
    then: StdRng,
}

impl TryRng for Prescribed {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.then.next_u32())
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(self.then.next_u64())
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        if self.first.is_empty() {
            self.then.fill_bytes(out);
        } else {
            out.copy_from_slice(&self.first.drain(..out.len()).collect::<Vec<_>>());
        }
        Ok(())
    }
}

impl TryCryptoRng for Prescribed {}

/// A key log that keeps the secrets in hexadecimal.
#[derive(Debug, Default)]
struct Told(Mutex<Vec<String>>);

impl KeyLog for Told {
    fn log(&self, _: &str, client_random: &[u8; 32], secret: &Secret) {
        assert_eq!(client_random, &[0xc1; 32]);
        self.0.lock().unwrap().push(hex(secret.bytes()));
    }
}

/// The last two bytes of the exponents; all others are 11.
const CLIENT: u16 = 1;
const SERVER: u16 = 82;
const CLIENT_HELLO_BEGINS: &str =
    "000001320100012e0001c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1";
const CLIENT_SECRET: &str = "7d5b8fd1f719e801ac1f798077c80ac76cb00455d00ba3fd780c62bbb66a5005";
const SERVER_SECRET: &str = "f1ebd57b4788606184ba59fa3e8980419df8a08ac5e4be3ee4aa49292d93a5fa";
