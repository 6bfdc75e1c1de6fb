//! Two conversations under one keystream, and the words of one of them.

use echo::lab::Recording;
use key_exchange::overheard;

/// What the client said in `second`, message by message, if `first` had the same keystream; else `None`.
///
/// `known` is what the client said in `first`, message by message. `second` is not longer than `first`.
///
/// `overheard(&recording)` gives what was sent by the client and by the server: `let [client, server] = …`. Each has
/// `public`, the bytes of its public value, and `secret`, its encrypted messages (`Vec<Vec<u8>>`). The keystream of the
/// client runs on from message to message; it begins anew with the connection. It comes from the key, and the key comes
/// from both public values.
pub fn read(first: &Recording, known: &[&str], second: &Recording) -> Option<Vec<String>> {
    todo!("compare the public values; compute the keystream from what is known; read the second conversation")
}
