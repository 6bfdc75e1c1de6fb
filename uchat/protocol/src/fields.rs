//! Names, passwords, e-mail addresses: their rules, the same on both sides.

use crate::{Code, Refusal, limits};
use unicode_normalization::UnicodeNormalization;

/// A name that follows the rules: as people write it, and the form in which it must be unique.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// In NFC.
    pub shown: String,
    /// Equal for all names that people could take for each other.
    pub folded: String,
}

/// A user name: 1 to 8 characters.
///
/// # Errors
/// [`BadUserName`](Code::BadUserName) with the rule that is broken.
pub fn user_name(text: &str) -> Result<Name, Refusal> {
    name(text, limits::USER_NAME).map_err(|rule| Refusal::field(Code::BadUserName, "user_name", rule))
}

/// A room name: 1 to 32 characters; words may be apart.
///
/// # Errors
/// [`BadRoomName`](Code::BadRoomName) with the rule that is broken.
pub fn room_name(text: &str) -> Result<Name, Refusal> {
    name(text, limits::ROOM_NAME).map_err(|rule| Refusal::field(Code::BadRoomName, "room_name", rule))
}

/// A new password: 8 characters or more.
///
/// # Errors
/// [`BadPassword`](Code::BadPassword) with the rule that is broken.
pub fn password(text: &str) -> Result<(), Refusal> {
    let rule = if text.chars().count() < limits::PASSWORD_MIN {
        format!("must have {} characters or more", limits::PASSWORD_MIN)
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
        _ if text.len() > limits::EMAIL => "is too long",
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

fn name(text: &str, most: usize) -> Result<Name, String> {
    let shown: String = text.nfc().collect();
    match shown.chars().count() {
        0 => Err("must not be empty".to_owned()),
        count if count > most => Err(format!("must have {most} characters or less, not {count}")),
        _ => Ok(Name { folded: shown.to_lowercase(), shown }),
    }
}
