//! Search from every page.

use askama::Template;
use district::register::{self, Ask, Listed};

use crate::kit::{self, Access, Routes, Shell};

/// Communities shown; whoever looks for one and finds more types another word.
const SHOWN: i64 = 30;

pub(crate) fn routes() -> Routes {
    Routes::new().get("/search", Access::Public, show)
}

#[derive(Template)]
#[template(path = "search/show.html")]
struct Show<'a> {
    s: &'a Shell,
    q: String,
    rows: Vec<Listed>,
    count: i64,
}

async fn show(s: Shell) -> kit::Result {
    let q = s.asked("q").unwrap_or_default();
    let (rows, count) = if q.trim().is_empty() {
        (Vec::new(), 0)
    } else {
        let ask = Ask { words: q.clone(), sort: "name".into(), limit: Some(SHOWN), ..Ask::default() };
        let (rows, count, _) = s.state.read(|tx| register::communities(tx, s.today(), &ask))?;
        (rows, count)
    };
    s.html(&Show { s: &s, q, rows, count })
}
