//! From rows of cells to records, with what is wrong with each cell. Knows the form of the workbook, not the register.

use std::collections::{HashMap, HashSet};

use base::code::{Check, check_resident_id, check_uscc};
use base::{Area, Day, Position, PositionError, Uuid};

use super::book::{Cell, Reading, RowAt};
use super::fault::{Fault, Faults, Place};
use super::records::{
    Building, Community, Grid, Mode, Organisation, Remit, Source, Tenant, Text, Town, Unit,
};
use super::sheets::{Kind, SheetId};
use super::values;
use crate::register::rules::TownKind;

/// No dwelling is smaller than a bed's place …
const SMALLEST: Area = Area::from_cm2(20_000);
/// … or larger than a thousand square metres.
const LARGEST: Area = Area::from_cm2(10_000_000);

/// Rows of all sheets, each with its place.
#[derive(Debug, Default)]
#[expect(missing_docs, reason = "one list a sheet")]
pub struct Rows {
    pub towns: Vec<(Place, Town)>,
    pub grids: Vec<(Place, Grid)>,
    pub organisations: Vec<(Place, Organisation)>,
    pub communities: Vec<(Place, Community)>,
    pub modes: Vec<(Place, Mode)>,
    pub remits: Vec<(Place, Remit)>,
    pub sources: Vec<(Place, Source)>,
    pub buildings: Vec<(Place, Building)>,
    pub units: Vec<(Place, Unit)>,
    pub tenants: Vec<(Place, Tenant)>,
    /// How many rows each sheet had, good and bad.
    pub counts: [usize; SheetId::ALL.len()],
    /// Communities with a bad row, by code, and whether a sheet without people has one; bad rows that name none are counted apart.
    pub bad: HashMap<Text, bool>,
    /// Towns, grids and organisations with a bad row: their sheet and code.
    pub bad_places: HashSet<(SheetId, Text)>,
    pub faults: Faults,
}

impl Reading for Rows {
    fn row(&mut self, at: RowAt, cells: &[Cell], beside: &[(usize, Cell)]) {
        // A row with nothing in any column of ours says nothing to us.
        if !beside.is_empty() && cells.iter().all(|cell| *cell == Cell::Empty) {
            return;
        }
        self.counts[at.sheet as usize] += 1;
        let mut row = Row { at, cells, faults: &mut self.faults, bad: false };
        macro_rules! keep {
            ($list:ident, $read:ident) => {
                match $read(&mut row) {
                    Some(record) if !row.bad => self.$list.push((at, record)),
                    _ => match (row.about(), at.sheet) {
                        (None, _) => self.faults.loose += 1,
                        (Some(code), SheetId::Towns | SheetId::Grids | SheetId::Organisations) => {
                            self.bad_places.insert((at.sheet, code));
                        }
                        (Some(code), _) => {
                            *self.bad.entry(code).or_default() |= !at.sheet.holds_people();
                        }
                    },
                }
            };
        }
        match at.sheet {
            SheetId::Towns => keep!(towns, town),
            SheetId::Grids => keep!(grids, grid),
            SheetId::Organisations => keep!(organisations, organisation),
            SheetId::Communities => keep!(communities, community),
            SheetId::Modes => keep!(modes, mode),
            SheetId::Remits => keep!(remits, remit),
            SheetId::Sources => keep!(sources, source),
            SheetId::Buildings => keep!(buildings, building),
            SheetId::Units => keep!(units, unit),
            SheetId::Tenancies => keep!(tenants, tenant),
        }
    }

    fn faults(&mut self) -> &mut Faults {
        &mut self.faults
    }
}

/// A row while it is read.
struct Row<'a> {
    at: Place,
    cells: &'a [Cell],
    faults: &'a mut Faults,
    bad: bool,
}

