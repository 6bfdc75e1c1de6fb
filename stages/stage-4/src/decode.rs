//! From bytes to values, and to labelled bytes: the same function serves both.

use crate::{Kind, Value};
use anatomy::{ReadError, Reader};
use std::collections::HashSet;

/// How deep values may stand inside each other; the outermost has depth 1.
pub const MAX_DEPTH: usize = 32;

/// The one value that `bytes` are.
///
/// What is allocated is bounded by what has arrived, never by a length that only announces: at worst, a
/// list of `None` makes one [`Value`] (32 bytes) of each byte.
///
/// # Errors
/// If the bytes end too early, go on after the value, or break a rule of its type; the error names field
/// and offset.
pub fn decode(bytes: &[u8]) -> Result<Value, ReadError> {
    let mut r = Reader::new(bytes);
    let value = read_value(&mut r)?;
    r.finish("value")?;
    Ok(value)
}

/// Reads one value.
pub fn read_value(r: &mut Reader<'_>) -> Result<Value, ReadError> {
    read(r, 1)
}

// ANCHOR: read
fn read(r: &mut Reader<'_>, depth: usize) -> Result<Value, ReadError> {
    if depth > MAX_DEPTH {
        return Err(r.invalid_ahead("type", "lies deeper than 32 levels"));
    }
    let number = r.code("type", Kind::NAMES)?;
    let kind = Kind::from_number(number)
        .ok_or_else(|| r.invalid("type", format!("is {number}; there are 0 to 7")))?;
    if kind == Kind::None {
        return Ok(Value::None);
    }
    let length = r.u32("length")? as usize;
    Ok(match kind {
        Kind::None => Value::None,
        Kind::Int => Value::Int(read_int(r, length)?),
        Kind::Float => Value::Float(read_float(r, length)?),
        Kind::Str => Value::Str(r.text(length, "text")?.to_owned()),
        Kind::List => Value::List(r.nested(length, "elements", |r| read_elements(r, depth))?),
        Kind::Dict => Value::Dict(r.nested(length, "entries", |r| read_entries(r, depth))?),
        Kind::Bool => Value::Bool(read_bool(r, length)?),
        Kind::Bytes => Value::Bytes(r.bytes(length, "bytes")?.to_owned()),
    })
}
// ANCHOR_END: read

fn read_elements(r: &mut Reader<'_>, depth: usize) -> Result<Vec<Value>, ReadError> {
    let mut elements = Vec::new();
    while r.remaining() > 0 {
        elements.push(r.group("element", |r| read(r, depth + 1))?);
    }
    Ok(elements)
}

// ANCHOR: read_int
fn read_int(r: &mut Reader<'_>, length: usize) -> Result<u64, ReadError> {
    if length == 0 {
        return Err(r.invalid_ahead("int", "has no bytes; zero is one byte 00"));
    }
    let value = r.uint(length, "int")?;
    // The shortest form is the only form: two encodings of one number would be two messages to a digest.
    if length > 1 && value >> (8 * (length - 1)) == 0 {
        return Err(r.invalid("int", "begins with a zero byte that it does not need"));
    }
    Ok(value)
}
// ANCHOR_END: read_int

fn read_float(r: &mut Reader<'_>, length: usize) -> Result<f32, ReadError> {
    if length != 4 {
        return Err(r.invalid_ahead("float", format!("has {length} bytes; it takes 4")));
    }
    let value = f32::from_be_bytes(r.array("float")?);
    r.note(|| value.to_string());
    Ok(value)
}

fn read_bool(r: &mut Reader<'_>, length: usize) -> Result<bool, ReadError> {
    if length != 1 {
        return Err(r.invalid_ahead("bool", format!("has {length} bytes; it takes 1")));
    }
    match r.u8("bool")? {
        0 => Ok(false),
        1 => Ok(true),
        other => Err(r.invalid("bool", format!("is {other}; it takes 0 or 1"))),
    }
}

