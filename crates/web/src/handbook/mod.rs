//! The handbook: its rules in words for anyone; versions, what a changed number would move, drafts and their adoption
//! for the district; what it prescribes for a community, and why.

mod clauses;
mod decide;
pub(crate) mod effect;
mod factors;
pub(crate) mod prescription;
pub(crate) mod say;
mod versions;

use district::people::Action;

use crate::kit::{Access, Door, Routes};

pub(crate) fn routes() -> Routes {
    let read = Access::May(Action::HandbookRead);
    Routes::new()
        .get("/handbook", Access::Public, clauses::show)
        .room(Door::Public, 60, "/handbook", "handbook-room")
        .get("/district/handbook", read, versions::overview)
        .room(Door::District, 30, "/district/handbook", "handbook-room")
        .get("/district/handbook/compare", read, versions::compare)
        .get("/district/handbook/effect", read, effect::show)
        .get("/district/handbook/effect/{list}/{form}", read, effect::file)
        .post("/district/handbook/effect", Access::May(Action::HandbookDraft), effect::save)
        .get("/district/handbook/versions/{id}", read, versions::version)
        .get("/district/handbook/versions/{id}/adopt", Access::May(Action::HandbookAdopt), versions::adopting)
        .post("/district/handbook/versions/{id}/adopt", Access::May(Action::HandbookAdopt), versions::adopt)
        .get("/communities/{id}/prescription", read, prescription::show)
        .post("/communities/{id}/factors", Access::May(Action::RegisterWrite), factors::enter)
        .post("/communities/{id}/prescription", Access::May(Action::FormDecide), decide::decide)
}
