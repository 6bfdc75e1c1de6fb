//! How fast a signature is made and checked, beside OpenSSL in the same run, where there is an `openssl`.
//! Run with `cargo bench -p stage-7 --bench rsa`.
#![allow(clippy::unwrap_used, reason = "a benchmark that fails should stop")]

use certificates::rsa::{PrivateKey, load_key};
use echo::lab::race;
use num_bigint::BigUint;
use rand::SeedableRng;
use rand::rngs::StdRng;
use std::hint::black_box;
use std::path::Path;
use std::process::Command;

fn main() {
    let mut random = StdRng::seed_from_u64(7);
    println!("{:<40} {:>10} {:>10} {:>16}", "", "time", "OpenSSL", "ours ÷ OpenSSL");
    for bits in [2048, 3072] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/keys");
        let key = load_key(&folder.join(format!("openssl-{bits}.pem")), None).unwrap();
        let signature = key.sign(b"a message", &mut random).unwrap();
        let before = openssl(bits);
        let [sign, verify] =
            race([&mut || drop(black_box(key.sign(b"a message", &mut random).unwrap())), &mut || {
                key.public().verify(b"a message", black_box(&signature)).unwrap();
            }]);
        // OpenSSL before and after: the machine may have become slower or faster meanwhile.
        let theirs = before.zip(openssl(bits)).map(|(a, b)| (a.0.min(b.0), a.1.min(b.1)));
        for (what, ours, theirs) in [
            ("a signature", sign.time.as_secs_f64(), theirs.map(|t| t.0)),
            ("a check", verify.time.as_secs_f64(), theirs.map(|t| t.1)),
        ] {
            print!("{:<40} {:>8.0}µs", format!("{what}, {bits} bits"), ours * 1e6);
            match theirs {
                Some(theirs) => println!(" {:>8.0}µs {:>16.2}", theirs * 1e6, ours / theirs),
                None => println!("{:>10} {:>16}", "-", "-"),
            }
        }
    }
    let key =
        load_key(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/keys/openssl-2048.pem"), None).unwrap();
    let (n, e) = (BigUint::from_bytes_be(key.public().n()), BigUint::from_bytes_be(key.public().e()));
    let base: BigUint = &n >> 1;
    let full = base.clone();
    let laps = race([
        &mut || drop(black_box(key.sign(b"a message", &mut random).unwrap())),
        &mut || drop(black_box(base.modpow(black_box(&full), &n))),
        &mut || drop(black_box(base.modpow(black_box(&e), &n))),
    ]);
    println!("num-bigint, 2048 bits: a power with a full exponent takes {:.2} signatures", laps[1].ratio);
    let start = std::time::Instant::now();
    for _ in 0..KEYS {
        black_box(PrivateKey::generate(2048, &mut random).unwrap());
    }
    println!("a key of 2048 bits: {:.0?} on average of {KEYS}", start.elapsed() / KEYS);
}

/// Seconds for a signature and for a check, by OpenSSL's own measurement.
fn openssl(bits: u32) -> Option<(f64, f64)> {
    let output =
        Command::new("openssl").args(["speed", "-seconds", "1", &format!("rsa{bits}")]).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let mut per_second = text.lines().last()?.split_whitespace().rev().map(str::parse::<f64>);
    let (verify, sign) = (per_second.next()?.ok()?, per_second.next()?.ok()?);
    Some((1.0 / sign, 1.0 / verify))
}

const KEYS: u32 = 20;
