//! Visits that no longer fitted when they came in, for whoever says what becomes of them.

use std::sync::Arc;

use askama::Template;
use district::register::Roll;
use district::visits::rules::Category;
use district::visits::{self, Decide, Waiting};
use http::StatusCode;

use super::{rounds, words};
use crate::kit::{self, Fault, Faults, Posted, Shell};

#[derive(Template)]
#[template(path = "visits/inbox.html")]
struct Show<'a> {
    s: &'a Shell,
    faults: Faults,
    lines: Vec<Waiting>,
    roll: Arc<Roll>,
    done: Option<&'static str>,
}

impl Show<'_> {
    fn place(&self, line: &Waiting) -> String {
        let (building, flat, room) = &line.numbers;
        let community = rounds::community(self.s, &self.roll, line.community);
        let parts = [Some(&community), Some(building), Some(flat), room.as_ref()];
        parts.into_iter().flatten().map(|it| self.s.zh(it).into_owned()).collect::<Vec<_>>().join(" · ")
    }

    fn why(&self, line: &Waiting) -> &str {
        self.s.t(words::misfit_message(line.why))
    }

    fn found(&self, line: &Waiting) -> &str {
        self.s.t(words::outcome_message(line.outcome))
    }

    fn said(&self, line: &Waiting) -> Option<&str> {
        line.satisfied.map(|said| self.s.t(words::said_message(said)))
    }

    fn need(&self, category: Category) -> &str {
        self.s.t(words::category_message(category))
    }
}

fn page(s: &Shell, faults: Faults) -> Result<Show<'_>, Fault> {
    let memory = &s.state.memory;
    let (lines, roll) = s
        .state
        .read(|tx| Ok((visits::inbox(tx, &s.actor, memory, s.today())?, memory.roll(tx, s.today())?)))?;
    Ok(Show { s, faults, lines, roll, done: None })
}

/// GET `/desk/visits/inbox`.
pub(super) async fn show(s: Shell) -> kit::Result {
    let mut page = page(&s, Faults::none())?;
    page.done = match s.asked("done").as_deref() {
        Some("taken") => Some("visits-taken"),
        Some("aside") => Some("visits-aside"),
        _ => None,
    };
    s.html(&page)
}

/// POST `/desk/visits/inbox`: `visit`, `do` is `take` or `aside`.
pub(super) async fn decide(s: Shell, posted: Posted) -> kit::Result {
    let take = posted.fields.get("do") == "take";
    let command = Decide { id: posted.fields.id("visit")?, take };
    let memory = &s.state.memory;
    let done = s.state.once(&s.actor, &posted, |tx, call| {
        visits::decide(tx, call, memory, &[command])?;
        Ok(format!("/desk/visits/inbox?done={}", if take { "taken" } else { "aside" }))
    });
    s.after(done, |faults| s.html_with(StatusCode::UNPROCESSABLE_ENTITY, &page(&s, faults)?))
}
