//! RSA against other implementations, and against those who want signatures without a key.
#![allow(clippy::unwrap_used, reason = "a helper that fails is a failed test")]

use certificates::rsa::{KeyError, PrivateKey, PublicKey, SignatureError, load_key};
use der::asn1::OctetStringRef;
use der::{Decode, Encode};
use echo::lab::{hex, unhex};
use num_bigint::BigUint;
use pkcs1::{RsaPrivateKeyRef, UintRef};
use pkcs8::PrivateKeyInfoRef;
use proptest::prelude::*;
use rand::SeedableRng;
use rand::rngs::StdRng;
use sha2::{Digest, Sha256};
use std::path::Path;

fn seeded() -> StdRng {
    StdRng::seed_from_u64(7)
}

/// A test key that OpenSSL made once; see `vectors/README.md`.
fn test_key(name: &str) -> PrivateKey {
    load_key(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/keys").join(name), None).unwrap()
}

/// The lines of a file of vectors, in fields.
fn vectors(name: &str) -> Vec<Vec<String>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors").join(name);
    let text = std::fs::read_to_string(path).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines.map(|line| line.split(' ').map(str::to_owned).collect()).collect()
}

fn bytes(field: &str) -> Vec<u8> {
    unhex(field.trim_start_matches('-')).unwrap()
}

/// A number as a signature of 256 bytes.
fn padded(n: &BigUint) -> Vec<u8> {
    let bytes = n.to_bytes_be();
    [vec![0; 256 - bytes.len()], bytes].concat()
}

#[test]
fn signatures_and_public_keys_are_openssls_to_the_byte() {
    for line in vectors("openssl-sign.txt") {
        let (key, message, signature) = (test_key(&line[0]), bytes(&line[1]), bytes(&line[2]));
        assert_eq!(hex(&key.sign(&message, &mut seeded()).unwrap()), line[2]);
        assert_eq!(key.public().verify(&message, &signature), Ok(()));
        assert_eq!(hex(&key.public().to_spki_der().unwrap()), line[3]);
        assert_eq!(PublicKey::from_spki_der(&bytes(&line[3])).unwrap(), *key.public());
    }
}

#[test]
fn signatures_of_wycheproof_are_judged_as_they_should_be() {
    let (mut key, mut checked, mut refused_keys) = (None, 0, 0);
    for line in vectors("wycheproof-sign.txt") {
        if line[0] == "key" {
            key = PublicKey::from_spki_der(&bytes(&line[2])).ok();
            refused_keys += usize::from(key.is_none()); // those with e = 3
        } else if let Some(key) = &key {
            let result = key.verify(&bytes(&line[3]), &bytes(&line[4]));
            assert_eq!(result.is_ok(), line[1] == "valid", "{} bytes, {}", key.length(), line[..3].join(" "));
            checked += 1;
        } else {
            assert!(line[2].contains("SmallPublicKey"), "{}", line[2]);
        }
    }
    assert!(checked > 300 && refused_keys == 3, "{checked}, {refused_keys}");
}

#[test]
fn ciphertexts_of_wycheproof_open_if_they_are_right_and_give_random_bytes_else() {
    let mut lines = vectors("wycheproof-decrypt.txt").into_iter();
    let key = PrivateKey::from_pkcs8_der(&bytes(&lines.next().unwrap()[1])).unwrap();
    for line in lines {
        let (message, ciphertext) = (bytes(&line[3]), bytes(&line[4]));
        let open = |length, seed| key.decrypt(&ciphertext, length, &mut StdRng::seed_from_u64(seed));
        if line[1] == "valid" {
            assert_eq!(*open(message.len(), 1), message, "{}", line[0]);
            // Another length than the one that is in there is as wrong as a wrong padding.
            assert_ne!(open(message.len() + 16, 1), open(message.len() + 16, 2), "{}", line[0]);
        } else {
            assert!((open(48, 1).len(), open(48, 1) == open(48, 2)) == (48, false), "{}", line[0]);
        }
    }
}

