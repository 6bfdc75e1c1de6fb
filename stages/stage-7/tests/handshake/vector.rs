//! The handshakes that the Python peer has recorded with every byte (`tests/vectors/handshake.json`), replayed. Our
//! client and our server, each fed with what the other side sent and with the same "random" numbers, must
//! send the same bytes. In the second handshake the shared value begins with a zero byte, which must not be lost.

use certificates::connection::CLOSE_NOTIFY;
use certificates::handshake::key_log::{KeyLog, LABELS};
use certificates::handshake::schedule::{HASH_LENGTH, Schedule, Secret};
use certificates::handshake::transcript::{CLIENT_CONTEXT, SERVER_CONTEXT, Transcript, signed_content};
use certificates::handshake::{ChannelError, ClientCa, ClientConfig, Identity, ServerConfig};
use certificates::rsa::PrivateKey;
use certificates::x509::Certificate;
use certificates::{Connection, Event};
use conn_auth::Key;
use echo::lab::{hex, unhex};
use key_exchange::{Group, KeyPair};
use rand::{TryCryptoRng, TryRng};
use serde_json::Value;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};
use zeroize::Zeroizing;

#[test]
fn our_client_sends_what_python_recorded() {
    replay("client");
}

#[test]
fn our_server_sends_what_python_recorded() {
    replay("server");
}

#[test]
fn values_hashes_and_secrets_are_those_that_python_computed() {
    for case in cases(&recorded()) {
        let pair = |side: &str| {
            let private = Zeroizing::new(bytes(&case[side]["private"]));
            KeyPair::from_private(&Group::ffdhe2048(), private).unwrap()
        };
        let (client, server) = (pair("client"), pair("server"));
        assert_eq!(client.public(), bytes(&case["client"]["public"]));
        assert_eq!(server.public(), bytes(&case["server"]["public"]));
        let shared = bytes(&case["shared_value"]);
        assert_eq!(*client.shared_value(server.public()).unwrap(), shared);
        assert_eq!(*server.shared_value(client.public()).unwrap(), shared);

        let (mut transcript, mut hello, mut server_done) = (Transcript::default(), [0; 32], [0; 32]);
        for entry in list(&case["handshake"]) {
            let before = transcript.hash();
            transcript.add(&bytes(&entry["plaintext"]));
            assert_eq!(transcript.hash()[..], bytes(&entry["transcript_hash"]), "{}", entry["name"]);
            match (text(&entry["from"]), text(&entry["name"])) {
                ("server", "server_hello") => hello = transcript.hash(),
                ("server", "finished") => server_done = transcript.hash(),
                (from, "certificate_verify") => {
                    let context = if from == "client" { CLIENT_CONTEXT } else { SERVER_CONTEXT };
                    assert_eq!(signed_content(context, &before), bytes(&entry["signed_content"]));
                }
                _ => {}
            }
        }

        let expected = |name: &str| secret(&bytes(&case["secrets"][name]));
        let expand = |from: &Secret, label: &str, context: &[u8]| {
            Secret::from(*Schedule::UCHAT.expand_label::<HASH_LENGTH>(from, label, context))
        };
        let nothing = Transcript::default().hash();
        assert!(Secret::extract(&[0; 32], &[0; 32]) == expected("early"));
        assert!(expand(&expected("early"), "derived", &nothing) == expected("derived of early"));
        assert!(Secret::extract(expected("derived of early").bytes(), &shared) == expected("handshake"));
        assert!(expand(&expected("handshake"), "derived", &nothing) == expected("derived of handshake"));
        assert!(Secret::extract(expected("derived of handshake").bytes(), &[0; 32]) == expected("main"));

        let secrets = Schedule::UCHAT.handshake(&shared, &hello);
        let (client, server) = secrets.main.application(&server_done);
        for (name, traffic, labels) in [
            ("c hs traffic", &secrets.client, &["key", "mac", "finished"][..]),
            ("s hs traffic", &secrets.server, &["key", "mac", "finished"]),
            ("c ap traffic", &client, &["key", "mac"]),
            ("s ap traffic", &server, &["key", "mac"]),
        ] {
            assert!(*traffic.secret() == expected(name), "{name}");
            for label in labels {
                let derived = expand(traffic.secret(), label, b"");
                assert!(derived == expected(&format!("{name}, {label}")), "{name}, {label}");
            }
        }
    }
}

/// Plays one side of both recordings.
fn replay(side: &str) {
    let recorded = recorded();
    for case in cases(&recorded) {
        let name = text(&case["case"]);
        let told = Arc::new(Told::default());
        let mut random = Script::new(case, side);
        let mut connection = start(&recorded["identities"], case, side, &told, &mut random);
        let mut output = connection.take_output();
        let mut done = 0;
        for entry in list(&case["handshake"]) {
            let place = format!("{name}: {} of the {}", entry["name"], entry["from"]);
            if entry["from"] == side {
                assert_sends(&mut output, entry, &place);
            } else {
                for event in take(&mut connection, entry, &mut random) {
                    assert!(matches!(event, Event::HandshakeDone(_)), "{place}: {event:?}");
                    done += 1;
                }
                output.extend(connection.take_output());
            }
        }
        assert!(output.is_empty() && done == 1 && connection.is_open(), "{name}");
        let secrets = ["c hs traffic", "s hs traffic", "c ap traffic", "s ap traffic"];
        let expected = secrets.map(|name| text(&case["secrets"][name]).to_owned());
        let client_random = text(&case["client"]["random"]);
        let told = told.0.lock().unwrap();
        for ((label, expected), told) in LABELS.iter().zip(&expected).zip(told.iter()) {
            assert_eq!(told, &format!("{label} {client_random} {expected}"), "{name}");
        }
        assert_eq!(told.len(), LABELS.len(), "{name}");

        for entry in list(&case["application"]) {
            let plaintext = bytes(&entry["plaintext"]);
            if entry["from"] == side && plaintext == [CLOSE_NOTIFY] {
                connection.close(&mut random).unwrap();
            } else if entry["from"] == side {
                let write = |out: &mut Vec<u8>| -> Result<(), ChannelError> {
                    out.extend_from_slice(&plaintext);
                    Ok(())
                };
                connection.send(&mut random, write).unwrap();
            } else {
                let mut received = Vec::new();
                for event in take(&mut connection, entry, &mut random) {
                    match event {
                        Event::Message(message) => message.write(&mut received).unwrap(),
                        Event::Closed => received.push(CLOSE_NOTIFY),
                        Event::HandshakeDone(_) => panic!("{name}: it was done before"),
                    }
                }
                assert_eq!(received, plaintext, "{name}");
            }
            output.extend(connection.take_output());
            if entry["from"] == side {
                assert_sends(&mut output, entry, name);
            }
        }
        assert!(output.is_empty() && connection.is_closed(), "{name}");
        random.assert_used_up(name);
    }
}

