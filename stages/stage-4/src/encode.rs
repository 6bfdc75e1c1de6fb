//! From values to bytes.

use crate::decode::Keys;
use crate::{MAX_DEPTH, Value};
use std::fmt;

/// Why a value cannot be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EncodeError {
    /// Values inside values, more than 32 deep.
    TooDeep,
    /// A name in a dict that is not ASCII.
    KeyNotAscii(String),
    /// A name in a dict of more than 255 bytes.
    KeyTooLong(String),
    /// A name that stands twice in a dict.
    KeyTwice(String),
    /// More than 4 GiB in one value.
    TooLong,
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooDeep => f.write_str("the value lies deeper than 32 levels"),
            Self::KeyNotAscii(key) => write!(f, "the key {key:?} is not ASCII"),
            Self::KeyTooLong(key) => {
                let head: String = key.chars().take(20).collect();
                write!(f, "the key that begins {head:?} has {} bytes; 255 is the most", key.len())
            }
            Self::KeyTwice(key) => write!(f, "the key {key:?} stands there twice"),
            Self::TooLong => f.write_str("the value is longer than a length of four bytes can say"),
        }
    }
}

impl std::error::Error for EncodeError {}

/// Appends the bytes of `value` to `out`. After an error `out` is as it was.
///
/// ```
/// use framing::{Value, encode};
/// let mut out = Vec::new();
/// encode(&Value::from("bob"), &mut out)?;
/// assert_eq!(out, b"\x03\0\0\0\x03bob"); // type 3 (str), length 3, the text
/// # Ok::<(), framing::EncodeError>(())
/// ```
pub fn encode(value: &Value, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    let before = out.len();
    write(value, out, 1).inspect_err(|_| out.truncate(before))
}

fn write(value: &Value, out: &mut Vec<u8>, depth: usize) -> Result<(), EncodeError> {
    if depth > MAX_DEPTH {
        return Err(EncodeError::TooDeep);
    }
    out.push(value.kind() as u8);
    if *value == Value::None {
        return Ok(()); // the one type without a length
    }
    let length_at = out.len();
    out.extend_from_slice(&[0; 4]);
    match value {
        Value::None => {}
        Value::Int(n) => {
            let bytes = n.to_be_bytes();
            let leading_zeros = (n.leading_zeros() / 8).min(7) as usize; // zero itself keeps one byte
            out.extend_from_slice(&bytes[leading_zeros..]);
        }
        Value::Float(x) => out.extend_from_slice(&x.to_be_bytes()),
        Value::Str(text) => out.extend_from_slice(text.as_bytes()),
        Value::List(elements) => {
            for element in elements {
                write(element, out, depth + 1)?;
            }
        }
        Value::Dict(entries) => write_entries(entries, out, depth)?,
        Value::Bool(yes) => out.push(u8::from(*yes)),
        Value::Bytes(bytes) => out.extend_from_slice(bytes),
    }
    // Only now is the length known.
    let length = u32::try_from(out.len() - length_at - 4).map_err(|_| EncodeError::TooLong)?;
    out[length_at..length_at + 4].copy_from_slice(&length.to_be_bytes());
    Ok(())
}

fn write_entries(entries: &[(String, Value)], out: &mut Vec<u8>, depth: usize) -> Result<(), EncodeError> {
    let mut keys = Keys::default();
    for (key, value) in entries {
        if !key.is_ascii() {
            return Err(EncodeError::KeyNotAscii(key.clone()));
        }
        if !keys.insert(key) {
            return Err(EncodeError::KeyTwice(key.clone()));
        }
        out.push(u8::try_from(key.len()).map_err(|_| EncodeError::KeyTooLong(key.clone()))?);
        out.extend_from_slice(key.as_bytes());
        write(value, out, depth + 1)?;
    }
    Ok(())
}
