//! The core's clock: it begins with the time of day, and from then on nobody can set it. The core measures only how
//! long things take, and a server is not dead because somebody has set this machine's clock.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// When it began, by both clocks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    since_1970: Duration,
    began: Instant,
}

impl Clock {
    /// Begins now.
    pub(super) fn start() -> Self {
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { since_1970, began: Instant::now() }
    }

    /// Milliseconds since 1970.
    pub(super) fn at(&self, now: Instant) -> u64 {
        let time = self.since_1970.saturating_add(now.saturating_duration_since(self.began));
        u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_goes_on_as_time_goes_by_whatever_the_time_of_day_says() {
        let clock = Clock::start();
        let ahead = Clock { since_1970: clock.since_1970 + Duration::from_secs(3600), ..clock };
        let later = clock.began + Duration::from_millis(20_000);
        for clock in [clock, ahead] {
            assert_eq!(clock.at(later) - clock.at(clock.began), 20_000);
        }
        assert_eq!(ahead.at(later) - clock.at(later), 3_600_000);
    }
}
