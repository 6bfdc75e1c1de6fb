//! How fast the channel is: a whole handshake, and packets sealed and opened, beside OpenSSL's AES-256-CBC and
//! HMAC-SHA-256 one after the other in the same run, where there is an `openssl`. Run with
//! `cargo bench -p stage-7 --bench channel`.
#![allow(clippy::unwrap_used, reason = "a benchmark that fails should stop")]

use cbc_packet::{LIMIT, PacketDecoder};
use certificates::handshake::{ClientConfig, Identity, ServerConfig};
use certificates::keyed_packet::{KeyedError, PacketKeys, Sequenced};
use certificates::rsa::PrivateKey;
use certificates::x509::{Ca, Profile};
use certificates::{Connection, Event};
use echo::lab::{Lap, race};
use rand::SeedableRng;
use rand::rngs::StdRng;
use std::hint::black_box;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

fn main() {
    handshake();
    println!("\n{:<40} {:>10} {:>10} {:>16}", "packets, text of", "MB/s", "openssl", "ours ÷ openssl");
    for size in [1 << 10, 16 << 10, 1 << 20] {
        packets(size);
    }
}

/// Both sides, one after the other, as one processor would do it.
fn handshake() {
    let (client, server) = configs();
    let one = || {
        let (now, time, random) = (Instant::now(), SystemTime::now(), &mut StdRng::seed_from_u64(2));
        let name = "localhost".parse().unwrap();
        let mut a = Connection::client(Arc::clone(&client), name, time, now, random).unwrap();
        let mut b = Connection::server(Arc::clone(&server), time, now);
        b.received(now, &a.take_output());
        assert_eq!(b.event(random), Ok(None));
        a.received(now, &b.take_output());
        assert!(matches!(a.event(random), Ok(Some(Event::HandshakeDone(_)))));
        b.received(now, &a.take_output());
        assert!(matches!(b.event(random), Ok(Some(Event::HandshakeDone(_)))));
    };
    one();
    let (start, processor) = (Instant::now(), processor_time());
    (0..HANDSHAKES).for_each(|_| one());
    let (time, kind) = match (processor, processor_time()) {
        (Some(before), Some(after)) => (after - before, "of the processor"),
        _ => (start.elapsed(), "elapsed"),
    };
    let time = format!("{:.2?}", time / HANDSHAKES);
    println!("{:<40} {time:>10} {kind}", "a handshake, both sides together");
}

/// How long this thread has had a processor: what others do at the same time does not count. Linux only.
fn processor_time() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(Duration::from_nanos(text.split_whitespace().next()?.parse().ok()?))
}

const HANDSHAKES: u32 = 200;

fn configs() -> (Arc<ClientConfig>, Arc<ServerConfig>) {
    let (random, time) = (&mut StdRng::seed_from_u64(1), SystemTime::now());
    let day = Duration::from_secs(24 * 3600);
    let ca = Ca::init("A CA", PrivateKey::generate(2048, random).unwrap(), time, random).unwrap();
    let key = PrivateKey::generate(2048, random).unwrap();
    let profile = Profile::Server { names: vec!["localhost".parse().unwrap()] };
    let leaf = ca.certify(&key, &profile, day, time, random).unwrap();
    let chain = vec![leaf.der().to_vec(), ca.certificate().der().to_vec()];
    let pinned_ca = Some(ca.certificate().fingerprint());
    let server =
        ServerConfig { identity: Identity { chain, key }, access_key: None, clients: None, key_log: None };
    (Arc::new(ClientConfig { pinned_ca, ..ClientConfig::default() }), Arc::new(server))
}

fn packets(size: usize) {
    let text = vec![7; size];
    let keys = PacketKeys::new(&[1; 32], &[2; 32]);
    let mut sealer = Sequenced::new(keys.clone());
    let mut sealed = Vec::new();
    let mut copy = Vec::new();
    let mut packet = Vec::new();
    seal(&mut Sequenced::new(keys.clone()), &text, &mut packet);
    let mut decoder = PacketDecoder::new(LIMIT);
    let laps = race([
        &mut || {
            copy.clear();
            copy.extend_from_slice(black_box(&text));
            black_box(&copy);
        },
        &mut || seal(&mut sealer, black_box(&text), &mut sealed),
        &mut || {
            decoder.push(black_box(&packet));
            let opened = keys.open(0, decoder.packet().unwrap().unwrap());
            assert_eq!(opened.map(<[u8]>::len), Ok(size));
        },
    ]);
    let [encrypt, decrypt, hmac] = [
        speed(&["-evp", "aes-256-cbc"], size),
        speed(&["-decrypt", "-evp", "aes-256-cbc"], size),
        speed(&["-hmac", "sha256"], size),
    ];
    let both = |cipher: Option<f64>| Some(1.0 / (1.0 / cipher? + 1.0 / hmac?));
    row("seal", size, &laps[1], both(encrypt));
    row("open", size, &laps[2], both(decrypt));
}

fn row(what: &str, size: usize, lap: &Lap, openssl: Option<f64>) {
    let ours = size as f64 / lap.time.as_secs_f64() / 1e6;
    let [theirs, ratio] = match openssl {
        Some(theirs) => [format!("{theirs:.0}"), format!("{:.0} %", ours / theirs * 100.0)],
        None => ["-".into(), "-".into()],
    };
    println!("    {:<36} {ours:>10.0} {theirs:>10} {ratio:>16}", format!("{what} {} KiB", size >> 10));
}

fn seal(sealer: &mut Sequenced, text: &[u8], out: &mut Vec<u8>) {
    out.clear();
    let write = |out: &mut Vec<u8>| -> Result<(), KeyedError> {
        out.extend_from_slice(text);
        Ok(())
    };
    sealer.seal([3; 16], LIMIT, out, write).unwrap();
}

/// MB/s of OpenSSL's own measurement.
fn speed(what: &[&str], size: usize) -> Option<f64> {
    let size = size.to_string();
    let output = Command::new("openssl")
        .args(["speed", "-elapsed", "-seconds", "1", "-bytes", &size])
        .args(what)
        .output();
    let text = String::from_utf8(output.ok()?.stdout).ok()?;
    let kilobytes: f64 =
        text.lines().last()?.split_whitespace().last()?.trim_end_matches('k').parse().ok()?;
    Some(kilobytes / 1e3)
}
