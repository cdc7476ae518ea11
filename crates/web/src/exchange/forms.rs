//! A superior's own form: which of its columns has which field, and the form filled.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use base::Day;
use district::exchange::{self, Field, ReportForm, book};
use district::kit::{Call, ReportFormId};
use district::register::Ask;
use http::StatusCode;

use crate::kit::{self, Fault, Faults, Posted, Shell, XLSX, download, see_other};

/// A column of the form with what it is filled with.
struct Column {
    at: usize,
    letters: String,
    header: String,
    field: String,
}

#[derive(Template)]
#[template(path = "exchange/form.html")]
struct Page<'a> {
    s: &'a Shell,
    form: &'a ReportForm,
    faults: Faults,
    columns: Vec<Column>,
    fields: Vec<&'static Field>,
}

fn form_id(text: &str) -> Result<ReportFormId, Fault> {
    text.parse().map_err(|_| Fault::Absent)
}

fn page(s: &Shell, id: ReportFormId, faults: Faults, status: StatusCode) -> kit::Result {
    let call = Call::new(&s.actor, s.now(), 0);
    let (form, _) = s.state.read(|tx| exchange::form(tx, &call, id))?;
    let columns = form
        .headers
        .iter()
        .map(|(at, header)| Column {
            at: *at,
            letters: book::letters(*at),
            header: header.clone(),
            field: form.mapping.get(at).cloned().unwrap_or_default(),
        })
        .collect();
    s.html_with(status, &Page { s, form: &form, faults, columns, fields: exchange::form_fields().collect() })
}

pub(super) async fn show(s: Shell, Path(id): Path<String>) -> kit::Result {
    page(&s, form_id(&id)?, Faults::none(), StatusCode::OK)
}

/// Keeps which column is filled with what.
pub(super) async fn map(s: Shell, Path(id): Path<String>, posted: Posted) -> kit::Result {
    let id = form_id(&id)?;
    let mapping: BTreeMap<usize, String> = posted
        .fields
        .iter()
        .filter_map(|(name, value)| Some((name.strip_prefix("column-")?.parse().ok()?, value.to_owned())))
        .filter(|(_, value)| !value.is_empty())
        .collect();
    let outcome = s.state.once(&s.actor, &posted, |tx, call| {
        exchange::map_form(tx, call, id, &mapping)?;
        Ok(format!("/district/exchange/forms/{id}"))
    });
    match outcome {
        Ok(to) => Ok(see_other(&to)),
        Err(Fault::Refused(refusal)) => page(&s, id, s.faults(&refusal), StatusCode::UNPROCESSABLE_ENTITY),
        Err(fault) => Err(fault),
    }
}

/// GET `/district/exchange/forms/{id}/fill`, with the filters of the list.
pub(super) async fn fill(s: Shell, Path(id): Path<String>) -> kit::Result<Response> {
    let id = form_id(&id)?;
    let (day, ask) = crate::register::asked(&s)?;
    filled_form(&s, id, day, &ask)
}

/// The form, filled as of a day with the communities that are asked for.
pub(crate) fn filled_form(s: &Shell, id: ReportFormId, day: Day, ask: &Ask) -> kit::Result<Response> {
    let (name, bytes) = s.state.write(&s.actor, |tx, call| exchange::fill_form(tx, call, id, day, ask))?;
    download(&format!("{name}-{day}.xlsx"), XLSX, bytes)
}
