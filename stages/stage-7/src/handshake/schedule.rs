//! The key schedule: from one shared value to the keys of each direction (RFC 8446, section 7.1).
//!
//! ```text
//!              0
//!              |
//!    0 -> HKDF-Extract = Early
//!              |
//!        Derive-Secret(., "derived", "")
//!              |
//!    Z -> HKDF-Extract = Handshake
//!              +--> Derive-Secret(., "c hs traffic", client_hello … server_hello)
//!              +--> Derive-Secret(., "s hs traffic", client_hello … server_hello)
//!              |
//!        Derive-Secret(., "derived", "")
//!              |
//!    0 -> HKDF-Extract = Main
//!              +--> Derive-Secret(., "c ap traffic", client_hello … server's finished)
//!              +--> Derive-Secret(., "s ap traffic", client_hello … server's finished)
//! ```
//!
//! Every arrow goes one way: who learns a key cannot go back up, nor sideways to another one. The first step
//! has no input here; TLS puts a key from an earlier connection into it. It stays, so that the schedule is
//! TLS's own and can be tested against TLS's published numbers.

use crate::keyed_packet::PacketKeys;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use std::fmt;
use zeroize::{Zeroize, Zeroizing};

/// Bytes of a secret, of a transcript hash, and of `finished`.
pub const HASH_LENGTH: usize = 32;

/// A secret of the schedule. Wiped from memory when dropped, and never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<[u8; HASH_LENGTH]>);

impl Secret {
    /// HKDF-Extract (RFC 5869, section 2.2): gathers what is random in `input` into 32 bytes.
    #[must_use]
    pub fn extract(salt: &[u8; HASH_LENGTH], input: &[u8]) -> Self {
        let mut secret = Self(Zeroizing::new([0; HASH_LENGTH]));
        take(keyed(salt).chain_update(input), &mut *secret.0);
        secret
    }

    /// Its bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8; HASH_LENGTH] {
        &self.0
    }

    /// HKDF-Expand (RFC 5869, section 2.3) to `N` bytes, at most 255 · 32: other bytes for each `info`. Each
    /// block is the HMAC of the block before, `info`, and the block's number.
    #[must_use]
    pub fn expand<const N: usize>(&self, info: &[u8]) -> Zeroizing<[u8; N]> {
        const { assert!(N <= 255 * HASH_LENGTH) };
        let mut out = Zeroizing::new([0; N]);
        let mut before: &[u8] = &[];
        for (number, block) in (1..=u8::MAX).zip(out.chunks_mut(HASH_LENGTH)) {
            take(keyed(&self.0).chain_update(before).chain_update(info).chain_update([number]), block);
            before = block;
        }
        out
    }
}

/// HMAC-SHA256, ready for a message.
pub(crate) fn keyed(key: &[u8; HASH_LENGTH]) -> Hmac<Sha256> {
    // HMAC fills its key with zeros to a block of 64 bytes (RFC 2104). Filled here, its length is right by its
    // type, and there is no error to handle.
    let mut block = Zeroizing::new([0; 64]);
    block[..HASH_LENGTH].copy_from_slice(key);
    Hmac::new((&*block).into())
}

/// Writes as many bytes of the digest as `out` has, and leaves no copy behind.
fn take(mac: Hmac<Sha256>, out: &mut [u8]) {
    let mut digest = mac.finalize().into_bytes();
    out.copy_from_slice(&digest[..out.len()]);
    digest.as_mut_slice().zeroize();
}

impl From<[u8; HASH_LENGTH]> for Secret {
    fn from(bytes: [u8; HASH_LENGTH]) -> Self {
        Self(Zeroizing::new(bytes))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(secret)")
    }
}

/// The schedule of one protocol. All that differs between TLS 1.3 and ours is what every label begins with, so
/// that a key of one can never be a key of the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule(&'static str);

impl Schedule {
    /// Ours.
    pub const UCHAT: Self = Self("uchat ");

    /// That of TLS 1.3 with SHA-256.
    pub const TLS_13: Self = Self("tls13 ");

    /// The traffic secrets of the handshake. `shared` is the shared value in as many bytes as the prime has,
    /// `hash` the transcript hash up to and including `server_hello`.
    #[must_use]
    // ANCHOR: handshake
    pub fn handshake(self, shared: &[u8], hash: &[u8; HASH_LENGTH]) -> HandshakeSecrets {
        let early = Secret::extract(&ZERO, &ZERO);
        let handshake = Secret::extract(self.derived(&early).bytes(), shared);
        HandshakeSecrets {
            client: self.traffic(&handshake, "c hs traffic", hash),
            server: self.traffic(&handshake, "s hs traffic", hash),
            main: MainSecret {
                schedule: self,
                secret: Secret::extract(self.derived(&handshake).bytes(), &ZERO),
            },
        }
    }
    // ANCHOR_END: handshake

