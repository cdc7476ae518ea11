//! What an import would do: every row compared with the register, changes gathered, faults told. Writes nothing.

mod community;
mod ends;
mod households;
mod housing;
mod places;
mod seal;

use std::collections::{BTreeMap, HashMap, HashSet};

use base::{Area, Day};
use db::Tx;

use self::seal::Written;
use super::fault::{Fault, Faults, Place, Weight};
use super::known::Known;
use super::parse::Rows;
use super::records::{Building, Community, Mode, Record, Remit, Source, Tenant, Text, Unit};
use super::sheets::SheetId;
use crate::kit::{
    BuildingId, Call, CommunityId, LeaseId, ModeId, OrganisationId, PersonId, Refusal, RemitId, Result,
    RoomId, Scope, TenancyId, TownId, UnitId,
};
use crate::people::vault::{AddPerson, Vault};
use crate::people::{Action, may};
use crate::register::{
    AddBuilding, AddCommunity, AddGrid, AddLease, AddOccupant, AddOrganisation, AddRoom, AddTown, AddUnit,
    BeginMode, BeginRemit, BeginTenancy, End, ReviseCommunity, SourceNumber,
};

/// How an import is to be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Changes hold from this day on; also where a row names no day of its own.
    pub on: Day,
    /// Take complete, good communities although others have faults.
    pub only_good: bool,
}

/// What happens to the rows of a sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Rows read.
    pub rows: usize,
    /// What the register does not have yet.
    pub added: usize,
    /// What it has otherwise.
    pub changed: usize,
    /// What it has already.
    pub same: usize,
    /// Rows with faults, and rows of communities that are left out.
    pub left: usize,
}

/// A first difference, to be looked at before the import is confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The row of the file.
    pub place: Place,
    /// What it is about: codes and numbers.
    pub about: String,
    /// Is it new?
    pub added: bool,
    /// Column by its id, what is registered, what the file says. Personal data is starred.
    pub changes: Vec<(&'static str, String, String)>,
}

/// How many first differences of a sheet are shown.
const SHOWN: usize = 12;

/// What an import would do.
#[derive(Debug)]
pub struct Decision {
    /// By sheet, in their order.
    pub tallies: [Tally; SheetId::ALL.len()],
    /// The first of each sheet.
    pub differences: Vec<Difference>,
    /// What is wrong, in the order of the file; the first of them, when there are very many.
    pub faults: Vec<Fault>,
    /// How many faults refuse rows, and how many only warn.
    pub refused: usize,
    /// See `refused`.
    pub warned: usize,
    /// How many of those that refuse belong to no community: while there is one, not even the good ones are taken.
    pub loose: usize,
    /// Communities that are left out: code and name.
    pub left_out: Vec<(String, String)>,
    /// What would be written, in a few letters.
    written: String,
    pub(super) changes: Changes,
}

impl Decision {
    /// Can it be written? Without faults, or with only the good communities.
    pub fn is_open(&self, options: Options) -> bool {
        self.refusal(options).is_none() && self.alters()
    }

    /// Why it cannot be written. Only good communities are taken when it is certain which ones are complete: a column, a
    /// sheet or a row that belongs to nobody may be missing from any of them.
    pub fn refusal(&self, options: Options) -> Option<Refusal> {
        match options.only_good {
            true if self.loose > 0 => Some(Refusal::new("exchange-refused-loose").with("count", self.loose)),
            false if self.refused > 0 => {
                Some(Refusal::new("exchange-refused-faults").with("count", self.refused))
            }
            _ => None,
        }
    }

    /// Would anything change?
    pub fn alters(&self) -> bool {
        self.tallies.iter().any(|tally| tally.added + tally.changed > 0)
    }

    /// In a few words what was shown, so that nothing else is confirmed: tallies, faults, and every old and new value.
    pub fn seal(&self) -> String {
        let tallies: Vec<String> = self
            .tallies
            .iter()
            .map(|tally| format!("{}.{}.{}.{}", tally.added, tally.changed, tally.same, tally.left))
            .collect();
        format!("{}-{}-{}", tallies.join("-"), self.refused, self.written)
    }
}

