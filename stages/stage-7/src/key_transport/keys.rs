//! From the premaster secret to keys: the schedule of the signed handshake, with another secret put in.

use super::messages::{PREMASTER_LENGTH, VERSION};
use crate::handshake::schedule::{HandshakeSecrets, Schedule};
use crate::handshake::transcript::Transcript;
use crate::rsa::PrivateKey;
use rand::CryptoRng;
use zeroize::Zeroizing;

/// Whoever knows these 48 bytes, and has seen what travelled in clear, has all keys.
pub type Premaster = Zeroizing<[u8; PREMASTER_LENGTH]>;

/// The premaster secret in a ciphertext, or a random one: which of the two shows only when the client's `finished`
/// does not fit (RFC 5246, section 7.4.7.1). A server that tells earlier, by an alert or by its time, is
/// Bleichenbacher's oracle.
///
/// The version is not compared but written over: if the client has encrypted another one, then its keys are others.
#[must_use]
pub fn premaster(key: &PrivateKey, ciphertext: &[u8], mut random: &mut dyn CryptoRng) -> Premaster {
    let secret = key.decrypt(ciphertext, PREMASTER_LENGTH, &mut random);
    let mut premaster = Zeroizing::new([0; PREMASTER_LENGTH]);
    premaster.copy_from_slice(&secret);
    premaster[..2].copy_from_slice(&VERSION.to_be_bytes());
    premaster
}

/// The handshake's secrets; the transcript must end with `client_key_exchange`.
#[must_use]
pub fn secrets(premaster: &Premaster, transcript: &Transcript) -> HandshakeSecrets {
    Schedule::UCHAT.handshake(&premaster[..], &transcript.hash())
}
