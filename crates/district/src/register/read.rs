//! The register as of a day.

use std::collections::BTreeMap;

use base::{Day, Position};
use db::{Row, Tx, params};
use handbook::{CommunityKind, GovernanceMode, PropertyRight, UnknownCode};

use super::communities::Description;
use super::store;
use crate::kit::daily;
use crate::kit::{BuildingId, CommunityId, Error, GridId, OrganisationId, Result, TownId};

/// A town unit.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the fields are the columns of `towns`")]
pub struct Town {
    pub id: TownId,
    pub code: String,
    pub name: String,
    pub name_en: String,
    pub kind: String,
    pub position: Position,
    pub boundary: Option<String>,
}

/// An integrated grid.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the fields are the columns of `grids`")]
pub struct Grid {
    pub id: GridId,
    pub town: TownId,
    pub code: String,
    pub name: String,
    pub name_en: String,
}

/// Town units on a day, in the order of a directory.
pub fn towns(tx: &mut Tx<'_>, day: Day) -> Result<Vec<Town>> {
    let rows = tx.query(&store::TOWNS, params![day])?;
    rows.into_iter()
        .map(|mut row| {
            Ok(Town {
                id: row.get(0)?,
                code: row.get(1)?,
                name: row.get(2)?,
                name_en: row.get(3)?,
                kind: row.get(4)?,
                position: position(&mut row, 5)?
                    .ok_or_else(|| Error::Internal("a town without a centre".into()))?,
                boundary: row.get(7)?,
            })
        })
        .collect()
}

/// Integrated grids on a day.
pub fn grids(tx: &mut Tx<'_>, day: Day) -> Result<Vec<Grid>> {
    let rows = tx.query(&store::GRIDS, params![day])?;
    rows.into_iter()
        .map(|mut row| {
            Ok(Grid {
                id: row.get(0)?,
                town: row.get(1)?,
                code: row.get(2)?,
                name: row.get(3)?,
                name_en: row.get(4)?,
            })
        })
        .collect()
}

/// A community on a day.
#[derive(Debug, Clone)]
pub struct Community {
    /// Its id.
    pub id: CommunityId,
    /// Its code.
    pub code: String,
    /// Is it invented?
    pub simulated: bool,
    /// What is true of it.
    pub description: Description,
    /// Since when that is true.
    pub from: Day,
    /// Until when.
    pub to: Option<Day>,
}

/// The community of a code on a day.
pub fn community(tx: &mut Tx<'_>, code: &str, day: Day) -> Result<Option<Community>> {
    let Some(mut row) = tx.find(&store::COMMUNITY, params![day, code])? else { return Ok(None) };
    Ok(Some(Community {
        id: row.get(0)?,
        code: row.get(1)?,
        simulated: row.get(2)?,
        description: description(&mut row, 3)?,
        from: row.get(17)?,
        to: row.get(18)?,
    }))
}

/// A description, whose columns begin at one and follow each other from `name` to `boundary`.
pub(super) fn description(row: &mut Row, first: usize) -> Result<Description> {
    let (kind, right): (String, String) = (row.get(first + 2)?, row.get(first + 4)?);
    Ok(Description {
        name: row.get(first)?,
        name_en: row.get(first + 1)?,
        kind: CommunityKind::from_code(&kind).map_err(unknown)?,
        label: row.get(first + 3)?,
        right: PropertyRight::from_code(&right).map_err(unknown)?,
        town: row.get(first + 5)?,
        grid: row.get(first + 6)?,
        address: row.get(first + 7)?,
        position: position(row, first + 8)?,
        opened_on: row.get(first + 10)?,
        planned_households: row.get(first + 11)?,
        planned_decided_on: row.get(first + 12)?,
        boundary: row.get(first + 13)?,
    })
}

#[expect(clippy::needless_pass_by_value, reason = "it stands in map_err")]
pub(super) fn unknown(error: UnknownCode) -> Error {
    Error::Internal(error.to_string())
}

