//! How fast a shared key is computed: written out, by num-bigint, and in constant time as it ships; beside
//! OpenSSL's ffdh2048 in the same run, where there is an `openssl`. Run with
//! `cargo bench -p stage-5 --bench exchange`.
//!
//! A handshake takes two powers on each side: one for its public value, one for the shared key. OpenSSL's
//! exponents have 225 bits in this group, but its powers go through whole words, so 256 bits take as long.
#![allow(clippy::unwrap_used, reason = "a benchmark that fails should stop")]

use echo::lab::race;
use key_exchange::{Group, KeyPair, Rc4, square_and_multiply};
use num_bigint::BigUint;
use rand::SeedableRng;
use rand::rngs::StdRng;
use std::hint::black_box;
use std::process::Command;
use zeroize::Zeroizing;

fn main() {
    let group = Group::ffdhe2048();
    let mut random = StdRng::seed_from_u64(5);
    let theirs = KeyPair::generate(&group, &mut random).unwrap();
    let private = Zeroizing::new(vec![0xb7; 32]);
    let ours = KeyPair::from_private(&group, private.clone()).unwrap();
    let (base, exponent) = (BigUint::from_bytes_be(theirs.public()), BigUint::from_bytes_be(&private));
    let laps = race([
        &mut || drop(black_box(base.modpow(black_box(&exponent), &group.p))),
        &mut || drop(black_box(KeyPair::from_private(&group, black_box(private.clone())).unwrap())),
        &mut || drop(black_box(ours.shared_key(black_box(theirs.public())).unwrap())),
        &mut || drop(black_box(square_and_multiply(black_box(&base), &exponent, &group.p))),
    ]);
    println!("{:<52} {:>10} {:>8}", "powers in ffdhe2048, exponent of 256 bits", "time", "ratio");
    let names = [
        "num-bigint, variable time",
        "a key pair as it ships, constant time",
        "a shared key as it ships, constant time",
        "written out",
    ];
    for (name, lap) in names.iter().zip(&laps) {
        println!("    {name:<48} {:>10} {:>8.2}", micros(lap.time.as_secs_f64()), lap.ratio);
    }
    if let Some(theirs) = openssl() {
        let [pair, shared] = [&laps[1], &laps[2]].map(|lap| lap.time.as_secs_f64() / theirs);
        println!("    {:<48} {:>10}", "openssl speed ffdh2048, a shared value", micros(theirs));
        println!(
            "ours ÷ OpenSSL: key pair {pair:.2}, shared key {shared:.2}, the two of a handshake {:.2}",
            (pair + shared) / 2.0
        );
    }

    let mut data = vec![7; 64 << 10];
    let mut copy = vec![0; 64 << 10];
    let mut cipher = Rc4::new(b"a key");
    let laps = race([&mut || copy.copy_from_slice(black_box(&[9; 64 << 10])), &mut || {
        cipher.apply(black_box(&mut data))
    }]);
    let speed = data.len() as f64 / laps[1].time.as_secs_f64() / 1e6;
    println!("RC4: {speed:.0} MB/s, {:.0} times a plain copy", laps[1].ratio);
}

fn micros(seconds: f64) -> String {
    format!("{:.0}µs", seconds * 1e6)
}

/// Seconds that one shared key takes in OpenSSL's own measurement: the median of three, since the machine
/// may have been busier than in our rounds.
fn openssl() -> Option<f64> {
    let once = || {
        let output =
            Command::new("openssl").args(["speed", "-elapsed", "-seconds", "1", "ffdh2048"]).output().ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        Some(1.0 / text.lines().last()?.split_whitespace().last()?.parse::<f64>().ok()?)
    };
    let mut times = [once()?, once()?, once()?];
    times.sort_by(f64::total_cmp);
    Some(times[1])
}
