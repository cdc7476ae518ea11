//! Households of one community: who moved in where and when. Names are compared inside the vault's seal and shown nowhere.

use std::collections::{BTreeMap, HashMap};

use base::Day;
use db::{Tx, params};

use super::super::fault::Place;
use super::super::records::{Tenant, Text};
use super::super::sheets::SheetId;
use super::super::store;
use super::housing::{Flat, Flats};
use super::{Asked, Part};
use crate::kit::{CommunityId, LeaseId, OrganisationId, PersonId, Result, RoomId, TenancyId, UnitId};
use crate::people::vault::{AddPerson, Field, read};
use crate::register::{AddLease, AddOccupant, BeginTenancy, End, Tenure, Thing};

/// A household as it is registered.
struct Household {
    id: TenancyId,
    lease: Option<OrganisationId>,
    lease_id: Option<LeaseId>,
    tenure: Text,
    to: Option<Day>,
    people: Vec<Person>,
}

/// What the vault holds of a person, in the order of its columns.
const FIELDS: [Field; 3] = [Field::Name, Field::Telephone, Field::IdentityNumber];

/// A person as they are registered: the pseudonym and the sealed fields.
struct Person {
    id: PersonId,
    sealed: [Option<Vec<u8>>; 3],
}

/// Under what contract a household lives there.
#[derive(Clone, Copy)]
enum Lease {
    /// Its own.
    Own,
    /// One that an organisation holds, which is there until a day.
    Of(OrganisationId, Option<Day>),
}

impl Lease {
    fn holder(self) -> Option<OrganisationId> {
        if let Self::Of(holder, _) = self { Some(holder) } else { None }
    }
}

/// Where and since when: the flat, the room, the first day.
type Key = (UnitId, Option<RoomId>, Day);
/// The rows of one household of a file.
type Rows = Vec<(Place, Tenant)>;

/// Decides the households of a community.
pub(super) fn decide(
    tx: &mut Tx<'_>,
    asked: &mut Asked<'_, '_, '_>,
    part: &mut Part,
    id: CommunityId,
    rows: Rows,
    flats: &Flats,
) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let mut by_key: BTreeMap<(Key, i64), Rows> = BTreeMap::new();
    for (place, row) in rows {
        if let Some((unit, room)) = dwelling(part, place, &row, flats) {
            by_key.entry(((unit, room, row.from), row.household)).or_default().push((place, row));
        }
    }
    let is_new = part.changes.communities.iter().any(|community| community.id == id);
    let mut known = if is_new { HashMap::new() } else { known(tx, id)? };
    for ((key, _), rows) in by_key {
        let rows = people_once(part, rows);
        if !agree(part, &rows) {
            continue;
        }
        let Some(lease) = lease(asked, part, &rows[0]) else { continue };
        let candidates = known.entry(key).or_default();
        match best(asked, candidates, &rows)? {
            Some(at) => {
                let household = candidates.swap_remove(at);
                change(tx, asked, part, id, &household, &rows, lease)?;
            }
            None => begin(tx, asked, part, id, (key, ended(flats, &rows[0].1)), &rows, lease)?,
        }
    }
    Ok(())
}

/// The dwelling a row names.
fn dwelling(part: &mut Part, place: Place, row: &Tenant, flats: &Flats) -> Option<(UnitId, Option<RoomId>)> {
    let Some(Flat { id, rooms, .. }) = flats.get(&(row.building.clone(), row.unit.clone())) else {
        let text = format!("{} {}", row.building, row.unit);
        part.fault_with(place, "unit", "exchange-fault-unknown-unit", "text", text);
        return None;
    };
    match &row.room {
        None if rooms.is_empty() => Some((*id, None)),
        None => {
            part.fault(place, "room", "exchange-fault-room-missing");
            None
        }
        Some(number) => {
            let found = rooms.get(number).map(|room| (*id, Some(room.id)));
            if found.is_none() {
                part.fault_with(place, "room", "exchange-fault-unknown-room", "text", number);
            }
            found
        }
    }
}

/// From which day the dwelling a row names is not there any more.
fn ended(flats: &Flats, row: &Tenant) -> Option<Day> {
    let flat = flats.get(&(row.building.clone(), row.unit.clone()))?;
    let room = row.room.as_ref().and_then(|number| flat.rooms.get(number)).and_then(|room| room.span.1);
    room.into_iter().chain(flat.span.1).min()
}

