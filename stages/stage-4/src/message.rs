//! A message: what to do, and with what.

use crate::{EncodeError, MappingError, Value, encode, from_value, read_value, to_value};
use anatomy::{ReadError, Reader};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// `operation u8 ‖ value`.
///
/// ```
/// use framing::{Message, Value};
/// let message = Message { operation: 4, value: Value::from("bob") };
/// let bytes = message.to_bytes()?;
/// assert_eq!(bytes, b"\x04\x03\0\0\0\x03bob");
/// assert_eq!(Message::from_bytes(&bytes), Ok(message));
/// # Ok::<(), framing::EncodeError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Message {
    /// What to do: a number that both sides know.
    pub operation: u8,
    /// With what.
    pub value: Value,
}

impl Message {
    /// A message that carries one of your types.
    pub fn new<T: Serialize>(operation: u8, value: &T) -> Result<Self, MappingError> {
        Ok(Self { operation, value: to_value(value)? })
    }

    /// What it carries, as one of your types.
    pub fn value_as<T: DeserializeOwned>(self) -> Result<T, MappingError> {
        from_value(self.value)
    }

    /// Its bytes.
    pub fn to_bytes(&self) -> Result<Vec<u8>, EncodeError> {
        let mut out = Vec::new();
        self.write(&mut out)?;
        Ok(out)
    }

    /// Appends its bytes to `out`. After an error `out` is as it was.
    pub fn write(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        let start = out.len();
        out.push(self.operation);
        encode(&self.value, out).inspect_err(|_| out.truncate(start))
    }

    /// The one message that `bytes` are.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ReadError> {
        let mut r = Reader::new(bytes);
        let message = Self::read(&mut r)?;
        r.finish("message")?;
        Ok(message)
    }

    /// Reads one message; values end by themselves, so messages can follow one another.
    pub fn read(r: &mut Reader<'_>) -> Result<Self, ReadError> {
        Ok(Self { operation: r.u8("operation")?, value: read_value(r)? })
    }
}
