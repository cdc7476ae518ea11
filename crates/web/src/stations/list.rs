//! The stations of the reader's own part.

use std::collections::HashMap;

use askama::Template;
use axum::extract::Path;
use base::Day;
use district::exchange::book::Value;
use district::kit::TownId;
use district::stations::{self, Listed};

use super::{State, form, href, state};
use crate::kit::table::{self, Column, FileLink, text};
use crate::kit::{self, Arg, Fault, Places, Shell};

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
    files: Vec<FileLink>,
}

/// The stations of the query, in the order of the directory's towns.
struct Found {
    day: Day,
    towns: Vec<(String, String)>,
    town: String,
    rows: Vec<Row>,
}

fn found(s: &Shell) -> Result<Found, Fault> {
    let day = s.on()?;
    let (all, places) = s.state.read(|tx| {
        let all = stations::list(tx, &s.actor, &s.state.memory, day)?;
        Ok((all, Places::read(s, tx, day)?))
    })?;
    let asked = places.asked(s)?.map(|town| (town.id, town.code.clone()));
    let order: HashMap<TownId, usize> =
        places.towns.iter().enumerate().map(|(place, town)| (town.id, place)).collect();
    let has = |town: TownId| all.iter().any(|it| it.station.town == town);
    let towns = places.towns.iter().filter(|town| has(town.id));
    let towns = towns.map(|town| (town.code.clone(), places.town_name(s, town.id))).collect();
    let mut rows: Vec<Row> = all
        .iter()
        .filter(|it| asked.as_ref().is_none_or(|(town, _)| it.station.town == *town))
        .map(|it| row(s, &places, it, day))
        .collect();
    rows.sort_by_key(|row| order.get(&row.listed.station.town).copied());
    Ok(Found { day, towns, town: asked.map(|(_, code)| code).unwrap_or_default(), rows })
}

/// GET `/district/stations?town=…&on=…`.
pub(super) async fn show(s: Shell) -> kit::Result {
    let Found { day, towns, town, rows } = found(&s)?;
    let files = table::files("/district/stations/list", &s.query, true);
    s.html(&Page { s: &s, day, towns, town, answer: answer(&s, &rows, day), rows, files })
}

const COLUMNS: [Column; 10] = [
    ("name", "stations-station"),
    ("town", "coverage-town"),
    ("grid", "coverage-grid"),
    ("form", "stations-form"),
    ("state", "stations-state"),
    ("points_open", "stations-file-points-open"),
    ("points", "stations-file-points"),
    ("in_post", "stations-file-in-post"),
    ("posts", "stations-file-posts"),
    ("telephone", "stations-telephone"),
];

/// GET `/district/stations/list/{form}`: the same as `xlsx`, `csv` or `geojson`; a station lies where its host does.
pub(super) async fn file(s: Shell, Path(kind): Path<String>) -> kit::Result {
    let Found { day, rows, .. } = found(&s)?;
    let cells = |row: &Row| {
        let Listed { station, points, open_points, .. } = &row.listed;
        let count = |count: usize| Value::Count(i64::try_from(count).unwrap_or(i64::MAX));
        vec![
            text(row.name.as_str()),
            text(row.town.as_str()),
            text(row.grid.as_str()),
            text(s.t(row.form)),
            text(s.t(row.state.2)),
            count(*open_points),
            count(*points),
            Value::Count(station.in_post),
            Value::Count(station.posts),
            text(station.telephone.as_str()),
        ]
    };
    let list = table::Listed {
        name: "stations",
        title: s.t("stations-title"),
        day,
        columns: &COLUMNS,
        rows: rows.iter().map(cells).collect(),
        places: Some(rows.iter().map(|row| row.listed.position).collect()),
    };
    list.file(&s, &kind)
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
