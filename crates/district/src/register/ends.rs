//! What ends: a building is pulled down, a flat given up, an organisation dissolved, a grid merged. The row stays with its
//! last day; pages of the days before show it as they did, and from the end on it is not counted.

use base::{Day, Uuid};
use db::{Statement, Tx, params};

use super::communities::permit;
use super::housing::{Counted, Days};
use super::places::audit;
use super::rules::has_gap;
use super::store;
use crate::kit::{
    BuildingId, Call, CommunityId, Error, GridId, LeaseId, OrganisationId, Refusal, Result, RoomId, Scope,
    TownId, UnitId,
};
use crate::people::Action;
use crate::stations;

/// Something of the register that can end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Thing {
    /// A room; with the last of its rooms a flat ends as well.
    Room(RoomId),
    /// A flat, with its rooms.
    Unit(UnitId),
    /// A building, with its flats.
    Building(BuildingId),
    /// A corporate lease.
    Lease(LeaseId),
    /// An organisation, with its leases.
    Organisation(OrganisationId),
    /// An integrated grid.
    Grid(GridId),
}

impl Thing {
    const fn uuid(self) -> Uuid {
        match self {
            Self::Room(id) => id.uuid(),
            Self::Unit(id) => id.uuid(),
            Self::Building(id) => id.uuid(),
            Self::Lease(id) => id.uuid(),
            Self::Organisation(id) => id.uuid(),
            Self::Grid(id) => id.uuid(),
        }
    }
}

/// From a day on, something is not there any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct End {
    /// What.
    pub thing: Thing,
    /// The first day on which it is not there.
    pub on: Day,
}

/// Ends things of the register. Refused while something stands on one that is in force on its day or later: households,
/// communities, stations, remits, governance modes.
pub fn end_things(tx: &mut Tx<'_>, call: &mut Call<'_>, commands: &[End]) -> Result<()> {
    let mut days = Days::default();
    for &End { thing, on } in commands {
        match thing {
            Thing::Room(id) => end_room(tx, call, id, on, &mut days)?,
            Thing::Unit(id) => end_unit(tx, call, id, on, &mut days)?,
            Thing::Building(id) => end_building(tx, call, id, on, &mut days)?,
            Thing::Lease(id) => {
                built(tx, call, &store::LEASE, id.uuid(), on)?;
                free(tx, &store::HOUSEHOLDS_OF_LEASE, id.uuid(), on, "register-refused-end-households")?;
                tx.execute(&store::END_LEASE, params![id, on])?;
            }
            Thing::Organisation(id) => end_organisation(tx, call, id, on)?,
            Thing::Grid(id) => end_grid(tx, call, id, on)?,
        }
    }
    days.write(tx)?;
    audit(tx, call, commands.iter().map(|c| c.thing.uuid()), "valid_to")
}

/// The community that something built lies in, if the caller may write it and it can end on the day.
fn built(tx: &mut Tx<'_>, call: &Call<'_>, statement: &Statement, id: Uuid, on: Day) -> Result<CommunityId> {
    let mut row = tx.find(statement, params![id])?.ok_or(Error::Absent("dwelling"))?;
    let community: CommunityId = row.get(0)?;
    permit(tx, call, Action::RegisterWrite, community, on)?;
    can_end(row.get(1)?, row.get(2)?, on)?;
    Ok(community)
}

fn can_end(from: Day, to: Option<Day>, on: Day) -> Result<()> {
    if let Some(to) = to {
        return Err(Refusal::new("register-refused-end-twice").with("day", to).at("to").into());
    }
    if on <= from {
        return Err(Refusal::new("register-refused-ends-before-it-begins").at("to").into());
    }
    Ok(())
}

/// Refuses while a statement counts something.
fn free(tx: &mut Tx<'_>, statement: &Statement, id: Uuid, on: Day, message: &'static str) -> Result<()> {
    let count: i64 = tx.one(statement, params![id, on])?.get(0)?;
    if count > 0 {
        return Err(Refusal::new(message).with("count", count).with("day", on).at("to").into());
    }
    Ok(())
}

fn end_room(tx: &mut Tx<'_>, call: &Call<'_>, id: RoomId, on: Day, days: &mut Days) -> Result<()> {
    let community = built(tx, call, &store::ROOM, id.uuid(), on)?;
    free(tx, &store::HOUSEHOLDS_OF_ROOM, id.uuid(), on, "register-refused-end-households")?;
    tx.execute(&store::END_ROOM, params![id, on])?;
    days.add(community, on, Counted::Dwellings, -1);
    let unit: UnitId = tx.one(&store::ROOM, params![id])?.get(3)?;
    let mut rooms: Vec<(Day, Option<Day>)> = Vec::new();
    for mut row in tx.query(&store::ROOMS_OF_UNIT, params![unit])? {
        rooms.push((row.get(0)?, row.get(1)?));
    }
    // Without a room the flat would count as one dwelling itself, which it is not: it is let by the room.
    if has_gap(&rooms) {
        return Err(Refusal::new("register-refused-end-later-dwellings").with("day", on).at("to").into());
    }
    let ends: Option<Vec<Day>> = rooms.iter().map(|(_, to)| *to).collect();
    if let Some(last) = ends.and_then(|ends| ends.into_iter().max()) {
        free(tx, &store::HOUSEHOLDS_OF_UNIT, unit.uuid(), last, "register-refused-end-households")?;
        tx.execute(&store::END_UNIT, params![unit, last])?;
    }
    Ok(())
}

