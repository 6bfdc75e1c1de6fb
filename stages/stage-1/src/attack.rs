//! The attack on stage 1: a stranger connects and is served.

use crate::lab::{self, Attack, Failure, Outcome, Target};
use crate::upper_case;
use std::io::{Read, Write};
use std::time::Duration;

/// The attacks that this stage falls to.
pub const ATTACKS: &[Attack] = &[Attack {
    name: "stranger",
    stage: 1,
    goal: "somebody from outside the class connects, knowing only the address, and is served",
    takes: &[],
    victim: &[],
    run: stranger,
}];

// ANCHOR: stranger
/// Knows the address, nothing else. The goal is reached when the server answers our text.
fn stranger(target: &Target) -> Result<Outcome, Failure> {
    let mut stream = lab::connect(target.connect, Some(PATIENCE))?;
    // A server may already have closed: then the read below says so.
    let _ = stream.write_all(TEXT.as_bytes());
    let mut seen = Vec::new();
    let ending = loop {
        let mut chunk = [0; 1024];
        match stream.read(&mut chunk) {
            Ok(0) => break "closed the connection",
            Ok(length) => seen.extend_from_slice(&chunk[..length]),
            Err(error) if lab::timed_out(&error) => break "fell silent",
            Err(_) => break "cut the connection",
        }
        if seen.ends_with(&upper_case(TEXT.as_bytes())) {
            return Ok(Outcome::Succeeded(format!(
                "the server served a stranger: {} for {}",
                anatomy::quoted(&String::from_utf8_lossy(&seen)),
                anatomy::quoted(TEXT)
            )));
        }
        if seen.len() > 1 << 16 {
            break "talked without end";
        }
    };
    if seen.is_empty() && ending == "fell silent" {
        return Err(Failure::new(
            "the server says nothing at all; is it busy with another client? Then wait, and try again",
        ));
    }
    Ok(Outcome::Failed(format!(
        "the server sent {} bytes that answer nothing, then {ending}: it wants something a stranger does not have",
        seen.len()
    )))
}
// ANCHOR_END: stranger

const TEXT: &str = "hello from outside the class";
const PATIENCE: Duration = Duration::from_secs(3);
