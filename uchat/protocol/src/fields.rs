//! Names, passwords, e-mail addresses, texts: their rules, the same on both sides; and what makes a text of
//! somebody else safe for a terminal.
//!
//! A name is a text that people trust, so it may only hold what people can see and tell apart: the characters that
//! Unicode recommends for identifiers (UTS 39, section 3.1), of scripts that do not look alike (section 5.2).

mod folding;
mod names;
mod reaction;
mod showing;

pub use folding::folded;
pub use names::{Name, room_name, user_name};
pub use reaction::reaction;
pub use showing::{one_line, shown};

use crate::{Code, Refusal, limits};

/// A new password: 8 characters or more, 1,024 bytes or less. Everything else is up to its owner.
///
/// # Errors
/// [`BadPassword`](Code::BadPassword) with the rule that is broken.
pub fn password(text: &str) -> Result<(), Refusal> {
    let rule = if text.chars().count() < limits::PASSWORD_MIN {
        format!("must have {} characters or more; a few words are easy to keep in mind", limits::PASSWORD_MIN)
    } else if text.len() > limits::PASSWORD_MAX {
        format!("must have {} bytes or less", limits::PASSWORD_MAX)
    } else {
        return Ok(());
    };
    Err(Refusal::field(Code::BadPassword, "password", rule))
}

/// An e-mail address: `somebody@somewhere`, in ASCII.
///
/// # Errors
/// [`BadEmail`](Code::BadEmail) with the rule that is broken.
pub fn email(text: &str) -> Result<(), Refusal> {
    let rule = match text.split_once('@') {
        _ if text.len() > limits::EMAIL => "must have 254 bytes or less",
        Some((user, host)) if !user.is_empty() && !host.is_empty() && !host.contains('@') => {
            if text.bytes().all(|byte| byte.is_ascii_graphic()) {
                return Ok(());
            }
            "must be ASCII, without spaces"
        }
        _ => "must look like somebody@example.org",
    };
    Err(Refusal::field(Code::BadEmail, "email", rule))
}

/// The text of a message: 1 byte to 64 KiB of UTF-8. It may hold any character, since nobody could check what is
/// encrypted from end to end; [`shown`] makes it safe for a terminal.
///
/// # Errors
/// [`TooLong`](Code::TooLong) or [`BadField`](Code::BadField) with the rule that is broken.
pub fn text(text: &str) -> Result<(), Refusal> {
    match text.len() {
        0 => Err(Refusal::field(Code::BadField, "text", "must not be empty")),
        length if length > limits::TEXT => {
            let rule = format!("must have {} bytes or less, not {length}; send it as a file", limits::TEXT);
            Err(Refusal::field(Code::TooLong, "text", rule))
        }
        _ => Ok(()),
    }
}

/// Whether this is the colour of a text: as `#1a2b3c`, or empty for the usual one.
#[must_use]
pub fn is_colour(text: &str) -> bool {
    let digits = |hex: &str| hex.len() == 6 && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    text.is_empty() || text.strip_prefix('#').is_some_and(digits)
}

/// The sex in the user's own words: 32 characters or less, no control characters. Empty means that it is not told.
///
/// # Errors
/// [`BadField`](Code::BadField) with the rule that is broken.
pub fn sex(text: &str) -> Result<(), Refusal> {
    let rule = match (text.chars().count(), text.chars().find(|c| c.is_control())) {
        (count, _) if count > limits::SEX => {
            format!("must have {} characters or less, not {count}", limits::SEX)
        }
        (_, Some(c)) => no_control(c),
        (_, None) => return Ok(()),
    };
    Err(Refusal::field(Code::BadField, "sex", rule))
}

/// The age in years: 150 or less.
///
/// # Errors
/// [`BadField`](Code::BadField) with the rule.
pub fn age(years: u8) -> Result<(), Refusal> {
    if years <= limits::AGE {
        return Ok(());
    }
    let rule = format!("must be a number of years up to {}, not {years}", limits::AGE);
    Err(Refusal::field(Code::BadField, "age", rule))
}

fn no_control(c: char) -> String {
    format!("must not hold the control character U+{:04X}; leave it out", u32::from(c))
}
