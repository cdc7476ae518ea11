//! The station plan for programs: scenarios with their costs and proof, their stations and whom they leave out; making,
//! marking, adopting and carrying out.

use std::collections::BTreeMap;
use std::sync::Arc;

use base::Uuid;
use district::Refusal;
use district::kit::{HandbookId, PlanId, PlanPointId, PointId, TownId};
use district::people::Action;
use district::plan::rules::{Costs, Parameters, WEIGHTS, Weight};
use district::plan::{self as slice, Advance, MakePlan, Scenario, Shown};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answer::{Made, Page};
use super::operation::{Api, Nothing, once, once_made, reused};
use super::planned;
use super::register::OnlyRows;
use super::values::{Code, Date, PlanState, SiteMark, Time};
use crate::kit::{Access, Fault, Posted, Shell, Unread};
use crate::plan::{Counts, compute};

pub(super) fn operations() -> Api {
    let (read, write) = (Access::May(Action::PlanRead), Access::May(Action::PlanWrite));
    let carry_out = Access::May(Action::StationWrite);
    Api::of("api-group-plan")
        .list("/api/v1/plans", read, "plans", list)
        .post("/api/v1/plans", write, "plan-make", make)
        .get("/api/v1/plans/{plan}", read, "plan", show)
        .delete("/api/v1/plans/{plan}", write, "plan-discard", discard)
        .list("/api/v1/plans/{plan}/stations", read, "plan-stations", planned::stations)
        .list("/api/v1/plans/{plan}/communities", read, "plan-communities", planned::communities)
        .list("/api/v1/plans/{plan}/closures", read, "plan-closures", planned::closures)
        .list("/api/v1/plans/{plan}/grids/{grid}/sites", read, "plan-sites", planned::sites)
        .post("/api/v1/plans/{plan}/marks", write, "plan-mark", mark)
        .post("/api/v1/plans/{plan}/adoption", Access::May(Action::PlanAdopt), "plan-adopt", adopt)
        .get("/api/v1/plan/progress", read, "plan-progress", progress)
        .act("/api/v1/plan/progress", carry_out, "plan-advance", advance)
}

/// What a year costs, in fen.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CostsFen {
    /// Workers.
    workers: i64,
    /// Rooms that are rented.
    rooms: i64,
    /// A year's share of fitting out.
    setup: i64,
    /// A year's share of closing and moving.
    moves: i64,
    /// What is paid: the four above.
    paid: i64,
    /// Time at the doors, priced.
    doors: i64,
    /// Walking, priced.
    walking: i64,
    /// What the plan makes as small as it can.
    total: i64,
}

impl From<Costs> for CostsFen {
    fn from(it: Costs) -> Self {
        Self {
            workers: it.workers.fen(),
            rooms: it.rooms.fen(),
            setup: it.setup.fen(),
            moves: it.moves.fen(),
            paid: it.paid().fen(),
            doors: it.doors.fen(),
            walking: it.walking.fen(),
            total: it.total().fen(),
        }
    }
}

/// A scenario, or a plan that was adopted.
#[derive(Debug, Serialize, ToSchema)]
struct Plan {
    /// Its id.
    id: Uuid,
    /// What people call it.
    name: String,
    /// Scenario, adopted or superseded.
    state: PlanState,
    /// The version of the handbook.
    handbook: Uuid,
    /// The number of that version.
    version: String,
    /// The scenario it was copied from.
    based_on: Option<Uuid>,
    /// The day whose stations it starts from.
    on: Date,
    /// What a year of it costs.
    costs: CostsFen,
    /// What a year of today costs with the same weights.
    costs_today: CostsFen,
    /// What it makes as small as it can, in fen.
    objective: i64,
    /// Nothing that serves as many costs less, in fen.
    bound: i64,
    /// Is it proven that nothing is cheaper?
    proven: bool,
    /// How far from the best it may be, per mille.
    gap_per_mille: i64,
    /// The figures of the whole.
    totals: Totals,
    /// The weights, by name.
    weights: BTreeMap<String, i64>,
    /// When it was computed.
    made_at: Time,
    /// When it was adopted.
    adopted_at: Option<Time>,
    /// The district's plan from this day.
    from: Option<Date>,
    /// Until before this day.
    to: Option<Date>,
}

/// Figures of a plan. Households are those in force.
#[derive(Debug, Serialize, ToSchema)]
struct Totals {
    /// Communities that it looks at.
    communities: i64,
    /// Stations.
    stations: i64,
    /// Of these, stations of one community's own.
    standalone: i64,
    /// Points, hosts among them.
    points: i64,
    /// Whole people.
    workers: i64,
    /// Stations that open.
    stations_open: i64,
    /// Stations that move.
    stations_move: i64,
    /// Stations that close.
    stations_close: i64,
    /// Points that open.
    points_open: i64,
    /// Points that close.
    points_close: i64,
    /// Points without a room yet.
    rooms_lacking: i64,
    /// Households.
    households: i64,
    /// Of these, within the walking limit of a point of the plan.
    walkable: i64,
    /// Of these, within the walking limit of an open point today.
    walkable_today: i64,
    /// Communities that no point serves.
    unserved_communities: i64,
    /// Their households.
    unserved_households: i64,
    /// Metres on foot of an average household; null where none has a point.
    metres: Option<i64>,
    /// The same today.
    metres_today: Option<i64>,
}