fn end_unit(tx: &mut Tx<'_>, call: &Call<'_>, id: UnitId, on: Day, days: &mut Days) -> Result<()> {
    let community = built(tx, call, &store::UNIT, id.uuid(), on)?;
    free(tx, &store::HOUSEHOLDS_OF_UNIT, id.uuid(), on, "register-refused-end-households")?;
    end_dwellings(tx, &store::DWELLINGS_OF_UNIT, id.uuid(), community, on, days)?;
    tx.execute(&store::END_ROOMS_OF_UNIT, params![id, on])?;
    tx.execute(&store::END_UNIT, params![id, on])?;
    Ok(())
}

fn end_building(tx: &mut Tx<'_>, call: &Call<'_>, id: BuildingId, on: Day, days: &mut Days) -> Result<()> {
    let community = built(tx, call, &store::BUILDING, id.uuid(), on)?;
    free(tx, &store::HOUSEHOLDS_OF_BUILDING, id.uuid(), on, "register-refused-end-households")?;
    end_dwellings(tx, &store::DWELLINGS_OF_BUILDING, id.uuid(), community, on, days)?;
    tx.execute(&store::END_ROOMS_OF_BUILDING, params![id, on])?;
    tx.execute(&store::END_UNITS_OF_BUILDING, params![id, on])?;
    tx.execute(&store::END_BUILDING, params![id, on])?;
    Ok(())
}

/// Counts off the dwellings that end with what they lie in; one that was to end later ends now.
fn end_dwellings(
    tx: &mut Tx<'_>,
    statement: &Statement,
    id: Uuid,
    community: CommunityId,
    on: Day,
    days: &mut Days,
) -> Result<()> {
    for mut row in tx.query(statement, params![id, on])? {
        let room: Option<Day> = row.get(2)?;
        let (from, to): (Day, Option<Day>) = match room {
            Some(from) => (from, row.get(3)?),
            None => (row.get(0)?, row.get(1)?),
        };
        if from >= on {
            return Err(Refusal::new("register-refused-end-later-dwellings").with("day", on).at("to").into());
        }
        days.add(community, on, Counted::Dwellings, -1);
        if let Some(to) = to {
            days.add(community, to, Counted::Dwellings, 1);
        }
    }
    Ok(())
}

fn end_organisation(tx: &mut Tx<'_>, call: &Call<'_>, id: OrganisationId, on: Day) -> Result<()> {
    let mut row = tx.find(&store::ORGANISATION, params![id])?.ok_or(Error::Absent("organisation"))?;
    let town: Option<TownId> = row.get(0)?;
    call.authorise(Action::RegisterWrite, town.map_or(Scope::District, Scope::Town))?;
    can_end(row.get(1)?, row.get(2)?, on)?;
    free(tx, &store::REMITS_OF_ORGANISATION, id.uuid(), on, "register-refused-end-remits")?;
    free(tx, &store::MODES_OF_ORGANISATION, id.uuid(), on, "register-refused-end-modes")?;
    free(tx, &store::HOUSEHOLDS_OF_ORGANISATION, id.uuid(), on, "register-refused-end-households")?;
    free(tx, &store::LEASES_AFTER, id.uuid(), on, "register-refused-end-leases")?;
    tx.execute(&store::END_LEASES_OF_ORGANISATION, params![id, on])?;
    tx.execute(&store::END_ORGANISATION, params![id, on])?;
    Ok(())
}

fn end_grid(tx: &mut Tx<'_>, call: &Call<'_>, id: GridId, on: Day) -> Result<()> {
    let mut row = tx.find(&store::GRID, params![id])?.ok_or(Error::Absent("grid"))?;
    call.authorise(Action::RegisterWrite, Scope::Town(row.get(0)?))?;
    can_end(row.get(1)?, row.get(2)?, on)?;
    free(tx, &store::COMMUNITIES_OF_GRID, id.uuid(), on, "register-refused-end-communities")?;
    let standing = stations::standing_in_grid(tx, id, on)?;
    if standing > 0 {
        let refusal = Refusal::new("register-refused-end-stations").with("count", standing);
        return Err(refusal.with("day", on).at("to").into());
    }
    tx.execute(&store::END_GRID, params![id, on])?;
    Ok(())
}

/// Refuses when a statement counts what begins after the end of what it stands on.
pub(super) fn none_after(tx: &mut Tx<'_>, statement: &Statement) -> Result<()> {
    let count: i64 = tx.one(statement, &[])?.get(0)?;
    if count > 0 {
        return Err(Refusal::new("register-refused-after-end").with("count", count).at("from").into());
    }
    Ok(())
}

/// Refuses when an organisation is not there any more on a day, or not for ever where no day is named.
pub(super) fn in_force(tx: &mut Tx<'_>, organisation: OrganisationId, on: Option<Day>) -> Result<()> {
    let mut row =
        tx.find(&store::ORGANISATION, params![organisation])?.ok_or(Error::Absent("organisation"))?;
    let ended = row.get::<Option<Day>>(2)?.filter(|to| on.is_none_or(|day| *to <= day));
    if let Some(to) = ended {
        return Err(Refusal::new("register-refused-organisation-ended").with("day", to).at("from").into());
    }
    Ok(())
}