/// The commands of an import, in the order they are carried out.
#[derive(Debug, Default)]
#[expect(clippy::struct_field_names, reason = "what is changed stands beside what is added")]
pub(super) struct Changes {
    pub towns: Vec<AddTown>,
    pub town_changes: Vec<(TownId, super::records::Town)>,
    pub grids: Vec<AddGrid>,
    pub grid_changes: Vec<(crate::kit::GridId, super::records::Grid)>,
    pub organisations: Vec<AddOrganisation>,
    pub organisation_changes: Vec<(OrganisationId, super::records::Organisation, Option<TownId>)>,
    pub communities: Vec<AddCommunity>,
    pub revisions: Vec<ReviseCommunity>,
    pub modes: Vec<(BeginMode, Option<Day>)>,
    pub mode_changes: Vec<(ModeId, Option<OrganisationId>, Text, Option<Day>)>,
    pub remits: Vec<(BeginRemit, Option<Day>)>,
    pub remit_ends: Vec<(RemitId, Day)>,
    pub sources: Vec<SourceNumber>,
    pub buildings: Vec<AddBuilding>,
    pub building_changes: Vec<(BuildingId, i64)>,
    pub units: Vec<AddUnit>,
    pub unit_changes: Vec<(UnitId, i64, Area)>,
    pub rooms: Vec<(CommunityId, UnitId, AddRoom, Day)>,
    pub room_changes: Vec<(RoomId, Area)>,
    pub leases: Vec<AddLease>,
    pub persons: Vec<AddPerson>,
    pub person_changes: Vec<(PersonId, [Option<Text>; 3])>,
    pub tenancies: Vec<BeginTenancy>,
    pub tenancy_changes: Vec<(TenancyId, &'static str, Option<LeaseId>)>,
    pub tenancy_ends: Vec<(TenancyId, Day)>,
    pub occupants: Vec<AddOccupant>,
    /// What ends, with the row that says so.
    pub ends: Vec<(Place, End)>,
}

macro_rules! append {
    ($into:ident, $from:ident, $($list:ident),*) => { $($into.$list.append(&mut $from.$list);)* };
}

impl Changes {
    fn append(&mut self, mut more: Self) {
        append!(
            self,
            more,
            communities,
            revisions,
            modes,
            mode_changes,
            remits,
            remit_ends,
            sources,
            buildings,
            building_changes,
            units,
            unit_changes,
            rooms,
            room_changes,
            leases,
            persons,
            person_changes,
            tenancies,
            tenancy_changes,
            tenancy_ends,
            occupants,
            ends
        );
    }
}

/// Everything that is asked of one part of a file; good parts are added up.
#[derive(Default)]
struct Part {
    changes: Changes,
    tallies: [Tally; SheetId::ALL.len()],
    differences: Vec<Difference>,
    faults: Vec<Fault>,
    written: Written,
}

impl Part {
    fn fault(&mut self, place: Place, column: &'static str, reason: &'static str) {
        self.faults.push(Fault::new(place, Some(column), reason));
    }

    fn fault_with(
        &mut self,
        place: Place,
        column: &'static str,
        reason: &'static str,
        name: &'static str,
        value: impl std::fmt::Display,
    ) {
        self.faults.push(Fault::new(place, Some(column), reason).with(name, value));
    }

    fn is_bad(&self) -> bool {
        self.faults.iter().any(|fault| fault.weight == Weight::Refuses)
    }

    fn added(&mut self, place: Place, about: impl FnOnce() -> String) {
        self.tallies[place.sheet as usize].added += 1;
        self.written.row(place, true, &[]);
        self.show(place, true, about, Vec::new());
    }

    fn same(&mut self, sheet: SheetId) {
        self.tallies[sheet as usize].same += 1;
    }

