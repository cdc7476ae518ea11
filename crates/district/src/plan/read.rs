//! Reads scenarios: one after another, and one with its stations, points, communities.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use base::{Day, Money, Position, Uuid};
use db::{Row, Tx, params};
use handbook::StationForm;
use serde_json::{Value as Json, json};

use super::model::{self, Today};
use super::rules::{Costs, Mark, Parameters, Progress, Reason, State};
use super::shown::{Scenario, Shown, ShownClosure, ShownCommunity, ShownPoint, ShownStation, Site, Totals};
use super::store;
use crate::kit::{
    Actor, CommunityId, Error, GridId, PlanId, PlanPointId, PlanStationId, PointId, Result, Scope, StationId,
};
use crate::people::{Action, authorise};
use crate::stations::{self, Place};
use crate::{Memory, register};

/// The yearly costs of plan and today, as the store keeps them.
pub(super) fn figures(plan: &model::Plan) -> Json {
    json!({
        "costs": costs_json(plan.costs),
        "today": {
            "stations": plan.today.stations,
            "points": plan.today.points,
            "workers": plan.today.workers,
            "costs": costs_json(plan.today.costs),
        },
    })
}

/// The same with the figures of the whole, for lists of scenarios.
pub(super) fn figures_with(plan: &model::Plan, totals: Totals) -> Json {
    let mut figures = figures(plan);
    figures["totals"] = totals.to_json();
    figures
}

fn costs_json(costs: Costs) -> Json {
    json!({
        "workers": costs.workers.fen(),
        "rooms": costs.rooms.fen(),
        "setup": costs.setup.fen(),
        "moves": costs.moves.fen(),
        "doors": costs.doors.fen(),
        "walking": costs.walking.fen(),
    })
}

fn costs_of(json: &Json) -> Costs {
    let part = |name: &str| Money::from_fen(json[name].as_i64().unwrap_or(0));
    Costs {
        workers: part("workers"),
        rooms: part("rooms"),
        setup: part("setup"),
        moves: part("moves"),
        doors: part("doors"),
        walking: part("walking"),
    }
}

/// All scenarios, the newest first.
pub fn list(tx: &mut Tx<'_>, actor: &Actor) -> Result<Vec<Scenario>> {
    authorise(actor, Action::PlanRead, Scope::District)?;
    tx.query(&store::PLANS, &[])?.iter_mut().map(read_scenario).collect()
}

/// One scenario without its stations.
pub fn scenario(tx: &mut Tx<'_>, actor: &Actor, id: PlanId) -> Result<Option<Scenario>> {
    authorise(actor, Action::PlanRead, Scope::District)?;
    kept_scenario(tx, id)
}

fn kept_scenario(tx: &mut Tx<'_>, id: PlanId) -> Result<Option<Scenario>> {
    tx.find(&store::PLAN, params![id])?.as_mut().map(read_scenario).transpose()
}

/// Had a plan been adopted by the end of a day?
pub(super) fn adopted_by(tx: &mut Tx<'_>, id: PlanId, day: Day) -> Result<bool> {
    Ok(kept_scenario(tx, id)?.and_then(|plan| plan.adopted_at).is_some_and(|at| at.day() <= day))
}

/// The plan that is adopted, whether or not its day has come.
pub fn current(tx: &mut Tx<'_>) -> Result<Option<PlanId>> {
    Ok(tx.find(&store::CURRENT, &[])?.map(|mut row| row.get(0)).transpose()?)
}

/// The district's plan on a day.
pub fn in_force(tx: &mut Tx<'_>, day: Day) -> Result<Option<PlanId>> {
    Ok(tx.find(&store::IN_FORCE, params![day])?.map(|mut row| row.get(0)).transpose()?)
}

fn read_scenario(row: &mut Row) -> Result<Scenario> {
    let broken = || Error::Internal("a plan in the store cannot be read".into());
    let (state, parameters, figures): (String, String, String) = (row.get(5)?, row.get(7)?, row.get(8)?);
    let figures: Json = serde_json::from_str(&figures).map_err(|_| broken())?;
    let costs = costs_of(&figures["costs"]);
    let today = &figures["today"];
    let count = |name: &str| today[name].as_i64().unwrap_or(0);
    Ok(Scenario {
        id: row.get(0)?,
        name: row.get(1)?,
        handbook: row.get(2)?,
        version: row.get(3)?,
        based_on: row.get(4)?,
        state: State::parse(&state).ok_or_else(broken)?,
        on: row.get(6)?,
        parameters: Parameters::from_json(&parameters).ok_or_else(broken)?,
        costs,
        totals: Totals::from_json(&figures["totals"], costs),
        objective: row.get(9)?,
        bound: row.get(10)?,
        today: Today {
            stations: count("stations"),
            points: count("points"),
            workers: count("workers"),
            costs: costs_of(&today["costs"]),
        },
        took_ms: row.get(11)?,
        made_at: row.get(12)?,
        adopted_at: row.get(13)?,
        from: row.get(14)?,
        to: row.get(15)?,
    })
}

