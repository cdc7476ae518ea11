//! The desk: what people who work find in the morning.

use askama::Template;

use crate::kit::{self, Access, Door, Routes, Shell};

pub(crate) fn routes() -> Routes {
    Routes::new().get("/desk", Access::SignedIn, show).room(Door::Desk, 0, "/desk", "desk-room")
}

#[derive(Template)]
#[template(path = "desk/show.html")]
struct Show<'a> {
    s: &'a Shell,
}

async fn show(s: Shell) -> kit::Result {
    s.html(&Show { s: &s })
}
