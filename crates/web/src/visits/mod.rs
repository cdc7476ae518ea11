//! Visits: rounds in their order, what was found at a door, what no longer fits, what households need in sum, and the list
//! that works without a network.

mod export;
mod inbox;
mod late;
mod needs;
mod offline;
mod rounds;
mod sheet;
mod themes;
mod words;

use district::people::Action;

pub(crate) use export::export_file;
pub(crate) use needs::{Begun, begun};

use crate::kit::{Access, Door, Routes};

pub(crate) fn routes() -> Routes {
    let (read, write) = (Access::May(Action::VisitRead), Access::May(Action::VisitWrite));
    let (plan, sums) = (Access::May(Action::VisitPlan), Access::May(Action::VisitThemes));
    Routes::new()
        .get("/desk/visits", read, rounds::show)
        .room(Door::Desk, 10, "/desk/visits", "visits-room")
        .post("/desk/visits", plan, rounds::plan)
        .get("/desk/visits/household/{id}", read, sheet::show)
        .post("/desk/visits/household/{id}", write, sheet::change)
        .get("/desk/visits/inbox", read, inbox::show)
        .post("/desk/visits/inbox", write, inbox::decide)
        .get("/desk/visits/late", read, late::show)
        .get("/desk/visits/export", read, export::show)
        .get("/desk/visits/export/{form}", read, export::file)
        .get("/desk/visits/themes", sums, themes::show)
        .get("/desk/visits/offline", write, offline::show)
        .get("/desk/visits/offline/worker.js", write, offline::worker)
        .get("/desk/visits/devices", write, offline::devices)
        .post("/desk/visits/devices", write, offline::wipe)
}
