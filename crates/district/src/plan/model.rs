//! What a plan is made from, and what it consists of. [`solve`] goes from the one to the other. Pure.

use std::collections::{BTreeMap, HashMap};

use base::{Area, Money, Position, Uuid};
use handbook::{Staffing, StationForm};

use super::rules::{Costs, HALF_DAYS_OF_A_WORKER, Mark, Parameters, Reason};
use crate::kit::{CommunityId, GridId, PointId, StationId, TownId};
use crate::stations::Place;

pub use super::build::{solve, solve_with_problems};

/// A community as the plan sees it.
#[derive(Debug, Clone)]
pub struct Community {
    /// Its id; also the id of the site it is.
    pub id: CommunityId,
    /// Its town.
    pub town: TownId,
    /// Its grid.
    pub grid: Option<GridId>,
    /// Where it lies.
    pub position: Option<Position>,
    /// The form of station that the handbook prescribes; `None` while it cannot say.
    pub form: Option<StationForm>,
    /// Planned capacity in households: what stations are sized by.
    pub planned: i64,
    /// Households in force: what coverage counts.
    pub households: i64,
    /// Its workers by size and difficulty; `None` while the handbook cannot say.
    pub staffing: Option<Staffing>,
    /// Half-days a week that the handbook asks its point to open.
    pub half_days: Option<i64>,
    /// The handbook's walking limit in metres.
    pub walking_limit: Option<i64>,
    /// The handbook's least room in whole square metres.
    pub room: Option<i64>,
}

/// Premises, in a community or on their own.
#[derive(Debug, Clone)]
pub struct Premises {
    /// Their id; the site's id when they lie in no community.
    pub id: Uuid,
    /// Their town.
    pub town: TownId,
    /// Their grid.
    pub grid: Option<GridId>,
    /// The community they lie in.
    pub community: Option<CommunityId>,
    /// Where they lie.
    pub position: Position,
    /// Is a room offered?
    pub room_offered: bool,
    /// The room.
    pub area: Option<Area>,
    /// Its rent a year.
    pub rent: Option<Money>,
}

/// A point that is open today.
#[derive(Debug, Clone)]
pub struct TodayPoint {
    /// The point.
    pub id: PointId,
    /// Its site: the community or the premises it lies in.
    pub site: Uuid,
    /// Is it its station's host?
    pub host: bool,
    /// Half-days a week that its door is open.
    pub half_days: i64,
}

/// A station that is open today.
#[derive(Debug, Clone)]
pub struct TodayStation {
    /// The station.
    pub id: StationId,
    /// Its form.
    pub form: StationForm,
    /// Its grid.
    pub grid: Option<GridId>,
    /// People in post.
    pub workers: i64,
    /// Its open points.
    pub points: Vec<TodayPoint>,
}

/// How a community is served today.
#[derive(Debug, Clone, Copy)]
pub struct TodayService {
    /// Metres on foot, by the straight line and the plan's detour; `None` without a position.
    pub metres: Option<i64>,
}

/// Everything a plan starts from. The order of the lists does not matter.
#[derive(Debug, Clone, Default)]
pub struct Input {
    /// The communities of the list.
    pub communities: Vec<Community>,
    /// Premises.
    pub premises: Vec<Premises>,
    /// Stations that are open today.
    pub today: Vec<TodayStation>,
    /// Who is served today by an open point.
    pub served: HashMap<CommunityId, TodayService>,
    /// What an officer said of sites.
    pub marks: BTreeMap<Uuid, Mark>,
    /// The weights.
    pub parameters: Parameters,
    /// One joint station per town, not per grid: a stress test, never a plan.
    pub town_as_grid: bool,
}

/// A plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Its stations, standalone ones first, in the order of their ids.
    pub stations: Vec<PlanStation>,
    /// Communities without a point, and why.
    pub unserved: Vec<Unserved>,
    /// Points of today that close.
    pub closures: Vec<Closure>,
    /// What a year costs.
    pub costs: Costs,
    /// What it makes as small as it can: [`Costs::total`] in fen.
    pub objective: i64,
    /// No plan that serves as many households costs less, in fen.
    pub bound: i64,
    /// The same figures of today.
    pub today: Today,
}

impl Plan {
    /// Is it proven that nothing is cheaper?
    pub fn proven(&self) -> bool {
        self.bound >= self.objective
    }
}

/// A station of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanStation {
    /// Standalone or joint.
    pub form: StationForm,
    /// Its town.
    pub town: TownId,
    /// Its grid.
    pub grid: Option<GridId>,
    /// The station of today that it goes on from.
    pub today: Option<StationId>,
    /// The host lies elsewhere than today.
    pub moves: bool,
    /// Whole people.
    pub workers: i64,
    /// What a year costs.
    pub costs: Costs,
    /// Its points, the host first.
    pub points: Vec<PlanPoint>,
}

/// A point of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanPoint {
    /// Where.
    pub place: Place,
    /// Where on the map.
    pub position: Position,
    /// Is it the host?
    pub host: bool,
    /// The point that is open there today.
    pub today: Option<PointId>,
    /// Half-days a week.
    pub half_days: i64,
    /// Is there a room already: offered, or in use today?
    pub room_offered: bool,
    /// Rent a year.
    pub rent: Money,
    /// Whom it serves: the community and its metres on foot.
    pub serves: Vec<(CommunityId, i64)>,
}

/// A community without a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unserved {
    /// The community.
    pub community: CommunityId,
    /// Why.
    pub reason: Reason,
}

/// A point of today that the plan has no use for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closure {
    /// Its station.
    pub station: StationId,
    /// The point.
    pub point: PointId,
    /// Does its station end with it?
    pub ends_station: bool,
}

/// Today with the plan's weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Today {
    /// Stations that are open.
    pub stations: i64,
    /// Points that are open.
    pub points: i64,
    /// People in post.
    pub workers: i64,
    /// What a year costs.
    pub costs: Costs,
}

/// The id of a place as a site.
pub fn site_of(place: Place) -> Uuid {
    match place {
        Place::Community(id) => id.uuid(),
        Place::Premises(id) => id.uuid(),
    }
}

/// Half-days of so many minutes a week, rounded up: a half-day is three and a half hours.
pub fn half_days(minutes: i64) -> i64 {
    (minutes + 209) / 210
}

/// Does the time of its workers suffice for the doors of a station?
pub fn doors_are_staffed(workers: i64, half_days: i64) -> bool {
    workers * HALF_DAYS_OF_A_WORKER >= half_days
}
