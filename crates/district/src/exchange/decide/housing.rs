//! Buildings, flats and rooms of one community.

use std::collections::{BTreeMap, HashMap};

use base::{Area, Day};
use db::{Tx, params};

use super::super::fault::Place;
use super::super::records::{Building, Text, Unit};
use super::super::store;
use super::super::values::area_text;
use super::{Asked, Group, Part, ends, unique};
use crate::kit::{BuildingId, CommunityId, Result, RoomId, UnitId};
use crate::register::{AddBuilding, AddRoom, AddUnit, Thing};

/// A flat, registered or being added.
#[derive(Debug, Clone)]
pub(super) struct Flat {
    pub id: UnitId,
    pub building: BuildingId,
    pub floor: i64,
    pub area: Area,
    /// From which day to which.
    pub span: Span,
    /// Rooms by number; empty when the flat is let as a whole.
    pub rooms: HashMap<Text, Chamber>,
}

/// A room of a flat, registered or being added.
#[derive(Debug, Clone)]
pub(super) struct Chamber {
    pub id: RoomId,
    pub area: Area,
    pub span: Span,
}

/// From which day to which something is there.
pub(super) type Span = (Day, Option<Day>);
/// The buildings of a community by number, with the day from which one is not there any more.
pub(super) type Buildings = HashMap<Text, (BuildingId, Option<Day>)>;
/// The flats of a community by building and number.
pub(super) type Flats = HashMap<(Text, Text), Flat>;

/// Decides buildings and flats; answers with the flats there are then.
pub(super) fn decide(
    tx: &mut Tx<'_>,
    asked: &mut Asked<'_, '_, '_>,
    part: &mut Part,
    id: CommunityId,
    group: &mut Group,
    on: Day,
) -> Result<Flats> {
    let buildings = buildings(asked, part, id, std::mem::take(&mut group.buildings), on);
    let is_new = part.changes.communities.iter().any(|community| community.id == id);
    let mut flats = Flats::new();
    let speaks_of_flats =
        !group.units.is_empty() || !group.tenants.is_empty() || !part.changes.ends.is_empty();
    if !is_new && speaks_of_flats {
        flats = known(tx, id)?;
    }
    let key =
        |it: &Unit| (it.building.clone(), it.number.clone(), it.room.as_ref().map(|(room, _)| room.clone()));
    let rows = unique(std::mem::take(&mut group.units), "unit", key, part, |_| {});
    let mut by_flat: BTreeMap<(Text, Text), Vec<(Place, Unit)>> = BTreeMap::new();
    for (place, row) in rows {
        by_flat.entry((row.building.clone(), row.number.clone())).or_default().push((place, row));
    }
    for (key, rows) in by_flat {
        let Some((building, gone)) = buildings.get(&key.0) else {
            part.fault_with(rows[0].0, "building", "exchange-fault-unknown-building", "text", &key.0);
            continue;
        };
        if agree(part, &rows) {
            if let Some(flat) = flats.get_mut(&key) {
                change(asked, part, id, flat, rows, on);
            } else if let Some(gone) = gone.filter(|gone| rows[0].1.from.unwrap_or(on) >= *gone) {
                part.fault_with(rows[0].0, "building", "exchange-fault-building-ended", "day", gone);
            } else {
                let flat = add(asked, part, id, *building, rows, on);
                flats.insert(key, flat);
            }
        }
    }
    for ((number, _), flat) in &mut flats {
        // A flat ends with its building at the latest.
        let building = buildings.get(number).and_then(|(_, gone)| *gone);
        flat.span.1 = flat.span.1.into_iter().chain(building).min();
    }
    Ok(flats)
}