/// What was said of sites.
pub(super) fn marks(tx: &mut Tx<'_>, id: PlanId) -> Result<BTreeMap<Uuid, Mark>> {
    let mut marks = BTreeMap::new();
    for mut row in tx.query(&store::MARKS, params![id])? {
        let mark: String = row.get(1)?;
        if let Some(mark) = Mark::parse(&mark) {
            marks.insert(row.get(0)?, mark);
        }
    }
    Ok(marks)
}

/// Names and standings of what a plan points at.
struct Names {
    communities: HashMap<CommunityId, register::Placed>,
    premises: HashMap<Uuid, stations::Premises>,
    grids: HashMap<GridId, (String, String)>,
    stations: HashMap<StationId, stations::Station>,
    points: HashMap<PointId, stations::Point>,
    open_today: HashSet<PointId>,
}

impl Names {
    fn read(tx: &mut Tx<'_>, on: Day) -> Result<Self> {
        Ok(Self {
            communities: register::placed(tx, on)?.into_iter().map(|c| (c.id, c)).collect(),
            premises: stations::premises(tx, on)?.into_iter().map(|p| (p.id.uuid(), p)).collect(),
            grids: register::grids(tx, on)?.into_iter().map(|g| (g.id, (g.name, g.name_en))).collect(),
            stations: HashMap::new(),
            points: HashMap::new(),
            open_today: HashSet::new(),
        })
    }

    /// Stations and points, planned ones included, as of the day the plan starts from and as of today.
    fn standings(&mut self, tx: &mut Tx<'_>, on: Day, today: Day) -> Result<()> {
        for day in [on, today] {
            self.stations.extend(stations::stations(tx, day)?.into_iter().map(|s| (s.id, s)));
            self.points.extend(stations::points(tx, None, day)?.into_iter().map(|p| (p.id, p)));
        }
        let open = self.points.values().filter(|point| point.is_open(today)).map(|point| point.id);
        self.open_today = open.collect();
        Ok(())
    }

    fn place(&self, place: Place) -> (String, String) {
        match place {
            Place::Community(id) => {
                self.communities.get(&id).map(|c| (c.name.clone(), c.name_en.clone())).unwrap_or_default()
            }
            Place::Premises(id) => {
                self.premises.get(&id.uuid()).map(|p| (p.name.clone(), p.name_en.clone())).unwrap_or_default()
            }
        }
    }
}

/// A plan with its stations, points and communities, and how far it has come on a day.
pub fn show(tx: &mut Tx<'_>, actor: &Actor, id: PlanId, today: Day) -> Result<Option<Shown>> {
    authorise(actor, Action::PlanRead, Scope::District)?;
    shown(tx, id, today)
}

/// The same for readers, from memory.
pub fn show_kept(
    tx: &mut Tx<'_>,
    actor: &Actor,
    memory: &Memory,
    id: PlanId,
    today: Day,
) -> Result<Option<Arc<Shown>>> {
    authorise(actor, Action::PlanRead, Scope::District)?;
    memory.plan(tx, id, today)
}

/// A plan as of a day. Asks no permission: not for outside `district`.
pub(crate) fn shown(tx: &mut Tx<'_>, id: PlanId, today: Day) -> Result<Option<Shown>> {
    let Some(scenario) = kept_scenario(tx, id)? else { return Ok(None) };
    let mut names = Names::read(tx, scenario.on)?;
    names.standings(tx, scenario.on, today)?;
    let marks = marks(tx, id)?;
    let communities = communities(tx, id, &names)?;
    let mut points = points(tx, id, &names, &marks, &communities, today)?;
    let mut stations = Vec::new();
    for mut row in tx.query(&store::STATIONS, params![id])? {
        stations.push(station(&mut row, &names, &mut points, today)?);
    }
    let closures = closures(tx, id, &names, today)?;
    let chosen: Vec<Uuid> = stations.iter().flat_map(|s| &s.points).map(ShownPoint::site).collect();
    let marked = marks
        .iter()
        .filter(|(site, _)| !chosen.contains(site))
        .filter_map(|(site, mark)| names.site(*site, Some(*mark)))
        .collect();
    Ok(Some(Shown { scenario, stations, communities, closures, marked }))
}

