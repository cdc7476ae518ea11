//! Where a person lived: what they may ask of what is known of them.

use base::Day;
use db::{Row, Tx, params};
use serde_json::{Value as Json, json};

use super::store;
use crate::kit::{BuildingId, CommunityId, PersonId, Result, Scope, TenancyId, UnitId};

/// Does a person live in a dwelling on a day or later? Asks no permission: not for outside `district`.
pub(crate) fn lives_from(tx: &mut Tx<'_>, person: PersonId, day: Day) -> Result<bool> {
    Ok(tx.find(&store::LIVES_FROM, params![person, day])?.is_some())
}

/// Every stay of a person, the earliest first: community, building, flat, first day, day after the last. Asks no
/// permission: it is for the person.
pub(crate) fn stays_of(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<Json>> {
    tx.query(&store::STAYS_OF, params![person])?
        .iter_mut()
        .map(|row| {
            let place: [String; 3] = [row.get(0)?, row.get(1)?, row.get(2)?];
            let [community, building, flat] = place;
            let (from, to): (Day, Option<Day>) = (row.get(3)?, row.get(4)?);
            Ok(json!({
                "community": community, "building": building, "flat": flat,
                "from": from.to_string(), "to": to.map(|to| to.to_string()),
            }))
        })
        .collect()
}

/// Where somebody lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    /// The community.
    pub community: CommunityId,
    /// The community as a part of the district.
    pub scope: Scope,
    /// The household.
    pub tenancy: TenancyId,
    /// The flat.
    pub unit: UnitId,
    /// Number of the building, of the flat, and of the room where the flat is let by the room.
    pub numbers: (String, String, Option<String>),
    /// The first day.
    pub from: Day,
    /// The day after the last, when it is known.
    pub to: Option<Day>,
}

/// Where a person lives on a day; more than one home only where they have more than one lease. Asks no permission: it
/// says what somebody is.
pub(crate) fn homes_of(tx: &mut Tx<'_>, person: PersonId, day: Day) -> Result<Vec<Home>> {
    tx.query(&store::HOMES_OF, params![person, day])?.iter_mut().map(home).collect()
}

fn home(row: &mut Row) -> Result<Home> {
    let community: CommunityId = row.get(0)?;
    let ends: [Option<Day>; 2] = [row.get(9)?, row.get(10)?];
    Ok(Home {
        community,
        scope: Scope::Community { town: row.get(1)?, grid: row.get(2)?, community },
        tenancy: row.get(3)?,
        unit: row.get(4)?,
        numbers: (row.get(5)?, row.get(6)?, row.get(7)?),
        from: row.get(8)?,
        to: ends.into_iter().flatten().min(),
    })
}

/// Somebody who lives in a building.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lives {
    /// The household.
    pub tenancy: TenancyId,
    /// Who, by pseudonym.
    pub person: PersonId,
    /// Number of the building, of the flat, and of the room where the flat is let by the room.
    pub numbers: (String, String, Option<String>),
    /// The first day.
    pub from: Day,
}

/// Who lives in a building on a day, by flats, at most so many. The caller has asked permission.
pub(crate) fn lives_in(
    tx: &mut Tx<'_>,
    community: CommunityId,
    building: &str,
    day: Day,
    most: i64,
) -> Result<Vec<Lives>> {
    tx.query(&store::LIVES_IN, params![community, building, day, most])?
        .iter_mut()
        .map(|row| {
            Ok(Lives {
                tenancy: row.get(0)?,
                person: row.get(1)?,
                numbers: (row.get(2)?, row.get(3)?, row.get(4)?),
                from: row.get(5)?,
            })
        })
        .collect()
}

/// The flat of these numbers on a day.
pub(crate) fn unit_of(
    tx: &mut Tx<'_>,
    community: CommunityId,
    (building, flat): (&str, &str),
    day: Day,
) -> Result<Option<UnitId>> {
    let found = tx.find(&store::UNIT_OF, params![community, building, flat, day])?;
    Ok(found.map(|mut row| row.get(0)).transpose()?)
}

/// A household and where it lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Household {
    /// The tenancy.
    pub tenancy: TenancyId,
    /// Its community.
    pub community: CommunityId,
    /// Its building.
    pub building: BuildingId,
    /// Number of the building, of the flat, and of the room where the flat is let by the room.
    pub numbers: (String, String, Option<String>),
    /// The floor.
    pub floor: i64,
    /// The first day.
    pub from: Day,
    /// The day after the last, when it is known.
    pub to: Option<Day>,
}

impl Household {
    /// Does it live there on a day?
    pub fn is_there(&self, day: Day) -> bool {
        self.from <= day && self.to.is_none_or(|to| to > day)
    }

    /// Reads nine columns from one on.
    pub(crate) fn read(row: &mut Row, at: usize) -> Result<Self> {
        Ok(Self {
            tenancy: row.get(at)?,
            community: row.get(at + 1)?,
            building: row.get(at + 2)?,
            numbers: (row.get(at + 3)?, row.get(at + 4)?, row.get(at + 5)?),
            floor: row.get(at + 6)?,
            from: row.get(at + 7)?,
            to: row.get(at + 8)?,
        })
    }
}

/// The households of a community on a day. The caller has asked permission.
pub(crate) fn households(tx: &mut Tx<'_>, community: CommunityId, day: Day) -> Result<Vec<Household>> {
    let rows = tx.query(&store::HOUSEHOLDS_IN, params![community, day])?;
    rows.into_iter().map(|mut row| Household::read(&mut row, 0)).collect()
}

/// A household, those that moved away too. The caller asks permission for where it lives.
pub(crate) fn household(tx: &mut Tx<'_>, tenancy: TenancyId) -> Result<Option<Household>> {
    let row = tx.find(&store::HOUSEHOLD, params![tenancy])?;
    row.map(|mut row| Household::read(&mut row, 0)).transpose()
}

/// A household by its days alone.
pub(crate) struct Stayed {
    pub tenancy: TenancyId,
    pub community: CommunityId,
    pub from: Day,
    pub to: Option<Day>,
}

/// The days of a household. Asks no permission: it is for what is counted.
pub(crate) fn stayed(tx: &mut Tx<'_>, tenancy: TenancyId) -> Result<Option<Stayed>> {
    let row = tx.find(&store::STAYED, params![tenancy])?;
    row.map(|mut row| {
        Ok(Stayed { tenancy: row.get(0)?, community: row.get(1)?, from: row.get(2)?, to: row.get(3)? })
    })
    .transpose()
}

/// Every household that lived somewhere between two days. Asks no permission: it is for what comes in by the thousand and is
/// looked up once.
pub(crate) fn households_between(tx: &mut Tx<'_>, first: Day, last: Day) -> Result<Vec<Stayed>> {
    let rows = tx.query(&store::HOUSEHOLDS_BETWEEN, params![first, last])?;
    rows.into_iter()
        .map(|mut row| {
            Ok(Stayed { tenancy: row.get(0)?, community: row.get(1)?, from: row.get(2)?, to: row.get(3)? })
        })
        .collect()
}

/// Who lives with a household on a day, by pseudonym. Asks no permission: it is for the record of who read what.
pub(crate) fn persons_of(tx: &mut Tx<'_>, tenancy: TenancyId, day: Day) -> Result<Vec<PersonId>> {
    let rows = tx.query(&store::PERSONS_OF, params![tenancy, day])?;
    rows.into_iter().map(|mut row| Ok(row.get(0)?)).collect()
}
