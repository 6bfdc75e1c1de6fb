//! The handshake messages (RFC 8446, section 4): type, length of three bytes, body.

use super::extensions::{coded, listed, read_extensions};
use super::names;
use anatomy::{ReadError, Reader};

type Read = Result<(), ReadError>;

/// What a message looks like depends on what was said before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Form {
    /// TLS 1.3: the server has chosen it, or nothing is chosen yet.
    #[default]
    Tls13,
    /// TLS 1.2 or older.
    Tls12,
}

/// The message in which extensions stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Inside {
    ClientHello,
    ServerHello,
    HelloRetryRequest,
    EncryptedExtensions,
    CertificateRequest,
    CertificateEntry,
    Ticket,
}

/// The length of the message that `bytes` begin with, its four bytes of head included; `None` if even those
/// are not there.
#[must_use]
pub fn message_length(bytes: &[u8]) -> Option<usize> {
    let [_, high, middle, low, ..] = bytes else { return None };
    Some(4 + usize::from(*high) * 65536 + usize::from(*middle) * 256 + usize::from(*low))
}

/// Reads one message, which must be there as a whole.
pub fn read_message(r: &mut Reader<'_>, form: Form) -> Read {
    let length = message_length(r.ahead()).unwrap_or(4);
    let name = r.ahead().first().map_or("message", |number| names::handshake_type(*number));
    let retry = is_hello_retry_request(r.ahead());
    r.nested(length, if retry { "HelloRetryRequest" } else { name }, |r| {
        let number = r.u8("type")?;
        if let Some(purpose) = purpose(number, form) {
            r.note(|| purpose.to_owned());
        }
        r.uint(3, "length")?;
        match (number, form) {
            (1, _) => client_hello(r),
            (2, _) => server_hello(r, if retry { Inside::HelloRetryRequest } else { Inside::ServerHello }),
            (4, Form::Tls13) => ticket(r),
            (8, _) => read_extensions(r, Inside::EncryptedExtensions),
            (11, Form::Tls13) => certificates(r),
            (11, Form::Tls12) => listed(r, 3, certificate),
            (13, Form::Tls13) => {
                short_bytes(r, "request context")?;
                read_extensions(r, Inside::CertificateRequest)
            }
            (15, _) => {
                coded(r, "algorithm", names::signature_scheme)?;
                let length = usize::from(r.u16("signature length")?);
                r.bytes(length, "signature").map(drop)
            }
            (20, _) => r.bytes(r.remaining(), "verify_data").map(drop),
            (24, _) => r.u8("request_update").map(drop),
            _ if r.remaining() == 0 => Ok(()),
            _ => r.bytes(r.remaining(), "body").map(drop),
        }
    })
}

/// Whether the message is a ServerHello with the one random value that means "try again with another
/// group" (section 4.1.3).
#[must_use]
pub fn is_hello_retry_request(message: &[u8]) -> bool {
    message.first() == Some(&2) && message.get(6..38) == Some(&RETRY)
}

/// What it is for, in a few words and with its section.
fn purpose(number: u8, form: Form) -> Option<&'static str> {
    Some(match (number, form) {
        (1, _) => "what the client can do, and its public values (4.1.2)",
        (2, _) => "what the server chose, and its public value (4.1.3)",
        (4, Form::Tls13) => "a ticket to go on later without certificates (4.6.1)",
        (8, _) => "answers that need not be public (4.3.1)",
        (11, _) => "the chain, leaf first (4.4.2)",
        (13, Form::Tls13) => "the server wants a certificate, too (4.3.2)",
        (15, _) => "signs the transcript with the leaf's key (4.4.3)",
        (20, _) => "HMAC over the transcript (4.4.4)",
        (24, _) => "new keys from here on (4.6.3)",
        _ => return None,
    })
}

fn client_hello(r: &mut Reader<'_>) -> Read {
    coded(r, "legacy_version", names::version)?;
    r.array::<32>("random")?;
    short_bytes(r, "legacy_session_id")?;
    listed(r, 2, |r| coded(r, "cipher suite", names::cipher_suite))?;
    short_bytes(r, "compression methods")?;
    if r.remaining() == 0 { Ok(()) } else { read_extensions(r, Inside::ClientHello) }
}

fn server_hello(r: &mut Reader<'_>, inside: Inside) -> Read {
    coded(r, "legacy_version", names::version)?;
    r.array::<32>("random")?;
    if inside == Inside::HelloRetryRequest {
        r.note(|| "SHA-256 of `HelloRetryRequest`: the mark of this message".into());
    }
    short_bytes(r, "session_id echo")?;
    coded(r, "cipher suite", names::cipher_suite)?;
    r.u8("compression method")?;
    if r.remaining() == 0 { Ok(()) } else { read_extensions(r, inside) }
}

fn certificates(r: &mut Reader<'_>) -> Read {
    short_bytes(r, "request context")?;
    listed(r, 3, |r| {
        certificate(r)?;
        read_extensions(r, Inside::CertificateEntry)
    })
}

fn certificate(r: &mut Reader<'_>) -> Read {
    let length = usize::try_from(r.uint(3, "certificate length")?).unwrap_or(usize::MAX);
    r.bytes(length, CERTIFICATE).map(drop)
}

fn ticket(r: &mut Reader<'_>) -> Read {
    r.u32("lifetime")?;
    r.note(|| "seconds".into());
    r.u32("age_add")?;
    short_bytes(r, "nonce")?;
    let length = usize::from(r.u16("ticket length")?);
    r.bytes(length, "ticket")?;
    read_extensions(r, Inside::Ticket)
}

/// Bytes behind a length of one byte; nothing is shown for none.
fn short_bytes(r: &mut Reader<'_>, label: &'static str) -> Read {
    match r.u8("length")? {
        0 => {
            r.note(|| format!("no {label}"));
            Ok(())
        }
        length => r.bytes(usize::from(length), label).map(drop),
    }
}

/// Reads an alert: level and description (section 6).
pub fn read_alert(r: &mut Reader<'_>) -> Read {
    let level = r.u8("level")?;
    r.note(|| if level == 1 { "warning".into() } else { "fatal".into() });
    let description = r.u8("description")?;
    r.note(|| names::alert(description).to_owned());
    Ok(())
}

/// The label of a certificate in DER (RFC 8446, section 4.4.2: cert_data).
pub const CERTIFICATE: &str = "cert_data, DER";

const RETRY: [u8; 32] = [
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2,
    0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
];

/// What a ServerHello decides.
#[derive(Debug, Default)]
pub(crate) struct ServerHello {
    pub(crate) tls13: bool,
    pub(crate) suite: Option<u16>,
}

impl ServerHello {
    pub(crate) fn read(message: &[u8]) -> Option<Self> {
        let session = usize::from(*message.get(38)?);
        let rest = message.get(39 + session..)?;
        let suite = u16::from_be_bytes(*rest.first_chunk()?);
        // supported_versions with 0x0304 means TLS 1.3 (section 4.2.1); older servers know no such extension.
        let mut extensions = rest.get(5..).unwrap_or_default();
        let mut tls13 = false;
        while let [high, low, long, short, after @ ..] = extensions {
            let length = usize::from(u16::from_be_bytes([*long, *short]));
            tls13 |= [*high, *low] == [0, 43] && after.starts_with(&[3, 4]);
            extensions = after.get(length..).unwrap_or_default();
        }
        Some(Self { tls13, suite: Some(suite) })
    }
}
