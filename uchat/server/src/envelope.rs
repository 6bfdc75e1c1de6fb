//! What people may send: the rules for an envelope from a client.
//!
//! The server cannot see into an encrypted packet; of it only the size is checked, and that the signature is
//! there where readers need it: in rooms, where every member holds the chain's key.

use uchat_protocol::content::{FileInfo, Kind};
use uchat_protocol::{Code, Content, Conversation, Encrypted, Envelope, Refusal, fields, limits};

/// Whether this may be sent there; `encrypted` says whether it must be encrypted from end to end.
///
/// # Errors
/// [`NotEncrypted`](Code::NotEncrypted), [`TooLong`](Code::TooLong), or [`BadField`](Code::BadField) with the
/// field and its rule.
pub(crate) fn check(envelope: &Envelope, to: Conversation, encrypted: bool) -> Result<(), Refusal> {
    match envelope {
        Envelope::Encrypted(message) if encrypted => check_encrypted(message, to),
        Envelope::Plain(content) if !encrypted => check_content(content),
        Envelope::Plain(_) => Err(Refusal::because(
            Code::NotEncrypted,
            "messages must be encrypted from end to end here; use a client that does it",
        )),
        Envelope::Encrypted(_) => {
            Err(bad("message.type", "must be 0 to 2 or 5 to 8: this lesson knows no encrypted messages"))
        }
        Envelope::Event(_) => Err(bad("message.type", "must not be 4: events come from the server alone")),
    }
}

fn check_encrypted(message: &Encrypted, to: Conversation) -> Result<(), Refusal> {
    length("message.packet", message.packet.len(), limits::PACKET)?;
    match (to, &message.signature) {
        (Conversation::Room(_), Some(signature)) => length("message.signature", signature.len(), SIGNATURE),
        (Conversation::Room(_), None) => Err(bad("message.signature", "is missing; rooms need one")),
        (Conversation::Friend(_), Some(_)) => {
            Err(bad("message.signature", "must not be there between friends"))
        }
        (Conversation::Friend(_), None) => Ok(()),
    }
}

fn check_content(content: &Content) -> Result<(), Refusal> {
    match content.kind {
        Kind::Text | Kind::Edit => length("message.data", content.data.len(), limits::TEXT)?,
        Kind::Image | Kind::File => length("message.data", content.data.len(), FILE_NAME)?,
        Kind::Delete | Kind::React | Kind::Unreact => return Ok(()), // checked where they were read
    }
    if content.fontsize > FONT_SIZE {
        return Err(bad(
            "message.fontsize",
            &format!("must be {FONT_SIZE} or less, not {}", content.fontsize),
        ));
    }
    if !fields::is_colour(&content.fontcolor) {
        return Err(bad("message.fontcolor", "must be empty or look like #1a2b3c"));
    }
    content.file.as_ref().map_or(Ok(()), check_file)
}

fn check_file(file: &FileInfo) -> Result<(), Refusal> {
    if file.media_type.len() > MEDIA_TYPE || !file.media_type.bytes().all(|byte| byte.is_ascii_graphic()) {
        let rule = format!("must be ASCII without spaces, {MEDIA_TYPE} bytes or less");
        return Err(bad("message.file.media_type", &rule));
    }
    Ok(())
}

/// From 1 to `most` bytes.
pub(crate) fn length(field: &str, length: usize, most: usize) -> Result<(), Refusal> {
    match length {
        0 => Err(bad(field, "must not be empty")),
        length if length > most => {
            let rule = format!("must have {most} bytes or less, not {length}");
            Err(Refusal::field(Code::TooLong, field, rule))
        }
        _ => Ok(()),
    }
}

fn bad(field: &str, rule: &str) -> Refusal {
    Refusal::field(Code::BadField, field, rule)
}

/// The longest signature, in bytes: that of a key of 4096 bits.
pub(crate) const SIGNATURE: usize = 512;
const FONT_SIZE: u8 = 200;
const FILE_NAME: usize = 255;
/// The longest media type, in bytes (RFC 6838, section 4.2: 127 for each of its two parts).
const MEDIA_TYPE: usize = 255;
