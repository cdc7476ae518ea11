//! A station: its points with their week, its posts, whom it serves.

use askama::Template;
use axum::extract::Path;
use base::Day;
use district::stations::{AtPoint, Line, Post, Station};

use super::{Read, State, form, hours, post_name, read, state};
use crate::kit::{self, Shell, WEEKDAYS};

/// A part of a weekday in a week's table.
#[derive(Default)]
struct Cell {
    /// Each shift: its hours, and who is there.
    shifts: Vec<(String, String)>,
    staffed: bool,
}

/// Parts of a day: message, from minute, to minute.
const PARTS: [(&str, i64, i64); 3] = [
    ("register-morning", 0, 12 * 60),
    ("register-afternoon", 12 * 60, 17 * 60 + 30),
    ("register-evening", 17 * 60 + 30, 24 * 60),
];

/// A point of the page.
struct AtPlace {
    id: String,
    words: String,
    place: (String, Option<String>),
    host: bool,
    state: State,
    opened_on: Option<Day>,
    /// Parts of the day that have a shift; the shifts of each weekday.
    week: Vec<(&'static str, [Cell; 7])>,
    open: String,
    staffed: String,
    changes_on: Option<Day>,
    serves: Vec<(String, String)>,
}

/// A post of the page.
struct Held {
    id: String,
    name: String,
    post: Post,
    /// Not there yet on the day.
    to_come: bool,
}

#[derive(Template)]
#[template(path = "stations/show.html")]
struct Page<'a> {
    s: &'a Shell,
    day: Day,
    station: &'a Station,
    name: String,
    href: String,
    town: String,
    grid: String,
    form: &'static str,
    state: State,
    points: Vec<AtPlace>,
    posts: Vec<Held>,
    may_write: bool,
    may_reveal: bool,
    done: Option<&'static str>,
}

#[expect(clippy::unused_self, reason = "templates call methods")]
impl Page<'_> {
    fn weekdays(&self) -> [&'static str; 7] {
        WEEKDAYS
    }

    /// A number to be dialled.
    fn dial(&self) -> String {
        self.station.telephone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect()
    }
}

/// GET `/district/stations/{id}?on=…`.
pub(super) async fn show(s: Shell, Path(key): Path<String>) -> kit::Result {
    let day = s.on()?;
    let read = read(&s, &key, day)?;
    let station = &read.sheet.station;
    let state = state(station.opened_on, station.closed_on, day);
    let closed = station.closed_on.is_some_and(|closed| closed <= s.today());
    s.html(&Page {
        s: &s,
        day,
        station,
        name: read.name(&s),
        href: read.href(),
        town: read.places.town_name(&s, station.town),
        grid: station.grid.map(|grid| read.places.grid_name(&s, grid)).unwrap_or_default(),
        form: form(station.form),
        state,
        points: read.sheet.points.iter().map(|at| place(&s, &read, at, day)).collect(),
        posts: read.sheet.posts.iter().map(|post| held(&s, post, day)).collect(),
        may_write: read.sheet.may_write && !closed,
        // Of a day that is not today nobody is rung up.
        may_reveal: read.sheet.may_reveal && day == s.today(),
        done: done(&s),
    })
}

/// What the form before this page did.
fn done(s: &Shell) -> Option<&'static str> {
    match s.asked("done")?.as_str() {
        "described" => Some("stations-done-described"),
        "post" => Some("stations-done-post"),
        "held" => Some("stations-done-held"),
        "vacant" => Some("stations-done-vacant"),
        "ended" => Some("stations-done-ended"),
        "rota" => Some("stations-done-rota"),
        _ => None,
    }
}

fn held(s: &Shell, post: &Post, day: Day) -> Held {
    Held { id: post.id.to_string(), name: post_name(s, post), to_come: post.from > day, post: post.clone() }
}

fn place(s: &Shell, read: &Read, at: &AtPoint, day: Day) -> AtPlace {
    let point = &at.point;
    let mut week = Vec::new();
    for (message, from, to) in PARTS {
        let mut days: [Cell; 7] = Default::default();
        for line in at.lines.iter().filter(|line| (from..to).contains(&line.shift.from)) {
            let weekday = usize::try_from(line.shift.weekday - 1).unwrap_or(0).min(6);
            let cell = &mut days[weekday];
            cell.shifts.push((kit::hours(line.shift.from, line.shift.to), duty(s, read, line)));
            cell.staffed |= line.shift.staffed;
        }
        if days.iter().any(|cell| !cell.shifts.is_empty()) {
            week.push((message, days));
        }
    }
    let serves = read.sheet.serves.iter().filter(|(_, by)| *by == point.id);
    let communities = serves.filter_map(|(community, _)| read.roll.get(*community));
    AtPlace {
        id: point.id.to_string(),
        words: s.zh(&point.words).into_owned(),
        place: read.place(s, point.place),
        host: point.host,
        state: state(point.opened_on, point.closed_on, day),
        opened_on: point.opened_on,
        week,
        open: hours(s, at.week.open),
        staffed: hours(s, at.week.staffed),
        changes_on: at.changes_on,
        serves: communities
            .map(|it| (s.name(&it.name, &it.name_en).into_owned(), format!("/communities/{}", it.code)))
            .collect(),
    }
}

/// Who is there in a shift.
fn duty(s: &Shell, read: &Read, line: &Line) -> String {
    match line.post.and_then(|post| read.sheet.post(post)) {
        None => s.t("stations-door-alone").to_owned(),
        Some(post) if line.shift.staffed => s.t1("stations-post-short", "number", post.number),
        Some(post) => s.t1("stations-post-vacant", "number", post.number),
    }
}
