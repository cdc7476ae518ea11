//! How far the adopted plan has come: stations and points to open, move, close, town by town; each step is taken here.

use askama::Template;
use base::{Day, Uuid};
use district::kit::{GridId, PlanPointId, PointId, Scope, StationId, TownId};
use district::people::{self, Action};
use district::plan::rules::{Change, Progress};
use district::plan::{self, Advance, Shown, ShownPoint, ShownStation};
use http::StatusCode;

use super::{read, words};
use crate::kit::{self, Fault, Faults, Places, Posted, Shell};

/// A town and how far it has come.
struct Line {
    name: String,
    href: String,
    counts: Counts,
}

/// Points that the plan opens, moves and closes, and how many of each are done.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Counts {
    pub(crate) opens: i64,
    pub(crate) opened: i64,
    pub(crate) moves: i64,
    pub(crate) moved: i64,
    pub(crate) closes: i64,
    pub(crate) closed: i64,
}

impl Counts {
    pub(crate) fn of(shown: &Shown, town: Option<TownId>) -> Self {
        let theirs = |of: TownId| town.is_none_or(|town| town == of);
        let mut counts = Self::default();
        for station in shown.stations.iter().filter(|station| theirs(station.town)) {
            for (point, moves) in to_do(station) {
                let done = i64::from(is_done(station, point, moves));
                let (all, ended) = if moves {
                    (&mut counts.moves, &mut counts.moved)
                } else {
                    (&mut counts.opens, &mut counts.opened)
                };
                *all += 1;
                *ended += done;
            }
        }
        for closure in shown.closures.iter().filter(|closure| theirs(closure.town)) {
            counts.closes += 1;
            counts.closed += i64::from(matches!(closure.progress, Progress::Closed(_)));
        }
        counts
    }

    fn done(&self) -> i64 {
        self.opened + self.moved + self.closed
    }

    fn all(&self) -> i64 {
        self.opens + self.moves + self.closes
    }

    /// Done out of all, in thousandths, for a bar.
    fn share(&self) -> i64 {
        if self.all() == 0 { 1000 } else { self.done() * 1000 / self.all() }
    }
}

/// Points that the plan wants opened, and whether the station's host moves there. A host can move to a point that is
/// open already.
fn to_do(station: &ShownStation) -> impl Iterator<Item = (&ShownPoint, bool)> {
    let moves = |point: &ShownPoint| point.host && station.change() == Change::Moves;
    let points = station.points.iter().map(move |point| (point, moves(point)));
    points.filter(|(point, moves)| *moves || point.today.is_none())
}

fn is_done(station: &ShownStation, point: &ShownPoint, moves: bool) -> bool {
    if moves { station.moved() } else { matches!(point.progress, Progress::Opened(_)) }
}

/// A point that opens or closes.
struct Step {
    /// `open` or `close`, and the id that the operation takes.
    act: &'static str,
    id: Uuid,
    station: String,
    /// The station's page, for who may read it: its people and its hours are entered there.
    href: Option<String>,
    name: String,
    change: &'static str,
    progress: String,
    done: bool,
}

#[derive(Template)]
#[template(path = "plan/progress.html")]
struct Page<'a> {
    s: &'a Shell,
    faults: Faults,
    plan: Option<Plan>,
    day: String,
}

struct Plan {
    name: String,
    base: String,
    from: Option<Day>,
    counts: Counts,
    lines: Vec<Line>,
    town: Option<(String, String)>,
    steps: Vec<Step>,
    may_step: bool,
}

fn page(s: &Shell, status: StatusCode, faults: Faults, town: Option<&str>, day: Option<&str>) -> kit::Result {
    let day = day.map_or_else(|| s.today().to_string(), str::to_owned);
    let current = s.state.read(|tx| {
        people::authorise(&s.actor, Action::PlanRead, Scope::District)?;
        plan::current(tx)
    })?;
    let Some(current) = current else {
        return s.html_with(status, &Page { s, faults, plan: None, day });
    };
    let (shown, places) = read(s, current)?;
    let asked = town.map(|code| places.of_code(code).ok_or(Fault::Absent));
    let town = match asked.transpose()? {
        // Whoever works for one town finds it open.
        None => own_town(s).and_then(|id| places.town(id)),
        found => found,
    };
    let lines = places.towns.iter().map(|town| Line {
        name: s.name(&town.name, &town.name_en).into_owned(),
        href: format!("/district/plan/progress?town={}", town.code),
        counts: Counts::of(&shown, Some(town.id)),
    });
    let plan = Plan {
        name: s.zh(&shown.scenario.name).into_owned(),
        base: format!("/district/plan/{}", current.uuid()),
        from: shown.scenario.from,
        counts: Counts::of(&shown, None),
        lines: lines.filter(|line| line.counts.all() > 0).collect(),
        town: town.map(|town| (s.name(&town.name, &town.name_en).into_owned(), town.code.clone())),
        steps: town.map(|town| steps(s, &shown, &places, town.id)).unwrap_or_default(),
        may_step: town.is_some_and(|town| people::may(&s.actor, Action::StationWrite, Scope::Town(town.id))),
    };
    s.html_with(status, &Page { s, faults, plan: Some(plan), day })
}

