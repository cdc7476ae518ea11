//! How many households moved in and out over a year: what a community's turnover is derived from.

use std::collections::HashMap;

use base::Day;
use db::{Row, Tx, params};

use super::store;
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

/// The day after which the twelve months up to a day begin.
pub fn year_before(day: Day) -> Day {
    day.plus_months(-12)
}

/// The moves of every community with a tenancy up to the day. Asks no permission: not for outside `district`.
pub(crate) fn moves(tx: &mut Tx<'_>, day: Day) -> Result<HashMap<CommunityId, Moves>> {
    let rows = tx.query(&store::MOVES, params![year_before(day), day])?;
    rows.into_iter().map(|mut row| Ok((row.get(3)?, read(&mut row)?))).collect()
}

/// The same of one community; `None` when it has no tenancy up to the day.
pub(crate) fn moves_of(tx: &mut Tx<'_>, community: CommunityId, day: Day) -> Result<Option<Moves>> {
    let row = tx.find(&store::MOVES_OF, params![year_before(day), day, community])?;
    row.map(|mut row| read(&mut row)).transpose()
}

fn read(row: &mut Row) -> Result<Moves> {
    let earlier: i64 = row.get(2)?;
    Ok(Moves { began: row.get(0)?, ended: row.get(1)?, whole_year: earlier > 0 })
}
