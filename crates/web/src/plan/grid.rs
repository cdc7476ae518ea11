//! One grid of a scenario, close by: its stations with points and week, its communities, every place that could have a
//! point, to be pinned or forbidden and computed again.

use std::sync::Arc;

use askama::Template;
use axum::extract::Path;
use base::Money;
use district::kit::{GridId, PlanId, PlanPointId, Scope};
use district::people::{self, Action};
use district::plan::model::doors_are_staffed;
use district::plan::rota::{Duty, Week};
use district::plan::rules::{Change, HALF_DAYS_OF_A_WORKER, Mark};
use district::plan::{self, Shown, ShownPoint, ShownStation, Site};
use handbook::StationForm;
use http::StatusCode;

use super::overview::compute;
use super::scenario::{Left, left};
use super::{drawing, id_of, read, words};
use crate::kit::map::Map;
use crate::kit::{self, Fault, Faults, Places, Posted, Shell, see_other};

/// A station of the plan with its points.
struct Station {
    number: usize,
    name: String,
    joint: bool,
    change: &'static str,
    workers: i64,
    half_days: i64,
    /// Half-days of its workers' week.
    worked: i64,
    staffed: bool,
    cost: Money,
    why: Vec<String>,
    points: Vec<Point>,
}

/// A point of a station.
struct Point {
    name: String,
    host: bool,
    change: &'static str,
    half_days: i64,
    communities: i64,
    planned: i64,
    /// Planned households that its half-days can serve.
    capacity: i64,
    metres: i64,
    room: String,
    /// What it would cost a year besides if the host were here; `None` for the host.
    as_host: Option<Money>,
    week: Week,
}

/// A community of the grid.
struct Member {
    name: String,
    code: String,
    planned: i64,
    households: i64,
    point: String,
    metres: String,
    today: String,
}

/// A place that could have a point, with what is said of it.
struct Place {
    id: String,
    name: String,
    community: bool,
    room_offered: bool,
    mark: &'static str,
}

#[derive(Template)]
#[template(path = "plan/grid.html")]
struct Page<'a> {
    s: &'a Shell,
    faults: Faults,
    base: String,
    plan: String,
    grid: String,
    town: (String, String),
    answer: String,
    map: Map,
    stations: Vec<Station>,
    members: Vec<Member>,
    left: Vec<Left>,
    places: Vec<Place>,
    /// The name of the scenario that the form makes.
    name: String,
    may_write: bool,
}

/// Everything that the page is made from.
struct Found {
    shown: Arc<Shown>,
    places: Places,
    grid: GridId,
    sites: Vec<Site>,
    name: String,
}

fn found(s: &Shell, id: PlanId, grid: GridId) -> Result<Found, Fault> {
    let (shown, places) = read(s, id)?;
    if places.grid(grid).is_none() {
        return Err(Fault::Absent);
    }
    let (sites, scenarios) =
        s.state.read(|tx| Ok((plan::sites(tx, &s.actor, id, grid)?, plan::list(tx, &s.actor)?.len())))?;
    let name = s.t1("plan-next-name", "number", scenarios + 1);
    Ok(Found { shown, places, grid, sites, name })
}

fn station(s: &Shell, shown: &Shown, number: usize, station: &ShownStation) -> Station {
    let weeks = station.weeks();
    let half_days = station.half_days();
    let host = station.host();
    Station {
        number,
        name: host.map(|host| s.name(&host.name, &host.name_en).into_owned()).unwrap_or_default(),
        joint: station.form == StationForm::Joint,
        change: words::change(station.change()),
        workers: station.workers,
        half_days,
        worked: station.workers * HALF_DAYS_OF_A_WORKER,
        staffed: doors_are_staffed(station.workers, half_days),
        cost: station.costs.paid(),
        why: host.map(|host| why(s, shown, station, host)).unwrap_or_default(),
        points: station
            .points
            .iter()
            .zip(weeks)
            .map(|(point, week)| self::point(s, shown, station, point, week))
            .collect(),
    }
}

fn point(s: &Shell, shown: &Shown, station: &ShownStation, point: &ShownPoint, week: Week) -> Point {
    let parameters = &shown.scenario.parameters;
    let rent = point.rent.to_string();
    Point {
        name: s.name(&point.name, &point.name_en).into_owned(),
        host: point.host,
        change: words::change(if point.host { station.change() } else { point.change() }),
        half_days: point.half_days,
        communities: point.communities,
        planned: point.planned,
        capacity: point.half_days * parameters.households_per_half_day,
        metres: point.metres,
        room: match (point.room_offered, point.rent > Money::ZERO) {
            (true, false) => s.t("plan-room-there").to_owned(),
            (true, true) => s.t1("plan-room-there-rent", "rent", rent),
            (false, _) => s.t1("plan-room-to-rent", "rent", rent),
        },
        as_host: (!point.host).then(|| {
            let longer = (parameters.station_half_days - point.half_days).max(0) * parameters.half_day_year();
            let once = if station.today.is_some() { parameters.move_host } else { parameters.setup_station };
            Money::from_fen(longer + parameters.yearly(once))
        }),
        week,
    }
}

