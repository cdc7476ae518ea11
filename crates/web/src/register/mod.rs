//! The register (一社一档): the list for anyone and for officers, and the page of a community.

mod community;
mod list;
mod modes;

use district::people::Action;

use crate::kit::{Access, Door, Routes};

pub(crate) use list::asked;

pub(crate) fn routes() -> Routes {
    let read = Access::May(Action::RegisterRead);
    Routes::new()
        .get("/communities", Access::Public, list::public)
        .room(Door::Public, 20, "/communities", "register-room-public")
        .get("/communities/{id}", Access::Public, community::show)
        .get("/communities/{id}/sheet", read, community::sheet)
        .get("/communities/{id}/modes", Access::May(Action::RegisterWrite), modes::show)
        .post("/communities/{id}/modes", Access::May(Action::RegisterWrite), modes::change)
        .get("/district/register", read, list::officers)
        .room(Door::District, 20, "/district/register", "register-room")
}
