//! Files to carry away.

use axum::extract::Path;
use axum::response::Response;
use district::exchange::{self, Form, ListForm, SheetId, book};
use district::kit::{Call, Scope, TownId};
use district::people::Action;

use crate::kit::{self, CSV, Fault, Shell, XLSX, ZIP, download};

/// The empty workbook.
pub(super) async fn template(_s: Shell) -> kit::Result<Response> {
    download("register-template.xlsx", XLSX, db::heavy(book::template)?)
}

/// An empty sheet as CSV.
pub(super) async fn sheet_template(_s: Shell, Path(name): Path<String>) -> kit::Result<Response> {
    let sheet = SheetId::ALL.into_iter().find(|sheet| sheet.as_str() == name).ok_or(Fault::Absent)?;
    let header: Vec<String> = sheet.columns().iter().map(district::exchange::Column::header).collect();
    download(&format!("template-{name}.csv"), CSV, book::csv_text::<String>(&header, [])?)
}

/// Whose part a reader exports: the one asked for, or that of their role when it is a town's.
pub(crate) fn own_town(s: &Shell, asked: Option<TownId>) -> Option<TownId> {
    let call = Call::new(&s.actor, s.now(), 0);
    match exchange::scope_of(&call, Action::RegisterExport) {
        Some(Scope::Town(town)) => Some(asked.unwrap_or(town)),
        _ => asked,
    }
}

/// The list of communities with the filters of its page.
pub(super) async fn list(s: Shell, Path(form): Path<String>) -> kit::Result<Response> {
    let (form, kind, ending) = match form.as_str() {
        "xlsx" => (ListForm::Workbook, XLSX, "xlsx"),
        "csv" => (ListForm::Csv, CSV, "csv"),
        "geojson" => (ListForm::GeoJson, "application/geo+json", "geojson"),
        _ => return Err(Fault::Absent),
    };
    let (day, mut ask) = crate::register::asked(&s)?;
    ask.town = own_town(&s, ask.town);
    let bytes = s.state.write(&s.actor, |tx, call| exchange::communities_list(tx, call, day, &ask, form))?;
    download(&format!("{}-{day}.{ending}", s.t("exchange-name-list")), kind, bytes)
}

/// The register, or one town's part, as the workbook that an import takes.
pub(super) async fn register(s: Shell, Path(form): Path<String>) -> kit::Result<Response> {
    let (form, kind, ending) = match form.as_str() {
        "xlsx" => (Form::Workbook, XLSX, "xlsx"),
        "csv" => (Form::Csv, ZIP, "zip"),
        _ => return Err(Fault::Absent),
    };
    let day = s.on()?;
    let asked = s.asked("town").map(|text| text.parse()).transpose().map_err(|_| Fault::Bad)?;
    let town = own_town(&s, asked);
    let exported = s.state.write(&s.actor, |tx, call| exchange::register(tx, call, day, town, form))?;
    download(&format!("{}-{day}.{ending}", s.t("exchange-name-register")), kind, exported.bytes)
}

/// A pre-filled workbook for each town, in one archive.
pub(super) async fn towns(s: Shell) -> kit::Result<Response> {
    let day = s.on()?;
    let bytes = s.state.write(&s.actor, |tx, call| exchange::town_workbooks(tx, call, day))?;
    download(&format!("{}-{day}.zip", s.t("exchange-name-towns")), ZIP, bytes)
}
