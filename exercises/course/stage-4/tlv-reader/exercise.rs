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
    todo!("check the depth; take the type, the length and the content; then make the value of this type")
}

/// The next `length` bytes, which are then gone from `rest`. An error if there are not so many.
fn take<'a>(rest: &mut &'a [u8], length: usize) -> Result<&'a [u8], Problem> {
    todo!("split the bytes off, if they are there")
}

/// A number in its shortest form.
fn int(content: &[u8]) -> Result<u64, Problem> {
    todo!("refuse every form but the shortest, and make a number of the bytes")
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
