//! The station plan (站点规划): scenarios that start from today's stations and price every change, proven as far as
//! they say; marks and solving again; adoption; and the gap list that follows from the adopted plan.
//!
//! A scenario is made in three steps, so that nothing waits for the arithmetic: [`prepare`] reads, [`Prepared::solve`]
//! computes without a database, [`save`] or [`replace`] writes. [`make_plan`] does all three in one transaction.

mod adopt;
mod build;
pub mod gaps;
pub mod grid;
pub mod model;
mod mps;
mod read;
pub mod rota;
pub mod rules;
mod shown;
pub(crate) mod store;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use base::{Day, Uuid};
use db::{Tx, Value, params};
use handbook::{Handbook, prescribe};

use crate::kit::{
    Actor, Call, CommunityId, Entry, Error, HandbookId, PlanId, PlanPointId, PlanStationId, PointId, Refusal,
    Result, Scope, StationId, TownId, record,
};
use crate::people::{Action, authorise};
use crate::stations::{self, Place};
use crate::{handbook as handbooks, register};

pub use adopt::{ADOPTABLE_GAP, Adopt, Advance, adopt, advance};
pub(crate) use read::shown;
pub use read::{current, in_force, list, scenario, show, show_kept, sites};
pub use shown::{Scenario, Shown, ShownClosure, ShownCommunity, ShownPoint, ShownStation, Site, Totals};

use model::{Community, Input, Plan, Premises, TodayPoint, TodayService, TodayStation};
use rules::{Mark, Parameters};

/// Steps that the search of one grid may take. A grid of twenty places needs a few hundred; at this many the search of
/// one grid ends within a tenth of a second and says honestly how far it came.
pub const STEPS: u64 = 100_000;

/// The longest name of a scenario, so that several stand side by side.
pub const NAME_LENGTH: usize = 40;

/// A scenario to be made.
#[derive(Debug, Clone)]
pub struct MakePlan {
    /// What people call it.
    pub name: String,
    /// By which version of the handbook; `None` for the one in force on the day.
    pub handbook: Option<HandbookId>,
    /// The day whose stations it starts from.
    pub on: Day,
    /// The weights.
    pub parameters: Parameters,
    /// Sites that are pinned or forbidden.
    pub marks: BTreeMap<Uuid, Mark>,
    /// The scenario it was copied from.
    pub based_on: Option<PlanId>,
}

/// A scenario with everything that was read for it.
#[derive(Debug, Clone)]
pub struct Prepared {
    command: MakePlan,
    handbook: HandbookId,
    input: Input,
}

/// A scenario that was computed.
#[derive(Debug, Clone)]
pub struct Solved {
    prepared: Prepared,
    plan: Plan,
    took_ms: i64,
}

impl Prepared {
    /// The model's input.
    pub fn input(&self) -> &Input {
        &self.input
    }

    /// Makes the towns the grids: a stress test of the search, never a plan.
    #[must_use]
    pub fn with_towns_as_grids(mut self) -> Self {
        self.input.town_as_grid = true;
        self
    }

    /// Computes the plan, writes its model down for other solvers, and says of each joint station's problem its
    /// objective and bound in fen, penalties of whoever is not served included.
    pub fn solve_with_mps(self, steps: u64) -> (Solved, String, Vec<(i64, i64)>) {
        let (plan, problems) = model::solve_with_problems(&self.input, steps);
        let mps = mps::write(&plan, &problems);
        let parts = problems.iter().map(|(_, answer)| (answer.objective, answer.bound)).collect();
        (Solved { prepared: self, plan, took_ms: 0 }, mps, parts)
    }

    /// Computes the plan.
    pub fn solve(self, steps: u64) -> Solved {
        let plan = model::solve(&self.input, steps);
        Solved { prepared: self, plan, took_ms: 0 }
    }
}

impl Solved {
    /// The plan.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Says how long the arithmetic took, by the clock of the program's edge.
    #[must_use]
    pub fn took_ms(mut self, milliseconds: i64) -> Self {
        self.took_ms = milliseconds;
        self
    }
}

/// Reads what a scenario starts from.
pub fn prepare(tx: &mut Tx<'_>, actor: &Actor, command: MakePlan) -> Result<Prepared> {
    authorise(actor, Action::PlanWrite, Scope::District)?;
    let (handbook, text) = handbook_of(tx, &command)?;
    prepare_with(tx, actor, command, handbook, &text)
}

