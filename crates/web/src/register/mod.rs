//! The register (一社一档): the list for anyone and for officers, the page of a community, what officers change of it.

mod community;
pub(crate) mod describe;
mod edit;
mod list;
mod modes;
mod place;
mod proposals;

use district::people::Action;

use crate::kit::{Access, Door, Routes};

pub(crate) use community::{Read as CommunityRead, Register as RegisterRead, read as read_community};
pub(crate) use edit::read as read_for;
pub(crate) use list::asked;

pub(crate) fn routes() -> Routes {
    let read = Access::May(Action::RegisterRead);
    let (write, propose) = (Access::May(Action::RegisterWrite), Access::May(Action::ListingPropose));
    Routes::new()
        .get("/communities", Access::Public, list::public)
        .room(Door::Public, 20, "/communities", "register-room-public")
        .get("/communities/{id}", Access::Public, community::show)
        .get("/communities/{id}/sheet", read, community::sheet)
        .get("/communities/{id}/edit", write, edit::show)
        .post("/communities/{id}/edit", write, edit::change)
        .get("/communities/{id}/place", write, place::show)
        .post("/communities/{id}/place", write, place::place)
        .get("/communities/{id}/modes", write, modes::show)
        .post("/communities/{id}/modes", write, modes::change)
        .get("/communities/{id}/leave", propose, proposals::leaving)
        .post("/communities/{id}/leave", propose, proposals::leave)
        .get("/district/register", read, list::officers)
        .get("/district/register/proposals", read, proposals::show)
        .get("/district/register/proposals/{form}", read, proposals::file)
        .post("/district/register/proposals", Access::May(Action::ListingDecide), proposals::decide)
        .get("/district/register/propose", propose, proposals::form)
        .post("/district/register/propose", propose, proposals::propose)
        .room(Door::District, 20, "/district/register", "register-room")
}
