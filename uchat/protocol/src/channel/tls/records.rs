//! Where records begin and end in a stream of TLS: `type u8 ‖ version u16 ‖ length u16 ‖ body` (RFC 8446, section
//! 5.1). rustls keeps the bytes of an unfinished record to itself; patience must know that there are some.

/// A place in the stream.
#[derive(Debug, Default)]
pub(super) struct Records {
    header: [u8; 5],
    /// Bytes of the header that are there.
    arrived: usize,
    /// Bytes of the body that are missing, once the header is there.
    missing: usize,
}

impl Records {
    /// These bytes have passed.
    pub(super) fn pass(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let count = self.pass_to_end(bytes);
            bytes = &bytes[count..];
        }
    }

    /// The first of these bytes have passed, up to the end of the record that the stream is in: so many.
    pub(super) fn pass_to_end(&mut self, bytes: &[u8]) -> usize {
        let mut at = 0;
        while at < bytes.len() {
            let ahead = &bytes[at..];
            let wanted = &mut self.header[self.arrived..];
            if wanted.is_empty() {
                let body = self.missing.min(ahead.len());
                self.missing -= body;
                at += body;
            } else {
                let count = wanted.len().min(ahead.len());
                wanted[..count].copy_from_slice(&ahead[..count]);
                self.arrived += count;
                self.missing = usize::from(u16::from_be_bytes([self.header[3], self.header[4]]));
                at += count;
            }
            if self.arrived == self.header.len() && self.missing == 0 {
                self.arrived = 0;
                break;
            }
        }
        at
    }

    /// Whether the stream is between two records.
    pub(super) fn between(&self) -> bool {
        self.arrived == 0
    }

    /// Bytes of the header of a record that is unfinished; 0 between records.
    pub(super) fn unfinished(&self) -> usize {
        self.arrived
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cut_is_seen() {
        let stream = b"\x16\x03\x01\0\x03abc\x17\x03\x03\0\0\x17\x03\x03\0\x01x";
        let ends = [8, 13, stream.len()];
        for cut in 0..=stream.len() {
            for size in 1..4 {
                let mut records = Records::default();
                stream[..cut].chunks(size).for_each(|piece| records.pass(piece));
                assert_eq!(records.unfinished() == 0, cut == 0 || ends.contains(&cut), "{cut}");
            }
            // From anywhere to the end of the record, and no further.
            let mut records = Records::default();
            records.pass(&stream[..cut]);
            let next = ends.into_iter().find(|end| *end > cut).unwrap_or(cut);
            assert_eq!((records.pass_to_end(&stream[cut..]), records.between()), (next - cut, true), "{cut}");
        }
    }
}