impl Names {
    fn site(&self, id: Uuid, mark: Option<Mark>) -> Option<Site> {
        if let Some(community) = self.communities.get(&CommunityId::from_uuid(id)) {
            let (name, name_en) = (community.name.clone(), community.name_en.clone());
            let room_offered =
                self.premises.values().any(|p| p.community == Some(community.id) && p.room_offered);
            let (town, grid) = (community.town, community.grid);
            return Some(Site { id, name, name_en, town, grid, community: true, room_offered, mark });
        }
        let premises = self.premises.get(&id)?;
        let (name, name_en) = (premises.name.clone(), premises.name_en.clone());
        let (town, grid, room_offered) = (premises.town, premises.grid, premises.room_offered);
        Some(Site { id, name, name_en, town, grid, community: false, room_offered, mark })
    }
}

/// Every place of a grid that could have a point on the day a scenario starts from, with what was said of it:
/// communities first, then premises outside of them, each by id.
pub fn sites(tx: &mut Tx<'_>, actor: &Actor, id: PlanId, grid: GridId) -> Result<Vec<Site>> {
    let scenario = scenario(tx, actor, id)?.ok_or(Error::Absent("plan"))?;
    let names = Names::read(tx, scenario.on)?;
    let marks = marks(tx, id)?;
    let communities = names.communities.values().filter(|c| c.grid == Some(grid)).map(|c| c.id.uuid());
    let premises = names.premises.values().filter(|p| p.grid == Some(grid) && p.community.is_none());
    let ids = communities.chain(premises.map(|p| p.id.uuid()));
    let mut sites: Vec<Site> = ids.filter_map(|id| names.site(id, marks.get(&id).copied())).collect();
    sites.sort_by_key(|site| (!site.community, site.id));
    Ok(sites)
}

fn communities(tx: &mut Tx<'_>, id: PlanId, names: &Names) -> Result<Vec<ShownCommunity>> {
    let rows = tx.query(&store::COMMUNITIES, params![id])?;
    let shown = rows.into_iter().map(|mut row| {
        let id: CommunityId = row.get(0)?;
        let known = names.communities.get(&id);
        let unserved: Option<String> = row.get(8)?;
        Ok(ShownCommunity {
            id,
            code: known.map(|c| c.code.clone()).unwrap_or_default(),
            name: known.map(|c| c.name.clone()).unwrap_or_default(),
            name_en: known.map(|c| c.name_en.clone()).unwrap_or_default(),
            town: row.get(1)?,
            grid: known.and_then(|c| c.grid),
            position: known.and_then(|c| c.position),
            point: row.get(2)?,
            planned: row.get(3)?,
            households: row.get(4)?,
            limit: row.get(5)?,
            metres: row.get(6)?,
            today_metres: row.get(7)?,
            unserved: unserved.as_deref().and_then(Reason::from_text),
        })
    });
    shown.collect()
}

