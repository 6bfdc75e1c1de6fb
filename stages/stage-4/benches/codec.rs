//! How fast frames and values are coded, against a plain copy of the same bytes; and what labels cost
//! while nobody looks at them. Run with `cargo bench -p stage-4`.
#![allow(clippy::unwrap_used, reason = "a benchmark that fails should stop")]

use anatomy::Reader;
use echo::lab::{Lap, race};
use framing::{ByteOrder, FrameDecoder, LIMIT, Value, decode, encode, encode_frame, read_value};
use std::hint::black_box;

fn main() {
    println!("{:<44} {:>12} {:>10} {:>8}", "", "MB/s", "time", "ratio");
    for size in [100, 1_000, 64 << 10] {
        frames(size);
    }
    values("a chat message", &chat_message());
    values("a list of 1,000 such messages", &Value::List(vec![chat_message(); 1000]));
    values("a value with 64 KiB of bytes", &Value::Bytes(vec![7; 64 << 10]));
}

/// Ten frames of `size` bytes, handed over in reads of 16 KiB, as a server gets them.
fn frames(size: usize) {
    const READ: usize = 16 << 10;
    let payload = vec![7; size];
    let count = (200_000 / size).max(10);
    let mut stream = Vec::new();
    for _ in 0..count {
        encode_frame(ByteOrder::Network, LIMIT, &payload, &mut stream).unwrap();
    }
    let mut copied = Vec::with_capacity(stream.len());
    let mut encoded = Vec::with_capacity(stream.len());
    let mut decoder = FrameDecoder::default();
    let laps = race([
        &mut || {
            copied.clear();
            copied.extend_from_slice(black_box(&stream));
            black_box(&copied);
        },
        &mut || {
            encoded.clear();
            for _ in 0..count {
                encode_frame(ByteOrder::Network, LIMIT, black_box(&payload), &mut encoded).unwrap();
            }
            black_box(&encoded);
        },
        &mut || {
            for piece in stream.chunks(READ) {
                decoder.push(black_box(piece));
                while let Some(frame) = decoder.frame().unwrap() {
                    black_box(frame);
                }
            }
        },
    ]);
    let names = ["plain copy", "encode", "decode"];
    report(&format!("{count} frames of {size} bytes"), stream.len(), &names, &laps);
}

fn values(what: &str, value: &Value) {
    let mut bytes = Vec::new();
    encode(value, &mut bytes).unwrap();
    let mut copied = Vec::with_capacity(bytes.len());
    let mut encoded = Vec::with_capacity(bytes.len());
    let laps = race([
        &mut || {
            copied.clear();
            copied.extend_from_slice(black_box(&bytes));
            black_box(&copied);
        },
        &mut || {
            encoded.clear();
            encode(black_box(value), &mut encoded).unwrap();
            black_box(&encoded);
        },
        &mut || drop(black_box(decode(black_box(&bytes)).unwrap())),
    ]);
    report(what, bytes.len(), &["plain copy", "encode", "decode"], &laps);
    assert_eq!(by_hand(&bytes), Some((value.clone(), bytes.len())));
    let laps = race([
        &mut || drop(black_box(by_hand(black_box(&bytes)))),
        &mut || drop(black_box(decode(black_box(&bytes)).unwrap())),
        &mut || {
            let mut r = Reader::traced(black_box(&bytes));
            let value = read_value(&mut r).unwrap();
            drop(black_box((value, r.into_labelled())));
        },
    ]);
    let names = ["decoder by hand, without labels", "decoder with labels, trace off", "the same, trace on"];
    report("  what the labels cost", bytes.len(), &names, &laps);
}

fn report(what: &str, bytes: usize, names: &[&str], laps: &[Lap]) {
    println!("{what}, {bytes} bytes");
    for (name, lap) in names.iter().zip(laps) {
        let speed = bytes as f64 / lap.time.as_secs_f64() / 1e6;
        println!("    {name:<40} {speed:>12.0} {:>10} {:>8.2}", format!("{:.1?}", lap.time), lap.ratio);
    }
}

fn chat_message() -> Value {
    let text = |text: &str| Value::Str(text.into());
    let dict = |entries: Vec<(&str, Value)>| {
        Value::Dict(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
    };
    dict(vec![
        ("target_type", Value::Int(0)),
        ("time", Value::Int(1_562_754_761_321)),
        ("sender_id", Value::Int(1)),
        ("target_id", Value::Int(2)),
        ("sender_name", text("小明")),
        (
            "message",
            dict(vec![
                ("data", text("Shall we meet at six in front of the library? Bring the notes, please.")),
                ("fontsize", Value::Int(10)),
                ("type", Value::Int(0)),
                ("fontcolor", text("#000000")),
            ]),
        ),
    ])
}

/// The same decoder as somebody would write it who needs no labels and no sentences for errors.
fn by_hand(bytes: &[u8]) -> Option<(Value, usize)> {
    fn value(bytes: &[u8], depth: usize) -> Option<(Value, usize)> {
        let kind = *bytes.first()?;
        if depth > 32 {
            return None;
        }
        if kind == 0 {
            return Some((Value::None, 1));
        }
        let length = u32::from_be_bytes(*bytes.get(1..)?.first_chunk()?) as usize;
        let body = bytes.get(5..)?.get(..length)?;
        let value = match kind {
            1 => {
                if !(1..=8).contains(&length) || (length > 1 && body[0] == 0) {
                    return None;
                }
                Value::Int(body.iter().fold(0, |n, byte| n << 8 | u64::from(*byte)))
            }
            2 => Value::Float(f32::from_be_bytes(body.try_into().ok()?)),
            3 => Value::Str(std::str::from_utf8(body).ok()?.to_owned()),
            4 => {
                let (mut elements, mut at) = (Vec::new(), 0);
                while at < length {
                    let (element, used) = value(&body[at..], depth + 1)?;
                    elements.push(element);
                    at += used;
                }
                Value::List(elements)
            }
            5 => {
                let (mut entries, mut seen, mut at) = (Vec::new(), Vec::new(), 0);
                while at < length {
                    let end = at + 1 + usize::from(body[at]);
                    let key = std::str::from_utf8(body.get(at + 1..end)?).ok()?;
                    if !key.is_ascii() || seen.contains(&key) {
                        return None;
                    }
                    seen.push(key); // as the decoder does it while there are few
                    let (entry, used) = value(&body[end..], depth + 1)?;
                    entries.push((key.to_owned(), entry));
                    at = end + used;
                }
                Value::Dict(entries)
            }
            6 => match body {
                [0] => Value::Bool(false),
                [1] => Value::Bool(true),
                _ => return None,
            },
            7 => Value::Bytes(body.to_owned()),
            _ => return None,
        };
        Some((value, 5 + length))
    }
    value(bytes, 1)
}
