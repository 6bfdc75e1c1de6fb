//! A comparison that tells too much by its time, and one that does not.

use super::byte::Byte;

/// Finds the answer that a server takes for the right one, or `None` if there is no way.
///
/// `check` gives an answer to the server. It returns whether it was right, and how long the check took, in
/// nanoseconds. This server compares from the first byte to the last and stops at the first difference; it
/// needs 10 ns for each byte that it looks at, and the network adds nothing. After 5,000 wrong answers it is
/// closed. If none of the 256 values of a byte shows itself by its time, give up at once.
pub fn guess(mut check: impl FnMut(&[u8; 16]) -> (bool, u32)) -> Option<[u8; 16]> {
    // solution
    let mut answer = [0; 16];
    for at in 0..16 {
        // If this byte is right, the server looks at the one behind it, too.
        let found = (0..=255).any(|byte| {
            answer[at] = byte;
            let (right, time) = check(&answer);
            right || time > 10 * (at as u32 + 1)
        });
        if !found {
            return None; // no value shows itself by its time
        }
    }
    check(&answer).0.then_some(answer)
    // starter
    // todo!("find one byte after the other by the time of the check")
    // end
}

/// Whether both are equal. It looks at every byte of both, wherever the first difference is. Only if they
/// differ in length it may say so at once: that is no secret.
///
/// A `Byte` (see `byte.rs`) is one that the stopwatch knows: it has `^`, `|`, `^=`, `|=`, `==` and the
/// constant `Byte::ZERO`. Each `==` of two of them is counted, and there must be as many wherever the first
/// difference is.
pub fn equal(one: impl ExactSizeIterator<Item = Byte>, other: impl ExactSizeIterator<Item = Byte>) -> bool {
    // solution
    one.len() == other.len()
        && one.zip(other).fold(Byte::ZERO, |differences, (a, b)| differences | (a ^ b)) == Byte::ZERO
    // starter
    // todo!("collect all differences, and look at them only at the end")
    // end
}
