//! The cascade (有效覆盖): how far service reaches, in households. Pure.
//!
//! A household counts at a step only if every earlier step holds (Tanahashi 1978: availability → accessibility → … →
//! effectiveness). The steps up to *staffed* are facts of a community on a date, so a community's households all stand
//! at the same step; beyond, each household stands where what is known of it puts it ([`super::households`]).

use base::{Day, Position};
use handbook::CommunityKind;

use super::households::Reach;
use crate::kit::{CommunityId, GridId, TownId};
use crate::stations::rules::Week;

/// A step of the cascade, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    /// 应服务: households in force on the date, in communities of the list.
    Target,
    /// 有归属: governed in a mode that the handbook prescribes.
    Assigned,
    /// 有场所: the point that serves the community is open as many hours a week as the handbook asks.
    Available,
    /// 走得到: that point lies within the walking limit.
    Accessible,
    /// 有人在: someone is on duty there as many hours a week as the handbook asks.
    Staffed,
    /// 联系到: met or spoken to as often as the handbook asks of that household.
    Contacted,
    /// 有回应: nothing that it asked for is past its day.
    Responded,
    /// 说满意: it said so itself within the year.
    Satisfied,
}

impl Step {
    /// All steps, in order.
    pub const ALL: [Self; 8] = [
        Self::Target,
        Self::Assigned,
        Self::Available,
        Self::Accessible,
        Self::Staffed,
        Self::Contacted,
        Self::Responded,
        Self::Satisfied,
    ];

    /// The name in message ids, addresses and exports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Target => "target",
            Self::Assigned => "assigned",
            Self::Available => "available",
            Self::Accessible => "accessible",
            Self::Staffed => "staffed",
            Self::Contacted => "contacted",
            Self::Responded => "responded",
            Self::Satisfied => "satisfied",
        }
    }

    /// The step of a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.as_str() == name)
    }

    /// The next step.
    pub fn next(self) -> Option<Self> {
        Self::ALL.into_iter().find(|step| *step > self)
    }

    /// Does each household stand at it by itself? At the steps before, a whole community does.
    pub fn is_of_households(self) -> bool {
        self > Self::Staffed
    }
}

/// What the handbook asks of the service of a community.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Demand {
    /// Minutes a week the door has to be open.
    pub open: i64,
    /// Minutes a week someone has to be on duty.
    pub staffed: i64,
    /// Metres on foot at most; `None` when the handbook sets no limit.
    pub walking: Option<i64>,
}

/// Who serves a community, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Service {
    /// Station and point are open on the day.
    pub open: bool,
    /// Metres on foot; `None` when the community is not on the map yet.
    pub walking: Option<i64>,
    /// The point's week.
    pub week: Week,
}

/// How far a community's households are reached.
pub fn reached(assigned: bool, service: Option<Service>, demand: Demand) -> Step {
    if !assigned {
        return Step::Target;
    }
    let Some(service) = service else { return Step::Assigned };
    if !service.open || service.week.open < demand.open {
        return Step::Assigned;
    }
    let near = demand.walking.is_none_or(|limit| service.walking.is_some_and(|metres| metres <= limit));
    if !near {
        return Step::Available;
    }
    if service.week.staffed < demand.staffed {
        return Step::Accessible;
    }
    Step::Staffed
}

/// Metres on foot between two places: the straight line times a detour factor in per cent.
///
/// 130 per cent is an assumption (street networks are commonly measured between 1.2 and 1.4 times the straight line);
/// the page says it beside the figure.
pub const DETOUR_PER_CENT: i64 = 130;

/// Metres on foot, rounded up.
pub fn walking_metres(from: Position, to: Position) -> i64 {
    (from.metres_to(to) * DETOUR_PER_CENT + 99) / 100
}

