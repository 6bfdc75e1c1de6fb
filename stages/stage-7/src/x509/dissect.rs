//! DER as labelled bytes: each element with its name, its type and what it says.
//!
//! DER (ITU-T X.690) is a tree of elements `tag ‖ length ‖ value`; a *constructed* one holds others. This
//! walker knows nothing of certificates but the names of their parts, and takes any input: where the bytes
//! stop being DER, the rest is shown as not decoded.

use super::extension::address_text;
use super::signed::oid_name;
use anatomy::{Labelled, ReadError, Reader, quoted};
use spki::ObjectIdentifier;

/// A certificate with the names that RFC 5280 (section 4.1) gives to its parts.
#[must_use]
pub fn certificate(der: &[u8]) -> Labelled {
    walk(der, &CERTIFICATE)
}

/// A certificate request with the names of RFC 2986 (section 4).
#[must_use]
pub fn request(der: &[u8]) -> Labelled {
    walk(der, &REQUEST)
}

/// Any other DER, such as a key or a revocation list; elements are called by their types.
#[must_use]
pub fn any(der: &[u8]) -> Labelled {
    walk(der, &NAMELESS)
}

fn walk(der: &[u8], part: &'static Part) -> Labelled {
    let mut reader = Reader::traced(der);
    // An error is no failure: everything up to it is labelled, and the rest is shown as it is.
    let _ = element(&mut reader, der, Some(part), 0);
    reader.into_labelled()
}

/// The next element of `r`, which reads `der`.
fn element(
    r: &mut Reader<'_>,
    der: &[u8],
    part: Option<&'static Part>,
    depth: usize,
) -> Result<(), ReadError> {
    let ahead = &der[r.offset()..r.offset() + r.remaining()];
    let Some(head) = Head::read(ahead) else {
        return Err(r.invalid_ahead("element", "is no DER"));
    };
    let label = part.map(|part| part.name).filter(|name| !name.is_empty()).unwrap_or(head.kind());
    let value = &ahead[head.size..head.size + head.length];
    let inside = if depth < MAX_DEPTH { head.inside(value) } else { Inside::Value };
    if let Inside::Value = inside {
        r.bytes(head.size + head.length, label)?;
        r.note(|| head.describe(value));
        return Ok(());
    }
    r.group(label, |r| {
        r.u8("tag")?;
        r.note(|| head.kind().to_owned());
        if head.size == 2 {
            r.u8("length")?;
        } else {
            r.bytes(head.size - 1, "length")?;
            r.note(|| head.length.to_string());
        }
        if let Inside::BitString = inside {
            r.u8("unused bits")?;
        }
        let end = r.offset() + head.length - usize::from(matches!(inside, Inside::BitString));
        let mut parts = part.map(|part| part.inside).unwrap_or_default();
        while r.offset() < end {
            let tag = der.get(r.offset()).copied().unwrap_or_default();
            let here = parts.iter().position(|part| part.tag == tag || part.tag == ANY);
            let part = here.map(|at| &parts[at]);
            if let Some(at) = here {
                parts = &parts[at + usize::from(!parts[at].repeats)..];
            }
            // `Head::read` saw that the whole value is there, but the elements in it may say otherwise.
            if end - r.offset() < Head::read(&der[r.offset()..end]).map_or(usize::MAX, Head::total) {
                return Err(r.invalid_ahead("element", "is longer than what holds it"));
            }
            element(r, der, part, depth + 1)?;
        }
        Ok(())
    })
}

/// Tag and length.
#[derive(Clone, Copy)]
struct Head {
    tag: u8,
    /// Bytes of tag and length.
    size: usize,
    /// Bytes of the value; all of them are there.
    length: usize,
}

/// What is inside an element.
enum Inside {
    /// A value, to be shown as one line.
    Value,
    /// Other elements.
    Elements,
    /// A BIT STRING with other elements behind its count of unused bits.
    BitString,
}

