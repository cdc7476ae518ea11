//! Adoption, and carrying the adopted plan out: stations and points open, move, close, and communities go with them.

use std::collections::{HashMap, HashSet};

use base::{Day, Uuid};
use db::{Tx, params};
use handbook::StationForm;

use super::model::site_of;
use super::read::{scenario, show};
use super::rota::HALVES;
use super::rules::{Change, Progress, State};
use super::shown::{Scenario, Shown, ShownPoint, ShownStation};
use super::{gaps, store};
use crate::kit::{
    Call, CommunityId, Entry, Error, PlanId, PlanPointId, PointId, Refusal, Result, Role, Scope, StationId,
    record,
};
use crate::notices::{About, Kind, Notice, Thing, To, tell};
use crate::people::Action;
use crate::stations::{self, AddPoint, AddStation, RotaLine, Serve, SetRota, Step};

/// A plan may be adopted without further words when it is proven within so many thousandths of the best.
pub const ADOPTABLE_GAP: i64 = 10;

/// A scenario to be the district's plan.
#[derive(Debug, Clone, Copy)]
pub struct Adopt {
    /// The scenario.
    pub plan: PlanId,
    /// From this day.
    pub from: Day,
    /// The officer knows that it is not proven within [`ADOPTABLE_GAP`].
    pub even_unproven: bool,
}

/// Makes a scenario the district's plan from a day on. The plan before it ends there; stations and points that are new
/// are planned from that day; whoever nobody serves is given to a point that is open already; gaps are listed.
pub fn adopt(tx: &mut Tx<'_>, call: &mut Call<'_>, command: Adopt) -> Result<()> {
    call.tries(Action::PlanAdopt, None);
    call.authorise(Action::PlanAdopt, Scope::District)?;
    tx.lock("plans", "id", command.plan.uuid())?;
    let chosen = scenario(tx, call.actor, command.plan)?.ok_or(Error::Absent("plan"))?;
    check(tx, call, &chosen, command)?;
    let earlier = super::current(tx)?;
    tx.execute(&store::SUPERSEDE, params![command.from])?;
    tx.execute(&store::ADOPT, params![command.plan, call.now, call.actor.account, command.from])?;
    let shown = show(tx, call.actor, command.plan, command.from)?.ok_or(Error::Absent("plan"))?;
    let there = there(tx, call, earlier, command.from)?;
    let carried = carry(tx, call, &shown, &there, command.from)?;
    withdraw(tx, call, &there, &carried, command.from)?;
    let shown = show(tx, call.actor, command.plan, command.from)?.ok_or(Error::Absent("plan"))?;
    serve_the_unserved(tx, call, &shown, command.from)?;
    gaps::begin(tx, call, &shown, earlier, command.from)?;
    record(
        tx,
        call,
        Entry { action: Action::PlanAdopt, objects: &[command.plan.uuid()], fields: "state valid_from" },
    )?;
    let about = About::one(Thing::Plan, command.plan.uuid(), "");
    let to = [Role::TownOfficer, Role::GridLeader].map(To::Everyone).to_vec();
    tell(tx, call, &[Notice { kind: Kind::PlanAdopted, about, to }])
}

fn check(tx: &mut Tx<'_>, call: &Call<'_>, chosen: &Scenario, command: Adopt) -> Result<()> {
    if chosen.state != State::Scenario {
        return Err(Refusal::new("plan-refused-adopted-already").with("name", &chosen.name).into());
    }
    let gap = chosen.gap_per_mille();
    if gap > ADOPTABLE_GAP && !command.even_unproven {
        return Err(Refusal::new("plan-refused-not-proven")
            .with("gap", format!("{}.{}%", gap / 10, gap % 10))
            .at("even_unproven")
            .into());
    }
    if command.from < chosen.on {
        return Err(Refusal::new("plan-refused-before-its-day").with("day", chosen.on).at("from").into());
    }
    if let Some(id) = super::current(tx)? {
        let current = scenario(tx, call.actor, id)?.ok_or(Error::Absent("plan"))?;
        if current.from.is_some_and(|from| command.from < from) {
            return Err(Refusal::new("plan-refused-before-current")
                .with("name", current.name)
                .at("from")
                .into());
        }
    }
    Ok(())
}