    /// HKDF-Expand-Label (RFC 8446, section 7.1): HKDF-Expand with the structure HkdfLabel for `info`.
    #[must_use]
    pub fn expand_label<const N: usize>(
        self,
        secret: &Secret,
        label: &str,
        context: &[u8],
    ) -> Zeroizing<[u8; N]> {
        const { assert!(N <= u16::MAX as usize) };
        let mut info = (N as u16).to_be_bytes().to_vec();
        // Labels are ours and contexts are digests: both are far shorter than 256 bytes.
        info.push((self.0.len() + label.len()) as u8);
        info.extend_from_slice(self.0.as_bytes());
        info.extend_from_slice(label.as_bytes());
        info.push(context.len() as u8);
        info.extend_from_slice(context);
        secret.expand(&info)
    }

    fn traffic(self, secret: &Secret, label: &str, hash: &[u8; HASH_LENGTH]) -> TrafficSecret {
        TrafficSecret { schedule: self, secret: self.derive_secret(secret, label, hash) }
    }

    fn derived(self, secret: &Secret) -> Secret {
        self.derive_secret(secret, "derived", &Sha256::digest(b"").into())
    }

    /// Derive-Secret; `hash` is the transcript hash.
    fn derive_secret(self, secret: &Secret, label: &str, hash: &[u8; HASH_LENGTH]) -> Secret {
        Secret(self.expand_label(secret, label, hash))
    }
}

/// What the handshake's packets are protected with, and what comes after them.
#[derive(Debug, Clone)]
pub struct HandshakeSecrets {
    /// For what the client sends.
    pub client: TrafficSecret,
    /// For what the server sends.
    pub server: TrafficSecret,
    /// Where the application's secrets come from.
    pub main: MainSecret,
}

/// The last secret of the schedule.
#[derive(Debug, Clone)]
pub struct MainSecret {
    schedule: Schedule,
    secret: Secret,
}

impl MainSecret {
    /// The traffic secrets of the application, client's and server's; `hash` is the transcript hash up to and
    /// including the server's `finished`.
    #[must_use]
    pub fn application(&self, hash: &[u8; HASH_LENGTH]) -> (TrafficSecret, TrafficSecret) {
        let traffic = |label| self.schedule.traffic(&self.secret, label, hash);
        (traffic("c ap traffic"), traffic("s ap traffic"))
    }
}

/// The secret of one direction for one phase.
#[derive(Debug, Clone)]
pub struct TrafficSecret {
    schedule: Schedule,
    secret: Secret,
}

impl TrafficSecret {
    /// A secret of our own schedule, from a key log.
    #[must_use]
    pub fn from_key_log(secret: [u8; HASH_LENGTH]) -> Self {
        Self { schedule: Schedule::UCHAT, secret: secret.into() }
    }

    /// The secret itself, for a key log.
    #[must_use]
    pub fn secret(&self) -> &Secret {
        &self.secret
    }

    /// The keys of its packets. TLS derives an `iv` here as well; ours travels in each packet.
    #[must_use]
    pub fn packet_keys(&self) -> PacketKeys {
        let key = |label| self.schedule.expand_label(&self.secret, label, b"");
        PacketKeys::new(&key("key"), &key("mac"))
    }

    /// What `finished` carries: proof of knowing the keys, over everything that was said before
    /// (RFC 8446, section 4.4.4).
    #[must_use]
    pub fn finished(&self, hash: &[u8; HASH_LENGTH]) -> [u8; HASH_LENGTH] {
        self.finished_mac(hash).finalize().into_bytes().into()
    }

    /// Whether `received` is that; in constant time.
    #[must_use]
    pub fn accepts_finished(&self, hash: &[u8; HASH_LENGTH], received: &[u8; HASH_LENGTH]) -> bool {
        self.finished_mac(hash).verify_slice(received).is_ok()
    }

    fn finished_mac(&self, hash: &[u8; HASH_LENGTH]) -> Hmac<Sha256> {
        keyed(&self.schedule.expand_label(&self.secret, "finished", b"")).chain_update(hash)
    }
}

const ZERO: [u8; HASH_LENGTH] = [0; HASH_LENGTH];

#[cfg(test)]
mod tests;