#[test]
fn a_key_is_made_and_signs_encrypts_and_survives_being_written() {
    assert!(matches!(PrivateKey::generate(2047, &mut seeded()), Err(KeyError::Size { bits: 2047 })));
    assert!(matches!(PrivateKey::generate(4097, &mut seeded()), Err(KeyError::Size { bits: 4097 })));
    for bits in [2048, 2049] {
        let key = PrivateKey::generate(bits, &mut seeded()).unwrap();
        assert_eq!(BigUint::from_bytes_be(key.public().n()).bits(), bits);
        assert_eq!((key.public().e(), key.public().length()), (&[1, 0, 1][..], bits.div_ceil(8) as usize));
        let again = PrivateKey::from_pkcs8_der(&key.to_pkcs8_der().unwrap()).unwrap();
        let signature = again.sign(b"a message", &mut seeded()).unwrap();
        assert_eq!(key.public().verify(b"a message", &signature), Ok(()));
        assert_eq!(key.public().verify(b"a massage", &signature), Err(SignatureError::Wrong));
        let ciphertext = key.public().encrypt(b"a secret", &mut seeded()).unwrap();
        assert_eq!(**again.decrypt(&ciphertext, 8, &mut seeded()), *b"a secret");
    }
}

#[test]
fn a_signature_does_not_depend_on_the_random_numbers_that_hide_the_key() {
    let key = test_key("openssl-2048.pem");
    let first = key.sign(b"a message", &mut StdRng::seed_from_u64(1)).unwrap();
    for seed in 2..20 {
        assert_eq!(key.sign(b"a message", &mut StdRng::seed_from_u64(seed)).unwrap(), first);
    }
}

#[test]
fn no_secret_is_shown_and_a_key_can_be_shared_between_threads() {
    fn shared<T: Send + Sync + Clone>() {}
    shared::<(PrivateKey, PublicKey)>();
    let key = test_key("openssl-2048.pem");
    let shown = format!("{key:?}");
    assert!(shown.contains(&hex(key.public().n())), "{shown}");
    assert!(shown.len() < 600, "n and e only: {shown}");
}

/// Encodings that others have accepted, raised to d as only the owner can, so that nothing else is wrong.
#[test]
fn paddings_that_are_nearly_right_are_refused() {
    let key = test_key("openssl-2048.pem");
    let der = key.to_pkcs8_der().unwrap();
    let info = PrivateKeyInfoRef::from_der(&der).unwrap();
    let d = RsaPrivateKeyRef::from_der(info.private_key.as_bytes()).unwrap().private_exponent;
    let (d, n) = (BigUint::from_bytes_be(d.as_bytes()), BigUint::from_bytes_be(key.public().n()));
    let forge = |encoded: &[u8]| padded(&BigUint::from_bytes_be(encoded).modpow(&d, &n));
    let digest = Sha256::digest(b"a message").to_vec();
    let info = |middle: &[u8]| [&unhex("3031300d06096086480165030402").unwrap(), middle, &digest].concat();
    let right = info(&[0x01, 0x05, 0x00, 0x04, 0x20]);
    // First two bytes, how many bytes of padding, what follows, what stands behind it.
    let encode = |start: [u8; 2], padding: usize, info: &[u8], after: usize| {
        let mut encoded = [&start[..], &vec![0xff; padding], &[0], info].concat();
        encoded.resize(encoded.len() + after, 0xab);
        assert_eq!(encoded.len(), 256);
        encoded
    };
    let good = encode([0, 1], 202, &right, 0);
    assert_eq!(key.public().verify(b"a message", &forge(&good)), Ok(()), "this one is right");

    let without_null = unhex("302f300b06096086480165030402010420").unwrap();
    let long_form = unhex("308131300d060960864801650304020105000420").unwrap();
    let sha_224 = info(&[0x04, 0x05, 0x00, 0x04, 0x20]);
    let mut holes = good.clone();
    holes[100] = 0xfe;
    let mut upper = good.clone();
    upper[2..10].fill(0);
    let wrong = [
        ("bytes behind the digest (Bleichenbacher, 2006)", encode([0, 1], 8, &right, 194)),
        ("one byte behind the digest", encode([0, 1], 201, &right, 1)),
        ("padding of another kind", encode([0, 2], 202, &right, 0)),
        ("no padding of ff", encode([0, 0], 202, &right, 0)),
        ("a byte in the padding", holes),
        ("padding that begins with zeros", upper),
        ("no NULL", encode([0, 1], 204, &[without_null, digest.clone()].concat(), 0)),
        ("a length in the long form (BER)", encode([0, 1], 201, &[long_form, digest.clone()].concat(), 0)),
        ("the name of another hash", encode([0, 1], 202, &sha_224, 0)),
        ("no DigestInfo", encode([0, 1], 221, &digest, 0)),
    ];
    for (what, encoded) in wrong {
        assert_eq!(key.public().verify(b"a message", &forge(&encoded)), Err(SignatureError::Wrong), "{what}");
    }
}