/// One person stands once in a household; told when twice in a file, passed over when in another.
fn people_once(part: &mut Part, rows: Rows) -> Rows {
    let mut kept: Rows = Vec::with_capacity(rows.len());
    for (place, row) in rows {
        let is_same = |other: &Tenant| match (row.person, other.person) {
            (Some(one), Some(two)) => one == two,
            (None, None) => {
                (&row.name, &row.telephone, &row.identity) == (&other.name, &other.telephone, &other.identity)
            }
            _ => false,
        };
        match kept.iter().find(|(_, other)| is_same(other)) {
            None => kept.push((place, row)),
            Some((other, _)) if other.file != place.file => part.same(place.sheet),
            Some((other, _)) => part.fault_with(place, "name", "exchange-fault-twice", "row", other.row),
        }
    }
    kept
}

/// Do the rows of a household say the same of it?
fn agree(part: &mut Part, rows: &Rows) -> bool {
    let Some((first, one)) = rows.first() else { return false };
    let mut fine = true;
    for (place, row) in &rows[1..] {
        if (&row.tenure, &row.lease, row.to) != (&one.tenure, &one.lease, one.to) {
            part.fault_with(*place, "tenure", "exchange-fault-household-varies", "row", first.row);
            fine = false;
        }
    }
    fine
}

/// The organisation that leases for the household. `None`: told.
fn lease(asked: &Asked<'_, '_, '_>, part: &mut Part, (place, row): &(Place, Tenant)) -> Option<Lease> {
    let Some(code) = &row.lease else { return Some(Lease::Own) };
    if asked.is_faulty(part, *place, "lease", SheetId::Organisations, code) {
        return None;
    }
    let Some((organisation, known)) = asked.known.organisations.get(code) else {
        part.fault_with(*place, "lease", "exchange-fault-unknown-organisation", "text", code);
        return None;
    };
    Some(Lease::Of(*organisation, known.to))
}

/// The lease of an organisation in the community, which is added when it is new.
fn lease_id(
    asked: &mut Asked<'_, '_, '_>,
    part: &mut Part,
    community: CommunityId,
    (place, row): &(Place, Tenant),
    lease: Lease,
) -> Option<LeaseId> {
    let Lease::Of(organisation, ended) = lease else { return None };
    if let Some(day) = ended.filter(|day| row.to.is_none_or(|to| to > *day)) {
        part.fault_with(*place, "lease", "exchange-fault-organisation-ended", "day", day);
        return None;
    }
    if let Some(known) = asked.known.leases.get(&(community, organisation)) {
        return Some(*known);
    }
    let id: LeaseId = asked.call.id();
    asked.known.leases.insert((community, organisation), id);
    part.changes.leases.push(AddLease { id, community, organisation, from: row.from });
    if let Some(on) = ended {
        part.changes.ends.push((*place, End { thing: Thing::Lease(id), on }));
    }
    Some(id)
}

/// The households of a community, past and present, by dwelling and first day.
fn known(tx: &mut Tx<'_>, id: CommunityId) -> Result<HashMap<Key, Vec<Household>>> {
    let mut all: HashMap<Key, Vec<Household>> = HashMap::new();
    for mut row in tx.query(&store::TENANCIES, params![id])? {
        let row = &mut row;
        let tenancy: TenancyId = row.get(0)?;
        let key: Key = (row.get(1)?, row.get(2)?, row.get(5)?);
        let person = Person { id: row.get(7)?, sealed: [row.get(9)?, row.get(10)?, row.get(11)?] };
        let households = all.entry(key).or_default();
        match households.iter_mut().find(|household| household.id == tenancy) {
            Some(household) => household.people.push(person),
            None => households.push(Household {
                id: tenancy,
                lease: row.get(3)?,
                lease_id: row.get(12)?,
                tenure: row.get::<String>(4)?.into_boxed_str(),
                to: row.get(6)?,
                people: vec![person],
            }),
        }
    }
    Ok(all)
}

/// A person's fields, opened for comparison; what no key of ours opens is as if it were not there.
fn opened(asked: &Asked<'_, '_, '_>, person: &Person) -> Result<[Option<String>; 3]> {
    let mut open = [None, None, None];
    for ((field, sealed), place) in FIELDS.into_iter().zip(&person.sealed).zip(&mut open) {
        if let Some(sealed) = sealed {
            *place = Some(asked.vault.open(person.id, field, sealed)?);
        }
    }
    Ok(open)
}

