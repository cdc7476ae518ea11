//! One community with all its rows: described anew or added; its governance modes and remits; then what is built on it.

use base::{Day, Position};
use db::Tx;
use handbook::{CommunityKind, GovernanceMode, PropertyRight};

use super::super::fault::{Fault, Place};
use super::super::known::KnownMode;
use super::super::records::{Community, Mode, Record as _, Remit, Source};
use super::super::sheets::SheetId;
use super::places::town_of;
use super::{Asked, Group, Part, ends, households, housing, unique};
use crate::kit::{CommunityId, OrganisationId, Result};
use crate::register::{
    AddCommunity, Basis, BeginMode, BeginRemit, Description, ReviseCommunity, SourceNumber, Versions,
};

/// A position this far from its town's centre is a slip when the town has no outline: no town unit is that wide.
const FAR_METRES: i64 = 15_000;

/// Decides the rows of one community.
pub(super) fn decide(
    tx: &mut Tx<'_>,
    asked: &mut Asked<'_, '_, '_>,
    code: &str,
    mut group: Group,
) -> Result<Part> {
    let mut part = Part::default();
    let first = first_place(&group);
    let moved = Moved::read(tx, asked, code)?;
    if let Some((place, community)) = group.community.take() {
        describe(asked, &mut part, place, community, moved);
    }
    let Some((id, known, _)) = asked.known.communities.get(code) else {
        // A bad row of the community itself is told already; other rows need it.
        if !part.is_bad()
            && !group.bad
            && let Some(place) = first
        {
            part.fault_with(place, "community", "exchange-fault-unknown-community", "text", code);
        }
        return Ok(part);
    };
    let (id, entered) = (*id, known.from.unwrap_or(asked.options.on));
    let town = known.town.clone();
    let allowed = asked.known.towns.get(&town).is_some_and(|(town, ..)| asked.may(*town));
    if !allowed {
        if let (Some(place), false) = (first, part.is_bad()) {
            part.fault(place, "community", "exchange-fault-scope");
        }
        return Ok(part);
    }
    if moved.now {
        if let (Some(place), false) = (first, part.is_bad()) {
            part.fault(place, "community", "exchange-fault-scope-moved");
        }
        return Ok(part);
    }
    let from = entered.max(asked.options.on);
    modes(asked, &mut part, id, std::mem::take(&mut group.modes), from);
    remits(asked, &mut part, id, std::mem::take(&mut group.remits), from);
    sources(asked, &mut part, id, std::mem::take(&mut group.sources));
    let dwellings = housing::decide(tx, asked, &mut part, id, &mut group, from)?;
    households::decide(tx, asked, &mut part, id, std::mem::take(&mut group.tenants), &dwellings)?;
    ends::decide_dwellings(tx, &mut part, id, &dwellings)?;
    Ok(part)
}

/// A community that is on the import's day a town's for whom is imported, and is not today, or not on a later day.
#[derive(Clone, Copy, Default)]
struct Moved {
    /// Today it is another town's.
    now: bool,
    /// Today, or in a version that the import would write.
    ever: bool,
}

impl Moved {
    fn read(tx: &mut Tx<'_>, asked: &Asked<'_, '_, '_>, code: &str) -> Result<Self> {
        let Some((id, ..)) = asked.known.communities.get(code).filter(|_| !asked.may_all()) else {
            return Ok(Self::default());
        };
        let (versions, today) = (Versions::read(tx, *id)?, asked.call.today());
        let now = versions.town_on(today).is_some_and(|town| !asked.may(town));
        let ever = versions.towns(asked.options.on, today).any(|town| !asked.may(town));
        Ok(Self { now, ever })
    }
}

/// Where the group's first row stands, the community's own sheet aside.
fn first_place(group: &Group) -> Option<Place> {
    let firsts = [
        group.modes.first().map(|(place, _)| *place),
        group.remits.first().map(|(place, _)| *place),
        group.sources.first().map(|(place, _)| *place),
        group.buildings.first().map(|(place, _)| *place),
        group.units.first().map(|(place, _)| *place),
        group.tenants.first().map(|(place, _)| *place),
    ];
    firsts.into_iter().flatten().next()
}

/// An empty cell leaves what is registered.
fn filled(mut new: Community, old: &Community) -> Community {
    let text = |new: &mut super::super::records::Text, old: &super::super::records::Text| {
        if new.is_empty() {
            *new = old.clone();
        }
    };
    text(&mut new.name_en, &old.name_en);
    text(&mut new.label, &old.label);
    text(&mut new.address, &old.address);
    new.grid = new.grid.or_else(|| old.grid.clone());
    new.place = new.place.or(old.place);
    new.opened_on = new.opened_on.or(old.opened_on);
    if new.planned.is_none() {
        (new.planned, new.planned_on) = (old.planned, old.planned_on);
    }
    // Its entry to the list is not described anew.
    new.from = old.from;
    new.reason = old.reason.clone();
    new.simulated = old.simulated;
    new
}

