//! A packet in the hands of somebody on the path.

use crate::packet::{Header, LIMIT};
use crate::{BLOCK, digest};
use anatomy::Reader;

/// A whole packet as it passes by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passing {
    /// Its header.
    pub header: Header,
    /// Its body, encrypted.
    pub body: Vec<u8>,
}

impl Passing {
    /// A packet of one block, with the digest that fits: no key is needed to make one.
    #[must_use]
    pub fn of_one_block(iv: [u8; BLOCK], padding: u8, block: [u8; BLOCK]) -> Self {
        Self { header: Header { length: BLOCK, padding, iv, digest: digest(&block) }, body: block.to_vec() }
    }

    /// The packet that these bytes are.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut r = Reader::new(bytes);
        let header = Header::read(&mut r, LIMIT).ok()??;
        let body = r.bytes(header.length, "body").ok()?.to_vec();
        Some(Self { header, body })
    }

    /// Bytes of the text inside. No encryption hides that.
    #[must_use]
    pub fn text_length(&self) -> usize {
        self.header.length.saturating_sub(self.header.padding.into())
    }

    /// Whether there can be a message in it: one of a single byte is stage 7's goodbye, or its word that something
    /// is wrong.
    #[must_use]
    pub fn is_message(&self) -> bool {
        self.text_length() > 1
    }

    /// What travels.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        [&self.header.to_bytes()[..], &self.body].concat()
    }
}
