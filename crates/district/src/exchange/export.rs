//! The whole register, or one town's part, as the same workbook that an import takes: what goes out can come back.

use std::collections::{BTreeMap, HashSet};

use base::{Area, Day};
use db::{Tx, params};
use sha2::{Digest as _, Sha256};

use super::book::{Book, csv_text, zip_of};
use super::known::Known;
use super::records::{Grid, Mode, Record, Remit, Source, Tenant, Text, Unit};
use super::sheets::{Column, SheetId};
use super::store;
use crate::kit::{
    Call, CommunityId, Entry, OrganisationId, PersonId, Result, RoomId, Scope, TenancyId, TownId, UnitId,
    record,
};
use crate::people::Action;

/// A file that goes out.
#[derive(Debug)]
pub struct Exported {
    /// Its content.
    pub bytes: Vec<u8>,
    /// SHA-256 of its rows, sheet by sheet: equal for equal registers.
    pub digest: String,
    /// How many rows each sheet has.
    pub rows: [usize; SheetId::ALL.len()],
}

/// What a register is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// One workbook.
    Workbook,
    /// An archive with a CSV for each sheet.
    Csv,
}

impl Form {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Workbook, Self::Csv];

    /// The name in addresses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Workbook => "workbook",
            Self::Csv => "csv",
        }
    }
}

/// Where rows go, and what they add up to.
struct Out {
    book: Option<Book>,
    csv: Vec<(SheetId, Vec<Vec<String>>)>,
    hash: Sha256,
    rows: [usize; SheetId::ALL.len()],
    sheet: SheetId,
}

impl Out {
    fn new(form: Form) -> Result<Self> {
        let book = if form == Form::Workbook { Some(Book::new(false)?) } else { None };
        Ok(Self {
            book,
            csv: Vec::new(),
            hash: Sha256::new(),
            rows: [0; SheetId::ALL.len()],
            sheet: SheetId::Towns,
        })
    }

    fn begin(&mut self, sheet: SheetId) -> Result<()> {
        self.sheet = sheet;
        self.hash.update(sheet.as_str());
        if let Some(book) = &mut self.book {
            return book.begin(sheet);
        }
        self.csv.push((sheet, Vec::new()));
        Ok(())
    }

    fn row(&mut self, record: &impl Record) -> Result<()> {
        let cells = record.cells();
        for cell in &cells {
            self.hash.update(cell);
            self.hash.update([0x1f]);
        }
        self.hash.update([0x1e]);
        self.rows[self.sheet as usize] += 1;
        match (&mut self.book, self.csv.last_mut()) {
            (Some(book), _) => book.row(&cells, None),
            (None, Some((_, rows))) => {
                rows.push(cells);
                Ok(())
            }
            (None, None) => Ok(()),
        }
    }

    fn finish(self) -> Result<Exported> {
        let digest = base::hex(&self.hash.finalize());
        let bytes = if let Some(book) = self.book {
            book.finish()?
        } else {
            let mut files = Vec::new();
            for (sheet, rows) in self.csv {
                let header: Vec<String> = sheet.columns().iter().map(Column::header).collect();
                files.push((format!("{}.csv", sheet.as_str()), csv_text(&header, rows)?));
            }
            zip_of(&files)?
        };
        Ok(Exported { bytes, digest, rows: self.rows })
    }
}

/// What of the register goes out.
struct Part<'a> {
    known: &'a Known,
    day: Day,
    town: Option<Text>,
}

impl Part<'_> {
    fn has_town(&self, code: &str) -> bool {
        self.town.as_deref().is_none_or(|town| town == code)
    }

    /// The communities that go out, by code.
    fn communities(&self) -> BTreeMap<&Text, CommunityId> {
        let of_town =
            |it: &&(CommunityId, super::records::Community, Option<String>)| self.has_town(&it.1.town);
        self.known.communities.values().filter(of_town).map(|(id, it, _)| (&it.code, *id)).collect()
    }

    fn organisation(&self, id: OrganisationId) -> Option<Text> {
        self.known.organisations.iter().find(|(_, (known, _))| *known == id).map(|(code, _)| code.clone())
    }
}

/// Exports the register as of a day: the whole of it, or one town's. Names of residents stay in the vault; a resident
/// goes out as a pseudonym.
pub fn register(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    day: Day,
    town: Option<TownId>,
    form: Form,
) -> Result<Exported> {
    call.authorise(Action::RegisterExport, town.map_or(Scope::District, Scope::Town))?;
    let exported = written(tx, day, town, form)?;
    let objects: Vec<base::Uuid> = town.map(TownId::uuid).into_iter().collect();
    record(tx, call, Entry { action: Action::RegisterExport, objects: &objects, fields: "register" })?;
    Ok(exported)
}

