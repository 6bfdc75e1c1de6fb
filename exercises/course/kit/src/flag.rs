//! Flags: what an attack has to bring back. Each student has other ones, so that an answer that was passed on is wrong.
//!
//! Who reads this file can compute them without any attack. They keep honest people from mistaking a copied answer for
//! their own; they are no secret.

use sha2::{Digest, Sha256};

/// Set by the runner: for whom the tester runs.
pub const STUDENT: &str = "EXERCISES_STUDENT";

/// The student's name.
#[must_use]
pub fn student() -> String {
    std::env::var(STUDENT).ok().filter(|name| !name.is_empty()).unwrap_or_else(|| "somebody".to_owned())
}

/// This student's flag for one exercise: `flag-` and 16 hexadecimal digits.
#[must_use]
pub fn flag(exercise: &str) -> String {
    let digest = Sha256::digest(format!("{exercise}\n{}", student()));
    let digits: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("flag-{digits}")
}
