//! Opening the records of TLS 1.3 with the secrets that a client or server wrote to a key log.
//!
//! The file is the one that browsers write for `SSLKEYLOGFILE` and that Wireshark reads: a line for each
//! secret, `LABEL CLIENT_RANDOM SECRET` in hexadecimal (RFC 9850).

use super::names;
use echo::lab::unhex;
use ring::aead::{self, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::hkdf;
use std::collections::HashMap;
use std::fmt;
use zeroize::Zeroizing;

/// The secrets of a key log.
#[derive(Default, Clone)]
pub struct KeyLog {
    secrets: HashMap<(String, [u8; 32]), Zeroizing<Vec<u8>>>,
}

impl KeyLog {
    /// Reads the file's text; comments and lines of other kinds are passed over.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let secret = |line: &str| {
            let mut words = line.split_ascii_whitespace();
            let (label, random, secret) = (words.next()?, words.next()?, words.next()?);
            let random = unhex(random)?.try_into().ok()?;
            Some(((label.to_owned(), random), Zeroizing::new(unhex(secret)?)))
        };
        Self { secrets: text.lines().filter_map(secret).collect() }
    }

    /// The secret with this label for the connection whose ClientHello has this random value.
    #[must_use]
    pub fn secret(&self, label: &str, client_random: &[u8; 32]) -> Option<&[u8]> {
        self.secrets.get(&(label.to_owned(), *client_random)).map(|secret| secret.as_slice())
    }
}

impl fmt::Debug for KeyLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyLog").field("secrets", &self.secrets.len()).finish_non_exhaustive()
    }
}

/// A cipher suite of TLS 1.3: how records are encrypted, and which hash derives the keys (section B.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Suite {
    /// TLS_AES_128_GCM_SHA256
    Aes128Gcm,
    /// TLS_AES_256_GCM_SHA384
    Aes256Gcm,
    /// TLS_CHACHA20_POLY1305_SHA256
    Chacha20Poly1305,
}

impl Suite {
    /// The suite with this number.
    #[must_use]
    pub fn from_number(number: u16) -> Option<Self> {
        match names::cipher_suite(number) {
            "TLS_AES_128_GCM_SHA256" => Some(Self::Aes128Gcm),
            "TLS_AES_256_GCM_SHA384" => Some(Self::Aes256Gcm),
            "TLS_CHACHA20_POLY1305_SHA256" => Some(Self::Chacha20Poly1305),
            _ => None,
        }
    }

    /// The length of its hash and so of its secrets, in bytes.
    #[must_use]
    pub fn hash_length(self) -> usize {
        if self == Self::Aes256Gcm { 48 } else { 32 }
    }

    fn hkdf(self) -> hkdf::Algorithm {
        if self == Self::Aes256Gcm { hkdf::HKDF_SHA384 } else { hkdf::HKDF_SHA256 }
    }

    fn aead(self) -> &'static aead::Algorithm {
        match self {
            Self::Aes128Gcm => &aead::AES_128_GCM,
            Self::Aes256Gcm => &aead::AES_256_GCM,
            Self::Chacha20Poly1305 => &aead::CHACHA20_POLY1305,
        }
    }
}

/// HKDF-Expand-Label (section 7.1) with an empty context: `length` bytes from `secret`. `None` if HKDF cannot
/// give so many.
#[must_use]
pub fn expand_label(suite: Suite, secret: &[u8], label: &str, length: usize) -> Option<Zeroizing<Vec<u8>>> {
    let wanted = u16::try_from(length).ok()?.to_be_bytes();
    let label = [b"tls13 ", label.as_bytes()].concat();
    let label_length = [u8::try_from(label.len()).ok()?];
    let info: [&[u8]; 4] = [&wanted, &label_length, &label, &[0]];
    let prk = hkdf::Prk::new_less_safe(suite.hkdf(), secret);
    let mut out = Zeroizing::new(vec![0; length]);
    prk.expand(&info, Length(length)).ok()?.fill(&mut out).ok()?;
    Some(out)
}

