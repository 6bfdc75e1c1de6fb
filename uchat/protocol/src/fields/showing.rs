//! Texts of somebody else on our terminal: what could move the cursor, turn the line around or hide stands there as
//! a replacement character instead.

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

/// The text, safe for a terminal; newlines and tabs stay.
#[must_use]
pub fn shown(text: &str) -> String {
    text.chars().map(|c| if matches!(c, '\n' | '\t') { c } else { safe(c) }).collect()
}

/// The same in one line: newlines and tabs become spaces.
#[must_use]
pub fn one_line(text: &str) -> String {
    text.chars().map(|c| if matches!(c, '\n' | '\t') { ' ' } else { safe(c) }).collect()
}

/// Joiners are format characters, too, but emoji and some scripts need them.
fn safe(c: char) -> char {
    use GeneralCategory as Is;
    match c.general_category() {
        Is::Format if matches!(c, '\u{200c}' | '\u{200d}') => c,
        Is::Control | Is::Format | Is::LineSeparator | Is::ParagraphSeparator => char::REPLACEMENT_CHARACTER,
        _ => c,
    }
}
