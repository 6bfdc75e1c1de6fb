//! Stage 5: public values, then frames under RC4.

use super::Session;
use super::framed::{frame, read_frame};
use crate::case::{Outcome, Wrong, same};
use crate::target::Target;
use crate::wire::Wire;
use key_exchange::{Ciphers, Group, KeyPair, Keystreams, SharedKey, Side, fresh_pair};

/// Bytes of a public value.
pub(crate) const VALUE: usize = 256;

pub(crate) struct Secret {
    wire: Wire,
    ciphers: Ciphers,
}

/// A fresh pair of the default group.
pub(crate) fn pair() -> Outcome<KeyPair> {
    fresh_pair(&Group::ffdhe2048()).map_err(|error| Wrong::failed(format!("the kit has no pair: {error}")))
}

/// Sends our public value, reads the server's; the key.
pub(crate) fn agree(wire: &mut Wire, pair: &KeyPair) -> Outcome<SharedKey> {
    wire.send(&frame(pair.public())?)?;
    let theirs = read_frame(wire, VALUE).map_err(|wrong| wrong.when("the server's public value"))?;
    pair.shared_key(&theirs).map_err(|error| Wrong::Failed {
        what: format!("the server's public value is no use: {error}"),
        expected: None,
        found: Some(theirs),
    })
}

impl Secret {
    pub(crate) fn agree(target: &Target) -> Outcome<Self> {
        Self::agree_with(target.admitted()?, &pair()?)
    }

    pub(crate) fn agree_with(mut wire: Wire, pair: &KeyPair) -> Outcome<Self> {
        let key = agree(&mut wire, pair)?;
        Ok(Self { wire, ciphers: Ciphers::new(&key, Side::Client, Keystreams::Two) })
    }
}

impl Session for Secret {
    fn encode(&mut self, text: &[u8]) -> Outcome<Vec<u8>> {
        let mut secret = text.to_vec();
        self.ciphers.send.apply(&mut secret);
        frame(&secret)
    }

    fn hear(&mut self, expected: &[u8]) -> Outcome {
        let mut text = read_frame(&mut self.wire, expected.len())?;
        self.ciphers.receive.apply(&mut text);
        same("the decrypted answer is another text", expected, &text)
    }

    fn wire(&mut self) -> &mut Wire {
        &mut self.wire
    }
}