fn buildings(
    asked: &mut Asked<'_, '_, '_>,
    part: &mut Part,
    id: CommunityId,
    rows: Vec<(Place, Building)>,
    on: Day,
) -> Buildings {
    let known = asked.known.buildings.remove(&id).unwrap_or_default();
    let mut all: Buildings =
        known.iter().map(|(id, building)| (building.number.clone(), (*id, building.to))).collect();
    for (place, row) in unique(rows, "building", |it| it.number.clone(), part, |_| {}) {
        let about = || format!("{} {}", row.community, row.number);
        if let Some((building, old)) = known.iter().find(|(_, building)| building.number == row.number) {
            let span = (old.from.unwrap_or(on), old.to);
            if !ends::say(part, place, Thing::Building(*building), span, row.to) {
                continue;
            }
            let mut changes = Vec::new();
            if old.floors != row.floors {
                changes.push(("floors", old.floors.to_string(), row.floors.to_string()));
                part.changes.building_changes.push((*building, row.floors));
            }
            if let Some(to) = row.to.filter(|_| old.to.is_none()) {
                changes.push(("to", String::new(), to.to_string()));
                all.insert(row.number.clone(), (*building, Some(to)));
            }
            if changes.is_empty() {
                part.same(place.sheet);
            } else {
                part.changed(place, about, changes);
            }
        } else {
            let building: BuildingId = asked.call.id();
            let from = row.from.unwrap_or(on);
            if !ends::say(part, place, Thing::Building(building), (from, None), row.to) {
                continue;
            }
            part.added(place, about);
            all.insert(row.number.clone(), (building, row.to));
            part.changes.buildings.push(AddBuilding {
                id: building,
                community: id,
                number: row.number.to_string(),
                floors: row.floors,
                from,
            });
        }
    }
    all
}

/// The flats of a community as they are registered.
fn known(tx: &mut Tx<'_>, id: CommunityId) -> Result<Flats> {
    let mut flats = Flats::new();
    for mut row in tx.query(&store::UNITS, params![id])? {
        let row = &mut row;
        let key = (row.get::<String>(0)?.into_boxed_str(), row.get::<String>(2)?.into_boxed_str());
        let (unit, floor, area) = (row.get(1)?, row.get(3)?, row.get(4)?);
        let (building, span) = (row.get(12)?, (row.get(5)?, row.get(6)?));
        let new = || Flat { id: unit, building, floor, area, span, rooms: HashMap::new() };
        let flat = flats.entry(key).or_insert_with(new);
        if let Some(id) = row.get::<Option<RoomId>>(7)? {
            let room = Chamber { id, area: row.get(9)?, span: (row.get(10)?, row.get(11)?) };
            flat.rooms.insert(row.get::<String>(8)?.into_boxed_str(), room);
        }
    }
    Ok(flats)
}

/// Do the rows of one flat say the same of it, and is it let as a whole or by the room, not both?
fn agree(part: &mut Part, rows: &[(Place, Unit)]) -> bool {
    let (_, first) = &rows[0];
    let mut fine = true;
    for (place, row) in &rows[1..] {
        if (row.floor, row.area) != (first.floor, first.area) {
            part.fault_with(*place, "area", "exchange-fault-unit-varies", "row", rows[0].0.row);
            fine = false;
        } else if row.room.is_none() || first.room.is_none() {
            part.fault_with(*place, "room", "exchange-fault-unit-whole", "row", rows[0].0.row);
            fine = false;
        }
    }
    fine
}

fn about(row: &Unit) -> String {
    let room = row.room.as_ref().map_or("", |(room, _)| room);
    format!("{} {} {} {room}", row.community, row.building, row.number)
}

