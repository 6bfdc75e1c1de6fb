//! The tester of `tlv-reader`: values of every type, bad bytes for every rule, and thousands of damaged values, each
//! against stage 4's own decoder.

mod exercise;

use allocation_counter::measure;
use exercise::{MAX_DEPTH, read_value};
use framing::{Value, decode, encode};
use kit::{fail, holds};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

fn hex(bytes: &[u8]) -> String {
    let shown: Vec<String> = bytes.iter().take(40).map(|byte| format!("{byte:02x}")).collect();
    format!("{}{}", shown.join(" "), if bytes.len() > 40 { " …" } else { "" })
}

/// These bytes are this value.
fn reads(bytes: &[u8], expected: &Value) {
    match read_value(bytes) {
        // As text: a float that is not a number is not equal to itself.
        Ok(found) if format!("{found:?}") == format!("{expected:?}") => {}
        Ok(found) => {
            fail(format!("the bytes     {}\nare           {expected:?}\nbut were read {found:?}", hex(bytes)))
        }
        Err(why) => fail(format!("the bytes   {}\nare         {expected:?}\nbut refused: {why}", hex(bytes))),
    }
}

fn refuses(bytes: &[u8], why: &str) {
    if let Ok(found) = read_value(bytes) {
        let found: String = format!("{found:?}").chars().take(100).collect();
        fail(format!("the bytes     {}\nare no value: {why}\nbut were read {found}", hex(bytes)));
    }
}

fn bytes(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    encode(value, &mut bytes).expect("a value that can be written");
    bytes
}

/// `levels` values inside each other: lists, and at last a none.
fn nested(levels: usize) -> Vec<u8> {
    // From the inside out, so that no byte is copied twice.
    let mut backwards = vec![0];
    for _ in 1..levels {
        let length = (backwards.len() as u32).to_le_bytes();
        backwards.extend_from_slice(&length);
        backwards.push(4);
    }
    backwards.reverse();
    backwards
}

/// Something of every type.
fn card(random: &mut StdRng) -> Value {
    let number = random.random::<u64>() >> random.random_range(0..64);
    Value::Dict(vec![
        ("name".into(), "小明".into()),
        ("age".into(), Value::Int(number)),
        ("weight".into(), Value::Float(60.5)),
        ("away".into(), Value::Bool(number % 2 == 0)),
        ("photo".into(), Value::Bytes((0..number % 20).map(|n| n as u8).collect())),
        (
            "friends".into(),
            Value::List(vec!["bob".into(), Value::None, Value::List(vec![]), Value::Dict(vec![])]),
        ),
    ])
}

