//! How fast packets are sealed and opened, beside what AES and MD5 alone take. Run with
//! `cargo bench -p stage-6 --bench packets`.
#![allow(clippy::unwrap_used, reason = "a benchmark that fails should stop")]

use cbc_packet::{BLOCK, Cipher, LIMIT, PacketDecoder, Packets, digest};
use echo::lab::{Lap, race};
use std::hint::black_box;

fn main() {
    println!("{:<34} {:>10} {:>10} {:>7}", "", "time", "MB/s", "ratio");
    for (name, size) in [("1 KiB", 1 << 10), ("16 KiB", 16 << 10), ("1 MiB", 1 << 20)] {
        measure(name, size);
    }
}

fn measure(name: &str, size: usize) {
    let (key, iv) = ([7; 32], [9; BLOCK]);
    let (packets, cipher) = (Packets::new(&key), Cipher::new(&key));
    let text = vec![b'a'; size];

    let (mut out, mut blocks) = (Vec::new(), text.clone());
    let laps = race([
        &mut || cipher.encrypt(&iv, black_box(&mut blocks)),
        &mut || _ = black_box(digest(black_box(&text))),
        &mut || {
            out.clear();
            packets.seal(iv, black_box(&text), &mut out).unwrap();
        },
    ]);
    show(name, size, ["AES-256-CBC encrypts", "MD5", "a packet is sealed"], laps);

    let mut decoder = PacketDecoder::new(LIMIT);
    let laps = race([
        &mut || cipher.decrypt(&iv, black_box(&mut blocks)),
        &mut || _ = black_box(digest(black_box(&text))),
        &mut || {
            decoder.push(black_box(&out));
            black_box(packets.open(decoder.packet().unwrap().unwrap()).unwrap());
        },
    ]);
    show(name, size, ["AES-256-CBC decrypts", "MD5", "a packet is found and opened"], laps);
}

/// The last lap beside the sum of the two before it.
fn show(size_name: &str, size: usize, names: [&str; 3], laps: [Lap; 3]) {
    println!("{size_name}");
    for (name, lap) in names.iter().zip(&laps) {
        let speed = size as f64 / lap.time.as_secs_f64() / 1e6;
        println!("    {name:<30} {:>10} {speed:>10.0} {:>7.2}", format!("{:.1?}", lap.time), lap.ratio);
    }
    let [cipher, digest, packet] = laps.map(|lap| lap.time.as_secs_f64());
    println!("    {:<30} {:>29.2}", "the packet ÷ (AES + MD5)", packet / (cipher + digest));
}
