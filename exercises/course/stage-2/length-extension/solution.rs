//! Length extension: a valid digest for a longer message, without the key.

use md5::block_api::compress;

/// The bytes that MD5 puts behind `length` bytes before it hashes them (RFC 1321, sections 3.1 and 3.2).
///
/// One byte 0x80; then as many zeros (0 to 63) as it takes until only 8 bytes are missing to a whole number of
/// blocks of 64 bytes; then `length` in **bits**, as 8 bytes, the least significant one first.
pub fn padding(length: usize) -> Vec<u8> {
    // solution
    let mut padding = vec![0x80];
    while (length + padding.len()) % 64 != 56 {
        padding.push(0);
    }
    padding.extend((length as u64 * 8).to_le_bytes());
    padding
    // starter
    // todo!("0x80, zeros, and the length in bits")
    // end
}

/// The message and the digest that the server takes from somebody without the key.
///
/// It was overheard that `digest` is MD5(key ‖ `message`). The key has `key_length` bytes. What we send must
/// begin with `message` and end with `more`; the new digest is MD5(key ‖ what we send).
pub fn forge(message: &[u8], digest: [u8; 16], key_length: usize, more: &[u8]) -> (Vec<u8>, [u8; 16]) {
    // solution
    let padding = padding(key_length + message.len());
    let hashed = key_length + message.len() + padding.len();
    ([message, &padding, more].concat(), go_on(digest, hashed, more))
    // starter
    // todo!("begin with what MD5 has hashed up to `digest`, and go on from there")
    // end
}

/// What the server says to our command `tell=flag`, which has to stand on a line of its own: `\ntell=flag`.
///
/// The key has 1 to 40 bytes. `send` gives a message and its digest to the server. It returns the server's
/// answer, or `None` if the digest is wrong. After 40 wrong ones the server is closed.
pub fn attack(
    message: &[u8],
    digest: [u8; 16],
    mut send: impl FnMut(&[u8], [u8; 16]) -> Option<String>,
) -> Option<String> {
    // solution
    (1..=40).find_map(|key_length| {
        let (message, digest) = forge(message, digest, key_length, b"\ntell=flag");
        send(&message, digest)
    })
    // starter
    // todo!("try every length of the key")
    // end
}

/// Goes on hashing: `digest` is MD5 after `hashed` bytes (whole blocks, padding included), and `more` follows.
fn go_on(digest: [u8; 16], hashed: usize, more: &[u8]) -> [u8; 16] {
    // A digest is the state of MD5 after its last block, four words of 32 bits.
    let mut state = [0, 4, 8, 12].map(|at| {
        let word = [digest[at], digest[at + 1], digest[at + 2], digest[at + 3]];
        u32::from_le_bytes(word)
    });
    let last = [more, &padding(hashed + more.len())].concat();
    let (blocks, _) = last.as_chunks::<64>();
    compress(&mut state, blocks);
    let mut digest = [0; 16];
    for (at, word) in state.iter().enumerate() {
        digest[4 * at..4 * at + 4].copy_from_slice(&word.to_le_bytes());
    }
    digest
}
