//! The communities of a view as a file: what is on the screen is what the file contains.

use district::coverage::may_see;

use super::Asked;
use super::picture::name;
use crate::kit::{self, Places, Shell};

/// GET `/district/coverage.csv`: a row for each community of the view, in the order of the codes, with how far it is reached.
pub(super) async fn csv(s: Shell) -> kit::Result {
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
    let head = [
        "coverage-csv-code",
        "coverage-csv-name",
        "coverage-csv-town",
        "coverage-csv-kind",
        "coverage-csv-households",
        "coverage-csv-residents",
        "coverage-csv-reached",
    ];
    let mut lines: Vec<Vec<String>> = vec![head.iter().map(|id| s.t(id).to_owned()).collect()];
    for row in rows {
        lines.push(vec![
            row.code.clone(),
            s.name(&row.name, &row.name_en).into_owned(),
            places.town_name(&s, row.town),
            s.t(kit::kind_message(row.kind)).to_owned(),
            row.households.to_string(),
            row.residents.to_string(),
            s.t(name(row.reached)).to_owned(),
        ]);
    }
    let simulated = if s.demonstration() { format!("-{}", s.t("shell-simulated")) } else { String::new() };
    let file = format!("coverage-{}{simulated}.csv", asked.day);
    kit::csv_file(&file, &lines)
}
