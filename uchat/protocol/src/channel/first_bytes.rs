//! What the other side speaks, guessed from its first bytes: for a better sentence when it is not what we speak.

use super::Transport;

/// The first bytes that have arrived.
#[derive(Debug, Default)]
pub(super) struct FirstBytes {
    bytes: [u8; 8],
    length: usize,
}

impl FirstBytes {
    /// Takes what is still wanted of these.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        let free = &mut self.bytes[self.length..];
        let count = free.len().min(bytes.len());
        free[..count].copy_from_slice(&bytes[..count]);
        self.length += count;
    }

    // ANCHOR: other_than
    /// What it looks like, if that is something else than `ours`. A challenge is random and looks like nothing.
    pub(super) fn other_than(&self, ours: Transport) -> Option<&'static str> {
        match self.bytes[..self.length] {
            // A record of TLS: an alert or a handshake message (RFC 8446, section 5.1).
            [0x15 | 0x16, 0x03, ..] if ours != Transport::Tls => Some("TLS (--tls)"),
            // A frame with a hello of stage 7, with its answer to a hello of another version, or with its alert.
            [0, 0, 1, _, 1 | 2, 0, 1, _] | [0, 0, 0, 6, 2, 0, 0, 2] | [0, 0, 0, 1, 241, ..]
                if ours != Transport::Signed =>
            {
                Some("the signed channel (no --lesson, no --tls)")
            }
            [b'G', b'E', b'T', b' ', ..]
            | [b'P', b'O', b'S', b'T', b' ', ..]
            | [b'H', b'T', b'T', b'P', b'/', ..] => Some("HTTP, as browsers and web servers do"),
            _ => None,
        }
    }
    // ANCHOR_END: other_than
}
