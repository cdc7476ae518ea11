//! What a plan holds, for programs: its stations and points, its communities, what it closes, places that could be chosen.

use base::Uuid;
use district::kit::{GridId, PlanId, PlanPointId, PointId, StationId, TownId};
use district::plan::rules::{Mark, Progress};
use district::plan::{self as slice, ShownClosure, ShownCommunity, ShownPoint, ShownStation, Site};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answer::Page;
use super::plan::{CostsFen, OfPlan, shown};
use super::register::OnlyRows;
use super::values::{After, Code, Date, Form, Limit, Place, PlanChange, SiteMark};
use crate::kit::{Fault, Shell};

/// Rows of a plan, or of a town of it.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct OfTown {
    /// Of this town.
    town: Option<Uuid>,
    /// At most so many rows.
    limit: Option<Limit>,
    /// Go on after this row.
    after: Option<After>,
}

impl OfTown {
    fn has(&self, town: TownId) -> bool {
        self.town.is_none_or(|asked| asked == town.uuid())
    }
}

/// A station of a plan.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PlanStation {
    /// Its id in the plan.
    id: Uuid,
    /// Standalone or joint.
    form: Form,
    /// Its town.
    town: Uuid,
    /// Its grid.
    grid: Option<Uuid>,
    /// What becomes of it.
    change: PlanChange,
    /// The station of today that goes on; null for a new one.
    today: Option<Uuid>,
    /// The station that carries it out, once the plan was adopted.
    real: Option<Uuid>,
    /// Whole people.
    workers: i64,
    /// What a year of it costs.
    costs: CostsFen,
    /// Its points.
    points: Vec<PlanPoint>,
}

/// A point of a plan.
#[derive(Debug, Serialize, ToSchema)]
struct PlanPoint {
    /// Its id in the plan: what is opened when the plan is carried out.
    id: Uuid,
    /// The place: the id of a community or of premises, by which it is pinned or forbidden.
    site: Uuid,
    /// What the place is called.
    name: String,
    /// The same in English.
    name_en: String,
    /// Where it is.
    position: Place,
    /// Is it the host?
    host: bool,
    /// What becomes of it.
    change: PlanChange,
    /// The point that carries it out.
    real: Option<Uuid>,
    /// Half-days a week that it is open.
    half_days: i64,
    /// Is a room offered there?
    room_offered: bool,
    /// Rent a year, in fen.
    rent_fen: i64,
    /// Communities that it serves.
    communities: i64,
    /// Their households.
    households: i64,
    /// Since when it is open; null while it waits.
    opened_on: Option<Date>,
}

fn point(it: &ShownPoint) -> PlanPoint {
    PlanPoint {
        id: it.id.uuid(),
        site: it.site(),
        name: it.name.clone(),
        name_en: it.name_en.clone(),
        position: it.position.into(),
        host: it.host,
        change: Code(it.change()),
        real: it.real.map(PointId::uuid),
        half_days: it.half_days,
        room_offered: it.room_offered,
        rent_fen: it.rent.fen(),
        communities: it.communities,
        households: it.households,
        opened_on: match it.progress {
            Progress::Opened(day) => Some(day.into()),
            Progress::Waiting | Progress::Closed(_) => None,
        },
    }
}

/// GET `/api/v1/plans/{plan}/stations`.
pub(super) fn stations(s: &Shell, at: OfPlan, asked: OfTown) -> Result<Page<PlanStation>, Fault> {
    let shown = shown(s, at.plan)?;
    let rows: Vec<&ShownStation> = shown.stations.iter().filter(|it| asked.has(it.town)).collect();
    let page = Page::cut(rows, asked.after.as_ref(), asked.limit, |it| it.id.uuid())?;
    Ok(page.map(|it| PlanStation {
        id: it.id.uuid(),
        form: Code(it.form),
        town: it.town.uuid(),
        grid: it.grid.map(GridId::uuid),
        change: Code(it.change()),
        today: it.today.map(StationId::uuid),
        real: it.real.map(StationId::uuid),
        workers: it.workers,
        costs: it.costs.into(),
        points: it.points.iter().map(point).collect(),
    }))
}

/// The communities of a plan.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct CommunitiesOf {
    /// Of this town.
    town: Option<Uuid>,
    /// Only those that no point serves, or only those that one does.
    unserved: Option<bool>,
    /// At most so many rows.
    limit: Option<Limit>,
    /// Go on after this row.
    after: Option<After>,
}