fn describe(asked: &mut Asked<'_, '_, '_>, part: &mut Part, place: Place, mut new: Community, moved: Moved) {
    let Some(town) = town_of(asked, part, place, &new.town) else { return };
    let old = asked
        .known
        .communities
        .get(&new.code)
        .map(|(id, old, boundary)| (*id, old.clone(), boundary.clone()));
    if let Some((_, old, _)) = &old {
        if new.from.is_some() && new.from != old.from {
            part.faults.push(Fault::warning(place, Some("from"), "exchange-fault-entry-day"));
        }
        new = filled(new, old);
    } else if asked.known.is_given("community", &new.code) {
        return part.fault(place, "code", "exchange-fault-code-left");
    }
    let Some(description) = description(asked, part, place, &new, town, old.as_ref()) else { return };
    let Some((id, old, _)) = old else {
        if !asked.may(town) {
            return part.fault(place, "town", "exchange-fault-scope");
        }
        if !asked.may_list() {
            return part.fault(place, "code", "exchange-fault-not-listed");
        }
        let from = *new.from.get_or_insert(asked.options.on);
        let id: CommunityId = asked.call.id();
        part.changes.communities.push(AddCommunity {
            id,
            code: new.code.to_string(),
            simulated: new.simulated,
            from,
            reason: new.reason.to_string(),
            description,
        });
        part.added(place, || format!("{} {}", new.code, new.name));
        asked.known.communities.insert(new.code.clone(), (id, new, None));
        return;
    };
    let allowed = |code: &str| asked.known.towns.get(code).is_some_and(|(town, ..)| asked.may(*town));
    if old.cells() != new.cells() && !(allowed(&old.town) && asked.may(town)) {
        return part.fault(place, "town", "exchange-fault-scope");
    }
    if old.cells() != new.cells() && moved.ever {
        return part.fault(place, "town", "exchange-fault-scope-moved");
    }
    let about = format!("{} {}", new.code, old.name);
    if part.compare(place, &about, &old, &new) {
        // A row says single facts: what it does not change stays, on later days as well.
        let from = old.from.map_or(asked.options.on, |entered| entered.max(asked.options.on));
        part.changes.revisions.push(ReviseCommunity { id, from, description, basis: Basis::Facts });
    }
}

/// The description a row means; told what it names that is not there.
fn description(
    asked: &Asked<'_, '_, '_>,
    part: &mut Part,
    place: Place,
    new: &Community,
    town: crate::kit::TownId,
    old: Option<&(CommunityId, Community, Option<String>)>,
) -> Option<Description> {
    let old_grid = old.and_then(|(_, old, _)| old.grid.as_ref());
    let boundary = old.and_then(|(.., boundary)| boundary.clone());
    let grid = match &new.grid {
        None => None,
        Some(code) if asked.is_faulty(part, place, "grid", SheetId::Grids, code) => return None,
        Some(code) => match asked.known.grids.get(code) {
            // Only where it comes to be in the grid: one that is to leave it before its end is in it until then.
            Some((_, grid)) if grid.to.is_some() && old_grid != Some(code) => {
                let day = grid.to.unwrap_or(asked.options.on);
                part.fault_with(place, "grid", "exchange-fault-grid-ended", "day", day);
                return None;
            }
            Some((id, grid)) if grid.town == new.town => Some(*id),
            Some((_, grid)) => {
                part.fault_with(place, "grid", "exchange-fault-grid-elsewhere", "town", &grid.town);
                return None;
            }
            None => {
                part.fault_with(place, "grid", "exchange-fault-unknown-grid", "text", code);
                return None;
            }
        },
    };
    let position = new.place.and_then(|(lat, lon)| Position::new(lat, lon).ok());
    if let Some(position) = position {
        warn_of_place(asked, part, place, &new.town, position);
    }
    Some(Description {
        name: new.name.to_string(),
        name_en: new.name_en.to_string(),
        kind: CommunityKind::from_code(&new.kind).ok()?,
        label: new.label.to_string(),
        right: PropertyRight::from_code(&new.right).ok()?,
        town,
        grid,
        address: new.address.to_string(),
        position,
        opened_on: new.opened_on,
        planned_households: new.planned,
        planned_decided_on: new.planned_on,
        boundary,
    })
}

