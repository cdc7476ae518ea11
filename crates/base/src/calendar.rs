//! Working days (工作日) by the calendars that the State Council publishes for each year: its holidays, and the weekends that
//! are worked to make up for them (国务院办公厅关于部分节假日安排的通知; 全国年节及纪念日放假办法).
//!
//! A year without its calendar is not guessed: until the notice comes, in autumn, nobody knows it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::Day;

/// The calendars that the program has.
const PUBLISHED: [&str; 2] =
    [include_str!("../../../calendars/2025.toml"), include_str!("../../../calendars/2026.toml")];

/// The calendar of a year is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the calendar of {0} is missing: which of its days are worked is not known")]
pub struct MissingYear(pub i16);

/// A file is no calendar of a year.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// It cannot be read.
    #[error("this is no calendar: {0}")]
    Unreadable(String),
    /// A day lies in another year.
    #[error("{0} does not lie in {1}")]
    OtherYear(Day, i16),
    /// A holiday ends before it begins.
    #[error("“{0}” ends before it begins")]
    Backwards(String),
    /// A day that makes up for a holiday would be worked anyway.
    #[error("{0} is a weekday: what makes up for a holiday is a weekend that is worked")]
    NoWeekend(Day),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    year: i16,
    #[expect(dead_code, reason = "for whoever reads the file: the number of the notice")]
    source: String,
    workdays: Vec<String>,
    holiday: Vec<Holiday>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Holiday {
    name: String,
    from: String,
    to: String,
}

/// What of a year is not as its weekdays say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Year {
    off: BTreeSet<Day>,
    worked: BTreeSet<Day>,
}

/// The years whose calendars are known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Calendar {
    years: BTreeMap<i16, Year>,
}

impl Calendar {
    /// The calendars that were published when the program was made.
    pub fn published() -> Result<Self, CalendarError> {
        let mut calendar = Self::default();
        for text in PUBLISHED {
            calendar.add(text)?;
        }
        Ok(calendar)
    }

    /// Takes the calendar of a year in; one that is there already is replaced. Says which year.
    pub fn add(&mut self, text: &str) -> Result<i16, CalendarError> {
        let File { year, workdays, holiday, .. } =
            toml::from_str(text).map_err(|error| CalendarError::Unreadable(error.message().to_owned()))?;
        let day = |text: &str| {
            let day: Day = Day::parse(text).map_err(|error| CalendarError::Unreadable(error.to_string()))?;
            if day.ymd().0 == year { Ok(day) } else { Err(CalendarError::OtherYear(day, year)) }
        };
        let mut read = Year::default();
        for Holiday { name, from, to } in holiday {
            let (mut at, to) = (day(&from)?, day(&to)?);
            if to < at {
                return Err(CalendarError::Backwards(name));
            }
            while at <= to {
                read.off.insert(at);
                at = at + 1;
            }
        }
        for text in workdays {
            let worked = day(&text)?;
            if worked.weekday() < 6 {
                return Err(CalendarError::NoWeekend(worked));
            }
            read.worked.insert(worked);
        }
        self.years.insert(year, read);
        Ok(year)
    }

    /// Is the calendar of a year known?
    pub fn has(&self, year: i16) -> bool {
        self.years.contains_key(&year)
    }

    /// Is a day worked?
    pub fn is_worked(&self, day: Day) -> Result<bool, MissingYear> {
        let number = day.ymd().0;
        let year = self.years.get(&number).ok_or(MissingYear(number))?;
        Ok(year.worked.contains(&day) || (day.weekday() < 6 && !year.off.contains(&day)))
    }

    /// The last day of a term of working days that begins with an event on a day: that day does not count (民法典 art. 201).
    pub fn after(&self, event: Day, working_days: u32) -> Result<Day, MissingYear> {
        let mut day = event;
        let mut left = working_days;
        while left > 0 {
            day = day + 1;
            left -= u32::from(self.is_worked(day)?);
        }
        Ok(day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    #[test]
    fn holidays_are_off_and_the_weekends_that_make_up_are_worked() {
        let calendar = Calendar::published().unwrap();
        let worked = |text: &str| calendar.is_worked(day(text)).unwrap();
        // The spring festival of 2026: nine days, paid with two Saturdays.
        assert!(worked("2026-02-14") && worked("2026-02-28"));
        assert!((15..=23).all(|date| !worked(&format!("2026-02-{date}"))));
        assert!(worked("2026-02-24") && !worked("2026-03-01") && worked("2026-03-02"));
        // Working days of a year: 2025 has 248 of them, 2026 too.
        for year in [2025, 2026] {
            let first = Day::of(year, 1, 1).unwrap();
            let count = (0..365).filter(|at| calendar.is_worked(first + *at).unwrap()).count();
            assert_eq!(count, 248, "{year}");
        }
    }

    #[test]
    fn a_term_counts_from_the_day_after_and_over_holidays() {
        let calendar = Calendar::published().unwrap();
        let after = |from, days| calendar.after(day(from), days).unwrap().to_string();
        assert_eq!(after("2026-01-30", 1), "2026-02-02");
        assert_eq!(after("2026-02-13", 1), "2026-02-14");
        assert_eq!(after("2026-02-13", 2), "2026-02-24");
        assert_eq!(after("2026-09-30", 5), "2026-10-13");
        assert_eq!(after("2026-05-01", 0), "2026-05-01");
        let late = calendar.after(day("2026-12-30"), 5);
        assert_eq!(late, Err(MissingYear(2027)));
        assert!(late.unwrap_err().to_string().contains("2027"));
    }

    #[test]
    fn what_is_no_calendar_says_why() {
        let add = |text: &str| Calendar::default().add(text).unwrap_err();
        let file = |workday: &str, from: &str, to: &str| {
            format!(
                "year = 2027\nsource = \"\"\nworkdays = [\"{workday}\"]\n[[holiday]]\nname = \"元旦\"\nfrom = \"{from}\"\nto = \"{to}\""
            )
        };
        assert!(matches!(add(""), CalendarError::Unreadable(_)));
        assert!(matches!(add(&file("2027-13-01", "2027-01-01", "2027-01-01")), CalendarError::Unreadable(_)));
        let other = add(&file("2027-01-02", "2026-12-31", "2027-01-01"));
        assert_eq!(other, CalendarError::OtherYear(day("2026-12-31"), 2027));
        let backwards = add(&file("2027-01-02", "2027-01-02", "2027-01-01"));
        assert_eq!(backwards, CalendarError::Backwards("元旦".into()));
        let weekday = add(&file("2027-01-04", "2027-01-01", "2027-01-01"));
        assert_eq!(weekday, CalendarError::NoWeekend(day("2027-01-04")));
        let mut calendar = Calendar::default();
        assert_eq!(calendar.add(&file("2027-01-02", "2027-01-01", "2027-01-01")), Ok(2027));
        assert!(calendar.has(2027) && !calendar.has(2026));
    }
}