#[test]
fn signatures_of_another_length_or_too_large_are_refused() {
    let key = test_key("openssl-2048.pem");
    let key = (key.public(), key.sign(b"", &mut seeded()).unwrap());
    let verify = |signature: &[u8]| key.0.verify(b"", signature);
    for length in [0, 1, 255, 257, 1_000_000] {
        let refused = Err(SignatureError::Length { expected: 256, received: length });
        assert_eq!(verify(&vec![0; length]), refused);
    }
    let longer = verify(&[&[0], &key.1[..]].concat()).unwrap_err().to_string();
    assert!(longer.contains("has 257 bytes, 256 were expected"), "{longer}");
    let (n, s) = (BigUint::from_bytes_be(key.0.n()), BigUint::from_bytes_be(&key.1));
    // s + n is the same number modulo n; it has 256 bytes only if s is small.
    let small = BigUint::from(1u32) << 2048 > &n + &s;
    for large in
        [n.clone(), &n + 1u32, (BigUint::from(1u32) << 2048) - 1u32, if small { &n + &s } else { n.clone() }]
    {
        assert_eq!(verify(&padded(&large)), Err(SignatureError::Range));
    }
    for other in [BigUint::ZERO, BigUint::from(1u32), &n - 1u32, &n - &s, &s + 1u32] {
        assert_eq!(verify(&padded(&other)), Err(SignatureError::Wrong));
    }
}

#[test]
fn only_keys_of_sound_sizes_are_accepted() {
    let n = |bits: u64| ((BigUint::from(1u32) << (bits - 1)) + 1u32).to_bytes_be();
    let new = |bits, e: u64| PublicKey::new(&n(bits), &e.to_be_bytes());
    for bits in [2048, 2049, 3072, 4095, 4096] {
        assert_eq!(new(bits, 65_537).unwrap().length() as u64, bits.div_ceil(8));
    }
    for bits in [2, 8, 1024, 2047, 4097, 16_384] {
        assert_eq!(new(bits, 65_537), Err(KeyError::Size { bits }));
    }
    for e in [65_537, 65_539, (1 << 32) - 1] {
        assert!(new(2048, e).is_ok(), "{e}");
    }
    for e in [0, 1, 3, 65_535, 65_538, 1 << 32, (1 << 32) + 1, u64::MAX] {
        assert_eq!(new(2048, e), Err(KeyError::Exponent), "{e}");
    }
    assert_eq!(PublicKey::new(&n(2048), &[1; 1000]), Err(KeyError::Exponent));
    assert_eq!(PublicKey::new(&[], &[]), Err(KeyError::Size { bits: 0 }));
    let even = (BigUint::from(1u32) << 2047u32).to_bytes_be();
    assert_eq!(PublicKey::new(&even, &[1, 0, 1]), Err(KeyError::Even));
    let zeros = PublicKey::new(&[vec![0; 9], n(2048)].concat(), &[0, 1, 0, 1]).unwrap();
    assert_eq!((&zeros, zeros.n().len(), zeros.e()), (&new(2048, 65_537).unwrap(), 256, &[1, 0, 1][..]));
}

#[test]
fn private_keys_whose_numbers_do_not_belong_together_are_refused() {
    let (key, other) = (test_key("openssl-2048.pem"), test_key("openssl-3072.pem"));
    let (der, other) = (key.to_pkcs8_der().unwrap(), other.to_pkcs8_der().unwrap());
    let info = PrivateKeyInfoRef::from_der(&der).unwrap();
    let good = RsaPrivateKeyRef::from_der(info.private_key.as_bytes()).unwrap();
    let other = PrivateKeyInfoRef::from_der(&other).unwrap();
    let other = RsaPrivateKeyRef::from_der(other.private_key.as_bytes()).unwrap();
    let d_and_2 = (BigUint::from_bytes_be(good.private_exponent.as_bytes()) + 2u32).to_bytes_be();
    let (d_and_2, one) = (UintRef::new(&d_and_2).unwrap(), UintRef::new(&[1]).unwrap());
    let (p, q) = (good.prime1, good.prime2);
    let read = |changed: &RsaPrivateKeyRef<'_>| {
        let changed = changed.to_der().unwrap();
        let octets = OctetStringRef::new(&changed).unwrap();
        PrivateKey::from_pkcs8_der(&PrivateKeyInfoRef::new(pkcs1::ALGORITHM_ID, octets).to_der().unwrap())
    };
    assert_eq!(read(&good).unwrap().public(), key.public());
    let good = || good.clone();
    for (changed, part) in [
        (RsaPrivateKeyRef { modulus: other.modulus, ..good() }, "product"),
        (RsaPrivateKeyRef { prime1: other.prime1, ..good() }, "much longer"),
        (RsaPrivateKeyRef { prime1: q, ..good() }, "product"),
        (RsaPrivateKeyRef { prime1: good().modulus, prime2: one, ..good() }, "much longer"),
        (RsaPrivateKeyRef { private_exponent: other.private_exponent, ..good() }, "does not undo"),
        (RsaPrivateKeyRef { private_exponent: d_and_2, ..good() }, "does not undo"),
        (RsaPrivateKeyRef { exponent1: good().exponent2, ..good() }, "do not follow"),
        (RsaPrivateKeyRef { exponent2: good().exponent1, ..good() }, "do not follow"),
        (RsaPrivateKeyRef { coefficient: p, ..good() }, "do not follow"),
        (RsaPrivateKeyRef { prime1: q, prime2: p, ..good() }, "do not follow"),
    ] {
        let error = read(&changed).unwrap_err().to_string();
        assert!(error.contains(part), "{part}: {error}");
    }
}