fn written(tx: &mut Tx<'_>, day: Day, town: Option<TownId>, form: Form) -> Result<Exported> {
    let known = Known::read(tx, day)?;
    let code = town.and_then(|id| {
        known.towns.values().find(|(known, ..)| *known == id).map(|(_, it, _)| it.code.clone())
    });
    let part = Part { known: &known, day, town: code };
    let mut out = Out::new(form)?;
    places(&part, &mut out)?;
    histories(&part, &mut out)?;
    let communities = part.communities();
    out.begin(SheetId::Buildings)?;
    for (code, id) in &communities {
        let mut buildings: Vec<_> = known.buildings.get(id).into_iter().flatten().map(|(_, it)| it).collect();
        buildings.retain(|it| it.from.is_none_or(|from| from <= day) && it.to.is_none_or(|to| to > day));
        buildings.sort_by(|one, two| one.number.cmp(&two.number));
        for building in buildings {
            out.row(&super::records::Building { community: (*code).clone(), ..building.clone() })?;
        }
    }
    out.begin(SheetId::Units)?;
    for (code, id) in &communities {
        for unit in units(tx, code, *id, day)? {
            out.row(&unit)?;
        }
    }
    out.begin(SheetId::Tenancies)?;
    for (code, id) in &communities {
        for tenant in tenants(tx, &part, code, *id)? {
            out.row(&tenant)?;
        }
    }
    out.finish()
}

fn places(part: &Part<'_>, out: &mut Out) -> Result<()> {
    out.begin(SheetId::Towns)?;
    let towns: BTreeMap<_, _> = part.known.towns.iter().filter(|(code, _)| part.has_town(code)).collect();
    for (_, town, _) in towns.values() {
        out.row(town)?;
    }
    out.begin(SheetId::Grids)?;
    let there = |it: &Grid| it.to.is_none_or(|to| to > part.day);
    let grids: BTreeMap<_, _> = part
        .known
        .grids
        .iter()
        .filter(|(_, (_, it))| part.has_town(&it.town) && there(it))
        .map(|(code, (_, it))| (code, it))
        .collect();
    let lived_in: HashSet<&Text> =
        part.known.communities.values().filter_map(|(_, it, _)| it.grid.as_ref()).collect();
    for (code, grid) in grids {
        // A file holds one day. While communities stand in it, the end of a grid cannot be said: they are to move first,
        // on a day that the file does not hold.
        let to = grid.to.filter(|_| !lived_in.contains(code));
        out.row(&Grid { to, ..grid.clone() })?;
    }
    out.begin(SheetId::Organisations)?;
    // Those that serve the whole district go out with every town; those that ended too, as modes and remits of the past
    // name them.
    let organisations: BTreeMap<_, _> = part
        .known
        .organisations
        .iter()
        .filter(|(_, (_, it))| it.town.as_ref().is_none_or(|town| part.has_town(town)))
        .collect();
    for (_, organisation) in organisations.values() {
        out.row(organisation)?;
    }
    out.begin(SheetId::Communities)?;
    for code in part.communities().keys() {
        if let Some((_, community, _)) = part.known.communities.get(*code) {
            out.row(community)?;
        }
    }
    Ok(())
}

/// Modes and remits, past ones too: they are the community's history.
fn histories(part: &Part<'_>, out: &mut Out) -> Result<()> {
    out.begin(SheetId::Modes)?;
    for (code, id) in part.communities() {
        let mut modes: Vec<_> = part.known.modes.get(&id).into_iter().flatten().collect();
        modes.retain(|it| it.from <= part.day);
        modes.sort_by_key(|it| (it.from, &it.mode));
        for mode in modes {
            out.row(&Mode {
                community: code.clone(),
                mode: mode.mode.clone(),
                organisation: mode.organisation.and_then(|id| part.organisation(id)),
                document: mode.document.clone(),
                from: Some(mode.from),
                to: mode.to,
            })?;
        }
    }
    out.begin(SheetId::Remits)?;
    for (code, id) in part.communities() {
        let known = part.known.remits.get(&id).into_iter().flatten().filter(|it| it.from <= part.day);
        let mut remits: Vec<Remit> = known
            .map(|it| Remit {
                community: code.clone(),
                organisation: part.organisation(it.organisation).unwrap_or_default(),
                remit: it.remit.clone(),
                from: Some(it.from),
                to: it.to,
            })
            .collect();
        remits.sort_by(|one, two| {
            (one.from, &one.organisation, &one.remit).cmp(&(two.from, &two.organisation, &two.remit))
        });
        for remit in remits {
            out.row(&remit)?;
        }
    }
    out.begin(SheetId::Sources)?;
    for (code, id) in part.communities() {
        for (source, number) in part.known.sources.get(&id).into_iter().flatten() {
            let (community, source, number) = (code.clone(), source.clone(), number.clone());
            out.row(&Source { community, source, number })?;
        }
    }
    Ok(())
}

