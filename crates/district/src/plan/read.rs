//! Scenarios as they are shown: one after another, and one with its stations, points, communities.

use std::collections::{BTreeMap, HashMap, HashSet};

use base::{Area, Day, Instant, Money, Position, Uuid};
use db::{Row, Tx, params};
use handbook::StationForm;
use serde_json::{Value as Json, json};

use super::model::{self, Today};
use super::rules::{Change, Costs, Mark, Parameters, Progress, Reason, State, gap_per_mille};
use super::{store, whole};
use crate::kit::{
    Actor, CommunityId, Error, GridId, HandbookId, PlanId, PlanPointId, PlanStationId, PointId, Result,
    Scope, StationId, TownId,
};
use crate::people::{Action, authorise};
use crate::register;
use crate::stations::{self, Place};

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

/// Figures of a plan, or of one town of it. Households are those in force, except `planned`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the words say it")]
pub struct Totals {
    pub communities: i64,
    pub stations: i64,
    pub standalone: i64,
    pub points: i64,
    pub workers: i64,
    pub stations_open: i64,
    pub stations_move: i64,
    pub stations_close: i64,
    pub points_open: i64,
    pub points_close: i64,
    /// Points without a room yet.
    pub rooms_lacking: i64,
    pub costs: Costs,
    pub planned: i64,
    pub households: i64,
    /// Within the walking limit of a point of the plan.
    pub walkable: i64,
    /// Within the walking limit of an open point today.
    pub walkable_today: i64,
    /// Not walkable today, walkable in the plan.
    pub become_walkable: i64,
    pub unserved_communities: i64,
    pub unserved_households: i64,
    /// Household-metres of those who have a point.
    walked: i64,
    served: i64,
    walked_today: i64,
    served_today: i64,
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

    /// The point it is hosted at.
    pub fn host(&self) -> Option<&ShownPoint> {
        self.points.iter().find(|point| point.host)
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
    pub name: String,
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
        let of = |theirs: TownId| town.is_none_or(|town| town == theirs);
        let mut totals = Totals::default();
        for station in self.stations.iter().filter(|station| of(station.town)) {
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
        for closure in self.closures.iter().filter(|closure| of(closure.town)) {
            totals.points_close += 1;
            if closure.ends_station && !ended.contains(&closure.station) {
                ended.push(closure.station);
            }
        }
        totals.stations_close = whole(ended.len());
        let parameters = &self.scenario.parameters;
        totals.costs.moves +=
            Money::from_fen(totals.points_close * parameters.yearly(parameters.close_point));
        for community in self.communities.iter().filter(|community| of(community.town)) {
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
    tx.find(&store::PLAN, params![id])?.as_mut().map(read_scenario).transpose()
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
        costs: costs_of(&figures["costs"]),
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
    communities: HashMap<CommunityId, register::Snapshot>,
    premises: HashMap<Uuid, stations::Premises>,
    grids: HashMap<GridId, (String, String)>,
    stations: HashMap<StationId, stations::Station>,
    points: HashMap<PointId, stations::Point>,
    open_today: HashSet<PointId>,
}

impl Names {
    fn read(tx: &mut Tx<'_>, on: Day) -> Result<Self> {
        Ok(Self {
            communities: register::snapshot(tx, on)?.into_iter().map(|c| (c.id, c)).collect(),
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
    let Some(scenario) = scenario(tx, actor, id)? else { return Ok(None) };
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
        .filter_map(|(site, mark)| names.site(*site, *mark))
        .collect();
    Ok(Some(Shown { scenario, stations, communities, closures, marked }))
}

impl Names {
    fn site(&self, id: Uuid, mark: Mark) -> Option<Site> {
        let mark = Some(mark);
        if let Some(community) = self.communities.get(&CommunityId::from_uuid(id)) {
            let (name, name_en) = (community.name.clone(), community.name_en.clone());
            return Some(Site { id, name, name_en, town: community.town, mark });
        }
        let premises = self.premises.get(&id)?;
        let (name, name_en) = (premises.name.clone(), premises.name_en.clone());
        Some(Site { id, name, name_en, town: premises.town, mark })
    }
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
        all.push(ShownClosure {
            point,
            station,
            town: row.get(2)?,
            name: names.stations.get(&station).map(|s| s.name.clone()).unwrap_or_default(),
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
