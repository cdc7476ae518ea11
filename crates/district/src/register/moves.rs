//! How many households moved in and out over a year: what a community's turnover is derived from.

use std::collections::HashMap;

use base::Day;
use db::Tx;

use super::read::{Counts, counts};
use super::snapshot::{Snapshot, counts_of_all};
use crate::kit::{CommunityId, Result};

/// Tenancies (and owner-occupations) of a community that began and ended in the twelve months up to a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moves {
    /// Began after the day twelve months before, up to the day.
    pub began: i64,
    /// Ended likewise.
    pub ended: i64,
    /// Does the register hold tenancies from before these twelve months? Without any it does not know the whole year: a
    /// register that was loaded last month holds no one who left before.
    pub whole_year: bool,
}

impl Moves {
    /// Between the counts of the day twelve months before and a community as it is.
    fn between(before: Counts, now: &Snapshot) -> Self {
        Self {
            began: now.moved_in - before.moved_in,
            ended: (now.moved_in - now.households) - before.moved_out(),
            whole_year: before.moved_in > 0,
        }
    }
}

/// The day after which the twelve months up to a day begin.
pub fn year_before(day: Day) -> Day {
    day.plus_months(-12)
}

/// The moves of communities as they are on a day. Asks no permission: not for outside `district`.
pub(crate) fn moves(
    tx: &mut Tx<'_>,
    communities: &[Snapshot],
    day: Day,
) -> Result<HashMap<CommunityId, Moves>> {
    let before = counts_of_all(tx, year_before(day))?;
    let of = |now: &Snapshot| Moves::between(before.get(&now.id).copied().unwrap_or_default(), now);
    Ok(communities.iter().map(|now| (now.id, of(now))).collect())
}

/// The same of one community.
pub(crate) fn moves_of(tx: &mut Tx<'_>, community: &Snapshot, day: Day) -> Result<Moves> {
    Ok(Moves::between(counts(tx, community.id, year_before(day))?, community))
}
