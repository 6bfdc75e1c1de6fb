//! Certificates made by hand, byte by byte, so that each can be wrong in just one way.

use certificates::rsa::{PrivateKey, load_key};
use certificates::x509::{Certificate, Purpose, ServerName};
use rand::SeedableRng;
use rand::rngs::StdRng;
use std::path::Path;
use std::sync::LazyLock;
use std::time::{Duration, SystemTime};

/// What stands in a certificate; every field can be changed before it is signed.
#[derive(Clone)]
pub(crate) struct Forge {
    pub(crate) version: Vec<u8>,
    pub(crate) serial: Vec<u8>,
    pub(crate) inner_algorithm: Vec<u8>,
    pub(crate) outer_algorithm: Vec<u8>,
    pub(crate) issuer: Vec<u8>,
    pub(crate) subject: Vec<u8>,
    pub(crate) life: [&'static str; 2],
    pub(crate) key: Vec<u8>,
    pub(crate) extensions: Vec<Vec<u8>>,
    pub(crate) unused_bits: u8,
}

impl Forge {
    /// A CA that is right in every way: `CN=CA`, 2020 to 2049.
    pub(crate) fn ca(key: &PrivateKey) -> Self {
        Self {
            version: tlv(0xa0, &[&integer(&[2])]),
            serial: integer(&[1]),
            inner_algorithm: sha256_with_rsa(),
            outer_algorithm: sha256_with_rsa(),
            issuer: name("CA"),
            subject: name("CA"),
            life: ["200101000000Z", "491231235959Z"],
            key: key.public().to_spki_der().unwrap(),
            extensions: vec![basic_constraints(true, Some(0)), key_usage(KEY_CERT_SIGN_AND_CRL_SIGN)],
            unused_bits: 0,
        }
    }

    /// A server's leaf that is right in every way: `localhost` and 127.0.0.1, issued by `CN=CA`.
    pub(crate) fn leaf(key: &PrivateKey) -> Self {
        Self {
            serial: integer(&[2]),
            subject: name("leaf"),
            extensions: vec![
                key_usage(DIGITAL_SIGNATURE),
                extended_key_usage(SERVER_AUTH),
                alt_names(&[dns("localhost"), tlv(0x87, &[&[127, 0, 0, 1]])]),
            ],
            ..Self::ca(key)
        }
    }

    /// The same with another extension instead of the one of this kind, or in addition.
    pub(crate) fn with(mut self, extension: Vec<u8>) -> Self {
        self = self.without(oid_of(&extension));
        self.extensions.push(extension);
        self
    }

    /// The same without the extension of this kind.
    pub(crate) fn without(mut self, oid: &[u8]) -> Self {
        self.extensions.retain(|extension| oid_of(extension) != oid);
        self
    }

    /// Signed: DER.
    pub(crate) fn sign(&self, key: &PrivateKey) -> Vec<u8> {
        let extensions: Vec<&[u8]> = self.extensions.iter().map(Vec::as_slice).collect();
        let extensions = tlv(0xa3, &[&tlv(0x30, &extensions)]);
        let extensions = if self.extensions.is_empty() { &[][..] } else { &extensions };
        let time = |text: &str| tlv(if text.len() == 13 { 0x17 } else { 0x18 }, &[text.as_bytes()]);
        let claim = tlv(
            0x30,
            &[
                &self.version,
                &self.serial,
                &self.inner_algorithm,
                &self.issuer,
                &tlv(0x30, &[&time(self.life[0]), &time(self.life[1])]),
                &self.subject,
                &self.key,
                extensions,
            ],
        );
        self.assemble(&claim, &key.sign(&claim, &mut seeded()).unwrap())
    }

    /// The three parts, with any signature.
    pub(crate) fn assemble(&self, claim: &[u8], signature: &[u8]) -> Vec<u8> {
        tlv(0x30, &[claim, &self.outer_algorithm, &tlv(0x03, &[&[self.unused_bits], signature])])
    }
}

/// The CA's key: 2048 bits, made by OpenSSL.
pub(crate) fn key() -> PrivateKey {
    static KEY: LazyLock<PrivateKey> = LazyLock::new(|| test_key("openssl-2048.pem"));
    KEY.clone()
}

/// Another one: 3072 bits.
pub(crate) fn other_key() -> PrivateKey {
    static KEY: LazyLock<PrivateKey> = LazyLock::new(|| test_key("openssl-3072.pem"));
    KEY.clone()
}

fn test_key(name: &str) -> PrivateKey {
    load_key(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/keys").join(name), None).unwrap()
}

pub(crate) fn seeded() -> StdRng {
    StdRng::seed_from_u64(509)
}

/// 2026-01-01: every test's now.
pub(crate) fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_225_600)
}

pub(crate) fn server(name: &str) -> Purpose {
    Purpose::Server { name: name.parse::<ServerName>().unwrap() }
}

