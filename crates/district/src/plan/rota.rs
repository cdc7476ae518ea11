//! A first weekly rota of a station's points: which half-days each door is open, and which post is there. Pure.
//!
//! The doors of a station are spread over the week so that at no half-day more of them are open than need be; when the
//! workers' week suffices for all doors ([`super::model::doors_are_staffed`]), every open door then has somebody.

/// Minutes after midnight of the two halves of a day, three and a half hours each.
pub const HALVES: [(i64, i64); 2] = [(9 * 60, 12 * 60 + 30), (13 * 60 + 30, 17 * 60)];

/// What happens at a door in a half-day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Duty {
    /// It is shut.
    #[default]
    Shut,
    /// It is open, and this post is there, counted from 1 within the station.
    Post(i64),
    /// It is open, and the station has nobody left to be there.
    Nobody,
}

impl Duty {
    /// Is the door open?
    pub fn is_open(self) -> bool {
        self != Self::Shut
    }
}

/// A door's week: Monday to Sunday, morning and afternoon.
pub type Week = [[Duty; 2]; 7];

/// The weeks of a station's doors. `doors` holds the half-days a week of each (at most 14), `workers` are the station's.
/// Weekends come only after all ten half-days from Monday to Friday.
pub fn weeks(doors: &[i64], workers: i64) -> Vec<Week> {
    let mut open = [[0_i64; 2]; 7];
    let mut weeks = Vec::with_capacity(doors.len());
    for &half_days in doors {
        let mut week = Week::default();
        for _ in 0..half_days.clamp(0, 14) {
            let shut =
                (0..14).map(|slot| (slot / 2, slot % 2)).filter(|&(day, half)| !week[day][half].is_open());
            // A weekday, the fewest doors, a day on which this one is shut so far, the earliest.
            let best = shut.min_by_key(|&(day, half)| {
                let taken = week[day].iter().filter(|duty| duty.is_open()).count();
                (day >= 5, open[day][half], taken, day, half)
            });
            let Some((day, half)) = best else { break };
            open[day][half] += 1;
            let post = open[day][half];
            week[day][half] = if post <= workers { Duty::Post(post) } else { Duty::Nobody };
        }
        weeks.push(week);
    }
    weeks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::model::doors_are_staffed;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn each_door_is_open_as_often_as_asked_and_staffed_where_the_workers_suffice(
            doors in prop::collection::vec(0..=10_i64, 1..8),
            workers in 1..8_i64,
        ) {
            let weeks = weeks(&doors, workers);
            for (week, asked) in weeks.iter().zip(&doors) {
                let open = week.iter().flatten().filter(|duty| duty.is_open()).count();
                prop_assert_eq!(i64::try_from(open).unwrap(), *asked);
            }
            for post in 1..=workers {
                for slot in 0..14 {
                    let at = weeks.iter().filter(|week| week[slot / 2][slot % 2] == Duty::Post(post)).count();
                    prop_assert!(at <= 1, "post {post} is at {at} doors at once");
                }
            }
            let alone = weeks.iter().flatten().flatten().any(|duty| *duty == Duty::Nobody);
            if doors_are_staffed(workers, doors.iter().sum()) {
                prop_assert!(!alone);
            }
        }
    }

    #[test]
    fn a_door_of_ten_half_days_is_open_from_monday_to_friday() {
        let week = weeks(&[10], 2)[0];
        assert!(week[..5].iter().flatten().all(|duty| *duty == Duty::Post(1)));
        assert!(week[5..].iter().flatten().all(|duty| !duty.is_open()));
        // Two half-days fall on two days.
        let short = weeks(&[2], 1)[0];
        assert!(short[0][0].is_open() && short[1][0].is_open() && !short[0][1].is_open());
    }
}
