//! What a file is, from its content: a name can say anything.

/// Looks at a file while it goes by.
#[derive(Debug, Default)]
pub(super) struct Recogniser {
    /// Its first bytes.
    start: Vec<u8>,
    /// The bytes of a character that is not complete yet: three at most.
    open: Vec<u8>,
    no_text: bool,
}

impl Recogniser {
    /// The next bytes.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        let wanted = START - self.start.len();
        self.start.extend_from_slice(&bytes[..bytes.len().min(wanted)]);
        if self.no_text {
            return;
        }
        self.open.extend_from_slice(bytes);
        match std::str::from_utf8(&self.open) {
            Ok(_) => self.no_text = self.open.contains(&0),
            Err(error) => {
                self.no_text = error.error_len().is_some() || self.open.contains(&0);
                self.open.drain(..error.valid_up_to());
                return;
            }
        }
        self.open.clear();
    }

    /// The media type of all that went by.
    pub(super) fn media_type(&self) -> &'static str {
        let start = self.start.as_slice();
        let known = SIGNATURES.iter().find(|(_, signature)| start.starts_with(signature));
        if let Some((media_type, _)) = known {
            return media_type;
        }
        match start {
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => "image/webp",
            // Its size, then four bytes that are always 0: a text may well begin with BM.
            [b'B', b'M', _, _, _, _, 0, 0, 0, 0, ..] => "image/bmp",
            _ if self.no_text || !self.open.is_empty() => "application/octet-stream",
            _ => "text/plain",
        }
    }
}

/// So many bytes tell all types.
const START: usize = 12;

const SIGNATURES: [(&str, &[u8]); 8] = [
    ("image/png", b"\x89PNG\r\n\x1a\n"),
    ("image/jpeg", b"\xff\xd8\xff"),
    ("image/gif", b"GIF87a"),
    ("image/gif", b"GIF89a"),
    ("application/pdf", b"%PDF-"),
    ("application/zip", b"PK\x03\x04"),
    ("application/zip", b"PK\x05\x06"), // an empty one
    ("application/zip", b"PK\x07\x08"), // one of several volumes
];

#[cfg(test)]
mod tests {
    use super::*;

    fn recognised(pieces: &[&[u8]]) -> &'static str {
        let mut recogniser = Recogniser::default();
        pieces.iter().for_each(|piece| recogniser.push(piece));
        recogniser.media_type()
    }

    #[test]
    fn types_are_known_by_their_first_bytes() {
        for (bytes, expected) in [
            (&b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..], "image/png"),
            (b"\xff\xd8\xff\xe0\0\x10JFIF", "image/jpeg"),
            (b"GIF89a\x01\0", "image/gif"),
            (b"RIFF\x24\0\0\0WEBPVP8 ", "image/webp"),
            (b"RIFF\x24\0\0\0WAVEfmt ", "application/octet-stream"),
            (b"BM\x9a\0\0\0\0\0\0\0\x36\0\0\0", "image/bmp"),
            (b"BMW and other makes\n", "text/plain"),
            (b"%PDF-1.7\n", "application/pdf"),
            (b"PK\x03\x04\x14\0", "application/zip"),
            (b"\x7fELF\x02\x01\x01\0", "application/octet-stream"),
            (b"", "text/plain"),
            ("Grüße, 世界\n".as_bytes(), "text/plain"),
        ] {
            assert_eq!(recognised(&[bytes]), expected, "{bytes:?}");
            let single: Vec<&[u8]> = bytes.chunks(1).collect();
            assert_eq!(recognised(&single), expected, "byte by byte: {bytes:?}");
        }
    }

    #[test]
    fn text_is_text_to_its_last_byte() {
        let long = "語".repeat(1000);
        for size in [1, 2, 3, 4, 1000] {
            assert_eq!(recognised(&long.as_bytes().chunks(size).collect::<Vec<_>>()), "text/plain");
        }
        assert_eq!(recognised(&[long.as_bytes(), &[0xe4, 0xb8]]), "application/octet-stream", "cut");
        assert_eq!(recognised(&[b"abc", b"\xff", b"def"]), "application/octet-stream");
        assert_eq!(recognised(&[b"abc\0def"]), "application/octet-stream");
    }
}
