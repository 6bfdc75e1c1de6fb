//! How a message becomes a number that can be signed: EMSA-PKCS1-v1_5 (RFC 8017, section 9.2).

use sha2::{Digest, Sha256};

/// `00 01 ff … ff 00 ‖ DigestInfo ‖ SHA-256(message)`, in `length` bytes.
///
/// The bytes `ff` make it a large number, so that no root modulo n can be taken as if there were no n. The
/// DigestInfo names the hash, so that a digest of a weaker one cannot be passed off as this one.
///
/// `length` is that of a key's modulus, at least 256.
pub(super) fn emsa_pkcs1_v1_5(message: &[u8], length: usize) -> Vec<u8> {
    let digest = Sha256::digest(message);
    let padding = length.saturating_sub(3 + SHA256_DIGEST_INFO.len() + digest.len());
    let mut encoded = vec![0x00, 0x01];
    encoded.resize(2 + padding, 0xff);
    encoded.push(0x00);
    encoded.extend_from_slice(&SHA256_DIGEST_INFO);
    encoded.extend_from_slice(&digest);
    encoded
}

/// The DER that stands before a SHA-256 digest (RFC 8017, section 9.2, note 1).
const SHA256_DIGEST_INFO: [u8; 19] = [
    0x30, 0x31, // SEQUENCE of 49 bytes
    0x30, 0x0d, // SEQUENCE of 13 bytes: which hash
    0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, // OBJECT IDENTIFIER of SHA-256
    0x05, 0x00, // NULL: no parameters
    0x04, 0x20, // OCTET STRING of 32 bytes: the digest
];
