//! The attacks on stage 5: flipped bits, a keystream used twice, and a private key of twelve bits.

mod brute_force;
mod flip;
mod keystream_reuse;

pub use brute_force::break_recording;
use echo::lab::{Attack, Failure, Outcome, Recording, Target};

/// The attacks that this stage falls to. The last two need a victim with the given option: the default
/// parameters of this very stage stop them.
pub const ATTACKS: &[Attack] = &[
    FLIP,
    Attack {
        name: "keystream-reuse",
        stage: 5,
        goal: "without the key: tells letters from all other characters in what is said",
        takes: &["listen", "recording"],
        victim: &["--one-keystream"],
        run: keystream_reuse::keystream_reuse,
    },
    Attack {
        name: "brute-force",
        stage: 5,
        goal: "finds the private key from the public values, and reads what was said",
        takes: &["listen", "recording"],
        victim: &["--historic"],
        run: |target| brute_force::brute_force(&session(target)?),
    },
];

/// The first of them, which later stages aim at where a text then lies.
pub const FLIP: Attack = Attack {
    name: "flip",
    stage: 5,
    goal: "changes a character of a message under encryption, and back in the answer; nobody notices",
    takes: &["listen"],
    victim: &[],
    run: flip::flip,
};

/// The session from `--recording`, or one that is listened to.
fn session(target: &Target) -> Result<Recording, Failure> {
    framing::attack::session(target)
}

fn shown(bytes: &[u8]) -> String {
    anatomy::quoted(&String::from_utf8_lossy(bytes))
}

fn failed(why: impl Into<String>) -> Outcome {
    Outcome::Failed(why.into())
}
