//! A digest that can be extended without the secret.

use super::{filled, from_hex, hex, refuses, with};
use hmac::{Hmac, KeyInit, Mac};
use md5::{Digest, Md5};

fn mac(secret: &str, message: &[u8]) -> String {
    hex(&Hmac::<Md5>::new_from_slice(secret.as_bytes())
        .unwrap()
        .chain_update(message)
        .finalize()
        .into_bytes())
}

#[test]
fn the_crates_accept_the_forged_digest_under_md5_and_never_under_hmac() {
    with("length-extension", |page| {
        let long = "a message that is longer than one block of MD5, which has 64 bytes, and so on";
        for (secret, message, addition) in [
            ("our class", "pay 100 to bob", "; pay 900 to eve"),
            ("k", "", "x"),
            ("a secret of 47 bytes, so that the padding is it", "12345678", long),
            ("straße", long, "!"),
        ] {
            let right = secret.len();
            for guess in [right, right + 1] {
                let fields = [
                    ("secret", secret),
                    ("message", message),
                    ("addition", addition),
                    ("guess", &guess.to_string()),
                ];
                let result = filled(page, "length-extension", &fields);
                let seen = page.table("length-extension", 0);
                assert_eq!(seen[1][1], hex(&Md5::digest([secret, message].concat())));
                assert_eq!(seen[2][1], mac(secret, message.as_bytes()));
                // The server's side, in Rust: the message that came, under the secret.
                let forged = page.table("length-extension", 1);
                let came = [message.as_bytes(), &from_hex(&forged[0][1]), addition.as_bytes()].concat();
                let expected = hex(&Md5::digest([secret.as_bytes(), &came].concat()));
                let accepted = forged[2][1] == expected;
                assert_eq!(accepted, guess == right, "{secret:?} with a guess of {guess}");
                assert_ne!(forged[3][1], mac(secret, &came));
                let verdicts = page.table("length-extension", 2);
                assert_eq!(
                    verdicts[0][1..],
                    [expected, (if accepted { "accepts it" } else { "refuses it" }).to_owned()]
                );
                assert_eq!(verdicts[1][1..], [mac(secret, &came), "refuses it".to_owned()]);
                let start = if accepted {
                    "The server accepts it under MD5"
                } else {
                    "The server refuses it under MD5"
                };
                assert!(
                    result.starts_with(start) && result.ends_with("Under HMAC-MD5 it refuses it."),
                    "{result}"
                );
            }
        }
    });
}

#[test]
fn empty_and_overlong_inputs_get_a_sentence() {
    with("length-extension", |page| {
        for (field, text, part) in [
            ("secret", "", "The secret is empty"),
            ("secret", &"ß".repeat(33), "The secret has 66 bytes: write at most 64."),
            ("secret", "s", "The server refuses"),
            ("addition", "", "The addition is empty"),
        ] {
            if part.starts_with("The server") {
                assert!(filled(page, "length-extension", &[(field, text)]).starts_with(part));
            } else {
                refuses(page, "length-extension", field, text, part);
            }
        }
        page.fill("length-extension", "addition", "x");
        for text in ["", "0", "65", "many"] {
            refuses(page, "length-extension", "guess", text, "The guessed length is ");
        }
    });
}
