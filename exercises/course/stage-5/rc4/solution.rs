//! RC4: a key becomes an endless row of bytes.
//!
//! The library has this ready-made (`key_exchange::Rc4`). Write it yourself, and compare afterwards.

/// The keystream of one key. It is an iterator, so `keystream.next()` gives its next byte.
pub struct Rc4 {
    /// The numbers 0 to 255 in an order that the key decides.
    state: [u8; 256],
    /// Two places in it; both are 0 at first.
    i: u8,
    j: u8,
}

impl Rc4 {
    /// Mixes the state with a key of 1 to 256 bytes.
    ///
    /// At first `state[n]` is n, and j is 0. Then, for every i from 0 to 255: add to j `state[i]` and the byte i of
    /// the key, where a short key is repeated as often as it takes; swap `state[i]` and `state[j]`. All sums are
    /// modulo 256: `wrapping_add`.
    pub fn new(key: &[u8]) -> Self {
        // solution
        let mut state: [u8; 256] = std::array::from_fn(|n| n as u8);
        let mut j = 0_u8;
        for (i, byte) in (0..=255_u8).zip(key.iter().cycle()) {
            j = j.wrapping_add(state[usize::from(i)]).wrapping_add(*byte);
            state.swap(usize::from(i), usize::from(j));
        }
        Self { state, i: 0, j: 0 }
        // starter
        // todo!("mix the numbers 0 to 255 with the key")
        // end
    }

    /// Encrypts: XORs each byte with the next one of the keystream. To do it again, from the same place of the
    /// keystream, decrypts.
    pub fn apply(&mut self, data: &mut [u8]) {
        // solution
        for (byte, key) in data.iter_mut().zip(self) {
            *byte ^= key;
        }
        // starter
        // todo!("XOR the data with the keystream")
        // end
    }
}

impl Iterator for Rc4 {
    type Item = u8;

    /// The next byte of the keystream, of which there is always one.
    ///
    /// Add 1 to i. Add `state[i]` to j. Swap `state[i]` and `state[j]`. Their sum is a place in the state, and what
    /// stands there is the byte.
    fn next(&mut self) -> Option<u8> {
        // solution
        self.i = self.i.wrapping_add(1);
        self.j = self.j.wrapping_add(self.state[usize::from(self.i)]);
        let [i, j] = [self.i, self.j].map(usize::from);
        self.state.swap(i, j);
        let sum = self.state[i].wrapping_add(self.state[j]);
        Some(self.state[usize::from(sum)])
        // starter
        // todo!("move i and j on, swap, and hand out a byte")
        // end
    }
}
