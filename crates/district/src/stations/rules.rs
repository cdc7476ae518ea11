//! What a rota means: hours open, hours worked, when someone is here next. Pure.

use base::{Day, Instant};

use crate::register::rules::half_width;

/// One line of a weekly rota: open from–to on a weekday, by a post or by nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shift {
    /// 1 = Monday … 7 = Sunday.
    pub weekday: i64,
    /// Minutes after midnight.
    pub from: i64,
    /// Minutes after midnight, after `from`.
    pub to: i64,
    /// Whether the post has a holder on the date; an open door without one is open and not staffed.
    pub staffed: bool,
}

/// Minutes a week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Week {
    /// The door is open.
    pub open: i64,
    /// Someone is on duty.
    pub staffed: i64,
}

/// The week of a rota. Two people at one time open the door once: intervals are united, not added.
pub fn week(shifts: &[Shift]) -> Week {
    let staffed: Vec<Shift> = shifts.iter().copied().filter(|shift| shift.staffed).collect();
    Week { open: united(shifts), staffed: united(&staffed) }
}

fn united(shifts: &[Shift]) -> i64 {
    let mut ordered: Vec<(i64, i64, i64)> = shifts.iter().map(|s| (s.weekday, s.from, s.to)).collect();
    ordered.sort_unstable();
    let (mut minutes, mut weekday, mut end) = (0, 0, 0);
    for (day, from, to) in ordered {
        if day != weekday {
            (weekday, end) = (day, 0);
        }
        minutes += (to - from.max(end)).max(0);
        end = end.max(to);
    }
    minutes
}

/// When someone is at the point next: today if the shift has not ended, otherwise within the coming week.
pub fn next_staffed(shifts: &[Shift], now: Instant) -> Option<(Day, Shift)> {
    let today = now.day();
    let minute = (now.millis() - Instant::at(today, 0, 0).millis()) / 60_000;
    (0..=7).find_map(|ahead| {
        let day = today + ahead;
        let mut on_day: Vec<Shift> = shifts
            .iter()
            .copied()
            .filter(|s| s.staffed && s.weekday == i64::from(day.weekday()) && (ahead > 0 || s.to > minute))
            .collect();
        on_day.sort_unstable_by_key(|s| (s.from, s.to));
        on_day.first().map(|shift| (day, *shift))
    })
}

/// A telephone as it is kept: half-width, single blanks. Empty stays empty; `None` for what cannot be dialled.
pub fn telephone(text: &str) -> Option<String> {
    let plain: String = text.chars().map(half_width).collect();
    let plain = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    let digits = plain.bytes().filter(u8::is_ascii_digit).count();
    let dialled = plain.bytes().all(|b| b.is_ascii_digit() || b"+-() ".contains(&b));
    // 110 is the shortest there is; 20 digits hold any number in the world with an extension.
    (plain.is_empty() || (dialled && (3..=20).contains(&digits))).then_some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_telephone_can_be_dialled_or_is_refused() {
        for (typed, kept) in [
            ("", Some("")),
            ("  021－6400 0000 ", Some("021-6400 0000")),
            ("+86 (21) 6400-0000", Some("+86 (21) 6400-0000")),
            ("12", None),
            ("021-6400000x", None),
            ("问老王", None),
        ] {
            assert_eq!(telephone(typed).as_deref(), kept, "{typed}");
        }
    }

    fn shift(weekday: i64, from: i64, to: i64, staffed: bool) -> Shift {
        Shift { weekday, from, to, staffed }
    }

    #[test]
    fn two_people_at_one_time_open_the_door_once() {
        let shifts = [shift(1, 540, 720, true), shift(1, 600, 780, false), shift(2, 540, 720, true)];
        assert_eq!(week(&shifts), Week { open: 240 + 180, staffed: 360 });
        assert_eq!(week(&[]), Week::default());
    }

    #[test]
    fn an_inner_shift_adds_nothing() {
        assert_eq!(
            week(&[shift(3, 0, 600, true), shift(3, 100, 200, true), shift(3, 500, 700, true)]).open,
            700
        );
    }

    /// 2026-01-31 is a Saturday.
    #[test]
    fn next_is_today_until_the_shift_ends() {
        let now = Instant::at(Day::parse("2026-01-31").unwrap(), 10, 0);
        let saturday = shift(6, 540, 660, true);
        let shifts = [shift(1, 540, 720, true), saturday, shift(6, 500, 900, false)];
        assert_eq!(next_staffed(&shifts, now), Some((now.day(), saturday)));
        let later = Instant::at(now.day(), 11, 0);
        assert_eq!(next_staffed(&shifts, later), Some((now.day() + 2, shifts[0])));
        assert_eq!(next_staffed(&[saturday], later), Some((now.day() + 7, saturday)));
        assert_eq!(next_staffed(&[shift(6, 540, 660, false)], now), None);
    }
}
