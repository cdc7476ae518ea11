//! Terms in working days. Where the calendar of a year is not known yet, its weekdays are taken for worked, and what
//! follows is provisional until the calendar is there.

use base::{Calendar, Day};

/// Days until which something has to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// The last day.
    pub on: Day,
    /// Counted over a year without a calendar?
    pub provisional: bool,
}

/// Counts working days.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'a>(&'a Calendar);

impl<'a> Terms<'a> {
    /// By a calendar.
    pub fn new(calendar: &'a Calendar) -> Self {
        Self(calendar)
    }

    /// Is a day worked, and does the calendar say so?
    fn worked(self, day: Day) -> (bool, bool) {
        self.0.is_worked(day).map_or((day.weekday() < 6, true), |worked| (worked, false))
    }

    /// The last day of a term that begins with an event on a day, which does not count (民法典 art. 201).
    pub fn after(self, event: Day, working_days: i64) -> Due {
        let (mut on, mut left, mut provisional) = (event, working_days, false);
        while left > 0 {
            on = on + 1;
            let (worked, guessed) = self.worked(on);
            left -= i64::from(worked);
            provisional |= guessed;
        }
        Due { on, provisional }
    }

    /// How many days are worked after one day, up to another.
    pub fn between(self, after: Day, up_to: Day) -> i64 {
        let days = 1..=(up_to - after).max(0);
        days.filter(|ahead| self.worked(after + *ahead).0).count().try_into().unwrap_or(i64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    #[test]
    fn a_known_year_counts_by_its_calendar_and_an_unknown_one_by_weekdays() {
        let calendar = Calendar::published().unwrap();
        let terms = Terms::new(&calendar);
        let due = |from, days| terms.after(day(from), days);
        assert_eq!(due("2026-09-30", 5), Due { on: day("2026-10-13"), provisional: false });
        // 2026-12-30 is a Wednesday: the 31st is known, the first of January is a guess until 2027 is published.
        assert_eq!(due("2026-12-30", 1), Due { on: day("2026-12-31"), provisional: false });
        assert_eq!(due("2026-12-30", 2), Due { on: day("2027-01-01"), provisional: true });
        assert_eq!(due("2026-12-30", 0), Due { on: day("2026-12-30"), provisional: false });
    }

    #[test]
    fn between_counts_what_after_counted() {
        let calendar = Calendar::published().unwrap();
        let terms = Terms::new(&calendar);
        for from in 0..60 {
            for days in [0, 1, 5, 15] {
                let event = day("2026-01-20") + from;
                assert_eq!(terms.between(event, terms.after(event, days).on), days);
            }
        }
        assert_eq!(terms.between(day("2026-01-20"), day("2026-01-10")), 0);
    }
}