pub(super) fn position(row: &mut Row, column: usize) -> Result<Option<Position>> {
    let place: (Option<i64>, Option<i64>) = (row.get(column)?, row.get(column + 1)?);
    match place {
        (Some(lat), Some(lon)) => {
            Position::new(lat, lon).map(Some).map_err(|error| Error::Internal(error.to_string()))
        }
        _ => Ok(None),
    }
}

/// The community of an address on a day: its code, or its id as pages write it.
pub fn community_at(tx: &mut Tx<'_>, key: &str, day: Day) -> Result<Option<Community>> {
    let Ok(id) = key.parse::<CommunityId>() else { return community(tx, key, day) };
    let Some(mut row) = tx.find(&store::CODE_OF, params![id])? else { return Ok(None) };
    let code: String = row.get(0)?;
    community(tx, &code, day)
}

/// Dwellings, households, residents on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the words say it")]
pub struct Counts {
    pub dwellings: i64,
    pub households: i64,
    pub residents: i64,
    /// Households that moved in up to the day, those that have left again among them.
    pub moved_in: i64,
}

impl Counts {
    /// From columns of a row: dwellings, households, residents, moved in.
    pub(super) fn read(row: &mut Row, from: usize) -> Result<Self> {
        Ok(Self {
            dwellings: row.get(from)?,
            households: row.get(from + 1)?,
            residents: row.get(from + 2)?,
            moved_in: row.get(from + 3)?,
        })
    }

    /// Of the four figures of the daily rows.
    pub(super) const fn of([dwellings, households, residents, moved_in]: [i64; 4]) -> Self {
        Self { dwellings, households, residents, moved_in }
    }

    /// Households that moved out up to the day.
    pub const fn moved_out(&self) -> i64 {
        self.moved_in - self.households
    }
}

/// The counts of a community on a day.
pub fn counts(tx: &mut Tx<'_>, community: CommunityId, day: Day) -> Result<Counts> {
    let span = daily::span(day);
    Counts::read(&mut tx.one(&store::COUNTS, params![community, span, daily::first_of(span), day])?, 0)
}

/// A governance mode with its history.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the fields are the columns of `community_modes`")]
pub struct Mode {
    pub mode: GovernanceMode,
    pub document_no: String,
    pub from: Day,
    pub to: Option<Day>,
    /// The committee in charge: its name in Chinese and English.
    pub organisation: Option<(String, String)>,
}