/// Why the host is where it is, in sentences that follow from the plan's figures.
fn why(s: &Shell, shown: &Shown, station: &ShownStation, host: &ShownPoint) -> Vec<String> {
    let mut why = Vec::new();
    if host.mark == Some(Mark::Pin) {
        why.push(s.t("plan-why-pinned").to_owned());
    }
    if station.form == StationForm::Standalone {
        why.push(s.t1("plan-why-standalone", "version", shown.scenario.version.as_str()));
    }
    why.push(
        match station.change() {
            Change::Kept => s.t("plan-why-kept"),
            Change::Moves => s.t("plan-why-moves"),
            Change::Opens | Change::Closes => s.t("plan-why-opens"),
        }
        .to_owned(),
    );
    if station.points.len() > 1 {
        why.push(s.t1("plan-why-least", "points", station.points.len()));
    }
    if host.room_offered {
        why.push(s.t("plan-why-room").to_owned());
    }
    why
}

fn members(s: &Shell, shown: &Shown, grid: GridId) -> Vec<Member> {
    let name_of = |id: PlanPointId| {
        let mut points = shown.stations.iter().flat_map(|station| &station.points);
        points.find(|point| point.id == id).map(|point| s.name(&point.name, &point.name_en).into_owned())
    };
    let theirs = shown.communities.iter().filter(|community| community.grid == Some(grid));
    theirs
        .map(|community| Member {
            name: s.name(&community.name, &community.name_en).into_owned(),
            code: community.code.clone(),
            planned: community.planned,
            households: community.households,
            point: community.point.and_then(name_of).unwrap_or_else(|| s.t("plan-none").to_owned()),
            metres: words::metres(s, community.metres),
            today: words::metres(s, community.today_metres),
        })
        .collect()
}

fn page(s: &Shell, status: StatusCode, found: Found, faults: Faults) -> kit::Result {
    let Found { shown, places, grid, sites, name } = found;
    let base = format!("/district/plan/{}", shown.scenario.id.uuid());
    let of = places.grid(grid).ok_or(Fault::Absent)?;
    let town = places.town(of.town).ok_or(Fault::Absent)?;
    let grid_name = s.name(&of.name, &of.name_en).into_owned();
    let theirs = shown.stations.iter().filter(|station| station.grid == Some(grid));
    let unserved = left(s, &shown, &places, &base, Some(town));
    let address = format!("{base}/grids/{}", grid.uuid());
    let view = Page {
        s,
        faults,
        plan: s.zh(&shown.scenario.name).into_owned(),
        answer: words::part(
            s,
            "plan-grid-answer",
            ("grid", &grid_name),
            &shown.totals_of(|_, of| of == Some(grid)),
        ),
        map: drawing::grid(s, &shown, &places, grid, s.t("plan-map")),
        stations: theirs.zip(1..).map(|(it, number)| station(s, &shown, number, it)).collect(),
        members: members(s, &shown, grid),
        left: unserved
            .into_iter()
            .filter(|it| it.grid.as_ref().is_some_and(|(_, to)| *to == address))
            .collect(),
        places: sites.iter().map(|site| place(s, site)).collect(),
        town: (s.name(&town.name, &town.name_en).into_owned(), format!("{base}?town={}", town.code)),
        grid: grid_name,
        name,
        may_write: people::may(&s.actor, Action::PlanWrite, Scope::District),
        base,
    };
    s.html_with(status, &view)
}

fn place(s: &Shell, site: &Site) -> Place {
    Place {
        id: site.id.to_string(),
        name: s.name(&site.name, &site.name_en).into_owned(),
        community: site.community,
        room_offered: site.room_offered,
        mark: site.mark.map_or("free", Mark::as_str),
    }
}

/// GET `/district/plan/{id}/grids/{grid}`.
pub(super) async fn show(s: Shell, Path((id, grid)): Path<(String, String)>) -> kit::Result {
    page(&s, StatusCode::OK, found(&s, id_of(&id)?, id_of(&grid)?)?, Faults::none())
}

/// POST the same: a new scenario with what was said of the places of this grid; all else stays as it was.
pub(super) async fn mark(s: Shell, Path((id, grid)): Path<(String, String)>, posted: Posted) -> kit::Result {
    let (id, grid): (PlanId, GridId) = (id_of(&id)?, id_of(&grid)?);
    let mut command = s.state.read(|tx| plan::copy_of(tx, &s.actor, id, posted.fields.get("name")))?;
    for site in s.state.read(|tx| plan::sites(tx, &s.actor, id, grid))? {
        match Mark::parse(posted.fields.get(&format!("mark-{}", site.id))) {
            Some(mark) => command.marks.insert(site.id, mark),
            None => command.marks.remove(&site.id),
        };
    }
    let to = |made: PlanId| format!("/district/plan/{}/grids/{}", made.uuid(), grid.uuid());
    match compute(&s, &posted, &command, to) {
        Ok(to) => Ok(see_other(&to)),
        Err(Fault::Refused(refusal)) => {
            let mut found = found(&s, id, grid)?;
            posted.fields.get("name").clone_into(&mut found.name);
            for site in &mut found.sites {
                site.mark = command.marks.get(&site.id).copied();
            }
            page(&s, StatusCode::UNPROCESSABLE_ENTITY, found, s.faults(&refusal))
        }
        Err(fault) => Err(fault),
    }
}

impl Page<'_> {
    /// What stands in a cell of a week: nothing, the number of the post, or that nobody is there.
    fn duty(&self, duty: &Duty) -> String {
        match duty {
            Duty::Shut => String::new(),
            Duty::Post(post) => self.s.t1("plan-duty-post", "post", post.to_string()),
            Duty::Nobody => self.s.t("plan-duty-nobody").to_owned(),
        }
    }
}
