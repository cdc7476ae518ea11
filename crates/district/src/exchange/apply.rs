//! Carries out what was decided, in one transaction: all of it or nothing.

use db::{Tx, Value, params};

use super::decide::Changes;
use super::store;
use crate::kit::{Call, ModeId, RemitId, Result};
use crate::people::may_take_personal_data;
use crate::people::vault::{AddPerson, Vault, change_person, keep_persons};
use crate::register::rules::sort_key;
use crate::register::{self, End, Thing};

/// Carries out the changes; things before what refers to them.
pub(super) fn apply(tx: &mut Tx<'_>, call: &mut Call<'_>, vault: &Vault, changes: &Changes) -> Result<()> {
    if !changes.person_changes.is_empty() || changes.persons.iter().any(AddPerson::says_anything) {
        may_take_personal_data(tx, call.today())?;
    }
    places(tx, call, changes)?;
    communities(tx, call, changes)?;
    dwellings(tx, call, changes)?;
    if !changes.leases.is_empty() {
        register::add_leases(tx, call, &changes.leases)?;
    }
    keep_persons_in_parts(tx, call, vault, changes)?;
    for (person, fields) in &changes.person_changes {
        let [name, telephone, identity] = fields;
        let fields = [name.as_deref(), telephone.as_deref(), identity.as_deref()];
        change_person(tx, call, vault, *person, fields)?;
    }
    if !changes.tenancies.is_empty() {
        register::begin_tenancies(tx, call, &changes.tenancies)?;
    }
    for (id, tenure, lease) in &changes.tenancy_changes {
        tx.execute(&store::CHANGE_TENANCY, params![*id, *tenure, *lease])?;
    }
    if !changes.occupants.is_empty() {
        register::add_occupants(tx, call, &changes.occupants)?;
    }
    if !changes.tenancy_ends.is_empty() {
        register::end_tenancies(tx, call, &changes.tenancy_ends)?;
    }
    // What stands on something has left it by now; a room ends before its flat, a lease before who holds it.
    let mut ends: Vec<End> = changes.ends.iter().map(|(_, end)| *end).collect();
    ends.sort_by_key(|end| match end.thing {
        Thing::Room(_) => 0,
        Thing::Unit(_) => 1,
        Thing::Building(_) => 2,
        Thing::Lease(_) => 3,
        Thing::Organisation(_) => 4,
        Thing::Grid(_) => 5,
    });
    if !ends.is_empty() {
        register::end_things(tx, call, &ends)?;
    }
    Ok(())
}

/// Sealed names by the ten thousand, not all at once: what is sealed is larger than what it was.
fn keep_persons_in_parts(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    vault: &Vault,
    changes: &Changes,
) -> Result<()> {
    for part in changes.persons.chunks(10_000) {
        keep_persons(tx, call, vault, part)?;
    }
    Ok(())
}

fn places(tx: &mut Tx<'_>, call: &mut Call<'_>, changes: &Changes) -> Result<()> {
    if !changes.towns.is_empty() {
        register::add_towns(tx, call, &changes.towns)?;
    }
    for (id, town) in &changes.town_changes {
        let (lat, lon) = town.centre;
        let key = sort_key(&town.name);
        tx.execute(&store::CHANGE_TOWN, params![*id, &*town.name, &*town.name_en, key, lat, lon])?;
    }
    if !changes.grids.is_empty() {
        register::add_grids(tx, call, &changes.grids)?;
    }
    for (id, grid) in &changes.grid_changes {
        tx.execute(&store::CHANGE_GRID, params![*id, &*grid.name, &*grid.name_en, sort_key(&grid.name)])?;
    }
    if !changes.organisations.is_empty() {
        register::add_organisations(tx, call, &changes.organisations)?;
    }
    for (id, it, town) in &changes.organisation_changes {
        let row = params![*id, &*it.kind, &*it.name, &*it.name_en, it.uscc.as_deref(), *town];
        tx.execute(&store::CHANGE_ORGANISATION, row)?;
    }
    Ok(())
}

fn communities(tx: &mut Tx<'_>, call: &mut Call<'_>, changes: &Changes) -> Result<()> {
    if !changes.communities.is_empty() {
        register::add_communities(tx, call, &changes.communities)?;
    }
    if !changes.revisions.is_empty() {
        register::revise_communities(tx, call, &changes.revisions)?;
    }
    let modes: Vec<[Value; 7]> = changes
        .modes
        .iter()
        .map(|(mode, to)| {
            [
                call.id::<ModeId>().into(),
                mode.community.into(),
                mode.mode.as_code().into(),
                mode.organisation.into(),
                mode.document_no.as_str().into(),
                mode.from.into(),
                (*to).into(),
            ]
        })
        .collect();
    tx.bulk(&store::ADD_MODES, modes)?;
    for (id, organisation, document, to) in &changes.mode_changes {
        tx.execute(&store::CHANGE_MODE, params![*id, *organisation, &**document, *to])?;
    }
    let remits: Vec<[Value; 6]> = changes
        .remits
        .iter()
        .map(|(remit, to)| {
            [
                call.id::<RemitId>().into(),
                remit.community.into(),
                remit.organisation.into(),
                remit.remit.as_str().into(),
                remit.from.into(),
                (*to).into(),
            ]
        })
        .collect();
    tx.bulk(&store::ADD_REMITS, remits)?;
    for (id, to) in &changes.remit_ends {
        tx.execute(&store::END_REMIT, params![*id, *to])?;
    }
    if !changes.sources.is_empty() {
        register::set_source_numbers(tx, call, &changes.sources)?;
    }
    Ok(())
}

fn dwellings(tx: &mut Tx<'_>, call: &mut Call<'_>, changes: &Changes) -> Result<()> {
    if !changes.buildings.is_empty() {
        register::add_buildings(tx, call, &changes.buildings)?;
    }
    for (id, floors) in &changes.building_changes {
        tx.execute(&store::CHANGE_BUILDING, params![*id, *floors])?;
    }
    if !changes.units.is_empty() {
        register::add_units(tx, call, &changes.units)?;
    }
    for (id, floor, area) in &changes.unit_changes {
        tx.execute(&store::CHANGE_UNIT, params![*id, *floor, *area])?;
    }
    if !changes.rooms.is_empty() {
        register::add_rooms(tx, call, &changes.rooms)?;
    }
    for (id, area) in &changes.room_changes {
        tx.execute(&store::CHANGE_ROOM, params![*id, *area])?;
    }
    Ok(())
}
