//! How fast a shared key is computed: written out, by num-bigint, and in constant time as it ships; beside
//! OpenSSL's ffdh2048 in the same run, where there is an `openssl`. Run with
//! `cargo bench -p stage-5 --bench exchange`.
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
        &mut || drop(black_box(ours.shared_key(black_box(theirs.public())).unwrap())),
        &mut || drop(black_box(square_and_multiply(black_box(&base), &exponent, &group.p))),
    ]);
    println!("{:<52} {:>10} {:>8}", "a shared key, ffdhe2048, exponent of 256 bits", "time", "ratio");
    let names = ["num-bigint, variable time", "as it ships: crypto-bigint, constant time", "written out"];
    for (name, lap) in names.iter().zip(&laps) {
        println!("    {name:<48} {:>10} {:>8.2}", format!("{:.0?}", lap.time), lap.ratio);
    }
    if let Some(operations) = openssl() {
        let time = 1e6 / operations;
        let ratio = laps[1].time.as_secs_f64() * operations;
        println!(
            "    {:<48} {:>10}          ours ÷ OpenSSL: {ratio:.2}",
            "openssl speed ffdh2048",
            format!("{time:.0}µs")
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

/// Operations per second of OpenSSL's own measurement.
fn openssl() -> Option<f64> {
    let output = Command::new("openssl").args(["speed", "-seconds", "2", "ffdh2048"]).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.lines().last()?.split_whitespace().last()?.parse().ok()
}
