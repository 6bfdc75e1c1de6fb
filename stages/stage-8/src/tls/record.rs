//! The record layer (RFC 8446, section 5.1): type, version, length, and that many bytes.

use super::names;
use anatomy::{ReadError, Reader};

/// Type, version and length.
pub const HEADER_LENGTH: usize = 5;

/// The most that may follow a header: 2^14 bytes and what encryption adds. TLS 1.3 allows 256 bytes for that,
/// TLS 1.2 allowed 2,048 (RFC 5246, section 6.2.3).
pub const MAX_FRAGMENT: usize = (1 << 14) + 2048;

/// What a record carries (RFC 8446, section 5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// 20: one byte, kept for old machines on the path that expect it (section D.4).
    ChangeCipherSpec,
    /// 21: an error, or the end.
    Alert,
    /// 22: handshake messages.
    Handshake,
    /// 23: application data; in TLS 1.3 everything that is encrypted looks like this.
    ApplicationData,
}

/// The first five bytes of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// What it carries, or claims to carry.
    pub content: Content,
    /// How many bytes follow.
    pub length: usize,
}

impl Content {
    /// The type with this number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        Some(match number {
            20 => Self::ChangeCipherSpec,
            21 => Self::Alert,
            22 => Self::Handshake,
            23 => Self::ApplicationData,
            _ => return None,
        })
    }
}

/// Reads the header of a record.
pub fn read_header(r: &mut Reader<'_>) -> Result<Header, ReadError> {
    let number = r.u8("content type")?;
    r.note(|| names::content_type(number).to_owned());
    let content = Content::from_number(number).ok_or_else(|| {
        r.invalid("content type", format!("is {number}: no record of TLS begins with that"))
    })?;
    let version = r.u16("legacy_version")?;
    r.note(|| format!("{}: frozen (5.1)", names::version(version)));
    if version >> 8 != 3 {
        return Err(r.invalid("legacy_version", format!("is {version:#06x}; 0x0301 to 0x0303 are expected")));
    }
    let length = usize::from(r.u16("length")?);
    r.note(|| "bytes follow".into());
    if length > MAX_FRAGMENT {
        return Err(r.invalid("length", format!("is {length}; a record has at most {MAX_FRAGMENT}")));
    }
    Ok(Header { content, length })
}

/// One direction of a connection, cut into records.
#[derive(Debug, Default)]
pub struct Records {
    buffer: Vec<u8>,
    noise: bool,
}

/// What was found in the stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// A whole record, its header in front.
    Record(Header, Vec<u8>),
    /// Bytes that are not TLS. Nothing after them can be read, for nobody knows where a record would begin.
    Noise(Vec<u8>),
}

impl Records {
    /// Takes what one read has brought.
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// The next whole record, if there is one. No more than one record is ever kept.
    pub fn next_piece(&mut self) -> Option<Piece> {
        if self.noise && !self.buffer.is_empty() {
            return Some(Piece::Noise(std::mem::take(&mut self.buffer)));
        }
        if self.buffer.len() < HEADER_LENGTH {
            return None;
        }
        match read_header(&mut Reader::new(&self.buffer)) {
            Err(_) => {
                self.noise = true;
                self.next_piece()
            }
            Ok(header) => {
                let whole = HEADER_LENGTH + header.length;
                (self.buffer.len() >= whole)
                    .then(|| Piece::Record(header, self.buffer.drain(..whole).collect()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_do_not_depend_on_where_the_stream_is_cut() {
        let stream = [&[22, 3, 1, 0, 2, 7, 8][..], &[23, 3, 3, 0, 0], &[21, 3, 3, 0, 1, 9]].concat();
        for size in 1..=stream.len() {
            let mut records = Records::default();
            let mut lengths = Vec::new();
            for piece in stream.chunks(size) {
                records.push(piece);
                while let Some(Piece::Record(header, bytes)) = records.next_piece() {
                    assert_eq!(bytes.len(), HEADER_LENGTH + header.length);
                    lengths.push(header.length);
                }
            }
            assert_eq!(lengths, [2, 0, 1], "in pieces of {size}");
        }
    }

    #[test]
    fn what_is_not_tls_is_noise_from_there_on() {
        for bytes in [&b"HTTP/1.1 400"[..], &[22, 2, 0, 0, 1, 0], &[22, 3, 3, 255, 255, 0]] {
            let mut records = Records::default();
            records.push(bytes);
            assert_eq!(records.next_piece(), Some(Piece::Noise(bytes.to_vec())));
            assert_eq!(records.next_piece(), None);
            records.push(&[22, 3, 3, 0, 0]);
            assert!(matches!(records.next_piece(), Some(Piece::Noise(_))));
        }
    }
}