fn read_entries(r: &mut Reader<'_>, depth: usize) -> Result<Vec<(String, Value)>, ReadError> {
    let mut entries: Vec<(String, Value)> = Vec::new();
    let mut keys = Keys::default();
    while r.remaining() > 0 {
        let entry = r.group("entry", |r| {
            let length = r.u8("key length")?;
            let key = r.text(usize::from(length), "key")?;
            if !key.is_ascii() {
                return Err(r.invalid("key", "is not ASCII"));
            }
            if !keys.insert(key) {
                return Err(r.invalid("key", format!("{key:?} stands there twice")));
            }
            Ok((key.to_owned(), read(r, depth + 1)?))
        })?;
        entries.push(entry);
    }
    Ok(entries)
}

/// The keys of a dict so far. A few are compared one by one, which is fastest; many go into a set, or a
/// long dict would take time that grows with the square of its length.
#[derive(Debug, Default)]
pub(crate) struct Keys<'a> {
    few: Vec<&'a str>,
    many: Option<HashSet<&'a str>>,
}

impl<'a> Keys<'a> {
    /// Whether `key` is new.
    pub(crate) fn insert(&mut self, key: &'a str) -> bool {
        if self.few.contains(&key) {
            return false;
        }
        if self.few.len() < FEW {
            self.few.push(key);
            return true;
        }
        self.many.get_or_insert_default().insert(key)
    }
}

const FEW: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_of_the_format_has_its_own_sentence() {
        let cases: [(&[u8], &str); 15] = [
            (b"", "`type` at byte 0 takes 1 byte, but 0 bytes are left"),
            (b"\x08\0\0\0\0", "`type` at byte 0 is 8; there are 0 to 7"),
            (b"\x03\0\0", "`length` at byte 1 takes 4 bytes, but 2 bytes are left"),
            (b"\x03\0\0\0\x05hell", "`text` at byte 5 takes 5 bytes, but 4 bytes are left"),
            (b"\x03\xff\xff\xff\xff", "`text` at byte 5 takes 4294967295 bytes, but 0 bytes are left"),
            (b"\x03\0\0\0\x02\xc3(", "`text` is not UTF-8: byte 5 does not fit"),
            (b"\x01\0\0\0\0", "`int` at byte 5 has no bytes; zero is one byte 00"),
            (b"\x01\0\0\0\x02\0\x07", "`int` at byte 5 begins with a zero byte that it does not need"),
            (b"\x01\0\0\0\x09123456789", "`int` at byte 5 has more than 8 bytes"),
            (b"\x02\0\0\0\x0812345678", "`float` at byte 5 has 8 bytes; it takes 4"),
            (b"\x06\0\0\0\x01\x02", "`bool` at byte 5 is 2; it takes 0 or 1"),
            (b"\x05\0\0\0\x06\x01a\0\x01a\0", "`key` at byte 9 \"a\" stands there twice"),
            (b"\x05\0\0\0\x04\x02\xc3\xa9\0", "`key` at byte 6 is not ASCII"),
            (b"\x04\0\0\0\x03\x06\0\0", "`length` at byte 6 takes 4 bytes, but 2 bytes are left"),
            (b"\0x", "`value` ends at byte 1, but inside it 1 byte is left"),
        ];
        for (bytes, sentence) in cases {
            assert_eq!(decode(bytes).unwrap_err().to_string(), sentence);
        }
    }

    #[test]
    fn depth_32_is_read_and_10_000_is_refused_without_a_deep_stack() {
        let nested = |levels: usize| {
            let mut bytes = vec![0];
            for _ in 1..levels {
                let length = u32::try_from(bytes.len()).unwrap();
                bytes = [&[4][..], &length.to_be_bytes(), &bytes].concat();
            }
            bytes
        };
        assert!(decode(&nested(32)).is_ok());
        assert!(decode(&nested(33)).unwrap_err().to_string().contains("deeper than 32"));
        assert!(decode(&nested(10_000)).unwrap_err().to_string().contains("deeper than 32"));
    }
}
