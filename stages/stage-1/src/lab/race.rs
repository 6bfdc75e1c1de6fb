//! Benchmarks whose result is a ratio: several ways to do one thing, timed in turn in the same run.

use std::time::{Duration, Instant};

/// How one way did.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lap {
    /// Median time of one call.
    pub time: Duration,
    /// Median over the rounds of its time divided by the first way's time in the same round.
    pub ratio: f64,
}

/// Times all `ways` in turn, round after round, so that a machine that becomes slower becomes slower for
/// all of them. The first way is the reference.
pub fn race<const N: usize>(mut ways: [&mut dyn FnMut(); N]) -> [Lap; N] {
    let calls = ways.each_mut().map(calls_per_round);
    let mut times = [const { Vec::new() }; N];
    let mut ratios = [const { Vec::new() }; N];
    for _ in 0..ROUNDS {
        let mut first = None;
        for (n, way) in ways.iter_mut().enumerate() {
            let start = Instant::now();
            for _ in 0..calls[n] {
                way();
            }
            let time = start.elapsed().as_secs_f64() / f64::from(calls[n]);
            times[n].push(time);
            ratios[n].push(time / *first.get_or_insert(time));
        }
    }
    std::array::from_fn(|n| Lap {
        time: Duration::from_secs_f64(median(&mut times[n])),
        ratio: median(&mut ratios[n]),
    })
}

/// Enough calls to fill a round; the trial also warms up caches.
fn calls_per_round(way: &mut &mut dyn FnMut()) -> u32 {
    let (start, mut calls) = (Instant::now(), 0);
    while start.elapsed() < ROUND {
        way();
        calls += 1;
    }
    calls
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

const ROUNDS: usize = 31;
const ROUND: Duration = Duration::from_millis(20);
