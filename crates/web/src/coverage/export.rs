//! The communities of a view as a file: what is on the screen is what the file contains.

use axum::extract::Path;
use district::coverage::may_see;
use district::exchange::book::{Value, table_csv, table_workbook};

use super::Asked;
use super::picture::name;
use crate::kit::{self, CSV, Fault, Places, Shell, XLSX, download};

const HEAD: [&str; 7] = [
    "coverage-csv-code",
    "coverage-csv-name",
    "coverage-csv-town",
    "coverage-csv-kind",
    "coverage-csv-households",
    "coverage-csv-residents",
    "coverage-csv-reached",
];

/// GET `/district/coverage/{form}`, `csv` or `xlsx`: a row for each community of the view, in the order of the codes, with
/// how far it is reached.
pub(super) async fn file(s: Shell, Path(form): Path<String>) -> kit::Result {
    let asked = Asked::read(&s)?;
    let (standings, places) = s.state.read(|tx| {
        let standings = s.state.memory.standings(tx, asked.day)?;
        may_see(&s.actor, asked.part.scope(&standings))?;
        Ok((standings, Places::read(&s, tx, asked.day)?))
    })?;
    let mut rows: Vec<_> = standings
        .of(asked.part)
        .filter(|standing| asked.step.is_none_or(|step| standing.reached.next() == Some(step)))
        .collect();
    rows.sort_by(|a, b| a.code.cmp(&b.code));
    let head: Vec<String> = HEAD.iter().map(|id| s.t(id).to_owned()).collect();
    let lines: Vec<Vec<Value>> = rows
        .into_iter()
        .map(|row| {
            vec![
                Value::Text(row.code.clone()),
                Value::Text(s.name(&row.name, &row.name_en).into_owned()),
                Value::Text(places.town_name(&s, row.town)),
                Value::Text(s.t(kit::kind_message(row.kind)).to_owned()),
                Value::Count(row.households),
                Value::Count(row.residents),
                Value::Text(s.t(name(row.reached)).to_owned()),
            ]
        })
        .collect();
    let simulated = if s.demonstration() { format!("-{}", s.t("shell-simulated")) } else { String::new() };
    let called = |ending: &str| format!("coverage-{}{simulated}.{ending}", asked.day);
    match form.as_str() {
        "csv" => download(&called("csv"), CSV, table_csv(&head, &lines)?),
        "xlsx" => {
            let bytes = db::heavy(|| table_workbook(s.t("coverage-room"), &head, &lines))?;
            download(&called("xlsx"), XLSX, bytes)
        }
        _ => Err(Fault::Absent),
    }
}
