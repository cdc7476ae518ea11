//! A plan as a map: today's stations and the plan's, with the list beside it that says the same.

use std::collections::HashMap;

use base::Position;
use district::kit::{GridId, PlanPointId, TownId};
use district::plan::rules::Change;
use district::plan::{Shown, ShownPoint, ShownStation};
use district::register::Town;

use super::words;
use crate::kit::map::{Dot, Map, Outline, Shape};
use crate::kit::{Places, Shell};

/// The whole district: towns as links, stations and points as dots, communities as a crowd.
pub(super) fn district(s: &Shell, shown: &Shown, places: &Places, label: &str, base: &str) -> Map {
    let outlines =
        places.towns.iter().filter_map(|town| outline(s, shown, places, town, Some(base))).collect();
    let all: Vec<Position> = shown.communities.iter().filter_map(|community| community.position).collect();
    let mut map = Map::of(label, outlines, &all);
    communities(s, &mut map, shown, |_, _| true);
    for station in &shown.stations {
        for point in station.points.iter().filter(|point| !point.host) {
            map.dot(dot(s, station, point, 4));
        }
    }
    closures(s, &mut map, shown, |_, _| true, 4);
    for station in &shown.stations {
        if let Some(host) = station.host() {
            map.dot(dot(s, station, host, 6));
        }
    }
    map
}

/// One town: its outline, the way of each community to its point, stations with their numbers in the list.
pub(super) fn town(s: &Shell, shown: &Shown, places: &Places, town: &Town, label: &str) -> Map {
    let outlines = places.towns.iter().filter_map(|other| outline(s, shown, places, other, None)).collect();
    let of = |theirs: TownId, _: Option<GridId>| theirs == town.id;
    let mut map = Map::around(label, &frame(shown, of, town.position), outlines);
    part(s, &mut map, shown, of, 11);
    map
}

/// One grid, close by.
pub(super) fn grid(s: &Shell, shown: &Shown, places: &Places, grid: GridId, label: &str) -> Map {
    let outlines = places.towns.iter().filter_map(|other| outline(s, shown, places, other, None)).collect();
    let of = |_: TownId, theirs: Option<GridId>| theirs == Some(grid);
    let middle = places.grid(grid).and_then(|grid| places.town(grid.town)).map(|town| town.position);
    let Some(middle) = middle else { return Map::around(label, &[], outlines) };
    let mut map = Map::around(label, &frame(shown, of, middle), outlines);
    part(s, &mut map, shown, of, 12);
    map
}

/// Everything of a part that is drawn; its middle where there is nothing.
fn frame(shown: &Shown, of: impl Fn(TownId, Option<GridId>) -> bool, middle: Position) -> Vec<Position> {
    let communities = shown.communities.iter().filter(|c| of(c.town, c.grid)).filter_map(|c| c.position);
    let points = shown.stations.iter().filter(|station| of(station.town, station.grid));
    let points = points.flat_map(|station| station.points.iter().map(|point| point.position));
    let closures = shown.closures.iter().filter(|closure| of(closure.town, closure.grid));
    let all: Vec<Position> = communities.chain(points).chain(closures.map(|it| it.position)).collect();
    if all.is_empty() { vec![middle] } else { all }
}

fn part(s: &Shell, map: &mut Map, shown: &Shown, of: impl Fn(TownId, Option<GridId>) -> bool, size: i64) {
    let at: HashMap<PlanPointId, Position> =
        shown.stations.iter().flat_map(|station| &station.points).map(|p| (p.id, p.position)).collect();
    for community in shown.communities.iter().filter(|community| of(community.town, community.grid)) {
        if let Some((from, to)) = community.position.zip(community.point.and_then(|point| at.get(&point))) {
            map.tie(from, *to);
        }
    }
    communities(s, map, shown, &of);
    closures(s, map, shown, &of, size - 3);
    let stations: Vec<&ShownStation> = shown.stations.iter().filter(|it| of(it.town, it.grid)).collect();
    for station in &stations {
        for point in station.points.iter().filter(|point| !point.host) {
            map.dot(dot(s, station, point, size - 3));
        }
    }
    for (station, number) in stations.iter().zip(1..) {
        if let Some(host) = station.host() {
            let href = Some(format!("#s{number}"));
            map.dot(Dot { href, mark: Some(number.to_string()), ..dot(s, station, host, size) });
        }
    }
}

fn outline<'a>(
    s: &Shell,
    shown: &Shown,
    places: &'a Places,
    town: &Town,
    base: Option<&str>,
) -> Option<Outline<'a>> {
    let name = s.name(&town.name, &town.name_en).into_owned();
    let title = match base {
        Some(_) => s.t2(
            "plan-map-town",
            ("town", &name),
            ("stations", shown.stations.iter().filter(|station| station.town == town.id).count()),
        ),
        None => name.clone(),
    };
    Some(Outline {
        shape: places.outline(town.id)?,
        class: "block",
        title,
        href: base.map(|base| format!("{base}?town={}", town.code)),
        lines: base.map(|_| vec![("nm", name)]).unwrap_or_default(),
    })
}

/// Communities that have a point as a crowd, the others one by one.
fn communities(s: &Shell, map: &mut Map, shown: &Shown, of: impl Fn(TownId, Option<GridId>) -> bool) {
    let theirs = || shown.communities.iter().filter(|community| of(community.town, community.grid));
    let few = theirs().count() <= 120;
    let served = theirs().filter(|community| community.unserved.is_none() && community.point.is_some());
    if few {
        for community in served {
            let Some(at) = community.position else { continue };
            let title = s.t2(
                "plan-map-community",
                ("name", s.name(&community.name, &community.name_en).as_ref()),
                ("households", community.households),
            );
            let size = 4 + (community.planned / 300).min(5);
            map.dot(Dot { at, shape: Shape::Circle, class: "home", size, title, href: None, mark: None });
        }
    } else {
        let crowd: Vec<Position> = served.filter_map(|community| community.position).collect();
        map.crowd(&crowd, 2, "crowd", s.t1("plan-map-communities", "count", crowd.len()));
    }
    for community in theirs() {
        let (Some(at), Some(_)) = (community.position, community.unserved) else { continue };
        let name = s.name(&community.name, &community.name_en);
        let title = s.t1("plan-map-unserved", "name", name.as_ref());
        map.dot(Dot { at, shape: Shape::Circle, class: "home none", size: 6, title, href: None, mark: None });
    }
}

fn closures(s: &Shell, map: &mut Map, shown: &Shown, of: impl Fn(TownId, Option<GridId>) -> bool, size: i64) {
    for closure in shown.closures.iter().filter(|closure| of(closure.town, closure.grid)) {
        let name = s.name(&closure.name, &closure.name_en);
        map.dot(Dot {
            at: closure.position,
            shape: Shape::Cross,
            class: "gone",
            size,
            title: s.t1("plan-map-closes", "name", name.as_ref()),
            href: None,
            mark: None,
        });
    }
}

fn dot(s: &Shell, station: &ShownStation, point: &ShownPoint, size: i64) -> Dot {
    let change = if point.host { station.change() } else { point.change() };
    let class = match (point.host, change) {
        (true, Change::Opens) => "site new",
        (true, Change::Moves) => "site moved",
        (true, _) => "site",
        (false, Change::Kept) => "spot",
        (false, _) => "spot new",
    };
    let name = s.name(&point.name, &point.name_en);
    let title = s.t2("plan-map-dot", ("name", name.as_ref()), ("change", s.t(words::change(change))));
    let shape = if point.host { Shape::Square } else { Shape::Diamond };
    Dot { at: point.position, shape, class, size, title, href: None, mark: None }
}
