//! The transcript: a running digest of every handshake message, in order, as it was sent.

use sha2::{Digest, Sha256};

/// SHA-256 of the messages so far, each with its header of 4 bytes, without frame or packet bytes.
///
/// Both sides keep one. Signatures, keys and `finished` are all made from it, so a message that was changed,
/// left out or put in on the way makes every later check fail (RFC 8446, section 4.4.1).
#[derive(Debug, Clone, Default)]
pub struct Transcript(Sha256);

impl Transcript {
    /// Takes the next message, sent or received.
    pub fn add(&mut self, message: &[u8]) {
        self.0.update(message);
    }

    /// The digest so far.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        self.0.clone().finalize().into()
    }
}

// ANCHOR: signed_content
/// What a `certificate_verify` signs: 64 spaces, whose signature it is, a zero byte, and the transcript hash.
///
/// The spaces keep it apart from everything that earlier protocols sign with the same key (they begin with
/// values that the other side chooses); the context keeps the server's signature from being taken for the
/// client's (RFC 8446, section 4.4.3).
#[must_use]
pub fn signed_content(context: &str, hash: &[u8; 32]) -> Vec<u8> {
    [&[b' '; 64], context.as_bytes(), &[0], hash].concat()
}
// ANCHOR_END: signed_content

/// The context of the server's signature.
pub const SERVER_CONTEXT: &str = "uchat 1, server CertificateVerify";

/// The context of the client's signature.
pub const CLIENT_CONTEXT: &str = "uchat 1, client CertificateVerify";
