//! Twelve bits are 255 primes: try them all.

use super::{failed, shown};
use crate::{Ciphers, KeyPair, Keystreams, SharedKey, Side, historic, overheard::overheard};
use echo::lab::{self, Failure, Outcome, Recording};
use echo::upper_case;
use std::time::Instant;
use zeroize::Zeroizing;

/// The verb `break`: the attack on a recorded session.
pub fn break_recording(recording: &Recording) -> Result<Outcome, Failure> {
    brute_force(recording)
}

pub(super) fn brute_force(recording: &Recording) -> Result<Outcome, Failure> {
    let start = Instant::now();
    let [client, server] = overheard(recording);
    let group = historic::group();
    let length = group.length();
    if client.public.is_empty() || server.public.is_empty() {
        return Ok(failed("there is no key exchange in what was recorded"));
    }
    if client.public.len() != length || server.public.len() != length {
        let bits = client.public.len() * 8;
        return Ok(failed(format!(
            "the public values have {bits} bits: this is not the historic group, and its keys are no 12 bits"
        )));
    }
    for private in historic::private_keys() {
        let pair = KeyPair::from_private(&group, Zeroizing::new(private.to_bytes_be()))
            .map_err(|e| Failure::new(e.to_string()))?;
        if pair.public() != client.public {
            continue;
        }
        let key = pair.shared_key(&server.public).map_err(|e| Failure::new(e.to_string()))?;
        let found = start.elapsed();
        for keystreams in [Keystreams::Two, Keystreams::One] {
            let lines = decrypt(&key, keystreams, &client.secret, &server.secret);
            if lines.iter().all(|(question, answer)| upper_case(question) == *answer) && !lines.is_empty() {
                for (question, answer) in &lines {
                    lab::print(format_args!("read: {} answered by {}", shown(question), shown(answer)));
                }
                return Ok(Outcome::Succeeded(format!(
                    "the client's private key is {private}, found in {:.1} ms; {} read",
                    found.as_secs_f64() * 1000.0,
                    lab::count(lines.len(), "message")
                )));
            }
        }
        return Ok(failed(format!(
            "the client's private key is {private}, but nothing was said that could be read"
        )));
    }
    Ok(failed("none of the 255 keys of 12 bits fits the client's public value"))
}

fn decrypt(
    key: &SharedKey,
    keystreams: Keystreams,
    questions: &[Vec<u8>],
    answers: &[Vec<u8>],
) -> Vec<(Vec<u8>, Vec<u8>)> {
    let Ciphers { send: mut server, receive: mut client } = Ciphers::new(key, Side::Server, keystreams);
    let plain = |cipher: &mut crate::Rc4, bytes: &[u8]| {
        let mut bytes = bytes.to_vec();
        cipher.apply(&mut bytes);
        bytes
    };
    questions.iter().zip(answers).map(|(q, a)| (plain(&mut client, q), plain(&mut server, a))).collect()
}
