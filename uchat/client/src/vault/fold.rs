//! `contains(text, folded)` in SQL: whether a text contains another, capital letters or small ones, in any script.
//! SQLite itself knows only those of ASCII.

use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;

/// Gives a database the function.
pub(super) fn register(db: &Connection) -> rusqlite::Result<()> {
    let flags =
        FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_INNOCUOUS;
    db.create_scalar_function(c"contains", 2, flags, |context| {
        let (text, folded) = (context.get_raw(0).as_str()?, context.get_raw(1).as_str()?);
        Ok(fold(text).contains(folded))
    })
}

/// One form for all that differ only in capital and small letters. To capitals and back, so that `ß` meets `SS`, and
/// the two small sigmas of Greek each other.
pub(super) fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase(); // most texts, and much faster
    }
    text.chars().flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capital_and_small_letters_meet_in_any_script() {
        for (one, other) in [
            ("HELLO", "hello"),
            ("Ärger", "äRGER"),
            ("STRASSE", "straße"),
            ("ΟΔΟΣ", "οδος"),
            ("οδοΣ", "οδος"),
            ("Привет", "ПРИВЕТ"),
        ] {
            assert_eq!(fold(one), fold(other));
        }
        assert_ne!(fold("你好"), fold("您好"));
    }
}