impl Row<'_> {
    fn cell(&self, id: &str) -> &Cell {
        let at = self.at.sheet.columns().iter().position(|column| column.id == id);
        at.and_then(|at| self.cells.get(at)).unwrap_or(&Cell::Empty)
    }

    fn refuse(&mut self, id: &'static str, reason: &'static str) {
        self.bad = true;
        self.faults.add(Fault::new(self.at, Some(id), reason));
    }

    fn refuse_with(
        &mut self,
        id: &'static str,
        reason: &'static str,
        name: &'static str,
        value: impl std::fmt::Display,
    ) {
        self.bad = true;
        self.faults.add(Fault::new(self.at, Some(id), reason).with(name, value));
    }

    fn warn(
        &mut self,
        id: &'static str,
        reason: &'static str,
        name: &'static str,
        value: impl std::fmt::Display,
    ) {
        self.faults.add(Fault::warning(self.at, Some(id), reason).with(name, value));
    }

    /// The text of a cell; formulas and errors are told. `None`: empty.
    fn raw(&mut self, id: &'static str) -> Option<String> {
        let text = match self.cell(id) {
            Cell::Empty => None,
            Cell::Text(text) | Cell::Number(text, _) => Some(text.clone()),
            Cell::Day(day) => Some(day.to_string()),
            Cell::Formula(_) => {
                self.refuse(id, "exchange-fault-formula");
                return None;
            }
            Cell::Error(error) => {
                let error = error.clone();
                self.refuse_with(id, "exchange-fault-error", "error", error);
                return None;
            }
        };
        let text = text.filter(|text| !values::tidy(text).is_empty());
        let required = self.at.sheet.column(id).is_some_and(|column| column.required);
        if text.is_none() && required {
            self.refuse(id, "exchange-fault-missing");
        }
        text
    }

    /// A text or code, no longer than its column takes.
    fn optional(&mut self, id: &'static str) -> Option<Text> {
        let raw = self.raw(id)?;
        let (text, most) = match self.at.sheet.column(id).map(|column| column.kind) {
            Some(Kind::Code(most)) => (values::plain(&raw), most),
            Some(Kind::Text(most)) => (values::tidy(&raw), most),
            _ => (values::tidy(&raw), 200),
        };
        if text.chars().count() > most {
            self.refuse_with(id, "exchange-fault-long", "most", most);
            return None;
        }
        (!text.is_empty()).then(|| text.into_boxed_str())
    }

    /// A text that may be empty.
    fn text(&mut self, id: &'static str) -> Text {
        self.optional(id).unwrap_or_default()
    }

    fn day(&mut self, id: &'static str) -> Option<Day> {
        if let Cell::Day(day) = self.cell(id) {
            return Some(*day);
        }
        let is_1904 = matches!(self.cell(id), Cell::Number(_, true));
        let is_number = matches!(self.cell(id), Cell::Number(..));
        let raw = self.raw(id)?;
        let read = values::day(&raw).or_else(|| {
            let plain = values::plain(&raw);
            // A CSV has texts only: five digits are a serial number there too.
            let serial = is_number || (plain.len() == 5 && plain.bytes().all(|b| b.is_ascii_digit()));
            serial.then(|| values::serial_day(&plain, is_1904)).flatten()
        });
        if read.is_none() {
            self.refuse_with(id, "exchange-fault-date", "text", shortened(&raw));
        }
        read
    }

    fn count(&mut self, id: &'static str) -> Option<i64> {
        let raw = self.raw(id)?;
        let Some(Kind::Count(least, most)) = self.at.sheet.column(id).map(|column| column.kind) else {
            return None;
        };
        let read = values::count(&raw).filter(|count| (least..=most).contains(count));
        if read.is_none() {
            self.bad = true;
            let fault = Fault::new(self.at, Some(id), "exchange-fault-count");
            self.faults.add(fault.with("text", shortened(&raw)).with("least", least).with("most", most));
        }
        read
    }

    fn area(&mut self, id: &'static str) -> Option<Area> {
        let raw = self.raw(id)?;
        match values::area(&raw) {
            Err(()) => self.refuse_with(id, "exchange-fault-area-negative", "text", shortened(&raw)),
            Ok(None) => self.refuse_with(id, "exchange-fault-area", "text", shortened(&raw)),
            Ok(Some(area)) if !(SMALLEST..=LARGEST).contains(&area) => {
                self.refuse_with(id, "exchange-fault-area-absurd", "text", shortened(&raw));
            }
            Ok(Some(area)) => return Some(area),
        }
        None
    }

    fn choice(&mut self, id: &'static str) -> Option<&'static str> {
        let raw = self.raw(id)?;
        let Some(Kind::Choice(list)) = self.at.sheet.column(id).map(|column| column.kind) else {
            return None;
        };
        let asked = super::sheets::key(&raw);
        let is = |name: &str| super::sheets::key(name) == asked;
        let found = list.iter().find(|choice| is(choice.code) || is(choice.zh) || is(choice.en));
        if found.is_none() {
            let known: Vec<&str> = list.iter().map(|choice| choice.zh).collect();
            self.bad = true;
            let fault = Fault::new(self.at, Some(id), "exchange-fault-choice");
            self.faults.add(fault.with("text", shortened(&raw)).with("known", known.join("、")));
        }
        found.map(|choice| choice.code)
    }

    fn degrees(&mut self, id: &'static str) -> Option<i64> {
        let raw = self.raw(id)?;
        let read = values::degrees(&raw);
        if read.is_none() {
            self.refuse_with(id, "exchange-fault-degrees", "text", shortened(&raw));
        }
        read
    }

    /// The position of the two columns, in WGS-84.
    fn place(&mut self, system: &str) -> Option<(i64, i64)> {
        let (lon, lat) = (self.degrees("longitude"), self.degrees("latitude"));
        let given = |cell: &Cell| !matches!(cell, Cell::Empty);
        let (lon, lat) = match (lon, lat) {
            (Some(lon), Some(lat)) => (lon, lat),
            (Some(_), None) if !given(self.cell("latitude")) => {
                self.refuse("latitude", "exchange-fault-half-position");
                return None;
            }
            (None, Some(_)) if !given(self.cell("longitude")) => {
                self.refuse("longitude", "exchange-fault-half-position");
                return None;
            }
            _ => return None,
        };
        match Position::new(lat, lon) {
            Ok(position) => {
                let position = if system == "gcj02" { position.from_gcj02() } else { position };
                Some((position.lat(), position.lon()))
            }
            Err(PositionError::Exchanged) => {
                self.refuse("longitude", "exchange-fault-swapped");
                None
            }
            Err(PositionError::Outside) => {
                self.refuse("longitude", "exchange-fault-outside");
                None
            }
        }
    }

    /// A town's code: nine digits. A name is told apart, so that the code can be looked up.
    fn town_code(&mut self, id: &'static str) -> Option<Text> {
        let code = self.optional(id)?;
        if TownKind::of_code(&code).is_some() {
            return Some(code);
        }
        let is_name = !code.bytes().all(|b| b.is_ascii_digit());
        let reason = if is_name { "exchange-fault-town-name" } else { "exchange-fault-town-code" };
        self.refuse_with(id, reason, "text", shortened(&code));
        None
    }

    fn begins_before_it_ends(&mut self, from: Option<Day>, to: Option<Day>) {
        if let (Some(from), Some(to)) = (from, to)
            && to <= from
        {
            self.refuse("to", "exchange-fault-ends-first");
        }
    }

    /// The code of the community, town, grid or organisation a bad row speaks of; `None`: nobody can say.
    fn about(&self) -> Option<Text> {
        let has_community = self.at.sheet.column("community").is_some();
        match self.cell(if has_community { "community" } else { "code" }) {
            Cell::Text(text) | Cell::Number(text, _) => {
                Some(values::plain(text)).filter(|code| !code.is_empty()).map(String::into_boxed_str)
            }
            _ => None,
        }
    }
}

