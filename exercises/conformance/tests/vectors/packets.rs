//! Stage 6 and the keyed packets of stage 7.

use crate::{bytes, file, refused};
use cbc_packet::operations::{ADD_FRIEND, CLIENT_ECHO, text_message};
use cbc_packet::{BLOCK, Cipher, LIMIT, PacketDecoder, PacketError, Packets};
use certificates::keyed_packet::PacketKeys;
use echo::lab::hex;
use serde_json::{Value, json};

#[test]
fn cbc() {
    let cases = [16usize, 32, 48].map(|length| {
        let (key, iv, text) = (bytes::<32>(0), bytes::<16>(0xa0), vec![b'a'; length]);
        let mut body = text.clone();
        Cipher::new(&key).encrypt(&iv, &mut body);
        json!({"key": hex(&key), "iv": hex(&iv), "text": hex(&text), "body": hex(&body)})
    });
    file("cbc.json", "AES-256-CBC on whole blocks, without any padding of its own.", json!({"cases": cases}));
}

fn sealed(text: &[u8]) -> Vec<u8> {
    let mut packet = Vec::new();
    Packets::new(&bytes(0)).seal(bytes(0xa0), text, &mut packet).unwrap();
    packet
}

/// What our decoder says of bytes that it does not take.
fn why(packet: &[u8]) -> String {
    let mut decoder = PacketDecoder::new(LIMIT);
    decoder.push(packet);
    match decoder.packet() {
        Err(error) => error.to_string(),
        Ok(None) => panic!("it waits for more: {}", hex(packet)),
        Ok(Some(packet)) => Packets::new(&bytes(0)).open(packet).unwrap_err().to_string(),
    }
}

#[test]
fn packets() {
    let texts = (0..16).map(|length| text_message(CLIENT_ECHO, "abcdefghijklmnop".get(..length).unwrap()));
    let texts = texts.chain([text_message(ADD_FRIEND, "bob"), text_message(CLIENT_ECHO, "straße 小明")]);
    let cases: Vec<Value> = texts
        .map(|message| {
            let text = message.to_bytes().unwrap();
            json!({"text": hex(&text), "packet": hex(&sealed(&text))})
        })
        .collect();
    let good = sealed(b"\x03\x03\0\0\0\x05hello");
    let changed = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut packet = good.clone();
        change(&mut packet);
        refused(&why(&packet), &packet)
    };
    let wrong = [
        changed(&|packet| packet[53] ^= 1),
        changed(&|packet| packet[52] ^= 1),
        changed(&|packet| packet[21..53].make_ascii_uppercase()),
        changed(&|packet| packet[4] = 16),
        changed(&|packet| packet[3] = 0),
        changed(&|packet| packet[3] = 24),
        changed(&|packet| packet[0] = 0xff),
    ];
    let about = "Stage 6: length u32, padding u8, iv, MD5 of the body as 32 letters, body. One key and one IV for all cases \
                 here; a real sender takes a new IV for each packet.";
    let (key, iv) = (hex(&bytes::<32>(0)), hex(&bytes::<16>(0xa0)));
    file("packet.json", about, json!({"key": key, "iv": iv, "cases": cases, "refused": wrong}));
}

#[test]
fn keyed_packets() {
    let (key, mac_key) = (bytes::<32>(0), bytes::<32>(0x80));
    let keys = PacketKeys::new(&key, &mac_key);
    let texts: [(u64, &[u8]); 5] = [
        (0, b"hello"),
        (1, b"hello"),
        (2, b"0123456789abcdef"),
        (u64::from(u32::MAX) + 1, b"\xf0"),
        (u64::MAX, b"\x03\x03\0\0\0\x01a\x03\x03\0\0\0\x01b"),
    ];
    let cases = texts.map(|(sequence, text)| {
        let (iv, mut packet) = (bytes::<BLOCK>(sequence as u8), Vec::new());
        let write = |out: &mut Vec<u8>| -> Result<(), PacketError> {
            out.extend_from_slice(text);
            Ok(())
        };
        keys.seal(sequence, iv, LIMIT, &mut packet, write).unwrap();
        json!({"sequence": sequence.to_string(), "iv": hex(&iv), "text": hex(text), "packet": hex(&packet)})
    });
    let about =
        "Stage 7: stage 6's layout; digest = HMAC-SHA256(mac key, sequence u64, length, padding, iv, body).";
    file("keyed-packet.json", about, json!({"key": hex(&key), "mac_key": hex(&mac_key), "cases": cases}));
}
