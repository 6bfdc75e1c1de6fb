//! The core's timers: at most one of each kind.

use crate::core::Timer;
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// The timers that run.
#[derive(Debug, Default)]
pub(super) struct Timers(HashMap<Timer, Instant>);

impl Timers {
    /// Starts one; an older one of the same kind is forgotten.
    pub(super) fn set(&mut self, timer: Timer, milliseconds: u64) {
        // What does not fit into the clock would never come anyway.
        match Instant::now().checked_add(Duration::from_millis(milliseconds)) {
            Some(end) => self.0.insert(timer, end),
            None => self.0.remove(&timer),
        };
    }

    /// Forgets one.
    pub(super) fn stop(&mut self, timer: Timer) {
        self.0.remove(&timer);
    }

    /// When the next one runs out.
    pub(super) fn next(&self) -> Option<Instant> {
        self.0.values().min().copied()
    }

    /// One that has run out by now. It runs no more.
    pub(super) fn take_due(&mut self, now: Instant) -> Option<Timer> {
        let (&timer, _) = self.0.iter().filter(|(_, end)| **end <= now).min_by_key(|(_, end)| **end)?;
        self.0.remove(&timer);
        Some(timer)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a helper that fails is a failed test")]

    use super::*;

    #[test]
    fn a_second_timer_of_a_kind_replaces_the_first_and_each_runs_out_once() {
        let mut timers = Timers::default();
        timers.set(Timer::KeepAlive, 0);
        timers.set(Timer::KeepAlive, 60_000);
        timers.set(Timer::Reconnect, 30_000);
        timers.set(Timer::Dead, u64::MAX);
        let now = Instant::now();
        assert_eq!(timers.take_due(now), None);
        let later = now + Duration::from_secs(120);
        assert!(timers.next().unwrap() < later);
        assert_eq!(timers.take_due(later), Some(Timer::Reconnect));
        assert_eq!(timers.take_due(later), Some(Timer::KeepAlive));
        assert_eq!((timers.take_due(later), timers.next().is_some_and(|end| end < later)), (None, false));
    }
}
