//! Published vectors, and results of other implementations.
#![allow(clippy::unwrap_used, reason = "a helper that fails is a failed test")]

use echo::lab::hex;
use key_exchange::{Group, KeyPair, Rc4, historic};
use num_bigint::BigUint;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

fn number(bytes: &[u8]) -> BigUint {
    BigUint::from_bytes_be(bytes)
}

/// RFC 7919, appendix A.1: p = 2^2048 - 2^1984 + {[2^1918 * e] + 560316 } * 2^64 - 1. Nobody chose these
/// bits: they are the digits of e, and 560316 is the first addend that makes a safe prime.
#[test]
fn the_default_group_is_made_from_the_digits_of_e() {
    let power = |exponent: u32| BigUint::from(1u32) << exponent;
    // e = 1/0! + 1/1! + 1/2! + …, with 128 bits to spare for what the divisions cut off.
    let (mut e, mut term, mut n) = (BigUint::ZERO, power(1918 + 128), 0_u32);
    while term != BigUint::ZERO {
        e += &term;
        n += 1;
        term /= n;
    }
    let digits: BigUint = e >> 128;
    let p = power(2048) - power(1984) + (digits + 560_316u32) * power(64) - 1u32;
    let group = Group::ffdhe2048();
    assert_eq!((group.p, group.g), (p, 2u32.into()));
}

/// Derived with OpenSSL 3.0 (`openssl pkeyutl -derive`, with and without `-pkeyopt dh_pad:1`) from keys in
/// ffdhe2048 whose private exponents are 31 bytes b7 and one more. The second value begins with a zero byte.
#[test]
fn shared_values_are_those_of_openssl() {
    let pair = |last: u8| {
        let private = Zeroizing::new([vec![0xb7; 31], vec![last]].concat());
        KeyPair::from_private(&Group::ffdhe2048(), private).unwrap()
    };
    let cases = [
        (
            0x01,
            "7355377fcede0c9097e41bac36bbf60bde56bbbe71176b591d090a87d668c736",
            "7355377fcede0c9097e41bac36bbf60bde56bbbe71176b591d090a87d668c736",
        ),
        (
            0x35,
            "0c30f2f416e12d24991f09237578fbe02cd5fee8ed78b47a54ec534a31994ec2",
            "2074752e64d1a5583bfcdbb727f7f14c60aef6d03b99541014fc174b248a4807",
        ),
    ];
    let ours = pair(0x00);
    for (last, without_zeros, padded) in cases {
        let theirs = pair(last);
        for (ours, theirs) in [(&ours, &theirs), (&theirs, &ours)] {
            let value = ours.shared_value(theirs.public()).unwrap();
            assert_eq!((value.len(), value[0] == 0), (256, without_zeros != padded), "{last:02x}");
            assert_eq!(hex(&Sha256::digest(&value)), padded, "{last:02x}");
            assert_eq!(hex(ours.shared_key(theirs.public()).unwrap().bytes()), without_zeros, "{last:02x}");
        }
    }
}

/// RFC 6229, section 2: the keystream at these offsets for the keys 0102030405 and 0102…0f10.
#[test]
fn rc4_gives_the_keystream_of_rfc_6229() {
    let counting: Vec<u8> = (1..=16).collect();
    let cases: [(&[u8], usize, &str); 6] = [
        (&counting[..5], 0, "b2396305f03dc027ccc3524a0a1118a8"),
        (&counting[..5], 16, "6982944f18fc82d589c403a47a0d0919"),
        (&counting[..5], 240, "28cb1132c96ce286421dcaadb8b69eae"),
        (&counting[..5], 256, "1cfcf62b03eddb641d77dfcf7f8d8c93"),
        (&counting, 0, "9ac7cc9a609d1ef7b2932899cde41b97"),
        (&counting, 16, "5248c4959014126a6e8a84f11d1a9e1c"),
    ];
    for (key, offset, expected) in cases {
        let mut stream = vec![0; offset + 16];
        Rc4::new(key).apply(&mut stream);
        assert_eq!(hex(&stream[offset..]), expected, "key of {} bytes at {offset}", key.len());
    }
}

#[test]
fn the_original_programs_keys_are_ours() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors/original.json");
    let text = std::fs::read_to_string(path).unwrap();
    let exchanges = text.split("\"dh\"").nth(1).unwrap();
    let mut checked = 0;
    for exchange in exchanges.split('}').filter(|part| part.contains("\"key\"")) {
        let field = |name: &str| {
            let after = exchange.split(&format!("\"{name}\":")).nth(1).unwrap();
            after.split([',', '\n']).next().unwrap().trim().trim_matches('"').to_owned()
        };
        let decimal = |name: &str| BigUint::parse_bytes(field(name).as_bytes(), 10).unwrap();
        let pair = |name| {
            KeyPair::from_private(&historic::group(), Zeroizing::new(decimal(name).to_bytes_be())).unwrap()
        };
        let (a, b) = (pair("a"), pair("b"));
        assert_eq!((number(a.public()), number(b.public())), (decimal("A"), decimal("B")));
        assert_eq!(hex(a.shared_key(b.public()).unwrap().bytes()), field("key"));
        checked += 1;
    }
    assert!(checked >= 3, "{checked}");
}
