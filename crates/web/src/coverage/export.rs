//! The communities of a view as a file: what is on the screen is what the file contains.

use axum::extract::Path;
use district::coverage::may_see;
use district::coverage::rules::Step;
use district::exchange::book::Value;

use super::Asked;
use super::picture::name;
use crate::kit::table::{Column, Listed, text};
use crate::kit::{self, Places, Shell};

const COLUMNS: [Column; 12] = [
    ("code", "coverage-csv-code"),
    ("name", "coverage-csv-name"),
    ("town", "coverage-csv-town"),
    ("kind", "coverage-csv-kind"),
    ("households", "coverage-csv-households"),
    ("residents", "coverage-csv-residents"),
    ("reached", "coverage-csv-reached"),
    ("grid", "coverage-csv-grid"),
    ("contacted", "coverage-csv-contacted"),
    ("responded", "coverage-csv-responded"),
    ("satisfied", "coverage-csv-satisfied"),
    ("unknown", "coverage-csv-unknown"),
];

/// GET `/district/coverage/{form}`, `csv` or `xlsx`: a row for each community of the view, in the order of the codes, with
/// how far it is reached.
pub(super) async fn file(s: Shell, Path(form): Path<String>) -> kit::Result {
    let asked = Asked::read(&s)?;
    let (asked, places, standings) = s.state.read(|tx| {
        let places = Places::read(&s, tx, asked.day)?;
        let asked = asked.within(&places)?;
        let standings = s.state.memory.standings(tx, asked.day)?;
        may_see(&s.actor, asked.part.scope(&standings))?;
        Ok((asked, places, standings))
    })?;
    let mut rows: Vec<_> = standings
        .of(asked.part)
        .filter(|standing| asked.step.is_none_or(|step| standing.lost_at(step) > 0))
        .collect();
    rows.sort_by(|a, b| a.code.cmp(&b.code));
    let rows = rows.into_iter().map(|row| {
        vec![
            text(row.code.as_str()),
            text(s.name(&row.name, &row.name_en)),
            text(places.town_name(&s, row.town)),
            text(s.t(kit::kind_message(row.kind))),
            Value::Count(row.households),
            Value::Count(row.residents),
            text(s.t(name(row.reached))),
            text(row.grid.map(|grid| places.grid_name(&s, grid)).unwrap_or_default()),
            Value::Count(row.at(Step::Contacted)),
            Value::Count(row.at(Step::Responded)),
            Value::Count(row.at(Step::Satisfied)),
            Value::Count(row.unknown()),
        ]
    });
    let list = Listed {
        name: "coverage",
        title: s.t("coverage-room"),
        day: asked.day,
        columns: &COLUMNS,
        rows: rows.collect(),
        places: None,
    };
    list.file(&s, &form)
}
