//! A message seen from the inside: every layer it went through, each with labels, and which byte became which.
//!
//! ```text
//!   text        what the person wrote                        inside its letter
//!   letter      {id, time, message}                          encrypted from end to end into …
//!   sealed      a keyed packet that the server cannot open   inside …
//!   messages    operation and value, one or several          in a frame, encrypted, or in clear: …
//!   wire        what an eavesdropper sees
//! ```
//!
//! Layers that a transport does not have are not there: on lesson 1 the messages are what travels. All of it is made
//! from bytes that have really travelled, by the decoders that read them.

mod labels;
mod link;

pub use link::Link;

use crate::channel::{Carried, Lesson, Transport};
use anatomy::{Labelled, Reader};
use cbc_packet::HEADER_LENGTH;
use framing::{Message, Value};
use std::fmt;
use std::ops::Range;

/// What a layer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// What the person wrote.
    Text,
    /// What is encrypted from end to end.
    Letter,
    /// The packet that only the receivers can open.
    Sealed,
    /// One message of the protocol or several.
    Messages,
    /// A frame of stage 4, in clear.
    Frame,
    /// A frame whose payload is under RC4.
    Rc4Frame,
    /// A packet of stage 6, with an MD5 digest.
    Packet,
    /// A packet of stage 7, with a keyed digest.
    KeyedPacket,
    /// A record of TLS.
    TlsRecord,
}

/// One layer.
#[derive(Debug, Clone, PartialEq)]
pub struct Layer {
    /// What it is.
    pub kind: Kind,
    /// Its bytes, with labels.
    pub labelled: Labelled,
    /// Where they lie in the next layer.
    pub link: Link,
    /// The part of it that is this message, where others travel beside it.
    pub part: Range<usize>,
}

/// A message that has travelled, and where it lies in what was carried.
#[derive(Clone, PartialEq)]
pub struct Travelled {
    /// Over what.
    pub transport: Transport,
    /// What was carried.
    pub carried: Carried,
    /// The message's bytes in the text of it.
    pub part: Range<usize>,
    /// What was encrypted from end to end, if anything was.
    pub sealed: Option<Sealed>,
    /// What the person wrote.
    pub text: String,
}

/// A packet inside a message that only the receivers can open.
#[derive(Clone, PartialEq)]
pub struct Sealed {
    /// Its bytes in the text that was carried.
    pub part: Range<usize>,
    /// What was in it.
    pub letter: Vec<u8>,
}

/// What was said is nobody's business, so texts and letters are left out.
impl fmt::Debug for Travelled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Travelled")
            .field("transport", &self.transport)
            .field("carried", &self.carried)
            .field("part", &self.part)
            .field("sealed", &self.sealed.as_ref().map(|sealed| &sealed.part))
            .finish_non_exhaustive()
    }
}

impl Travelled {
    /// Where in what was carried the message lies that holds this: its id, or the packet in it. `None` if it is not
    /// there.
    #[must_use]
    pub fn find(transport: Transport, carried: &Carried, needle: &[u8], text: &str) -> Option<Self> {
        let at = find(&carried.text, needle)?;
        let mut r = Reader::new(&carried.text);
        loop {
            let start = r.offset();
            Message::read(&mut r).ok()?;
            if (start..r.offset()).contains(&at) {
                let (carried, part) = (carried.clone(), start..r.offset());
                return Some(Self { transport, carried, part, sealed: None, text: text.to_owned() });
            }
        }
    }

    /// Its layers, the innermost first.
    #[must_use]
    pub fn layers(&self) -> Vec<Layer> {
        let mut layers = Vec::new();
        match &self.sealed {
            Some(Sealed { part, letter }) => {
                layers.extend(self.text_in(letter, 0..letter.len()));
                layers.push(Layer {
                    kind: Kind::Letter,
                    labelled: labels::letter(letter),
                    link: Link::Blocks(HEADER_LENGTH),
                    part: 0..letter.len(),
                });
                let packet = self.carried.text.get(part.clone()).unwrap_or_default();
                layers.push(Layer {
                    kind: Kind::Sealed,
                    labelled: labels::packet(packet, labels::SEALED_DIGEST),
                    link: Link::Same(part.start),
                    part: 0..packet.len(),
                });
            }
            None => layers.extend(self.text_in(&self.carried.text, self.part.clone())),
        }
        let (outer, link) = self.carrier();
        let labelled = labels::messages(&self.carried.text);
        layers.push(Layer { kind: Kind::Messages, labelled, link, part: self.part.clone() });
        if let Some(kind) = outer {
            let labelled = labels::wire(kind, &self.carried);
            layers.push(Layer { kind, labelled, link: Link::None, part: 0..self.carried.wire.len() });
        }
        layers
    }

    /// What the person wrote, where it stands in this part of these bytes. Looked for as the entry `data`: a short text
    /// such as "o" is also a part of the names of other fields.
    fn text_in(&self, bytes: &[u8], part: Range<usize>) -> Option<Layer> {
        let mut dict = Vec::new();
        let entry = Value::Dict(vec![("data".to_owned(), Value::from(self.text.as_str()))]);
        framing::encode(&entry, &mut dict).ok()?;
        let entry = dict.get(VALUE_HEADER..)?;
        let end = part.start + find(bytes.get(part)?, entry)? + entry.len();
        let at = end - self.text.len();
        let labelled = Labelled::whole("text", self.text.as_bytes());
        Some(Layer { kind: Kind::Text, labelled, link: Link::Same(at), part: 0..self.text.len() })
    }

    /// What carries messages on this transport, and where in it they lie.
    fn carrier(&self) -> (Option<Kind>, Link) {
        match self.transport {
            Transport::Lesson(Lesson::Plain | Lesson::Challenge | Lesson::Many) => (None, Link::None),
            Transport::Lesson(Lesson::Frames) => (Some(Kind::Frame), Link::Same(FRAME_HEADER)),
            Transport::Lesson(Lesson::Rc4) => (Some(Kind::Rc4Frame), Link::Same(FRAME_HEADER)),
            Transport::Lesson(Lesson::Packets) => (Some(Kind::Packet), Link::Blocks(HEADER_LENGTH)),
            Transport::Signed => (Some(Kind::KeyedPacket), Link::Blocks(HEADER_LENGTH)),
            Transport::Tls => (Some(Kind::TlsRecord), Link::Records),
        }
    }
}

/// Where `part` lies in `bytes` for the last time: what was sent stands behind what is said about it.
fn find(bytes: &[u8], part: &[u8]) -> Option<usize> {
    if part.is_empty() || part.len() > bytes.len() {
        return None;
    }
    bytes.windows(part.len()).rposition(|window| window == part)
}

/// `type u8, length u32` of a value of stage 4.
const VALUE_HEADER: usize = 5;
/// `length u32` of stage 4.
const FRAME_HEADER: usize = 4;