/// The town of a reader who works for one.
fn own_town(s: &Shell) -> Option<TownId> {
    match s.actor.scope() {
        Scope::Town(town) | Scope::Grid { town, .. } | Scope::Community { town, .. } => Some(town),
        Scope::District => None,
    }
}

fn steps(s: &Shell, shown: &Shown, places: &Places, town: TownId) -> Vec<Step> {
    let mut steps = Vec::new();
    for station in shown.stations.iter().filter(|station| station.town == town) {
        let host = station.host().map(|host| s.name(&host.name, &host.name_en).into_owned());
        let grid = station.grid.map(|grid| places.grid_name(s, grid));
        let page = station.real.and_then(|real| page_of(s, real, town, station.grid));
        for (point, moves) in to_do(station) {
            let done = is_done(station, point, moves);
            steps.push(Step {
                act: "open",
                id: point.id.uuid(),
                station: grid.clone().or_else(|| host.clone()).unwrap_or_default(),
                href: page.clone(),
                name: s.name(&point.name, &point.name_en).into_owned(),
                change: words::change(if moves { Change::Moves } else { Change::Opens }),
                progress: match (done, moves) {
                    (true, true) => s.t("plan-progress-moved").to_owned(),
                    (true, false) => words::progress(s, point.progress),
                    (false, _) => words::progress(s, Progress::Waiting),
                },
                done,
            });
        }
    }
    for closure in shown.closures.iter().filter(|closure| closure.town == town) {
        steps.push(Step {
            act: "close",
            id: closure.point.uuid(),
            station: s.name(&closure.name, &closure.name_en).into_owned(),
            href: page_of(s, closure.station, town, closure.grid),
            name: s.zh(&closure.words).into_owned(),
            change: words::change(Change::Closes),
            progress: words::progress(s, closure.progress),
            done: matches!(closure.progress, Progress::Closed(_)),
        });
    }
    // What waits comes first; the order of the plan otherwise.
    steps.sort_by_key(|step| step.done);
    steps
}

/// The page of a station, for who may read it.
fn page_of(s: &Shell, station: StationId, town: TownId, grid: Option<GridId>) -> Option<String> {
    let scope = grid.map_or(Scope::Town(town), |grid| Scope::Grid { town, grid });
    people::may(&s.actor, Action::StationRead, scope).then(|| format!("/district/stations/{station}"))
}

/// GET `/district/plan/progress?town=…`.
pub(super) async fn show(s: Shell) -> kit::Result {
    page(&s, StatusCode::OK, Faults::none(), s.asked("town").as_deref(), None)
}

/// POST the same: points that were ticked open or close on a day.
pub(super) async fn advance(s: Shell, posted: Posted) -> kit::Result {
    let (town, text) = (posted.fields.get("town"), posted.fields.get("day"));
    let again = |faults| page(&s, StatusCode::UNPROCESSABLE_ENTITY, faults, Some(town), Some(text));
    let Ok(day) = text.parse::<Day>() else {
        return again(Faults::one(Some("day"), s.t("plan-bad-day").to_owned()));
    };
    let mut steps = Vec::new();
    for (name, value) in posted.fields.iter() {
        let id = || Uuid::parse_str(value).map_err(|_| Fault::Bad);
        match name {
            "open" => steps.push(Advance::Open(PlanPointId::from_uuid(id()?))),
            "close" => steps.push(Advance::Close(PointId::from_uuid(id()?))),
            _ => {}
        }
    }
    if steps.is_empty() {
        return again(Faults::one(Some("steps"), s.t("plan-nothing-ticked").to_owned()));
    }
    let done = s.state.once(&s.actor, &posted, |tx, call| {
        plan::advance(tx, call, day, &steps)?;
        Ok(format!("/district/plan/progress?town={town}"))
    });
    s.after(done, again)
}