/// The same under a handbook in memory, whatever the database keeps under that id.
pub fn prepare_with(
    tx: &mut Tx<'_>,
    actor: &Actor,
    command: MakePlan,
    id: HandbookId,
    handbook: &Handbook,
) -> Result<Prepared> {
    authorise(actor, Action::PlanWrite, Scope::District)?;
    let name = command.name.trim().to_owned();
    if name.is_empty() || name.chars().count() > NAME_LENGTH {
        return Err(Refusal::new("plan-refused-name").with("length", NAME_LENGTH).at("name").into());
    }
    let command = MakePlan { name, ..command };
    let input = input(tx, handbook, &command)?;
    let sites: Vec<Uuid> = input
        .communities
        .iter()
        .map(|community| community.id.uuid())
        .chain(input.premises.iter().map(|premises| premises.id))
        .collect();
    if let Some(unknown) = command.marks.keys().find(|site| !sites.contains(site)) {
        return Err(Refusal::new("plan-refused-unknown-site").with("site", unknown.simple()).into());
    }
    Ok(Prepared { command, handbook: id, input })
}

fn handbook_of(tx: &mut Tx<'_>, command: &MakePlan) -> Result<(HandbookId, Arc<Handbook>)> {
    match command.handbook {
        Some(id) => {
            let version = handbooks::version(tx, id)?.ok_or(Error::Absent("handbook"))?;
            Ok((id, version.handbook))
        }
        None => handbooks::in_force(tx, command.on)?
            .ok_or_else(|| Refusal::new("plan-refused-no-handbook").with("day", command.on).into()),
    }
}

/// The scenario of an id as a command again, under a new name; marks and weights are its own.
pub fn copy_of(tx: &mut Tx<'_>, actor: &Actor, id: PlanId, name: &str) -> Result<MakePlan> {
    authorise(actor, Action::PlanRead, Scope::District)?;
    let scenario = scenario(tx, actor, id)?.ok_or(Error::Absent("plan"))?;
    Ok(MakePlan {
        name: name.to_owned(),
        handbook: Some(scenario.handbook),
        on: scenario.on,
        parameters: scenario.parameters,
        marks: read::marks(tx, id)?,
        based_on: Some(id),
    })
}

/// Everything the model needs of the district on a day.
fn input(tx: &mut Tx<'_>, handbook: &Handbook, command: &MakePlan) -> Result<Input> {
    let day = command.on;
    let parameters = command.parameters;
    let snapshots = register::snapshot(tx, day)?;
    let facts = handbooks::facts_of(tx, &snapshots, day)?;
    let mut served = HashMap::new();
    let open = stations::served(tx, day)?.into_iter().filter(|service| service.open);
    for service in open {
        served.insert(service.community, service.position);
    }
    let mut communities = Vec::with_capacity(snapshots.len());
    let mut services = HashMap::new();
    for (community, (_, facts)) in snapshots.iter().zip(&facts) {
        let prescription = prescribe(handbook, facts);
        if let Some(at) = served.get(&community.id) {
            let metres = community.position.map(|position| parameters.on_foot(position.metres_to(*at)));
            services.insert(community.id, TodayService { metres });
        }
        communities.push(Community {
            id: community.id,
            town: community.town,
            grid: community.grid,
            position: community.position,
            form: prescription.station_form(),
            planned: community.planned_households.unwrap_or(community.dwellings),
            households: community.households,
            staffing: prescription.workers.as_ref().map(|workers| workers.value),
            half_days: prescription.open_hours.as_ref().map(|hours| hours.value.half_days),
            walking_limit: prescription.walking_limit.as_ref().map(|limit| limit.value),
            room: prescription.room.as_ref().map(|room| room.value),
        });
    }
    let premises = stations::premises(tx, day)?.into_iter().map(|premises| Premises {
        id: premises.id.uuid(),
        town: premises.town,
        grid: premises.grid,
        community: premises.community,
        position: premises.position,
        room_offered: premises.room_offered,
        area: premises.area,
        rent: premises.rent,
    });
    Ok(Input {
        communities,
        premises: premises.collect(),
        today: today(tx, day)?,
        served: services,
        marks: command.marks.clone(),
        parameters,
        town_as_grid: false,
    })
}

fn today(tx: &mut Tx<'_>, day: Day) -> Result<Vec<TodayStation>> {
    let weeks = stations::point_weeks(tx, day)?;
    let mut points: HashMap<StationId, Vec<TodayPoint>> = HashMap::new();
    for point in stations::points(tx, None, day)?.into_iter().filter(|point| point.is_open(day)) {
        let minutes = weeks.get(&point.id).map_or(0, |week| week.open);
        points.entry(point.station).or_default().push(TodayPoint {
            id: point.id,
            site: model::site_of(point.place),
            host: point.host,
            half_days: model::half_days(minutes),
        });
    }
    let open = stations::stations(tx, day)?.into_iter().filter(|station| station.is_open(day));
    Ok(open
        .map(|station| TodayStation {
            id: station.id,
            form: station.form,
            grid: station.grid,
            workers: station.in_post,
            points: points.remove(&station.id).unwrap_or_default(),
        })
        .collect())
}

