//! HMAC and HKDF against the tags of RFC 4231 and the tests of Project Wycheproof.

use super::*;
use serde_json::Value;

/// The tests of a file of Wycheproof, each with the size of its group's tags, if there is one.
fn wycheproof(name: &str) -> Vec<(Value, Option<u64>)> {
    let path = format!("{}/tests/vectors/{name}", env!("CARGO_MANIFEST_DIR"));
    let file: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let groups = file["testGroups"].as_array().unwrap();
    let tests = |group: &Value| {
        let size = group["tagSize"].as_u64();
        group["tests"].as_array().unwrap().iter().map(move |test| (test.clone(), size)).collect::<Vec<_>>()
    };
    groups.iter().flat_map(tests).collect()
}

fn field(test: &Value, name: &str) -> Vec<u8> {
    unhex(test[name].as_str().unwrap()).unwrap()
}

/// A key of any length as one of 32 bytes that HMAC takes for the same: it fills up a short one with zeros, and
/// takes the digest of one longer than a block (RFC 2104, section 2). Those of 33 to 64 bytes have no such key.
fn key(any: &[u8]) -> Option<[u8; HASH_LENGTH]> {
    let mut key = [0; HASH_LENGTH];
    match any.len() {
        0..=HASH_LENGTH => key[..any.len()].copy_from_slice(any),
        33..=64 => return None,
        _ => key = Sha256::digest(any).into(),
    }
    Some(key)
}

/// Where a salt has 33 to 64 bytes, which ours never has, HKDF-Extract is the crate's and only HKDF-Expand ours.
#[test]
fn hkdf_gives_the_bytes_of_wycheproof() {
    const MOST: usize = 255 * HASH_LENGTH;
    let (mut whole, mut expanded, mut too_long) = (0, 0, 0);
    for (test, _) in wycheproof("hkdf_sha256_test.json") {
        let size = test["size"].as_u64().unwrap() as usize;
        if test["result"] != "valid" {
            assert!(size > MOST, "{test}"); // this does not compile
            too_long += 1;
            continue;
        }
        let (input, salt, info) = (field(&test, "ikm"), field(&test, "salt"), field(&test, "info"));
        let secret = match key(&salt) {
            Some(salt) => {
                whole += 1;
                Secret::extract(&salt, &input)
            }
            None => {
                expanded += 1;
                let (prk, _) = hkdf::Hkdf::<Sha256>::extract(Some(&salt), &input);
                Secret::from(<[u8; HASH_LENGTH]>::from(prk))
            }
        };
        // Fewer bytes are the beginning of more.
        assert_eq!(secret.expand::<MOST>(&info)[..size], field(&test, "okm"), "{test}");
    }
    assert_eq!((whole, expanded, too_long), WYCHEPROOF_HKDF);
}

/// Ours are whole tags only; of those that Wycheproof has cut to 16 bytes, none may pass for one.
#[test]
fn tags_of_wycheproof_are_judged_as_they_should_be() {
    let (mut accepted, mut refused) = (0, 0);
    for (test, size) in wycheproof("hmac_sha256_test.json") {
        let mac = keyed(&key(&field(&test, "key")).unwrap()).chain_update(field(&test, "msg"));
        let (tag, valid) = (field(&test, "tag"), test["result"] == "valid");
        let whole = size == Some(256);
        assert_eq!(mac.clone().verify_slice(&tag).is_ok(), valid && whole, "{test}");
        assert_eq!(mac.finalize().into_bytes()[..tag.len()] == tag, valid, "{test}");
        *(if valid { &mut accepted } else { &mut refused }) += 1;
    }
    assert_eq!((accepted, refused), WYCHEPROOF_HMAC);
}

/// All seven; the fifth is cut to 16 bytes.
#[test]
fn hmac_gives_the_tags_of_rfc_4231() {
    let counted: Vec<u8> = (1..=25).collect();
    let cases: [(&[u8], &[u8], &str); 7] = [
        (&[0x0b; 20], b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
        (
            b"Jefe",
            b"what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        ),
        (&[0xaa; 20], &[0xdd; 50], "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
        (&counted, &[0xcd; 50], "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
        (&[0x0c; 20], b"Test With Truncation", "a3b6167473100ee06e0c796c2955552b"),
        (
            &[0xaa; 131],
            b"Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
        ),
        (
            &[0xaa; 131],
            b"This is a test using a larger than block-size key and a larger than block-size data. The key \
              needs to be hashed before being used by the HMAC algorithm.",
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
        ),
    ];
    for (any, message, tag) in cases {
        let mac = keyed(&key(any).unwrap()).chain_update(message).finalize().into_bytes();
        assert_eq!(hex(&mac[..tag.len() / 2]), tag);
    }
}

/// Tests of both steps, of the second one only, and of a size that is too large.
const WYCHEPROOF_HKDF: (usize, usize, usize) = (74, 9, 3);

/// Tags that are right, whole or cut, and tags that are wrong.
const WYCHEPROOF_HMAC: (usize, usize) = (66, 108);
