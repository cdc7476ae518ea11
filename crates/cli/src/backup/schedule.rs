//! When a daily backup is due and which older ones may go: pure, time is an argument. The day is Shanghai's.

use std::collections::BTreeSet;
use std::str::FromStr;

use base::{Day, Instant};

/// How an archive's name ends.
const END: &str = ".lilong";
/// How long after a failure the next try comes: long enough to mend a full disk, short enough for the same night.
const AGAIN: i64 = 60 * MINUTE;
/// After this without a good backup it is overdue: a day, and two hours for a late start and the work itself.
const OVERDUE: i64 = 26 * 60 * MINUTE;
/// Months of which the last backup is kept: a year can be looked back on.
const MONTHS: usize = 12;
const MINUTE: i64 = 60_000;

/// A time of day: minutes since midnight in Shanghai.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeOfDay(i64);

impl FromStr for TimeOfDay {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let bad = || format!("“{text}” is no time of day such as 03:00");
        let (hour, minute) = text.split_once(':').ok_or_else(bad)?;
        let number = |digits: &str, below: i64| -> Result<i64, String> {
            let fine = digits.len() == 2 && digits.bytes().all(|digit| digit.is_ascii_digit());
            let number: i64 = digits.parse().map_err(|_| bad())?;
            if fine && number < below { Ok(number) } else { Err(bad()) }
        };
        Ok(Self(number(hour, 24)? * 60 + number(minute, 60)?))
    }
}

/// `03:00`.
impl std::fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

/// Is a backup due? `good` is when the last good one was made, `failed` when the last try failed. What lies in the future
/// was written by a clock that went wrong and counts as nothing.
pub fn is_due(now: Instant, at: TimeOfDay, good: Option<Instant>, failed: Option<Instant>) -> bool {
    let today = Instant::at(now.day(), 0, at.0);
    let moment = if now < today { Instant::at(now.day() - 1, 0, at.0) } else { today };
    let made = good.is_some_and(|good| (moment..=now).contains(&good));
    let waits = failed.is_some_and(|failed| (0..AGAIN).contains(&(now.millis() - failed.millis())));
    !made && !waits
}

/// Is a good backup overdue?
pub fn is_overdue(now: Instant, good: Instant) -> bool {
    !(0..OVERDUE).contains(&(now.millis() - good.millis()))
}

/// Which backups may go: all but those of the newest `days` days that have one, and the last of each of the newest
/// twelve months. The newest is never among them.
pub fn spare(made: &[Instant], days: usize) -> Vec<Instant> {
    let newest =
        |of: BTreeSet<Day>, count: usize| -> BTreeSet<Day> { of.into_iter().rev().take(count).collect() };
    let kept_days = newest(made.iter().map(|at| at.day()).collect(), days.max(1));
    let months = newest(made.iter().map(|at| at.day().month_start()).collect(), MONTHS);
    let last_of = |month: Day| made.iter().filter(|at| at.day().month_start() == month).max();
    let kept: BTreeSet<Instant> = months.into_iter().filter_map(last_of).copied().collect();
    made.iter().filter(|at| !kept_days.contains(&at.day()) && !kept.contains(at)).copied().collect()
}

/// The name of a backup: `310112-2026-01-31-030000.lilong`.
pub fn name(code: &str, at: Instant) -> String {
    let seconds = (at.millis() - Instant::at(at.day(), 0, 0).millis()) / 1_000;
    let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    format!("{code}-{}-{hour:02}{minute:02}{second:02}{END}", at.day())
}

