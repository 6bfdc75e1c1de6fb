//! Packets against the original program's, the standards' vectors, and any input.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a helper that fails is a failed test"
)]

use anatomy::Reader;
use cbc_packet::{
    BLOCK, Cipher, HEADER_LENGTH, Header, LIMIT, PacketDecoder, PacketError, Packets, SealError, digest, seal,
};
use echo::lab::{hex, unhex};
use framing::{EncodeError, Message, Value, from_json};
use proptest::collection::vec;
use proptest::prelude::*;
use std::collections::HashMap;

fn bytes<const N: usize>(digits: &str) -> [u8; N] {
    unhex(digits).unwrap().try_into().unwrap()
}

/// The fields of each packet in `tests/vectors/original.json`.
fn originals() -> Vec<HashMap<String, String>> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors/original.json");
    let Value::Dict(vectors) = from_json(&std::fs::read_to_string(path).unwrap()).unwrap() else {
        panic!("the file is an object")
    };
    let Some((_, Value::List(packets))) = vectors.into_iter().find(|(key, _)| key == "packets") else {
        panic!("the file has packets")
    };
    let text = |(key, value)| match value {
        Value::Str(text) => (key, text),
        _ => panic!("a field is a text"),
    };
    let fields = |packet| match packet {
        Value::Dict(fields) => fields.into_iter().map(text).collect(),
        _ => panic!("a packet is an object"),
    };
    packets.into_iter().map(fields).collect()
}

#[test]
fn the_original_programs_packets_are_ours_byte_for_byte() {
    let originals = originals();
    assert!(originals.len() >= 15, "{}", originals.len());
    for original in originals {
        let packets = Packets::new(&bytes(&original["key"]));
        let (iv, message) = (bytes(&original["iv"]), unhex(&original["message"]).unwrap());
        let (mut sealed, mut from_message) = (Vec::new(), Vec::new());
        packets.seal(iv, &message, &mut sealed).unwrap();
        assert_eq!(hex(&sealed), original["packet"]);
        packets.seal_message(iv, &Message::from_bytes(&message).unwrap(), &mut from_message).unwrap();
        assert_eq!(from_message, sealed);

        let mut decoder = PacketDecoder::new(LIMIT);
        decoder.push(&sealed);
        let (text, fill) = packets.open(decoder.packet().unwrap().unwrap()).unwrap();
        assert_eq!(text, message);
        assert!(fill.len() < BLOCK && fill.iter().all(|byte| *byte == 0));
    }
}

/// NIST SP 800-38A, F.2.5 and F.2.6.
#[test]
fn the_cipher_gives_the_blocks_of_nist_sp_800_38a() {
    let cipher = Cipher::new(&bytes("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4"));
    let iv = bytes("000102030405060708090a0b0c0d0e0f");
    let text = "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51\
                30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710";
    let encrypted = "f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d\
                     39f23369a9d9bacfa530e26304231461b2eb05e2c39be9fcda6c19078c6a9d1b";
    for blocks in 1..=4 {
        let mut data = unhex(&text[..32 * blocks]).unwrap();
        cipher.encrypt(&iv, &mut data);
        assert_eq!(hex(&data), encrypted[..32 * blocks]);
        cipher.decrypt(&iv, &mut data);
        assert_eq!(hex(&data), text[..32 * blocks]);
    }
    assert_eq!(format!("{cipher:?} {:?}", packets()), "Cipher(secret) Packets { cipher: Cipher(secret) }");
}