/// The governance modes of a community, past and present, oldest first.
pub fn modes(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<Mode>> {
    let rows = tx.query(&store::MODES, params![community])?;
    rows.into_iter()
        .map(|mut row| {
            let mode: String = row.get(0)?;
            let name: Option<String> = row.get(4)?;
            let name_en: Option<String> = row.get(5)?;
            Ok(Mode {
                mode: GovernanceMode::from_code(&mode).map_err(unknown)?,
                document_no: row.get(1)?,
                from: row.get(2)?,
                to: row.get(3)?,
                organisation: name.zip(name_en),
            })
        })
        .collect()
}

/// The numbers that a community has in the systems it came from: system and number.
pub fn sources(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<(String, String)>> {
    let rows = tx.query(&store::SOURCES_OF, params![community])?;
    rows.into_iter().map(|mut row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// A committee (居委会、村委会).
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the fields are columns of `organisations`")]
pub struct Committee {
    pub id: OrganisationId,
    pub name: String,
    pub name_en: String,
}

/// The committees of a town on a day, by name: who may have a community in its area or in its care.
pub fn committees(tx: &mut Tx<'_>, town: TownId, day: Day) -> Result<Vec<Committee>> {
    let rows = tx.query(&store::COMMITTEES, params![day, town])?;
    rows.into_iter()
        .map(|mut row| Ok(Committee { id: row.get(0)?, name: row.get(1)?, name_en: row.get(2)? }))
        .collect()
}

/// An organisation's remit in a community.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the fields are columns of `community_organisations` and `organisations`")]
pub struct Remit {
    pub remit: String,
    pub kind: String,
    pub name: String,
    pub name_en: String,
    pub uscc: Option<String>,
    pub from: Day,
    pub to: Option<Day>,
}

/// Organisations with a remit in a community on a day.
pub fn remits(tx: &mut Tx<'_>, community: CommunityId, day: Day) -> Result<Vec<Remit>> {
    let rows = tx.query(&store::REMITS, params![day, community])?;
    rows.into_iter()
        .map(|mut row| {
            Ok(Remit {
                remit: row.get(0)?,
                kind: row.get(1)?,
                name: row.get(2)?,
                name_en: row.get(3)?,
                uscc: row.get(4)?,
                from: row.get(5)?,
                to: row.get(6)?,
            })
        })
        .collect()
}

/// A building with what it holds.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the words say it")]
pub struct Building {
    pub id: BuildingId,
    pub number: String,
    pub floors: i64,
    pub units: i64,
    pub rooms: i64,
}

/// The buildings of a community on a day.
pub fn buildings(tx: &mut Tx<'_>, community: CommunityId, day: Day) -> Result<Vec<Building>> {
    let rows = tx.query(&store::BUILDINGS, params![day, community])?;
    rows.into_iter()
        .map(|mut row| {
            Ok(Building {
                id: row.get(0)?,
                number: row.get(1)?,
                floors: row.get(2)?,
                units: row.get(3)?,
                rooms: row.get(4)?,
            })
        })
        .collect()
}

/// How the list changed in a month: last month + new − left = now.
#[derive(Debug, Clone)]
pub struct Bridge {
    /// In the list before the first day of the month.
    pub before: i64,
    /// Entered and left in the month: change, reason, day, the community's code.
    pub changes: Vec<(bool, String, Day, String)>,
    /// In the list at the end.
    pub after: i64,
}

/// The bridge from the end of one month to the day given, or to the end of its month if that is earlier: of the district,
/// or of the communities that were a town's when they entered or left.
pub fn bridge(tx: &mut Tx<'_>, day: Day, town: Option<TownId>) -> Result<Bridge> {
    let month = day.month_start();
    let (before, rows) = match town {
        None => {
            let before: i64 = tx.one(&store::LISTED, params![month])?.get(0)?;
            (before, tx.query(&store::LISTINGS, params![month, day + 1])?)
        }
        Some(town) => {
            let before: i64 = tx.one(&store::LISTED_OF_TOWN, params![month, town])?.get(0)?;
            (before, tx.query(&store::LISTINGS_OF_TOWN, params![month, day + 1, town])?)
        }
    };
    let mut changes = Vec::new();
    let mut after = before;
    for mut row in rows {
        let entered = row.get::<String>(0)? == "enter";
        after += if entered { 1 } else { -1 };
        changes.push((entered, row.get(1)?, row.get(2)?, row.get(3)?));
    }
    Ok(Bridge { before, changes, after })
}

/// The counts of every community on a day from raw tenancies, occupants, flats and rooms: the plain twin of the daily rows.
pub fn recount(tx: &mut Tx<'_>, day: Day) -> Result<BTreeMap<CommunityId, Counts>> {
    let mut all = BTreeMap::<CommunityId, Counts>::new();
    for mut row in tx.query(&store::RECOUNT_DWELLINGS, params![day])? {
        all.entry(row.get(0)?).or_default().dwellings = row.get(1)?;
    }
    for mut row in tx.query(&store::RECOUNT_HOUSEHOLDS, params![day])? {
        all.entry(row.get(0)?).or_default().households = row.get(1)?;
    }
    for mut row in tx.query(&store::RECOUNT_MOVED_IN, params![day])? {
        all.entry(row.get(0)?).or_default().moved_in = row.get(1)?;
    }
    for mut row in tx.query(&store::RECOUNT_RESIDENTS, params![day])? {
        all.entry(row.get(0)?).or_default().residents = row.get(1)?;
    }
    Ok(all)
}