/// A position outside of its town: of GCJ-02 if it would lie inside once converted, a slip otherwise.
fn warn_of_place(asked: &Asked<'_, '_, '_>, part: &mut Part, place: Place, town: &str, position: Position) {
    let Some((_, town, outline)) = asked.known.towns.get(town) else { return };
    let inside = |position: Position| match outline {
        Some(outline) => outline.contains(position),
        None => Position::new(town.centre.0, town.centre.1)
            .map_or(true, |centre| centre.metres_to(position) <= FAR_METRES),
    };
    if inside(position) {
        return;
    }
    let reason =
        if inside(position.from_gcj02()) { "exchange-fault-gcj02" } else { "exchange-fault-outside-town" };
    part.faults.push(Fault::warning(place, Some("longitude"), reason).with("town", &town.name));
}

/// The organisation a row names.
fn organisation(
    asked: &Asked<'_, '_, '_>,
    part: &mut Part,
    place: Place,
    column: &'static str,
    code: &str,
) -> Option<OrganisationId> {
    if asked.is_faulty(part, place, column, SheetId::Organisations, code) {
        return None;
    }
    let found = asked.known.organisations.get(code).map(|(id, _)| *id);
    if found.is_none() {
        part.fault_with(place, column, "exchange-fault-unknown-organisation", "text", code);
    }
    found
}

/// Told when a mode or remit that a row begins goes on after the end of its organisation.
fn outlives(
    asked: &Asked<'_, '_, '_>,
    part: &mut Part,
    place: Place,
    code: Option<&str>,
    to: Option<Day>,
) -> bool {
    let end = code.and_then(|code| asked.known.organisations.get(code)).and_then(|(_, it)| it.to);
    let Some(end) = end.filter(|end| to.is_none_or(|to| to > *end)) else { return false };
    part.fault_with(place, "organisation", "exchange-fault-organisation-ended", "day", end);
    true
}

fn modes(asked: &mut Asked<'_, '_, '_>, part: &mut Part, id: CommunityId, rows: Vec<(Place, Mode)>, on: Day) {
    let rows = unique(rows, "mode", |it| (it.mode.clone(), it.from), part, |_| {});
    // What is in force, and what this file begins.
    let mut begun = asked.known.modes.get(&id).cloned().unwrap_or_default();
    for (place, row) in rows {
        let named = match &row.organisation {
            None => None,
            Some(code) => match organisation(asked, part, place, "organisation", code) {
                Some(named) => Some(named),
                None => continue,
            },
        };
        let matching = |from: Day, to: Option<Day>| match row.from {
            Some(day) => from == day,
            None => to.is_none_or(|to| to > on),
        };
        let found = begun.iter().position(|it| it.mode == row.mode && matching(it.from, it.to));
        let about = || format!("{} {}", row.community, row.cells()[1]);
        if let Some(at) = found.map(|at| in_force(&begun, at, row.to, on)) {
            let old = begun[at].clone();
            let organisation = named.or(old.organisation);
            let document = if row.document.is_empty() { old.document.clone() } else { row.document.clone() };
            let to = row.to.or(old.to);
            let says_otherwise = (organisation, &document) != (old.organisation, &old.document);
            if !says_otherwise && to == old.to {
                part.same(place.sheet);
                continue;
            }
            if outlives(asked, part, place, row.organisation.as_deref(), to) {
                continue;
            }
            let mut changes = Vec::new();
            if document != old.document {
                changes.push(("document", old.document.to_string(), document.to_string()));
            }
            if organisation != old.organisation {
                let before = old.organisation.and_then(|id| asked.known.organisation_code(id));
                let code = row.organisation.as_deref().unwrap_or_default();
                changes.push(("organisation", before.unwrap_or_default().to_owned(), code.to_owned()));
            }
            if to != old.to {
                let text = |day: Option<Day>| day.map(|day| day.to_string()).unwrap_or_default();
                changes.push(("to", text(old.to), text(to)));
            }
            // From the import's day on another committee or document: what was until then stays in the history. What a row
            // says of a time that is over by then, or begins no earlier, corrects it.
            if says_otherwise && old.from < on && to.is_none_or(|to| to > on) {
                let Ok(mode) = GovernanceMode::from_code(&row.mode) else { continue };
                changes.push(("from", old.from.to_string(), on.to_string()));
                part.changed(place, about, changes);
                part.changes.mode_changes.push((old.id, old.organisation, old.document.clone(), Some(on)));
                begun[at].to = Some(on);
                begun.push(KnownMode {
                    id: asked.call.id(),
                    organisation,
                    document: document.clone(),
                    from: on,
                    to,
                    ..old
                });
                let document_no = document.to_string();
                let anew = BeginMode { community: id, mode, organisation, document_no, from: on };
                part.changes.modes.push((anew, to));
                continue;
            }
            part.changed(place, about, changes);
            begun[at] = KnownMode { organisation, document: document.clone(), to, ..old };
            part.changes.mode_changes.push((begun[at].id, organisation, document, to));
            continue;
        }
        let from = row.from.unwrap_or(on);
        let overlaps = |it: &&KnownMode| {
            it.mode == row.mode && it.to.is_none_or(|to| to > from) && row.to.is_none_or(|to| it.from < to)
        };
        if let Some(other) = begun.iter().find(overlaps) {
            part.fault_with(place, "mode", "exchange-fault-mode-twice", "from", other.from);
            continue;
        }
        if outlives(asked, part, place, row.organisation.as_deref(), row.to) {
            continue;
        }
        let Ok(mode) = GovernanceMode::from_code(&row.mode) else { continue };
        part.added(place, about);
        begun.push(KnownMode {
            id: asked.call.id(),
            mode: row.mode.clone(),
            organisation: named,
            document: row.document.clone(),
            from,
            to: row.to,
        });
        let command = BeginMode {
            community: id,
            mode,
            organisation: named,
            document_no: row.document.to_string(),
            from,
        };
        part.changes.modes.push((command, row.to));
    }
}

