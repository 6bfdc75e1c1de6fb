//! Stages 2, 4 and 5.

use crate::{bytes, file, refused};
use conn_auth::{Challenge, Key};
use echo::lab::hex;
use framing::{ByteOrder, FrameDecoder, LIMIT, Message, Value, decode, encode, encode_frame, to_json};
use key_exchange::{Ciphers, Group, KeyPair, Keystreams, Side};
use serde_json::json;
use zeroize::Zeroizing;

#[test]
fn hmac() {
    let keys: [&[u8]; 4] = [b"Jedan has a big key!", b"our class", b"k", &[0xaa; 80]];
    let cases = keys.map(|key| {
        let challenge = bytes::<32>(0);
        let answer = Challenge::new(challenge).answer(&Key::new(key).unwrap());
        json!({"key": hex(key), "challenge": hex(&challenge), "answer": hex(&answer)})
    });
    file(
        "hmac.json",
        "Stage 2: answer = HMAC-MD5(key, challenge). All bytes in hexadecimal digits.",
        json!({"cases": cases}),
    );
}

fn frame(payload: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    encode_frame(ByteOrder::Network, LIMIT, payload, &mut out).unwrap();
    out
}

#[test]
fn frames() {
    let payloads: [&[u8]; 5] = [b"", b"a", b"hello", "straße".as_bytes(), b"\xff\0"];
    let cases = payloads.map(|payload| json!({"payload": hex(payload), "frame": hex(&frame(payload))}));
    let headers = [255, 256, 65_535, 65_536, LIMIT]
        .map(|length| json!({"payload_length": length, "header": hex(&frame(&vec![0; length])[..4])}));
    let wrong = [(LIMIT as u32 + 1).to_be_bytes(), [0xff; 4], [5, 0, 0, 0], *b"GET "];
    let wrong = wrong.map(|header| {
        let mut decoder = FrameDecoder::new(ByteOrder::Network, LIMIT);
        decoder.push(&header);
        refused(&decoder.frame().unwrap_err().to_string(), &header)
    });
    let about = "Stage 4: frame = length u32 big-endian, then the payload; at most 1,048,576 bytes.";
    file("frame.json", about, json!({"cases": cases, "headers": headers, "refused": wrong}));
}

#[test]
fn values() {
    let dict = vec![("name".to_owned(), Value::from("bob")), ("age".to_owned(), Value::Int(20))];
    let values = [
        Value::None,
        Value::Int(0),
        Value::Int(255),
        Value::Int(256),
        Value::Int(u64::MAX),
        Value::Float(0.5),
        Value::Float(-1.25),
        Value::from(""),
        Value::from("小明"),
        Value::List(Vec::new()),
        Value::List(vec![Value::Int(1), Value::from("小明"), Value::None]),
        Value::Dict(dict),
        Value::Bool(false),
        Value::Bool(true),
        Value::Bytes(vec![0, 255]),
    ];
    let cases = values.map(|value| {
        let mut out = Vec::new();
        encode(&value, &mut out).unwrap();
        let json: serde_json::Value = serde_json::from_str(&to_json(&value).unwrap()).unwrap();
        json!({"value": json, "bytes": hex(&out)})
    });
    let messages =
        [(4, Value::from("bob")), (3, Value::None), (255, Value::Int(7))].map(|(operation, value)| {
            let bytes = Message { operation, value: value.clone() }.to_bytes().unwrap();
            let json: serde_json::Value = serde_json::from_str(&to_json(&value).unwrap()).unwrap();
            json!({"operation": operation, "value": json, "bytes": hex(&bytes)})
        });
    let wrong: [&[u8]; 14] = [
        b"",
        b"\x08\0\0\0\0",
        b"\x01\0\0\0\0",
        b"\x01\0\0\0\x02\0\x07",
        b"\x01\0\0\0\x09\x01\0\0\0\0\0\0\0\0",
        b"\x02\0\0\0\x03\0\0\0",
        b"\x06\0\0\0\x01\x02",
        b"\x06\0\0\0\0",
        b"\x03\0\0\0\x02\xff\xfe",
        b"\x03\0\0\0\x05bob",
        b"\x03\0\0\0\x03bobx",
        b"\0\0",
        b"\x05\0\0\0\x0e\x01a\x06\0\0\0\0\x01a\x06\0\0\0\0",
        b"\x05\0\0\0\x08\x02\xc3\xa9\x06\0\0\0\0",
    ];
    let mut wrong: Vec<_> =
        wrong.iter().map(|bytes| refused(&decode(bytes).unwrap_err().to_string(), bytes)).collect();
    let mut deep = Vec::new();
    for level in (0..33u32).rev() {
        deep.push(4);
        deep.extend((level * 5).to_be_bytes());
    }
    wrong.push(refused(&decode(&deep).unwrap_err().to_string(), &deep));
    let about = "Stage 4: values and messages. In `value`, bytes are written {\"$bytes\": \"hex\"}. What is refused has no \
                 value; the sentence is ours and need not be yours.";
    file("value.json", about, json!({"cases": cases, "messages": messages, "refused": wrong}));
}

