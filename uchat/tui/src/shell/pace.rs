//! When to draw and when to wake up. Times go in, so that a test needs no clock.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// The rhythm of the loop.
#[derive(Debug, Default)]
pub(super) struct Pace {
    /// When the screen was drawn last.
    drawn: Option<Instant>,
    /// Whether anything has changed since.
    dirty: bool,
    /// Whether a person waits to see what a key has done.
    hurry: bool,
    /// When the screen wants to be woken up, in milliseconds since 1970.
    wakes: BTreeSet<u64>,
}

impl Pace {
    /// Something has changed.
    pub(super) fn changed(&mut self, by_key: bool) {
        self.dirty = true;
        self.hurry |= by_key;
    }

    /// Wake up at this time.
    pub(super) fn wake_at(&mut self, time: u64) {
        self.wakes.insert(time);
        if self.wakes.len() > MOST_WAKES {
            self.wakes.pop_last();
        }
    }

    /// Whether a time has come for which somebody has asked.
    pub(super) fn wakes(&mut self, now: u64) -> bool {
        let later = self.wakes.split_off(&now.saturating_add(1));
        let due = !self.wakes.is_empty();
        self.wakes = later;
        due
    }

    /// Whether to draw now; then it counts as drawn.
    pub(super) fn draws(&mut self, at: Instant) -> bool {
        let due = self.drawn.is_none_or(|drawn| at.saturating_duration_since(drawn) >= FRAME);
        let draws = self.dirty && (self.hurry || due);
        if draws {
            (self.drawn, self.dirty, self.hurry) = (Some(at), false, false);
        }
        draws
    }

    /// How long to wait for something to happen; `None` is for ever.
    pub(super) fn wait(&self, at: Instant, now: u64) -> Option<Duration> {
        let draw = self.dirty.then(|| {
            let next = self.drawn.map_or(at, |drawn| drawn + FRAME);
            next.saturating_duration_since(at)
        });
        // A clock that is set meanwhile is looked at again soon enough.
        let wake =
            self.wakes.first().map(|wake| Duration::from_millis(wake.saturating_sub(now)).min(LONGEST));
        [draw, wake].into_iter().flatten().min()
    }
}

/// The least time between two draws that no key asks for.
pub(super) const FRAME: Duration = Duration::from_millis(16);
const LONGEST: Duration = Duration::from_secs(60);
const MOST_WAKES: usize = 1_024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_drawn_at_once_and_all_else_sixty_times_a_second_the_last_change_always() {
        let start = Instant::now();
        let mut pace = Pace::default();
        assert_eq!(pace.wait(start, 0), None, "nothing to do: no time-out at all");
        pace.changed(false);
        assert!(pace.draws(start), "the first");
        pace.changed(false);
        let soon = start + FRAME / 2;
        assert!(!pace.draws(soon));
        assert_eq!(pace.wait(soon, 0), Some(FRAME / 2), "it is not forgotten");
        pace.changed(true);
        assert!(pace.draws(soon), "somebody has pressed a key");
        assert!(!pace.draws(soon + FRAME), "nothing has changed");
        pace.changed(false);
        assert!(pace.draws(soon + FRAME));
        assert_eq!(pace.wait(soon + FRAME, 0), None);
    }

    #[test]
    fn a_wake_up_comes_once_and_not_before_its_time() {
        let mut pace = Pace::default();
        pace.wake_at(1_000);
        pace.wake_at(1_000);
        pace.wake_at(5_000);
        assert!(!pace.wakes(999));
        assert_eq!(pace.wait(Instant::now(), 990), Some(Duration::from_millis(10)));
        assert!(pace.wakes(1_000));
        assert!(!pace.wakes(1_001));
        assert!(pace.wakes(u64::MAX));
        assert_eq!(pace.wait(Instant::now(), 0), None);
    }
}