fn totals(it: &slice::Totals) -> Totals {
    Totals {
        communities: it.communities,
        stations: it.stations,
        standalone: it.standalone,
        points: it.points,
        workers: it.workers,
        stations_open: it.stations_open,
        stations_move: it.stations_move,
        stations_close: it.stations_close,
        points_open: it.points_open,
        points_close: it.points_close,
        rooms_lacking: it.rooms_lacking,
        households: it.households,
        walkable: it.walkable,
        walkable_today: it.walkable_today,
        unserved_communities: it.unserved_communities,
        unserved_households: it.unserved_households,
        metres: it.metres(),
        metres_today: it.metres_today(),
    }
}

fn plan_of(it: &Scenario, of_day: &slice::Totals) -> Plan {
    let weight = |weight: &Weight| Some((weight.name.to_owned(), it.parameters.get(weight.name)?));
    Plan {
        id: it.id.uuid(),
        name: it.name.clone(),
        state: Code(it.state),
        handbook: it.handbook.uuid(),
        version: it.version.clone(),
        based_on: it.based_on.map(PlanId::uuid),
        on: it.on.into(),
        costs: it.costs.into(),
        costs_today: it.today.costs.into(),
        objective: it.objective,
        bound: it.bound,
        proven: it.proven(),
        gap_per_mille: it.gap_per_mille(),
        totals: totals(of_day),
        weights: WEIGHTS.iter().filter_map(weight).collect(),
        made_at: it.made_at.into(),
        adopted_at: it.adopted_at.map(Time),
        from: it.from.map(Date),
        to: it.to.map(Date),
    }
}

/// GET `/api/v1/plans`.
fn list(s: &Shell, _: Nothing, asked: OnlyRows) -> Result<Page<Plan>, Fault> {
    let all = s.state.read(|tx| slice::list(tx, &s.actor))?;
    let page = Page::cut(all, asked.after.as_ref(), asked.limit, |it| it.id.uuid())?;
    Ok(page.map(|it| plan_of(&it, &it.totals)))
}

/// A plan.
#[derive(Debug, Deserialize, IntoParams)]
pub(super) struct OfPlan {
    /// Its id.
    pub plan: Uuid,
}

/// A plan as its pages show it today.
pub(super) fn shown(s: &Shell, id: Uuid) -> Result<Arc<Shown>, Fault> {
    let id = PlanId::from_uuid(id);
    let found = s.state.read(|tx| slice::show_kept(tx, &s.actor, &s.state.memory, id, s.today()))?;
    found.ok_or(Fault::Absent)
}

/// GET `/api/v1/plans/{plan}`.
fn show(s: &Shell, at: OfPlan, _: Nothing) -> Result<Plan, Fault> {
    let shown = shown(s, at.plan)?;
    Ok(plan_of(&shown.scenario, &shown.totals(None)))
}

/// A scenario to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewPlan {
    /// What people call it.
    #[schema(min_length = 1, max_length = 40)]
    name: String,
    /// The day whose stations it starts from; today without it.
    on: Option<Date>,
    /// By which version of the handbook; the one in force on the day without it.
    handbook: Option<Uuid>,
    /// The scenario whose marks are taken over.
    based_on: Option<Uuid>,
    /// Weights that are not as they usually are, by name.
    #[serde(default)]
    #[schema(example = json!({"worker_year": 12_000_000}))]
    weights: BTreeMap<String, i64>,
}

fn parameters(s: &Shell, weights: &BTreeMap<String, i64>) -> Result<Parameters, Fault> {
    let mut parameters = Parameters::default();
    let mut wrong = Vec::new();
    for (name, value) in weights {
        let text = match parameters.set(name, *value) {
            Some(Ok(())) => continue,
            Some(Err(bad)) => s.t2("plan-bad-weight", ("least", bad.weight.least), ("most", bad.weight.most)),
            None => s.t("api-no-such-weight").to_owned(),
        };
        wrong.push(Unread { field: format!("weights.{name}"), text });
    }
    if wrong.is_empty() { Ok(parameters) } else { Err(Fault::Unread(wrong)) }
}

/// POST `/api/v1/plans`: reads, computes, keeps.
fn make(s: &Shell, posted: &Posted, _: Nothing, sent: NewPlan) -> Result<Made, Fault> {
    let parameters = parameters(s, &sent.weights)?;
    let based_on = sent.based_on.map(PlanId::from_uuid);
    let marks = match based_on {
        Some(of) => s.state.read(|tx| slice::copy_of(tx, &s.actor, of, ""))?.marks,
        None => BTreeMap::new(),
    };
    let command = MakePlan {
        name: sent.name,
        handbook: sent.handbook.map(HandbookId::from_uuid),
        on: sent.on.map_or(s.today(), |Date(day)| day),
        parameters,
        marks,
        based_on,
    };
    computed(s, posted, &command)
}