/// The dwellings of a community on a day.
fn units(tx: &mut Tx<'_>, code: &Text, id: CommunityId, day: Day) -> Result<Vec<Unit>> {
    let mut units = Vec::new();
    let on = |from: Day, to: Option<Day>| from <= day && to.is_none_or(|to| to > day);
    for mut row in tx.query(&store::UNITS, params![id])? {
        let row = &mut row;
        let (from, to): (Day, Option<Day>) = (row.get(5)?, row.get(6)?);
        let room_id: Option<RoomId> = row.get(7)?;
        let mut unit = Unit {
            community: code.clone(),
            building: row.get::<String>(0)?.into_boxed_str(),
            number: row.get::<String>(2)?.into_boxed_str(),
            floor: row.get(3)?,
            area: row.get(4)?,
            room: None,
            from: Some(from),
            to,
        };
        if !on(from, to) {
            continue;
        }
        if room_id.is_some() {
            let (number, area): (String, Area) = (row.get(8)?, row.get(9)?);
            let (from, to): (Day, Option<Day>) = (row.get(10)?, row.get(11)?);
            if !on(from, to) {
                continue;
            }
            unit.room = Some((number.into_boxed_str(), area));
            (unit.from, unit.to) = (Some(from), to);
        }
        units.push(unit);
    }
    units.sort_by(|one, two| {
        let key = |it: &Unit| {
            (it.building.clone(), it.number.clone(), it.room.as_ref().map(|(room, _)| room.clone()))
        };
        key(one).cmp(&key(two))
    });
    Ok(units)
}

/// A dwelling, and its building, flat and room as people write them.
type Dwellings = BTreeMap<(UnitId, Option<RoomId>), (Text, Text, Option<Text>)>;

/// The households of a community on a day, one row a person. Two households that moved into one dwelling on one day are
/// told apart by a number, in the order of their first pseudonym, which is the same wherever the rows are read.
fn tenants(tx: &mut Tx<'_>, part: &Part<'_>, code: &Text, id: CommunityId) -> Result<Vec<Tenant>> {
    let mut places = Dwellings::new();
    for mut row in tx.query(&store::UNITS, params![id])? {
        let room: Option<RoomId> = row.get(7)?;
        let number: Option<String> = row.get(8)?;
        let building = row.get::<String>(0)?.into_boxed_str();
        let unit = row.get::<String>(2)?.into_boxed_str();
        places.insert((row.get(1)?, room), (building, unit, number.map(String::into_boxed_str)));
    }
    let mut numbers: BTreeMap<(UnitId, Option<RoomId>, Day), Vec<TenancyId>> = BTreeMap::new();
    let mut tenants = Vec::new();
    for mut row in tx.query(&store::HOUSEHOLDS, params![part.day, id])? {
        let row = &mut row;
        let (tenancy, unit, room): (TenancyId, UnitId, Option<RoomId>) =
            (row.get(0)?, row.get(1)?, row.get(2)?);
        let (lease, tenure): (Option<OrganisationId>, String) = (row.get(3)?, row.get(4)?);
        let (from, to): (Day, Option<Day>) = (row.get(5)?, row.get(6)?);
        let person: PersonId = row.get(7)?;
        let same = numbers.entry((unit, room, from)).or_default();
        if !same.contains(&tenancy) {
            same.push(tenancy);
        }
        let number = same.iter().position(|it| *it == tenancy).unwrap_or(0);
        let Some((building, flat, room)) = places.get(&(unit, room)) else { continue };
        tenants.push(Tenant {
            community: code.clone(),
            building: building.clone(),
            unit: flat.clone(),
            room: room.clone(),
            household: i64::try_from(number).unwrap_or(0) + 1,
            tenure: tenure.into_boxed_str(),
            lease: lease.and_then(|id| part.organisation(id)),
            from,
            to,
            person: Some(person.uuid()),
            name: Text::default(),
            telephone: None,
            identity: None,
        });
    }
    tenants.sort_by(|one, two| {
        let key = |it: &Tenant| {
            (it.building.clone(), it.unit.clone(), it.room.clone(), it.from, it.household, it.person)
        };
        key(one).cmp(&key(two))
    });
    Ok(tenants)
}

/// A workbook for each town, pre-filled, in one archive: to be sent out, mended there, and imported again together.
pub fn town_workbooks(tx: &mut Tx<'_>, call: &mut Call<'_>, day: Day) -> Result<Vec<u8>> {
    call.authorise(Action::RegisterExport, Scope::District)?;
    let known = Known::read(tx, day)?;
    let mut towns: Vec<_> =
        known.towns.values().map(|(id, town, _)| (town.code.clone(), town.name.clone(), *id)).collect();
    towns.sort();
    let mut files = Vec::new();
    for (code, name, id) in &towns {
        let exported = written(tx, day, Some(*id), Form::Workbook)?;
        files.push((format!("{code}-{name}.xlsx"), exported.bytes));
    }
    let objects: Vec<base::Uuid> = towns.iter().map(|(.., id)| id.uuid()).collect();
    record(
        tx,
        call,
        Entry { action: Action::RegisterExport, objects: &objects, fields: "register by town" },
    )?;
    zip_of(&files)
}
