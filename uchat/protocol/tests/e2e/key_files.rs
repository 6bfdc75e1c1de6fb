//! Both keys as text: read again, read by OpenSSL, refused with a clear sentence.

use crate::people::{alice, pem, seeded};
use std::io::Write;
use std::process::{Command, Stdio};
use uchat_protocol::e2e::{KeyFileError, OwnKeys};

/// The blocks of a text; what is left of it is K.
fn blocks(text: &str) -> Vec<String> {
    text.split_inclusive("-----END ENCRYPTED PRIVATE KEY-----\n").take(2).map(str::to_owned).collect()
}

#[test]
fn new_keys_are_written_and_read_again() {
    let keys = OwnKeys::generate(&mut seeded()).unwrap();
    let text = keys.to_pkcs8("pässword".as_bytes(), &mut seeded()).unwrap();
    let again = OwnKeys::from_pkcs8(&text, "pässword".as_bytes()).unwrap();
    assert_eq!(again.fingerprint(), keys.fingerprint());
    assert!(text.ends_with(&format!("\nK = {}\n", keys.fingerprint())));
    assert_eq!(again.as_member(1), keys.as_member(1));
    assert!(keys.static_value().check_square().is_ok());
    assert!(matches!(OwnKeys::from_pkcs8(&text, b"password"), Err(KeyFileError::WrongPassword)));
    openssl_reads(&text, "pässword");
}

/// OpenSSL reads each of the blocks. Without one this is skipped, with a reason; where `UCHAT_REQUIRE_PEERS=1` is
/// set, it fails instead.
fn openssl_reads(text: &str, password: &str) {
    for (block, expected) in blocks(text).iter().zip(["2048 bit, 2 primes", "DH Private-Key: (2048 bit)"]) {
        let arguments = ["pkey", "-passin", &format!("pass:{password}"), "-noout", "-text"];
        let command = Command::new("openssl")
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        let mut child = match command {
            Ok(child) => child,
            Err(error) => {
                let required = std::env::var_os("UCHAT_REQUIRE_PEERS").is_some_and(|value| value == "1");
                assert!(!required, "UCHAT_REQUIRE_PEERS=1, but openssl does not start: {error}");
                println!("skipped: openssl does not start: {error}");
                return;
            }
        };
        child.stdin.take().unwrap().write_all(block.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let shown = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert!(shown.contains(expected), "{shown}");
    }
}

#[test]
fn texts_that_are_not_two_blocks_are_refused() {
    let text = pem("alice");
    let [first, second] = &blocks(&text)[..] else { panic!("two blocks") };
    let opens = |text: &str| OwnKeys::from_pkcs8(text, b"alice");
    assert!(opens(&text).is_ok());
    assert!(opens(&format!("\n{text}\n")).is_ok());
    for wrong in [
        String::new(),
        "-----BEGIN ".to_owned(),
        "hello".to_owned(),
        first.clone(),
        format!("{text}{second}"),
        format!("keys: {text}"),
        text.replace("ENCRYPTED ", ""),
        text.replacen("MII", "!!!", 1),
        format!("{text}k = 1\n"),
    ] {
        assert!(matches!(opens(&wrong), Err(KeyFileError::Blocks(_))), "{wrong}");
    }
    assert!(matches!(opens(&format!("{second}{first}")), Err(KeyFileError::Rsa(_))));
    assert!(matches!(opens(&format!("{first}{first}")), Err(KeyFileError::DiffieHellman(_))));
    assert!(matches!(opens(&format!("{text}{}", " ".repeat(1 << 16))), Err(KeyFileError::TooLong(_))));
    let others = &blocks(&pem("bob"))[1];
    assert!(matches!(opens(&format!("{first}{others}")), Err(KeyFileError::WrongPassword)));
    assert_eq!(opens(&text).unwrap().fingerprint(), alice().fingerprint());
}

/// PBES2 by itself would let some pass: those that change the Diffie-Hellman exponent.
#[test]
fn changed_characters_never_give_other_keys() {
    let text = format!("{}K = {}\n", pem("alice"), alice().fingerprint());
    assert!(OwnKeys::from_pkcs8(&text, b"alice").is_ok());
    let mut damaged = 0;
    for at in (0..text.len()).step_by(11).chain(text.len() - 200..text.len() - 1) {
        let mut wrong = text.clone().into_bytes();
        wrong[at] = if wrong[at] == b'A' { b'B' } else { b'A' };
        let wrong = String::from_utf8(wrong).unwrap();
        match OwnKeys::from_pkcs8(&wrong, b"alice") {
            Ok(keys) => panic!("character {at}: {}", keys.fingerprint()),
            Err(KeyFileError::Damaged) => damaged += 1,
            Err(_) => {}
        }
    }
    assert!(damaged > 64, "{damaged}: the digits of K, and some of the exponent");
}
