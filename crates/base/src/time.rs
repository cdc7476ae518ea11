//! Days and instants as whole numbers.

use std::fmt;
use std::ops::{Add, Sub};

use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, ToSpan};

/// A day: whole days since 1970-01-01, as the calendar of Shanghai has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Day(i64);

/// A text or number that is not a day between 1900-01-01 and 2199-12-31.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not a date like 2026-03-14")]
pub struct DateError(pub String);

/// The first and the last day the program takes: a birth in 1900 and a lease to 2199 fit, a slip of the pen does not.
const FIRST: i64 = -25_567;
const LAST: i64 = 84_005;

impl Day {
    /// This many days since 1970-01-01.
    pub const fn from_days(days: i64) -> Self {
        Self(days)
    }

    /// Days since 1970-01-01.
    pub const fn days(self) -> i64 {
        self.0
    }

    /// The day of a year, month (1–12) and day of month; an error when there is no such day.
    pub fn of(year: i16, month: i8, day: i8) -> Result<Self, DateError> {
        let date =
            Date::new(year, month, day).map_err(|_| DateError(format!("{year}-{month:02}-{day:02}")))?;
        Self::checked(date).ok_or_else(|| DateError(date.to_string()))
    }

    /// Reads `2026-03-14`.
    pub fn parse(text: &str) -> Result<Self, DateError> {
        let bad = || DateError(text.to_owned());
        if text.len() != 10 {
            return Err(bad());
        }
        let date: Date = text.parse().map_err(|_| bad())?;
        Self::checked(date).ok_or_else(bad)
    }

    fn checked(date: Date) -> Option<Self> {
        let days = epoch_day(date);
        (FIRST..=LAST).contains(&days).then_some(Self(days))
    }

    /// Year, month 1–12, day of month 1–31.
    pub fn ymd(self) -> (i16, i8, i8) {
        let date = self.date();
        (date.year(), date.month(), date.day())
    }

    /// 1 = Monday … 7 = Sunday.
    pub fn weekday(self) -> i8 {
        self.date().weekday().to_monday_one_offset()
    }

    /// The same day of another month, or that month's last day.
    #[must_use]
    pub fn plus_months(self, months: i32) -> Self {
        Self(epoch_day(self.date().saturating_add(months.months())))
    }

    /// The first day of this day's month.
    #[must_use]
    pub fn month_start(self) -> Self {
        Self(epoch_day(self.date().first_of_month()))
    }

    fn date(self) -> Date {
        let epoch = Date::constant(1970, 1, 1);
        epoch.saturating_add(self.0.clamp(FIRST, LAST).days())
    }
}

fn epoch_day(date: Date) -> i64 {
    let epoch = Date::constant(1970, 1, 1);
    i64::from(date.since(epoch).map_or(0, |span| span.get_days()))
}

impl Add<i64> for Day {
    type Output = Self;
    fn add(self, days: i64) -> Self {
        Self(self.0 + days)
    }
}

impl Sub<i64> for Day {
    type Output = Self;
    fn sub(self, days: i64) -> Self {
        Self(self.0 - days)
    }
}

impl Sub for Day {
    type Output = i64;
    fn sub(self, other: Self) -> i64 {
        self.0 - other.0
    }
}

/// `2026-03-14`.
impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.date().fmt(f)
    }
}

impl std::str::FromStr for Day {
    type Err = DateError;
    fn from_str(text: &str) -> Result<Self, DateError> {
        Self::parse(text)
    }
}

/// An instant: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Instant(i64);

impl Instant {
    /// This many milliseconds since the epoch.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the epoch.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// This hour and minute of a day in Shanghai (UTC+8 all year since 1991).
    pub fn at(day: Day, hour: i64, minute: i64) -> Self {
        Self(day.0 * 86_400_000 + (hour * 60 + minute - 8 * 60) * 60_000)
    }

    /// The day it is in Shanghai.
    pub const fn day(self) -> Day {
        Day((self.0 + 8 * 3_600_000).div_euclid(86_400_000))
    }

    /// Later by so many milliseconds.
    #[must_use]
    pub const fn plus_millis(self, millis: i64) -> Self {
        Self(self.0 + millis)
    }
}

/// `2026-01-31 10:00`, Shanghai time.
impl Instant {
    /// Reads `2026-01-31T09:05:00+08:00`, as RFC 3339 and the W3C's note on dates have it; `None`: it is no such instant, or
    /// not between 1900 and 2199.
    pub fn parse(text: &str) -> Option<Self> {
        let at = Self(text.parse::<Timestamp>().ok()?.as_millisecond());
        (FIRST..=LAST).contains(&at.day().days()).then_some(at)
    }

    /// The same as text, to the second, as a clock in Shanghai shows it.
    pub fn rfc3339(self) -> String {
        let of_day = (self.0 + 8 * 3_600_000).rem_euclid(86_400_000) / 1000;
        let (hours, minutes, seconds) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
        format!("{}T{hours:02}:{minutes:02}:{seconds:02}+08:00", self.day())
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let zone = TimeZone::fixed(Offset::constant(8));
        let moment = Timestamp::from_millisecond(self.0).map_err(|_| fmt::Error)?.to_zoned(zone);
        write!(f, "{}", moment.strftime("%Y-%m-%d %H:%M"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_instant_is_read_with_its_offset_and_written_as_in_shanghai() {
        let at = Instant::parse("2026-01-31T01:05:07Z").unwrap();
        assert_eq!(at.rfc3339(), "2026-01-31T09:05:07+08:00");
        assert_eq!(Instant::parse("2026-01-31T09:05:07+08:00"), Some(at));
        assert_eq!(Instant::parse("1994-11-05T08:15:30-05:00"), Instant::parse("1994-11-05T13:15:30Z"));
        for bad in
            ["2026-01-31", "2026-01-31T09:05:07", "2026-13-31T09:05:07Z", "9999-01-01T00:00:00Z", "x", ""]
        {
            assert_eq!(Instant::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_day_is_written_and_read() {
        let day = Day::parse("2026-01-31").unwrap();
        assert_eq!(day.days(), 20_484);
        assert_eq!(day.to_string(), "2026-01-31");
        assert_eq!(day.weekday(), 6);
        assert_eq!(day.plus_months(1).to_string(), "2026-02-28");
        assert_eq!(day.month_start().to_string(), "2026-01-01");
        assert_eq!(Day::of(1900, 1, 1).unwrap().days(), FIRST);
        assert_eq!(Day::of(2199, 12, 31).unwrap().days(), LAST);
        for bad in ["2026-02-30", "1899-12-31", "2200-01-01", "20260131", "", "2026-1-31x"] {
            assert!(Day::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_instant_belongs_to_the_day_in_shanghai() {
        let now = Instant::at(Day::parse("2026-01-31").unwrap(), 10, 0);
        assert_eq!(now.to_string(), "2026-01-31 10:00");
        assert_eq!(now.day().to_string(), "2026-01-31");
        assert_eq!(now.plus_millis(-10 * 3_600_000 - 1).day().to_string(), "2026-01-30");
    }

    proptest! {
        #[test]
        fn every_day_survives_its_text(days in FIRST..=LAST) {
            let day = Day::from_days(days);
            prop_assert_eq!(Day::parse(&day.to_string()).unwrap(), day);
        }
    }
}
