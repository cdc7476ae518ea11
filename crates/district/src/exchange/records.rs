//! Rows of the register's workbook as the program holds them: by codes, not ids, so that a row of a file, a row of the
//! register and a row of an export are the same thing and can be compared.

use base::{Area, Day};

use super::sheets::{Choice, KINDS, MODES, ORGANISATION_KINDS, REMITS, RIGHTS, SOURCES, TENURES, YES_NO};
use super::values::{area_text, degrees_text};

/// A short text that is kept by the hundred thousand.
pub type Text = Box<str>;

/// A row: the cells it shows, in the order of its sheet's columns.
pub trait Record {
    /// The cells as an export writes them.
    fn cells(&self) -> Vec<String>;
}

fn word(list: &[Choice], code: &str) -> String {
    list.iter().find(|choice| choice.code == code).map_or(code, |choice| choice.zh).to_owned()
}

fn day(day: Option<Day>) -> String {
    day.map(|day| day.to_string()).unwrap_or_default()
}

fn text(text: Option<&Text>) -> String {
    text.map(ToString::to_string).unwrap_or_default()
}

fn degrees(place: Option<(i64, i64)>) -> [String; 2] {
    place.map_or_else(Default::default, |(lat, lon)| [degrees_text(lon), degrees_text(lat)])
}

/// 街镇.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Town {
    pub code: Text,
    pub name: Text,
    pub name_en: Text,
    /// Latitude and longitude.
    pub centre: (i64, i64),
    pub from: Option<Day>,
}

impl Record for Town {
    fn cells(&self) -> Vec<String> {
        let [lon, lat] = degrees(Some(self.centre));
        vec![self.code.to_string(), self.name.to_string(), self.name_en.to_string(), lon, lat, day(self.from)]
    }
}

/// 综合网格.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grid {
    pub code: Text,
    pub town: Text,
    pub name: Text,
    pub name_en: Text,
    pub from: Option<Day>,
    pub to: Option<Day>,
}

impl Record for Grid {
    fn cells(&self) -> Vec<String> {
        vec![
            self.code.to_string(),
            self.town.to_string(),
            self.name.to_string(),
            self.name_en.to_string(),
            day(self.from),
            day(self.to),
        ]
    }
}

/// 组织.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organisation {
    pub code: Text,
    pub kind: Text,
    pub name: Text,
    pub name_en: Text,
    pub uscc: Option<Text>,
    pub town: Option<Text>,
    pub from: Option<Day>,
    pub to: Option<Day>,
}

impl Record for Organisation {
    fn cells(&self) -> Vec<String> {
        vec![
            self.code.to_string(),
            word(ORGANISATION_KINDS, &self.kind),
            self.name.to_string(),
            self.name_en.to_string(),
            text(self.uscc.as_ref()),
            text(self.town.as_ref()),
            day(self.from),
            day(self.to),
        ]
    }
}

/// 社区.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Community {
    pub code: Text,
    pub name: Text,
    pub name_en: Text,
    pub kind: Text,
    pub label: Text,
    pub right: Text,
    pub town: Text,
    pub grid: Option<Text>,
    pub address: Text,
    /// Latitude and longitude in WGS-84.
    pub place: Option<(i64, i64)>,
    pub opened_on: Option<Day>,
    pub planned: Option<i64>,
    pub planned_on: Option<Day>,
    pub from: Option<Day>,
    pub reason: Text,
    pub simulated: bool,
}

impl Record for Community {
    fn cells(&self) -> Vec<String> {
        let [lon, lat] = degrees(self.place);
        let system = if self.place.is_some() { "WGS-84" } else { "" };
        vec![
            self.code.to_string(),
            self.name.to_string(),
            self.name_en.to_string(),
            word(KINDS, &self.kind),
            self.label.to_string(),
            word(RIGHTS, &self.right),
            self.town.to_string(),
            text(self.grid.as_ref()),
            self.address.to_string(),
            lon,
            lat,
            system.to_owned(),
            day(self.opened_on),
            self.planned.map(|planned| planned.to_string()).unwrap_or_default(),
            day(self.planned_on),
            day(self.from),
            self.reason.to_string(),
            word(YES_NO, if self.simulated { "yes" } else { "no" }),
        ]
    }
}

/// 治理方式.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_field_names, reason = "the fields are the columns of the sheet")]
pub struct Mode {
    pub community: Text,
    pub mode: Text,
    pub organisation: Option<Text>,
    pub document: Text,
    pub from: Option<Day>,
    pub to: Option<Day>,
}

impl Record for Mode {
    fn cells(&self) -> Vec<String> {
        vec![
            self.community.to_string(),
            word(MODES, &self.mode),
            text(self.organisation.as_ref()),
            self.document.to_string(),
            day(self.from),
            day(self.to),
        ]
    }
}

