//! The keyed packet: stage 6's layout, with a digest that needs a key.
//!
//! ```text
//! length u32 ‖ padding u8 ‖ iv 16 ‖ HMAC-SHA256(mac key, sequence u64 ‖ length ‖ padding ‖ iv ‖ body) 32 ‖ body
//! ```
//!
//! Each weakness of stage 6 has one answer here. The digest has a *key*, so nobody else can make one. It covers
//! *everything* before the body and the body itself, and it is checked before anything is decrypted
//! (encrypt-then-MAC, RFC 7366), so no changed byte ever reaches the cipher: no flipped IV, no padding oracle.
//! It covers a *sequence number* that does not travel, so a packet counts once and in its place. And each
//! direction has *keys of its own*, so none can be sent back to where it came from.
//!
//! A TLS record of today gets all four from one construction, an AEAD such as AES-GCM (RFC 8446, section 5.2).

use crate::handshake::schedule::keyed;
use cbc_packet::{BLOCK, Cipher, DIGEST_LENGTH, HEAD_LENGTH, Packet, PacketError, seal};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use std::fmt;

/// Bytes of each of the two keys.
pub const KEY_LENGTH: usize = 32;

/// The keys of one direction, ready for use. Wiped from memory when dropped.
#[derive(Clone)]
pub struct PacketKeys {
    cipher: Cipher,
    mac: Hmac<Sha256>,
}

/// Why a packet cannot be sealed or opened. After such an error the connection is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyedError {
    /// The packet breaks a rule of its layout, its digest does not fit, or its fill is not zero.
    Packet(PacketError),
    /// 2^64 packets went under this key, so the next would have a number that was used before.
    Exhausted,
}

impl fmt::Display for KeyedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Packet(error) => error.fmt(f),
            Self::Exhausted => f.write_str("all sequence numbers of this key are used up"),
        }
    }
}

impl std::error::Error for KeyedError {}

impl From<PacketError> for KeyedError {
    fn from(error: PacketError) -> Self {
        Self::Packet(error)
    }
}

impl PacketKeys {
    /// From an AES-256 key and a key for the digest.
    #[must_use]
    pub fn new(key: &[u8; KEY_LENGTH], mac_key: &[u8; KEY_LENGTH]) -> Self {
        Self { cipher: Cipher::new(key), mac: keyed(mac_key) }
    }

    /// From 64 bytes, the AES key first: what `HKDF-Expand(…, 64)` gives.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; 2 * KEY_LENGTH]) -> Self {
        let (keys, _) = bytes.as_chunks();
        Self::new(&keys[0], &keys[1])
    }

    /// Appends one packet to `out`; `write` appends the text, at most `limit` bytes with its fill. The IV must
    /// be new and random, and no sequence number may be used twice.
    ///
    /// # Errors
    /// What `write` says, or that the text is empty or too long; then nothing is appended.
    pub fn seal<E: From<PacketError>>(
        &self,
        sequence: u64,
        iv: [u8; BLOCK],
        limit: usize,
        out: &mut Vec<u8>,
        write: impl FnOnce(&mut Vec<u8>) -> Result<(), E>,
    ) -> Result<(), E> {
        seal(&self.cipher, iv, limit, out, write, |head, body| self.digest(sequence, head, body))
    }

    // ANCHOR: open
    /// Checks a packet, then decrypts it where it lies and returns the text.
    pub fn open<'a>(&self, sequence: u64, packet: Packet<'a>) -> Result<&'a [u8], PacketError> {
        let mac = self.mac(sequence, &packet.header.head(), packet.body);
        // In constant time: how far a wrong digest was right must not be measurable.
        mac.verify_slice(&packet.header.digest).map_err(|_| PacketError::Digest)?;
        let (text, fill) = packet.decrypt(&self.cipher);
        // Only the owner of the keys can have made a wrong fill, so it may be told: this is no oracle.
        if fill.iter().any(|byte| *byte != 0) { Err(PacketError::Fill) } else { Ok(text) }
    }
    // ANCHOR_END: open

    fn digest(&self, sequence: u64, head: &[u8; HEAD_LENGTH], body: &[u8]) -> [u8; DIGEST_LENGTH] {
        self.mac(sequence, head, body).finalize().into_bytes().into()
    }

    fn mac(&self, sequence: u64, head: &[u8; HEAD_LENGTH], body: &[u8]) -> Hmac<Sha256> {
        self.mac.clone().chain_update(sequence.to_be_bytes()).chain_update(head).chain_update(body)
    }
}