/// RFC 1321, appendix A.5.
#[test]
fn the_digest_is_the_md5_of_rfc_1321_in_lower_case() {
    let alphabet = "abcdefghijklmnopqrstuvwxyz";
    let all = format!("{}{alphabet}0123456789", alphabet.to_uppercase());
    for (text, expected) in [
        ("", "d41d8cd98f00b204e9800998ecf8427e"),
        ("a", "0cc175b9c0f1b6a831c399e269772661"),
        ("abc", "900150983cd24fb0d6963f7d28e17f72"),
        ("message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
        (alphabet, "c3fcd3d76192e4007dfb496cca67e13b"),
        (&all, "d174ab98d277d9f5a5611c2c9f419d9f"),
        (&"1234567890".repeat(8), "57edf4a22be3c955ac49da2e2107b67a"),
    ] {
        assert_eq!(digest(text.as_bytes()), expected.as_bytes(), "{text}");
    }
}

fn packets() -> Packets {
    Packets::new(&[7; 32])
}

fn sealed(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    packets().seal([9; BLOCK], text, &mut out).unwrap();
    out
}

#[test]
fn what_cannot_become_a_packet_leaves_nothing_behind() {
    let mut out = b"before".to_vec();
    assert_eq!(packets().seal([0; BLOCK], b"", &mut out), Err(PacketError::Blocks(0)));
    let long = vec![7; LIMIT + 1];
    let too_long = PacketError::TooLong { length: LIMIT + BLOCK, limit: LIMIT };
    assert_eq!(packets().seal([0; BLOCK], &long, &mut out), Err(too_long));
    let wrong = Message { operation: 3, value: Value::Dict(vec![("é".into(), Value::None)]) };
    let refused = packets().seal_message([0; BLOCK], &wrong, &mut out);
    assert_eq!(refused, Err(SealError::Value(EncodeError::KeyNotAscii("é".into()))));
    assert_eq!(out, b"before");
    packets().seal([0; BLOCK], &long[..LIMIT], &mut out).unwrap();
    assert_eq!(out.len(), 6 + HEADER_LENGTH + LIMIT);
}

#[test]
fn a_header_that_breaks_a_rule_is_refused_as_soon_as_the_field_is_there() {
    let header = |length: u32, padding: u8| [&length.to_be_bytes()[..], &[padding]].concat();
    let limit = 64;
    for (bytes, error, sentence) in [
        (header(80, 0), PacketError::TooLong { length: 80, limit }, "the limit is 64"),
        (header(u32::MAX, 0), PacketError::TooLong { length: u32::MAX as usize, limit }, "the limit is 64"),
        (header(0, 0), PacketError::Blocks(0), "no positive multiple of 16"),
        (header(17, 0), PacketError::Blocks(17), "no positive multiple of 16"),
        (header(16, 16), PacketError::Padding(16), "15 is the most"),
        (header(16, 255), PacketError::Padding(255), "15 is the most"),
    ] {
        let mut decoder = PacketDecoder::new(limit);
        decoder.push(&bytes);
        let found = decoder.packet().map(drop).unwrap_err();
        assert_eq!(found, error);
        assert!(found.to_string().contains(sentence), "{found}");
        decoder.push(b"more");
        assert_eq!(decoder.packet().map(drop), Err(error), "and it stays refused");
    }
    let mut decoder = PacketDecoder::new(64);
    decoder.push(&header(80, 0));
    decoder.set_limit(80);
    assert!(decoder.packet().unwrap().is_none(), "a longer limit lets it wait for the rest");
}

#[test]
fn a_digest_that_does_not_fit_is_found_and_what_it_does_not_cover_is_not() {
    let whole = sealed(b"pay 100 to bob");
    for at in 0..whole.len() {
        let mut changed = whole.clone();
        changed[at] ^= 1;
        let mut decoder = PacketDecoder::new(LIMIT);
        decoder.push(&changed);
        let opened = decoder.packet().map(|packet| packet.map(|packet| packets().open(packet).is_ok()));
        match at {
            0..4 => assert!(matches!(opened, Err(_) | Ok(None)), "length, byte {at}"),
            4..21 => assert_eq!(opened, Ok(Some(true)), "padding and IV are not covered: byte {at}"),
            _ => assert_eq!(opened, Ok(Some(false)), "digest and body are: byte {at}"),
        }
    }
}

#[test]
fn the_layout_takes_any_digest() {
    let (cipher, mut out) = (Cipher::new(&[1; 32]), Vec::new());
    let write = |out: &mut Vec<u8>| -> Result<(), PacketError> {
        out.extend_from_slice(b"seventeen bytes !");
        Ok(())
    };
    seal(&cipher, [2; BLOCK], LIMIT, &mut out, write, |head, body| {
        assert_eq!(head[..5], [0, 0, 0, 32, 15]);
        assert_eq!(head[5..], [2; BLOCK]);
        assert_eq!(body.len(), 32);
        [0xab; 32]
    })
    .unwrap();
    let header = Header::read(&mut Reader::new(&out), LIMIT).unwrap().unwrap();
    assert_eq!((header.digest, header.padding, header.length), ([0xab; 32], 15, 32));
    assert_eq!(header.to_bytes(), out[..HEADER_LENGTH]);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn packets_come_out_whole_however_the_stream_is_cut(
        texts in vec(vec(any::<u8>(), 1..200), 0..10),
        cuts in vec(1usize..90, 1..50),
        key in any::<[u8; 32]>(),
        iv in any::<[u8; BLOCK]>(),
    ) {
        let packets = Packets::new(&key);
        let mut stream = Vec::new();
        for text in &texts {
            packets.seal(iv, text, &mut stream).unwrap();
        }
        let mut decoder = PacketDecoder::new(LIMIT);
        let mut found = Vec::new();
        let mut rest = stream.as_slice();
        for cut in cuts.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (piece, later) = rest.split_at((*cut).min(rest.len()));
            decoder.push(piece);
            while let Some(packet) = decoder.packet().unwrap() {
                found.push(packets.open(packet).unwrap().0.to_vec());
            }
            rest = later;
        }
        prop_assert_eq!(found, texts);
        prop_assert_eq!(decoder.unfinished(), 0);
    }

    #[test]
    fn any_stream_is_packets_or_an_error(mut stream in vec(any::<u8>(), 0..400), limit in 0usize..300) {
        // Half of the time the first header is a possible one.
        if stream.first().is_some_and(|byte| byte % 2 == 0) && stream.len() > 5 {
            stream[..5].copy_from_slice(&[0, 0, 0, 32, 3]);
        }
        let mut decoder = PacketDecoder::new(limit);
        for piece in stream.chunks(7) {
            decoder.push(piece);
            loop {
                match decoder.packet() {
                    Ok(Some(packet)) => {
                        prop_assert!(packet.body.len() <= limit && packet.body.len().is_multiple_of(BLOCK));
                        let (text, fill) = packet.decrypt(&Cipher::new(&[0; 32]));
                        prop_assert!(!text.is_empty() && fill.len() < BLOCK);
                    }
                    Ok(None) => break,
                    Err(_) => return Ok(()),
                }
            }
            prop_assert!(decoder.unfinished() <= limit + HEADER_LENGTH, "the store holds one packet at most");
        }
    }
}
