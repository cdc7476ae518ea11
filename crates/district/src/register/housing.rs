//! Buildings, flats, rooms, leases, tenancies, occupants; and the daily rows that count them.

use std::collections::HashSet;

use base::{Area, Day};
use db::{Tx, Value, params};

use super::communities::permit;
use super::places::audit;
use super::{ends, store};
use crate::coverage::{self, MovedOut};
use crate::kit::daily::Daily;
use crate::kit::{
    BuildingId, Call, CommunityId, Error, LeaseId, OccupantId, OrganisationId, PersonId, Refusal, Result,
    RoomId, TenancyId, UnitId,
};
use crate::people::Action;

/// A new building (a 号).
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the fields are the columns of `buildings`")]
pub struct AddBuilding {
    pub id: BuildingId,
    pub community: CommunityId,
    pub number: String,
    pub floors: i64,
    pub from: Day,
}

/// A new flat (室), with its rooms when it is let by the room.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the fields are the columns of `units`")]
pub struct AddUnit {
    pub id: UnitId,
    pub building: BuildingId,
    pub community: CommunityId,
    pub number: String,
    pub floor: i64,
    pub area: Area,
    pub from: Day,
    pub rooms: Vec<AddRoom>,
}

/// A room of a flat that is let by the room.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the fields are the columns of `rooms`")]
pub struct AddRoom {
    pub id: RoomId,
    pub number: String,
    pub area: Area,
}

/// A new corporate lease.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the fields are the columns of `leases`")]
pub struct AddLease {
    pub id: LeaseId,
    pub community: CommunityId,
    pub organisation: OrganisationId,
    pub from: Day,
}

/// By what right a household lives in its dwelling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tenure {
    /// A lease.
    Tenant,
    /// The owner's own home.
    Owner,
}

impl Tenure {
    /// The code in the database and in workbooks.
    pub const fn as_code(self) -> &'static str {
        match self {
            Self::Tenant => "tenant",
            Self::Owner => "owner",
        }
    }

    /// The tenure of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Tenant, Self::Owner].into_iter().find(|tenure| tenure.as_code() == code)
    }
}

/// A household moves in.
#[derive(Debug, Clone)]
pub struct BeginTenancy {
    /// The new tenancy.
    pub id: TenancyId,
    /// Where.
    pub community: CommunityId,
    /// The flat.
    pub unit: UnitId,
    /// The room, when the flat is let by the room.
    pub room: Option<RoomId>,
    /// The corporate lease it belongs to.
    pub lease: Option<LeaseId>,
    /// By what right.
    pub tenure: Tenure,
    /// The first day.
    pub from: Day,
    /// Who lives there, by pseudonym.
    pub occupants: Vec<(OccupantId, PersonId)>,
}

/// A person moves in with a household that is registered already.
#[derive(Debug, Clone, Copy)]
pub struct AddOccupant {
    /// The new stay.
    pub id: OccupantId,
    /// Where.
    pub community: CommunityId,
    /// The household.
    pub tenancy: TenancyId,
    /// Who, by pseudonym.
    pub person: PersonId,
    /// The first day.
    pub from: Day,
    /// The day before which they move out, when it is known; not after the household's.
    pub to: Option<Day>,
}

/// Which of the four figures of a community changes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Counted {
    Dwellings,
    Households,
    Residents,
    MovedIn,
}

/// Changes of what communities count, written once at the end of an operation.
#[derive(Debug)]
pub(super) struct Days(Daily);

impl Default for Days {
    fn default() -> Self {
        Self(Daily::of(&store::COUNT, &store::COUNT_SPAN))
    }
}

impl Days {
    pub(super) fn add(&mut self, community: CommunityId, day: Day, what: Counted, change: i64) {
        let mut figures = [0; 4];
        figures[what as usize] = change;
        self.0.add(community, day, figures);
    }

    pub(super) fn write(self, tx: &mut Tx<'_>) -> Result<()> {
        self.0.write(tx).map(drop)
    }
}

fn permit_all(
    tx: &mut Tx<'_>,
    call: &Call<'_>,
    communities: impl Iterator<Item = (CommunityId, Day)>,
) -> Result<()> {
    let mut asked = HashSet::new();
    for (community, day) in communities {
        if asked.insert(community) {
            permit(tx, call, Action::RegisterWrite, community, day)?;
        }
    }
    Ok(())
}

