//! The stations of the reader's own part.

use std::collections::HashMap;

use askama::Template;
use base::Day;
use district::kit::TownId;
use district::stations::{self, Listed};

use super::{State, form, href, state};
use crate::kit::{self, Arg, Places, Shell};

/// A station in the list.
struct Row {
    href: String,
    name: String,
    town: String,
    grid: String,
    form: &'static str,
    state: State,
    listed: Listed,
}

#[derive(Template)]
#[template(path = "stations/list.html")]
struct Page<'a> {
    s: &'a Shell,
    day: Day,
    /// Towns that have a station the reader may read.
    towns: Vec<(String, String)>,
    town: String,
    rows: Vec<Row>,
    /// What there is, in one sentence.
    answer: String,
}

/// GET `/district/stations?town=…&on=…`.
pub(super) async fn show(s: Shell) -> kit::Result {
    let day = s.on()?;
    let (all, places) = s.state.read(|tx| {
        let all = stations::list(tx, &s.actor, &s.state.memory, day)?;
        Ok((all, Places::read(&s, tx, day)?))
    })?;
    let asked = places.asked(&s)?.map(|town| (town.id, town.code.clone()));
    let order: HashMap<TownId, usize> =
        places.towns.iter().enumerate().map(|(place, town)| (town.id, place)).collect();
    let has = |town: TownId| all.iter().any(|it| it.station.town == town);
    let towns = places.towns.iter().filter(|town| has(town.id));
    let towns = towns.map(|town| (town.code.clone(), places.town_name(&s, town.id))).collect();
    let mut rows: Vec<Row> = all
        .iter()
        .filter(|it| asked.as_ref().is_none_or(|(town, _)| it.station.town == *town))
        .map(|it| row(&s, &places, it, day))
        .collect();
    rows.sort_by_key(|row| order.get(&row.listed.station.town).copied());
    s.html(&Page {
        s: &s,
        day,
        towns,
        town: asked.map(|(_, code)| code).unwrap_or_default(),
        answer: answer(&s, &rows, day),
        rows,
    })
}

fn answer(s: &Shell, rows: &[Row], day: Day) -> String {
    let stations = || rows.iter().map(|row| &row.listed.station);
    let args = [
        ("count", Arg::from(rows.len())),
        ("open", Arg::from(stations().filter(|station| station.is_open(day)).count())),
        ("posts", Arg::from(stations().map(|station| station.posts).sum::<i64>())),
        ("present", Arg::from(stations().map(|station| station.in_post).sum::<i64>())),
    ];
    s.ta("stations-answer", &args)
}

fn row(s: &Shell, places: &Places, listed: &Listed, day: Day) -> Row {
    let station = &listed.station;
    Row {
        href: href(station.id),
        name: s.name(&station.name, &station.name_en).into_owned(),
        town: places.town_name(s, station.town),
        grid: station.grid.map(|grid| places.grid_name(s, grid)).unwrap_or_default(),
        form: form(station.form),
        state: state(station.opened_on, station.closed_on, day),
        listed: listed.clone(),
    }
}
