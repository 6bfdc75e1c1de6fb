//! The extensions of hello messages, certificates and tickets (RFC 8446, section 4.2): type, length, data.

use super::messages::Inside;
use super::names;
use anatomy::{ReadError, Reader};

type Read = Result<(), ReadError>;

/// A list of extensions behind its length of two bytes. What the data of one looks like depends on the
/// message that it stands in.
pub(super) fn read_extensions(r: &mut Reader<'_>, inside: Inside) -> Read {
    let length = usize::from(r.u16("extensions length")?);
    r.limited(length, "extensions", |r| {
        while r.remaining() > 0 {
            read_extension(r, inside)?;
        }
        Ok(())
    })
}

fn read_extension(r: &mut Reader<'_>, inside: Inside) -> Read {
    let name =
        r.ahead().first_chunk().map_or("extension", |bytes| names::extension(u16::from_be_bytes(*bytes)));
    r.group(name, |r| {
        let number = r.u16("type")?;
        if let Some(purpose) = purpose(number).filter(|_| inside == Inside::ClientHello) {
            r.note(|| purpose.to_owned());
        }
        let length = usize::from(r.u16("length")?);
        r.limited(length, name, |r| read_data(r, number, inside))
    })
}

/// Why it is there, for those that every handshake shows.
fn purpose(number: u16) -> Option<&'static str> {
    Some(match number {
        0 => "which host is wanted: in clear, so the path sees it (RFC 6066)",
        10 => "groups for the key exchange (4.2.7)",
        13 => "signatures that are accepted (4.2.3)",
        16 => "what is spoken inside (RFC 7301)",
        43 => "the real version (4.2.1)",
        44 => "to be sent back (4.2.2)",
        45 => "how old sessions may go on (4.2.9)",
        47 => "whose certificates are wanted (4.2.4)",
        51 => "the public value: stage 5's g^x (4.2.8)",
        _ => return None,
    })
}

fn read_data(r: &mut Reader<'_>, number: u16, inside: Inside) -> Read {
    let client = inside == Inside::ClientHello;
    match number {
        0 if client => listed(r, 2, |r| {
            r.u8("name type")?;
            let length = usize::from(r.u16("name length")?);
            r.text(length, "host_name").map(drop)
        }),
        5 if client => {
            r.u8("status type")?;
            r.note(|| "OCSP".into());
            for label in ["responder ids", "request extensions"] {
                let length = usize::from(r.u16("length")?);
                r.bytes(length, label)?;
            }
            Ok(())
        }
        10 => listed(r, 2, |r| coded(r, "group", names::group)),
        11 => listed(r, 1, |r| r.u8("point format").map(drop)),
        13 | 50 => listed(r, 2, |r| coded(r, "signature scheme", names::signature_scheme)),
        16 => listed(r, 2, |r| {
            let length = usize::from(r.u8("protocol length")?);
            r.text(length, "protocol").map(drop)
        }),
        28 => r.u16("record_size_limit").map(drop),
        35 => r.bytes(r.remaining(), "ticket").map(drop),
        41 if client => {
            listed(r, 2, |r| {
                let length = usize::from(r.u16("identity length")?);
                r.bytes(length, "identity")?;
                r.u32("obfuscated age").map(drop)
            })?;
            listed(r, 2, |r| {
                let length = usize::from(r.u8("binder length")?);
                r.bytes(length, "binder").map(drop)
            })
        }
        41 => r.u16("selected identity").map(drop),
        42 if inside == Inside::Ticket => r.u32("max early data").map(drop),
        43 if client => listed(r, 1, |r| coded(r, "version", names::version)),
        43 => coded(r, "version", names::version),
        44 => {
            let length = usize::from(r.u16("cookie length")?);
            r.bytes(length, "cookie").map(drop)
        }
        45 => listed(r, 1, |r| {
            let mode = r.u8("mode")?;
            r.note(|| ["psk_ke", "psk_dhe_ke"].get(usize::from(mode)).unwrap_or(&"unknown").to_string());
            Ok(())
        }),
        47 => listed(r, 2, |r| {
            let length = usize::from(r.u16("name length")?);
            r.bytes(length, "distinguished name").map(drop)
        }),
        51 if inside == Inside::HelloRetryRequest => coded(r, "group", names::group),
        51 if client => listed(r, 2, key_share),
        51 => key_share(r),
        0xff01 => {
            let length = usize::from(r.u8("length")?);
            r.bytes(length, "renegotiated").map(drop)
        }
        _ if r.remaining() == 0 => Ok(()),
        _ => r.bytes(r.remaining(), "data").map(drop),
    }
}

fn key_share(r: &mut Reader<'_>) -> Read {
    coded(r, "group", names::group)?;
    let length = usize::from(r.u16("key length")?);
    r.bytes(length, "key_exchange").map(drop)
}

/// A number of two bytes with its name beside it.
pub(super) fn coded(r: &mut Reader<'_>, label: &'static str, name: fn(u16) -> &'static str) -> Read {
    let number = r.u16(label)?;
    r.note(|| name(number).to_owned());
    Ok(())
}

/// Items one after the other, behind their length in bytes.
pub(super) fn listed(
    r: &mut Reader<'_>,
    length_bytes: usize,
    mut item: impl FnMut(&mut Reader<'_>) -> Read,
) -> Read {
    let length = usize::try_from(r.uint(length_bytes, "list length")?).unwrap_or(usize::MAX);
    r.limited(length, "list", |r| {
        while r.remaining() > 0 {
            item(r)?;
        }
        Ok(())
    })
}