    fn changed(
        &mut self,
        place: Place,
        about: impl FnOnce() -> String,
        changes: Vec<(&'static str, String, String)>,
    ) {
        self.tallies[place.sheet as usize].changed += 1;
        self.written.row(place, false, &changes);
        self.show(place, false, about, changes);
    }

    fn show(
        &mut self,
        place: Place,
        added: bool,
        about: impl FnOnce() -> String,
        changes: Vec<(&'static str, String, String)>,
    ) {
        let shown = self.differences.iter().filter(|it| it.place.sheet == place.sheet).count();
        if shown < SHOWN {
            self.differences.push(Difference { place, about: about(), added, changes });
        }
    }

    /// Compares a row with what is registered.
    fn compare<T: Record>(&mut self, place: Place, about: &str, old: &T, new: &T) -> bool {
        let columns = place.sheet.columns();
        let changes: Vec<_> = columns
            .iter()
            .zip(old.cells().into_iter().zip(new.cells()))
            .filter(|(_, (old, new))| old != new)
            .map(|(column, (old, new))| (column.id, old, new))
            .collect();
        if changes.is_empty() {
            self.same(place.sheet);
            return false;
        }
        self.changed(place, || about.to_owned(), changes);
        true
    }
}

/// The rows that speak of one community.
#[derive(Debug, Default)]
struct Group {
    community: Option<(Place, Community)>,
    modes: Vec<(Place, Mode)>,
    remits: Vec<(Place, Remit)>,
    sources: Vec<(Place, Source)>,
    buildings: Vec<(Place, Building)>,
    units: Vec<(Place, Unit)>,
    tenants: Vec<(Place, Tenant)>,
    /// A row of it could not be read.
    bad: bool,
    /// One on a sheet without people.
    bad_elsewhere: bool,
}

impl Group {
    fn sizes(&self) -> [(SheetId, usize); 7] {
        [
            (SheetId::Communities, usize::from(self.community.is_some())),
            (SheetId::Modes, self.modes.len()),
            (SheetId::Remits, self.remits.len()),
            (SheetId::Sources, self.sources.len()),
            (SheetId::Buildings, self.buildings.len()),
            (SheetId::Units, self.units.len()),
            (SheetId::Tenancies, self.tenants.len()),
        ]
    }
}

/// Who asks, for what day, with which key.
struct Asked<'a, 'b, 'c> {
    call: &'a mut Call<'b>,
    vault: &'a Vault,
    known: &'a mut Known,
    options: Options,
    /// Persons this import adds already: one who lives in two places is added once.
    persons: &'c mut HashSet<base::Uuid>,
    /// Towns, grids and organisations of the file whose own rows have faults: who names them is not good either.
    bad_places: HashSet<(SheetId, Text)>,
}

impl Asked<'_, '_, '_> {
    /// Tells a row that names a town, grid or organisation whose own row has a fault; says whether it did.
    fn is_faulty(
        &self,
        part: &mut Part,
        place: Place,
        column: &'static str,
        sheet: SheetId,
        code: &str,
    ) -> bool {
        let faulty = self.bad_places.contains(&(sheet, Text::from(code)));
        if faulty {
            part.fault_with(place, column, "exchange-fault-named-bad", "text", code);
        }
        faulty
    }

    fn may(&self, town: TownId) -> bool {
        may(self.call.actor, Action::RegisterImport, Scope::Town(town))
    }

    /// May new communities come into the list without a proposal?
    fn may_list(&self) -> bool {
        may(self.call.actor, Action::ListingDecide, Scope::District)
    }

