//! The pages of Lilong: three doors, two languages and a derived third, one look, no script.
//!
//! # How to add a page
//! 1. `src/<slice>/mod.rs`: `pub fn routes() -> Routes`, each address with who may use it:
//!    `Routes::new().get("/district/plan", Access::May(Action::PlanRead), show).post("/district/plan",
//!    Access::May(Action::PlanWrite), solve).room(Door::District, 40, "/district/plan", "plan-room")`.
//!    `room` puts an entry into the band under the door (for those who may enter). Add the slice to [`routes`] below.
//! 2. A handler takes the [`Shell`](kit::Shell) and what axum extracts (not `axum::Form`), and answers
//!    [`kit::Result`]:
//!    `async fn show(s: Shell) -> kit::Result { let plan = s.state.read(|tx| plan::read(tx, &s.actor, …))?;
//!    s.html(&Show { s: &s, plan }) }`. An error of `district` becomes a page by itself.
//! 3. `templates/<slice>/show.html` begins with `{% extends "kit/layout.html" %}` and fills the blocks `title`,
//!    `crumbs` (optional) and `main`; the struct has a field `s: &'a Shell`. Words: `{{ s.t("plan-title") }}`, with
//!    variables `{{ s.t1("plan-count", "count", plan.count) }}` or `s.t2("…", ("a", x), ("b", y))`; counts
//!    `{{ s.n(households) }}`; names `{{ s.name(c.name, c.name_en) }}`, which also makes Traditional of data.
//! 4. Words: `locales/zh-Hans/<slice>.ftl` and `locales/en/<slice>.ftl`, the same ids and variables in both; ids
//!    begin with the slice's name. A test finds ids that are missing or unused. An id put together from a code needs
//!    its beginning, with the hyphen at the end, as a text in the source (`"register-kind-"`).
//! 5. A form posts to the address that shows it and holds `{% include "kit/key.html" %}`. Its handler takes
//!    [`kit::Posted`] last: `let to = s.state.once(&s.actor, &posted, |tx, call| { …; Ok("/district/plan".into()) })?;
//!    Ok(see_other(&to))`. Double clicks and lost answers are harmless. To show a refusal at its field, match
//!    `Err(Fault::Refused(refusal))`, build the page again with `s.faults(&refusal)` in a field `faults` and answer
//!    `s.html_with(StatusCode::UNPROCESSABLE_ENTITY, …)`; the template has `{% include "kit/faults.html" %}` and the
//!    macros of `kit/fields.html`.
//! 6. Files that people upload: `Routes::upload` with the most bytes it takes, and axum's `Multipart`.
//! 7. Read as of a day: `s.on()?` reads `?on=2026-01-31`. Filters live in the query: `s.asked("town")`.

mod about;
mod api;
pub mod city;
mod coverage;
mod desk;
mod entering;
mod exchange;
mod gaps;
mod handbook;
mod home;
mod hotline;
mod joining;
pub mod kit;
mod matters;
pub mod notices;
mod open311;
pub mod ops;
mod people;
mod plan;
mod privacy;
mod register;
mod search;
mod services;
mod stations;
mod visits;

use std::sync::Arc;
use std::time::Duration;

use axum::middleware::from_fn_with_state;
use axum::{Router, routing};
use http::StatusCode;
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::timeout::TimeoutLayer;

pub use entering::{LoginClaim, SingleSignOn, SingleSignOnError, SingleSignOnSettings};
pub use kit::{Clock, Common, MachineClock, OpenError, Routes, Settings, State};

/// A request that is not answered by then is given up; what takes longer runs as a job.
pub const LONGEST_ANSWER: Duration = Duration::from_secs(30);

/// Every address of every slice.
pub fn routes() -> Routes {
    let slices = [
        home::routes(),
        coverage::routes(),
        register::routes(),
        handbook::routes(),
        entering::routes(),
        joining::routes(),
        people::routes(),
        privacy::routes(),
        desk::routes(),
        search::routes(),
        about::routes(),
        plan::routes(),
        gaps::routes(),
        stations::routes(),
        exchange::routes(),
        matters::routes(),
        visits::routes(),
        hotline::routes(),
        open311::routes(),
        api::routes(),
        services::routes(),
        notices::routes(),
    ];
    slices.into_iter().fold(Routes::new(), Routes::merge)
}

/// The pages of one district as one service; [`ops::Front`] stands before it.
pub fn router(state: Arc<State>) -> Router {
    let pages = kit::router_of(&state)
        .fallback(|| async { kit::Fault::Absent })
        .layer(CatchPanicLayer::new())
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, LONGEST_ANSWER))
        .layer(from_fn_with_state(Arc::clone(&state), kit::gate));
    // Styles ask for nobody and need no gate.
    let bare = Router::new().route("/static/{file}", routing::get(kit::serve_asset));
    // Level 1: a page shrinks to a fifth at a small part of the cost of level 6.
    let compression = CompressionLayer::new().quality(CompressionLevel::Fastest);
    pages.merge(bare).layer(compression).with_state(state)
}

#[cfg(test)]
mod tests;
