//! Scenarios as they are shown: figures, stations, points, communities, closures.

use base::{Area, Day, Instant, Money, Position, Uuid};
use handbook::StationForm;
use serde_json::{Value as Json, json};

use super::model::{self, Today};
use super::rota::{self, Week};
use super::rules::{Change, Costs, Mark, Parameters, Progress, Reason, State, gap_per_mille};
use super::whole;
use crate::kit::{
    CommunityId, GridId, HandbookId, PlanId, PlanPointId, PlanStationId, PointId, StationId, TownId,
};
use crate::stations::Place;

/// A scenario, or a plan that was adopted.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// Its id.
    pub id: PlanId,
    /// What people call it.
    pub name: String,
    /// The version of the handbook.
    pub handbook: HandbookId,
    /// Its number: `2.0`.
    pub version: String,
    /// The scenario it was copied from.
    pub based_on: Option<PlanId>,
    /// Scenario, adopted or superseded.
    pub state: State,
    /// The day whose stations it starts from.
    pub on: Day,
    /// The weights.
    pub parameters: Parameters,
    /// What a year costs.
    pub costs: Costs,
    /// What it makes as small as it can, in fen.
    pub objective: i64,
    /// Nothing that serves as many costs less, in fen.
    pub bound: i64,
    /// Today with the same weights.
    pub today: Today,
    /// The figures of the whole, as they were when it was computed.
    pub totals: Totals,
    /// How long the arithmetic took, in milliseconds.
    pub took_ms: i64,
    /// When it was computed.
    pub made_at: Instant,
    /// When it was adopted.
    pub adopted_at: Option<Instant>,
    /// The district's plan from this day.
    pub from: Option<Day>,
    /// The district's plan until the day before this.
    pub to: Option<Day>,
}

impl Scenario {
    /// Is it proven that nothing is cheaper?
    pub fn proven(&self) -> bool {
        self.bound >= self.objective
    }

    /// How far from the best it may be, per mille, rounded up.
    pub fn gap_per_mille(&self) -> i64 {
        gap_per_mille(self.objective, self.bound)
    }

    /// What a year costs more than today, walking and doors included.
    pub fn more_than_today(&self) -> Money {
        self.costs.total() - self.today.costs.total()
    }
}

