//! The first page of the plan: what it says, scenarios side by side, and the form of a new one.

use std::sync::Arc;

use askama::Template;
use axum::extract::Path;
use district::kit::PlanId;
use district::kit::Scope;
use district::people::{self, Action};
use district::plan::{self, Scenario, Shown, Totals};
use http::StatusCode;

use super::form::{self, ScenarioForm};
use super::{drawing, id_of, words};
use crate::kit::map::Map;
use crate::kit::{self, Fault, Faults, Places, Posted, Shell};

/// So many scenarios stand side by side; older ones are listed below.
const COLUMNS: usize = 4;

/// What stands at the top of a plan.
pub(super) struct Summary {
    pub(super) scenario: Scenario,
    pub(super) totals: Totals,
    pub(super) answer: String,
    pub(super) proof: String,
    /// The message with where it stands.
    pub(super) state: String,
}

impl Summary {
    pub(super) fn new(s: &Shell, shown: &Shown) -> Self {
        let totals = shown.totals(None);
        let more = shown.scenario.costs.paid() - shown.scenario.today.costs.paid();
        Self {
            answer: words::answer(s, &totals, more),
            proof: words::proof(s, &shown.scenario),
            state: words::state(shown.scenario.state),
            scenario: shown.scenario.clone(),
            totals,
        }
    }

    /// Metres on foot of an average household, today and then.
    pub(super) fn metres(&self, s: &Shell) -> [String; 2] {
        [words::metres(s, self.totals.metres_today()), words::metres(s, self.totals.metres())]
    }
}

/// A town or a grid in the table beside the map.
pub(super) struct Line {
    pub(super) href: Option<String>,
    pub(super) name: String,
    pub(super) totals: Totals,
    pub(super) today: String,
    pub(super) metres: String,
    pub(super) changes: String,
}

impl Line {
    pub(super) fn new(s: &Shell, name: String, href: Option<String>, totals: Totals) -> Self {
        Self {
            href,
            name,
            today: words::metres(s, totals.metres_today()),
            metres: words::metres(s, totals.metres()),
            changes: words::changes(&totals),
            totals,
        }
    }
}

/// The towns of a plan, each with a link, then the whole.
pub(super) fn towns(s: &Shell, shown: &Shown, places: &Places, base: &str) -> (Vec<Line>, Line) {
    let lines = places.towns.iter().map(|town| {
        let name = s.name(&town.name, &town.name_en).into_owned();
        Line::new(s, name, Some(format!("{base}?town={}", town.code)), shown.totals(Some(town.id)))
    });
    let lines = lines.filter(|line| line.totals.communities > 0).collect();
    (lines, Line::new(s, s.t("plan-total").to_owned(), None, shown.totals(None)))
}

/// Scenarios side by side, the figures of today before them.
pub(super) struct Beside {
    pub(super) heads: Vec<Head>,
    pub(super) rows: Vec<Row>,
}

pub(super) struct Head {
    pub(super) name: String,
    pub(super) href: Option<String>,
    pub(super) note: String,
    pub(super) chosen: bool,
}

pub(super) struct Row {
    pub(super) label: &'static str,
    pub(super) cells: Vec<String>,
}

impl Beside {
    pub(super) fn new(s: &Shell, scenarios: &[&Scenario], chosen: Option<PlanId>) -> Self {
        let now = scenarios.iter().find(|it| Some(it.id) == chosen).or(scenarios.first());
        let mut heads = Vec::new();
        let mut columns: Vec<[String; ROWS.len()]> = Vec::new();
        if let Some(now) = now {
            heads.push(Head {
                name: s.t("plan-today").to_owned(),
                href: None,
                note: now.on.to_string(),
                chosen: false,
            });
            columns.push(today(s, now));
        }
        for scenario in scenarios {
            heads.push(Head {
                name: s.zh(&scenario.name).into_owned(),
                href: Some(format!("/district/plan/{}", scenario.id.uuid())),
                note: s.t(&words::state(scenario.state)).to_owned(),
                chosen: Some(scenario.id) == chosen,
            });
            columns.push(planned(s, scenario));
        }
        let rows = ROWS.iter().enumerate();
        let rows =
            rows.map(|(i, &label)| Row { label, cells: columns.iter().map(|c| c[i].clone()).collect() });
        Self { heads, rows: rows.collect() }
    }
}

/// The figures that scenarios are compared by.
const ROWS: [&str; 10] = [
    "plan-row-stations",
    "plan-row-points",
    "plan-row-workers",
    "plan-row-paid",
    "plan-row-total",
    "plan-row-metres",
    "plan-row-beyond",
    "plan-row-unserved",
    "plan-row-changes",
    "plan-row-proof",
];

fn today(s: &Shell, scenario: &Scenario) -> [String; ROWS.len()] {
    let (today, totals) = (&scenario.today, &scenario.totals);
    let none = || s.t("plan-none").to_owned();
    [
        base::grouped(today.stations),
        base::grouped(today.points),
        base::grouped(today.workers),
        today.costs.paid().to_string(),
        today.costs.total().to_string(),
        words::metres(s, totals.metres_today()),
        base::grouped(totals.households - totals.walkable_today),
        none(),
        none(),
        none(),
    ]
}

fn planned(s: &Shell, scenario: &Scenario) -> [String; ROWS.len()] {
    let totals = &scenario.totals;
    [
        base::grouped(totals.stations),
        base::grouped(totals.points),
        base::grouped(totals.workers),
        scenario.costs.paid().to_string(),
        scenario.costs.total().to_string(),
        words::metres(s, totals.metres()),
        base::grouped(totals.households - totals.walkable),
        base::grouped(totals.unserved_communities),
        words::changes(totals),
        words::proof_short(s, scenario),
    ]
}

