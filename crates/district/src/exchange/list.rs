//! The list of communities as a file, with the filters of the page and as of its day; and the fields that a superior's own
//! form can be filled with.

use std::collections::HashMap;

use base::Day;
use db::Tx;
use handbook::{GovernanceMode, Language};
use serde_json::{Map, Value as Json, json};

use super::book::{Value, table_csv, table_workbook};
use super::known::Known;
use super::sheets::{KINDS, RIGHTS};
use crate::kit::{Call, CommunityId, Entry, Error, Result, Scope, record};
use crate::people::Action;
use crate::register::{Ask, Roll, Snapshot};

/// What the list is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListForm {
    /// XLSX.
    Workbook,
    /// CSV with a byte order mark, for Excel.
    Csv,
    /// A `FeatureCollection` of points; communities without a position have a null geometry.
    GeoJson,
}

/// A community with what the list says of it.
#[derive(Debug, Clone)]
pub(super) struct Line {
    /// Its number in the list, from 1.
    number: i64,
    listed: Snapshot,
    town: (String, String),
    grid: (String, String),
    modes: String,
    operator: String,
    property: String,
    /// Numbers in other systems, by system.
    sources: Vec<(Box<str>, Box<str>)>,
    on: Day,
}

impl Line {
    fn number_in(&self, system: &str) -> Value {
        self.sources
            .iter()
            .find(|(known, _)| **known == *system)
            .map_or(Value::Empty, |(_, number)| text(number))
    }
}

/// A field of the list.
pub struct Field {
    /// The name in the program, in mappings and in GeoJSON.
    pub id: &'static str,
    /// The Chinese half of the header.
    pub zh: &'static str,
    /// The English half of the header.
    pub en: &'static str,
    value: fn(&Line) -> Value,
}

fn text(text: &str) -> Value {
    if text.is_empty() { Value::Empty } else { Value::Text(text.to_owned()) }
}

fn word(list: &[super::Choice], code: &str) -> Value {
    list.iter().find(|choice| choice.code == code).map_or(Value::Empty, |choice| text(choice.zh))
}

fn count(count: Option<i64>) -> Value {
    count.map_or(Value::Empty, Value::Count)
}

macro_rules! fields {
    ($($id:literal $zh:literal $en:literal $value:expr),* $(,)?) => {
        /// The fields of the list, in its order.
        pub const FIELDS: &[Field] = &[$(Field { id: $id, zh: $zh, en: $en, value: $value }),*];
    };
}

fields! {
    "code" "社区编码" "Community code" |it| text(&it.listed.code),
    "name" "社区名称" "Community name" |it| text(&it.listed.name),
    "name_en" "英文名称" "English name" |it| text(&it.listed.name_en),
    "kind" "社区类型" "Kind" |it| word(KINDS, it.listed.kind.as_code()),
    "label" "标签" "Label" |it| text(&it.listed.label),
    "right" "产权结构" "Property right" |it| word(RIGHTS, it.listed.right.as_code()),
    "town" "街镇代码" "Town code" |it| text(&it.town.0),
    "town_name" "街镇名称" "Town" |it| text(&it.town.1),
    "grid" "网格编码" "Grid code" |it| text(&it.grid.0),
    "grid_name" "网格名称" "Integrated grid" |it| text(&it.grid.1),
    "address" "地址" "Address" |it| text(&it.listed.address),
    "longitude" "经度" "Longitude (WGS-84)" |it| it.listed.position.map_or(Value::Empty, |at| Value::Degrees(at.lon())),
    "latitude" "纬度" "Latitude (WGS-84)" |it| it.listed.position.map_or(Value::Empty, |at| Value::Degrees(at.lat())),
    "opened_on" "开业日期" "Opened on" |it| it.listed.opened_on.map_or(Value::Empty, |day| text(&day.to_string())),
    "planned" "规划户数" "Planned households" |it| count(it.listed.planned_households),
    "dwellings" "住房（套/间）" "Dwellings" |it| Value::Count(it.listed.dwellings),
    "households" "户数" "Households" |it| Value::Count(it.listed.households),
    "residents" "居民数" "Residents" |it| Value::Count(it.listed.residents),
    "modes" "治理方式" "Governance modes" |it| text(&it.modes),
    "operator" "运营单位" "Operator" |it| text(&it.operator),
    "property" "物业服务企业" "Property manager" |it| text(&it.property),
    "community_cloud" "社区云编号" "Number in Community Cloud" |it| it.number_in("community_cloud"),
    "hotline_12345" "12345 编号" "Number in 12345" |it| it.number_in("hotline_12345"),
    "housing_register" "住房租赁平台编号" "Number in the housing register" |it| it.number_in("housing_register"),
    "on" "数据日期" "As of" |it| text(&it.on.to_string()),
    "simulated" "模拟" "Simulated" |it| if it.listed.simulated { text("模拟") } else { Value::Empty },
}

/// The running number, which superiors' forms begin with. A list of ours is counted by whoever reads it.
static NUMBER: Field =
    Field { id: "number", zh: "序号", en: "Running number", value: |it| Value::Count(it.number) };

