//! A comparison that tells too much by its time, and one that does not.

/// Finds the answer that a server takes for the right one, or `None` if there is no way.
///
/// `check` gives an answer to the server. It returns whether it was right, and how long the check took, in
/// nanoseconds. This server compares from the first byte to the last and stops at the first difference; it
/// needs 10 ns for each byte that it looks at, and the network adds nothing. After 5,000 wrong answers it is
/// closed. If no byte can be found by its time, give up.
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
pub fn equal(one: impl ExactSizeIterator<Item = u8>, other: impl ExactSizeIterator<Item = u8>) -> bool {
    // solution
    one.len() == other.len() && one.zip(other).fold(0, |differences, (a, b)| differences | (a ^ b)) == 0
    // starter
    // todo!("collect all differences, and look at them only at the end")
    // end
}
