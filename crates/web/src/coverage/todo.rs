//! What to do first: the places where one kind of work would bring most households back.

use district::coverage::rules::{Standing, Step};

use super::{NO_GRID, View};
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

/// What would bring most households back to the next step, a grid (or what of a town lies in none) and a kind of work at
/// a time.
pub(super) fn first<'a>(view: &View<'a>) -> Vec<Todo<'a>> {
    let View { s, asked, standings, directory } = *view;
    let losses = standings.losses(asked.part, SHOWN);
    losses
        .iter()
        .filter_map(|loss| {
            // A grid of the list that the directory does not know on the day is said as its town.
            let grid = loss.grid.and_then(|grid| directory.grid(grid));
            let town = directory.town(loss.town)?;
            let more = [
                ("step", loss.step.as_str().to_owned()),
                ("grid", loss.grid.map_or_else(|| NO_GRID.to_owned(), |grid| grid.to_string())),
                ("town", town.id.to_string()),
            ];
            let communities: Vec<&Standing> = standings.lost(loss).collect();
            Some(Todo {
                message: message(loss.step)?,
                place: format!(
                    "{}{}{}",
                    s.name(&town.name, &town.name_en),
                    s.t("coverage-of"),
                    grid.map_or(s.t("coverage-no-grid").into(), |grid| s.name(&grid.name, &grid.name_en))
                ),
                households: loss.households,
                communities,
                href: asked.with(s, &more) + "#lost",
            })
        })
        .collect()
}

fn message(step: Step) -> Option<&'static str> {
    match step {
        Step::Target => None,
        Step::Assigned => Some("coverage-todo-assigned"),
        Step::Available => Some("coverage-todo-available"),
        Step::Accessible => Some("coverage-todo-accessible"),
        Step::Staffed => Some("coverage-todo-staffed"),
        Step::Contacted => Some("coverage-todo-contacted"),
        Step::Responded => Some("coverage-todo-responded"),
        Step::Satisfied => Some("coverage-todo-satisfied"),
    }
}
