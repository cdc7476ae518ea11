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

use std::sync::Arc;

use base::Uuid;
use district::kit::{Id, PlanId};
use district::people::Action;
use district::plan::{self, Shown};

use crate::kit::{Access, Door, Fault, Places, Routes, Shell};
pub(crate) use overview::compute;
pub(crate) use progress::Counts;

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

/// A plan as of today with the names of its places.
fn read(s: &Shell, id: PlanId) -> Result<(Arc<Shown>, Places), Fault> {
    let found = s.state.read(|tx| {
        let Some(shown) = plan::show_kept(tx, &s.actor, &s.state.memory, id, s.today())? else {
            return Ok(None);
        };
        let places = Places::read(s, tx, shown.scenario.on)?;
        Ok(Some((shown, places)))
    })?;
    found.ok_or(Fault::Absent)
}