/// 服务单位.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_field_names, reason = "the fields are the columns of the sheet")]
pub struct Remit {
    pub community: Text,
    pub organisation: Text,
    pub remit: Text,
    pub from: Option<Day>,
    pub to: Option<Day>,
}

impl Record for Remit {
    fn cells(&self) -> Vec<String> {
        vec![
            self.community.to_string(),
            self.organisation.to_string(),
            word(REMITS, &self.remit),
            day(self.from),
            day(self.to),
        ]
    }
}

/// 来源编号.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_field_names, reason = "the fields are the columns of the sheet")]
pub struct Source {
    pub community: Text,
    pub source: Text,
    pub number: Text,
}

impl Record for Source {
    fn cells(&self) -> Vec<String> {
        vec![self.community.to_string(), word(SOURCES, &self.source), self.number.to_string()]
    }
}

/// 楼栋.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Building {
    pub community: Text,
    pub number: Text,
    pub floors: i64,
    pub from: Option<Day>,
    pub to: Option<Day>,
}

impl Record for Building {
    fn cells(&self) -> Vec<String> {
        vec![
            self.community.to_string(),
            self.number.to_string(),
            self.floors.to_string(),
            day(self.from),
            day(self.to),
        ]
    }
}

/// 套间: a dwelling, which is a flat or a room of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    pub community: Text,
    pub building: Text,
    pub number: Text,
    pub floor: i64,
    pub area: Area,
    pub room: Option<(Text, Area)>,
    pub from: Option<Day>,
    pub to: Option<Day>,
}

impl Record for Unit {
    fn cells(&self) -> Vec<String> {
        let (room, room_area) = self
            .room
            .as_ref()
            .map_or_else(Default::default, |(number, area)| (number.to_string(), area_text(*area)));
        vec![
            self.community.to_string(),
            self.building.to_string(),
            self.number.to_string(),
            self.floor.to_string(),
            area_text(self.area),
            room,
            room_area,
            day(self.from),
            day(self.to),
        ]
    }
}

/// 租住: a person of a household.
#[derive(Clone, PartialEq, Eq)]
pub struct Tenant {
    pub community: Text,
    pub building: Text,
    pub unit: Text,
    pub room: Option<Text>,
    pub household: i64,
    pub tenure: Text,
    pub lease: Option<Text>,
    pub from: Day,
    pub to: Option<Day>,
    /// The pseudonym, as exports write it.
    pub person: Option<base::Uuid>,
    pub name: Text,
    pub telephone: Option<Text>,
    pub identity: Option<Text>,
}

/// Says where, never who: no name may reach a log.
impl std::fmt::Debug for Tenant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tenant")
            .field("community", &self.community)
            .field("unit", &self.unit)
            .finish_non_exhaustive()
    }
}

/// An export has the pseudonym alone: names do not leave the vault in bulk.
impl Record for Tenant {
    fn cells(&self) -> Vec<String> {
        let household = if self.household > 1 { self.household.to_string() } else { String::new() };
        vec![
            self.community.to_string(),
            self.building.to_string(),
            self.unit.to_string(),
            text(self.room.as_ref()),
            household,
            word(TENURES, &self.tenure),
            text(self.lease.as_ref()),
            self.from.to_string(),
            day(self.to),
            self.person.map(|person| person.simple().to_string()).unwrap_or_default(),
            String::new(),
            String::new(),
            String::new(),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::super::sheets::SheetId;
    use super::*;

    #[test]
    fn rows_have_a_cell_for_each_column_and_no_name() {
        let day = Day::parse("2026-01-31").ok();
        let code = || Text::from("310112107-001");
        let none = || Text::from("");
        let widths = [
            Town { code: code(), name: code(), name_en: none(), centre: (1, 2), from: day }.cells().len(),
            Grid { code: code(), town: code(), name: code(), name_en: none(), from: day, to: day }
                .cells()
                .len(),
        ];
        assert_eq!(widths, [SheetId::Towns.columns().len(), SheetId::Grids.columns().len()]);
        let tenant = Tenant {
            community: code(),
            building: "1号".into(),
            unit: "101".into(),
            room: None,
            household: 1,
            tenure: "tenant".into(),
            lease: None,
            from: Day::parse("2025-03-01").unwrap(),
            to: None,
            person: Some(base::Uuid::from_u128(7)),
            name: "示例".into(),
            telephone: Some("19900001234".into()),
            identity: None,
        };
        assert_eq!(tenant.cells().len(), SheetId::Tenancies.columns().len());
        assert!(!format!("{tenant:?} {:?}", tenant.cells()).contains("示例"));
        assert!(!tenant.cells().iter().any(|cell| cell.contains("1990")));
    }
}