/// Adds buildings.
pub fn add_buildings(tx: &mut Tx<'_>, call: &mut Call<'_>, commands: &[AddBuilding]) -> Result<()> {
    permit_all(tx, call, commands.iter().map(|c| (c.community, c.from)))?;
    let rows = commands.iter().map(|c| -> [Value; 6] {
        [
            c.id.into(),
            c.community.into(),
            c.number.as_str().into(),
            c.floors.into(),
            c.from.into(),
            Value::Null,
        ]
    });
    tx.bulk(&store::ADD_BUILDINGS, rows).map_err(number_taken)?;
    audit(tx, call, commands.iter().map(|c| c.id.uuid()), "building")
}

/// Adds flats with their rooms.
pub fn add_units(tx: &mut Tx<'_>, call: &mut Call<'_>, commands: &[AddUnit]) -> Result<()> {
    permit_all(tx, call, commands.iter().map(|c| (c.community, c.from)))?;
    let mut days = Days::default();
    for command in commands {
        // A flat let by the room counts its rooms, not itself.
        let dwellings = i64::try_from(command.rooms.len()).unwrap_or(i64::MAX).max(1);
        days.add(command.community, command.from, Counted::Dwellings, dwellings);
    }
    let units = commands.iter().map(|c| -> [Value; 7] {
        [
            c.id.into(),
            c.building.into(),
            c.number.as_str().into(),
            c.floor.into(),
            c.area.into(),
            c.from.into(),
            Value::Null,
        ]
    });
    tx.bulk(&store::ADD_UNITS, units).map_err(number_taken)?;
    let rooms = commands.iter().flat_map(|c| {
        c.rooms.iter().map(|room| -> [Value; 6] {
            [
                room.id.into(),
                c.id.into(),
                room.number.as_str().into(),
                room.area.into(),
                c.from.into(),
                Value::Null,
            ]
        })
    });
    tx.bulk(&store::ADD_ROOMS, rows_of(rooms)).map_err(number_taken)?;
    ends::none_after(tx, &store::UNITS_AFTER_BUILDING)?;
    days.write(tx)?;
    audit(tx, call, commands.iter().map(|c| c.id.uuid()), "unit rooms")
}

/// Adds rooms to flats that are let by the room already.
pub fn add_rooms(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    commands: &[(CommunityId, UnitId, AddRoom, Day)],
) -> Result<()> {
    permit_all(tx, call, commands.iter().map(|(community, .., from)| (*community, *from)))?;
    let mut days = Days::default();
    for (community, .., from) in commands {
        days.add(*community, *from, Counted::Dwellings, 1);
    }
    let rows = commands.iter().map(|(_, unit, room, from)| -> [Value; 6] {
        [
            room.id.into(),
            (*unit).into(),
            room.number.as_str().into(),
            room.area.into(),
            (*from).into(),
            Value::Null,
        ]
    });
    tx.bulk(&store::ADD_ROOMS, rows).map_err(number_taken)?;
    ends::none_after(tx, &store::ROOMS_AFTER_UNIT)?;
    days.write(tx)?;
    audit(tx, call, commands.iter().map(|(_, _, room, _)| room.id.uuid()), "rooms")
}

/// People move in with households that are registered already, until they or the household move out.
pub fn add_occupants(tx: &mut Tx<'_>, call: &mut Call<'_>, commands: &[AddOccupant]) -> Result<()> {
    permit_all(tx, call, commands.iter().map(|c| (c.community, c.from)))?;
    let mut days = Days::default();
    for command in commands {
        days.add(command.community, command.from, Counted::Residents, 1);
        if let Some(to) = command.to {
            days.add(command.community, to, Counted::Residents, -1);
        }
    }
    let rows = commands.iter().map(|c| -> [Value; 5] {
        [c.id.into(), c.tenancy.into(), c.person.into(), c.from.into(), c.to.into()]
    });
    tx.bulk(&store::ADD_OCCUPANTS, rows)?;
    days.write(tx)?;
    audit(tx, call, commands.iter().map(|c| c.id.uuid()), "occupants")
}

fn rows_of<const N: usize>(rows: impl Iterator<Item = [Value; N]>) -> Vec<[Value; N]> {
    rows.collect()
}

