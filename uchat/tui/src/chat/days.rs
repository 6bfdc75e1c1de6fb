//! Times and days of messages, in the user's time zone. In: milliseconds since 1970; out: what stands on the screen.

use crate::lang::Lang;
use crate::lang::Say;
use crate::lang::chat::Chat;
use jiff::Timestamp;
use jiff::civil::Weekday;
use jiff::tz::TimeZone;

/// Days since 1970; two messages with the same number are of one day.
pub(crate) fn day(time: u64, zone: Option<&TimeZone>) -> i64 {
    seconds(time, zone).div_euclid(24 * 3600)
}

/// Minutes since 1970.
pub(crate) fn minute(time: u64, zone: Option<&TimeZone>) -> i64 {
    seconds(time, zone).div_euclid(60)
}

/// `hh:mm`.
pub(crate) fn clock(time: u64, zone: Option<&TimeZone>) -> String {
    let minutes = minute(time, zone).rem_euclid(24 * 60);
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// A day as the separator names it: `Today`, `Monday, 21 September 2026`.
pub(crate) fn name(time: u64, now: u64, zone: Option<&TimeZone>, lang: Lang) -> String {
    match day(now, zone) - day(time, zone) {
        0 => return Chat::Today.say(lang).to_owned(),
        1 => return Chat::Yesterday.say(lang).to_owned(),
        _ => {}
    }
    let date = timestamp(time).to_zoned_datetime(zone.cloned().unwrap_or(TimeZone::UTC)).date();
    let weekday = weekday(date.weekday()).say(lang);
    let month = month(date.month()).say(lang);
    let (year, day) = (date.year().to_string(), date.day().to_string());
    Chat::Day.fill(lang, &[("weekday", weekday), ("day", &day), ("month", month), ("year", &year)])
}

/// Seconds since 1970 by the clock on the wall.
fn seconds(time: u64, zone: Option<&TimeZone>) -> i64 {
    let offset = zone.map_or(0, |zone| zone.to_offset(timestamp(time)).seconds());
    timestamp(time).as_second() + i64::from(offset)
}

/// A time that nobody can mean, of somebody else, is the last that can be.
fn timestamp(time: u64) -> Timestamp {
    i64::try_from(time).ok().and_then(|time| Timestamp::from_millisecond(time).ok()).unwrap_or(LAST)
}

fn weekday(day: Weekday) -> Chat {
    match day {
        Weekday::Monday => Chat::Monday,
        Weekday::Tuesday => Chat::Tuesday,
        Weekday::Wednesday => Chat::Wednesday,
        Weekday::Thursday => Chat::Thursday,
        Weekday::Friday => Chat::Friday,
        Weekday::Saturday => Chat::Saturday,
        Weekday::Sunday => Chat::Sunday,
    }
}

fn month(number: i8) -> Chat {
    match number {
        1 => Chat::January,
        2 => Chat::February,
        3 => Chat::March,
        4 => Chat::April,
        5 => Chat::May,
        6 => Chat::June,
        7 => Chat::July,
        8 => Chat::August,
        9 => Chat::September,
        10 => Chat::October,
        11 => Chat::November,
        _ => Chat::December,
    }
}

/// A day before the end of all time, so that every time zone has a date for it.
const LAST: Timestamp = Timestamp::constant(253_402_000_000, 0);

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a helper that fails is a failed test")]

    use super::*;
    use jiff::tz::Offset;

    const NOON: u64 = 1_789_992_000_000; // 2026-09-21, 12:00 UTC

    #[test]
    fn a_day_begins_where_the_user_is() {
        let shanghai = TimeZone::fixed(Offset::from_hours(8).unwrap());
        let late = NOON + 5 * 3_600_000; // 17:00 UTC
        assert_eq!(clock(late, None), "17:00");
        assert_eq!(clock(late, Some(&shanghai)), "01:00");
        assert_eq!(day(NOON, None), day(late, None));
        assert_eq!(day(NOON, Some(&shanghai)) + 1, day(late, Some(&shanghai)));
    }

    #[test]
    fn days_have_names_in_both_languages() {
        let day = 86_400_000;
        assert_eq!(name(NOON, NOON, None, Lang::En), "Today");
        assert_eq!(name(NOON, NOON + day, None, Lang::Zh), "昨天");
        assert_eq!(name(NOON, NOON + 9 * day, None, Lang::En), "Monday, 21 September 2026");
        assert_eq!(name(NOON, NOON + 9 * day, None, Lang::Zh), "2026年9月21日 星期一");
    }

    #[test]
    fn any_number_is_some_time() {
        for time in [0, 1, u64::MAX, i64::MAX as u64, 253_402_300_800_000] {
            assert_eq!(clock(time, None).len(), 5);
            assert!(!name(time, NOON, None, Lang::En).is_empty());
        }
    }
}