fn points(
    tx: &mut Tx<'_>,
    id: PlanId,
    names: &Names,
    marks: &BTreeMap<Uuid, Mark>,
    communities: &[ShownCommunity],
    today: Day,
) -> Result<HashMap<PlanStationId, Vec<ShownPoint>>> {
    // By point: communities, planned households, households, household-metres.
    let mut served: HashMap<PlanPointId, [i64; 4]> = HashMap::new();
    for community in communities {
        if let Some(point) = community.point {
            let sums = served.entry(point).or_default();
            let metres = community.metres.unwrap_or(0);
            for (sum, more) in
                sums.iter_mut().zip([1, community.planned, community.households, community.planned * metres])
            {
                *sum += more;
            }
        }
    }
    let mut all: HashMap<PlanStationId, Vec<ShownPoint>> = HashMap::new();
    for mut row in tx.query(&store::POINTS, params![id])? {
        let row = &mut row;
        let id = row.get(0)?;
        let place = match (row.get(2)?, row.get(3)?) {
            (Some(community), _) => Place::Community(community),
            (None, Some(premises)) => Place::Premises(premises),
            (None, None) => return Err(Error::Internal("a point of a plan without a place".into())),
        };
        let premises = match place {
            Place::Premises(id) => names.premises.get(&id.uuid()),
            Place::Community(id) => names
                .premises
                .values()
                .filter(|p| p.community == Some(id))
                .min_by_key(|p| (!p.room_offered, p.id)),
        };
        let (name, name_en) = names.place(place);
        let [communities, planned, households, walked] = served.get(&id).copied().unwrap_or_default();
        let real: Option<PointId> = row.get(5)?;
        let state = real.and_then(|point| names.points.get(&point));
        let station = row.get(1)?;
        all.entry(station).or_default().push(ShownPoint {
            id,
            station,
            place,
            name,
            name_en,
            code: match place {
                Place::Community(id) => names.communities.get(&id).map(|c| c.code.clone()),
                Place::Premises(_) => None,
            },
            kind: premises.map(|p| p.kind.clone()),
            area: premises.and_then(|p| p.area),
            position: position(row, 6)?,
            host: row.get(8)?,
            today: row.get(4)?,
            real,
            half_days: row.get(9)?,
            room_offered: row.get(10)?,
            rent: row.get(11)?,
            communities,
            planned,
            households,
            metres: if planned > 0 { walked / planned } else { 0 },
            mark: marks.get(&model::site_of(place)).copied(),
            progress: progress(state.map(|point| (point.opened_on, point.closed_on)), today),
            host_now: state.is_some_and(|point| point.host),
        });
    }
    Ok(all)
}

fn station(
    row: &mut Row,
    names: &Names,
    points: &mut HashMap<PlanStationId, Vec<ShownPoint>>,
    today: Day,
) -> Result<ShownStation> {
    let id = row.get(0)?;
    let form: String = row.get(1)?;
    let grid: Option<GridId> = row.get(3)?;
    let real: Option<StationId> = row.get(5)?;
    let state = real.and_then(|station| names.stations.get(&station));
    Ok(ShownStation {
        id,
        form: StationForm::from_code(&form).map_err(|error| Error::Internal(error.to_string()))?,
        town: row.get(2)?,
        grid,
        grid_name: grid.and_then(|grid| names.grids.get(&grid).cloned()),
        today: row.get(4)?,
        real,
        moves: row.get(6)?,
        workers: row.get(7)?,
        costs: Costs {
            workers: row.get(8)?,
            rooms: row.get(9)?,
            setup: row.get(10)?,
            moves: row.get(11)?,
            doors: row.get(12)?,
            walking: row.get(13)?,
        },
        points: points.remove(&id).unwrap_or_default(),
        progress: progress(state.map(|station| (station.opened_on, station.closed_on)), today),
    })
}

fn closures(tx: &mut Tx<'_>, id: PlanId, names: &Names, today: Day) -> Result<Vec<ShownClosure>> {
    let rows = tx.query(&store::CLOSURES, params![id])?;
    let mut all = Vec::new();
    for mut row in rows {
        let (point, station): (PointId, StationId) = (row.get(0)?, row.get(1)?);
        // A point that was closed long ago is no more in the readings of today; it stands in those of the plan's day.
        let Some(there) = names.points.get(&point) else { continue };
        let still = names.open_today.contains(&point);
        let of = names.stations.get(&station);
        all.push(ShownClosure {
            point,
            station,
            town: row.get(2)?,
            grid: of.and_then(|of| of.grid),
            name: of.map(|of| of.name.clone()).unwrap_or_default(),
            name_en: of.map(|of| of.name_en.clone()).unwrap_or_default(),
            words: there.words.clone(),
            position: there.position,
            ends_station: row.get(3)?,
            progress: if still {
                Progress::Waiting
            } else {
                Progress::Closed(there.closed_on.unwrap_or(today))
            },
        });
    }
    Ok(all)
}

fn progress(days: Option<(Option<Day>, Option<Day>)>, today: Day) -> Progress {
    match days {
        Some((_, Some(closed))) if closed <= today => Progress::Closed(closed),
        Some((Some(opened), _)) if opened <= today => Progress::Opened(opened),
        _ => Progress::Waiting,
    }
}

fn position(row: &mut Row, column: usize) -> Result<Position> {
    let (lat, lon) = (row.get(column)?, row.get(column + 1)?);
    Position::new(lat, lon).map_err(|error| Error::Internal(error.to_string()))
}
