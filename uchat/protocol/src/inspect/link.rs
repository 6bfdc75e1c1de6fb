//! Which bytes of a layer became which bytes of the next one.

use std::ops::Range;

/// How a layer lies in the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// It is the last.
    None,
    /// Byte for byte, from this byte on: as it is, or under a stream cipher.
    Same(usize),
    /// In blocks of 16 bytes from this byte on, as AES-CBC makes them: each byte of a block hangs on every byte of
    /// the block of text, and on all blocks before it.
    Blocks(usize),
    /// Byte for byte, in records of TLS: at most 16 KiB in each, a header of 5 bytes before it, and behind it the type
    /// of what was in it and a tag of 16 bytes (RFC 8446, section 5.2).
    Records,
}

impl Link {
    /// The bytes of the next layer that these bytes became.
    #[must_use]
    pub fn out(self, bytes: &Range<usize>) -> Option<Range<usize>> {
        match self {
            Self::None => None,
            Self::Same(at) => Some(at + bytes.start..at + bytes.end),
            Self::Blocks(at) => {
                let end = if bytes.is_empty() { bytes.end } else { bytes.end.next_multiple_of(BLOCK) };
                Some(at + bytes.start / BLOCK * BLOCK..at + end)
            }
            Self::Records => {
                let last = bytes.end.saturating_sub(1).max(bytes.start);
                Some(in_record(bytes.start)..in_record(last) + usize::from(!bytes.is_empty()))
            }
        }
    }

    /// The bytes of this layer, of `length` in all, that became these bytes of the next one.
    #[must_use]
    pub fn back(self, bytes: &Range<usize>, length: usize) -> Option<Range<usize>> {
        let (at, block) = match self {
            Self::None => return None,
            Self::Records => {
                let inside = |at: usize| (0..length).find(|byte| in_record(*byte) >= at).unwrap_or(length);
                let (start, end) = (inside(bytes.start), inside(bytes.end));
                return (start < end).then_some(start..end);
            }
            Self::Same(at) => (at, 1),
            Self::Blocks(at) => (at, BLOCK),
        };
        let start = bytes.start.saturating_sub(at) / block * block;
        let end = bytes.end.checked_sub(at)?.next_multiple_of(block).min(length);
        (start < end).then_some(start..end)
    }
}

/// Where a byte of the text lies in its records.
fn in_record(at: usize) -> usize {
    at + RECORD_HEADER + at / RECORD * (RECORD_HEADER + RECORD_TAIL)
}

/// `type u8 ‖ version u16 ‖ length u16`.
const RECORD_HEADER: usize = 5;
/// The type of what is inside, and the tag.
const RECORD_TAIL: usize = 1 + 16;
/// The most text of one record.
const RECORD: usize = 16 << 10;
const BLOCK: usize = cbc_packet::BLOCK;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_becomes_a_byte_or_a_block_and_is_found_again() {
        assert_eq!(Link::Same(4).out(&(0..3)), Some(4..7));
        assert_eq!(Link::Same(4).back(&(4..7), 3), Some(0..3));
        assert_eq!(Link::Same(4).back(&(0..4), 3), None, "a header is of nothing inside");
        assert_eq!(Link::Blocks(53).out(&(17..18)), Some(53 + 16..53 + 32));
        assert_eq!(
            Link::Blocks(53).back(&(53 + 16..53 + 17), 20),
            Some(16..20),
            "the last block is filled up"
        );
        assert_eq!(Link::Records.out(&(0..10)), Some(5..15));
        assert_eq!(Link::Records.out(&(16_384..16_385)), Some(16_384 + 27..16_384 + 28));
        assert_eq!(Link::Records.back(&(16_384 + 27..16_384 + 28), 20_000), Some(16_384..16_385));
        assert_eq!(Link::Records.back(&(0..5), 20_000), None);
        assert_eq!(Link::None.out(&(0..1)), None);
    }
}
