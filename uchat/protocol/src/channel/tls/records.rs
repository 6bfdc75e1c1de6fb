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
            let wanted = &mut self.header[self.arrived..];
            if wanted.is_empty() {
                let body = self.missing.min(bytes.len());
                self.missing -= body;
                bytes = &bytes[body..];
            } else {
                let count = wanted.len().min(bytes.len());
                wanted[..count].copy_from_slice(&bytes[..count]);
                self.arrived += count;
                self.missing = usize::from(u16::from_be_bytes([self.header[3], self.header[4]]));
                bytes = &bytes[count..];
            }
            if self.arrived == self.header.len() && self.missing == 0 {
                self.arrived = 0;
            }
        }
    }

    /// How many of these bytes belong to the record that the stream is in; one at least.
    pub(super) fn end(&self, bytes: &[u8]) -> usize {
        let mut ahead = Self { header: self.header, ..*self };
        let mut at = 0;
        while let Some(byte) = bytes.get(at) {
            ahead.pass(std::slice::from_ref(byte));
            at += 1;
            if ahead.between() {
                break;
            }
            let body = ahead.missing.min(bytes.len() - at);
            if ahead.arrived == ahead.header.len() && body > 1 {
                ahead.missing -= body - 1;
                at += body - 1;
            }
        }
        at.max(1).min(bytes.len())
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
        }
    }
}