fn computed(s: &Shell, posted: &Posted, command: &MakePlan) -> Result<Made, Fault> {
    let id = compute(s, posted, command, |id| id.uuid().to_string()).map_err(reused)?;
    let id = Uuid::parse_str(&id).map_err(|_| Fault::Internal("what was made is no id".into()))?;
    Ok(Made { id, address: format!("/api/v1/plans/{id}") })
}

/// DELETE `/api/v1/plans/{plan}`: a scenario that was never adopted.
fn discard(s: &Shell, posted: &Posted, at: OfPlan) -> Result<(), Fault> {
    once(s, posted, |tx, call| slice::discard(tx, call, PlanId::from_uuid(at.plan)))
}

/// Places that are pinned or forbidden in a copy of a scenario.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Marks {
    /// What people call the copy.
    #[schema(min_length = 1, max_length = 40)]
    name: String,
    /// What is said of places; all others stay as they are.
    marks: Vec<MarkOf>,
}

/// What is said of a place.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MarkOf {
    /// The place: the id of a community or of premises.
    site: Uuid,
    /// Pinned or forbidden; null takes back what was said.
    mark: Option<SiteMark>,
}

/// POST `/api/v1/plans/{plan}/marks`: a new scenario with what was said of places.
fn mark(s: &Shell, posted: &Posted, at: OfPlan, sent: Marks) -> Result<Made, Fault> {
    let id = PlanId::from_uuid(at.plan);
    let mut command = s.state.read(|tx| slice::copy_of(tx, &s.actor, id, &sent.name))?;
    for MarkOf { site, mark } in sent.marks {
        match mark {
            Some(Code(mark)) => command.marks.insert(site, mark),
            None => command.marks.remove(&site),
        };
    }
    computed(s, posted, &command)
}

/// From which day a scenario is the district's plan.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AdoptPlan {
    /// From this day.
    from: Date,
    /// Whoever adopts it knows that it may be far from the best.
    #[serde(default)]
    even_unproven: bool,
}

/// POST `/api/v1/plans/{plan}/adoption`.
fn adopt(s: &Shell, posted: &Posted, at: OfPlan, sent: AdoptPlan) -> Result<Made, Fault> {
    let (plan, Date(from)) = (PlanId::from_uuid(at.plan), sent.from);
    let adopt = slice::Adopt { plan, from, even_unproven: sent.even_unproven };
    once_made(
        s,
        posted,
        |id| format!("plans/{id}"),
        |tx, call| {
            slice::adopt(tx, call, adopt)?;
            Ok(plan.uuid())
        },
    )
}

/// How far the adopted plan has come, of the district or of a town.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct ProgressOf {
    /// Of this town.
    town: Option<Uuid>,
}

/// Points that the adopted plan opens, moves and closes, and how many of each are done.
#[derive(Debug, Serialize, ToSchema)]
struct PlanProgress {
    /// The plan.
    plan: Uuid,
    /// Points that open.
    opens: i64,
    /// Of these, done.
    opened: i64,
    /// Points that move.
    moves: i64,
    /// Of these, done.
    moved: i64,
    /// Points that close.
    closes: i64,
    /// Of these, done.
    closed: i64,
}

/// GET `/api/v1/plan/progress`.
fn progress(s: &Shell, _: Nothing, asked: ProgressOf) -> Result<PlanProgress, Fault> {
    let plan = s.state.read(slice::current)?.ok_or(Fault::Absent)?;
    let shown = shown(s, plan.uuid())?;
    let counts = Counts::of(&shown, asked.town.map(TownId::from_uuid));
    Ok(PlanProgress {
        plan: plan.uuid(),
        opens: counts.opens,
        opened: counts.opened,
        moves: counts.moves,
        moved: counts.moved,
        closes: counts.closes,
        closed: counts.closed,
    })
}

/// Steps of the adopted plan that are carried out on a day.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Steps {
    /// The day.
    day: Date,
    /// Points of the plan that open.
    #[serde(default)]
    open: Vec<Uuid>,
    /// Points of today that close.
    #[serde(default)]
    close: Vec<Uuid>,
}

/// POST `/api/v1/plan/progress`.
fn advance(s: &Shell, posted: &Posted, _: Nothing, sent: Steps) -> Result<(), Fault> {
    let open = sent.open.iter().map(|id| Advance::Open(PlanPointId::from_uuid(*id)));
    let close = sent.close.iter().map(|id| Advance::Close(PointId::from_uuid(*id)));
    let steps: Vec<Advance> = open.chain(close).collect();
    if steps.is_empty() {
        return Err(Fault::Refused(Refusal::new("plan-nothing-ticked").at("open")));
    }
    let Date(day) = sent.day;
    once(s, posted, |tx, call| slice::advance(tx, call, day, &steps))
}
