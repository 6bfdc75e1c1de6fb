//! What sender and receiver of a file say to each other, each sentence in a frame of its own.
//!
//! ```text
//! -> {name, size, offset, sha256}     the offer; offset: the first byte that the sender can give
//! <- int                              the offset from which the receiver wants bytes
//! -> bytes, at most 64 KiB a frame    until `size` is reached
//! <- true                             the digest fits and the file is in its place
//! ```
//! In place of either answer the receiver may send a str that says what is wrong, and close. After the
//! last answer the next offer may follow.

use crate::{MappingError, Value, decode, encode, from_value, to_value};
use serde::{Deserialize, Serialize};

/// The most bytes of a file in one frame.
pub const CHUNK: usize = 64 << 10;

/// Length of a SHA-256 digest in bytes.
pub const DIGEST_LENGTH: usize = 32;

// ANCHOR: offer
/// The offer of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// Its name; the receiver takes the last component and nothing else.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
    /// The first byte that the sender can give; 0 offers the whole file.
    pub offset: u64,
    /// SHA-256 of the whole file.
    #[serde(with = "serde_bytes")]
    pub sha256: [u8; DIGEST_LENGTH],
}
// ANCHOR_END: offer

impl Offer {
    /// Its frame.
    pub fn to_bytes(&self) -> Result<Vec<u8>, MappingError> {
        bytes(&to_value(self)?)
    }

    /// Reads the frame.
    pub fn from_bytes(frame: &[u8]) -> Result<Self, MappingError> {
        let offer: Self = from_value(decode(frame).map_err(|e| MappingError(e.to_string()))?)?;
        if offer.offset > offer.size {
            return Err(MappingError(format!("offset {} lies behind the file's end", offer.offset)));
        }
        Ok(offer)
    }
}

/// An answer of the receiver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Send from this byte on.
    From(u64),
    /// All is well.
    Done,
    /// What is wrong.
    Problem(String),
}

impl Answer {
    /// Its frame.
    pub fn to_bytes(&self) -> Result<Vec<u8>, MappingError> {
        bytes(&match self {
            Self::From(offset) => Value::Int(*offset),
            Self::Done => Value::Bool(true),
            Self::Problem(sentence) => Value::Str(sentence.clone()),
        })
    }

    /// Reads the frame.
    pub fn from_bytes(frame: &[u8]) -> Result<Self, MappingError> {
        match decode(frame).map_err(|e| MappingError(e.to_string()))? {
            Value::Int(offset) => Ok(Self::From(offset)),
            Value::Bool(true) => Ok(Self::Done),
            Value::Str(sentence) => Ok(Self::Problem(sentence)),
            other => {
                Err(MappingError(format!("an answer is an int, true or a str, not {}", other.kind().name())))
            }
        }
    }
}

fn bytes(value: &Value) -> Result<Vec<u8>, MappingError> {
    let mut out = Vec::new();
    encode(value, &mut out).map_err(|e| MappingError(e.to_string()))?;
    Ok(out)
}

/// The name under which a file may be stored: the last component of what the sender said, without
/// anything that leads out of the folder, hides the file, or has a meaning to a file system.
///
/// ```
/// use framing::transfer::safe_name;
/// assert_eq!(safe_name("../../etc/passwd").as_deref(), Ok("passwd"));
/// assert_eq!(safe_name(r"C:\notes\a:b.txt").as_deref(), Ok("a_b.txt"));
/// assert!(safe_name("..").is_err());
/// ```
pub fn safe_name(said: &str) -> Result<String, String> {
    let last = said.rsplit(['/', '\\']).next().unwrap_or_default();
    let bad = |c: char| c.is_control() || is_invisible(c) || r#"<>:"|?*"#.contains(c);
    let name: String = last.chars().map(|c| if bad(c) { '_' } else { c }).collect();
    // A leading dot would hide the file; Windows drops trailing dots and spaces.
    let name = name.trim_start_matches('.').trim_end_matches(['.', ' ']);
    let stem = name.split('.').next().unwrap_or_default();
    if name.is_empty() {
        return Err(format!("{} is not a file name", anatomy::quoted(said)));
    }
    if name.len() > MAX_NAME {
        return Err(format!("the file name has {} bytes; {MAX_NAME} is the most", name.len()));
    }
    let device = WINDOWS_DEVICES.iter().any(|device| stem.eq_ignore_ascii_case(device));
    Ok(if device { format!("_{name}") } else { name.to_owned() })
}

/// Marks that reverse the direction of text, or take no room: `txt.exe` could look like `exe.txt`.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Leaves room for the additions to an unfinished file's name; file systems end at 255.
const MAX_NAME: usize = 180;

/// Names that mean a device on Windows, whatever follows the dot.
const WINDOWS_DEVICES: [&str; 22] = [
    "CON", "PRN", "AUX", "NUL", "COM1", "COM2", "COM3", "COM4", "COM5", "COM6", "COM7", "COM8", "COM9",
    "LPT1", "LPT2", "LPT3", "LPT4", "LPT5", "LPT6", "LPT7", "LPT8", "LPT9",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_leads_out_of_the_folder() {
        for (said, safe) in [
            ("a.txt", "a.txt"),
            ("/abs/olute", "olute"),
            (r"..\..\up.txt", "up.txt"),
            (".bashrc", "bashrc"),
            ("小明.txt", "小明.txt"),
            ("nul.txt", "_nul.txt"),
            ("a\u{202e}txt.exe", "a_txt.exe"),
            ("tab\there\0", "tab_here_"),
        ] {
            assert_eq!(safe_name(said).as_deref(), Ok(safe), "{said:?}");
        }
        for said in ["", "/", ".", "..", "a/..", "...", " . ", &"x".repeat(181)] {
            assert!(safe_name(said).is_err(), "{said:?}");
        }
    }

    #[test]
    fn an_offer_survives_its_bytes_and_a_crooked_one_is_refused() {
        let offer = Offer { name: "n".into(), size: 5, offset: 0, sha256: [7; 32] };
        assert_eq!(Offer::from_bytes(&offer.to_bytes().unwrap()), Ok(offer.clone()));
        let behind = Offer { offset: 6, ..offer };
        assert!(Offer::from_bytes(&behind.to_bytes().unwrap()).is_err());
        assert!(Offer::from_bytes(b"\x01\0\0\0\x01\x05").is_err());
    }
}
