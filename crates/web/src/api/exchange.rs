//! Files to carry away, for programs, each of them on record; and outlines that come in.

use axum::body::Bytes;
use axum::response::Response;
use base::Uuid;
use district::exchange::{self as slice, Form, ListForm};
use district::kit::{GridId, TownId};
use district::people::Action;
use district::register::{Ask, Order};
use serde::Deserialize;
use utoipa::IntoParams;

use super::operation::{Api, Kinds, Nothing, once};
use super::register::day;
use super::values::{Code, Date, Kind, Mode, RegisterFile, Sheet, Sort};
use crate::exchange::{GEOJSON, list_file, register_file, sheet_template_file, template_file, towns_file};
use crate::kit::{Access, Fault, Posted, Shell, XLSX, ZIP};

/// The kind of a list as text, without its letters.
pub(super) const TEXT: &str = "text/csv";
/// Files of the register: a workbook; or its sheets as text, in one archive.
const REGISTER: Kinds = &[XLSX, ZIP];

pub(super) fn operations() -> Api {
    let (import, export) = (Access::May(Action::RegisterImport), Access::May(Action::RegisterExport));
    Api::of("api-group-exchange")
        .file("/api/v1/exports/register", export, "export-register", REGISTER, register)
        .file("/api/v1/exports/towns", export, "export-towns", &[ZIP], towns)
        .file("/api/v1/exports/communities/workbook", export, "export-list", &[XLSX], workbook)
        .file("/api/v1/exports/communities/text", export, "export-list-text", &[TEXT], text)
        .file("/api/v1/exports/communities/map", export, "export-list-map", &[GEOJSON], map)
        .file("/api/v1/templates/register", import, "template", &[XLSX], template)
        .file("/api/v1/templates/register/{sheet}", import, "template-sheet", &[TEXT], sheet_template)
        .upload("/api/v1/outlines", import, "outlines", &[GEOJSON], outlines)
}

/// The register as of a day.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct Exported {
    /// As of this day; today without it.
    on: Option<Date>,
    /// Of this town; whoever is responsible for one gets that one without it.
    town: Option<Uuid>,
    /// A workbook, or its sheets as text in one archive; a workbook without it.
    form: Option<RegisterFile>,
}

/// GET `/api/v1/exports/register`: the workbook that an import takes.
fn register(s: &Shell, _: Nothing, asked: Exported) -> Result<Response, Fault> {
    let form = asked.form.map_or(Form::Workbook, |Code(form)| form);
    register_file(s, day(s, asked.on), asked.town.map(TownId::from_uuid), form)
}

/// The day of a file.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct AsOfDay {
    /// As of this day; today without it.
    on: Option<Date>,
}

/// GET `/api/v1/exports/towns`: a pre-filled workbook for each town.
fn towns(s: &Shell, _: Nothing, asked: AsOfDay) -> Result<Response, Fault> {
    towns_file(s, day(s, asked.on))
}

/// Which communities a file has.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct Chosen {
    /// As of this day; today without it.
    pub on: Option<Date>,
    /// Of this town; whoever is responsible for one gets that one without it.
    town: Option<Uuid>,
    /// Of this grid.
    grid: Option<Uuid>,
    /// Of this kind.
    kind: Option<Kind>,
    /// Governed in this mode.
    mode: Option<Mode>,
    /// On the map, or not yet.
    located: Option<bool>,
    /// Words in name, pinyin, English name, code or address.
    q: Option<String>,
    /// In this order; of names without it.
    sort: Option<Sort>,
    /// Largest first.
    descending: Option<bool>,
}

impl Chosen {
    /// As the list takes it.
    pub fn ask(&self) -> Ask {
        Ask {
            town: self.town.map(TownId::from_uuid),
            grid: self.grid.map(GridId::from_uuid),
            kind: self.kind.map(|Code(kind)| kind),
            mode: self.mode.map(|Code(mode)| mode),
            words: self.q.clone().unwrap_or_default(),
            located: self.located,
            order: self.sort.map_or_else(Order::default, |Code(order)| order),
            descending: self.descending.unwrap_or(false),
            ..Ask::default()
        }
    }
}

/// GET `/api/v1/exports/communities/workbook`.
fn workbook(s: &Shell, _: Nothing, asked: Chosen) -> Result<Response, Fault> {
    list_file(s, day(s, asked.on), asked.ask(), ListForm::Workbook)
}

/// GET `/api/v1/exports/communities/text`.
fn text(s: &Shell, _: Nothing, asked: Chosen) -> Result<Response, Fault> {
    list_file(s, day(s, asked.on), asked.ask(), ListForm::Csv)
}

/// GET `/api/v1/exports/communities/map`.
fn map(s: &Shell, _: Nothing, asked: Chosen) -> Result<Response, Fault> {
    list_file(s, day(s, asked.on), asked.ask(), ListForm::GeoJson)
}

/// GET `/api/v1/templates/register`: the empty workbook.
fn template(_: &Shell, _: Nothing, _: Nothing) -> Result<Response, Fault> {
    template_file()
}

/// A sheet of the workbook.
#[derive(Debug, Deserialize, IntoParams)]
struct OfSheet {
    /// The sheet.
    sheet: Sheet,
}

/// GET `/api/v1/templates/register/{sheet}`: an empty sheet as text.
fn sheet_template(_: &Shell, at: OfSheet, _: Nothing) -> Result<Response, Fault> {
    let Code(sheet) = at.sheet;
    sheet_template_file(sheet)
}

/// POST `/api/v1/outlines`: outlines of towns and communities, which hold from today on.
fn outlines(s: &Shell, posted: &Posted, _: Nothing, _: Nothing, bytes: Bytes) -> Result<(), Fault> {
    let read = slice::read_boundaries(&bytes).map_err(Fault::Refused)?;
    once(s, posted, |tx, call| slice::set_boundaries(tx, call, s.today(), &read).map(|_| ()))
}
