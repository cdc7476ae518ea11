//! Towns, grids, organisations: what concerns more than one community.

use std::collections::BTreeMap;

use base::Position;

use super::super::fault::{Fault, Faults, Place, Weight};
use super::super::parse::Rows;
use super::super::records::{Grid, Organisation, Record as _, Text, Town};
use super::super::sheets::SheetId;
use super::{Asked, Group, Part, ends, grouped, keep_all, unique};
use crate::kit::{GridId, OrganisationId, TownId};
use crate::register::{AddGrid, AddOrganisation, AddTown, OrganisationKind, Thing};

/// Decides the sheets of places, and puts the other rows together by community.
pub(super) fn decide(asked: &mut Asked<'_, '_, '_>, mut rows: Rows) -> (Part, BTreeMap<Text, Group>, Faults) {
    let mut part = Part::default();
    asked.bad_places = std::mem::take(&mut rows.bad_places);
    each(asked, &mut part, std::mem::take(&mut rows.towns), |it| &it.code, decide_town);
    each(asked, &mut part, std::mem::take(&mut rows.grids), |it| &it.code, decide_grid);
    each(asked, &mut part, std::mem::take(&mut rows.organisations), |it| &it.code, decide_organisation);
    let communities = std::mem::take(&mut rows.communities);
    // A code that stands twice leaves open which of the two: neither is taken.
    let mut doubled: Vec<Text> = Vec::new();
    let communities =
        unique(communities, "code", |it| it.code.clone(), &mut part, |it| doubled.push(it.code.clone()));
    let mut groups = grouped(&mut rows);
    for (place, community) in communities {
        let group = groups.entry(community.code.clone()).or_default();
        group.bad |= doubled.contains(&community.code);
        group.community = Some((place, community));
    }
    let mut faults = std::mem::take(&mut rows.faults);
    keep_all(&mut faults, &mut part);
    name_towns(asked, &mut faults);
    (part, groups, faults)
}