impl fmt::Debug for PacketKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PacketKeys(secret)")
    }
}

/// The keys of one direction and the number of its next packet: what seals on one side and opens on the other.
#[derive(Debug, Clone)]
pub struct Sequenced {
    keys: PacketKeys,
    /// `None` when all numbers are used up.
    next: Option<u64>,
}

impl Sequenced {
    /// Counts from 0, as with every new key.
    #[must_use]
    pub fn new(keys: PacketKeys) -> Self {
        Self::starting_at(keys, 0)
    }

    /// Counts from `first`.
    #[must_use]
    pub fn starting_at(keys: PacketKeys, first: u64) -> Self {
        Self { keys, next: Some(first) }
    }

    /// How many packets have been sealed or opened; `None` if no more can be.
    #[must_use]
    pub fn count(&self) -> Option<u64> {
        self.next
    }

    /// Appends the next packet, as [`PacketKeys::seal`] does.
    pub fn seal<E: From<KeyedError> + From<PacketError>>(
        &mut self,
        iv: [u8; BLOCK],
        limit: usize,
        out: &mut Vec<u8>,
        write: impl FnOnce(&mut Vec<u8>) -> Result<(), E>,
    ) -> Result<(), E> {
        let sequence = self.next.ok_or(KeyedError::Exhausted)?;
        self.keys.seal(sequence, iv, limit, out, write)?;
        self.next = sequence.checked_add(1);
        Ok(())
    }