/// What a message repeats of a cell: enough to recognise it.
fn shortened(text: &str) -> String {
    let tidy = values::tidy(text);
    if tidy.chars().count() > 30 { tidy.chars().take(30).chain(['…']).collect() } else { tidy }
}

fn town(row: &mut Row<'_>) -> Option<Town> {
    let (code, name, name_en) = (row.town_code("code"), row.optional("name"), row.text("name_en"));
    let (centre, from) = (row.place("wgs84"), row.day("from"));
    Some(Town { code: code?, name: name?, name_en, centre: centre?, from })
}

fn grid(row: &mut Row<'_>) -> Option<Grid> {
    let (code, town, name) = (row.optional("code"), row.town_code("town"), row.optional("name"));
    let (name_en, from, to) = (row.text("name_en"), row.day("from"), row.day("to"));
    row.begins_before_it_ends(from, to);
    Some(Grid { code: code?, town: town?, name: name?, name_en, from, to })
}

fn organisation(row: &mut Row<'_>) -> Option<Organisation> {
    let (code, kind, name) = (row.optional("code"), row.choice("kind"), row.optional("name"));
    let (name_en, uscc, town) = (row.text("name_en"), row.optional("uscc"), row.town_code("town"));
    let uscc = uscc.map(|code| code.to_uppercase().into_boxed_str());
    // Real registered firms fail the check, so it warns.
    if let Some(code) = uscc.as_deref() {
        match check_uscc(code) {
            Check::Fails => row.warn("uscc", "exchange-fault-uscc-check", "text", code),
            Check::Malformed => row.warn("uscc", "exchange-fault-uscc-form", "text", code),
            Check::Passes => {}
        }
    }
    let (from, to) = (row.day("from"), row.day("to"));
    row.begins_before_it_ends(from, to);
    Some(Organisation { code: code?, kind: kind?.into(), name: name?, name_en, uscc, town, from, to })
}