/// A community on a date: where it lies, its households, how far they are reached.
#[derive(Debug, Clone)]
pub struct Standing {
    /// The community.
    pub community: CommunityId,
    /// Its code, under which its page stands.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its name in English.
    pub name_en: String,
    /// Its town.
    pub town: TownId,
    /// Its grid.
    pub grid: Option<GridId>,
    /// Its kind.
    pub kind: CommunityKind,
    /// Households in force.
    pub households: i64,
    /// Residents.
    pub residents: i64,
    /// The last step of the community that holds with all before it: at most *staffed*.
    pub reached: Step,
    /// Its households that are contacted, responded to, satisfied, whether the steps before hold or not.
    pub reach: Reach,
}

impl Standing {
    /// Its households at a step.
    pub fn at(&self, step: Step) -> i64 {
        let holds = self.reached >= step.min(Step::Staffed);
        let households = match step {
            Step::Contacted => self.reach.contacted,
            Step::Responded => self.reach.responded,
            Step::Satisfied => self.reach.satisfied,
            _ => self.households,
        };
        if holds { households } else { 0 }
    }

    /// Its households that reach the step before and not this one.
    pub fn lost_at(&self, step: Step) -> i64 {
        Step::ALL
            .into_iter()
            .rfind(|before| *before < step)
            .map_or(0, |before| self.at(before) - self.at(step))
    }

    /// Of those at *responded*, the ones that said nothing within the year.
    pub fn unknown(&self) -> i64 {
        if self.reached >= Step::Staffed { self.reach.unknown } else { 0 }
    }

    /// Contacted and responded to though a step before is missing.
    pub fn beside(&self) -> i64 {
        if self.reached >= Step::Staffed { 0 } else { self.reach.responded }
    }
}

/// Households at each step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cascade {
    /// By step, in order.
    households: [i64; Step::ALL.len()],
    /// Of those that reach *responded*, the ones that said nothing within the year: neither satisfied nor not.
    pub unknown: i64,
    /// Households contacted and responded to though a step before is missing: beside the cascade, not in it.
    pub beside: i64,
    /// Communities counted.
    pub communities: i64,
    /// Residents counted.
    pub residents: i64,
}

impl Cascade {
    /// The cascade of these communities.
    pub fn of<'a>(standings: impl IntoIterator<Item = &'a Standing>) -> Self {
        let mut cascade = Self::default();
        for standing in standings {
            cascade.communities += 1;
            cascade.residents += standing.residents;
            cascade.unknown += standing.unknown();
            cascade.beside += standing.beside();
            for step in Step::ALL {
                cascade.households[step as usize] += standing.at(step);
            }
        }
        cascade
    }

    /// Households at a step.
    pub fn at(&self, step: Step) -> i64 {
        self.households[step as usize]
    }

    /// Households that reach the step before and not this one.
    pub fn lost_at(&self, step: Step) -> i64 {
        Step::ALL
            .into_iter()
            .rfind(|before| *before < step)
            .map_or(0, |before| self.at(before) - self.at(step))
    }

    /// The step that loses most; the earliest on equality, `None` when none loses any.
    pub fn worst(&self) -> Option<Step> {
        let mut worst = None;
        for step in Step::ALL {
            let most = worst.map_or(0, |step| self.lost_at(step));
            if self.lost_at(step) > most {
                worst = Some(step);
            }
        }
        worst
    }

    /// 有形覆盖: households governed as the handbook prescribes.
    pub fn nominal(&self) -> i64 {
        self.at(Step::Assigned)
    }

    /// 有效覆盖: households for which every step holds.
    pub fn served(&self) -> i64 {
        self.at(Step::Satisfied)
    }

    /// The same if all who said nothing were satisfied: it lies between the two.
    pub fn served_at_most(&self) -> i64 {
        self.served() + self.unknown
    }

    /// Households that said within the year that they are not satisfied.
    pub fn dissatisfied(&self) -> i64 {
        self.at(Step::Responded) - self.at(Step::Satisfied) - self.unknown
    }
}

/// Below so many households, what single households said or missed is not public.
const FEWEST_PUBLIC: i64 = 5;

/// A cascade as everyone may know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Public {
    cascade: Cascade,
    /// From this step on nothing is told.
    withheld: Option<Step>,
}

