//! What the widgets compute in JavaScript is what the Rust crates compute: on inputs that are made here.

use crate::chrome::Chrome;
use crate::page::{Page, WIDE};
use crate::pages::workbench;
use cbc_packet::Cipher;
use hmac::{Hmac, KeyInit, Mac};
use key_exchange::{Rc4, square_and_multiply};
use md5::{Digest, Md5};
use num_bigint::BigUint;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn bytes(random: &mut StdRng, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    random.fill_bytes(&mut bytes);
    bytes
}

/// Evaluates each expression in the page of a widget and compares its value with ours.
fn compare(widget: &str, cases: &[(String, String)]) {
    let Some(mut chrome) = Chrome::start() else { return };
    let mut page = Page::open(&mut chrome, &workbench().url(&format!("{widget}.html")), WIDE);
    for (expression, expected) in cases {
        let got = page.text(&format!("String({expression})"));
        assert_eq!(got.replace(' ', ""), *expected, "{expression}");
    }
}

#[test]
fn md5_and_hmac_md5_are_those_of_the_crates() {
    let random = &mut StdRng::seed_from_u64(1321);
    let mut cases = Vec::new();
    for length in (0..=130).chain([1000]) {
        let (message, key) = (bytes(random, length), bytes(random, length % 90 + 1));
        cases.push((
            format!("widgets.hex(widgets.md5(widgets.fromHex('{}')))", hex(&message)),
            hex(&Md5::digest(&message)),
        ));
        let mac = Hmac::<Md5>::new_from_slice(&key).unwrap().chain_update(&message).finalize().into_bytes();
        let call =
            format!("widgets.hmac(widgets.fromHex('{}'), widgets.fromHex('{}'))", hex(&key), hex(&message));
        cases.push((format!("widgets.hex({call})"), hex(&mac)));
    }
    compare("length-extension", &cases);
}

#[test]
fn aes_cbc_is_that_of_stage_6() {
    let random = &mut StdRng::seed_from_u64(197);
    let mut cases = Vec::new();
    for blocks in [1, 1, 1, 2, 3, 3, 3] {
        let (key, iv) = (bytes(random, 32), bytes(random, 16));
        let text = bytes(random, 16 * blocks);
        let (key, iv): ([u8; 32], [u8; 16]) = (key.try_into().unwrap(), iv.try_into().unwrap());
        let mut sealed = text.clone();
        Cipher::new(&key).encrypt(&iv, &mut sealed);
        let call = |name: &str, data: &[u8]| {
            let arguments =
                [&key[..], &iv, data].map(|part| format!("widgets.fromHex('{}')", hex(part))).join(", ");
            format!("widgets.hex(widgets.{name}({arguments}))")
        };
        cases.push((call("encrypt", &text), hex(&sealed)));
        cases.push((call("decrypt", &sealed), hex(&text)));
    }
    compare("cbc-flip", &cases);
}

#[test]
fn rc4_is_that_of_stage_5() {
    let random = &mut StdRng::seed_from_u64(7465);
    let cases: Vec<_> = [1, 5, 16, 33, 256]
        .into_iter()
        .map(|length| {
            let key = bytes(random, length);
            let mut stream = [0; 300];
            Rc4::new(&key).apply(&mut stream);
            (format!("widgets.hex(widgets.rc4(widgets.fromHex('{}'), 300))", hex(&key)), hex(&stream))
        })
        .collect();
    compare("rc4-reuse", &cases);
}

#[test]
fn powers_are_those_of_stage_5() {
    let random = &mut StdRng::seed_from_u64(1976);
    let cases: Vec<_> = (1..40)
        .map(|length| {
            let number = |random: &mut StdRng| BigUint::from_bytes_be(&bytes(random, length));
            let (base, exponent, modulus) = (number(random), number(random), number(random) + 1u32);
            let power = square_and_multiply(&base, &exponent, &modulus);
            (format!("widgets.power({base}n, {exponent}n, {modulus}n)"), power.to_string())
        })
        .collect();
    compare("dh", &cases);
}