struct Length(usize);

impl hkdf::KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

/// The keys of one direction, made from one traffic secret, and the number of the next record under them.
pub struct TrafficKeys {
    suite: Suite,
    label: &'static str,
    secret: Zeroizing<Vec<u8>>,
    key: LessSafeKey,
    iv: [u8; 12],
    sequence: u64,
}

impl TrafficKeys {
    /// Key and IV of `secret` (section 7.3). `None` if the secret has not the length of the suite's hash.
    #[must_use]
    pub fn new(suite: Suite, label: &'static str, secret: &[u8]) -> Option<Self> {
        if secret.len() != suite.hash_length() {
            return None;
        }
        let key = expand_label(suite, secret, "key", suite.aead().key_len())?;
        let iv = expand_label(suite, secret, "iv", 12)?;
        Some(Self {
            suite,
            label,
            secret: Zeroizing::new(secret.to_vec()),
            key: LessSafeKey::new(UnboundKey::new(suite.aead(), &key).ok()?),
            iv: iv.as_slice().try_into().ok()?,
            sequence: 0,
        })
    }

    /// The key log's label of the secret.
    #[must_use]
    pub fn label(&self) -> &'static str {
        self.label
    }

    /// The number of the next record.
    #[must_use]
    pub fn sequence(&self) -> u64 {
        self.sequence
    }

    /// The keys after a KeyUpdate (section 7.2).
    #[must_use]
    pub fn updated(&self) -> Option<Self> {
        let next = expand_label(self.suite, &self.secret, "traffic upd", self.suite.hash_length())?;
        Self::new(self.suite, self.label, &next)
    }

    // ANCHOR: open
    /// Opens the next record: out comes TLSInnerPlaintext, which is content, one byte of type, and zeros
    /// (section 5.2). `None` if it was not encrypted under these keys with this number.
    pub fn open(&mut self, record: &[u8]) -> Option<Vec<u8>> {
        let (header, encrypted) = record.split_at_checked(super::HEADER_LENGTH)?;
        // The nonce is the IV, the record's number XORed into its last eight bytes (section 5.3).
        let mut nonce = self.iv;
        for (byte, number) in nonce[4..].iter_mut().zip(self.sequence.to_be_bytes()) {
            *byte ^= number;
        }
        let mut bytes = encrypted.to_vec();
        let nonce = Nonce::assume_unique_for_key(nonce);
        let length = self.key.open_in_place(nonce, Aad::from(header), &mut bytes).ok()?.len();
        bytes.truncate(length);
        self.sequence += 1;
        Some(bytes)
    }
    // ANCHOR_END: open
}

impl fmt::Debug for TrafficKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut keys = f.debug_struct("TrafficKeys");
        keys.field("suite", &self.suite).field("label", &self.label).field("sequence", &self.sequence);
        keys.finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8448, section 3: the client's application traffic secret and what it gives.
    #[test]
    fn key_and_iv_are_those_of_rfc_8448() {
        let secret = unhex("9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5").unwrap();
        let key = expand_label(Suite::Aes128Gcm, &secret, "key", 16).unwrap();
        assert_eq!(*key, unhex("17422dda596ed5d9acd890e3c63f5051").unwrap());
        let iv = expand_label(Suite::Aes128Gcm, &secret, "iv", 12).unwrap();
        assert_eq!(*iv, unhex("5b78923dee08579033e523d9").unwrap());
    }

    #[test]
    fn a_key_log_is_read_and_never_shown() {
        let random = "07".repeat(32);
        let text = format!("# comment\nLABEL {random} 0102ff\nBAD {random}\nBAD zz 00\n\nBAD {random} 0\n");
        let log = KeyLog::parse(&text);
        assert_eq!(log.secret("LABEL", &[7; 32]), Some(&[1, 2, 255][..]));
        assert_eq!(log.secret("BAD", &[7; 32]), None);
        assert_eq!(format!("{log:?}"), "KeyLog { secrets: 1, .. }");
    }
}
