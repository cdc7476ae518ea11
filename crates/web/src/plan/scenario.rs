//! One scenario: figures, costs, map and list, who cannot be served and why; of the district or of one town.

use askama::Template;
use axum::extract::Path;
use base::Money;
use district::kit::{GridId, PlanId, Scope};
use district::people::{self, Action};
use district::plan::rules::{Mark, State, WEIGHTS};
use district::plan::{self, Shown};
use district::register::Town;
use handbook::StationForm;

use super::overview::{Line, Summary, towns};
use super::{drawing, form, id_of, read, words};
use crate::kit::map::Map;
use crate::kit::{self, Arg, Places, Posted, Shell, see_other};

/// A part of the yearly cost, today and planned.
pub(super) struct Cost {
    pub(super) label: &'static str,
    pub(super) today: Money,
    pub(super) planned: Money,
    /// A sum, not a part.
    pub(super) sum: bool,
}

pub(super) fn costs(shown: &Shown) -> [Cost; 8] {
    let (today, planned) = (shown.scenario.today.costs, shown.scenario.costs);
    let part = |label, today, planned| Cost { label, today, planned, sum: false };
    let sum = |label, today, planned| Cost { label, today, planned, sum: true };
    [
        part("plan-cost-workers", today.workers, planned.workers),
        part("plan-cost-rooms", today.rooms, planned.rooms),
        part("plan-cost-setup", today.setup, planned.setup),
        part("plan-cost-moves", today.moves, planned.moves),
        sum("plan-cost-paid", today.paid(), planned.paid()),
        part("plan-cost-doors", today.doors, planned.doors),
        part("plan-cost-walking", today.walking, planned.walking),
        sum("plan-cost-total", today.total(), planned.total()),
    ]
}

/// A community without a point, and why.
pub(super) struct Left {
    pub(super) name: String,
    pub(super) town: String,
    pub(super) grid: Option<(String, String)>,
    pub(super) households: i64,
    pub(super) reason: String,
}

/// A station of a town, with its number on the map.
struct Station {
    number: usize,
    name: String,
    change: &'static str,
    joint: bool,
    grid: Option<(String, String)>,
    facts: String,
    cost: Money,
}

fn stations(s: &Shell, shown: &Shown, places: &Places, base: &str, town: &Town) -> Vec<Station> {
    let theirs = shown.stations.iter().filter(|station| station.town == town.id);
    theirs
        .zip(1..)
        .map(|(station, number)| {
            let served = |of: fn(&plan::ShownPoint) -> i64| station.points.iter().map(of).sum::<i64>();
            let facts = [
                ("points", base::grouped(i64::try_from(station.points.len()).unwrap_or(i64::MAX))),
                ("workers", base::grouped(station.workers)),
                ("communities", base::grouped(served(|point| point.communities))),
                ("households", base::grouped(served(|point| point.households))),
            ];
            let facts: Vec<(&str, Arg<'_>)> =
                facts.iter().map(|(name, figure)| (*name, Arg::from(figure))).collect();
            Station {
                number,
                name: station
                    .host()
                    .map(|host| s.name(&host.name, &host.name_en).into_owned())
                    .unwrap_or_default(),
                change: words::change(station.change()),
                joint: station.form == StationForm::Joint,
                grid: station.grid.map(|grid| (places.grid_name(s, grid), address(base, grid))),
                facts: s.ta("plan-station-facts", &facts),
                cost: station.costs.paid(),
            }
        })
        .collect()
}

/// A place that was pinned or forbidden.
struct Marked {
    name: String,
    pinned: bool,
    href: Option<String>,
}

/// A weight as it was.
struct Weight {
    label: String,
    unit: String,
    value: String,
}

#[derive(Template)]
#[template(path = "plan/scenario.html")]
struct Page<'a> {
    s: &'a Shell,
    base: String,
    summary: Summary,
    /// The town asked for.
    town: Option<(String, String)>,
    /// What the town's part says.
    answer: String,
    map: Map,
    lines: Vec<Line>,
    total: Line,
    stations: Vec<Station>,
    costs: [Cost; 8],
    left: Vec<Left>,
    marked: Vec<Marked>,
    weights: Vec<Weight>,
    others: Vec<(PlanId, String)>,
    may_write: bool,
    may_adopt: bool,
}

impl Page<'_> {
    fn is_scenario(&self) -> bool {
        self.summary.scenario.state == State::Scenario
    }

    fn is_adopted(&self) -> bool {
        self.summary.scenario.state == State::Adopted
    }
}

fn address(base: &str, grid: GridId) -> String {
    format!("{base}/grids/{}", grid.uuid())
}