fn pair(exponent: &[u8]) -> KeyPair {
    KeyPair::from_private(&Group::ffdhe2048(), Zeroizing::new(exponent.to_vec())).unwrap()
}

/// Two exponents whose shared value begins with a zero byte, found by counting.
fn with_leading_zero() -> (Vec<u8>, Vec<u8>) {
    let one = bytes::<32>(1).to_vec();
    let first = pair(&one);
    let mut count = 0u32;
    loop {
        count += 1;
        let other = [&[0x42; 28][..], &count.to_be_bytes()].concat();
        if first.shared_value(pair(&other).public()).unwrap()[0] == 0 {
            return (one, other);
        }
    }
}

#[test]
fn exchange() {
    let zero = with_leading_zero();
    let exponents =
        [(bytes::<32>(1).to_vec(), bytes::<32>(101).to_vec()), (vec![100], bytes::<32>(7).to_vec()), zero];
    let cases = exponents.map(|(client, server)| {
        let (c, s) = (pair(&client), pair(&server));
        let key = c.shared_key(s.public()).unwrap();
        assert_eq!(key, s.shared_key(c.public()).unwrap());
        json!({
            "client_exponent": hex(&client), "server_exponent": hex(&server),
            "client_value": hex(c.public()), "server_value": hex(s.public()),
            "shared_value": hex(&c.shared_value(s.public()).unwrap()),
            "key": hex(key.bytes()), "fingerprint": key.fingerprint(),
        })
    });
    let p = Group::ffdhe2048().p;
    let number = |number: &num_bigint::BigUint| {
        let bytes = number.to_bytes_be();
        [vec![0; 256 - bytes.len()], bytes].concat()
    };
    let wrong = [
        number(&num_bigint::BigUint::ZERO),
        number(&1u32.into()),
        number(&(&p - 1u32)),
        number(&p),
        number(&(&p + 2u32)),
        vec![7; 255],
        [vec![0], vec![7; 256]].concat(),
        Vec::new(),
    ];
    let wrong = wrong.map(|value| refused(&pair(&[9]).shared_key(&value).unwrap_err().to_string(), &value));
    let about = "Stage 5: value = 2^exponent mod p (ffdhe2048) in 256 bytes; key = SHA-256 of the shared value without \
                 zeros in front. The last case has such a zero. The fingerprint's words are those of BIP-39.";
    file(
        "exchange.json",
        about,
        json!({"p": hex(&p.to_bytes_be()), "g": 2, "cases": cases, "refused": wrong}),
    );
}

#[test]
fn rc4() {
    let key = pair(&bytes::<32>(1)).shared_key(pair(&bytes::<32>(101)).public()).unwrap();
    let mut ciphers = Ciphers::new(&key, Side::Client, Keystreams::Two);
    let steps = ["hello", "", "straße", "hello"].map(|text| {
        let mut sent = text.as_bytes().to_vec();
        ciphers.send.apply(&mut sent);
        let answer = echo::upper_case(text.as_bytes());
        let mut received = answer.clone();
        ciphers.receive.apply(&mut received);
        json!({
            "client_text": text, "client_frame": hex(&frame(&sent)),
            "server_text": String::from_utf8(answer).unwrap(), "server_frame": hex(&frame(&received)),
        })
    });
    let about = "Stage 5: one connection. Keystreams: RC4 under key followed by the letter C (client) or S (server); each \
                 runs on from frame to frame.";
    file("rc4.json", about, json!({"key": hex(key.bytes()), "steps": steps}));
}
