//! What to do first: the places where one kind of work would bring most households back.

use std::collections::BTreeMap;

use district::coverage::rules::{Standing, Step};
use district::kit::GridId;
use district::register::{Grid, Town};

use super::Asked;
use crate::kit::Shell;

/// How many are shown: what fits into a week.
const SHOWN: usize = 6;
/// Communities named in a line.
const NAMED: usize = 3;

/// A thing to do.
pub(super) struct Todo<'a> {
    /// The message: what is missing at a place.
    pub message: &'static str,
    pub place: String,
    pub communities: Vec<&'a Standing>,
    pub households: i64,
    pub href: String,
}

impl Todo<'_> {
    /// What to do, in a line.
    pub fn words(&self, s: &Shell) -> String {
        let count = i64::try_from(self.communities.len()).unwrap_or(i64::MAX);
        s.t2(self.message, ("place", self.place.as_str()), ("count", count))
    }

    /// The largest communities by name.
    pub fn names(&self, s: &Shell) -> String {
        let names: Vec<_> =
            self.communities.iter().take(NAMED).map(|c| s.name(&c.name, &c.name_en).into_owned()).collect();
        names.join(s.t("coverage-comma"))
    }
}

/// What would bring most households back to the next step, a grid and a kind of work at a time.
pub(super) fn first<'a>(
    s: &Shell,
    asked: &Asked,
    standings: &'a [Standing],
    towns: &[Town],
    grids: &[Grid],
) -> Vec<Todo<'a>> {
    let mut groups: BTreeMap<(Step, GridId), Vec<&Standing>> = BTreeMap::new();
    for standing in standings.iter().filter(|standing| asked.part.has(standing)) {
        if let (Some(step), Some(grid)) = (standing.reached.next(), standing.grid) {
            groups.entry((step, grid)).or_default().push(standing);
        }
    }
    let mut todo: Vec<Todo<'a>> = groups
        .into_iter()
        .filter_map(|((step, grid), mut communities)| {
            let grid = grids.iter().find(|known| known.id == grid)?;
            let town = towns.iter().find(|town| town.id == grid.town)?;
            communities.sort_by_key(|c| (std::cmp::Reverse(c.households), c.community));
            let more = [
                ("step", step.as_str().to_owned()),
                ("grid", grid.id.to_string()),
                ("town", town.id.to_string()),
            ];
            Some(Todo {
                message: message(step)?,
                place: format!(
                    "{}{}{}",
                    s.name(&town.name, &town.name_en),
                    s.t("coverage-of"),
                    s.name(&grid.name, &grid.name_en)
                ),
                households: communities.iter().map(|c| c.households).sum(),
                communities,
                href: asked.with(s, &more) + "#lost",
            })
        })
        .filter(|todo| todo.households > 0)
        .collect();
    todo.sort_by_key(|todo| std::cmp::Reverse(todo.households));
    todo.truncate(SHOWN);
    todo
}

fn message(step: Step) -> Option<&'static str> {
    match step {
        Step::Target => None,
        Step::Assigned => Some("coverage-todo-assigned"),
        Step::Available => Some("coverage-todo-available"),
        Step::Accessible => Some("coverage-todo-accessible"),
        Step::Staffed => Some("coverage-todo-staffed"),
    }
}