macro_rules! totals {
    ($($(#[$doc:meta])* $visibility:vis $field:ident;)*) => {
        /// Figures of a plan, or of one town or grid of it. Households are those in force, except `planned`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
        #[expect(missing_docs, reason = "the words say it")]
        pub struct Totals {
            pub costs: Costs,
            $($(#[$doc])* $visibility $field: i64,)*
        }

        impl Totals {
            /// As the store keeps the figures of a whole plan, without its costs.
            pub(super) fn to_json(self) -> Json {
                json!({ $(stringify!($field): self.$field,)* })
            }

            /// From the store.
            pub(super) fn from_json(kept: &Json, costs: Costs) -> Self {
                Self { costs, $($field: kept[stringify!($field)].as_i64().unwrap_or(0),)* }
            }
        }
    };
}

totals! {
    pub communities;
    pub stations;
    pub standalone;
    pub points;
    pub workers;
    pub stations_open;
    pub stations_move;
    pub stations_close;
    pub points_open;
    pub points_close;
    /// Points without a room yet.
    pub rooms_lacking;
    pub planned;
    pub households;
    /// Within the walking limit of a point of the plan.
    pub walkable;
    /// Within the walking limit of an open point today.
    pub walkable_today;
    /// Not walkable today, walkable in the plan.
    pub become_walkable;
    pub unserved_communities;
    pub unserved_households;
    /// Household-metres of those who have a point.
    walked;
    served;
    walked_today;
    served_today;
}

impl Totals {
    /// Metres on foot of an average household in the plan.
    pub fn metres(&self) -> Option<i64> {
        (self.served > 0).then(|| self.walked / self.served)
    }

    /// Metres on foot of an average household that is served today.
    pub fn metres_today(&self) -> Option<i64> {
        (self.served_today > 0).then(|| self.walked_today / self.served_today)
    }
}

/// A community in a plan.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the words say it")]
pub struct ShownCommunity {
    pub id: CommunityId,
    pub code: String,
    pub name: String,
    pub name_en: String,
    pub town: TownId,
    pub grid: Option<GridId>,
    pub position: Option<Position>,
    pub planned: i64,
    pub households: i64,
    pub point: Option<PlanPointId>,
    pub limit: Option<i64>,
    pub metres: Option<i64>,
    pub today_metres: Option<i64>,
    pub unserved: Option<Reason>,
}

impl ShownCommunity {
    fn walkable(&self, metres: Option<i64>) -> bool {
        metres.is_some_and(|metres| self.limit.is_none_or(|limit| metres <= limit))
    }
}

/// A point of a plan.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the words say it")]
pub struct ShownPoint {
    pub id: PlanPointId,
    pub station: PlanStationId,
    pub place: Place,
    pub name: String,
    pub name_en: String,
    /// Code of the community it lies in.
    pub code: Option<String>,
    /// Kind of the premises it lies in.
    pub kind: Option<String>,
    pub area: Option<Area>,
    pub position: Position,
    pub host: bool,
    pub today: Option<PointId>,
    /// The real point that carries it out.
    pub real: Option<PointId>,
    pub half_days: i64,
    pub room_offered: bool,
    pub rent: Money,
    pub communities: i64,
    pub planned: i64,
    pub households: i64,
    /// Metres of an average household.
    pub metres: i64,
    pub mark: Option<Mark>,
    pub progress: Progress,
    /// Is it its station's host on the day it is shown?
    pub host_now: bool,
}

impl ShownPoint {
    /// The id of its site, for marks.
    pub fn site(&self) -> Uuid {
        model::site_of(self.place)
    }

    /// Does it stay or open?
    pub fn change(&self) -> Change {
        if self.today.is_some() { Change::Kept } else { Change::Opens }
    }
}

/// A station of a plan with its points, the host first.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the words say it")]
pub struct ShownStation {
    pub id: PlanStationId,
    pub form: StationForm,
    pub town: TownId,
    pub grid: Option<GridId>,
    pub grid_name: Option<(String, String)>,
    pub today: Option<StationId>,
    pub real: Option<StationId>,
    pub moves: bool,
    pub workers: i64,
    pub costs: Costs,
    pub points: Vec<ShownPoint>,
    pub progress: Progress,
}

impl ShownStation {
    /// What happens to it.
    pub fn change(&self) -> Change {
        match (self.today, self.moves) {
            (None, _) => Change::Opens,
            (Some(_), true) => Change::Moves,
            (Some(_), false) => Change::Kept,
        }
    }

    /// When its host has moved: open, and the host on the day it is shown.
    pub fn moved(&self) -> bool {
        self.host().is_some_and(|host| host.host_now && matches!(host.progress, Progress::Opened(_)))
    }

    /// The point it is hosted at.
    pub fn host(&self) -> Option<&ShownPoint> {
        self.points.iter().find(|point| point.host)
    }

    /// A first rota of its points, in their order.
    pub fn weeks(&self) -> Vec<Week> {
        let doors: Vec<i64> = self.points.iter().map(|point| point.half_days).collect();
        rota::weeks(&doors, self.workers)
    }

    /// Half-days a week that its doors are open.
    pub fn half_days(&self) -> i64 {
        self.points.iter().map(|point| point.half_days).sum()
    }
}

/// A point of today that the plan closes.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the words say it")]
pub struct ShownClosure {
    pub point: PointId,
    pub station: StationId,
    pub town: TownId,
    /// The grid of its station.
    pub grid: Option<GridId>,
    pub name: String,
    pub name_en: String,
    pub words: String,
    pub position: Position,
    pub ends_station: bool,
    pub progress: Progress,
}

/// A place that could have a point, with what was said of it.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the words say it")]
pub struct Site {
    pub id: Uuid,
    pub name: String,
    pub name_en: String,
    pub town: TownId,
    pub grid: Option<GridId>,
    /// Is it a community, or premises outside of one?
    pub community: bool,
    /// Is a room offered there?
    pub room_offered: bool,
    pub mark: Option<Mark>,
}

/// A plan with everything in it, or the part of one town.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the words say it")]
pub struct Shown {
    pub scenario: Scenario,
    pub stations: Vec<ShownStation>,
    pub communities: Vec<ShownCommunity>,
    pub closures: Vec<ShownClosure>,
    /// Marked sites that have no point in the plan.
    pub marked: Vec<Site>,
}

impl Shown {
    /// The figures of the whole, or of one town.
    pub fn totals(&self, town: Option<TownId>) -> Totals {
        self.totals_of(|theirs, _| town.is_none_or(|town| town == theirs))
    }

    /// The figures of what lies in towns and grids that are asked for.
    pub fn totals_of(&self, of: impl Fn(TownId, Option<GridId>) -> bool) -> Totals {
        let mut totals = Totals::default();
        for station in self.stations.iter().filter(|station| of(station.town, station.grid)) {
            totals.stations += 1;
            totals.standalone += i64::from(station.form == StationForm::Standalone);
            totals.points += whole(station.points.len());
            totals.workers += station.workers;
            totals.stations_open += i64::from(station.change() == Change::Opens);
            totals.stations_move += i64::from(station.change() == Change::Moves);
            totals.points_open += whole(station.points.iter().filter(|p| p.today.is_none()).count());
            totals.rooms_lacking += whole(station.points.iter().filter(|p| !p.room_offered).count());
            totals.costs += station.costs;
        }
        let mut ended: Vec<StationId> = Vec::new();
        for closure in self.closures.iter().filter(|closure| of(closure.town, closure.grid)) {
            totals.points_close += 1;
            if closure.ends_station && !ended.contains(&closure.station) {
                ended.push(closure.station);
            }
        }
        totals.stations_close = whole(ended.len());
        let parameters = &self.scenario.parameters;
        totals.costs.moves +=
            Money::from_fen(totals.points_close * parameters.yearly(parameters.close_point));
        for community in self.communities.iter().filter(|community| of(community.town, community.grid)) {
            totals.add(community);
        }
        totals
    }

    /// Communities without a point, most households first.
    pub fn unserved(&self) -> Vec<&ShownCommunity> {
        let mut all: Vec<&ShownCommunity> =
            self.communities.iter().filter(|c| c.unserved.is_some()).collect();
        all.sort_by_key(|community| (std::cmp::Reverse(community.households), community.id));
        all
    }

    /// The part of one town.
    #[must_use]
    pub fn of_town(mut self, town: TownId) -> Self {
        self.stations.retain(|station| station.town == town);
        self.communities.retain(|community| community.town == town);
        self.closures.retain(|closure| closure.town == town);
        self.marked.retain(|site| site.town == town);
        self
    }
}

impl Totals {
    fn add(&mut self, community: &ShownCommunity) {
        self.communities += 1;
        self.planned += community.planned;
        self.households += community.households;
        let (now, then) = (community.walkable(community.today_metres), community.walkable(community.metres));
        self.walkable_today += if now { community.households } else { 0 };
        self.walkable += if then { community.households } else { 0 };
        self.become_walkable += if then && !now { community.households } else { 0 };
        if community.unserved.is_some() {
            self.unserved_communities += 1;
            self.unserved_households += community.households;
        }
        if let Some(metres) = community.metres {
            self.walked += community.households * metres;
            self.served += community.households;
        }
        if let Some(metres) = community.today_metres {
            self.walked_today += community.households * metres;
            self.served_today += community.households;
        }
    }
}
