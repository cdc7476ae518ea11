//! Search from every page.

use askama::Template;
use district::matters;
use district::register::{Ask, Page};

use crate::kit::{self, Access, Routes, Shell};

/// Communities shown; whoever looks for one and finds more types another word.
const SHOWN: usize = 30;

pub(crate) fn routes() -> Routes {
    Routes::new().get("/search", Access::Public, show)
}

#[derive(Template)]
#[template(path = "search/show.html")]
struct Show<'a> {
    s: &'a Shell,
    q: String,
    found: Page<'a>,
    /// The code of a matter that was typed.
    matter: Option<String>,
}

async fn show(s: Shell) -> kit::Result {
    let q = s.asked("q").unwrap_or_default();
    let roll = s.state.read(|tx| s.state.memory.roll(tx, s.today()))?;
    // Nothing asked, nothing found: the list of all is a page of its own.
    let limit = if q.trim().is_empty() { 0 } else { SHOWN };
    let found = roll.list(&Ask { words: q.clone(), limit: Some(limit), ..Ask::default() });
    let matter = s.state.read(|tx| match matters::told(tx, &s.actor, None, q.trim(), None) {
        Ok(told) => Ok(Some(told.code)),
        Err(district::Error::Absent(_)) => Ok(None),
        Err(error) => Err(error),
    })?;
    s.html(&Show { s: &s, q, found, matter })
}