/// Decides the rows of a sheet of places. A code that stands twice leaves open which of the two, and a row that a fault
/// refuses is not written: what names such a code waits until it is mended.
fn each<T: PartialEq>(
    asked: &mut Asked<'_, '_, '_>,
    part: &mut Part,
    rows: Vec<(Place, T)>,
    code: fn(&T) -> &Text,
    decide: fn(&mut Asked<'_, '_, '_>, &mut Part, Place, T),
) {
    let Some((Place { sheet, .. }, _)) = rows.first() else { return };
    let (sheet, mut doubled) = (*sheet, Vec::new());
    let rows =
        unique(rows, "code", |it| code(it).clone(), part, |it| doubled.push((sheet, code(it).clone())));
    asked.bad_places.extend(doubled);
    for (place, row) in rows {
        let key = (sheet, code(&row).clone());
        if asked.bad_places.contains(&key) {
            // Told here as well: neither row is written, and both go back to be mended.
            part.fault(place, "code", "exchange-fault-code-again");
            continue;
        }
        let before = part.faults.len();
        decide(asked, part, place, row);
        if part.faults[before..].iter().any(|fault| fault.weight == Weight::Refuses) {
            asked.bad_places.insert(key);
        }
    }
}

/// Where a town's name stands instead of its code, says which codes have that name.
fn name_towns(asked: &Asked<'_, '_, '_>, faults: &mut Faults) {
    faults.rename(|fault: &mut Fault| {
        if fault.reason != "exchange-fault-town-name" {
            return;
        }
        let Some((_, name)) = fault.args.first() else { return };
        let codes = asked.known.towns_named(name).join("、");
        if !codes.is_empty() {
            fault.reason = "exchange-fault-town-name-known";
            fault.args.push(("codes", codes));
        }
    });
}

fn decide_town(asked: &mut Asked<'_, '_, '_>, part: &mut Part, place: Place, mut town: Town) {
    let Some((id, old, _)) = asked.known.towns.get(&town.code) else {
        if asked.known.is_given("town", &town.code) {
            return part.fault(place, "code", "exchange-fault-code-given");
        }
        if !asked.may_all() {
            return part.fault(place, "code", "exchange-fault-scope");
        }
        let id = asked.call.id();
        let from = *town.from.get_or_insert(asked.options.on);
        let Ok(position) = Position::new(town.centre.0, town.centre.1) else {
            return part.fault(place, "longitude", "exchange-fault-outside");
        };
        part.changes.towns.push(AddTown {
            id,
            code: town.code.to_string(),
            name: town.name.to_string(),
            name_en: town.name_en.to_string(),
            position,
            boundary: None,
            from,
        });
        part.added(place, || format!("{} {}", town.code, town.name));
        asked.known.towns.insert(town.code.clone(), (id, town, None));
        return;
    };
    let id = *id;
    town.from = old.from;
    if town.name_en.is_empty() {
        town.name_en = old.name_en.clone();
    }
    let differs = old.cells() != town.cells();
    if differs && !asked.may_all() {
        return part.fault(place, "code", "exchange-fault-scope");
    }
    if part.compare(place, &town.code, old, &town) {
        part.changes.town_changes.push((id, town));
    }
}

/// The town a row names; told when there is none, or when the row lies outside of what the actor may write.
pub(super) fn town_of(
    asked: &Asked<'_, '_, '_>,
    part: &mut Part,
    place: Place,
    code: &str,
) -> Option<TownId> {
    if asked.is_faulty(part, place, "town", SheetId::Towns, code) {
        return None;
    }
    let Some((id, ..)) = asked.known.towns.get(code) else {
        part.fault_with(place, "town", "exchange-fault-unknown-town", "text", code);
        return None;
    };
    Some(*id)
}

fn decide_grid(asked: &mut Asked<'_, '_, '_>, part: &mut Part, place: Place, mut grid: Grid) {
    let Some(town) = town_of(asked, part, place, &grid.town) else { return };
    let Some((id, old)) = asked.known.grids.get(&grid.code) else {
        if asked.known.is_given("grid", &grid.code) {
            return part.fault(place, "code", "exchange-fault-code-given");
        }
        if !asked.may(town) {
            return part.fault(place, "town", "exchange-fault-scope");
        }
        let id: GridId = asked.call.id();
        let from = *grid.from.get_or_insert(asked.options.on);
        part.changes.grids.push(AddGrid {
            id,
            town,
            code: grid.code.to_string(),
            name: grid.name.to_string(),
            name_en: grid.name_en.to_string(),
            from,
        });
        if !ends::say(part, place, Thing::Grid(id), (from, None), grid.to) {
            return;
        }
        part.added(place, || format!("{} {}", grid.code, grid.name));
        asked.known.grids.insert(grid.code.clone(), (id, grid));
        return;
    };
    if old.town != grid.town {
        // Its communities, stations and plans stand in the old town: a grid is not moved by a workbook.
        return part.fault_with(place, "town", "exchange-fault-grid-moved", "town", &old.town);
    }
    let id = *id;
    grid.from = old.from;
    if grid.name_en.is_empty() {
        grid.name_en = old.name_en.clone();
    }
    let ends = grid.to.is_some() && grid.to != old.to;
    let other = Grid { to: old.to, ..grid.clone() };
    if (ends || old.cells() != other.cells()) && !asked.may(town) {
        return part.fault(place, "town", "exchange-fault-scope");
    }
    let span = (old.from.unwrap_or(asked.options.on), old.to);
    if !ends::say(part, place, Thing::Grid(id), span, grid.to) {
        return;
    }
    grid.to = grid.to.or(old.to);
    if part.compare(place, &grid.code, old, &grid) {
        part.changes.grid_changes.push((id, grid));
    }
}

fn decide_organisation(asked: &mut Asked<'_, '_, '_>, part: &mut Part, place: Place, mut new: Organisation) {
    let town = match &new.town {
        None => None,
        Some(code) => match town_of(asked, part, place, code) {
            Some(town) => Some(town),
            None => return,
        },
    };
    let may = town.map_or_else(|| asked.may_all(), |town| asked.may(town));
    let Some((id, old)) = asked.known.organisations.get(&new.code) else {
        if asked.known.is_given("organisation", &new.code) {
            return part.fault(place, "code", "exchange-fault-code-given");
        }
        if !may {
            return part.fault(place, "town", "exchange-fault-scope");
        }
        let Some(kind) = OrganisationKind::from_code(&new.kind) else { return };
        let id: OrganisationId = asked.call.id();
        let from = *new.from.get_or_insert(asked.options.on);
        part.changes.organisations.push(AddOrganisation {
            id,
            code: new.code.to_string(),
            kind,
            name: new.name.to_string(),
            name_en: new.name_en.to_string(),
            uscc: new.uscc.as_ref().map(ToString::to_string),
            town,
            from,
        });
        if !ends::say(part, place, Thing::Organisation(id), (from, None), new.to) {
            return;
        }
        part.added(place, || format!("{} {}", new.code, new.name));
        asked.known.organisations.insert(new.code.clone(), (id, new));
        return;
    };
    let id = *id;
    new.from = old.from;
    if new.name_en.is_empty() {
        new.name_en = old.name_en.clone();
    }
    new.uscc = new.uscc.or_else(|| old.uscc.clone());
    new.town = new.town.or_else(|| old.town.clone());
    let old_town = old.town.as_ref().and_then(|code| asked.known.towns.get(code)).map(|(id, ..)| *id);
    let may = may && old_town.map_or_else(|| asked.may_all(), |town| asked.may(town));
    let ends = new.to.is_some() && new.to != old.to;
    let other = Organisation { to: old.to, ..new.clone() };
    if (ends || old.cells() != other.cells()) && !may {
        return part.fault(place, "town", "exchange-fault-scope");
    }
    let span = (old.from.unwrap_or(asked.options.on), old.to);
    if !ends::say(part, place, Thing::Organisation(id), span, new.to) {
        return;
    }
    new.to = new.to.or(old.to);
    if part.compare(place, &new.code, old, &new) {
        part.changes.organisation_changes.push((id, new, town.or(old_town)));
    }
}