/// Stations and points that are planned or open on the day a plan begins, whoever planned them.
#[derive(Default)]
struct There {
    /// By form and the site of their host.
    stations: HashMap<(StationForm, Uuid), StationId>,
    /// By station and site.
    points: HashMap<(StationId, Uuid), PointId>,
    /// Of these, what the plan before this one planned and is not open yet.
    waiting: HashSet<Uuid>,
}

fn there(tx: &mut Tx<'_>, call: &Call<'_>, earlier: Option<PlanId>, day: Day) -> Result<There> {
    let mut there = There::default();
    let (stations, points) = (stations::stations(tx, day)?, stations::points(tx, None, day)?);
    let forms: HashMap<StationId, StationForm> = stations.iter().map(|s| (s.id, s.form)).collect();
    for point in &points {
        let site = site_of(point.place);
        there.points.entry((point.station, site)).or_insert(point.id);
        if let Some(form) = forms.get(&point.station).filter(|_| point.host) {
            there.stations.entry((*form, site)).or_insert(point.station);
        }
    }
    let Some(earlier) = earlier else { return Ok(there) };
    let Some(shown) = show(tx, call.actor, earlier, day)? else { return Ok(there) };
    for station in &shown.stations {
        there.waiting.extend(station.real.filter(|_| station.today.is_none()).map(StationId::uuid));
        let new = station.points.iter().filter(|point| point.today.is_none());
        there.waiting.extend(new.filter_map(|point| point.real).map(PointId::uuid));
    }
    for open in stations.iter().filter(|station| station.is_open(day)) {
        there.waiting.remove(&open.id.uuid());
    }
    for open in points.iter().filter(|point| point.is_open(day)) {
        there.waiting.remove(&open.id.uuid());
    }
    Ok(there)
}

/// Ties each station and point of the plan to a real one: today's, one that is there since, or a new one.
fn carry(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    shown: &Shown,
    there: &There,
    from: Day,
) -> Result<HashSet<Uuid>> {
    let mut carried = HashSet::new();
    for station in &shown.stations {
        let Some(host) = station.host() else { continue };
        let known = station.today.or(there.stations.get(&(station.form, host.site())).copied());
        let real = match known {
            Some(real) => real,
            None => open_new(tx, call, station, host, from)?,
        };
        let is_new = known.is_none();
        carried.insert(real.uuid());
        tx.execute(&store::CARRY_STATION, params![station.id, real])?;
        let mut added: Vec<(StationId, Day, AddPoint)> = Vec::new();
        let mut tied: Vec<(PlanPointId, PointId)> = Vec::new();
        for point in &station.points {
            let known = point.today.or(there.points.get(&(real, point.site())).copied());
            let real_point = match known {
                Some(real) => real,
                // A new station came with its host.
                None if is_new && point.host => host_of(tx, real, from)?,
                None => {
                    let new = add_point(call, point, false);
                    let id = new.id;
                    added.push((real, from, new));
                    id
                }
            };
            carried.insert(real_point.uuid());
            tied.push((point.id, real_point));
        }
        if !added.is_empty() {
            stations::add_points(tx, call, &added)?;
        }
        for (planned, real) in tied {
            tx.execute(&store::CARRY_POINT, params![planned, real])?;
        }
    }
    Ok(carried)
}

fn host_of(tx: &mut Tx<'_>, station: StationId, day: Day) -> Result<PointId> {
    let points = stations::points(tx, Some(station), day)?;
    let host = points.into_iter().find(|point| point.host);
    Ok(host.ok_or_else(|| Error::Internal("a new station has its host".into()))?.id)
}

