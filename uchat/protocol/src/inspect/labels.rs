//! Labels for each layer, by the decoders that read it.

use super::Kind;
use crate::Operation;
use crate::channel::Carried;
use anatomy::{Labelled, ReadError, Reader};
use cbc_packet::{HEADER_LENGTH, Header, label_packet};
use framing::read_value;

/// What the digest of a sealed packet is made of.
pub(super) const SEALED_DIGEST: &str = "HMAC-SHA256 with the message's own key";
const KEYED_DIGEST: &str = "HMAC-SHA256 with the direction's key and the packet's number";
const MD5_DIGEST: &str = "MD5 of the body, in hexadecimal digits: no key is in it";

/// A letter: its fields.
pub(super) fn letter(bytes: &[u8]) -> Labelled {
    let mut r = Reader::traced(bytes);
    let _ = r.group("letter", read_value); // what cannot be read is labelled so
    r.into_labelled()
}

/// Messages of the protocol, one after the other.
pub(super) fn messages(bytes: &[u8]) -> Labelled {
    let mut r = Reader::traced(bytes);
    while r.remaining() > 0 {
        if r.group("message", operation_and_value).is_err() {
            break;
        }
    }
    r.into_labelled()
}

fn operation_and_value(r: &mut Reader<'_>) -> Result<(), ReadError> {
    let operation = r.u8("operation")?;
    let known = Operation::ALL.iter().find(|known| **known as u8 == operation);
    r.note(|| known.map_or("unknown", |known| known.name()).to_owned());
    read_value(r).map(drop)
}

/// A packet.
pub(super) fn packet(bytes: &[u8], digest: &str) -> Labelled {
    match Header::read(&mut Reader::new(bytes), usize::MAX) {
        Ok(Some(header)) => label_packet(&header, &bytes[HEADER_LENGTH.min(bytes.len())..], digest),
        _ => Labelled::whole("packet", bytes),
    }
}

/// What travels.
pub(super) fn wire(kind: Kind, carried: &Carried) -> Labelled {
    match kind {
        Kind::Packet => packet(&carried.wire, MD5_DIGEST),
        Kind::KeyedPacket => packet(&carried.wire, KEYED_DIGEST),
        Kind::TlsRecord => record(&carried.wire),
        _ => frame(&carried.wire, kind == Kind::Rc4Frame),
    }
}

fn frame(bytes: &[u8], encrypted: bool) -> Labelled {
    let mut r = Reader::traced(bytes);
    if r.u32("length").is_ok() {
        r.note(|| "bytes follow".to_owned());
        r.rest(if encrypted { "encrypted payload" } else { "payload" });
    }
    r.into_labelled()
}

fn record(bytes: &[u8]) -> Labelled {
    let mut r = Reader::traced(bytes);
    while r.remaining() > 0 {
        let read = r.group("record", |r| {
            r.u8("content type")?;
            r.u16("legacy version")?;
            let length = usize::from(r.u16("length")?);
            r.bytes(length.saturating_sub(TAG), "encrypted record")?;
            r.bytes(TAG.min(length), "authentication tag").map(drop)
        });
        if read.is_err() {
            break; // what cannot be read is labelled so
        }
    }
    r.into_labelled()
}

/// The tag of AES-GCM and of ChaCha20-Poly1305.
const TAG: usize = 16;