/// The CA that everything is checked against.
pub(crate) fn ca() -> Certificate {
    static CA: LazyLock<Certificate> =
        LazyLock::new(|| Certificate::from_der(&Forge::ca(&key()).sign(&key())).unwrap());
    CA.clone()
}

pub(crate) fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = content.len();
    let mut out = vec![tag];
    match length {
        0..=0x7f => out.push(length as u8),
        0x80..=0xff => out.extend([0x81, length as u8]),
        _ => out.extend([0x82, (length >> 8) as u8, length as u8]),
    }
    out.extend(content);
    out
}

pub(crate) fn integer(bytes: &[u8]) -> Vec<u8> {
    tlv(0x02, &[bytes])
}

/// sha256WithRSAEncryption with NULL.
pub(crate) fn sha256_with_rsa() -> Vec<u8> {
    algorithm(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b], &[0x05, 0x00])
}

/// sha1WithRSAEncryption with NULL.
pub(crate) fn sha1_with_rsa() -> Vec<u8> {
    algorithm(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x05], &[0x05, 0x00])
}

pub(crate) fn algorithm(oid: &[u8], parameters: &[u8]) -> Vec<u8> {
    tlv(0x30, &[&tlv(0x06, &[oid]), parameters])
}

/// `CN=…` as a UTF8String.
pub(crate) fn name(common_name: &str) -> Vec<u8> {
    let attribute = tlv(0x30, &[&[0x06, 3, 0x55, 0x04, 0x03], &tlv(0x0c, &[common_name.as_bytes()])]);
    tlv(0x30, &[&tlv(0x31, &[&attribute])])
}

/// A SubjectPublicKeyInfo of any numbers.
pub(crate) fn spki(n: &[u8], e: &[u8]) -> Vec<u8> {
    let algorithm = algorithm(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01], &[0x05, 0x00]);
    let key = tlv(0x30, &[&integer(n), &integer(e)]);
    tlv(0x30, &[&algorithm, &tlv(0x03, &[&[0], &key])])
}

pub(crate) const BASIC_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 0x13];
pub(crate) const KEY_USAGE: &[u8] = &[0x55, 0x1d, 0x0f];
pub(crate) const EXTENDED_KEY_USAGE: &[u8] = &[0x55, 0x1d, 0x25];
pub(crate) const ALT_NAMES: &[u8] = &[0x55, 0x1d, 0x11];
pub(crate) const NAME_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 0x1e];

/// Unused bits and the bits of a keyUsage.
pub(crate) const DIGITAL_SIGNATURE: &[u8] = &[7, 0x80];
pub(crate) const KEY_ENCIPHERMENT: &[u8] = &[5, 0x20];
pub(crate) const SIGNATURE_AND_ENCIPHERMENT: &[u8] = &[5, 0xa0];
pub(crate) const KEY_CERT_SIGN_AND_CRL_SIGN: &[u8] = &[1, 0x06];
pub(crate) const CRL_SIGN: &[u8] = &[1, 0x02];

pub(crate) const SERVER_AUTH: u8 = 1;
pub(crate) const CLIENT_AUTH: u8 = 2;
pub(crate) const CODE_SIGNING: u8 = 3;

pub(crate) fn extension(oid: &[u8], critical: bool, value: &[u8]) -> Vec<u8> {
    let critical = if critical { &[0x01, 0x01, 0xff][..] } else { &[] };
    tlv(0x30, &[&tlv(0x06, &[oid]), critical, &tlv(0x04, &[value])])
}

pub(crate) fn basic_constraints(ca: bool, path_length: Option<u8>) -> Vec<u8> {
    let ca = if ca { &[0x01, 0x01, 0xff][..] } else { &[] };
    let path_length = path_length.map(|n| integer(&[n])).unwrap_or_default();
    extension(BASIC_CONSTRAINTS, true, &tlv(0x30, &[ca, &path_length]))
}

pub(crate) fn key_usage(bits: &[u8]) -> Vec<u8> {
    extension(KEY_USAGE, true, &tlv(0x03, &[bits]))
}

pub(crate) fn extended_key_usage(purpose: u8) -> Vec<u8> {
    let oid = [0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, purpose];
    extension(EXTENDED_KEY_USAGE, false, &tlv(0x30, &[&tlv(0x06, &[&oid])]))
}

pub(crate) fn dns(name: &str) -> Vec<u8> {
    tlv(0x82, &[name.as_bytes()])
}

pub(crate) fn alt_names(names: &[Vec<u8>]) -> Vec<u8> {
    let names: Vec<&[u8]> = names.iter().map(Vec::as_slice).collect();
    extension(ALT_NAMES, false, &tlv(0x30, &names))
}

/// The identifier of an extension: short ones only.
fn oid_of(extension: &[u8]) -> &[u8] {
    let start = extension.windows(2).position(|two| two == [0x06, 3]).map_or(0, |at| at + 2);
    &extension[start..start + 3]
}
