//! What is public: a dated decision per figure, by a named person, with its reason.

use base::Day;
use db::Tx;
use district::coverage::{self, Figure};

use crate::kit::{self, Fault, Posted, Shell, see_other};

/// A figure and the last decision on it.
pub(super) struct Published {
    pub figure: Figure,
    pub is_public: bool,
    pub reason: String,
    pub since: Option<Day>,
}

impl Published {
    pub fn name(&self) -> &'static str {
        match self.figure {
            Figure::DistrictCascade => "coverage-figure-district-cascade",
            Figure::Towns => "coverage-figure-towns",
            Figure::Communities => "coverage-figure-communities",
        }
    }

    pub fn code(&self) -> &'static str {
        self.figure.as_str()
    }
}

/// The decisions in force.
pub(super) fn decisions(s: &Shell, tx: &mut Tx<'_>) -> district::kit::Result<Vec<Published>> {
    let decided = s.state.memory.decisions(tx)?;
    let of = |figure: Figure| {
        let decision = decided.get(&figure);
        Published {
            figure,
            is_public: decision.is_some_and(|decision| decision.published),
            since: decision.map(|decision| decision.since),
            reason: decision.map(|decision| decision.reason.clone()).unwrap_or_default(),
        }
    };
    Ok(Figure::ALL.into_iter().map(of).collect())
}

/// POST `/district/publish`: `figure`, `published` (`yes` or `no`), `reason`.
pub(super) async fn decide(s: Shell, posted: Posted) -> kit::Result {
    let figure = Figure::parse(posted.fields.get("figure")).ok_or(Fault::Bad)?;
    let published = match posted.fields.get("published") {
        "yes" => true,
        "no" => false,
        _ => return Err(Fault::Bad),
    };
    let reason = posted.fields.get("reason").to_owned();
    let to = s.state.once(&s.actor, &posted, |tx, call| {
        coverage::decide(tx, call, &[(figure, published, reason.clone())])?;
        Ok("/district#public".into())
    })?;
    Ok(see_other(&to))
}