/// When a backup of this name was made; `None` for any other file.
pub fn named(code: &str, file: &str) -> Option<Instant> {
    let middle = file.strip_prefix(code)?.strip_prefix('-')?.strip_suffix(END)?;
    let (day, time) = middle.rsplit_once('-')?;
    let day = Day::parse(day).ok()?;
    if time.len() != 6 || !time.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let part = |from: usize| time[from..from + 2].parse::<i64>().ok();
    let at = Instant::at(day, part(0)?, part(2)?).plus_millis(part(4)? * 1_000);
    // A time that no day has, such as 256199, would be written otherwise.
    (name(code, at) == file).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        let (day, time) = text.split_once(' ').unwrap();
        let time: TimeOfDay = time.parse().unwrap();
        Instant::at(day.parse().unwrap(), 0, time.0)
    }

    const THREE: TimeOfDay = TimeOfDay(180);

    #[test]
    fn a_backup_is_due_once_a_day() {
        let (before, after) = (at("2026-03-02 02:59"), at("2026-03-02 03:00"));
        let yesterday = Some(at("2026-03-01 03:01"));
        assert!(!is_due(before, THREE, yesterday, None));
        assert!(is_due(after, THREE, yesterday, None));
        assert!(!is_due(at("2026-03-02 23:59"), THREE, Some(at("2026-03-02 03:01")), None));
        // One that was never made, or was missed while the program was off, is made at once.
        assert!(is_due(before, THREE, None, None));
        assert!(is_due(before, THREE, Some(at("2026-03-01 02:00")), None));
    }

    #[test]
    fn after_a_failure_it_is_tried_again_an_hour_later() {
        let failed = Some(at("2026-03-02 03:00"));
        assert!(!is_due(at("2026-03-02 03:59"), THREE, None, failed));
        assert!(is_due(at("2026-03-02 04:00"), THREE, None, failed));
    }

    #[test]
    fn a_clock_that_was_ahead_keeps_no_backup_from_being_made() {
        let now = at("2026-03-02 03:00");
        let ahead = Some(at("2027-03-02 03:00"));
        assert!(is_due(now, THREE, ahead, ahead));
        assert!(is_overdue(now, at("2027-03-02 03:00")));
    }

    #[test]
    fn a_backup_is_overdue_after_a_day_and_two_hours() {
        let good = at("2026-03-01 03:00");
        assert!(!is_overdue(at("2026-03-02 04:59"), good));
        assert!(is_overdue(at("2026-03-02 05:00"), good));
    }

    #[test]
    fn days_and_the_last_of_each_month_are_kept() {
        // One a day for two years, and a second one on the last day.
        let first = at("2024-03-01 03:00");
        let mut made: Vec<Instant> = (0..730).map(|day| first.plus_millis(day * 24 * 60 * MINUTE)).collect();
        let last = *made.last().unwrap();
        made.push(last.plus_millis(MINUTE));
        let gone = spare(&made, 14);
        let kept: Vec<Instant> = made.iter().filter(|at| !gone.contains(at)).copied().collect();
        // Fifteen of fourteen days, and the last of eleven months before the newest.
        assert_eq!(kept.len(), 15 + 11);
        assert_eq!(kept[0].day().to_string(), "2025-03-31");
        assert!(kept.ends_with(&[last, last.plus_millis(MINUTE)]));
        assert!(spare(&kept, 14).is_empty(), "what was kept once is kept on the same day");
    }

    #[test]
    fn the_newest_is_never_spare() {
        for keep in [0, 1, 14] {
            assert!(spare(&[at("2026-03-01 03:00")], keep).is_empty());
            let two = [at("2024-03-01 03:00"), at("2026-03-01 03:00")];
            assert!(!spare(&two, keep).contains(&two[1]));
        }
        assert!(spare(&[], 14).is_empty());
    }

    #[test]
    fn a_name_says_when() {
        let when = at("2026-01-31 03:07").plus_millis(9_000);
        assert_eq!(name("310112", when), "310112-2026-01-31-030709.lilong");
        assert_eq!(named("310112", "310112-2026-01-31-030709.lilong"), Some(when));
        for other in [
            "310112-2026-01-31-030709.lilong.part",
            "310115-2026-01-31-030709.lilong",
            "310112-2026-01-31-256199.lilong",
            "310112-2026-02-30-030709.lilong",
            "310112.db",
        ] {
            assert_eq!(named("310112", other), None, "{other}");
        }
    }

    #[test]
    fn a_time_of_day_has_two_digits_each() {
        assert_eq!("23:59".parse::<TimeOfDay>().unwrap().to_string(), "23:59");
        for wrong in ["24:00", "3:00", "03:60", "0300", "-1:00", "", "+1:00"] {
            assert!(wrong.parse::<TimeOfDay>().is_err(), "{wrong}");
        }
    }
}