/// Keeps a computed scenario as a new one.
pub fn save(tx: &mut Tx<'_>, call: &mut Call<'_>, solved: &Solved) -> Result<PlanId> {
    call.authorise(Action::PlanWrite, Scope::District)?;
    let id: PlanId = call.id();
    let Solved { prepared: Prepared { command, handbook, .. }, plan, took_ms } = solved;
    let row: [Value; 12] = [
        id.into(),
        command.name.as_str().into(),
        (*handbook).into(),
        command.based_on.into(),
        command.on.into(),
        command.parameters.to_json().to_string().into(),
        read::figures(plan).to_string().into(),
        plan.objective.into(),
        plan.bound.into(),
        (*took_ms).into(),
        call.now.into(),
        call.actor.account.into(),
    ];
    tx.execute(&store::ADD_PLAN, &row)?;
    write_rows(tx, call, id, solved)?;
    keep_totals(tx, call, id, plan)?;
    record(tx, call, Entry { action: Action::PlanWrite, objects: &[id.uuid()], fields: "plan" })?;
    Ok(id)
}

/// Puts a computed scenario in the place of another that was not adopted.
pub fn replace(tx: &mut Tx<'_>, call: &mut Call<'_>, id: PlanId, solved: &Solved) -> Result<()> {
    call.tries(Action::PlanWrite, id.uuid());
    call.authorise(Action::PlanWrite, Scope::District)?;
    tx.lock("plans", "id", id.uuid())?;
    let Solved { prepared: Prepared { command, handbook, .. }, plan, took_ms } = solved;
    let row: [Value; 11] = [
        id.into(),
        command.name.as_str().into(),
        (*handbook).into(),
        command.on.into(),
        command.parameters.to_json().to_string().into(),
        read::figures(plan).to_string().into(),
        plan.objective.into(),
        plan.bound.into(),
        (*took_ms).into(),
        call.now.into(),
        call.actor.account.into(),
    ];
    if tx.execute(&store::CHANGE_PLAN, &row)? == 0 {
        return Err(not_a_scenario(tx, call.actor, id)?);
    }
    drop_rows(tx, id)?;
    write_rows(tx, call, id, solved)?;
    keep_totals(tx, call, id, plan)?;
    record(
        tx,
        call,
        Entry { action: Action::PlanWrite, objects: &[id.uuid()], fields: "plan marks parameters" },
    )
}

/// Deletes a scenario that was never adopted.
pub fn discard(tx: &mut Tx<'_>, call: &mut Call<'_>, id: PlanId) -> Result<()> {
    call.tries(Action::PlanWrite, id.uuid());
    call.authorise(Action::PlanWrite, Scope::District)?;
    let state = scenario(tx, call.actor, id)?.ok_or(Error::Absent("plan"))?.state;
    if state != rules::State::Scenario {
        return Err(not_a_scenario(tx, call.actor, id)?);
    }
    drop_rows(tx, id)?;
    tx.execute(&store::DETACH, params![id])?;
    tx.execute(&store::DROP_PLAN, params![id])?;
    record(tx, call, Entry { action: Action::PlanWrite, objects: &[id.uuid()], fields: "discarded" })
}

fn not_a_scenario(tx: &mut Tx<'_>, actor: &Actor, id: PlanId) -> Result<Error> {
    let Some(scenario) = scenario(tx, actor, id)? else { return Ok(Error::Absent("plan")) };
    Ok(Refusal::new("plan-refused-adopted-already").with("name", scenario.name).into())
}

/// Reads, computes and keeps a scenario in one transaction.
pub fn make_plan(tx: &mut Tx<'_>, call: &mut Call<'_>, command: MakePlan) -> Result<PlanId> {
    let solved = prepare(tx, call.actor, command)?.solve(STEPS);
    save(tx, call, &solved)
}

/// Says which sites are pinned and which forbidden, and solves again.
pub fn set_marks(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    id: PlanId,
    marks: BTreeMap<Uuid, Mark>,
) -> Result<()> {
    let kept = scenario(tx, call.actor, id)?.ok_or(Error::Absent("plan"))?;
    let command = MakePlan { marks, based_on: kept.based_on, ..copy_of(tx, call.actor, id, &kept.name)? };
    let solved = prepare(tx, call.actor, command)?.solve(STEPS);
    replace(tx, call, id, &solved)
}

/// Keeps the figures of the whole beside the scenario, so that a list of scenarios needs no stations. They are those
/// that [`Shown::totals`] finds.
fn keep_totals(tx: &mut Tx<'_>, call: &Call<'_>, id: PlanId, plan: &Plan) -> Result<()> {
    let shown = show(tx, call.actor, id, call.today())?.ok_or(Error::Absent("plan"))?;
    let figures = read::figures_with(plan, shown.totals(None)).to_string();
    tx.execute(&store::SET_FIGURES, params![id, figures])?;
    Ok(())
}

