//! Names of users and rooms.

use super::folded;
use crate::{Code, Refusal, limits};
use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};
use unicode_security::{GeneralSecurityProfile, RestrictionLevel, RestrictionLevelDetection};

/// A name that follows the rules: as people write it, and the form in which it must be unique.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// In NFC.
    pub shown: String,
    /// Equal for all names that people could take for each other: [`folded`].
    pub folded: String,
}

/// A user name: 1 to 8 characters, letters and digits of any one script and `_` `-` `.`.
///
/// # Errors
/// [`BadUserName`](Code::BadUserName) with the rule that is broken.
pub fn user_name(text: &str) -> Result<Name, Refusal> {
    let name = if text.starts_with('#') {
        Err("must not begin with #; that is how rooms are written".to_owned())
    } else {
        name(text, limits::USER_NAME, Spaces::None)
    };
    name.map_err(|rule| Refusal::field(Code::BadUserName, "user_name", rule))
}

/// A room name: 1 to 32 characters, the same as in user names; between words stands one space.
///
/// # Errors
/// [`BadRoomName`](Code::BadRoomName) with the rule that is broken.
pub fn room_name(text: &str) -> Result<Name, Refusal> {
    name(text, limits::ROOM_NAME, Spaces::Single)
        .map_err(|rule| Refusal::field(Code::BadRoomName, "room_name", rule))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Spaces {
    None,
    /// One at a time, inside.
    Single,
}

fn name(text: &str, most: usize, spaces: Spaces) -> Result<Name, String> {
    // No character of NFC comes from more than three, of four bytes at most each; more is not even normalized.
    if text.len() > most * 12 {
        return Err(format!("must have {most} characters or less"));
    }
    let shown: String = text.nfc().collect();
    match shown.chars().count() {
        0 => return Err("must not be empty".to_owned()),
        count if count > most => return Err(format!("must have {most} characters or less, not {count}")),
        _ => {}
    }
    for c in shown.chars().filter(|c| *c != ' ' || spaces == Spaces::None) {
        if let Some(rule) = forbidden(c) {
            return Err(rule);
        }
    }
    if shown.starts_with(' ') || shown.ends_with(' ') || shown.contains("  ") {
        return Err("must have single spaces only, and none at its ends; leave the others out".to_owned());
    }
    if shown.split(' ').any(|word| word.starts_with(is_mark)) {
        return Err("must not begin with a combining mark; put a letter before it".to_owned());
    }
    if !shown.contains(char::is_alphanumeric) {
        return Err("must have a letter or a digit".to_owned());
    }
    let letters: String = shown.chars().filter(|c| *c != ' ').collect();
    if !letters.as_str().check_restriction_level(RestrictionLevel::HighlyRestrictive) {
        return Err(
            "mixes scripts that look alike, such as Latin and Cyrillic; write it in one of them".to_owned()
        );
    }
    Ok(Name { folded: folded(&shown), shown })
}

/// Why this character cannot stand in a name.
fn forbidden(c: char) -> Option<String> {
    use GeneralCategory as Is;
    let number = u32::from(c);
    let why = match c.general_category() {
        Is::Control => "a control character; leave it out",
        Is::Format => "a character that nobody sees; leave it out",
        Is::SpaceSeparator | Is::LineSeparator | Is::ParagraphSeparator => {
            "a space; leave it out, or write _"
        }
        Is::PrivateUse | Is::Unassigned | Is::Surrogate => "no character that everybody has; leave it out",
        _ if c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.') => return None,
        _ if !c.is_ascii() && c.identifier_allowed() => return None,
        _ => {
            return Some(format!(
                "must not hold {c} (U+{number:04X}); take letters, digits and _ - . instead"
            ));
        }
    };
    Some(format!("must not hold U+{number:04X}, which is {why}"))
}

fn is_mark(c: char) -> bool {
    c.general_category_group() == GeneralCategoryGroup::Mark
}