fn open_new(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    station: &ShownStation,
    host: &ShownPoint,
    from: Day,
) -> Result<StationId> {
    let id = call.id();
    let grid = station.grid_name.clone().filter(|_| station.form == StationForm::Joint);
    let (name, name_en) = grid.unwrap_or_else(|| (host.name.clone(), host.name_en.clone()));
    let new = AddStation {
        id,
        name: format!("{name}社工站"),
        name_en: format!("{name_en} Social Work Station"),
        form: station.form,
        town: station.town,
        grid: station.grid,
        telephone: String::new(),
        planned_on: from,
        opened_on: None,
        points: vec![add_point(call, host, true)],
    };
    stations::add_stations(tx, call, &[new])?;
    Ok(id)
}

fn add_point(call: &mut Call<'_>, point: &ShownPoint, host: bool) -> AddPoint {
    AddPoint {
        id: call.id(),
        host,
        place: point.place,
        words: String::new(),
        position: point.position,
        opened_on: None,
    }
}

/// What the plan before planned, is not open, and has no place in this one is planned no more. What somebody else
/// planned is theirs.
fn withdraw(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    there: &There,
    carried: &HashSet<Uuid>,
    day: Day,
) -> Result<()> {
    let useless = |id: Uuid| there.waiting.contains(&id) && !carried.contains(&id);
    let gone: HashSet<StationId> =
        there.stations.values().copied().filter(|station| useless(station.uuid())).collect();
    let mut steps: Vec<Step> = gone.iter().map(|station| Step::CloseStation(*station)).collect();
    let points =
        there.points.iter().filter(|((station, _), point)| !gone.contains(station) && useless(point.uuid()));
    steps.extend(points.map(|(_, point)| Step::ClosePoint(*point)));
    steps.sort_by_key(|step| match step {
        Step::OpenStation(id) | Step::CloseStation(id) => (0, id.uuid()),
        Step::OpenPoint(id) | Step::ClosePoint(id) => (1, id.uuid()),
    });
    if steps.is_empty() { Ok(()) } else { stations::step(tx, call, day, &steps) }
}

/// A point of the plan that is open serves its communities at once, unless somebody else serves them today.
fn serve_the_unserved(tx: &mut Tx<'_>, call: &mut Call<'_>, shown: &Shown, from: Day) -> Result<()> {
    let served: HashSet<CommunityId> =
        stations::served(tx, from)?.into_iter().filter(|s| s.open).map(|s| s.community).collect();
    let real = real_points(shown);
    let commands: Vec<Serve> = shown
        .communities
        .iter()
        .filter(|community| !served.contains(&community.id))
        .filter_map(|community| {
            let by = real.get(&community.point?).copied();
            by.map(|by| Serve { community: community.id, by: Some(by), from })
        })
        .collect();
    if commands.is_empty() { Ok(()) } else { stations::serve(tx, call, &commands) }
}

/// The real station and point behind each point of a plan.
fn real_points(shown: &Shown) -> HashMap<PlanPointId, (StationId, PointId)> {
    let points = shown.stations.iter().flat_map(|s| s.points.iter().map(move |p| (p.id, s.real.zip(p.real))));
    points.filter_map(|(id, real)| Some((id, real?))).collect()
}

/// A step in carrying out the adopted plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Advance {
    /// A planned point opens, its station with it if need be; its communities are served there from now on.
    Open(PlanPointId),
    /// A point that the plan has no use for closes.
    Close(PointId),
}