impl Head {
    /// `None` if the bytes do not begin with a whole element in DER.
    fn read(bytes: &[u8]) -> Option<Self> {
        let (tag, first) = (*bytes.first()?, *bytes.get(1)?);
        if tag & 0x1f == 0x1f {
            return None; // tags of several bytes occur in none of our structures
        }
        let (size, length) = match first {
            0..=0x7f => (2, usize::from(first)),
            0x81..=0x84 => {
                let size = 2 + usize::from(first & 0x7f);
                let length = bytes.get(2..size)?.iter().fold(0, |n: u64, byte| n << 8 | u64::from(*byte));
                (size, usize::try_from(length).ok()?)
            }
            _ => return None, // 0x80 is BER's indefinite length
        };
        (length <= bytes.len() - size).then_some(Self { tag, size, length })
    }

    fn total(self) -> usize {
        self.size + self.length
    }

    fn inside(self, value: &[u8]) -> Inside {
        match self.tag {
            _ if self.tag & CONSTRUCTED != 0 => Inside::Elements,
            // Extensions and keys wrap DER in strings. A digest could look like DER by chance, so only what
            // is whole down to the last byte counts.
            OCTET_STRING if holds_der(value, &[SEQUENCE, BIT_STRING, OCTET_STRING], 0) => Inside::Elements,
            BIT_STRING if value.first() == Some(&0) && holds_der(&value[1..], &[SEQUENCE], 0) => {
                Inside::BitString
            }
            _ => Inside::Value,
        }
    }

    /// The type's name.
    fn kind(self) -> &'static str {
        match self.tag {
            0x01 => "BOOLEAN",
            0x02 => "INTEGER",
            BIT_STRING => "BIT STRING",
            OCTET_STRING => "OCTET STRING",
            0x05 => "NULL",
            0x06 => "OID",
            0x0a => "ENUMERATED",
            0x0c => "UTF8String",
            0x13 => "PrintableString",
            0x16 => "IA5String",
            0x17 => "UTCTime",
            0x18 => "GeneralizedTime",
            SEQUENCE => "SEQUENCE",
            0x31 => "SET",
            0x80..=0xbf => CONTEXT[usize::from(self.tag & 0x1f)],
            _ => "element",
        }
    }

    /// Type and value in words.
    fn describe(self, value: &[u8]) -> String {
        let kind = self.kind();
        let text = || format!("{kind} {}", quoted(&String::from_utf8_lossy(value)));
        match (self.tag, value) {
            (0x01, [0]) => format!("{kind} false"),
            (0x01, [0xff]) => format!("{kind} true"),
            (0x02 | 0x0a, [0..=0x7f, ..]) if value.len() <= 8 => {
                format!("{kind} {}", value.iter().fold(0, |n: u64, byte| n << 8 | u64::from(*byte)))
            }
            (0x06, _) => match ObjectIdentifier::from_bytes(value) {
                Ok(oid) if oid_name(&oid) == oid.to_string() => format!("{kind} {oid}"),
                Ok(oid) => format!("{kind} {oid}: {}", oid_name(&oid)),
                Err(_) => kind.to_owned(),
            },
            (0x0c | 0x13 | 0x16 | 0x17 | 0x18, _) => text(),
            // In certificates these are names in subjectAltName.
            (0x81 | 0x82 | 0x86, _) if !value.is_empty() && value.iter().all(u8::is_ascii_graphic) => text(),
            (0x87, _) if matches!(value.len(), 4 | 16) => format!("{kind} {}", address_text(value)),
            _ => kind.to_owned(),
        }
    }
}

/// Whether `bytes` are exactly one element with one of these tags, and everything constructed in it is whole.
fn holds_der(bytes: &[u8], tags: &[u8], depth: usize) -> bool {
    let Some(head) = Head::read(bytes) else { return false };
    head.total() == bytes.len() && tags.contains(&head.tag) && is_whole(head, bytes, depth)
}

fn is_whole(head: Head, bytes: &[u8], depth: usize) -> bool {
    if head.tag & CONSTRUCTED == 0 {
        return true;
    }
    let mut rest = &bytes[head.size..head.total()];
    while !rest.is_empty() {
        match Head::read(rest) {
            Some(inner) if depth < MAX_DEPTH && is_whole(inner, rest, depth + 1) => {
                rest = &rest[inner.total()..];
            }
            _ => return false,
        }
    }
    true
}

