//! Tests that try random things: each run others, and each run can be repeated.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// A new seed for each run; `UCHAT_SEED` repeats one.
pub fn random() -> StdRng {
    let seed = std::env::var("UCHAT_SEED")
        .ok()
        .map_or_else(|| rand::make_rng::<StdRng>().random(), |seed| seed.parse().unwrap());
    println!("UCHAT_SEED={seed} repeats this run");
    StdRng::seed_from_u64(seed)
}

/// How often something bad happens: `few` times, or what `UCHAT_KILLS` says, for a long run.
pub fn repeats(few: usize) -> usize {
    std::env::var("UCHAT_KILLS").ok().map_or(few, |number| number.parse().unwrap())
}