#[test]
fn only_rsa_encryption_with_null_is_read() {
    let key = test_key("openssl-2048.pem");
    let spki = hex(&key.public().to_spki_der().unwrap());
    // SEQUENCE, 290 bytes ‖ SEQUENCE, 13 bytes ‖ OID ‖ NULL ‖ BIT STRING …
    let replaced =
        |from: &str, to: &str| PublicKey::from_spki_der(&unhex(&spki.replacen(from, to, 1)).unwrap());
    assert!(replaced("", "").is_ok());
    let rsa = "300d06092a864886f70d0101010500";
    assert_eq!(replaced(rsa, "300d06092a864886f70d01010a0500"), Err(KeyError::Algorithm), "RSASSA-PSS");
    assert_eq!(replaced(rsa, "300d06092a864886f70d0101010400"), Err(KeyError::Algorithm), "an empty string");
    for (from, to) in [
        ("30820122300d06092a864886f70d0101010500", "30820120300b06092a864886f70d010101"), // no parameters
        ("0382010f00", "0382010f01"),                                                     // not whole bytes
        ("30820122", "30820123"),                                                         // one byte missing
        ("30820122", "3083000122"),                                                       // a length in BER
    ] {
        assert!(replaced(from, to).is_err(), "{to}");
    }
    assert!(PublicKey::from_spki_der(&[unhex(&spki).unwrap(), vec![0]].concat()).is_err());
}

#[test]
fn messages_of_every_length_travel_encrypted() {
    let key = test_key("openssl-2048.pem");
    let mut random = seeded();
    for length in [0, 1, 48, 244, 245] {
        let message = vec![0x5a; length];
        let first = key.public().encrypt(&message, &mut random).unwrap();
        assert_ne!(first, key.public().encrypt(&message, &mut random).unwrap(), "the padding is random");
        assert_eq!(*key.decrypt(&first, length, &mut random), message);
        let mut changed = first.clone();
        changed[255] ^= 1;
        assert_eq!(key.decrypt(&changed, length, &mut random).len(), length);
    }
    let refused = key.public().encrypt(&[0; 246], &mut random);
    assert_eq!(refused, Err(KeyError::Message { length: 246, most: 245 }));
    for ciphertext in [&[][..], &[0; 256], &[0xff; 256], &[7; 255], &[7; 257]] {
        for length in [0, 48, 255, 256, 10_000] {
            assert_eq!(key.decrypt(ciphertext, length, &mut random).len(), length);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn any_byte_changed_in_a_key_is_an_error_or_another_key(at in any::<prop::sample::Index>(), xor in 1_u8..) {
        let key = test_key("openssl-2048.pem");
        let mut spki = key.public().to_spki_der().unwrap();
        let place = at.index(spki.len());
        spki[place] ^= xor;
        prop_assert!(PublicKey::from_spki_der(&spki).map_or(true, |changed| changed != *key.public()));
        let mut pkcs8 = key.to_pkcs8_der().unwrap();
        let place = at.index(pkcs8.len());
        pkcs8[place] ^= xor;
        prop_assert!(PrivateKey::from_pkcs8_der(&pkcs8).is_err(), "byte {}", place);
        prop_assert!(PrivateKey::from_pkcs8_der(&pkcs8[..place]).is_err());
    }

    #[test]
    fn any_bit_changed_in_a_signature_is_found(message in prop::collection::vec(any::<u8>(), 0..100), bit in 0_usize..2048) {
        let key = test_key("openssl-2048.pem");
        let mut signature = key.sign(&message, &mut seeded()).unwrap();
        prop_assert_eq!(key.public().verify(&message, &signature), Ok(()));
        signature[bit / 8] ^= 1 << (bit % 8);
        prop_assert!(key.public().verify(&message, &signature).is_err());
    }
}
