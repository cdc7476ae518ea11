//! Rounds of earlier days that were not walked to their end: what the desk counts.

use askama::Template;
use district::visits::{self, LateRound, ROUND_LATE_DAYS};

use crate::kit::{self, Shell};

#[derive(Template)]
#[template(path = "visits/late.html")]
struct Show<'a> {
    s: &'a Shell,
    rounds: Vec<LateRound>,
}

#[expect(clippy::unused_self, reason = "templates call methods")]
impl Show<'_> {
    fn days(&self) -> i64 {
        ROUND_LATE_DAYS
    }
}

/// GET `/desk/visits/late`.
pub(super) async fn show(s: Shell) -> kit::Result {
    let rounds = s.state.read(|tx| visits::late_rounds(tx, &s.actor, s.today()))?;
    s.html_with_script(&Show { s: &s, rounds })
}
