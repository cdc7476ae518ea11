//! Workers by size and difficulty, and the district's total.

use std::sync::Arc;

use crate::clause::{Clause, Consequence, WorkerRule};
use crate::file::Handbook;
use crate::vocabulary::Band;

/// Workers for a community.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Staffing {
    /// Whole people, were the community a station of its own.
    pub people: i64,
    /// Its share in thousandths of a person, rounded up: what it adds to a joint station.
    pub share_thousandths: i64,
    /// The households counted.
    pub households: i64,
    /// The band of difficulty counted.
    pub band: Band,
    /// More for difficulty, per cent.
    pub extra: i64,
    /// Households for one worker.
    pub households_per_worker: i64,
}

impl Staffing {
    pub(crate) fn of(rule: WorkerRule, households: i64, band: Band) -> Self {
        let extra = match band {
            Band::Low => rule.extra_low,
            Band::Medium => rule.extra_medium,
            Band::High => rule.extra_high,
            // What is not known adds nobody.
            Band::NoData => 0,
        };
        let households = households.max(0);
        let mut staffing = Self {
            people: 0,
            share_thousandths: 0,
            households,
            band,
            extra,
            households_per_worker: rule.households_per_worker,
        };
        let (part, of) = staffing.ratio();
        staffing.people = whole_up(part, of);
        staffing.share_thousandths = whole_up(part * 1_000, of);
        staffing
    }

    /// The exact share of a person as (dividend, divisor).
    fn ratio(&self) -> (i128, i128) {
        let part = i128::from(self.households) * i128::from(100 + self.extra);
        (part, 100 * i128::from(self.households_per_worker.max(1)))
    }

    /// Whole people for several communities served by one station: exact shares are summed, then rounded up once.
    pub fn together(all: &[Self]) -> i64 {
        let mut by_divisor: Vec<(i128, i128)> = Vec::new();
        for (part, of) in all.iter().map(Self::ratio) {
            match by_divisor.iter_mut().find(|sum| sum.1 == of) {
                Some(sum) => sum.0 += part,
                None => by_divisor.push((part, of)),
            }
        }
        let (part, of) = by_divisor.into_iter().fold((0, 1), |(a, b), (c, d)| {
            let common = greatest_common_divisor(b, d);
            (a * (d / common) + c * (b / common), b / common * d)
        });
        whole_up(part, of)
    }
}

fn greatest_common_divisor(a: i128, b: i128) -> i128 {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}

fn whole_up(part: i128, of: i128) -> i64 {
    i64::try_from((part + of - 1).div_euclid(of)).unwrap_or(i64::MAX)
}

/// The community workers a whole district should have: a reference beside the people in post, never divided among
/// stations and never added to theirs. Committee workers count in it (an assumption the handbook's source states).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DistrictWorkers {
    /// Whole posts, rounded down: 169,000 residents at 18 for 10,000 are 304.2, shown as 304, because the public
    /// figure counts full posts and the fifth of a post beyond them is nobody.
    pub posts: i64,
    /// The exact figure in tenths, rounded down: 3,042.
    pub exact_tenths: i64,
    /// Workers for 10,000 residents.
    pub per_ten_thousand: i64,
    /// The clause.
    pub clause: Arc<Clause>,
}

impl Handbook {
    /// The district's community workers for so many residents; none where the handbook has no such clause.
    pub fn district_workers(&self, residents: i64) -> Option<DistrictWorkers> {
        self.clauses.iter().find_map(|clause| {
            let Some(Consequence::WorkersPerTenThousand(per_ten_thousand)) = clause.then else { return None };
            let product = i128::from(residents.max(0)) * i128::from(per_ten_thousand);
            Some(DistrictWorkers {
                posts: whole(product / 10_000),
                exact_tenths: whole(product / 1_000),
                per_ten_thousand,
                clause: Arc::clone(clause),
            })
        })
    }
}

fn whole(number: i128) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: WorkerRule =
        WorkerRule { households_per_worker: 500, extra_low: 0, extra_medium: 0, extra_high: 20 };

    #[test]
    fn people_are_whole_and_shares_are_exact() {
        let people = |households, band| Staffing::of(RULE, households, band).people;
        assert_eq!(people(0, Band::Low), 0);
        assert_eq!(people(1, Band::Low), 1);
        assert_eq!(people(500, Band::Medium), 1);
        assert_eq!(people(501, Band::Medium), 2);
        assert_eq!(people(612, Band::Medium), 2);
        assert_eq!(people(500, Band::High), 2);
        assert_eq!(Staffing::of(RULE, 612, Band::High).share_thousandths, 1_469);
        assert_eq!(people(500, Band::NoData), 1);
    }

    #[test]
    fn a_joint_station_rounds_up_once() {
        let small = Staffing::of(RULE, 100, Band::Low);
        assert_eq!(small.people, 1);
        assert_eq!(Staffing::together(&[small; 5]), 1);
        assert_eq!(Staffing::together(&[small; 6]), 2);
        // Thirds of a person: their rounded shares would add up to more than one.
        let third = WorkerRule { households_per_worker: 3, ..RULE };
        assert_eq!(Staffing::together(&[Staffing::of(third, 1, Band::Low); 3]), 1);
        let half = WorkerRule { households_per_worker: 2, ..RULE };
        let mixed = [Staffing::of(third, 1, Band::Low), Staffing::of(half, 1, Band::Low)];
        assert_eq!(Staffing::together(&mixed), 1);
        assert_eq!(Staffing::together(&[]), 0);
    }
}