/// The side of this name with what the recording gives it.
fn start(identities: &Value, case: &Value, side: &str, told: &Arc<Told>, random: &mut Script) -> Connection {
    let ca = Certificate::from_der(&bytes(&identities["ca"]["certificate"])).unwrap();
    let identity = |name: &str| Identity {
        chain: vec![bytes(&identities[name]["certificate"]), ca.der().to_vec()],
        key: PrivateKey::from_pkcs8_der(&bytes(&identities[name]["private_key"])).unwrap(),
    };
    let access_key = case["access_key"].as_str().map(|key| Key::new(&unhex(key).unwrap()).unwrap());
    let key_log = Some(Arc::clone(told) as _);
    let wants_certificate = case["client_certificate"].as_bool().unwrap();
    let (now, time) = (Instant::now(), SystemTime::UNIX_EPOCH + TIME);
    if side == "client" {
        let name = text(&case["server_name"]).parse().unwrap();
        let identity = wants_certificate.then(|| identity("user"));
        let pinned_ca = Some(ca.fingerprint());
        let config = ClientConfig { pinned_ca, revocations: None, access_key, identity, key_log };
        Connection::client(Arc::new(config), name, time, now, random).unwrap()
    } else {
        let clients = wants_certificate.then(|| ClientCa { certificate: ca.clone(), revocations: None });
        let config = ServerConfig { identity: identity("server"), access_key, clients, key_log };
        Connection::server(Arc::new(config), time, now)
    }
}

/// Gives the connection what the other side sent; returns all events.
fn take(connection: &mut Connection, entry: &Value, random: &mut Script) -> Vec<Event> {
    connection.received(Instant::now(), &bytes(&entry["wire"]));
    std::iter::from_fn(|| connection.event(random).unwrap()).collect()
}

/// The output must begin with the recorded frame or packet, which is taken away.
fn assert_sends(output: &mut Vec<u8>, entry: &Value, place: &str) {
    let wire = text(&entry["wire"]);
    let sent: Vec<u8> = output.drain(..output.len().min(wire.len() / 2)).collect();
    assert_eq!(hex(&sent), wire, "{place}");
}

/// Gives the recorded "random" values in their order; each call must want as many bytes as the next one has. The
/// blinding of a signature, 128 bytes for each prime, leaves no trace in it: any bytes are good.
struct Script(VecDeque<Vec<u8>>);

impl Script {
    /// The exponent, the random value of the hello, the challenge, and then an IV for each packet.
    fn new(case: &Value, side: &str) -> Self {
        let challenge = (side == "server" && !case["challenge"].is_null()).then(|| &case["challenge"]);
        let packets = list(&case["handshake"]).iter().chain(list(&case["application"]));
        let ivs = packets.filter(|entry| entry["from"] == side).filter_map(|entry| entry.get("iv"));
        let values = [&case[side]["private"], &case[side]["random"]].into_iter().chain(challenge).chain(ivs);
        Self(values.map(bytes).collect())
    }

    fn assert_used_up(&self, name: &str) {
        assert!(self.0.is_empty(), "{name}: {} values were not asked for", self.0.len());
    }
}

impl TryRng for Script {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        panic!("the recording has whole values only")
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        panic!("the recording has whole values only")
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        if out.len() == BLINDING {
            out.fill(0x42);
        } else {
            out.copy_from_slice(&self.0.pop_front().expect("the recording has no more"));
        }
        Ok(())
    }
}

impl TryCryptoRng for Script {}

/// A key log in memory, in the lines of a file.
#[derive(Debug, Default)]
struct Told(Mutex<Vec<String>>);

impl KeyLog for Told {
    fn log(&self, label: &str, client_random: &[u8; 32], secret: &Secret) {
        let line = format!("{label} {} {}", hex(client_random), hex(secret.bytes()));
        self.0.lock().unwrap().push(line);
    }
}

fn recorded() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors/handshake.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Both handshakes.
fn cases(recorded: &Value) -> &[Value] {
    let cases = list(&recorded["cases"]);
    assert_eq!(cases.len(), 2);
    assert!(text(&cases[1]["shared_value"]).starts_with("00"));
    cases
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn bytes(value: &Value) -> Vec<u8> {
    unhex(text(value)).unwrap()
}

fn secret(bytes: &[u8]) -> Secret {
    <[u8; HASH_LENGTH]>::try_from(bytes).unwrap().into()
}

/// Random bytes for each prime of 1024 bits.
const BLINDING: usize = 128;

/// In 2026; the certificates are valid from 2020 to 2049.
const TIME: Duration = Duration::from_secs(1_795_000_000);