/// A community in a plan.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PlanCommunity {
    /// The community.
    id: Uuid,
    /// Its code.
    code: String,
    /// Its town.
    town: Uuid,
    /// Its grid.
    grid: Option<Uuid>,
    /// Its households.
    households: i64,
    /// The point of the plan that serves it; null for none.
    point: Option<Uuid>,
    /// Metres on foot to that point.
    metres: Option<i64>,
    /// Metres on foot to its open point today.
    metres_today: Option<i64>,
    /// The longest way that the handbook allows.
    limit: Option<i64>,
    /// Why no point serves it: `unlocated`, `no-grid`, `no-planned-capacity`, `undecided`, `forbidden`, `no-room`,
    /// `no-room-at-all`, `no-capacity`.
    unserved: Option<String>,
}

/// GET `/api/v1/plans/{plan}/communities`.
pub(super) fn communities(s: &Shell, at: OfPlan, asked: CommunitiesOf) -> Result<Page<PlanCommunity>, Fault> {
    let shown = shown(s, at.plan)?;
    let CommunitiesOf { town, unserved, limit, after } = asked;
    let chosen = |it: &&ShownCommunity| {
        town.is_none_or(|town| it.town.uuid() == town)
            && unserved.is_none_or(|unserved| it.unserved.is_some() == unserved)
    };
    let rows: Vec<&ShownCommunity> = shown.communities.iter().filter(chosen).collect();
    let page = Page::cut(rows, after.as_ref(), limit, |it| it.id.uuid())?;
    Ok(page.map(|it| PlanCommunity {
        id: it.id.uuid(),
        code: it.code.clone(),
        town: it.town.uuid(),
        grid: it.grid.map(GridId::uuid),
        households: it.households,
        point: it.point.map(PlanPointId::uuid),
        metres: it.metres,
        metres_today: it.today_metres,
        limit: it.limit,
        unserved: it.unserved.map(|reason| reason.as_str().to_owned()),
    }))
}

/// A point of today that a plan closes.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Closure {
    /// The point.
    point: Uuid,
    /// Its station.
    station: Uuid,
    /// The station's town.
    town: Uuid,
    /// Its grid.
    grid: Option<Uuid>,
    /// The station's name.
    name: String,
    /// The same in English.
    name_en: String,
    /// The words people find the point by.
    words: String,
    /// Does the station end with it?
    ends_station: bool,
    /// Since when it is closed; null while it waits.
    closed_on: Option<Date>,
}

/// GET `/api/v1/plans/{plan}/closures`.
pub(super) fn closures(s: &Shell, at: OfPlan, asked: OfTown) -> Result<Page<Closure>, Fault> {
    let shown = shown(s, at.plan)?;
    let rows: Vec<&ShownClosure> = shown.closures.iter().filter(|it| asked.has(it.town)).collect();
    let page = Page::cut(rows, asked.after.as_ref(), asked.limit, |it| it.point.uuid())?;
    Ok(page.map(|it| Closure {
        point: it.point.uuid(),
        station: it.station.uuid(),
        town: it.town.uuid(),
        grid: it.grid.map(GridId::uuid),
        name: it.name.clone(),
        name_en: it.name_en.clone(),
        words: it.words.clone(),
        ends_station: it.ends_station,
        closed_on: match it.progress {
            Progress::Closed(day) => Some(day.into()),
            Progress::Waiting | Progress::Opened(_) => None,
        },
    }))
}

/// A grid of a plan.
#[derive(Debug, Deserialize, IntoParams)]
pub(super) struct OfGrid {
    /// The plan.
    plan: Uuid,
    /// The grid.
    grid: Uuid,
}

/// A place that could have a point.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PlanSite {
    /// The id of a community or of premises.
    id: Uuid,
    /// What it is called.
    name: String,
    /// The same in English.
    name_en: String,
    /// A community? Else premises.
    community: bool,
    /// Is a room offered there?
    room_offered: bool,
    /// Pinned or forbidden; null for neither.
    mark: Option<SiteMark>,
}

/// GET `/api/v1/plans/{plan}/grids/{grid}/sites`.
pub(super) fn sites(s: &Shell, at: OfGrid, asked: OnlyRows) -> Result<Page<PlanSite>, Fault> {
    let (plan, grid) = (PlanId::from_uuid(at.plan), GridId::from_uuid(at.grid));
    let sites: Vec<Site> = s.state.read(|tx| slice::sites(tx, &s.actor, plan, grid))?;
    let page = Page::cut(sites, asked.after.as_ref(), asked.limit, |it| it.id)?;
    Ok(page.map(|it| PlanSite {
        id: it.id,
        name: it.name,
        name_en: it.name_en,
        community: it.community,
        room_offered: it.room_offered,
        mark: it.mark.map(|mark: Mark| Code(mark)),
    }))
}
