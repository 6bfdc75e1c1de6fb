//! The packet: `length u32 ‖ padding u8 ‖ iv 16 ‖ digest 32 ‖ body`. Sealed in place, found in a stream, and
//! opened in place.
//!
//! What the digest is made of is left to the caller: this stage takes MD5 of the body, as the original program
//! did ([`Packets`](crate::Packets)); stage 7 keeps the layout and fills the same 32 bytes with a keyed digest.

use crate::cipher::{BLOCK, Cipher};
use anatomy::Reader;
use std::fmt;

/// Bytes before the digest: length, padding and IV, in this order.
pub const HEAD_LENGTH: usize = 4 + 1 + BLOCK;

/// Bytes of the digest.
pub const DIGEST_LENGTH: usize = 32;

/// Bytes before the body.
pub const HEADER_LENGTH: usize = HEAD_LENGTH + DIGEST_LENGTH;

/// The longest body in bytes, unless a layer asks for another limit: a message of 1 MiB, and its fill.
pub const LIMIT: usize = (1 << 20) + BLOCK;

/// What stands before the body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Bytes of the body: a positive multiple of 16.
    pub length: usize,
    /// How many zero bytes fill the last block: 0 to 15.
    pub padding: u8,
    /// The first block's chaining value, new and random for each packet.
    pub iv: [u8; BLOCK],
    /// The digest, whatever it is made of.
    pub digest: [u8; DIGEST_LENGTH],
}

/// Why bytes are no packet, or cannot become one. A stream with such bytes cannot be read any further.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PacketError {
    /// The header announces more than the limit, or the text to seal is longer.
    TooLong {
        /// Bytes of body.
        length: usize,
        /// Bytes allowed.
        limit: usize,
    },
    /// A body of no bytes, or one that does not end with a block.
    Blocks(usize),
    /// More fill than a block can need.
    Padding(u8),
    /// The digest is not that of this packet.
    Digest,
    /// A fill byte that is not zero (only where a layer looks).
    Fill,
}

impl fmt::Display for PacketError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong { length, limit } => write!(
                f,
                "a packet with a body of {length} bytes, the limit is {limit}; is the other side at the same stage?"
            ),
            Self::Blocks(length) => write!(
                f,
                "a packet with a body of {length} bytes, which is no positive multiple of 16; is the other side at the same stage?"
            ),
            Self::Padding(padding) => write!(f, "a packet with {padding} bytes of padding; 15 is the most"),
            Self::Digest => f.write_str("the digest of a packet does not fit: it was changed on its way"),
            Self::Fill => f.write_str("the padding of a packet is not zero"),
        }
    }
}

impl std::error::Error for PacketError {}

impl Header {
    /// Reads a header and checks it. `None` if the input ends before the header does.
    ///
    /// # Errors
    /// As soon as the field that breaks the rules is there: a wrong length is refused before its packet comes.
    pub fn read(r: &mut Reader<'_>, limit: usize) -> Result<Option<Self>, PacketError> {
        let Ok(length) = r.u32("length") else { return Ok(None) }; // the one possible error: too few bytes
        r.note(|| "bytes of body".into());
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        if length > limit {
            return Err(PacketError::TooLong { length, limit });
        }
        if length == 0 || !length.is_multiple_of(BLOCK) {
            return Err(PacketError::Blocks(length));
        }
        let Ok(padding) = r.u8("padding") else { return Ok(None) };
        r.note(|| "zero bytes at its end are fill".into());
        if usize::from(padding) >= BLOCK {
            return Err(PacketError::Padding(padding));
        }
        let Ok(iv) = r.array("iv") else { return Ok(None) };
        let Ok(digest) = r.array("digest") else { return Ok(None) };
        Ok(Some(Self { length, padding, iv, digest }))
    }

    /// The bytes before the digest.
    #[must_use]
    pub fn head(&self) -> [u8; HEAD_LENGTH] {
        let mut head = [0; HEAD_LENGTH];
        head[..4].copy_from_slice(&(self.length as u32).to_be_bytes()); // it came from a u32 or was checked
        head[4] = self.padding;
        head[5..].copy_from_slice(&self.iv);
        head
    }

    /// Its bytes.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; HEADER_LENGTH] {
        let mut bytes = [0; HEADER_LENGTH];
        bytes[..HEAD_LENGTH].copy_from_slice(&self.head());
        bytes[HEAD_LENGTH..].copy_from_slice(&self.digest);
        bytes
    }
}

