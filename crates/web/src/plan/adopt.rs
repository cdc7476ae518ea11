//! Adoption: what will change, asked once, and from which day.

use askama::Template;
use axum::extract::Path;
use base::Day;
use district::kit::PlanId;
use district::plan::rules::State;
use district::plan::{self, ADOPTABLE_GAP, Adopt, Scenario};
use http::StatusCode;

use super::overview::Summary;
use super::{id_of, read, words};
use crate::kit::{self, Faults, Posted, Shell};

#[derive(Template)]
#[template(path = "plan/adopt.html")]
struct Page<'a> {
    s: &'a Shell,
    faults: Faults,
    base: String,
    summary: Summary,
    /// The plan that ends.
    earlier: Option<Scenario>,
    /// The day that stands in the form.
    from: String,
    /// How far from the best it may be, if it is further than may be adopted without further words.
    gap: Option<String>,
}

fn page(s: &Shell, id: PlanId, status: StatusCode, from: Option<&str>, faults: Faults) -> kit::Result {
    let (shown, _) = read(s, id)?;
    let earlier = s.state.read(|tx| match plan::current(tx)? {
        Some(current) => plan::scenario(tx, &s.actor, current),
        None => Ok(None),
    })?;
    let scenario = &shown.scenario;
    let gap = (scenario.gap_per_mille() > ADOPTABLE_GAP).then(|| words::per_mille(scenario.gap_per_mille()));
    let first = scenario.on.max(s.today());
    let from = from.map_or_else(|| first.to_string(), str::to_owned);
    let base = format!("/district/plan/{}", id.uuid());
    s.html_with(status, &Page { s, faults, base, summary: Summary::new(s, &shown), earlier, from, gap })
}

/// GET `/district/plan/{id}/adopt`.
pub(super) async fn confirm(s: Shell, Path(id): Path<String>) -> kit::Result {
    page(&s, id_of(&id)?, StatusCode::OK, None, Faults::none())
}

/// POST the same: the scenario is the district's plan from the day on.
pub(super) async fn adopt(s: Shell, Path(id): Path<String>, posted: Posted) -> kit::Result {
    let id: PlanId = id_of(&id)?;
    let text = posted.fields.get("from");
    let again = |faults| page(&s, id, StatusCode::UNPROCESSABLE_ENTITY, Some(text), faults);
    let Ok(from) = text.parse::<Day>() else {
        return again(Faults::one(Some("from"), s.t("plan-bad-day").to_owned()));
    };
    let even_unproven = !posted.fields.get("even_unproven").is_empty();
    let done = s.state.once(&s.actor, &posted, |tx, call| {
        plan::adopt(tx, call, Adopt { plan: id, from, even_unproven })?;
        Ok("/district/plan/progress".into())
    });
    s.after(done, again)
}

impl Page<'_> {
    fn is_scenario(&self) -> bool {
        self.summary.scenario.state == State::Scenario
    }
}
