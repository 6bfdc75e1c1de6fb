//! The attack on stage 2: hold the only connection, and everybody else starves.

use echo::lab::{self, Attack, Failure, Outcome, Target};
use std::io::{Read, Write};
use std::time::{Duration, Instant};

/// The attacks that this stage falls to.
pub const ATTACKS: &[Attack] = &[Attack {
    name: "hold",
    stage: 2,
    goal: "while one silent connection is held, a second client gets no sign of life for 1 s",
    takes: &[],
    victim: &[],
    run: hold,
}];

// ANCHOR: hold
/// Needs no key: it never gets as far as answering. The first connection says nothing; the second
/// plays the classmate who would like to be served.
fn hold(target: &Target) -> Result<Outcome, Failure> {
    let _held = lab::connect(target.connect, None)?;
    let mut second = lab::connect(target.connect, Some(PATIENCE))?;
    let start = Instant::now();
    // A server that speaks first needs no prompting, one that waits for the client does.
    let _ = second.write_all(b"is anybody there?");
    let mut byte = [0];
    match second.read(&mut byte) {
        Err(error) if lab::timed_out(&error) => Ok(Outcome::Succeeded(format!(
            "one silent connection is held, and a second client got no byte for {} s",
            PATIENCE.as_secs()
        ))),
        // A byte, an orderly end or a reset: the server has turned to the second client.
        _ => Ok(Outcome::Failed(format!(
            "the server turned to the second client after {} ms, although the first connection was held",
            start.elapsed().as_millis()
        ))),
    }
}
// ANCHOR_END: hold

const PATIENCE: Duration = Duration::from_secs(1);