/// Carries out steps of the adopted plan on a day.
pub fn advance(tx: &mut Tx<'_>, call: &mut Call<'_>, day: Day, steps: &[Advance]) -> Result<()> {
    let id = super::current(tx)?.ok_or_else(|| Refusal::new("plan-refused-none-adopted"))?;
    let shown = show(tx, call.actor, id, day)?.ok_or(Error::Absent("plan"))?;
    if let Some(from) = shown.scenario.from.filter(|from| day < *from) {
        // Until then today's points go on as they are.
        return Err(Refusal::new("plan-refused-not-yet").with("from", from).at("day").into());
    }
    for step in steps {
        match step {
            Advance::Open(point) => open(tx, call, &shown, *point, day)?,
            Advance::Close(point) => close(tx, call, &shown, *point, day)?,
        }
    }
    record(
        tx,
        call,
        Entry { action: Action::StationWrite, objects: &[id.uuid()], fields: "opened_on closed_on" },
    )
}

fn open(tx: &mut Tx<'_>, call: &mut Call<'_>, shown: &Shown, id: PlanPointId, day: Day) -> Result<()> {
    let found = shown.stations.iter().find_map(|s| Some((s, s.points.iter().find(|p| p.id == id)?)));
    let (station, point) = found.ok_or(Error::Absent("point"))?;
    let (real, real_point) = station.real.zip(point.real).ok_or(Error::Absent("point"))?;
    let mut steps = Vec::new();
    let now = stations::station(tx, real, day)?.ok_or(Error::Absent("station"))?;
    if !now.is_open(day) {
        steps.push(Step::OpenStation(real));
    }
    if point.progress == Progress::Waiting {
        steps.push(Step::OpenPoint(real_point));
    }
    stations::step(tx, call, day, &steps)?;
    hang_out_hours(tx, call, (real, real_point), (station, point), day)?;
    if point.host && station.change() == Change::Moves {
        stations::set_host(tx, call, real, real_point)?;
    }
    let theirs = shown.communities.iter().filter(|community| community.point == Some(id));
    let commands: Vec<Serve> =
        theirs.map(|c| Serve { community: c.id, by: Some((real, real_point)), from: day }).collect();
    stations::serve(tx, call, &commands)
}

/// A point that opens without a rota opens its door for the plan's half-days. Nobody is on duty before posts are put
/// into its rota, so it counts as open and not yet as staffed.
fn hang_out_hours(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    (station, point): (StationId, PointId),
    (planned, opens): (&ShownStation, &ShownPoint),
    day: Day,
) -> Result<()> {
    if stations::shifts_of(tx, station, day)?.get(&point).is_some_and(|shifts| !shifts.is_empty()) {
        return Ok(());
    }
    let weeks = planned.weeks();
    let Some(at) = planned.points.iter().position(|point| point.id == opens.id) else { return Ok(()) };
    let mut lines = Vec::new();
    for (weekday, halves) in (1..).zip(&weeks[at]) {
        for (duty, (from_minute, to_minute)) in halves.iter().zip(HALVES) {
            if duty.is_open() {
                lines.push(RotaLine { weekday, from_minute, to_minute, post: None });
            }
        }
    }
    stations::set_rotas(tx, call, &[SetRota { point, from: day, lines }])
}

fn close(tx: &mut Tx<'_>, call: &mut Call<'_>, shown: &Shown, point: PointId, day: Day) -> Result<()> {
    let closure =
        shown.closures.iter().find(|closure| closure.point == point).ok_or(Error::Absent("point"))?;
    let left: Vec<String> = stations::served(tx, day)?
        .into_iter()
        .filter(|service| service.point == point)
        .filter_map(|service| shown.communities.iter().find(|c| c.id == service.community))
        .filter(|community| community.point.is_some())
        .map(|community| community.name.clone())
        .collect();
    if !left.is_empty() {
        // Its communities go to their new points first.
        return Err(Refusal::new("plan-refused-still-serves").with("communities", left.join("、")).into());
    }
    // Several points may close in one go, so what is still open is asked now.
    let others = stations::points(tx, Some(closure.station), day)?;
    let alone = closure.ends_station && !others.iter().any(|other| other.id != point && other.is_open(day));
    let step = if alone { Step::CloseStation(closure.station) } else { Step::ClosePoint(point) };
    stations::step(tx, call, day, &[step])
}
