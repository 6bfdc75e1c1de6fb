//! Writes certificates in DER byte by byte: honest ones, and such as no honest CA would write.

use certificates::rsa::{PrivateKey, PublicKey};
use certificates::x509::{Certificate, time_text};
use rand::SeedableRng;
use rand::rngs::StdRng;
use std::time::SystemTime;

/// What a certificate claims.
#[derive(Clone)]
pub struct Claim {
    /// Whom it is about: the common name.
    pub subject: String,
    /// Who signs it: the signer's common name.
    pub issuer: String,
    /// The DNS names in subjectAltName.
    pub names: Vec<String>,
    /// Whether it says of itself that it is a CA.
    pub ca: bool,
    /// The first and the last second of its life.
    pub life: [SystemTime; 2],
    /// The key that belongs to the subject.
    pub key: PublicKey,
}

impl Claim {
    /// The certificate, signed with this key. Nobody asks whether the key is allowed to.
    pub fn sign(&self, key: &PrivateKey) -> Certificate {
        let mut extensions = match self.ca {
            true => vec![
                extension(&[0x55, 0x1d, 0x13], &tlv(0x30, &[&[0x01, 0x01, 0xff]])),
                key_usage(&[1, 0x06]),
            ],
            false => {
                vec![key_usage(&[7, 0x80]), extension(&[0x55, 0x1d, 0x25], &tlv(0x30, &[SERVERS, CLIENTS]))]
            }
        };
        if !self.names.is_empty() {
            let names: Vec<Vec<u8>> = self.names.iter().map(|name| tlv(0x82, &[name.as_bytes()])).collect();
            extensions.push(extension(&[0x55, 0x1d, 0x11], &sequence(&names)));
        }
        let claim = sequence(&[
            tlv(0xa0, &[&[0x02, 0x01, 0x02]]), // version 3
            [&[0x02, 0x02][..], &serial(&self.subject)].concat(),
            SHA256_WITH_RSA.to_vec(),
            name(&self.issuer),
            sequence(&self.life.map(time)),
            name(&self.subject),
            self.key.to_spki_der().expect("a key has a form"),
            tlv(0xa3, &[&sequence(&extensions)]),
        ]);
        let signature = key.sign(&claim, &mut StdRng::seed_from_u64(1)).expect("a key signs");
        let der = sequence(&[claim, SHA256_WITH_RSA.to_vec(), tlv(0x03, &[&[0], &signature])]);
        Certificate::from_der(&der).expect("it is a certificate")
    }
}

/// Tag, length, value.
fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let value = parts.concat();
    let length = match u16::try_from(value.len()).expect("certificates are short").to_be_bytes() {
        [0, short @ 0..0x80] => vec![short],
        [0, short] => vec![0x81, short],
        [high, low] => vec![0x82, high, low],
    };
    [vec![tag], length, value].concat()
}

fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
    let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
    tlv(0x30, &parts)
}

/// `CN=…`
fn name(common_name: &str) -> Vec<u8> {
    let attribute = tlv(0x30, &[&[0x06, 3, 0x55, 0x04, 0x03], &tlv(0x0c, &[common_name.as_bytes()])]);
    tlv(0x30, &[&tlv(0x31, &[&attribute])])
}

fn extension(oid: &[u8], value: &[u8]) -> Vec<u8> {
    tlv(0x30, &[&tlv(0x06, &[oid]), &tlv(0x04, &[value])])
}

fn key_usage(bits: &[u8]) -> Vec<u8> {
    extension(&[0x55, 0x1d, 0x0f], &tlv(0x03, &[bits]))
}

/// `2026-11-24T18:00:00Z` becomes `261124180000Z`.
fn time(time: SystemTime) -> Vec<u8> {
    let text: String =
        time_text(time).chars().filter(char::is_ascii_alphanumeric).filter(|c| *c != 'T').collect();
    tlv(0x17, &[&text.as_bytes()[2..]])
}

/// Another one for each subject.
fn serial(subject: &str) -> [u8; 2] {
    let sum = subject.bytes().fold(1u16, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    (sum & 0x3fff | 0x4000).to_be_bytes()
}

const SHA256_WITH_RSA: &[u8] =
    &[0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b, 0x05, 0x00];
const SERVERS: &[u8] = &[0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01];
const CLIENTS: &[u8] = &[0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x02];
