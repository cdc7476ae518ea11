//! Every community of the list on a day, in one reading: what coverage, the handbook and the plan start from.

use std::collections::HashMap;

use base::{Day, Position};
use db::{Row, Tx, params};
use handbook::{CommunityKind, GovernanceMode, PropertyRight};

use super::read::{Counts, position, unknown};
use super::store;
use crate::kit::{CommunityId, GridId, Result, TownId, daily};

/// A community on a day, with its counts and its governance modes.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the fields are the columns of `community_versions`")]
pub struct Snapshot {
    pub id: CommunityId,
    pub code: String,
    pub simulated: bool,
    pub name: String,
    pub name_en: String,
    /// Orders names as a Chinese directory does.
    pub sort_key: String,
    pub kind: CommunityKind,
    pub label: String,
    pub right: PropertyRight,
    pub town: TownId,
    pub grid: Option<GridId>,
    pub address: String,
    pub position: Option<Position>,
    pub opened_on: Option<Day>,
    /// Planned capacity by a dated decision, in households.
    pub planned_households: Option<i64>,
    /// Dwellings (套/间).
    pub dwellings: i64,
    /// Households: tenancies in force.
    pub households: i64,
    /// Residents: occupants of these.
    pub residents: i64,
    /// Households that moved in up to the day, those that have left again among them.
    pub moved_in: i64,
    /// Governance modes in force.
    pub modes: Vec<GovernanceMode>,
}

/// The counts of every community on a day: the sums of the spans before, and the days of its own.
pub(super) fn counts_of_all(tx: &mut Tx<'_>, day: Day) -> Result<HashMap<CommunityId, Counts>> {
    let sums = daily::sums(tx, [&store::SPANS_OF_ALL, &store::DAYS_OF_ALL], day)?;
    Ok(sums.into_iter().map(|(community, figures)| (community, Counts::of(figures))).collect())
}

/// The communities of the list on a day, in the order of their ids. Asks no permission: not for outside `district`.
pub fn snapshot(tx: &mut Tx<'_>, day: Day) -> Result<Vec<Snapshot>> {
    let counts = counts_of_all(tx, day)?;
    let mut modes: HashMap<CommunityId, Vec<GovernanceMode>> = HashMap::new();
    for mut row in tx.query(&store::MODES_OF_ALL, params![day])? {
        let mode: String = row.get(1)?;
        modes.entry(row.get(0)?).or_default().push(GovernanceMode::from_code(&mode).map_err(unknown)?);
    }
    let mut all = Vec::new();
    for mut row in tx.query(&store::SNAPSHOT, params![day])? {
        let id = row.get(0)?;
        let counts = counts.get(&id).copied().unwrap_or_default();
        all.push(read(&mut row, id, counts, modes.remove(&id).unwrap_or_default())?);
    }
    Ok(all)
}

/// A community of the list on a day, read alone. Asks no permission: not for outside `district`.
pub fn snapshot_of(tx: &mut Tx<'_>, community: CommunityId, day: Day) -> Result<Option<Snapshot>> {
    let Some(mut row) = tx.find(&store::SNAPSHOT_OF, params![day, community])? else { return Ok(None) };
    let counts = super::counts(tx, community, day)?;
    let in_force = |mode: &super::Mode| mode.from <= day && mode.to.is_none_or(|to| to > day);
    let modes = super::modes(tx, community)?.into_iter().filter(in_force).map(|mode| mode.mode).collect();
    read(&mut row, community, counts, modes).map(Some)
}

fn read(row: &mut Row, id: CommunityId, counts: Counts, modes: Vec<GovernanceMode>) -> Result<Snapshot> {
    let (kind, right): (String, String) = (row.get(5)?, row.get(6)?);
    let Counts { dwellings, households, residents, moved_in } = counts;
    Ok(Snapshot {
        id,
        code: row.get(1)?,
        simulated: row.get(2)?,
        name: row.get(3)?,
        name_en: row.get(4)?,
        kind: CommunityKind::from_code(&kind).map_err(unknown)?,
        right: PropertyRight::from_code(&right).map_err(unknown)?,
        town: row.get(7)?,
        grid: row.get(8)?,
        position: position(row, 9)?,
        planned_households: row.get(11)?,
        sort_key: row.get(12)?,
        label: row.get(13)?,
        address: row.get(14)?,
        opened_on: row.get(15)?,
        dwellings,
        households,
        residents,
        moved_in,
        modes,
    })
}

/// A community's name and place on a day.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the fields are the columns of `community_versions`")]
pub struct Placed {
    pub id: CommunityId,
    pub code: String,
    pub name: String,
    pub name_en: String,
    pub town: TownId,
    pub grid: Option<GridId>,
    pub position: Option<Position>,
}

/// Names and places of the communities of the list on a day, without their counts: a fraction of the work of
/// [`snapshot`]. Asks no permission: not for outside `district`.
pub fn placed(tx: &mut Tx<'_>, day: Day) -> Result<Vec<Placed>> {
    let rows = tx.query(&store::SNAPSHOT, params![day])?;
    rows.into_iter()
        .map(|mut row| {
            Ok(Placed {
                id: row.get(0)?,
                code: row.get(1)?,
                name: row.get(3)?,
                name_en: row.get(4)?,
                town: row.get(7)?,
                grid: row.get(8)?,
                position: position(&mut row, 9)?,
            })
        })
        .collect()
}