    fn may_all(&self) -> bool {
        may(self.call.actor, Action::RegisterImport, Scope::District)
    }
}

/// Decides what an import would do.
pub(super) fn decide(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    vault: &Vault,
    rows: Rows,
    options: Options,
) -> Result<Decision> {
    let mut known = Known::read(tx, options.on)?;
    let mut persons = HashSet::new();
    let bad_places = HashSet::new();
    let mut asked = Asked { call, vault, known: &mut known, options, persons: &mut persons, bad_places };
    let counts = rows.counts;
    let (mut total, groups, mut faults) = places::decide(&mut asked, rows);
    let mut left_out = Vec::new();
    for (code, group) in groups {
        let sizes = group.sizes();
        let bad = group.bad;
        let name = group.community.as_ref().map(|(_, community)| community.name.to_string());
        // What households alone call a community, and nobody knows, may be anything, a name in the wrong column too: it is shown and
        // kept nowhere, and nobody can say which community's households these are.
        let unknown = !group.bad_elsewhere
            && !sizes.iter().any(|(sheet, size)| *size > 0 && !sheet.holds_people())
            && !asked.known.communities.contains_key(&*code);
        let part = community::decide(tx, &mut asked, &code, group)?;
        let good = !part.is_bad() && !bad;
        for fault in part.faults {
            if unknown { faults.add_loose(fault) } else { faults.add(fault) }
        }
        // A row that could not be read was told where it was read.
        faults.loose += usize::from(unknown && bad);
        if good {
            total.changes.append(part.changes);
            total.written.append(part.written);
            for (sum, tally) in total.tallies.iter_mut().zip(part.tallies) {
                sum.added += tally.added;
                sum.changed += tally.changed;
                sum.same += tally.same;
            }
            for difference in part.differences {
                let sheet = difference.place.sheet;
                if total.differences.iter().filter(|it| it.place.sheet == sheet).count() < SHOWN {
                    total.differences.push(difference);
                }
            }
        } else {
            for (sheet, size) in sizes {
                total.tallies[sheet as usize].left += size;
            }
            if !unknown {
                left_out.push((code.to_string(), name.unwrap_or_default()));
            }
        }
    }
    ends::decide_places(tx, &asked, &mut total)?;
    keep_all(&mut faults, &mut total);
    for (tally, rows) in total.tallies.iter_mut().zip(counts) {
        tally.rows = rows;
        // Rows that could not be read are left as well.
        tally.left = rows.saturating_sub(tally.added + tally.changed + tally.same);
    }
    total.differences.sort_by_key(|difference| difference.place);
    let (refused, warned, loose) = (faults.refused, faults.warned, faults.loose);
    Ok(Decision {
        tallies: total.tallies,
        differences: total.differences,
        faults: faults.into_kept(),
        refused,
        warned,
        loose,
        left_out,
        written: total.written.seal(vault),
        changes: total.changes,
    })
}

/// Keeps the first row of each key. In one file a second is refused; from another file an equal one is passed over, and
/// one that differs is refused.
fn unique<T: PartialEq, K: std::hash::Hash + Eq>(
    rows: Vec<(Place, T)>,
    column: &'static str,
    key: impl Fn(&T) -> K,
    part: &mut Part,
    mut on_fault: impl FnMut(&T),
) -> Vec<(Place, T)> {
    let mut first: HashMap<K, usize> = HashMap::with_capacity(rows.len());
    let mut kept: Vec<(Place, T)> = Vec::with_capacity(rows.len());
    for (place, row) in rows {
        let key = key(&row);
        let Some(&at) = first.get(&key) else {
            first.insert(key, kept.len());
            kept.push((place, row));
            continue;
        };
        let (other, twin) = &kept[at];
        if other.file == place.file {
            part.fault_with(place, column, "exchange-fault-twice", "row", other.row);
            on_fault(&row);
        } else if *twin == row {
            part.same(place.sheet);
        } else {
            let fault = Fault::new(place, Some(column), "exchange-fault-files-differ");
            part.faults.push(fault.with("file", other.file + 1).with("row", other.row));
            on_fault(&row);
        }
    }
    kept
}

/// The rows of communities, put together by code.
fn grouped(rows: &mut Rows) -> BTreeMap<Text, Group> {
    let mut groups: BTreeMap<Text, Group> = BTreeMap::new();
    macro_rules! group {
        ($list:ident) => {
            for (place, row) in std::mem::take(&mut rows.$list) {
                // Asked first, so that a code is copied once a community, not once a row.
                if let Some(group) = groups.get_mut(&row.community) {
                    group.$list.push((place, row));
                } else {
                    groups.entry(row.community.clone()).or_default().$list.push((place, row));
                }
            }
        };
    }
    group!(modes);
    group!(remits);
    group!(sources);
    group!(buildings);
    group!(units);
    group!(tenants);
    for (code, elsewhere) in std::mem::take(&mut rows.bad) {
        if !code.is_empty() {
            let group = groups.entry(code).or_default();
            (group.bad, group.bad_elsewhere) = (true, elsewhere);
        }
    }
    groups
}

fn keep_all(faults: &mut Faults, part: &mut Part) {
    for fault in part.faults.drain(..) {
        faults.add(fault);
    }
}
