//! RC4, the stream cipher of its day: fast, short, and forbidden in TLS since RFC 7465.

/// A keystream. XOR with it encrypts, XOR with the same bytes again decrypts.
///
/// Nothing in it notices a change: who flips a bit of the ciphertext flips that bit of the message. Who
/// gets two messages under one keystream gets their XOR. And its first bytes are not even random
/// (Mantin and Shamir, 2001), which broke WEP. It is here to be broken.
#[derive(Clone)]
pub struct Rc4 {
    state: [u8; 256],
    i: u8,
    j: u8,
}

impl Rc4 {
    // ANCHOR: rc4
    /// The keystream of a key of 1 to 256 bytes; longer keys have no effect beyond that.
    #[must_use]
    pub fn new(key: &[u8]) -> Self {
        let mut state: [u8; 256] = std::array::from_fn(|n| n as u8);
        let mut j = 0_u8;
        for (i, byte) in (0..=255_u8).zip(key.iter().cycle()) {
            j = j.wrapping_add(state[usize::from(i)]).wrapping_add(*byte);
            state.swap(usize::from(i), usize::from(j));
        }
        Self { state, i: 0, j: 0 }
    }

    /// XORs `data` with the next bytes of the keystream.
    pub fn apply(&mut self, data: &mut [u8]) {
        for byte in data {
            self.i = self.i.wrapping_add(1);
            self.j = self.j.wrapping_add(self.state[usize::from(self.i)]);
            self.state.swap(usize::from(self.i), usize::from(self.j));
            let sum = self.state[usize::from(self.i)].wrapping_add(self.state[usize::from(self.j)]);
            *byte ^= self.state[usize::from(sum)];
        }
    }
    // ANCHOR_END: rc4
}

impl std::fmt::Debug for Rc4 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Rc4(secret)")
    }
}
