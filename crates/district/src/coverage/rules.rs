//! The cascade (有效覆盖): how far service reaches, in households. Pure.
//!
//! A household counts at a step only if every earlier step holds (Tanahashi 1978: availability → accessibility → … →
//! effectiveness). The steps up to *staffed* are facts of a community on a date, so a community's households all stand
//! at the same step.

use base::{Day, Position};
use handbook::CommunityKind;

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
}

impl Step {
    /// All steps that are measured, in order.
    pub const ALL: [Self; 5] =
        [Self::Target, Self::Assigned, Self::Available, Self::Accessible, Self::Staffed];

    /// The name in message ids, addresses and exports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Target => "target",
            Self::Assigned => "assigned",
            Self::Available => "available",
            Self::Accessible => "accessible",
            Self::Staffed => "staffed",
        }
    }

    /// The step of a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.as_str() == name)
    }

    /// The next step, at which a community that stands at this one is lost.
    pub fn next(self) -> Option<Self> {
        Self::ALL.into_iter().find(|step| *step > self)
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
    /// The last step that holds with all before it.
    pub reached: Step,
}

/// Households at each step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cascade {
    /// By step, in order.
    households: [i64; Step::ALL.len()],
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
            for step in Step::ALL {
                if standing.reached >= step {
                    cascade.households[step as usize] += standing.households;
                }
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

    /// What can be said of 有效覆盖 so far: households for which every measured step holds.
    pub fn served(&self) -> i64 {
        self.at(Step::Staffed)
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
        };
        let all = [
            standing(10, Step::Target),
            standing(20, Step::Assigned),
            standing(40, Step::Staffed),
            standing(5, Step::Accessible),
        ];
        let cascade = Cascade::of(&all);
        assert_eq!(Step::ALL.map(|step| cascade.at(step)), [75, 65, 45, 45, 40]);
        assert_eq!(Step::ALL.map(|step| cascade.lost_at(step)), [0, 10, 20, 0, 5]);
        assert_eq!(cascade.worst(), Some(Step::Available));
        assert_eq!((cascade.nominal(), cascade.served(), cascade.residents), (65, 40, 150));
        assert_eq!(Cascade::default().worst(), None);
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
