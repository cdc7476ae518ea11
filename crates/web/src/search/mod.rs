//! Search from every page.

use askama::Template;

use crate::kit::{self, Access, Routes, Shell};

pub(crate) fn routes() -> Routes {
    Routes::new().get("/search", Access::Public, show)
}

#[derive(Template)]
#[template(path = "search/show.html")]
struct Show<'a> {
    s: &'a Shell,
    q: String,
}

async fn show(s: Shell) -> kit::Result {
    let q = s.asked("q").unwrap_or_default();
    s.html(&Show { s: &s, q })
}
