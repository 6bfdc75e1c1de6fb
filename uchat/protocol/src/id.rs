//! Random ids of 16 bytes: so many that nobody ever makes the same one twice.

use echo::lab::{hex, unhex};
use rand::CryptoRng;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

macro_rules! ids {
    ($($(#[doc = $doc:literal])+ $name:ident,)*) => {$(
        $(#[doc = $doc])+
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub [u8; 16]);

        impl $name {
            /// A fresh one.
            pub fn random(random: &mut dyn CryptoRng) -> Self {
                let mut bytes = [0; 16];
                random.fill_bytes(&mut bytes);
                Self(bytes)
            }

            /// The one with these bytes; `None` unless they are 16.
            #[must_use]
            pub fn from_slice(bytes: &[u8]) -> Option<Self> {
                bytes.try_into().ok().map(Self)
            }

            /// The one that is written as these 32 hexadecimal digits.
            #[must_use]
            pub fn from_hex(text: &str) -> Option<Self> {
                Self::from_slice(&unhex(text)?)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&hex(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_bytes(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                serde_bytes::ByteArray::<16>::deserialize(deserializer).map(|bytes| Self(bytes.into_array()))
            }
        }
    )*};
}

ids! {
    /// A message, named by the client that sends it: the same id twice from one sender is one message.
    MessageId,
    /// A chain of message keys.
    KeyId,
    /// A file on the server. It has no other name there.
    FileName,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_in_hexadecimal_is_read_again() {
        let id = MessageId([0xab; 16]);
        assert_eq!(MessageId::from_hex(&id.to_string()), Some(id));
        for wrong in ["", "ab", &"zz".repeat(16), &"+a".repeat(16), &"é".repeat(16)] {
            assert_eq!(MessageId::from_hex(wrong), None, "{wrong}");
        }
    }
}
