//! The answer to a message: the same text in upper case.

// ANCHOR: upper_case
/// `text` in Unicode upper case if it is UTF-8; otherwise only the bytes `a` to `z` change.
///
/// ```
/// use echo::upper_case;
/// assert_eq!(upper_case("straße".as_bytes()), "STRASSE".as_bytes());
/// assert_eq!(upper_case(b"caf\xc3"), b"CAF\xc3"); // half of an é
/// ```
#[must_use]
pub fn upper_case(text: &[u8]) -> Vec<u8> {
    match std::str::from_utf8(text) {
        Ok(text) => text.to_uppercase().into_bytes(),
        Err(_) => text.to_ascii_uppercase(),
    }
}
// ANCHOR_END: upper_case
