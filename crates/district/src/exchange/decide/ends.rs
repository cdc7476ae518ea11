//! What a file says is not there any more, and whether something still stands on it once the file is carried out.

use std::collections::{HashMap, HashSet};

use base::Day;
use db::{Tx, params};

use super::super::fault::Place;
use super::super::store;
use super::housing::{Flats, Span};
use super::{Asked, Part};
use crate::kit::{CommunityId, GridId, OrganisationId, Result, RoomId, TenancyId, UnitId};
use crate::register::{End, Thing};
use crate::stations;

/// Takes the end that a row says of a thing, if it says a new one; an empty cell leaves what is registered. `false`: told
/// what is wrong.
pub(super) fn say(part: &mut Part, place: Place, thing: Thing, (from, to): Span, said: Option<Day>) -> bool {
    match (said, to) {
        (Some(said), Some(to)) if said != to => {
            part.fault_with(place, "to", "exchange-fault-ended-already", "day", to);
            return false;
        }
        (Some(on), None) if on <= from => {
            part.fault(place, "to", "exchange-fault-ends-first");
            return false;
        }
        (Some(on), None) => part.changes.ends.push((place, End { thing, on })),
        _ => {}
    }
    true
}

/// Households in dwellings of a community that the file ends, other than those that it ends as well.
pub(super) fn decide_dwellings(
    tx: &mut Tx<'_>,
    part: &mut Part,
    community: CommunityId,
    flats: &Flats,
) -> Result<()> {
    let ends = part.changes.ends.clone();
    let Some(first) = ends.iter().map(|(_, end)| end.on).min() else { return Ok(()) };
    let leave: HashMap<TenancyId, Day> = part.changes.tenancy_ends.iter().copied().collect();
    let mut living: Vec<(UnitId, Option<RoomId>, Option<Day>)> = Vec::new();
    for mut row in tx.query(&store::LIVING, params![community, first])? {
        let to = leave.get(&row.get(0)?).copied().or(row.get(3)?);
        living.push((row.get(1)?, row.get(2)?, to));
    }
    for (place, End { thing, on }) in ends {
        let units: HashSet<UnitId> = match thing {
            Thing::Building(id) => {
                flats.values().filter(|flat| flat.building == id).map(|it| it.id).collect()
            }
            Thing::Unit(id) => HashSet::from([id]),
            _ => HashSet::new(),
        };
        let stands = |(unit, room, to): &&(UnitId, Option<RoomId>, Option<Day>)| {
            let inside = units.contains(unit) || room.is_some_and(|room| Thing::Room(room) == thing);
            inside && to.is_none_or(|to| to > on)
        };
        let count = living.iter().filter(stands).count();
        if count > 0 {
            part.fault_with(place, "to", "exchange-fault-end-households", "count", count);
        }
    }
    Ok(())
}

/// Grids and organisations that the file ends while communities, stations, remits or governance modes stand on them. What
/// is told is not ended.
pub(super) fn decide_places(tx: &mut Tx<'_>, asked: &Asked<'_, '_, '_>, total: &mut Part) -> Result<()> {
    let mut ends = std::mem::take(&mut total.changes.ends);
    let mut told = Vec::new();
    for &(place, End { thing, on }) in &ends {
        let (reason, count) = match thing {
            Thing::Grid(id) => ("exchange-fault-end-grid", in_grid(tx, total, id, on)?),
            Thing::Organisation(id) => {
                ("exchange-fault-end-organisation", of_organisation(asked, total, id, on))
            }
            _ => continue,
        };
        if count > 0 {
            told.push((place, reason, count));
        }
    }
    for (place, reason, count) in told {
        ends.retain(|(other, _)| *other != place);
        total.fault_with(place, "to", reason, "count", count);
        let tally = &mut total.tallies[place.sheet as usize];
        tally.changed = tally.changed.saturating_sub(1);
    }
    total.changes.ends = ends;
    Ok(())
}

/// How many communities, stations and premises are in a grid on a day or later, once the file is carried out.
fn in_grid(tx: &mut Tx<'_>, total: &Part, id: GridId, on: Day) -> Result<i64> {
    let mut communities: HashSet<CommunityId> = HashSet::new();
    for mut row in tx.query(&store::IN_GRID, params![id, on])? {
        communities.insert(row.get(0)?);
    }
    for it in &total.changes.revisions {
        if it.description.grid == Some(id) {
            communities.insert(it.id);
        } else if it.from <= on {
            communities.remove(&it.id);
        }
    }
    let added = total.changes.communities.iter().filter(|it| it.description.grid == Some(id));
    communities.extend(added.map(|it| it.id));
    Ok(i64::try_from(communities.len()).unwrap_or(i64::MAX) + stations::standing_in_grid(tx, id, on)?)
}

/// How many remits and governance modes an organisation has on a day or later, once the file is carried out.
fn of_organisation(asked: &Asked<'_, '_, '_>, total: &Part, id: OrganisationId, on: Day) -> i64 {
    let lasts = |to: Option<Day>| to.is_none_or(|to| to > on);
    let ended: HashMap<_, _> = total.changes.remit_ends.iter().copied().collect();
    let known = asked.known.remits.values().flatten();
    let mut count =
        known.filter(|it| it.organisation == id && lasts(ended.get(&it.id).copied().or(it.to))).count();
    let begun = total.changes.remits.iter();
    count += begun.filter(|(it, to)| it.organisation == id && lasts(*to)).count();
    let changed: HashMap<_, _> = total
        .changes
        .mode_changes
        .iter()
        .map(|(mode, organisation, _, to)| (*mode, (*organisation, *to)))
        .collect();
    let known = asked.known.modes.values().flatten();
    let now = known.map(|it| changed.get(&it.id).copied().unwrap_or((it.organisation, it.to)));
    let begun = total.changes.modes.iter().map(|(it, to)| (it.organisation, *to));
    count += now.chain(begun).filter(|(whose, to)| *whose == Some(id) && lasts(*to)).count();
    i64::try_from(count).unwrap_or(i64::MAX)
}
