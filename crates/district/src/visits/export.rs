//! Visits in the columns of another system (社区云), so that nobody types them twice.

use std::collections::{BTreeMap, HashMap};

use base::{Day, Instant};
use db::{Tx, params};

use super::columns::{Column, Columns, Field};
use super::read::{category, outcome};
use super::rules::{Category, Outcome};
use super::store;
use crate::kit::{Call, Entry, Refusal, Result, Scope, TenancyId, TownId, VisitId, record};
use crate::people::{Action, may};
use crate::register::{self, Snapshot, Town};

/// The longest time that one file is about, in days.
pub const LONGEST_EXPORT_DAYS: i64 = 366;
/// A file is of the last four weeks where nobody says otherwise: so many days before its last.
pub const EXPORT_DAYS_BEFORE: i64 = 27;
/// The most visits of one file.
pub const MOST_EXPORTED: usize = 100_000;

/// A visit, as it goes out.
struct Visit {
    day: Day,
    at: Instant,
    outcome: Outcome,
    slot: String,
    satisfied: Option<bool>,
    household: TenancyId,
    building: String,
    flat: String,
    room: Option<String>,
    needs: Vec<Category>,
}

/// The visits of the actor's part from one day to another, both of them, a row each under the columns' headers: by community, then
/// by day. It is on record that they went out.
///
/// # Errors
/// `visits-refused-export-days`, `visits-refused-export-many`.
pub fn export_visits(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    (from, to): (Day, Day),
    columns: &Columns,
) -> Result<Vec<Vec<String>>> {
    call.authorise(Action::VisitRead, call.actor.scope())?;
    if from > to || to - from >= LONGEST_EXPORT_DAYS {
        return Err(Refusal::new("visits-refused-export-days")
            .with("most", LONGEST_EXPORT_DAYS)
            .at("from")
            .into());
    }
    let towns = register::towns(tx, to)?;
    let towns: HashMap<TownId, &Town> = towns.iter().map(|town| (town.id, town)).collect();
    let mut rows = Vec::new();
    for community in register::snapshot(tx, to)? {
        let scope = Scope::Community { town: community.town, grid: community.grid, community: community.id };
        if !may(call.actor, Action::VisitRead, scope) {
            continue;
        }
        let town = towns.get(&community.town).copied();
        for visit in visits(tx, &community, (from, to))? {
            if rows.len() == MOST_EXPORTED {
                let refusal = Refusal::new("visits-refused-export-many").with("most", MOST_EXPORTED);
                return Err(refusal.at("from").into());
            }
            rows.push(columns.all.iter().map(|it| cell(it, town, &community, &visit)).collect());
        }
    }
    record(tx, call, Entry { action: Action::VisitRead, objects: &[], fields: "export" })?;
    Ok(rows)
}

fn visits(tx: &mut Tx<'_>, community: &Snapshot, (from, to): (Day, Day)) -> Result<Vec<Visit>> {
    let mut needs: BTreeMap<VisitId, Vec<Category>> = BTreeMap::new();
    for mut row in tx.query(&store::NEEDS_TO_EXPORT, params![community.id, from, to])? {
        let name: String = row.get(1)?;
        needs.entry(row.get(0)?).or_default().push(category(&name)?);
    }
    let mut all = Vec::new();
    for mut row in tx.query(&store::VISITS_TO_EXPORT, params![community.id, from, to])? {
        let (id, ended): (VisitId, String) = (row.get(0)?, row.get(3)?);
        all.push(Visit {
            day: row.get(1)?,
            at: row.get(2)?,
            outcome: outcome(&ended)?,
            slot: row.get(4)?,
            satisfied: row.get(5)?,
            household: row.get(6)?,
            building: row.get(7)?,
            flat: row.get(8)?,
            room: row.get(9)?,
            needs: needs.remove(&id).unwrap_or_default(),
        });
    }
    Ok(all)
}

fn cell(column: &Column, town: Option<&Town>, community: &Snapshot, visit: &Visit) -> String {
    let yes_no = |holds: bool| column.word(if holds { "yes" } else { "no" }).to_owned();
    match column.field {
        Field::Day => visit.day.to_string(),
        Field::Time => {
            let minute = (visit.at.millis() - Instant::at(visit.at.day(), 0, 0).millis()) / 60_000;
            format!("{:02}:{:02}", minute / 60, minute % 60)
        }
        Field::Town => town.map(|it| it.name.clone()).unwrap_or_default(),
        Field::TownCode => town.map(|it| it.code.clone()).unwrap_or_default(),
        Field::Community => community.name.clone(),
        Field::CommunityCode => community.code.clone(),
        Field::Building => visit.building.clone(),
        Field::Dwelling => [Some(&visit.flat), visit.room.as_ref()]
            .into_iter()
            .flatten()
            .cloned()
            .collect::<Vec<_>>()
            .join("-"),
        Field::Household => visit.household.to_string(),
        Field::Outcome => column.word(visit.outcome.as_str()).to_owned(),
        Field::Contacted => yes_no(visit.outcome.is_contact()),
        Field::Slot => column.word(&visit.slot).to_owned(),
        Field::Needs => visit.needs.iter().map(|it| column.word(it.as_str())).collect::<Vec<_>>().join("、"),
        Field::Satisfied => visit.satisfied.map_or_else(|| column.word("unknown").to_owned(), yes_no),
    }
}
