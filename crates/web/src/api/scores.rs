//! Scorecards for programs: how whoever operates a community answers, and what those who asked say of it.

use district::matters as slice;
use district::people::Action;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::community::OfCommunity;
use super::operation::Api;
use super::values::{Code, Date, SurveyQuestion};
use crate::kit::{Access, Fault, Shell};

pub(super) fn operations() -> Api {
    let read = Access::May(Action::MatterRead);
    Api::of("api-group-matters").read_each_time().get(
        "/api/v1/communities/{community}/matter-score",
        read,
        "matter-score",
        score,
    )
}

/// The scorecard of whoever operates a community.
#[derive(Debug, Serialize, ToSchema)]
struct MatterScore {
    /// The first day that counts.
    from: Date,
    /// The last day that counts.
    to: Date,
    /// Matters held.
    held: i64,
    /// Answered.
    answered: i64,
    /// Answered within the term.
    on_time: i64,
    /// Confirmed by whoever asked.
    confirmed: i64,
    /// Closed while nobody said anything.
    unconfirmed: i64,
    /// Whoever asked says whether they are satisfied.
    rated: i64,
    /// Satisfied.
    satisfied: i64,
    /// How often something was reopened.
    reopened: i64,
    /// How the questions after the second key were answered.
    survey: Vec<SurveyAnswers>,
}

/// How a question was answered. Levels are null where fewer than ten answered.
#[derive(Debug, Serialize, ToSchema)]
struct SurveyAnswers {
    /// The question.
    question: SurveyQuestion,
    /// How many answered.
    answers: i64,
    /// How many said that it was good.
    good: Option<i64>,
    /// So so.
    fair: Option<i64>,
    /// Poor.
    poor: Option<i64>,
}

fn answers((question, it): (slice::Question, slice::Answers)) -> SurveyAnswers {
    let level = |level| it.of(level).map(|share| share.of);
    SurveyAnswers {
        question: Code(question),
        answers: it.all(),
        good: level(slice::Level::Good),
        fair: level(slice::Level::Fair),
        poor: level(slice::Level::Poor),
    }
}

/// Days of a card.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct ScoreOf {
    /// From this day on; twelve months back without it.
    since: Option<Date>,
    /// Up to this day; today without it.
    until: Option<Date>,
}

/// GET `/api/v1/communities/{community}/matter-score`.
fn score(s: &Shell, at: OfCommunity, asked: ScoreOf) -> Result<MatterScore, Fault> {
    let from = asked.since.map_or_else(|| s.today().plus_months(-12), |Date(day)| day);
    let to = asked.until.map_or_else(|| s.today(), |Date(day)| day);
    let (score, surveyed) = s.state.read(|tx| {
        let found = s.state.memory.community(tx, &at.community, s.today())?;
        let community = found.ok_or(district::Error::Absent("community"))?.id;
        let days = (from, to + 1);
        let score = slice::score(tx, &s.actor, community, days, s.today())?;
        Ok((score, slice::surveyed(tx, &s.actor, community, days, s.today())?))
    })?;
    Ok(MatterScore {
        from: from.into(),
        to: to.into(),
        held: score.held,
        answered: score.answered,
        on_time: score.on_time,
        confirmed: score.confirmed,
        unconfirmed: score.unconfirmed,
        rated: score.rated,
        satisfied: score.satisfied,
        reopened: score.reopened,
        survey: surveyed.into_iter().map(answers).collect(),
    })
}
