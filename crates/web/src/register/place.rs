//! A community is placed on the map by clicking: each click chooses a cell and comes closer, until the place is right.
//!
//! Works without a script, from the keyboard and at any width: the cells are links of the drawing.

use std::cmp::Reverse;

use askama::Template;
use axum::extract::Path;
use base::{Position, degrees, degrees_text};
use district::people::Action;
use district::register::{self, Community, PlaceCommunity, Roll};

use super::edit::read;
use crate::kit::map::{Dot, Map, Outline, Shape};
use crate::kit::{self, Fault, Places, Posted, Shell, see_other};

/// Cells side by side: on a phone each is still wide enough for a finger.
const CELLS: i64 = 10;
/// The same in the care version, whose targets are at least 60 px.
const CARE_CELLS: i64 = 5;
/// After a click the map shows so many cells' width around it.
const CONTEXT: i64 = 3;
/// A map this wide in metres needs no closer look: a cell is a house.
const CLOSEST_METRES: i64 = 120;
/// A town without an outline is looked for in a square of so many metres.
const TOWN_METRES: i64 = 12_000;
/// Neighbours that are named beside the map.
const NEIGHBOURS: usize = 8;

/// A place that was chosen, and how wide the map around it is.
#[derive(Debug, Clone, Copy)]
struct Chosen {
    at: Position,
    metres: i64,
}

#[derive(Template)]
#[template(path = "register/place.html")]
struct Show<'a> {
    s: &'a Shell,
    community: &'a Community,
    map: Map,
    chosen: Option<Chosen>,
    /// Is there a closer look?
    closer: bool,
    width: String,
    neighbours: Vec<(String, String)>,
}

impl Show<'_> {
    fn latitude(&self) -> String {
        self.chosen.map(|chosen| degrees_text(chosen.at.lat())).unwrap_or_default()
    }

    fn longitude(&self) -> String {
        self.chosen.map(|chosen| degrees_text(chosen.at.lon())).unwrap_or_default()
    }
}

/// GET `/communities/{id}/place`: `at` is latitude and longitude, `m` the width of the map in metres.
pub(super) async fn show(s: Shell, Path(key): Path<String>) -> kit::Result {
    let (community, places, _) = read(&s, &key, Action::RegisterWrite)?;
    let roll = s.state.read(|tx| s.state.memory.roll(tx, s.today()))?;
    let chosen = asked(&s)?;
    let around = chosen.map(|chosen| chosen.at).or(community.description.position);
    let closer = chosen.is_none_or(|chosen| chosen.metres > CLOSEST_METRES);
    let map = draw(&s, &community, &places, &roll, chosen, closer);
    let width = s.t1("register-place-width", "metres", base::grouped(map.metres()));
    let neighbours = around.map(|at| neighbours(&s, &community, &roll, at)).unwrap_or_default();
    s.html(&Show { s: &s, community: &community, map, chosen, closer, width, neighbours })
}

/// POST the same: `latitude`, `longitude`. Nothing but the place is written, so that it takes nothing away that somebody
/// else has said meanwhile or for later days.
pub(super) async fn place(s: Shell, Path(key): Path<String>, posted: Posted) -> kit::Result {
    let (community, ..) = read(&s, &key, Action::RegisterWrite)?;
    let number = |name: &str| degrees(posted.fields.get(name)).ok_or(Fault::Bad);
    let at = Position::new(number("latitude")?, number("longitude")?).map_err(|_| Fault::Bad)?;
    let to = s.state.once(&s.actor, &posted, |tx, call| {
        let command = PlaceCommunity { id: community.id, on: s.today(), position: at };
        register::place_communities(tx, call, &[command])?;
        Ok(format!("/communities/{}", community.code))
    })?;
    Ok(see_other(&to))
}

fn asked(s: &Shell) -> Result<Option<Chosen>, Fault> {
    let Some(at) = s.asked("at") else { return Ok(None) };
    let (lat, lon) = at.split_once(',').ok_or(Fault::Bad)?;
    let number = |text: &str| degrees(text).ok_or(Fault::Bad);
    let at = Position::new(number(lat)?, number(lon)?).map_err(|_| Fault::Bad)?;
    let metres = s.asked("m").and_then(|text| text.parse().ok()).unwrap_or(TOWN_METRES);
    Ok(Some(Chosen { at, metres: metres.clamp(CLOSEST_METRES, 10 * TOWN_METRES) }))
}

fn draw(
    s: &Shell,
    community: &Community,
    places: &Places,
    roll: &Roll,
    chosen: Option<Chosen>,
    closer: bool,
) -> Map {
    let town = community.description.town;
    let outline = |id| {
        Some(Outline {
            shape: places.outline(id)?,
            class: "block",
            title: places.town_name(s, id),
            href: None,
            lines: Vec::new(),
        })
    };
    let label = s.t("register-place-map");
    let mut map = match (chosen, outline(town)) {
        (Some(Chosen { at, metres }), own) => Map::near(label, at, metres, own.into_iter().collect()),
        (None, Some(own)) => Map::of(label, vec![own], &[]),
        (None, None) => {
            let centre = places.town(town).map(|town| town.position).or(community.description.position);
            let centre = centre.or_else(|| roll.communities().iter().find_map(|it| it.position));
            centre.map_or_else(
                || Map::of(label, Vec::new(), &[]),
                |at| Map::near(label, at, TOWN_METRES, Vec::new()),
            )
        }
    };
    for other in roll.communities().iter().filter(|other| other.id != community.id) {
        let Some(at) = other.position.filter(|at| map.holds(*at)) else { continue };
        let title = s.name(&other.name, &other.name_en).into_owned();
        map.dot(Dot { at, shape: Shape::Circle, class: "home", size: 6, title, href: None, mark: None });
    }
    let here = s.name(&community.description.name, &community.description.name_en);
    if let Some(at) = community.description.position.filter(|at| map.holds(*at)) {
        let title = s.t1("register-place-now", "name", here.as_ref());
        map.dot(Dot {
            at,
            shape: Shape::Square,
            class: "site moved",
            size: 8,
            title,
            href: None,
            mark: None,
        });
    }
    if let Some(Chosen { at, .. }) = chosen {
        let title = s.t1("register-place-chosen", "name", here.as_ref());
        map.dot(Dot {
            at,
            shape: Shape::Diamond,
            class: "site new",
            size: 12,
            title,
            href: None,
            mark: None,
        });
    }
    if closer {
        let columns = if s.care { CARE_CELLS } else { CELLS };
        let metres = (map.metres() * CONTEXT / columns).max(CLOSEST_METRES);
        map.cells(columns, |at, row, column| {
            let place = format!("{},{}", degrees_text(at.lat()), degrees_text(at.lon()));
            let title = s.t2("register-place-cell", ("row", row), ("column", column));
            (format!("/communities/{}/place?at={place}&m={metres}#map", community.code), title)
        });
    }
    map
}

/// The nearest other communities, with how far they are in a straight line.
fn neighbours(s: &Shell, community: &Community, roll: &Roll, at: Position) -> Vec<(String, String)> {
    let others = roll.communities().iter().filter(|other| other.id != community.id);
    let mut all: Vec<_> =
        others.filter_map(|other| Some((Reverse(other.position?.metres_to(at)), other))).collect();
    all.sort_by_key(|(metres, other)| (Reverse(*metres), other.id));
    let words = |(Reverse(metres), other): &(Reverse<i64>, &register::Snapshot)| {
        let metres = s.t1("register-metres", "count", *metres);
        (s.name(&other.name, &other.name_en).into_owned(), metres)
    };
    all.iter().take(NEIGHBOURS).map(words).collect()
}
