//! Diffie-Hellman against OpenSSL, in both directions: each side takes the other's key for its own, and both
//! come to one shared value.

use key_exchange::{Group, KeyPair, fresh_pair};
use std::path::Path;
use std::process::Command;
use zeroize::Zeroizing;

#[test]
fn openssl_and_we_derive_one_shared_value() {
    let Some(folder) = folder() else { return };
    let group = Group::ffdhe2048();
    openssl(folder.path(), "genpkey -algorithm DH -pkeyopt group:ffdhe2048 -out theirs.pem");
    let theirs = public(folder.path(), "-in theirs.pem", &group);
    for _ in 0..4 {
        let ours = fresh_pair(&group).unwrap();
        std::fs::write(folder.path().join("ours.der"), public_key(&group, ours.public())).unwrap();
        let derived = openssl(folder.path(), &format!("{DERIVE} -inkey theirs.pem -peerkey ours.der"));
        assert_eq!(derived, *ours.shared_value(&theirs).unwrap());
    }
}

#[test]
fn openssl_and_we_compute_one_public_value_from_a_private_key() {
    let Some(folder) = folder() else { return };
    let group = Group::ffdhe2048();
    openssl(folder.path(), "genpkey -algorithm DH -pkeyopt group:ffdhe2048 -out theirs.pem");
    let private = Zeroizing::new(field(folder.path(), "-in theirs.pem", "private-key:"));
    let theirs = KeyPair::from_private(&group, private).unwrap();
    assert_eq!(theirs.public(), public(folder.path(), "-in theirs.pem", &group));

    let ours = KeyPair::from_private(&group, Zeroizing::new(vec![0xb7; 32])).unwrap();
    std::fs::write(folder.path().join("ours.der"), private_key(&group, &[0xb7; 32])).unwrap();
    assert_eq!(public(folder.path(), "-inform DER -in ours.der", &group), ours.public());
}

/// One shared value in 256 begins with a zero byte; both sides must keep it (RFC 8446, section 7.4.1).
#[test]
fn a_shared_value_that_begins_with_a_zero_byte_keeps_its_length() {
    let Some(folder) = folder() else { return };
    let group = Group::ffdhe2048();
    let private = |n: u8| KeyPair::from_private(&group, Zeroizing::new([vec![0xb7; 31], vec![n]].concat()));
    let ours = private(0).unwrap();
    let (seed, theirs) = (1..=255)
        .map(|n| (n, private(n).unwrap()))
        .find(|(_, theirs)| ours.shared_value(theirs.public()).unwrap()[0] == 0)
        .expect("one of these begins with a zero byte");
    let secret = [vec![0xb7; 31], vec![seed]].concat();
    std::fs::write(folder.path().join("theirs.der"), private_key(&group, &secret)).unwrap();
    std::fs::write(folder.path().join("ours.der"), public_key(&group, ours.public())).unwrap();
    let derived =
        openssl(folder.path(), &format!("{DERIVE} -keyform DER -inkey theirs.der -peerkey ours.der"));
    assert_eq!((derived.len(), derived[0]), (256, 0));
    assert_eq!(derived, *ours.shared_value(theirs.public()).unwrap());
}

const DERIVE: &str = "pkeyutl -derive -pkeyopt dh_pad:1 -peerform DER";

/// A folder for key files; none where there is no `openssl`.
fn folder() -> Option<tempfile::TempDir> {
    acceptance::openssl()?;
    Some(tempfile::tempdir().unwrap())
}

/// What `openssl` prints; its arguments are words without spaces.
fn openssl(folder: &Path, args: &str) -> Vec<u8> {
    let output = Command::new("openssl").args(args.split(' ')).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "openssl {args}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// The public value of a private key, as long as the group's prime.
fn public(folder: &Path, key: &str, group: &Group) -> Vec<u8> {
    let value = field(folder, key, "public-key:");
    [vec![0; group.length().saturating_sub(value.len())], value].concat()
}

/// A number of a key as OpenSSL prints it: lines of `00:d6:1c:…` under a label.
fn field(folder: &Path, key: &str, label: &str) -> Vec<u8> {
    let text = String::from_utf8(openssl(folder, &format!("pkey {key} -text -noout"))).unwrap();
    let lines = text.lines().skip_while(|line| line.trim() != label).skip(1);
    let digits = lines.take_while(|line| line.starts_with("    ")).flat_map(|line| line.trim().split(':'));
    let bytes: Vec<u8> =
        digits.filter(|byte| !byte.is_empty()).map(|byte| u8::from_str_radix(byte, 16).unwrap()).collect();
    let first = bytes.iter().position(|byte| *byte != 0).unwrap_or(bytes.len());
    bytes[first..].to_vec()
}

/// SubjectPublicKeyInfo (RFC 5280, section 4.1.2.7) with the parameters of PKCS #3.
fn public_key(group: &Group, value: &[u8]) -> Vec<u8> {
    let bits = [vec![0], integer(value)].concat();
    der(SEQUENCE, &[algorithm(group), der(BIT_STRING, &[bits])])
}

/// PrivateKeyInfo (RFC 5208, section 5).
fn private_key(group: &Group, exponent: &[u8]) -> Vec<u8> {
    der(SEQUENCE, &[integer(&[0]), algorithm(group), der(OCTET_STRING, &[integer(exponent)])])
}

fn algorithm(group: &Group) -> Vec<u8> {
    let parameters = [integer(&group.p.to_bytes_be()), integer(&group.g.to_bytes_be())];
    der(SEQUENCE, &[der(OBJECT_IDENTIFIER, &[DH_KEY_AGREEMENT.to_vec()]), der(SEQUENCE, &parameters)])
}

/// An INTEGER: no zeros in front but one that keeps a high bit from being a sign.
fn integer(bytes: &[u8]) -> Vec<u8> {
    let first = bytes.iter().position(|byte| *byte != 0).unwrap_or(bytes.len() - 1);
    let sign = if bytes[first] >= 0x80 { vec![0] } else { vec![] };
    der(INTEGER, &[sign, bytes[first..].to_vec()])
}

fn der(tag: u8, parts: &[Vec<u8>]) -> Vec<u8> {
    let content = parts.concat();
    let length = match u16::try_from(content.len()).unwrap() {
        n @ ..0x80 => vec![n as u8],
        // A number that begins with a zero byte is shorter than its group: one in 256 is.
        n @ 0x80..0x100 => vec![0x81, n as u8],
        n => [vec![0x82], n.to_be_bytes().to_vec()].concat(),
    };
    [vec![tag], length, content].concat()
}

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OCTET_STRING: u8 = 0x04;
const OBJECT_IDENTIFIER: u8 = 0x06;
const SEQUENCE: u8 = 0x30;
/// 1.2.840.113549.1.3.1 (PKCS #3).
const DH_KEY_AGREEMENT: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x03, 0x01];