impl Public {
    /// So few households are at a step, or are lost there, that neighbours could tell which: neither that step nor what follows,
    /// which would tell it by subtraction.
    pub fn of(cascade: Cascade) -> Self {
        let few = |count: i64| (1..FEWEST_PUBLIC).contains(&count);
        let withheld = Step::ALL.into_iter().find(|&step| {
            let said = step == Step::Satisfied && (few(cascade.unknown) || few(cascade.dissatisfied()));
            step.is_of_households() && (few(cascade.at(step)) || few(cascade.lost_at(step)) || said)
        });
        Self { cascade, withheld }
    }

    /// Parts beside their sum. Where one alone is withheld, the whole and the others would tell it: the smallest of these goes
    /// with it.
    pub fn of_parts(parts: impl IntoIterator<Item = Cascade>) -> Vec<Self> {
        let mut all: Vec<Self> = parts.into_iter().map(Self::of).collect();
        let mut withheld = all.iter().filter_map(|it| it.withheld);
        if let (Some(from), None) = (withheld.next(), withheld.next()) {
            let others = all.iter_mut().filter(|it| it.withheld.is_none());
            if let Some(other) = others.min_by_key(|it| it.cascade.at(Step::Target)) {
                other.withheld = Some(from);
            }
        }
        all
    }

    fn tells(self, step: Step) -> bool {
        self.withheld.is_none_or(|withheld| step < withheld)
    }

    /// Households at a step; `None`: not told.
    pub fn at(self, step: Step) -> Option<i64> {
        self.tells(step).then(|| self.cascade.at(step))
    }

    /// Households that are lost at a step; `None`: not told.
    pub fn lost_at(self, step: Step) -> Option<i64> {
        self.tells(step).then(|| self.cascade.lost_at(step))
    }

    /// Those that said nothing within the year; `None`: not told.
    pub fn unknown(self) -> Option<i64> {
        self.tells(Step::Satisfied).then_some(self.cascade.unknown)
    }

    /// Those beside the cascade; `None`: not told.
    pub fn beside(self) -> Option<i64> {
        Some(self.cascade.beside).filter(|beside| !(1..FEWEST_PUBLIC).contains(beside))
    }
}

