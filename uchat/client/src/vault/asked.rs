//! What the server was asked for, so that it is not asked twice within a short while. All of it is known only as long
//! as the program runs, and may be forgotten at any time: then it is asked for again.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use uchat_protocol::KeyId;

/// What was asked for since the log-in.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// Key packages that are on their way.
    pub(super) packages: Lately<(u64, KeyId)>,
    /// Users whose certificates are on their way.
    pub(super) certificates: Lately<u64>,
    /// Users who had no certificate.
    pub(super) without: Lately<u64>,
    /// Users whose certificates were asked for.
    pub(super) looked_at: Few<u64>,
    /// Chains for which the sender's certificate was asked for once more.
    pub(super) again: Few<(u64, KeyId)>,
}

impl Asked {
    /// Who was to ask may not have done it.
    pub(super) fn lose_requests(&mut self) {
        self.packages = Lately::default();
        self.certificates = Lately::default();
        self.again = Few::default();
    }
}

/// Things of the last minute, each with its time.
#[derive(Debug)]
pub(super) struct Lately<T>(HashMap<T, u64>);

impl<T: Eq + Hash> Lately<T> {
    /// Whether it was noted a short while ago.
    pub(super) fn contains(&self, thing: &T, now: u64) -> bool {
        self.0.get(thing).is_some_and(|then| !is_over(*then, now))
    }

    pub(super) fn insert(&mut self, thing: T, now: u64) {
        if self.0.len() >= MOST {
            self.0.retain(|_, then| !is_over(*then, now));
        }
        if self.0.len() >= MOST {
            self.0.clear();
        }
        self.0.insert(thing, now);
    }

    pub(super) fn remove(&mut self, thing: &T) {
        self.0.remove(thing);
    }
}

impl<T> Default for Lately<T> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

/// A set that forgets everything when it is full.
#[derive(Debug)]
pub(super) struct Few<T>(HashSet<T>);

impl<T: Eq + Hash> Few<T> {
    pub(super) fn contains(&self, thing: &T) -> bool {
        self.0.contains(thing)
    }

    /// Whether it was not in it.
    pub(super) fn insert(&mut self, thing: T) -> bool {
        if self.0.len() >= MOST {
            self.0.clear();
        }
        self.0.insert(thing)
    }
}

impl<T> Default for Few<T> {
    fn default() -> Self {
        Self(HashSet::new())
    }
}

/// A clock that was set back is no reason to wait for ever.
fn is_over(then: u64, now: u64) -> bool {
    now.abs_diff(then) >= ASK_AGAIN
}

/// After so many milliseconds who had no certificate may have one, and a question without an answer is lost.
const ASK_AGAIN: u64 = 60_000;
/// More of one kind come only from a server that means no good: a seal needs the certificates of 500 members at most.
const MOST: usize = 10_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_noted_counts_for_a_minute_whichever_way_the_clock_goes() {
        let mut lately = Lately::default();
        lately.insert(7, 100_000);
        assert!(lately.contains(&7, 100_000) && lately.contains(&7, 159_999) && lately.contains(&7, 99_000));
        assert!(
            !lately.contains(&7, 160_000) && !lately.contains(&7, 40_000) && !lately.contains(&8, 100_000)
        );
    }

    #[test]
    fn a_server_cannot_make_them_grow_without_end() {
        let (mut lately, mut few) = (Lately::default(), Few::default());
        for number in 0..5 * MOST {
            lately.insert(number, 0);
            assert!(few.insert(number));
            assert!(lately.0.len() <= MOST && few.0.len() <= MOST);
            assert!(lately.contains(&number, 0) && few.contains(&number), "the newest is known");
        }
    }
}
