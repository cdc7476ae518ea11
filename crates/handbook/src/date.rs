//! A day of the calendar, for the term of a handbook.

use std::fmt;

/// A day as whole days since 1970-01-01 (the form the rest of Lilong stores).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Date(i64);

/// A text that is not a day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not a date like 2026-03-14")]
pub struct DateError(pub String);

impl Date {
    /// This many days since 1970-01-01.
    pub const fn from_days(days: i64) -> Self {
        Self(days)
    }

    /// Days since 1970-01-01.
    pub const fn days(self) -> i64 {
        self.0
    }

    /// Reads `2026-03-14`.
    pub fn parse(text: &str) -> Result<Self, DateError> {
        let bad = || DateError(text.to_owned());
        let bytes = text.as_bytes();
        if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
            return Err(bad());
        }
        let part = |range: std::ops::Range<usize>| -> Result<i64, DateError> {
            let digits = text.get(range).ok_or_else(bad)?;
            if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(bad());
            }
            digits.parse().map_err(|_| bad())
        };
        let date = Self::of(part(0..4)?, part(5..7)?, part(8..10)?);
        // A month 13 or a 30th of February comes back as another day than was written.
        if date.to_string() == text { Ok(date) } else { Err(bad()) }
    }

    /// Days from civil date: years start in March, so that the leap day is the last of its year.
    const fn of(year: i64, month: i64, day: i64) -> Self {
        let year = if month <= 2 { year - 1 } else { year };
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        Self(era * 146_097 + day_of_era - 719_468)
    }
}

/// `2026-03-14`.
impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let days = self.0 + 719_468;
        let era = days.div_euclid(146_097);
        let day_of_era = days.rem_euclid(146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * shifted + 2) / 5 + 1;
        let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_written_and_read() {
        assert_eq!(Date::parse("1970-01-01").unwrap().days(), 0);
        assert_eq!(Date::parse("2026-01-31").unwrap().days(), 20_484);
        assert_eq!(Date::from_days(-1).to_string(), "1969-12-31");
        for days in -40_000..90_000 {
            assert_eq!(Date::parse(&Date::from_days(days).to_string()).unwrap().days(), days);
        }
        for bad in ["2026-02-30", "2026-13-01", "2026-00-10", "20260131", "", "2026-1-31x", "２026-1-1"] {
            assert!(Date::parse(bad).is_err(), "{bad}");
        }
    }
}