/// The days of a trend: the last day of each of the twelve months before `day`, then `day` itself.
pub fn trend_days(day: Day) -> Vec<Day> {
    let month = day.month_start();
    (0..12).rev().map(|back| month.plus_months(-back) - 1).chain([day]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::Uuid;

    const DEMAND: Demand = Demand { open: 1200, staffed: 600, walking: Some(1000) };

    fn service(open: bool, walking: Option<i64>, week: (i64, i64)) -> Service {
        Service { open, walking, week: Week { open: week.0, staffed: week.1 } }
    }

    #[test]
    fn each_step_needs_all_before_it() {
        let good = service(true, Some(1000), (1200, 600));
        assert_eq!(reached(true, Some(good), DEMAND), Step::Staffed);
        assert_eq!(reached(false, Some(good), DEMAND), Step::Target);
        assert_eq!(reached(true, None, DEMAND), Step::Assigned);
        assert_eq!(reached(true, Some(service(false, Some(10), (1200, 1200))), DEMAND), Step::Assigned);
        assert_eq!(reached(true, Some(service(true, Some(10), (1199, 1199))), DEMAND), Step::Assigned);
        assert_eq!(reached(true, Some(service(true, Some(1001), (1200, 1200))), DEMAND), Step::Available);
        assert_eq!(reached(true, Some(service(true, None, (1200, 1200))), DEMAND), Step::Available);
        assert_eq!(reached(true, Some(service(true, Some(10), (1200, 599))), DEMAND), Step::Accessible);
        let unlimited = Demand { walking: None, ..DEMAND };
        assert_eq!(reached(true, Some(service(true, None, (1200, 600))), unlimited), Step::Staffed);
    }

    #[test]
    fn a_cascade_counts_households_and_never_grows() {
        let standing = |households, reached| Standing {
            community: CommunityId::from_uuid(Uuid::nil()),
            code: String::new(),
            name: String::new(),
            name_en: String::new(),
            town: TownId::from_uuid(Uuid::nil()),
            grid: None,
            kind: CommunityKind::Other,
            households,
            residents: households * 2,
            reached,
            reach: Reach { contacted: 5, responded: 4, satisfied: 1, unknown: 2 },
        };
        let all = [
            standing(10, Step::Target),
            standing(20, Step::Assigned),
            standing(40, Step::Staffed),
            standing(5, Step::Accessible),
        ];
        let cascade = Cascade::of(&all);
        assert_eq!(Step::ALL.map(|step| cascade.at(step)), [75, 65, 45, 45, 40, 5, 4, 1]);
        assert_eq!(Step::ALL.map(|step| cascade.lost_at(step)), [0, 10, 20, 0, 5, 35, 1, 3]);
        assert_eq!(cascade.worst(), Some(Step::Contacted));
        assert_eq!((cascade.nominal(), cascade.served(), cascade.residents), (65, 1, 150));
        // Of the four that were responded to two said nothing and one complained; beside, three communities' contacts.
        assert_eq!((cascade.served_at_most(), cascade.dissatisfied(), cascade.beside), (3, 1, 12));
        assert_eq!(Cascade::default().worst(), None);
    }

    #[test]
    fn what_fewer_than_five_households_did_is_not_public() {
        let of = |reach: [i64; 4]| {
            let mut cascade = Cascade { unknown: reach[3], ..Cascade::default() };
            cascade.households = [100, 100, 100, 100, 100, reach[0], reach[1], reach[2]];
            Step::ALL.map(|step| Public::of(cascade).at(step))[5..].to_vec()
        };
        assert_eq!(of([80, 70, 30, 20]), [Some(80), Some(70), Some(30)]);
        // Four were not contacted: neither that, nor what follows.
        assert_eq!(of([96, 90, 30, 20]), [None, None, None]);
        assert_eq!(of([95, 90, 30, 20]), [Some(95), Some(90), Some(30)]);
        assert_eq!(of([80, 78, 30, 20]), [Some(80), None, None]);
        assert_eq!(of([80, 70, 4, 20]), [Some(80), Some(70), None]);
        assert_eq!(of([80, 70, 30, 38]), [Some(80), Some(70), None], "two complained");
        assert_eq!(of([80, 70, 30, 3]), [Some(80), Some(70), None], "three said nothing");
        assert_eq!(of([80, 80, 40, 40]), [Some(80), Some(80), Some(40)], "nobody is nobody");
        // What is true of a whole community is no household's secret.
        let few = Cascade { households: [3, 3, 0, 0, 0, 0, 0, 0], ..Cascade::default() };
        let few = Public::of(few);
        assert_eq!((few.at(Step::Assigned), few.lost_at(Step::Available)), (Some(3), Some(3)));
    }

    #[test]
    fn one_part_alone_is_not_withheld() {
        let of = |all: i64, contacted: i64| Cascade {
            households: [all, all, all, all, all, contacted, contacted, 0],
            ..Cascade::default()
        };
        let told = |parts: &[Cascade]| -> Vec<bool> {
            Public::of_parts(parts.iter().copied())
                .iter()
                .map(|it| it.at(Step::Contacted).is_some())
                .collect()
        };
        assert_eq!(told(&[of(300, 200), of(100, 97), of(200, 100)]), [true, false, false]);
        assert_eq!(told(&[of(300, 297), of(100, 97), of(200, 100)]), [false, false, true]);
        assert_eq!(told(&[of(300, 200), of(100, 50)]), [true, true]);
    }

    #[test]
    fn a_trend_ends_today() {
        let days: Vec<String> =
            trend_days(Day::parse("2026-01-31").unwrap()).iter().map(ToString::to_string).collect();
        assert_eq!(days.len(), 13);
        assert_eq!(
            (days[0].as_str(), days[11].as_str(), days[12].as_str()),
            ("2025-01-31", "2025-12-31", "2026-01-31")
        );
    }
}