/// What an element is called, by its tag and its place in the element around it.
struct Part {
    name: &'static str,
    tag: u8,
    /// Whether the next element may be one of these, too.
    repeats: bool,
    inside: &'static [Part],
}

const fn part(name: &'static str, tag: u8, inside: &'static [Part]) -> Part {
    Part { name, tag, repeats: false, inside }
}

const fn many(name: &'static str, tag: u8, inside: &'static [Part]) -> Part {
    Part { name, tag, repeats: true, inside }
}

static NAMELESS: Part = part("", ANY, &[]);

static CERTIFICATE: Part = part(
    "Certificate",
    SEQUENCE,
    &[
        part(
            "tbsCertificate",
            SEQUENCE,
            &[
                part("version", 0xa0, &[]),
                part("serialNumber", 0x02, &[]),
                part("signature", SEQUENCE, ALGORITHM),
                part("issuer", SEQUENCE, NAME),
                part("validity", SEQUENCE, &[part("notBefore", ANY, &[]), part("notAfter", ANY, &[])]),
                part("subject", SEQUENCE, NAME),
                part("subjectPublicKeyInfo", SEQUENCE, PUBLIC_KEY),
                part("extensions", 0xa3, &[part("Extensions", SEQUENCE, EXTENSIONS)]),
            ],
        ),
        part("signatureAlgorithm", SEQUENCE, ALGORITHM),
        part("signatureValue", BIT_STRING, &[]),
    ],
);

static REQUEST: Part = part(
    "CertificationRequest",
    SEQUENCE,
    &[
        part(
            "requestInfo",
            SEQUENCE,
            &[
                part("version", 0x02, &[]),
                part("subject", SEQUENCE, NAME),
                part("subjectPKInfo", SEQUENCE, PUBLIC_KEY),
                part("attributes", 0xa0, &[many("Attribute", SEQUENCE, ATTRIBUTE)]),
            ],
        ),
        part("signatureAlgorithm", SEQUENCE, ALGORITHM),
        part("signature", BIT_STRING, &[]),
    ],
);

const ALGORITHM: &[Part] = &[part("algorithm", 0x06, &[]), part("parameters", ANY, &[])];
const NAME: &[Part] = &[many("RDN", 0x31, &[many("attribute", SEQUENCE, TYPE_AND_VALUE)])];
const TYPE_AND_VALUE: &[Part] = &[part("type", 0x06, &[]), part("value", ANY, &[])];
const PUBLIC_KEY: &[Part] = &[
    part("algorithm", SEQUENCE, ALGORITHM),
    part("subjectPublicKey", BIT_STRING, &[part("RSAPublicKey", SEQUENCE, RSA)]),
];
const RSA: &[Part] = &[part("modulus", 0x02, &[]), part("publicExponent", 0x02, &[])];
const EXTENSIONS: &[Part] = &[many("Extension", SEQUENCE, EXTENSION)];
const EXTENSION: &[Part] =
    &[part("extnID", 0x06, &[]), part("critical", 0x01, &[]), part("extnValue", OCTET_STRING, &[])];
const ATTRIBUTE: &[Part] =
    &[part("type", 0x06, &[]), part("values", 0x31, &[part("Extensions", SEQUENCE, EXTENSIONS)])];

const CONTEXT: [&str; 32] = [
    "[0]", "[1]", "[2]", "[3]", "[4]", "[5]", "[6]", "[7]", "[8]", "[9]", "[10]", "[11]", "[12]", "[13]",
    "[14]", "[15]", "[16]", "[17]", "[18]", "[19]", "[20]", "[21]", "[22]", "[23]", "[24]", "[25]", "[26]",
    "[27]", "[28]", "[29]", "[30]", "[31]",
];

const BIT_STRING: u8 = 0x03;
const OCTET_STRING: u8 = 0x04;
const SEQUENCE: u8 = 0x30;
const CONSTRUCTED: u8 = 0x20;
const ANY: u8 = 0x00;
const MAX_DEPTH: usize = 24;
