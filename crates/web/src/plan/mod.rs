//! The station plan (站点规划): scenarios on the map, cost and walking beside each other, pin and forbid, adopt, and how
//! far the adopted plan has come.

mod adopt;
mod compare;
mod drawing;
mod form;
mod grid;
mod overview;
mod progress;
mod scenario;
mod words;

use base::{Day, Uuid};
use db::Tx;
use district::kit::{GridId, Id, PlanId, TownId};
use district::people::Action;
use district::plan::{self, Shown};
use district::register::{self, Grid, Town};

use crate::kit::{Access, Door, Fault, Routes, Shell};

pub(crate) fn routes() -> Routes {
    let (read, write) = (Access::May(Action::PlanRead), Access::May(Action::PlanWrite));
    Routes::new()
        .get("/district/plan", read, overview::show)
        .post("/district/plan", write, overview::solve)
        .get("/district/plan/compare", read, compare::show)
        .get("/district/plan/progress", read, progress::show)
        .post("/district/plan/progress", Access::May(Action::StationWrite), progress::advance)
        .get("/district/plan/{id}", read, scenario::show)
        .get("/district/plan/{id}/copy", write, overview::copy)
        .post("/district/plan/{id}/discard", write, scenario::discard)
        .get("/district/plan/{id}/grids/{grid}", read, grid::show)
        .post("/district/plan/{id}/grids/{grid}", write, grid::mark)
        .get("/district/plan/{id}/adopt", Access::May(Action::PlanAdopt), adopt::confirm)
        .post("/district/plan/{id}/adopt", Access::May(Action::PlanAdopt), adopt::adopt)
        .room(Door::District, 40, "/district/plan", "plan-room")
}

/// The id in an address; an address with anything else does not exist.
fn id_of<T: Id>(text: &str) -> Result<T, Fault> {
    Uuid::parse_str(text).map(T::from_uuid).map_err(|_| Fault::Absent)
}

/// Town units and grids by id, for the names of a page.
struct Places {
    towns: Vec<Town>,
    grids: Vec<Grid>,
}

impl Places {
    fn read(tx: &mut Tx<'_>, day: Day) -> district::kit::Result<Self> {
        Ok(Self { towns: register::towns(tx, day)?, grids: register::grids(tx, day)? })
    }

    fn town(&self, id: TownId) -> Option<&Town> {
        self.towns.iter().find(|town| town.id == id)
    }

    fn town_name(&self, s: &Shell, id: TownId) -> String {
        self.town(id).map(|town| s.name(&town.name, &town.name_en).into_owned()).unwrap_or_default()
    }

    fn grid(&self, id: GridId) -> Option<&Grid> {
        self.grids.iter().find(|grid| grid.id == id)
    }

    fn grid_name(&self, s: &Shell, id: GridId) -> String {
        self.grid(id).map(|grid| s.name(&grid.name, &grid.name_en).into_owned()).unwrap_or_default()
    }

    /// The town that the query asks for, by its code; an unknown one does not exist.
    fn asked(&self, s: &Shell) -> Result<Option<&Town>, Fault> {
        s.asked("town")
            .map(|code| self.towns.iter().find(|town| town.code == code).ok_or(Fault::Absent))
            .transpose()
    }
}

/// A plan as of today with the names of its places.
fn read(s: &Shell, id: PlanId) -> Result<(Shown, Places), Fault> {
    let found = s.state.read(|tx| {
        let Some(shown) = plan::show(tx, &s.actor, id, s.today())? else { return Ok(None) };
        let places = Places::read(tx, shown.scenario.on)?;
        Ok(Some((shown, places)))
    })?;
    found.ok_or(Fault::Absent)
}