/// The grids of a town with a link each, and what lies in none.
fn grids(s: &Shell, shown: &Shown, places: &Places, town: &Town, base: &str) -> (Vec<Line>, Line) {
    let theirs = places.grids.iter().filter(|grid| grid.town == town.id);
    let mut lines: Vec<Line> = theirs
        .map(|grid| {
            let name = s.name(&grid.name, &grid.name_en).into_owned();
            let totals = shown.totals_of(|_, of| of == Some(grid.id));
            Line::new(s, name, Some(address(base, grid.id)), totals)
        })
        .collect();
    let none = shown.totals_of(|of, grid| of == town.id && grid.is_none());
    if none.communities > 0 || none.points_close > 0 {
        lines.push(Line::new(s, s.t("plan-no-grid").to_owned(), None, none));
    }
    (lines, Line::new(s, s.t("plan-total").to_owned(), None, shown.totals(Some(town.id))))
}

/// Communities without a point, of the district or of one town.
pub(super) fn left(s: &Shell, shown: &Shown, places: &Places, base: &str, town: Option<&Town>) -> Vec<Left> {
    let theirs = shown.unserved().into_iter().filter(|it| town.is_none_or(|town| town.id == it.town));
    theirs
        .filter_map(|community| {
            Some(Left {
                name: s.name(&community.name, &community.name_en).into_owned(),
                town: places.town_name(s, community.town),
                grid: community.grid.map(|grid| (places.grid_name(s, grid), address(base, grid))),
                households: community.households,
                reason: words::reason(s, community.unserved?),
            })
        })
        .collect()
}

fn marked(s: &Shell, shown: &Shown, base: &str) -> Vec<Marked> {
    let chosen = shown.stations.iter().flat_map(|station| {
        station
            .points
            .iter()
            .filter_map(|point| Some((&point.name, &point.name_en, station.grid, point.mark?)))
    });
    let others =
        shown.marked.iter().filter_map(|site| Some((&site.name, &site.name_en, site.grid, site.mark?)));
    chosen
        .chain(others)
        .map(|(name, name_en, grid, mark)| Marked {
            name: s.name(name, name_en).into_owned(),
            pinned: mark == Mark::Pin,
            href: grid.map(|grid| address(base, grid)),
        })
        .collect()
}

/// GET `/district/plan/{id}`.
pub(super) async fn show(s: Shell, Path(id): Path<String>) -> kit::Result {
    let id: PlanId = id_of(&id)?;
    let (shown, places) = read(&s, id)?;
    let others = s.state.read(|tx| plan::list(tx, &s.actor))?.into_iter().filter(|other| other.id != id);
    let others = others.map(|other| (other.id, s.zh(&other.name).into_owned())).collect();
    let base = format!("/district/plan/{}", id.uuid());
    let town = places.asked(&s)?;
    let (map, lines, total) = if let Some(town) = town {
        let (lines, total) = grids(&s, &shown, &places, town, &base);
        (drawing::town(&s, &shown, &places, town, s.t("plan-map")), lines, total)
    } else {
        let (lines, total) = towns(&s, &shown, &places, &base);
        (drawing::district(&s, &shown, &places, s.t("plan-map"), &base), lines, total)
    };
    let answer = town.map(|town| {
        let totals = shown.totals(Some(town.id));
        words::part(&s, "plan-town-answer", ("town", &s.name(&town.name, &town.name_en)), &totals)
    });
    let weights = WEIGHTS.iter().map(|weight| Weight {
        label: words::weight(weight),
        unit: words::unit(weight.unit),
        value: form::shown(weight, shown.scenario.parameters.get(weight.name).unwrap_or(weight.default)),
    });
    let may = |action| people::may(&s.actor, action, Scope::District);
    s.html(&Page {
        s: &s,
        summary: Summary::new(&s, &shown),
        answer: answer.unwrap_or_default(),
        stations: town.map(|town| stations(&s, &shown, &places, &base, town)).unwrap_or_default(),
        costs: costs(&shown),
        left: left(&s, &shown, &places, &base, town),
        marked: marked(&s, &shown, &base),
        weights: weights.collect(),
        town: town.map(|town| (s.name(&town.name, &town.name_en).into_owned(), town.code.clone())),
        base,
        map,
        lines,
        total,
        others,
        may_write: may(Action::PlanWrite),
        may_adopt: may(Action::PlanAdopt),
    })
}

/// POST `/district/plan/{id}/discard`: a scenario that was never adopted goes.
pub(super) async fn discard(s: Shell, Path(id): Path<String>, posted: Posted) -> kit::Result {
    let id: PlanId = id_of(&id)?;
    let to = s.state.once(&s.actor, &posted, |tx, call| {
        plan::discard(tx, call, id)?;
        Ok("/district/plan".into())
    })?;
    Ok(see_other(&to))
}
