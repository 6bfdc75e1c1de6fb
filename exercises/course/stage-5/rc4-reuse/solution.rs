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
    // solution
    let ([first, first_server], [second, second_server]) = (overheard(first), overheard(second));
    // The same public values have the same exponents behind them, and so the same key.
    if first.public != second.public || first_server.public != second_server.public {
        return None;
    }
    let secret = first.secret.concat();
    let mut keystream = secret.iter().zip(known.concat().into_bytes()).map(|(secret, text)| secret ^ text);
    let decrypt = |message: &Vec<u8>| {
        let text: Vec<u8> = message.iter().zip(&mut keystream).map(|(secret, key)| secret ^ key).collect();
        String::from_utf8_lossy(&text).into_owned()
    };
    Some(second.secret.iter().map(decrypt).collect())
    // starter
    // todo!("compare the public values; compute the keystream from what is known; read the second conversation")
    // end
}