/// The mode that a row means which names the first day of one: when that was followed by another with the same name, as
/// its committee or document changed, and the row does not say that it ended, the one that followed.
fn in_force(modes: &[KnownMode], mut at: usize, said: Option<Day>, on: Day) -> usize {
    while let Some(end) = modes[at].to.filter(|end| *end <= on && said.is_none_or(|to| to > *end)) {
        let follows = |it: &KnownMode| it.mode == modes[at].mode && it.from == end;
        match modes.iter().position(follows) {
            Some(next) => at = next,
            None => break,
        }
    }
    at
}

fn remits(
    asked: &mut Asked<'_, '_, '_>,
    part: &mut Part,
    id: CommunityId,
    rows: Vec<(Place, Remit)>,
    on: Day,
) {
    let key = |it: &Remit| (it.organisation.clone(), it.remit.clone(), it.from);
    for (place, row) in unique(rows, "organisation", key, part, |_| {}) {
        let Some(named) = organisation(asked, part, place, "organisation", &row.organisation) else {
            continue;
        };
        let known = asked.known.remits.get(&id);
        let matching = |from: Day, to: Option<Day>| match row.from {
            Some(day) => from == day,
            None => to.is_none_or(|to| to > on),
        };
        let found = known
            .into_iter()
            .flatten()
            .find(|it| it.organisation == named && it.remit == row.remit && matching(it.from, it.to));
        let about = || format!("{} {} {}", row.community, row.organisation, row.cells()[2]);
        let Some(old) = found else {
            if outlives(asked, part, place, Some(&row.organisation), row.to) {
                continue;
            }
            part.added(place, about);
            let from = row.from.unwrap_or(on);
            let remit = row.remit.to_string();
            let begin = BeginRemit { community: id, organisation: named, remit, from };
            part.changes.remits.push((begin, row.to));
            continue;
        };
        if let Some(to) = row.to.filter(|to| Some(*to) != old.to) {
            let before = old.to.map(|day| day.to_string()).unwrap_or_default();
            let ended = (old.id, to);
            part.changed(place, about, vec![("to", before, to.to_string())]);
            part.changes.remit_ends.push(ended);
        } else {
            part.same(place.sheet);
        }
    }
}

/// The numbers that a community has in other systems: one in each, and no two communities the same.
fn sources(asked: &mut Asked<'_, '_, '_>, part: &mut Part, id: CommunityId, rows: Vec<(Place, Source)>) {
    for (place, row) in unique(rows, "source", |it| it.source.clone(), part, |_| {}) {
        let whose = asked.known.sourced.get(&(row.source.clone(), row.number.clone()));
        if whose == Some(&id) {
            part.same(place.sheet);
            continue;
        }
        if whose.is_some() {
            part.fault_with(place, "number", "exchange-fault-number-taken", "number", &row.number);
            continue;
        }
        let about = || format!("{} {}", row.community, row.cells()[1]);
        let known =
            asked.known.sources.get(&id).into_iter().flatten().find(|(system, _)| *system == row.source);
        match known {
            Some((_, before)) => {
                part.changed(place, about, vec![("number", before.to_string(), row.number.to_string())]);
            }
            None => part.added(place, about),
        }
        // Two communities of one file cannot have it either.
        asked.known.sourced.insert((row.source.clone(), row.number.clone()), id);
        let (system, number) = (row.source.to_string(), row.number.to_string());
        part.changes.sources.push(SourceNumber { community: id, system, number });
    }
}
