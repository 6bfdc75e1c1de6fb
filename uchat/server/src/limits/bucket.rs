//! Token buckets: so many at once, and so many in the long run.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How much a bucket holds, and how fast it fills.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rate {
    /// At once.
    pub(crate) burst: u32,
    /// The time in which one is given back.
    pub(crate) each: Duration,
}

/// A bucket. It stands for the moment at which it will be full again; before that it is not.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bucket {
    full_at: Instant,
}

impl Bucket {
    /// A full one.
    pub(crate) fn full(now: Instant) -> Self {
        Self { full_at: now }
    }

    /// Takes `count` out.
    ///
    /// # Errors
    /// That there are not so many: after which time there will be. Nothing is taken then.
    pub(crate) fn take(&mut self, rate: Rate, count: u32, now: Instant) -> Result<(), Duration> {
        let after = self.full_at.max(now) + rate.each * count;
        // More than the whole bucket is taken from a full one, or nobody could ever have it.
        let most = now + rate.each * rate.burst.max(count);
        if after > most {
            return Err(after - most);
        }
        self.full_at = after;
        Ok(())
    }

    /// Puts one back.
    pub(crate) fn give_back(&mut self, rate: Rate) {
        self.full_at = self.full_at.checked_sub(rate.each).unwrap_or(self.full_at);
    }

    /// Whether it has had time to fill up: it can be forgotten.
    pub(crate) fn is_full(&self, now: Instant) -> bool {
        self.full_at <= now
    }
}

/// A bucket for each key that has taken something lately.
#[derive(Debug)]
pub(super) struct Buckets<K>(Mutex<HashMap<K, Bucket>>);

impl<K> Default for Buckets<K> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash + Clone> Buckets<K> {
    /// Takes one out of the bucket of `key`.
    ///
    /// # Errors
    /// After which time there will be one.
    pub(super) fn take(&self, key: K, rate: Rate) -> Result<Taken<'_, K>, Duration> {
        let now = Instant::now();
        let mut buckets = self.lock();
        if buckets.len() >= ENTRIES && !buckets.contains_key(&key) {
            buckets.retain(|_, bucket| !bucket.is_full(now));
            if buckets.len() >= ENTRIES {
                return Err(rate.each); // never so many at once, unless it is an attack
            }
        }
        buckets.entry(key.clone()).or_insert_with(|| Bucket::full(now)).take(rate, 1, now)?;
        Ok(Taken { buckets: self, rate, key: Some(key) })
    }
}

impl<K> Buckets<K> {
    fn lock(&self) -> MutexGuard<'_, HashMap<K, Bucket>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What was taken out of a bucket. It goes back unless it is [kept](Self::keep).
#[derive(Debug)]
pub(super) struct Taken<'a, K: Eq + Hash> {
    buckets: &'a Buckets<K>,
    rate: Rate,
    key: Option<K>,
}

impl<K: Eq + Hash> Taken<'_, K> {
    /// It does not go back.
    pub(super) fn keep(mut self) {
        self.key = None;
    }
}

impl<K: Eq + Hash> Drop for Taken<'_, K> {
    fn drop(&mut self) {
        let Some(key) = self.key.take() else { return };
        if let Some(bucket) = self.buckets.lock().get_mut(&key) {
            bucket.give_back(self.rate);
        }
    }
}

/// Entries of one table, at most; those that do not count any more are forgotten first.
const ENTRIES: usize = 50_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_gives_its_burst_and_then_its_rate() {
        let rate = Rate { burst: 3, each: Duration::from_secs(10) };
        let start = Instant::now();
        let mut bucket = Bucket::full(start);
        for _ in 0..3 {
            assert_eq!(bucket.take(rate, 1, start), Ok(()));
        }
        assert_eq!(bucket.take(rate, 1, start), Err(Duration::from_secs(10)));
        let later = start + Duration::from_secs(10);
        assert_eq!(bucket.take(rate, 1, later), Ok(()));
        assert_eq!(bucket.take(rate, 1, later), Err(Duration::from_secs(10)));
        assert!(!bucket.is_full(later) && bucket.is_full(start + Duration::from_secs(40)));
        assert_eq!(bucket.take(rate, 9, start + Duration::from_secs(40)), Ok(()), "more than it holds");
    }
}