fn number_taken(error: db::Error) -> Error {
    match error {
        db::Error::Unique(_) => Refusal::new("register-refused-number-taken").at("number").into(),
        other => Error::Db(other),
    }
}

/// Adds corporate leases.
pub fn add_leases(tx: &mut Tx<'_>, call: &mut Call<'_>, commands: &[AddLease]) -> Result<()> {
    permit_all(tx, call, commands.iter().map(|c| (c.community, c.from)))?;
    let rows = commands.iter().map(|c| -> [Value; 5] {
        [c.id.into(), c.community.into(), c.organisation.into(), c.from.into(), Value::Null]
    });
    tx.bulk(&store::ADD_LEASES, rows)?;
    for command in commands {
        ends::in_force(tx, command.organisation, Some(command.from))?;
    }
    audit(tx, call, commands.iter().map(|c| c.id.uuid()), "lease")
}

/// Households move in.
pub fn begin_tenancies(tx: &mut Tx<'_>, call: &mut Call<'_>, commands: &[BeginTenancy]) -> Result<()> {
    permit_all(tx, call, commands.iter().map(|c| (c.community, c.from)))?;
    let mut days = Days::default();
    for command in commands {
        if command.occupants.is_empty() {
            return Err(Refusal::new("register-refused-household-empty").at("occupants").into());
        }
        days.add(command.community, command.from, Counted::Households, 1);
        days.add(command.community, command.from, Counted::MovedIn, 1);
        let residents = i64::try_from(command.occupants.len()).unwrap_or(i64::MAX);
        days.add(command.community, command.from, Counted::Residents, residents);
    }
    let tenancies = commands.iter().map(|c| -> [Value; 8] {
        [
            c.id.into(),
            c.community.into(),
            c.unit.into(),
            c.room.into(),
            c.lease.into(),
            c.tenure.as_code().into(),
            c.from.into(),
            Value::Null,
        ]
    });
    tx.bulk(&store::ADD_TENANCIES, tenancies)?;
    ends::none_after(tx, &store::HOUSEHOLDS_AFTER_UNIT)?;
    ends::none_after(tx, &store::HOUSEHOLDS_AFTER_ROOM)?;
    let occupants = commands.iter().flat_map(|c| {
        c.occupants.iter().map(|(id, person)| -> [Value; 5] {
            [(*id).into(), c.id.into(), (*person).into(), c.from.into(), Value::Null]
        })
    });
    tx.bulk(&store::ADD_OCCUPANTS, occupants)?;
    days.write(tx)?;
    audit(tx, call, commands.iter().map(|c| c.id.uuid()), "tenancy occupants")
}

/// Households move out: each tenancy ends before its day, with the stay of those who live there. Whoever was to move in
/// on that day or later did not come.
pub fn end_tenancies(tx: &mut Tx<'_>, call: &mut Call<'_>, commands: &[(TenancyId, Day)]) -> Result<()> {
    let mut days = Days::default();
    let mut permitted = HashSet::new();
    let mut ended = Vec::with_capacity(commands.len());
    for (id, on) in commands {
        let mut row = tx.find(&store::TENANCY, params![*id, *on])?.ok_or(Error::Absent("tenancy"))?;
        let (community, from): (CommunityId, Day) = (row.get(0)?, row.get(1)?);
        if permitted.insert(community) {
            permit(tx, call, Action::RegisterWrite, community, *on)?;
        }
        if *on <= from {
            return Err(Refusal::new("register-refused-ends-before-it-begins").at("on").into());
        }
        if tx.execute(&store::END_TENANCY, params![*id, *on])? == 0 {
            return Err(Refusal::new("register-refused-ended-already").into());
        }
        let residents = tx.execute(&store::END_OCCUPANTS, params![*id, *on])?;
        days.add(community, *on, Counted::Households, -1);
        days.add(community, *on, Counted::Residents, -i64::try_from(residents).unwrap_or(i64::MAX));
        for mut row in tx.query(&store::LATER_OCCUPANTS, params![*id, *on])? {
            days.add(community, row.get(0)?, Counted::Residents, -1);
        }
        tx.execute(&store::DROP_OCCUPANTS, params![*id, *on])?;
        ended.push(MovedOut { household: *id, community, from, on: *on });
    }
    days.write(tx)?;
    coverage::moved_out(tx, &ended)?;
    audit(tx, call, commands.iter().map(|(id, _)| id.uuid()), "tenancy")
}
