//! Times as people read them: short, and relative to today.

use crate::lang::main::Main;
use crate::lang::{Lang, Say};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// A time in a few cells: `14:05` today, `yesterday`, `3 May` this year, else `2025-05-03`. Empty for 0, which means
/// never. Both times are in milliseconds since 1970.
#[must_use]
pub fn short(time: u64, now: u64, zone: &TimeZone, lang: Lang) -> String {
    let (Some(then), Some(now)) = (local(time, zone), local(now, zone)) else { return String::new() };
    let form = if then.date() == now.date() {
        "%H:%M"
    } else if now.date().yesterday().is_ok_and(|yesterday| yesterday == then.date()) {
        return Main::Yesterday.say(lang).to_owned();
    } else if then.year() == now.year() {
        Main::DayAndMonth.say(lang)
    } else {
        "%Y-%m-%d"
    };
    then.strftime(form).to_string()
}

/// Nothing for 0, and for what is no time.
fn local(time: u64, zone: &TimeZone) -> Option<DateTime> {
    let time = i64::try_from(time).ok().filter(|time| *time > 0)?;
    Some(zone.to_datetime(Timestamp::from_millisecond(time).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-09-21 12:00 UTC.
    const NOON: u64 = 1_789_992_000_000;
    const HOUR: u64 = 3_600_000;

    #[test]
    fn a_time_is_told_relative_to_today_in_the_users_zone() {
        let utc = |time| short(time, NOON, &TimeZone::UTC, Lang::En);
        assert_eq!(utc(NOON - HOUR), "11:00");
        assert_eq!(utc(NOON - 13 * HOUR), "yesterday");
        assert_eq!(utc(NOON - 140 * 24 * HOUR), "4 May");
        assert_eq!(utc(NOON - 400 * 24 * HOUR), "2025-08-17");
        assert_eq!(short(NOON - 140 * 24 * HOUR, NOON, &TimeZone::UTC, Lang::Zh), "5月4日");
        let china = TimeZone::fixed(jiff::tz::offset(8));
        assert_eq!(short(NOON - 13 * HOUR, NOON, &china, Lang::En), "07:00");
    }

    #[test]
    fn what_is_no_time_is_told_as_nothing() {
        for time in [0, u64::MAX, i64::MAX as u64] {
            assert_eq!(short(time, NOON, &TimeZone::UTC, Lang::En), "");
        }
    }
}