/// Is this the person a row speaks of: by pseudonym, or by name with nothing that speaks against it?
fn is_meant(asked: &Asked<'_, '_, '_>, person: &Person, row: &Tenant) -> Result<bool> {
    if let Some(meant) = row.person {
        return Ok(person.id.uuid() == meant);
    }
    let [name, telephone, identity] = opened(asked, person)?;
    let fits = |old: Option<&String>, new: Option<&Text>| match (old, new) {
        (Some(old), Some(new)) => old.as_str() == &**new,
        _ => true,
    };
    Ok(name.as_deref() == Some(&*row.name)
        && fits(telephone.as_ref(), row.telephone.as_ref())
        && fits(identity.as_ref(), row.identity.as_ref()))
}

/// Which registered household the rows mean: the one that shares most people with them; the only one there is when the
/// rows have no pseudonyms that say otherwise.
fn best(asked: &Asked<'_, '_, '_>, candidates: &[Household], rows: &Rows) -> Result<Option<usize>> {
    let mut found: Option<(usize, usize)> = None;
    for (at, household) in candidates.iter().enumerate() {
        let mut shared = 0;
        for (_, row) in rows {
            for person in &household.people {
                shared += usize::from(is_meant(asked, person, row)?);
            }
        }
        if shared > 0 && found.is_none_or(|(_, most)| shared > most) {
            found = Some((at, shared));
        }
    }
    Ok(found.map(|(at, _)| at))
}

/// A person of the file who is to live in a household: added to the vault when new.
fn person(
    tx: &mut Tx<'_>,
    asked: &mut Asked<'_, '_, '_>,
    part: &mut Part,
    place: Place,
    row: &Tenant,
) -> Result<Option<PersonId>> {
    let id = match row.person {
        None => asked.call.id(),
        Some(uuid) => {
            let id = PersonId::from_uuid(uuid);
            if asked.persons.contains(&uuid) {
                return Ok(Some(id));
            }
            if asked.known.has_person(tx, uuid)? {
                // Whoever imports for one town cannot take a person of another into it by a pseudonym.
                if !asked.may_all() {
                    part.fault(place, "person", "exchange-fault-person-elsewhere");
                    return Ok(None);
                }
                let mut old = [None, None, None];
                if says_more(row) {
                    for (field, old) in FIELDS.into_iter().zip(&mut old) {
                        *old = read(tx, asked.vault, id, field)?;
                    }
                }
                change_person(part, place, id, &old, row);
                return Ok(Some(id));
            }
            asked.persons.insert(uuid);
            id
        }
    };
    part.changes.persons.push(AddPerson {
        id,
        name: row.name.to_string(),
        telephone: row.telephone.as_ref().map(ToString::to_string),
        identity_number: row.identity.as_ref().map(ToString::to_string),
    });
    Ok(Some(id))
}

/// Does a row say more of a person than the pseudonym?
fn says_more(row: &Tenant) -> bool {
    !row.name.is_empty() || row.telephone.is_some() || row.identity.is_some()
}

/// What a row says of a person otherwise than the vault; says whether there is something.
fn change_person(
    part: &mut Part,
    place: Place,
    id: PersonId,
    old: &[Option<String>; 3],
    row: &Tenant,
) -> bool {
    let name = Some(&row.name).filter(|name| !name.is_empty());
    let new = [name, row.telephone.as_ref(), row.identity.as_ref()];
    let mut fields: [Option<Text>; 3] = [None, None, None];
    for ((field, old), new) in fields.iter_mut().zip(old).zip(new) {
        *field = new.filter(|new| old.as_deref() != Some(&***new)).cloned();
    }
    let any = fields.iter().any(Option::is_some);
    if any {
        // Neither the old nor the new is shown; both are confirmed.
        let both = old.iter().map(Option::as_deref).chain(fields.iter().map(Option::as_deref));
        part.written.note(place, "person", both);
        part.changes.person_changes.push((id, fields));
    }
    any
}

/// How long a person who was not registered with a household lived there: with one that is there on the import's day from
/// that day on; with one that had ended by then as long as the household did, as nobody moves in afterwards. Never longer
/// than the household.
fn stay(on: Day, row: &Tenant, ended: Option<Day>) -> (Day, Option<Day>) {
    let to = ended.or(row.to);
    let from = if to.is_some_and(|to| to <= on) { row.from } else { on.max(row.from) };
    (from, to)
}