/// Appends one packet to `out`: `write` appends the text, which is then filled up and encrypted where it lies,
/// and `digest` gets the head and the encrypted body.
///
/// # Errors
/// What `write` says, or that the text is empty or longer than `limit`; then nothing is appended.
pub fn seal<E: From<PacketError>>(
    cipher: &Cipher,
    iv: [u8; BLOCK],
    limit: usize,
    out: &mut Vec<u8>,
    write: impl FnOnce(&mut Vec<u8>) -> Result<(), E>,
    digest: impl FnOnce(&[u8; HEAD_LENGTH], &[u8]) -> [u8; DIGEST_LENGTH],
) -> Result<(), E> {
    let start = out.len();
    out.resize(start + HEADER_LENGTH, 0);
    let body = out.len();
    let sealed = write(out).and_then(|()| {
        let text = out.len() - body;
        let length = text.next_multiple_of(BLOCK);
        match length {
            0 => Err(PacketError::Blocks(0).into()),
            length if length > limit.min(u32::MAX as usize) => {
                Err(PacketError::TooLong { length, limit }.into())
            }
            length => Ok((length, (length - text) as u8)),
        }
    });
    let (length, padding) = match sealed {
        Ok(sizes) => sizes,
        Err(error) => {
            out.truncate(start);
            return Err(error);
        }
    };
    // ANCHOR: seal
    out.resize(body + length, 0);
    cipher.encrypt(&iv, &mut out[body..]);
    let mut header = Header { length, padding, iv, digest: [0; DIGEST_LENGTH] };
    header.digest = digest(&header.head(), &out[body..]);
    out[start..body].copy_from_slice(&header.to_bytes());
    Ok(())
    // ANCHOR_END: seal
}

/// A whole packet that has arrived; its body is still encrypted.
#[derive(Debug)]
pub struct Packet<'a> {
    /// Its header.
    pub header: Header,
    /// Its body, in the decoder's own memory.
    pub body: &'a mut [u8],
}

impl<'a> Packet<'a> {
    /// Its bytes, as they travelled.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        [&self.header.to_bytes()[..], self.body].concat()
    }

    /// Decrypts it where it lies; look at the digest first. Returns the text and its fill.
    #[must_use]
    pub fn decrypt(self, cipher: &Cipher) -> (&'a [u8], &'a [u8]) {
        cipher.decrypt(&self.header.iv, self.body);
        let text = self.header.length - usize::from(self.header.padding);
        let body: &'a [u8] = self.body;
        body.split_at(text)
    }
}

/// Finds packets in a stream that arrives in pieces of any size. As [`FrameDecoder`](framing::FrameDecoder), it
/// stores what has arrived and nothing else, and hands a packet out without a copy.
#[derive(Debug, Clone)]
pub struct PacketDecoder {
    limit: usize,
    stored: Vec<u8>,
    /// Where the next packet starts in `stored`; before it lies what has been handed out.
    start: usize,
}

impl PacketDecoder {
    /// For packets with a body of at most `limit` bytes.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self { limit, stored: Vec::new(), start: 0 }
    }

    /// From here on, bodies may have `limit` bytes.
    pub fn set_limit(&mut self, limit: usize) {
        self.limit = limit;
    }

    /// Takes the next bytes of the stream. Take all whole packets out before the next call.
    pub fn push(&mut self, bytes: &[u8]) {
        self.stored.drain(..self.start);
        self.start = 0;
        self.stored.extend_from_slice(bytes);
    }

    /// The next whole packet, `None` if more bytes are needed.
    ///
    /// # Errors
    /// If the header breaks the rules; every later call says so again.
    pub fn packet(&mut self) -> Result<Option<Packet<'_>>, PacketError> {
        if self.start == self.stored.len() && self.stored.capacity() > KEPT {
            (self.stored, self.start) = (Vec::new(), 0); // an idle connection does not keep its largest packet
        }
        let rest = &self.stored[self.start..];
        let Some(header) = Header::read(&mut Reader::new(rest), self.limit)? else { return Ok(None) };
        let whole = HEADER_LENGTH + header.length;
        if rest.len() < whole {
            return Ok(None);
        }
        let body = &mut self.stored[self.start + HEADER_LENGTH..self.start + whole];
        self.start += whole;
        Ok(Some(Packet { header, body }))
    }

    /// How many bytes of an unfinished packet have arrived.
    #[must_use]
    pub fn unfinished(&self) -> usize {
        self.stored.len() - self.start
    }
}

/// What an empty store may keep for the next packets.
const KEPT: usize = 2 << 10;
