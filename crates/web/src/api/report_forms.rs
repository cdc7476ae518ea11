//! Superiors' own forms, for programs: kept once, mapped, and filled as of any day.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::response::Response;
use base::Uuid;
use district::exchange::{self as slice, book};
use district::kit::{Call, ReportFormId};
use district::people::Action;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answer::{Made, Page};
use super::exchange::Chosen;
use super::operation::{Api, Nothing, once, once_made};
use super::register::{OnlyRows, day};
use super::sent::named;
use crate::exchange::filled_form;
use crate::kit::{Access, Fault, Posted, Shell, XLSX};

pub(super) fn operations() -> Api {
    let (export, write) = (Access::May(Action::RegisterExport), Access::May(Action::ReportFormWrite));
    Api::of("api-group-exchange")
        .list("/api/v1/report-forms", export, "report-forms", list)
        .upload("/api/v1/report-forms", write, "report-form-keep", &[XLSX], keep)
        .get("/api/v1/report-forms/{form}", export, "report-form", show)
        .put("/api/v1/report-forms/{form}/columns", write, "report-form-map", map)
        .file("/api/v1/report-forms/{form}/filled", export, "report-form-fill", &[XLSX], fill)
}

/// A form that is kept.
#[derive(Debug, Serialize, ToSchema)]
struct KeptForm {
    /// Its id.
    id: Uuid,
    /// Its name.
    name: String,
}

/// GET `/api/v1/report-forms`.
fn list(s: &Shell, _: Nothing, asked: OnlyRows) -> Result<Page<KeptForm>, Fault> {
    let forms = s.state.read(|tx| slice::forms(tx, &Call::new(&s.actor, s.now(), 0)))?;
    let page = Page::cut(forms, asked.after.as_ref(), asked.limit, |(id, _)| id.uuid())?;
    Ok(page.map(|(id, name)| KeptForm { id: id.uuid(), name }))
}

/// What is said of a form that comes in.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct Named {
    /// The name of the file.
    #[param(max_length = 120)]
    name: String,
}

/// POST `/api/v1/report-forms`: columns whose headers are fields of ours are mapped already.
fn keep(s: &Shell, posted: &Posted, _: Nothing, said: Named, bytes: Bytes) -> Result<Made, Fault> {
    named(&said.name)?;
    once_made(
        s,
        posted,
        |id| format!("report-forms/{id}"),
        |tx, call| slice::keep_form(tx, call, &said.name, &bytes).map(ReportFormId::uuid),
    )
}

/// A form.
#[derive(Debug, Deserialize, IntoParams)]
struct OfForm {
    /// Its id.
    form: Uuid,
}

/// A form with its columns.
#[derive(Debug, Serialize, ToSchema)]
struct ReportForm {
    /// Its id.
    id: Uuid,
    /// Its name.
    name: String,
    /// The sheet that is filled.
    sheet: String,
    /// The row of its header.
    header_row: i64,
    /// Its columns.
    columns: Vec<FormColumn>,
    /// The fields that a column can be filled with.
    fields: Vec<FormField>,
}

/// A column of a form.
#[derive(Debug, Serialize, ToSchema)]
struct FormColumn {
    /// Its letters.
    letters: String,
    /// What stands in its header.
    header: String,
    /// What it is filled with; null for nothing.
    field: Option<String>,
}

/// What a column can be filled with.
#[derive(Debug, Serialize, ToSchema)]
struct FormField {
    /// Its id.
    id: &'static str,
    /// Its name.
    name: &'static str,
    /// Its name in English.
    name_en: &'static str,
}

/// GET `/api/v1/report-forms/{form}`.
fn show(s: &Shell, at: OfForm, _: Nothing) -> Result<ReportForm, Fault> {
    let id = ReportFormId::from_uuid(at.form);
    let (form, _) = s.state.read(|tx| slice::form(tx, &Call::new(&s.actor, s.now(), 0), id))?;
    let columns = form.headers.iter().map(|(at, header)| FormColumn {
        letters: book::letters(*at),
        header: header.clone(),
        field: form.mapping.get(at).cloned(),
    });
    let fields = slice::form_fields().map(|it| FormField { id: it.id, name: it.zh, name_en: it.en });
    Ok(ReportForm {
        id: at.form,
        name: form.name.clone(),
        sheet: form.sheet.clone(),
        header_row: form.header_row,
        columns: columns.collect(),
        fields: fields.collect(),
    })
}

/// What each column is filled with.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Mapping {
    /// Fields by the letters of their columns; columns that are not named stay empty.
    fields: BTreeMap<String, String>,
}

/// PUT `/api/v1/report-forms/{form}/columns`.
fn map(s: &Shell, posted: &Posted, at: OfForm, sent: Mapping) -> Result<(), Fault> {
    let id = ReportFormId::from_uuid(at.form);
    once(s, posted, |tx, call| {
        let (form, _) = slice::form(tx, call, id)?;
        let columns = form.headers.keys().map(|at| (book::letters(*at), *at));
        let columns: BTreeMap<String, usize> = columns.collect();
        let mut mapping = BTreeMap::new();
        for (letters, field) in &sent.fields {
            let known = columns.get(letters).filter(|_| slice::field(field).is_some());
            let at = known.ok_or_else(|| {
                district::Refusal::new("api-no-such-column").with("column", letters).with("field", field)
            })?;
            mapping.insert(*at, field.clone());
        }
        slice::map_form(tx, call, id, &mapping)
    })
}

/// GET `/api/v1/report-forms/{form}/filled`: with the communities that are chosen as in their list.
fn fill(s: &Shell, at: OfForm, asked: Chosen) -> Result<Response, Fault> {
    filled_form(s, ReportFormId::from_uuid(at.form), day(s, asked.on), &asked.ask())
}