fn tenure(row: &Tenant) -> Tenure {
    Tenure::from_code(&row.tenure).unwrap_or(Tenure::Tenant)
}

fn about(row: &Tenant) -> String {
    let room = row.room.as_deref().unwrap_or_default();
    format!("{} {} {} {room} {}", row.community, row.building, row.unit, row.from)
}

fn begin(
    tx: &mut Tx<'_>,
    asked: &mut Asked<'_, '_, '_>,
    part: &mut Part,
    community: CommunityId,
    ((unit, room, from), ended): (Key, Option<Day>),
    rows: &Rows,
    lease: Lease,
) -> Result<()> {
    let id: TenancyId = asked.call.id();
    let mut occupants = Vec::with_capacity(rows.len());
    for (place, row) in rows {
        if let Some(person) = person(tx, asked, part, *place, row)? {
            occupants.push((asked.call.id(), person));
            part.added(*place, || about(row));
        }
    }
    let Some((place, first)) = rows.first().filter(|_| !occupants.is_empty()) else { return Ok(()) };
    if let Some(end) = ended.filter(|end| first.to.is_none_or(|to| to > *end)) {
        part.fault_with(*place, "to", "exchange-fault-dwelling-ended", "day", end);
    }
    let lease = lease_id(asked, part, community, &rows[0], lease);
    part.changes.tenancies.push(BeginTenancy {
        id,
        community,
        unit,
        room,
        lease,
        tenure: tenure(first),
        from,
        occupants,
    });
    if let Some(to) = first.to {
        part.changes.tenancy_ends.push((id, to));
    }
    Ok(())
}

fn change(
    tx: &mut Tx<'_>,
    asked: &mut Asked<'_, '_, '_>,
    part: &mut Part,
    community: CommunityId,
    household: &Household,
    rows: &Rows,
    lease: Lease,
) -> Result<()> {
    let Some((first, one)) = rows.first() else { return Ok(()) };
    let mut changes: Vec<(&'static str, String, String)> = Vec::new();
    let leased = lease.holder().or(household.lease);
    if one.tenure != household.tenure || leased != household.lease {
        if one.tenure != household.tenure {
            changes.push(("tenure", household.tenure.to_string(), one.tenure.to_string()));
        }
        if leased != household.lease {
            let code = |id: Option<OrganisationId>| {
                id.and_then(|id| asked.known.organisation_code(id)).unwrap_or_default().to_owned()
            };
            changes.push(("lease", code(household.lease), code(leased)));
        }
        let lease = if leased == household.lease {
            household.lease_id
        } else {
            lease_id(asked, part, community, &rows[0], lease)
        };
        part.changes.tenancy_changes.push((household.id, tenure(one).as_code(), lease));
    }
    match (one.to, household.to) {
        (Some(to), None) => {
            changes.push(("to", String::new(), to.to_string()));
            part.changes.tenancy_ends.push((household.id, to));
        }
        (Some(to), Some(old)) if to != old => {
            part.fault_with(*first, "to", "exchange-fault-ended", "day", old);
            return Ok(());
        }
        _ => {}
    }
    for (place, row) in rows {
        let mut meant = None;
        for person in &household.people {
            if is_meant(asked, person, row)? {
                meant = Some(person);
                break;
            }
        }
        let Some(old) = meant else {
            if let Some(person) = person(tx, asked, part, *place, row)? {
                let (from, to) = stay(asked.options.on, row, household.to);
                // How long they stay hangs on what is registered of the household by now.
                part.written.note(*place, "stay", [Some(&*format!("{from} {to:?}"))]);
                let (id, tenancy) = (asked.call.id(), household.id);
                part.changes.occupants.push(AddOccupant { id, community, tenancy, person, from, to });
                part.added(*place, || about(row));
            }
            continue;
        };
        let mut changes = changes.clone();
        if says_more(row) {
            let open = opened(asked, old)?;
            if change_person(part, *place, old.id, &open, row) {
                changes.push(("name", "＊".into(), "＊".into()));
            }
        }
        if changes.is_empty() {
            part.same(place.sheet);
        } else {
            part.changed(*place, || about(row), changes);
        }
    }
    Ok(())
}
