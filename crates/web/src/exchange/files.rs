//! Files to carry away. What a page and a program fetch is the same file, made here.

use axum::extract::Path;
use axum::response::Response;
use base::Day;
use district::exchange::{self, Form, ListForm, SheetId, book};
use district::kit::{Call, Scope, TownId};
use district::people::Action;
use district::register::Ask;

use crate::kit::{self, CSV, Fault, Shell, XLSX, ZIP, download};

/// The kind of a map: communities, outlines.
pub(crate) const GEOJSON: &str = "application/geo+json";

/// GET `/district/exchange/template`.
pub(super) async fn template(_s: Shell) -> kit::Result<Response> {
    template_file()
}

/// The empty workbook.
pub(crate) fn template_file() -> kit::Result<Response> {
    download("register-template.xlsx", XLSX, db::heavy(book::template)?)
}

/// GET `/district/exchange/template/{sheet}`.
pub(super) async fn sheet_template(_s: Shell, Path(name): Path<String>) -> kit::Result<Response> {
    let sheet = SheetId::ALL.into_iter().find(|sheet| sheet.as_str() == name).ok_or(Fault::Absent)?;
    sheet_template_file(sheet)
}

/// An empty sheet as CSV.
pub(crate) fn sheet_template_file(sheet: SheetId) -> kit::Result<Response> {
    let header: Vec<String> = sheet.columns().iter().map(exchange::Column::header).collect();
    let bytes = book::csv_text::<String>(&header, [])?;
    download(&format!("template-{}.csv", sheet.as_str()), CSV, bytes)
}

/// Whose part a reader exports: the one asked for, or that of their role when it is a town's.
fn own_town(s: &Shell, asked: Option<TownId>) -> Option<TownId> {
    let call = Call::new(&s.actor, s.now(), 0);
    match exchange::scope_of(&call, Action::RegisterExport) {
        Some(Scope::Town(town)) => Some(asked.unwrap_or(town)),
        _ => asked,
    }
}

/// GET `/district/exchange/list/{form}`: with the filters of the list's page.
pub(super) async fn list(s: Shell, Path(form): Path<String>) -> kit::Result<Response> {
    let form = match form.as_str() {
        "xlsx" => ListForm::Workbook,
        "csv" => ListForm::Csv,
        "geojson" => ListForm::GeoJson,
        _ => return Err(Fault::Absent),
    };
    let (day, ask) = crate::register::asked(&s)?;
    list_file(&s, day, ask, form)
}

/// The list of communities that are asked for.
pub(crate) fn list_file(s: &Shell, day: Day, mut ask: Ask, form: ListForm) -> kit::Result<Response> {
    let (kind, ending) = match form {
        ListForm::Workbook => (XLSX, "xlsx"),
        ListForm::Csv => (CSV, "csv"),
        ListForm::GeoJson => (GEOJSON, "geojson"),
    };
    ask.town = own_town(s, ask.town);
    let bytes = s.state.write(&s.actor, |tx, call| exchange::communities_list(tx, call, day, &ask, form))?;
    download(&format!("{}-{day}.{ending}", s.t("exchange-name-list")), kind, bytes)
}

/// GET `/district/exchange/register/{form}`.
pub(super) async fn register(s: Shell, Path(form): Path<String>) -> kit::Result<Response> {
    let form = match form.as_str() {
        "xlsx" => Form::Workbook,
        "csv" => Form::Csv,
        _ => return Err(Fault::Absent),
    };
    let day = s.on()?;
    let town = s.asked("town").map(|text| text.parse()).transpose().map_err(|_| Fault::Bad)?;
    register_file(&s, day, town, form)
}

/// The register, or one town's part, as the workbook that an import takes or its sheets in one archive.
pub(crate) fn register_file(s: &Shell, day: Day, town: Option<TownId>, form: Form) -> kit::Result<Response> {
    let (kind, ending) = match form {
        Form::Workbook => (XLSX, "xlsx"),
        Form::Csv => (ZIP, "zip"),
    };
    let town = own_town(s, town);
    let exported = s.state.write(&s.actor, |tx, call| exchange::register(tx, call, day, town, form))?;
    download(&format!("{}-{day}.{ending}", s.t("exchange-name-register")), kind, exported.bytes)
}

/// GET `/district/exchange/towns`.
pub(super) async fn towns(s: Shell) -> kit::Result<Response> {
    let day = s.on()?;
    towns_file(&s, day)
}

/// A pre-filled workbook for each town, in one archive.
pub(crate) fn towns_file(s: &Shell, day: Day) -> kit::Result<Response> {
    let bytes = s.state.write(&s.actor, |tx, call| exchange::town_workbooks(tx, call, day))?;
    download(&format!("{}-{day}.zip", s.t("exchange-name-towns")), ZIP, bytes)
}
