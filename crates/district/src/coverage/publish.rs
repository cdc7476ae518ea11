//! What of coverage is public: a dated decision per figure. What is not published says so.

use std::collections::HashMap;

use base::{Day, Instant};
use db::{Tx, params};

use super::store;
use crate::kit::{Call, Entry, PublicationId, Refusal, Result, Scope, record};
use crate::people::Action;

/// A figure that can be published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Figure {
    /// The district's cascade.
    DistrictCascade,
    /// The towns side by side.
    Towns,
    /// How far a community is served, on its own page.
    Communities,
}

impl Figure {
    /// All figures.
    pub const ALL: [Self; 3] = [Self::DistrictCascade, Self::Towns, Self::Communities];

    /// The name in the database and in message ids.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DistrictCascade => "district-cascade",
            Self::Towns => "towns",
            Self::Communities => "communities",
        }
    }

    /// The figure of a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|figure| figure.as_str() == name)
    }
}

/// A decision on a figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Shown or not.
    pub published: bool,
    /// Why.
    pub reason: String,
    /// Since when.
    pub since: Day,
}

/// Decides whether a figure is published.
pub fn decide(tx: &mut Tx<'_>, call: &mut Call<'_>, decisions: &[(Figure, bool, String)]) -> Result<()> {
    call.authorise(Action::Publish, Scope::District)?;
    let mut ids = Vec::with_capacity(decisions.len());
    for (figure, published, reason) in decisions {
        if reason.trim().is_empty() {
            return Err(Refusal::new("coverage-refused-without-reason").at("reason").into());
        }
        let id: PublicationId = call.id();
        let row = params![id, figure.as_str(), *published, reason, call.actor.account, call.now];
        tx.execute(&store::DECIDE, row)?;
        ids.push(id.uuid());
    }
    record(tx, call, Entry { action: Action::Publish, objects: &ids, fields: "figure published reason" })
}

/// The last decision on each figure; one that nobody has decided on is not there, which means that it is not published.
pub fn decisions(tx: &mut Tx<'_>) -> Result<HashMap<Figure, Decision>> {
    let mut last = HashMap::new();
    for mut row in tx.query(&store::DECISIONS, &[])? {
        let Some(figure) = Figure::parse(&row.get::<String>(0)?) else { continue };
        let at: Instant = row.get(3)?;
        last.insert(figure, Decision { published: row.get(1)?, reason: row.get(2)?, since: at.day() });
    }
    Ok(last)
}

/// The last decision on a figure.
pub fn published(tx: &mut Tx<'_>, figure: Figure) -> Result<Option<Decision>> {
    Ok(decisions(tx)?.remove(&figure))
}
