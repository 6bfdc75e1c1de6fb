//! Two texts under one keystream: the XOR of the ciphertexts is the XOR of the texts.

use super::{failed, session};
use crate::overheard::overheard;
use echo::lab::{self, Failure, Outcome, Target};

/// A question and its answer differ only in the case of letters, which is one bit (0x20) of ASCII. So under
/// one keystream the XOR of both directions shows where the letters are, and nothing else is left: no key,
/// no guess, no computation.
pub(super) fn keystream_reuse(target: &Target) -> Result<Outcome, Failure> {
    let [client, server] = overheard(&session(target)?);
    let questions = client.secret.iter().zip(&server.secret).filter(|(q, a)| q.len() == a.len());
    let mut shapes = Vec::new();
    for (question, answer) in questions {
        let xor = question.iter().zip(answer).map(|(q, a)| q ^ a);
        shapes.push(xor.map(shape).collect::<String>());
    }
    let seen: usize = shapes.iter().map(String::len).sum();
    let known = shapes.iter().flat_map(|line| line.chars()).filter(|c| *c != '?').count();
    // By chance a byte has one of the two shapes once in 128 times; letters that are not ASCII have none.
    if seen < LEAST {
        return Ok(failed(format!("{} went by in pairs, too few to be sure", lab::count(seen, "byte"))));
    }
    if known < LEAST || known * 2 < seen {
        return Ok(failed(format!(
            "of {seen} bytes in pairs {known} fit together, no more than chance: the directions share no keystream"
        )));
    }
    for line in &shapes {
        lab::print(format_args!("shape (a: a small letter, .: no letter): {line}"));
    }
    Ok(Outcome::Succeeded(format!(
        "both directions use one keystream; without a key it is gone from {known} of {seen} bytes"
    )))
}

/// What the XOR of a character and its upper case says about it.
fn shape(xor: u8) -> char {
    match xor {
        0x20 => 'a',
        0 => '.',
        _ => '?',
    }
}

const LEAST: usize = 6;