pub fn main() {
    kit::run(|tester| {
        tester.step("a text, a bool, bytes, a float and none", || {
            reads(b"\x03\0\0\0\x03bob", &"bob".into());
            reads("\x03\0\0\0\x07straße".as_bytes(), &"straße".into());
            reads(b"\x06\0\0\0\x01\x01", &Value::Bool(true));
            reads(b"\x07\0\0\0\x02\xff\0", &Value::Bytes(vec![255, 0]));
            reads(b"\x02\0\0\0\x04\x3f\xc0\0\0", &Value::Float(1.5));
            reads(b"\0", &Value::None);
        });
        tester.step("numbers of 1 to 8 bytes", || {
            for number in [0, 1, 20, 255, 256, 65_536, 1 << 40, u64::MAX] {
                reads(&bytes(&Value::Int(number)), &Value::Int(number));
            }
        });
        tester.step("lists and dicts, and lists in lists", || {
            let list = Value::List(vec![
                Value::Int(1),
                "小明".into(),
                Value::None,
                Value::List(vec![Value::Int(2)]),
            ]);
            reads(&bytes(&list), &list);
            let mut random = StdRng::seed_from_u64(4);
            for _ in 0..20 {
                let card = card(&mut random);
                reads(&bytes(&card), &card);
            }
        });
        tester.step("bytes that end too early, after every byte", || {
            let whole = bytes(&card(&mut StdRng::seed_from_u64(5)));
            for end in 0..whole.len() {
                refuses(&whole[..end], "they end too early");
            }
        });
        tester.step("a length that claims more than there is", || {
            refuses(b"\x03\0\0\0\x05hell", "the text has 4 bytes, and its length says 5");
            refuses(b"\x07\xff\xff\xff\xff", "the length is 4294967295, and no byte follows");
            refuses(b"\x04\0\0\0\x06\x03\0\0\0\x02ab", "the text reaches over the end of the list");
            let behind = b"\x04\0\0\0\x0c\x04\0\0\0\x06\x03\0\0\0\x02ab";
            refuses(behind, "the text reaches over the end of the inner list");
        });
        tester.step("such a length takes no memory", || {
            for kind in 1..=7 {
                let lie = [&[kind][..], &0x0fff_ffff_u32.to_be_bytes()].concat();
                let used = measure(|| {
                    let _ = read_value(&lie); // only what it costs matters here
                });
                let most = used.bytes_max;
                holds(
                    most < 10_000,
                    format!("5 bytes of type {kind} made the reader take {most} bytes of memory"),
                );
            }
        });
        tester.step("nor do lists inside each other that hold one long value", || {
            // None of these lists has more than one element, however long it is.
            let mut value = Value::Bytes(vec![7; 10_000]);
            for _ in 1..MAX_DEPTH {
                value = Value::List(vec![value]);
            }
            let frame = bytes(&value);
            let used = measure(|| {
                let _ = read_value(&frame); // only what it costs matters here
            });
            let (length, most) = (frame.len() as u64, used.bytes_max);
            let why = format!(
                "31 lists inside each other around one long value, {length} bytes in all, made the reader take {most} \
                 bytes of memory; is room made for more elements than there are?"
            );
            holds(most < 4 * length, why);
        });
        tester.step("bytes after the value", || {
            refuses(b"\0x", "the value none has ended, and a byte follows");
            refuses(b"\x06\0\0\0\x01\x01\0", "the bool has ended, and a byte follows");
        });
        tester.step("one form for each number, and no other", || {
            refuses(b"\x01\0\0\0\x02\0\x07", "7 is one byte, without a zero in front");
            refuses(b"\x01\0\0\0\x02\0\0", "zero is one byte");
            refuses(b"\x01\0\0\0\0", "zero is one byte, not none");
            refuses(b"\x01\0\0\0\x09\x01\x02\x03\x04\x05\x06\x07\x08\x09", "an int has at most 8 bytes");
        });
        tester.step("types that do not exist, and contents that do not fit their type", || {
            refuses(b"\x08\0\0\0\0", "there is no type 8");
            refuses(b"\xff", "there is no type 255");
            refuses(b"\x06\0\0\0\x01\x02", "a bool is 0 or 1");
            refuses(b"\x06\0\0\0\0", "a bool has one byte");
            refuses(b"\x02\0\0\0\x08\0\0\0\0\0\0\0\0", "a float has 4 bytes");
            refuses(b"\x03\0\0\0\x02\xc3(", "this is no UTF-8");
        });
        tester.step("32 values inside each other are read, 33 are refused", || {
            if read_value(&nested(MAX_DEPTH)).is_err() {
                fail("32 values inside each other were refused, but they are allowed");
            }
            refuses(&nested(MAX_DEPTH + 1), "33 values lie inside each other");
            let mut list = Value::List(vec![]);
            for _ in 1..MAX_DEPTH {
                list = Value::List(vec![list]);
            }
            reads(&bytes(&list), &list);
            let mut dict = Value::None;
            for _ in 1..MAX_DEPTH {
                dict = Value::Dict(vec![("in".into(), dict)]);
            }
            reads(&bytes(&dict), &dict);
            let dict = bytes(&dict);
            let deeper = [b"\x04", &(dict.len() as u32).to_be_bytes()[..], &dict].concat();
            refuses(&deeper, "33 values lie inside each other: a list around 31 dicts and a none");
        });
        tester.step("200,000 lists inside each other do not use up the stack", || {
            refuses(&nested(200_000), "200,000 values lie inside each other");
        });
        tester.step("20,000 damaged values: the answer of stage 4's own decoder", || {
            let mut random = StdRng::seed_from_u64(6);
            for _ in 0..20_000 {
                let mut damaged = bytes(&card(&mut random));
                for _ in 0..random.random_range(1..4) {
                    let at = random.random_range(0..damaged.len());
                    // Small numbers: types and lengths that nearly fit.
                    damaged[at] = if random.random() { random.random_range(0..10) } else { random.random() };
                }
                match decode(&damaged) {
                    Ok(value) => reads(&damaged, &value),
                    Err(error) => refuses(&damaged, &error.to_string()),
                }
            }
        });
    });
}
