//! Visits in the columns of another system (社区云), as a file to carry away; each is on record.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use base::Day;
use district::Refusal;
use district::exchange::book::{Value, table_csv, table_workbook};
use district::visits::{self, EXPORT_DAYS_BEFORE, LONGEST_EXPORT_DAYS};
use http::StatusCode;

use crate::kit::{self, CSV, Fault, Faults, Shell, XLSX, download_as};

#[derive(Template)]
#[template(path = "visits/export.html")]
struct Show<'a> {
    s: &'a Shell,
    faults: Faults,
    from: String,
    to: String,
    /// What the other system calls its columns.
    headers: Vec<String>,
}

fn page(s: &Shell, status: StatusCode, faults: Faults) -> kit::Result {
    let asked = |name: &str, day: Day| s.asked(name).unwrap_or_else(|| day.to_string());
    let (from, to) = (asked("from", s.today() - EXPORT_DAYS_BEFORE), asked("to", s.today()));
    let headers = s.state.visit_columns.all.iter().map(|column| column.header.clone()).collect();
    s.html_with(status, &Show { s, faults, from, to, headers })
}

/// GET `/desk/visits/export`.
pub(super) async fn show(s: Shell) -> kit::Result {
    page(&s, StatusCode::OK, Faults::none())
}

/// GET `/desk/visits/export/{form}`: `xlsx` or `csv`, of the days that are asked for.
pub(super) async fn file(s: Shell, Path(form): Path<String>) -> kit::Result {
    let day = |name: &'static str, or: Day| match s.asked(name) {
        None => Ok(or),
        Some(text) => Day::parse(&text).map_err(|_| Refusal::new("visits-refused-export-day").at(name)),
    };
    let asked =
        day("from", s.today() - EXPORT_DAYS_BEFORE).and_then(|from| Ok((from, day("to", s.today())?)));
    let made = asked.map_err(Fault::Refused).and_then(|between| export_file(&s, between, &form));
    match made {
        Err(Fault::Refused(refusal)) => page(&s, StatusCode::UNPROCESSABLE_ENTITY, s.faults(&refusal)),
        made => made,
    }
}

/// The visits of a time in a file of a form. The columns are the other system's and no more; where everything is simulated, its
/// name and the last column say so.
pub(crate) fn export_file(s: &Shell, (from, to): (Day, Day), form: &str) -> Result<Response, Fault> {
    let kind = match form {
        "xlsx" => XLSX,
        "csv" => CSV,
        _ => return Err(Fault::Absent),
    };
    let columns = &s.state.visit_columns;
    let rows = s.state.write(&s.actor, |tx, call| visits::export_visits(tx, call, (from, to), columns))?;
    let mark = s.demonstration().then(|| s.t("shell-simulated").to_owned());
    let head: Vec<String> = columns.all.iter().map(|it| it.header.clone()).chain(mark.clone()).collect();
    let rows: Vec<Vec<Value>> =
        rows.into_iter().map(|row| row.into_iter().chain(mark.clone()).map(Value::Text).collect()).collect();
    let bytes = if kind == CSV {
        table_csv(&head, &rows)?
    } else {
        db::heavy(|| table_workbook(&columns.name, &head, &rows))?
    };
    let called = |mark: &str| format!("visits-{from}-{to}{mark}.{form}");
    match mark {
        Some(mark) => download_as(&called(&format!("-{mark}")), &called("-simulated"), kind, bytes),
        None => download_as(&called(""), &called(""), kind, bytes),
    }
}

#[expect(clippy::unused_self, reason = "templates call methods")]
impl Show<'_> {
    fn most(&self) -> i64 {
        LONGEST_EXPORT_DAYS
    }
}