    /// Opens the next packet, as [`PacketKeys::open`] does.
    pub fn open<'a>(&mut self, packet: Packet<'a>) -> Result<&'a [u8], KeyedError> {
        let sequence = self.next.ok_or(KeyedError::Exhausted)?;
        let text = self.keys.open(sequence, packet)?;
        self.next = sequence.checked_add(1);
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use anatomy::Reader;
    use cbc_packet::{HEADER_LENGTH, Header, LIMIT, PacketDecoder};
    use echo::lab::unhex;

    fn keys() -> PacketKeys {
        PacketKeys::new(&[1; 32], &[2; 32])
    }

    fn sealed(by: &mut Sequenced, text: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        by.seal(*b"an IV of 16 byte", LIMIT, &mut out, |out| {
            out.extend_from_slice(text);
            Ok::<(), KeyedError>(())
        })
        .unwrap();
        out
    }

    fn opened(by: &mut Sequenced, bytes: &[u8]) -> Result<Vec<u8>, KeyedError> {
        let mut decoder = PacketDecoder::new(LIMIT);
        decoder.push(bytes);
        by.open(decoder.packet()?.expect("a whole packet")).map(<[u8]>::to_vec)
    }

    /// Made by Python (hmac, hashlib) and OpenSSL:
    ///
    /// ```text
    /// head = struct.pack('>IB', 16, 11) + b'an IV of 16 byte'
    /// body = `openssl enc -aes-256-cbc -nopad -K 01.. -iv 616e..` of b'hello' + bytes(11)
    /// hmac.new(bytes([2]) * 32, struct.pack('>Q', 0) + head + body, 'sha256').digest()
    /// ```
    const VECTOR: &str = "\
        000000100b616e204956206f662031362062797465e5da313b96e4eadd0192ea\
        329a368ed6c57ba94dffe84b31f9fed505a59572e3702458e429ba8d2f920b85\
        67a03d48fb";

    #[test]
    fn a_packet_is_what_python_and_openssl_make() {
        assert_eq!(sealed(&mut Sequenced::new(keys()), b"hello"), unhex(VECTOR).unwrap());
        assert_eq!(opened(&mut Sequenced::new(keys()), &unhex(VECTOR).unwrap()).unwrap(), b"hello");
    }

    #[test]
    fn a_packet_counts_once_and_in_its_place() {
        let mut sealer = Sequenced::new(keys());
        let (first, second) = (sealed(&mut sealer, b"first"), sealed(&mut sealer, b"second"));
        let mut opener = Sequenced::new(keys());
        assert_eq!(opened(&mut opener, &second), Err(PacketError::Digest.into()), "the first is missing");
        assert_eq!(opened(&mut opener, &first).unwrap(), b"first");
        assert_eq!(opened(&mut opener, &first), Err(PacketError::Digest.into()), "a replay");
        assert_eq!(opened(&mut opener, &second).unwrap(), b"second");
    }

    #[test]
    fn every_flipped_bit_is_found_before_anything_is_decrypted() {
        let packet = sealed(&mut Sequenced::new(keys()), b"pay bob 10");
        for bit in 0..packet.len() * 8 {
            let mut wrong = packet.clone();
            wrong[bit / 8] ^= 1 << (bit % 8);
            let Ok(header) = Header::read(&mut Reader::new(&wrong), LIMIT) else { continue };
            let mut body = wrong.split_off(HEADER_LENGTH);
            let received = body.clone();
            let packet = Packet { header: header.expect("a whole header"), body: &mut body };
            assert_eq!(keys().open(0, packet), Err(PacketError::Digest), "bit {bit}");
            assert_eq!(body, received, "bit {bit}: it is still the ciphertext");
        }
    }

    #[test]
    fn a_fill_that_is_not_zero_is_refused_though_its_digest_fits() {
        let mut packet = Vec::new();
        let cipher = Cipher::new(&[1; 32]);
        let text = |out: &mut Vec<u8>| -> Result<(), PacketError> {
            out.extend_from_slice(b"hello\0\0\0\0\0\0\0\0\0\0\x01");
            Ok(())
        };
        // Sealed as sixteen bytes of text; then the header says that eleven of them are fill.
        seal(&cipher, [7; BLOCK], LIMIT, &mut packet, text, |head, body| {
            let mut head = *head;
            head[4] = 11;
            keys().digest(0, &head, body)
        })
        .unwrap();
        packet[4] = 11;
        assert_eq!(opened(&mut Sequenced::new(keys()), &packet), Err(PacketError::Fill.into()));
    }

    #[test]
    fn the_last_number_is_used_and_none_after_it() {
        let mut sealer = Sequenced::starting_at(keys(), u64::MAX);
        let mut opener = sealer.clone();
        let last = sealed(&mut sealer, b"the last");
        assert_eq!(opened(&mut opener, &last).unwrap(), b"the last");
        let mut out = Vec::new();
        let more = sealer.seal(*b"an IV of 16 byte", LIMIT, &mut out, |_| Ok::<(), KeyedError>(()));
        assert_eq!((more, out.len()), (Err(KeyedError::Exhausted), 0));
        assert_eq!(opened(&mut opener, &last), Err(KeyedError::Exhausted));
    }

    /// It does not compile otherwise: the feature `zeroize` is on where the workspace declares its crates. A
    /// keyed HMAC is two states of this digest.
    #[test]
    fn states_of_the_digest_are_wiped_when_dropped() {
        fn wiped<T: zeroize::ZeroizeOnDrop>() {}
        wiped::<Sha256>();
    }

    #[test]
    fn keys_never_show() {
        let shown = format!("{:?}", Sequenced::new(keys()));
        assert_eq!(shown, "Sequenced { keys: PacketKeys(secret), next: Some(0) }");
    }
}
