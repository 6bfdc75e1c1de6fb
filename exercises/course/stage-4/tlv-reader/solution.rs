//! Typed values from bytes: type, length, content (TLV).
//!
//! Every value is `type (1 byte) ‖ length (4 bytes, big-endian) ‖ content`. Only none is a single byte, without a
//! length.
//!
//! | type | name | content |
//! |---|---|---|
//! | 0 | none | |
//! | 1 | int | 1 to 8 bytes, big-endian, without a `00` in front that is not needed; zero is one byte `00` |
//! | 2 | float | 4 bytes, big-endian (`f32::from_be_bytes`) |
//! | 3 | str | UTF-8 |
//! | 4 | list | values, one after the other, until the length is used up |
//! | 5 | dict | entries `key length (1 byte) ‖ key ‖ value`; keys are ASCII, and none stands there twice |
//! | 6 | bool | one byte, `00` or `01` |
//! | 7 | bytes | any bytes |
//!
//! [`Value`] has a variant of each name, for example `Value::Int(u64)`, `Value::List(Vec<Value>)` and
//! `Value::Dict(Vec<(String, Value)>)`.
//!
//! The library has this ready-made (`framing::decode`). Write it yourself, and compare afterwards.

use framing::Value;
use std::collections::HashSet;

/// How deep values may lie inside each other; the outermost has depth 1.
pub const MAX_DEPTH: usize = 32;

/// Why these bytes are no value, as a sentence of your own.
pub type Problem = &'static str;

/// The one value that `bytes` are, from the first byte to the last.
pub fn read_value(bytes: &[u8]) -> Result<Value, Problem> {
    let mut rest = bytes;
    let value = value(&mut rest, 1)?;
    if rest.is_empty() { Ok(value) } else { Err("bytes are left over after the value") }
}

/// Reads one value from the front of `rest`, which lies `depth` values deep.
fn value(rest: &mut &[u8], depth: usize) -> Result<Value, Problem> {
    // solution
    if depth > MAX_DEPTH {
        return Err("values lie too deep inside each other");
    }
    let kind = take(rest, 1)?[0];
    if kind == 0 {
        return Ok(Value::None);
    }
    let length = take(rest, 4)?.iter().fold(0, |length, byte| length << 8 | usize::from(*byte));
    let mut content = take(rest, length)?;
    match kind {
        1 => int(content).map(Value::Int),
        2 => content
            .try_into()
            .map(|bytes| Value::Float(f32::from_be_bytes(bytes)))
            .or(Err("a float has 4 bytes")),
        3 => text(content).map(Value::from),
        4 => {
            let mut elements = Vec::new();
            while !content.is_empty() {
                elements.push(value(&mut content, depth + 1)?);
            }
            Ok(Value::List(elements))
        }
        5 => entries(content, depth).map(Value::Dict),
        6 => match content {
            [0] => Ok(Value::Bool(false)),
            [1] => Ok(Value::Bool(true)),
            _ => Err("a bool is one byte, 0 or 1"),
        },
        7 => Ok(Value::Bytes(content.to_vec())),
        _ => Err("there is no such type"),
    }
    // starter
    // todo!("check the depth; take the type, the length and the content; then make the value of this type")
    // end
}

/// The next `length` bytes, which are then gone from `rest`. An error if there are not so many.
fn take<'a>(rest: &mut &'a [u8], length: usize) -> Result<&'a [u8], Problem> {
    // solution
    let (taken, behind) = rest.split_at_checked(length).ok_or("the bytes end too early")?;
    *rest = behind;
    Ok(taken)
    // starter
    // todo!("split the bytes off, if they are there")
    // end
}

/// A number in its shortest form.
fn int(content: &[u8]) -> Result<u64, Problem> {
    // solution
    match content {
        [] | [_, _, _, _, _, _, _, _, _, ..] => Err("an int has 1 to 8 bytes"),
        [0, _, ..] => Err("an int begins with a zero byte that it does not need"),
        _ => Ok(content.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))),
    }
    // starter
    // todo!("refuse every form but the shortest, and make a number of the bytes")
    // end
}

/// The entries of a dict that itself lies `depth` deep.
fn entries(mut content: &[u8], depth: usize) -> Result<Vec<(String, Value)>, Problem> {
    let mut entries = Vec::new();
    let mut keys = HashSet::new(); // to search the list of a long dict would take time for every pair of its keys
    while !content.is_empty() {
        let length = take(&mut content, 1)?[0];
        let key = text(take(&mut content, usize::from(length))?)?;
        if !key.is_ascii() || !keys.insert(key) {
            return Err("a key is not ASCII, or stands there twice");
        }
        entries.push((key.to_owned(), value(&mut content, depth + 1)?));
    }
    Ok(entries)
}

/// Text, if the bytes are UTF-8.
fn text(content: &[u8]) -> Result<&str, Problem> {
    std::str::from_utf8(content).or(Err("a text is not UTF-8"))
}
