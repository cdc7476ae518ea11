//! The API: everything that the pages show and do, for programs, under `/api/v1`.
//!
//! There is no second way in. An operation calls what the page of the same name calls, as the same kind of reader
//! ([`Shell`](crate::kit::Shell)), behind the same gate and the same declared access; a personal token narrows what its
//! owner may do and never widens it (`district::people::TokenScope`).
//!
//! # How to add an operation
//! 1. A function in the file of its slice: `fn show(s: &Shell, at: OfPlan, asked: AsOf) -> Result<Plan, Fault>`. What it
//!    takes from the address and the query are structs that derive `Deserialize` and `IntoParams`; what it answers derives
//!    `Serialize` and `ToSchema`; each field says in a comment what it is. Values with a meaning have a type in
//!    [`values`]: days, instants, positions, codes.
//! 2. A line in `operations()`: `.get("/api/v1/plans/{plan}", Access::May(Action::PlanRead), "plan", show)`; `list` for rows,
//!    which [`answer::Page::cut`] cuts by key; `post` for what makes something, `tell` for what is answered with words, `act`, `just`, `put` and `delete` for
//!    what does; `upload` for what takes a file, `file` for what answers with one. An operation that writes takes what was sent and does its work in [`operation::once`].
//! 3. The message `api-op-<name>` says what it does. Everything else that the documentation says follows from the types.

#![expect(
    clippy::needless_pass_by_value,
    reason = "an operation owns what was sent: its declaration hands it over, whether or not all of it is consumed"
)]

mod accounts;
mod answer;
mod answer_templates;
mod community;
mod coverage;
mod describe;
mod document;
mod effect;
mod exchange;
mod files;
mod gaps;
mod handbook;
mod hotline;
mod joining;
mod listings;
mod matters;
mod notices;
mod operation;
mod page;
mod photos;
mod plan;
mod planned;
mod premises;
mod referrals;
mod register;
mod report_forms;
mod scores;
mod sent;
mod services;
mod stations;
mod tokens;
mod uploads;
mod values;
mod visit_devices;
mod visit_rounds;
mod visits;

use std::sync::OnceLock;

use axum::response::IntoResponse as _;
use district::people::Action;

use crate::kit::{self, Access, Fault, Language, Routes, Shell};
use document::{Words, document};
use operation::Api;

/// Every operation.
fn operations() -> Api {
    let slices = [
        register::operations(),
        describe::operations(),
        listings::operations(),
        coverage::operations(),
        handbook::operations(),
        stations::operations(),
        plan::operations(),
        gaps::operations(),
        exchange::operations(),
        uploads::operations(),
        hotline::operations(),
        report_forms::operations(),
        accounts::operations(),
        joining::operations(),
        matters::operations(),
        scores::operations(),
        photos::operations(),
        answer_templates::operations(),
        services::operations(),
        referrals::operations(),
        visits::operations(),
        visit_rounds::operations(),
        visit_devices::operations(),
        notices::operations(),
    ];
    slices.into_iter().fold(Api::default(), Api::merge)
}

pub(crate) fn routes() -> Routes {
    operations()
        .routes
        .get("/api", Access::Public, page::show)
        .get("/api/openapi.json", Access::Public, openapi)
        .get("/tokens", Access::May(Action::TokenWrite), tokens::show)
        .post("/tokens", Access::May(Action::TokenWrite), tokens::change)
}

/// An instant as programs are told it.
pub(crate) fn timestamp(at: base::Instant) -> serde_json::Value {
    serde_json::json!(values::Time(at))
}

/// The document in the language of a request, made once for each.
fn document_of(s: &Shell) -> Result<&'static serde_json::Value, Fault> {
    static MADE: [OnceLock<Result<serde_json::Value, String>>; Language::ALL.len()] =
        [const { OnceLock::new() }; Language::ALL.len()];
    let place = Language::ALL.iter().position(|language| *language == s.language).unwrap_or_default();
    let made = MADE[place].get_or_init(|| {
        let words = Words { locales: &s.state.locales, language: s.language };
        serde_json::to_value(document(&operations(), words)).map_err(|error| error.to_string())
    });
    made.as_ref().map_err(|why| Fault::Internal(format!("the document of the API: {why}")))
}

/// GET `/api/openapi.json`.
async fn openapi(s: Shell) -> kit::Result {
    Ok(axum::Json(document_of(&s)?).into_response())
}