fn drop_rows(tx: &mut Tx<'_>, id: PlanId) -> Result<()> {
    for statement in [
        &store::DROP_MARKS,
        &store::DROP_COMMUNITIES,
        &store::DROP_CLOSURES,
        &store::DROP_POINTS,
        &store::DROP_STATIONS,
    ] {
        tx.execute(statement, params![id])?;
    }
    Ok(())
}

fn write_rows(tx: &mut Tx<'_>, call: &mut Call<'_>, id: PlanId, solved: &Solved) -> Result<()> {
    let Solved { prepared: Prepared { command, input, .. }, plan, .. } = solved;
    let marks = command
        .marks
        .iter()
        .map(|(site, mark)| -> [Value; 3] { [id.into(), (*site).into(), mark.as_str().into()] });
    tx.bulk(&store::ADD_MARKS, marks)?;
    let (mut stations, mut points) = (Vec::new(), Vec::new());
    let mut at: HashMap<CommunityId, (PlanPointId, i64)> = HashMap::new();
    for station in &plan.stations {
        let station_id: PlanStationId = call.id();
        stations.push(station_row(id, station_id, stations.len(), station));
        for point in &station.points {
            let point_id: PlanPointId = call.id();
            points.push(point_row(id, station_id, point_id, points.len(), point));
            at.extend(point.serves.iter().map(|(community, metres)| (*community, (point_id, *metres))));
        }
    }
    tx.bulk(&store::ADD_STATIONS, stations)?;
    tx.bulk(&store::ADD_POINTS, points)?;
    let reasons: HashMap<CommunityId, String> =
        plan.unserved.iter().map(|unserved| (unserved.community, unserved.reason.to_text())).collect();
    let rows = input.communities.iter().map(|community| -> [Value; 10] {
        let point = at.get(&community.id);
        let limit = match command.parameters.walking_limit {
            0 => community.walking_limit,
            limit => Some(limit),
        };
        [
            id.into(),
            community.id.into(),
            community.town.into(),
            point.map(|(point, _)| *point).into(),
            community.planned.into(),
            community.households.into(),
            limit.into(),
            point.map(|(_, metres)| *metres).into(),
            input.served.get(&community.id).and_then(|service| service.metres).into(),
            reasons.get(&community.id).into(),
        ]
    });
    tx.bulk(&store::ADD_COMMUNITIES, rows)?;
    write_closures(tx, id, solved)
}

fn write_closures(tx: &mut Tx<'_>, id: PlanId, solved: &Solved) -> Result<()> {
    if solved.plan.closures.is_empty() {
        return Ok(());
    }
    let day = solved.prepared.command.on;
    let towns: HashMap<StationId, TownId> =
        stations::stations(tx, day)?.into_iter().map(|station| (station.id, station.town)).collect();
    let rows = solved.plan.closures.iter().filter_map(|closure| -> Option<[Value; 5]> {
        let town = *towns.get(&closure.station)?;
        Some([
            id.into(),
            closure.point.into(),
            closure.station.into(),
            town.into(),
            closure.ends_station.into(),
        ])
    });
    tx.bulk(&store::ADD_CLOSURES, rows)?;
    Ok(())
}

fn whole(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn station_row(plan: PlanId, id: PlanStationId, place: usize, station: &model::PlanStation) -> [Value; 16] {
    let costs = station.costs;
    [
        id.into(),
        plan.into(),
        whole(place).into(),
        station.form.as_code().into(),
        station.town.into(),
        station.grid.into(),
        station.today.into(),
        Value::Null,
        station.moves.into(),
        station.workers.into(),
        costs.workers.into(),
        costs.rooms.into(),
        costs.setup.into(),
        costs.moves.into(),
        costs.doors.into(),
        costs.walking.into(),
    ]
}

fn point_row(
    plan: PlanId,
    station: PlanStationId,
    id: PlanPointId,
    place: usize,
    point: &model::PlanPoint,
) -> [Value; 14] {
    let (community, premises) = match point.place {
        Place::Community(id) => (Some(id), None),
        Place::Premises(id) => (None, Some(id)),
    };
    let today: Option<PointId> = point.today;
    [
        id.into(),
        plan.into(),
        station.into(),
        whole(place).into(),
        community.into(),
        premises.into(),
        today.into(),
        Value::Null,
        point.position.lat().into(),
        point.position.lon().into(),
        point.host.into(),
        point.half_days.into(),
        point.room_offered.into(),
        point.rent.into(),
    ]
}