fn community(row: &mut Row<'_>) -> Option<Community> {
    let (code, name, name_en) = (row.optional("code"), row.optional("name"), row.text("name_en"));
    let (kind, label, right) = (row.choice("kind"), row.text("label"), row.choice("right"));
    let (town, grid, address) = (row.town_code("town"), row.optional("grid"), row.text("address"));
    let system = row.choice("system").unwrap_or("wgs84");
    let place = row.place(system);
    let (opened_on, planned, planned_on) =
        (row.day("opened_on"), row.count("planned"), row.day("planned_on"));
    if !row.bad && planned.is_some() != planned_on.is_some() {
        let column = if planned.is_some() { "planned_on" } else { "planned" };
        row.refuse(column, "exchange-fault-planned-undated");
    }
    let (from, reason) = (row.day("from"), row.text("reason"));
    let simulated = row.choice("simulated") == Some("yes");
    if let (Some(code), Some(town)) = (&code, &town)
        && !code.starts_with(&**town)
    {
        row.warn("code", "exchange-fault-code-prefix", "town", town);
    }
    Some(Community {
        code: code?,
        name: name?,
        name_en,
        kind: kind?.into(),
        label,
        right: right?.into(),
        town: town?,
        grid,
        address,
        place,
        opened_on,
        planned,
        planned_on,
        from,
        reason,
        simulated,
    })
}

fn mode(row: &mut Row<'_>) -> Option<Mode> {
    let (community, mode) = (row.optional("community"), row.choice("mode"));
    let (organisation, document) = (row.optional("organisation"), row.text("document"));
    let (from, to) = (row.day("from"), row.day("to"));
    row.begins_before_it_ends(from, to);
    Some(Mode { community: community?, mode: mode?.into(), organisation, document, from, to })
}

fn remit(row: &mut Row<'_>) -> Option<Remit> {
    let (community, organisation) = (row.optional("community"), row.optional("organisation"));
    let (remit, from, to) = (row.choice("remit"), row.day("from"), row.day("to"));
    row.begins_before_it_ends(from, to);
    Some(Remit { community: community?, organisation: organisation?, remit: remit?.into(), from, to })
}

fn source(row: &mut Row<'_>) -> Option<Source> {
    let (community, source, number) =
        (row.optional("community"), row.choice("source"), row.optional("number"));
    Some(Source { community: community?, source: source?.into(), number: number? })
}

fn building(row: &mut Row<'_>) -> Option<Building> {
    let (community, number) = (row.optional("community"), row.optional("building"));
    let (floors, from, to) = (row.count("floors"), row.day("from"), row.day("to"));
    row.begins_before_it_ends(from, to);
    Some(Building { community: community?, number: number?, floors: floors?, from, to })
}

fn unit(row: &mut Row<'_>) -> Option<Unit> {
    let (community, building, number) =
        (row.optional("community"), row.optional("building"), row.optional("unit"));
    let (floor, area) = (row.count("floor"), row.area("area"));
    let (room, room_area) = (row.optional("room"), row.area("room_area"));
    let (from, to) = (row.day("from"), row.day("to"));
    row.begins_before_it_ends(from, to);
    let room = match (room, room_area) {
        (Some(room), Some(area)) => Some((room, area)),
        (None, None) => None,
        (room, _) => {
            if !row.bad {
                row.refuse(if room.is_some() { "room_area" } else { "room" }, "exchange-fault-half-room");
            }
            None
        }
    };
    if let (Some((_, room)), Some(flat)) = (&room, area)
        && *room > flat
    {
        row.refuse("room_area", "exchange-fault-room-larger");
    }
    Some(Unit {
        community: community?,
        building: building?,
        number: number?,
        floor: floor?,
        area: area?,
        room,
        from,
        to,
    })
}

fn tenant(row: &mut Row<'_>) -> Option<Tenant> {
    let (community, building, unit) =
        (row.optional("community"), row.optional("building"), row.optional("unit"));
    let (room, household) = (row.optional("room"), row.count("household").unwrap_or(1));
    let (tenure, lease) = (row.choice("tenure"), row.optional("lease"));
    let (from, to) = (row.day("from"), row.day("to"));
    row.begins_before_it_ends(from, to);
    let person = row.optional("person");
    let uuid = person.as_deref().and_then(|person| Uuid::parse_str(person).ok());
    if person.is_some() && uuid.is_none() {
        row.refuse("person", "exchange-fault-person");
    }
    let (name, telephone, identity) = (row.text("name"), row.optional("telephone"), row.optional("identity"));
    if uuid.is_none() && name.is_empty() && !row.bad {
        row.refuse("name", "exchange-fault-name");
    }
    let identity = identity.map(|number| number.to_uppercase().into_boxed_str());
    // Only what has the form of a resident's number is checked: passports and permits have other forms.
    if identity.as_deref().map(check_resident_id) == Some(Check::Fails) {
        row.faults.add(Fault::warning(row.at, Some("identity"), "exchange-fault-identity-check"));
    }
    Some(Tenant {
        community: community?,
        building: building?,
        unit: unit?,
        room,
        household,
        tenure: tenure?.into(),
        lease,
        from: from?,
        to,
        person: uuid,
        name,
        telephone,
        identity,
    })
}
