//! Two scenarios side by side: figures with their differences, maps, towns, and every grid where they part.

use std::collections::BTreeSet;

use askama::Template;
use district::kit::{GridId, PlanId};
use district::plan::{self, Scenario, Shown, ShownPoint};

use super::overview::{Beside, Summary};
use super::{drawing, id_of, read, words};
use crate::kit::map::Map;
use crate::kit::{self, Fault, Places, Shell};

/// A town with the figures of both.
struct Town {
    name: String,
    communities: i64,
    /// Stations, points, workers, yearly cost, metres: first → second, and the second less the first.
    cells: [(String, String); 5],
}

/// A grid in which the two differ.
struct Parted {
    name: String,
    town: String,
    sides: [Side; 2],
    differences: Vec<String>,
}

/// One side of it.
struct Side {
    href: String,
    hosts: String,
    points: usize,
}

#[derive(Template)]
#[template(path = "plan/compare.html")]
struct Page<'a> {
    s: &'a Shell,
    choices: [Choice; 2],
    both: Option<Both>,
}

/// One side of the choice.
struct Choice {
    name: &'static str,
    words: &'static str,
    /// Address, name, whether it is chosen.
    options: Vec<(String, String, bool)>,
}

impl Choice {
    fn new(s: &Shell, side: (&'static str, &'static str), all: &[Scenario], chosen: Option<PlanId>) -> Self {
        let options = all.iter().map(|scenario| {
            (scenario.id.uuid().to_string(), s.zh(&scenario.name).into_owned(), Some(scenario.id) == chosen)
        });
        Self { name: side.0, words: side.1, options: options.collect() }
    }
}

struct Both {
    summaries: [Summary; 2],
    beside: Beside,
    maps: [Map; 2],
    towns: Vec<Town>,
    total: Town,
    parted: Vec<Parted>,
}

/// GET `/district/plan/compare?a=…&b=…`; without a choice the two newest.
pub(super) async fn show(s: Shell) -> kit::Result {
    let all = s.state.read(|tx| plan::list(tx, &s.actor))?;
    let asked = |name: &str, place: usize| -> Result<Option<PlanId>, Fault> {
        match s.asked(name) {
            Some(text) => id_of(&text).map(Some),
            None => Ok(all.get(place).map(|scenario| scenario.id)),
        }
    };
    let chosen = [asked("a", 1)?, asked("b", 0)?];
    let both = match chosen {
        [Some(one), Some(two)] if one != two => Some(both(&s, one, two)?),
        _ => None,
    };
    let choices = [
        Choice::new(&s, ("a", "plan-compare-first"), &all, chosen[0]),
        Choice::new(&s, ("b", "plan-compare-second"), &all, chosen[1]),
    ];
    s.html(&Page { s: &s, choices, both })
}

fn both(s: &Shell, one: PlanId, two: PlanId) -> Result<Both, Fault> {
    let ((first, places), (second, other_places)) = (read(s, one)?, read(s, two)?);
    let map = |shown: &Shown, places: &Places| {
        let base = format!("/district/plan/{}", shown.scenario.id.uuid());
        let label = s.t1("plan-map-of", "name", s.zh(&shown.scenario.name).as_ref());
        drawing::district(s, shown, places, &label, &base)
    };
    let towns = places.towns.iter().map(|town| {
        let name = s.name(&town.name, &town.name_en).into_owned();
        self::town(s, name, [&first, &second].map(|shown| shown.totals(Some(town.id))))
    });
    Ok(Both {
        beside: Beside::new(s, &[&first.scenario, &second.scenario], None),
        maps: [map(&first, &places), map(&second, &other_places)],
        towns: towns.filter(|town| town.communities > 0).collect(),
        total: town(s, s.t("plan-total").to_owned(), [&first, &second].map(|shown| shown.totals(None))),
        parted: parted(s, [&first, &second], &places),
        summaries: [Summary::new(s, &first), Summary::new(s, &second)],
    })
}

fn town(s: &Shell, name: String, [one, two]: [plan::Totals; 2]) -> Town {
    let both = |one: String, two: String| format!("{one} → {two}");
    let count = |one: i64, two: i64| (both(base::grouped(one), base::grouped(two)), words::signed(two - one));
    let walk = match (one.metres(), two.metres()) {
        (Some(one), Some(two)) => count(one, two),
        (one, two) => (both(words::metres(s, one), words::metres(s, two)), s.t("plan-none").to_owned()),
    };
    let (paid, then) = (one.costs.paid(), two.costs.paid());
    Town {
        name,
        communities: one.communities.max(two.communities),
        cells: [
            count(one.stations, two.stations),
            count(one.points, two.points),
            count(one.workers, two.workers),
            (both(paid.to_string(), then.to_string()), words::signed_money(then - paid)),
            walk,
        ],
    }
}

/// What a plan does in a grid, as far as two plans can differ there.
#[derive(Default, PartialEq, Eq)]
struct Within {
    hosts: BTreeSet<base::Uuid>,
    points: BTreeSet<base::Uuid>,
    left: BTreeSet<base::Uuid>,
    workers: i64,
}

fn within(shown: &Shown, grid: GridId) -> Within {
    let mut within = Within::default();
    for station in shown.stations.iter().filter(|station| station.grid == Some(grid)) {
        within.hosts.extend(station.host().map(ShownPoint::site));
        within.points.extend(station.points.iter().map(ShownPoint::site));
        within.workers += station.workers;
    }
    let left = shown.communities.iter().filter(|it| it.grid == Some(grid) && it.unserved.is_some());
    within.left.extend(left.map(|community| community.id.uuid()));
    within
}

fn parted(s: &Shell, shown: [&Shown; 2], places: &Places) -> Vec<Parted> {
    let mut all = Vec::new();
    for grid in &places.grids {
        let [one, two] = shown.map(|shown| within(shown, grid.id));
        if one == two {
            continue;
        }
        let mut differences = Vec::new();
        if one.hosts != two.hosts {
            differences.push(s.t("plan-differs-host").to_owned());
        }
        if one.points != two.points {
            let (gone, new) =
                (one.points.difference(&two.points).count(), two.points.difference(&one.points).count());
            differences.push(s.t2("plan-differs-points", ("new", new), ("gone", gone)));
        }
        if one.workers != two.workers {
            differences.push(s.t1(
                "plan-differs-workers",
                "difference",
                words::signed(two.workers - one.workers),
            ));
        }
        if one.left != two.left {
            differences.push(s.t2(
                "plan-differs-left",
                ("before", one.left.len()),
                ("after", two.left.len()),
            ));
        }
        let side = |shown: &Shown, within: &Within| Side {
            href: format!("/district/plan/{}/grids/{}", shown.scenario.id.uuid(), grid.id.uuid()),
            hosts: hosts(s, shown, grid.id),
            points: within.points.len(),
        };
        all.push(Parted {
            name: s.name(&grid.name, &grid.name_en).into_owned(),
            town: places.town_name(s, grid.town),
            sides: [side(shown[0], &one), side(shown[1], &two)],
            differences,
        });
    }
    all
}

fn hosts(s: &Shell, shown: &Shown, grid: GridId) -> String {
    let theirs = shown.stations.iter().filter(|station| station.grid == Some(grid));
    let names: Vec<String> = theirs
        .filter_map(|station| station.host())
        .map(|host| s.name(&host.name, &host.name_en).into_owned())
        .collect();
    if names.is_empty() { s.t("plan-none").to_owned() } else { names.join(s.t("plan-and")) }
}