fn add(
    asked: &mut Asked<'_, '_, '_>,
    part: &mut Part,
    community: CommunityId,
    building: BuildingId,
    rows: Vec<(Place, Unit)>,
    on: Day,
) -> Flat {
    let id: UnitId = asked.call.id();
    let from = rows.iter().filter_map(|(_, row)| row.from).min().unwrap_or(on);
    let (floor, area) = (rows[0].1.floor, rows[0].1.area);
    let mut command = AddUnit {
        id,
        building,
        community,
        number: rows[0].1.number.to_string(),
        floor,
        area,
        from,
        rooms: Vec::new(),
    };
    let mut rooms = HashMap::new();
    let mut later = Vec::new();
    let mut to = None;
    for (place, row) in rows {
        let begins = row.from.unwrap_or(from);
        let Some((number, area)) = row.room.clone() else {
            if ends::say(part, place, Thing::Unit(id), (begins, None), row.to) {
                part.added(place, || about(&row));
                to = row.to;
            }
            continue;
        };
        let room: RoomId = asked.call.id();
        if !ends::say(part, place, Thing::Room(room), (begins, None), row.to) {
            continue;
        }
        part.added(place, || about(&row));
        let added = AddRoom { id: room, number: number.to_string(), area };
        // A room that was let later than the first is added to the flat from its own day.
        match row.from.filter(|&day| day > from) {
            Some(day) => later.push((community, id, added, day)),
            None => command.rooms.push(added),
        }
        rooms.insert(number, Chamber { id: room, area, span: (begins, row.to) });
    }
    part.changes.units.push(command);
    part.changes.rooms.extend(later);
    Flat { id, building, floor, area, span: (from, to), rooms }
}

fn change(
    asked: &mut Asked<'_, '_, '_>,
    part: &mut Part,
    community: CommunityId,
    flat: &mut Flat,
    rows: Vec<(Place, Unit)>,
    on: Day,
) {
    let (floor, area) = (rows[0].1.floor, rows[0].1.area);
    let mut changes = Vec::new();
    if floor != flat.floor {
        changes.push(("floor", flat.floor.to_string(), floor.to_string()));
    }
    if area != flat.area {
        changes.push(("area", area_text(flat.area), area_text(area)));
    }
    if !changes.is_empty() {
        part.changes.unit_changes.push((flat.id, floor, area));
    }
    for (place, row) in rows {
        let mut changes = changes.clone();
        match (&row.room, flat.rooms.is_empty()) {
            (None, true) => {
                if !ends::say(part, place, Thing::Unit(flat.id), flat.span, row.to) {
                    continue;
                }
                if let Some(to) = row.to.filter(|_| flat.span.1.is_none()) {
                    changes.push(("to", String::new(), to.to_string()));
                    flat.span.1 = Some(to);
                }
            }
            (None, false) => {
                part.fault(place, "room", "exchange-fault-room-missing");
                continue;
            }
            (Some(_), true) => {
                part.fault(place, "room", "exchange-fault-unit-divided");
                continue;
            }
            (Some((number, area)), false) => {
                let Some(room) = flat.rooms.get_mut(number) else {
                    add_room(asked, part, community, flat, (place, &row), on);
                    continue;
                };
                if !ends::say(part, place, Thing::Room(room.id), room.span, row.to) {
                    continue;
                }
                if room.area != *area {
                    changes.push(("room_area", area_text(room.area), area_text(*area)));
                    part.changes.room_changes.push((room.id, *area));
                }
                if let Some(to) = row.to.filter(|_| room.span.1.is_none()) {
                    changes.push(("to", String::new(), to.to_string()));
                    room.span.1 = Some(to);
                }
            }
        }
        if changes.is_empty() {
            part.same(place.sheet);
        } else {
            part.changed(place, || about(&row), changes);
        }
    }
}

/// A further room of a flat that is let by the room.
fn add_room(
    asked: &mut Asked<'_, '_, '_>,
    part: &mut Part,
    community: CommunityId,
    flat: &mut Flat,
    (place, row): (Place, &Unit),
    on: Day,
) {
    let Some((number, area)) = &row.room else { return };
    let from = row.from.unwrap_or(on);
    if let Some(gone) = flat.span.1.filter(|gone| from >= *gone) {
        return part.fault_with(place, "unit", "exchange-fault-dwelling-ended", "day", gone);
    }
    let id: RoomId = asked.call.id();
    if !ends::say(part, place, Thing::Room(id), (from, None), row.to) {
        return;
    }
    part.added(place, || about(row));
    let room = AddRoom { id, number: number.to_string(), area: *area };
    part.changes.rooms.push((community, flat.id, room, from));
    flat.rooms.insert(number.clone(), Chamber { id, area: *area, span: (from, row.to) });
}