/// The fields that a superior's form can be filled with.
pub fn form_fields() -> impl Iterator<Item = &'static Field> {
    std::iter::once(&NUMBER).chain(FIELDS)
}

/// The field of a form by its id.
pub fn field(id: &str) -> Option<&'static Field> {
    form_fields().find(|field| field.id == id)
}

impl Field {
    /// What the field says of a community.
    pub(super) fn of(&self, line: &Line) -> Value {
        (self.value)(line)
    }
}

/// The communities that an export has, with everything the fields ask for.
pub(super) fn lines(tx: &mut Tx<'_>, day: Day, ask: &Ask) -> Result<Vec<Line>> {
    let all = Ask { after: None, limit: None, ..ask.clone() };
    let roll = Roll::read(tx, day)?;
    let known = Known::read(tx, day)?;
    let towns: HashMap<_, _> =
        known.towns.values().map(|(id, it, _)| (*id, pair(&it.code, &it.name))).collect();
    let grids: HashMap<_, _> = known.grids.values().map(|(id, it)| (*id, pair(&it.code, &it.name))).collect();
    let names: HashMap<_, _> =
        known.organisations.values().map(|(id, it)| (*id, it.name.to_string())).collect();
    let in_force = |from: Day, to: Option<Day>| from <= day && to.is_none_or(|to| to > day);
    let remit = |id: CommunityId, remit: &str| -> String {
        let held = known.remits.get(&id).into_iter().flatten();
        let held = held.filter(|it| &*it.remit == remit && in_force(it.from, it.to));
        held.filter_map(|it| names.get(&it.organisation).cloned()).collect::<Vec<_>>().join("、")
    };
    let modes = |id: CommunityId| -> String {
        let held = known.modes.get(&id).into_iter().flatten().filter(|it| in_force(it.from, it.to));
        held.filter_map(|it| GovernanceMode::from_code(&it.mode).ok())
            .map(|mode| mode.name(Language::Zh))
            .collect::<Vec<_>>()
            .join("、")
    };
    Ok(roll
        .list(&all)
        .rows
        .into_iter()
        .cloned()
        .zip(1..)
        .map(|(listed, number)| Line {
            number,
            town: towns.get(&listed.town).cloned().unwrap_or_default(),
            grid: listed.grid.and_then(|grid| grids.get(&grid).cloned()).unwrap_or_default(),
            modes: modes(listed.id),
            operator: remit(listed.id, "operator"),
            property: remit(listed.id, "property"),
            sources: known.sources.get(&listed.id).cloned().unwrap_or_default(),
            on: day,
            listed,
        })
        .collect())
}

fn pair(code: &str, name: &str) -> (String, String) {
    (code.to_owned(), name.to_owned())
}

/// Who exports for one town asks for that town; who exports for the district may ask for all.
pub(super) fn permitted(call: &Call<'_>, ask: &Ask) -> Result<()> {
    let scope = match (ask.town, ask.grid) {
        (Some(town), Some(grid)) => Scope::Grid { town, grid },
        (Some(town), None) => Scope::Town(town),
        (None, _) => Scope::District,
    };
    call.authorise(Action::RegisterExport, scope)
}

/// The list of communities as of a day, with the filters of the list.
pub fn communities_list(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    day: Day,
    ask: &Ask,
    form: ListForm,
) -> Result<Vec<u8>> {
    permitted(call, ask)?;
    let lines = lines(tx, day, ask)?;
    record(tx, call, Entry { action: Action::RegisterExport, objects: &[], fields: "list of communities" })?;
    let header: Vec<String> = FIELDS.iter().map(|field| format!("{} {}", field.zh, field.en)).collect();
    let rows = || -> Vec<Vec<Value>> {
        lines.iter().map(|line| FIELDS.iter().map(|field| field.of(line)).collect()).collect()
    };
    match form {
        ListForm::Workbook => table_workbook(&format!("社区 {day}"), &header, &rows()),
        ListForm::Csv => table_csv(&header, &rows()),
        ListForm::GeoJson => geojson(&lines),
    }
}

fn geojson(lines: &[Line]) -> Result<Vec<u8>> {
    let json = |value: Value| match value {
        Value::Empty => Json::Null,
        Value::Count(count) => json!(count),
        Value::Text(text) => json!(text),
        // Written as text and read as a number: no binary fraction rounds a position.
        degrees @ Value::Degrees(_) => serde_json::from_str(&degrees.text()).unwrap_or(Json::Null),
    };
    let features: Vec<Json> = lines
        .iter()
        .map(|line| {
            let properties: Map<String, Json> = FIELDS
                .iter()
                .filter(|field| !matches!(field.id, "longitude" | "latitude"))
                .map(|field| (field.id.to_owned(), json(field.of(line))))
                .collect();
            let geometry = line.listed.position.map(|at| {
                let place = [json(Value::Degrees(at.lon())), json(Value::Degrees(at.lat()))];
                json!({"type": "Point", "coordinates": place})
            });
            json!({"type": "Feature", "id": line.listed.code, "geometry": geometry, "properties": properties})
        })
        .collect();
    let all = json!({"type": "FeatureCollection", "features": features});
    serde_json::to_vec(&all).map_err(|error| Error::Internal(error.to_string()))
}