/// The plan that the page opens with, and everything around it.
struct Found {
    shown: Option<(Arc<Shown>, Places)>,
    adopted: Option<PlanId>,
    all: Vec<Scenario>,
    form: ScenarioForm,
}

#[derive(Template)]
#[template(path = "plan/overview.html")]
struct Overview<'a> {
    s: &'a Shell,
    faults: Faults,
    summary: Option<Summary>,
    map: Option<Map>,
    lines: Vec<Line>,
    total: Option<Line>,
    beside: Beside,
    all: Vec<Scenario>,
    adopted: Option<PlanId>,
    form: ScenarioForm,
    may_write: bool,
    may_adopt: bool,
}

impl Overview<'_> {
    fn is_adopted(&self, id: &PlanId) -> bool {
        self.adopted == Some(*id)
    }
}

fn found(s: &Shell) -> Result<Found, Fault> {
    s.state.read(|tx| {
        let all = plan::list(tx, &s.actor)?;
        let adopted = plan::current(tx)?;
        let form = ScenarioForm::fresh(tx, s, all.len())?;
        let first = adopted.or_else(|| all.first().map(|scenario| scenario.id));
        let shown = match first {
            Some(id) => plan::show_kept(tx, &s.actor, &s.state.memory, id, s.today())?,
            None => None,
        };
        let shown = match shown {
            Some(shown) => {
                let places = Places::read(s, tx, shown.scenario.on)?;
                Some((shown, places))
            }
            None => None,
        };
        Ok(Found { shown, adopted, all, form })
    })
}

fn page(s: &Shell, status: StatusCode, found: Found, faults: Faults) -> kit::Result {
    let Found { shown, adopted, all, form } = found;
    let (mut summary, mut map, mut lines, mut total) = (None, None, Vec::new(), None);
    if let Some((shown, places)) = &shown {
        let base = format!("/district/plan/{}", shown.scenario.id.uuid());
        summary = Some(Summary::new(s, shown));
        map = Some(drawing::district(s, shown, places, s.t("plan-map"), &base));
        let (towns, whole) = towns(s, shown, places, &base);
        (lines, total) = (towns, Some(whole));
    }
    let chosen = shown.as_ref().map(|(shown, _)| shown.scenario.id);
    // The newest, and the one above wherever it stands.
    let mut columns: Vec<&Scenario> = all.iter().take(COLUMNS).collect();
    if let Some(kept) = all.iter().skip(COLUMNS).find(|scenario| Some(scenario.id) == chosen) {
        columns.pop();
        columns.insert(0, kept);
    }
    let beside = Beside::new(s, &columns, chosen);
    let may = |action| people::may(&s.actor, action, Scope::District);
    let overview = Overview {
        s,
        faults,
        summary,
        map: map.filter(|map| !map.is_empty()),
        lines,
        total,
        beside,
        adopted,
        form,
        may_write: may(Action::PlanWrite),
        may_adopt: may(Action::PlanAdopt),
        all,
    };
    s.html_with(status, &overview)
}

/// GET `/district/plan`.
pub(super) async fn show(s: Shell) -> kit::Result {
    page(&s, StatusCode::OK, found(&s)?, Faults::none())
}

/// GET `/district/plan/{id}/copy`: the form of a new scenario with this one's weights and marks.
pub(super) async fn copy(s: Shell, Path(id): Path<String>) -> kit::Result {
    let id: PlanId = id_of(&id)?;
    let mut found = found(&s)?;
    let of = found.all.iter().find(|scenario| scenario.id == id).cloned().ok_or(Fault::Absent)?;
    let scenarios = found.all.len();
    found.form = s.state.read(|tx| ScenarioForm::copy(tx, &s, &of, scenarios))?;
    page(&s, StatusCode::OK, found, Faults::none())
}

/// POST `/district/plan`: reads, computes, keeps; goes to the new scenario.
pub(super) async fn solve(s: Shell, posted: Posted) -> kit::Result {
    let again = |faults: Faults| {
        let mut found = found(&s)?;
        let based_on = id_of::<PlanId>(posted.fields.get("based_on")).ok();
        if let Some(of) = found.all.iter().find(|scenario| Some(scenario.id) == based_on) {
            found.form.based_on = Some((of.id, of.name.clone()));
        }
        found.form = found.form.again(&posted.fields);
        page(&s, StatusCode::UNPROCESSABLE_ENTITY, found, faults)
    };
    let mut command = match form::command(&s, &posted.fields) {
        Ok(command) => command,
        Err(faults) => return again(faults),
    };
    if let Some(of) = command.based_on {
        command.marks = s.state.read(|tx| plan::copy_of(tx, &s.actor, of, ""))?.marks;
    }
    s.after(compute(&s, &posted, &command, |id| format!("/district/plan/{}", id.uuid())), again)
}

/// Reads what a scenario starts from, computes it while no transaction waits, and keeps it once.
pub(crate) fn compute(
    s: &Shell,
    posted: &Posted,
    command: &plan::MakePlan,
    to: impl Fn(PlanId) -> String,
) -> Result<String, Fault> {
    let prepared = s.state.read(|tx| plan::prepare(tx, &s.actor, command.clone()))?;
    let began = s.state.wall();
    let solved = db::heavy(|| prepared.solve(plan::STEPS));
    let solved = solved.took_ms(s.state.wall().millis() - began.millis());
    s.state.once(&s.actor, posted, |tx, call| Ok(to(plan::save(tx, call, &solved)?)))
}
