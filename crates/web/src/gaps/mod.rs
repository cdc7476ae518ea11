//! The gap list (缺口清单): what each town still lacks under the adopted plan, handed out, chased, crossed off.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::Path;
use base::{Day, Uuid};
use district::exchange::book::Value;
use district::kit::{GapId, Scope, TownId};
use district::people::{self, Action};
use district::plan::gaps::{self, Gap, Gaps, Kind, Standing, Workers};
use district::register::Town;
use http::StatusCode;

use crate::kit::table::{self, Column, FileLink, Listed, day as day_of, text};
use crate::kit::{self, Access, Arg, Door, Fault, Faults, Places, Posted, Routes, Shell, see_other};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/district/gaps", Access::May(Action::GapRead), show)
        .post("/district/gaps", Access::May(Action::GapCross), act)
        .get("/district/gaps/{form}", Access::May(Action::GapRead), file)
        .room(Door::District, 50, "/district/gaps", "gaps-room")
}

/// Gaps on one page of the list.
const PAGE: usize = 100;
/// Days that stand in the form of a new hand-out.
const TERM: i64 = 30;

/// A town with what it lacks.
struct Line {
    name: String,
    href: String,
    /// What lacks by kind, in the order of [`Kind::ALL`]; workers in people, all else in places.
    lacking: [i64; 4],
    handed_out: i64,
    overdue: i64,
    crossed_off: i64,
    gaps: i64,
}

impl Line {
    fn new(name: String, href: String) -> Self {
        Self { name, href, lacking: [0; 4], handed_out: 0, overdue: 0, crossed_off: 0, gaps: 0 }
    }

    fn add(&mut self, gap: &Gap) {
        self.gaps += 1;
        match gap.standing {
            Standing::CrossedOff => self.crossed_off += 1,
            Standing::Overdue => {
                self.overdue += 1;
                self.handed_out += 1;
            }
            Standing::HandedOut => self.handed_out += 1,
            Standing::Listed | Standing::There => {}
        }
        if gap.standing != Standing::CrossedOff
            && let Some(place) = Kind::ALL.iter().position(|kind| *kind == gap.kind)
        {
            self.lacking[place] += gap.lacking();
        }
    }
}

/// A gap in the list.
struct Row {
    id: Uuid,
    ticked: bool,
    town: String,
    grid: String,
    kind: &'static str,
    station: String,
    place: String,
    gap: Gap,
}

impl Row {
    fn standing(&self) -> &'static str {
        standing(self.gap.standing)
    }

    /// The class of its state: overdue alone is solid.
    fn class(&self) -> &'static str {
        match self.gap.standing {
            Standing::Overdue => "late",
            Standing::Listed => "unsure",
            Standing::HandedOut => "due",
            Standing::There | Standing::CrossedOff => "ok",
        }
    }

    fn icon(&self) -> &'static str {
        match self.gap.standing {
            Standing::Overdue => "i-late",
            Standing::Listed => "i-unsure",
            Standing::HandedOut => "i-due",
            Standing::There => "i-open",
            Standing::CrossedOff => "i-ok",
        }
    }
}

fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Overdue => "gaps-standing-overdue",
        Standing::Listed => "gaps-standing-listed",
        Standing::HandedOut => "gaps-standing-handed-out",
        Standing::There => "gaps-standing-there",
        Standing::CrossedOff => "gaps-standing-crossed-off",
    }
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Station => "gaps-kind-station",
        Kind::Point => "gaps-kind-point",
        Kind::Premises => "gaps-kind-premises",
        Kind::People => "gaps-kind-people",
    }
}

/// What the list is narrowed to: from the query, or from the form that was sent back.
#[derive(Debug, Clone, Default)]
struct Filter {
    town: String,
    kind: String,
    standing: String,
    /// The day, when it is not today.
    on: Option<Day>,
    page: usize,
}

impl Filter {
    fn read(get: impl Fn(&str) -> String) -> Self {
        let page = get("page").parse().unwrap_or(1).max(1);
        Self { town: get("town"), kind: get("kind"), standing: get("standing"), on: None, page }
    }

    fn takes(&self, gap: &Gap, town: Option<TownId>) -> bool {
        (self.town.is_empty() || town == Some(gap.town))
            && Kind::parse(&self.kind).is_none_or(|kind| kind == gap.kind)
            && match Standing::parse(&self.standing) {
                Some(standing) => standing == gap.standing,
                // What is done is shown only when it is asked for.
                None => self.standing == "all" || gap.standing != Standing::CrossedOff,
            }
    }

    fn address(&self, page: usize) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in [("town", &self.town), ("kind", &self.kind), ("standing", &self.standing)] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        if let Some(on) = self.on {
            query.append_pair("on", &on.to_string());
        }
        if page > 1 {
            query.append_pair("page", &page.to_string());
        }
        let query = query.finish();
        if query.is_empty() { "/district/gaps".into() } else { format!("/district/gaps?{query}") }
    }
}

#[derive(Template)]
#[template(path = "gaps/show.html")]
struct Page<'a> {
    s: &'a Shell,
    faults: Faults,
    gaps: Option<Gaps>,
    day: Day,
    /// The version of the handbook in force, when the plan is of another.
    other_version: Option<String>,
    files: Vec<FileLink>,
    /// What was just done, and to how many.
    done: Option<String>,
    /// What lacks, in one sentence.
    answer: String,
    /// The district's workers, in one sentence.
    workers: Option<String>,
    lines: Vec<Line>,
    total: Line,
    towns: Vec<(String, String)>,
    kinds: [(&'static str, &'static str); 4],
    standings: [(&'static str, &'static str); 5],
    filter: Filter,
    rows: Vec<Row>,
    found: usize,
    pages: Vec<(usize, String)>,
    due: String,
    note: String,
    may_chase: bool,
    may_cross: bool,
}

impl Page<'_> {
    /// Is it the list of another day than today?
    fn is_past(&self) -> bool {
        self.day != self.s.today()
    }

    /// Only what is so today can be worked on.
    fn may_act(&self) -> bool {
        !self.is_past() && (self.may_chase || self.may_cross)
    }
}

/// What stood in the form when it was refused.
#[derive(Debug, Default)]
struct Sent {
    ticked: Vec<GapId>,
    due: String,
    note: String,
}

struct Found {
    gaps: Option<Gaps>,
    places: Places,
    workers: Option<Workers>,
    /// The version of the handbook in force on the day.
    version: Option<String>,
}

fn found(s: &Shell, day: Day) -> Result<Found, Fault> {
    s.state.read(|tx| {
        let gaps = gaps::list(tx, &s.actor, &s.state.memory, day)?;
        // The district's total of workers is for those who read the whole plan.
        let reads_all = people::may(&s.actor, Action::GapRead, Scope::District);
        let workers = if reads_all { gaps::workers(tx, &s.actor, &s.state.memory, day)? } else { None };
        let version = s.state.memory.in_force(tx, day)?.map(|(_, handbook)| handbook.version().to_owned());
        Ok(Found { gaps, places: Places::read(s, tx, day)?, workers, version })
    })
}

fn page(s: &Shell, status: StatusCode, filter: Filter, sent: Sent, faults: Faults) -> kit::Result {
    let day = filter.on.unwrap_or(s.today());
    let Found { gaps, places, workers, version } = found(s, day)?;
    let name = |town: &Town| s.name(&town.name, &town.name_en).into_owned();
    let asked = match places.of_code(&filter.town) {
        None if !filter.town.is_empty() => return Err(Fault::Absent),
        found => found.map(|town| town.id),
    };
    let all: &[Gap] = gaps.as_ref().map_or(&[], |gaps| gaps.gaps.as_slice());
    let mut by_town: BTreeMap<TownId, Line> = BTreeMap::new();
    let mut total = Line::new(s.t("plan-total").to_owned(), String::new());
    for gap in all {
        let line = by_town.entry(gap.town).or_insert_with(|| {
            let of = places.town(gap.town);
            let code = of.map(|town| town.code.clone()).unwrap_or_default();
            let of_town = Filter { town: code, on: filter.on, ..Filter::default() };
            Line::new(of.map(name).unwrap_or_default(), of_town.address(1))
        });
        line.add(gap);
        total.add(gap);
    }
    let lines = places.towns.iter().filter_map(|town| by_town.remove(&town.id)).collect();
    let wanted: Vec<&Gap> = all.iter().filter(|gap| filter.takes(gap, asked)).collect();
    let found = wanted.len();
    let rows = wanted.into_iter().skip((filter.page - 1) * PAGE).take(PAGE);
    let rows = rows.map(|gap| row(s, &places, gap, sent.ticked.contains(&gap.id)));
    let other = |gaps: &Gaps| version.clone().filter(|version| *version != gaps.version);
    let may = |action| people::may(&s.actor, action, s.actor.scope());
    let pages = (1..=found.div_ceil(PAGE)).map(|page| (page, filter.address(page))).collect();
    let view = Page {
        s,
        faults,
        day,
        other_version: gaps.as_ref().and_then(other),
        files: files(&filter),
        done: done(s),
        answer: answer(s, &total),
        workers: workers.map(|workers| of_the_district(s, workers)),
        lines,
        total,
        towns: places.towns.iter().map(|town| (town.code.clone(), name(town))).collect(),
        kinds: Kind::ALL.map(|it| (it.as_str(), kind(it))),
        standings: Standing::ALL.map(|it| (it.as_str(), standing(it))),
        rows: rows.collect(),
        filter,
        found,
        pages,
        due: if sent.due.is_empty() { (s.today() + TERM).to_string() } else { sent.due },
        note: sent.note,
        may_chase: may(Action::GapChase),
        may_cross: may(Action::GapCross),
        gaps,
    };
    s.html_with(status, &view)
}

fn row(s: &Shell, places: &Places, gap: &Gap, ticked: bool) -> Row {
    Row {
        id: gap.id.uuid(),
        ticked,
        town: places.town_name(s, gap.town),
        grid: gap.grid.map(|grid| places.grid_name(s, grid)).unwrap_or_default(),
        kind: kind(gap.kind),
        station: s.name(&gap.station.0, &gap.station.1).into_owned(),
        place: s.name(&gap.place.0, &gap.place.1).into_owned(),
        gap: gap.clone(),
    }
}

/// The list that a filter shows as files.
fn files(filter: &Filter) -> Vec<FileLink> {
    let address = filter.address(1);
    let query = address.split_once('?').map_or("", |(_, query)| query);
    table::files("/district/gaps", query, false)
}

const COLUMNS: [Column; 13] = [
    ("town", "plan-col-town"),
    ("grid", "coverage-grid"),
    ("kind", "gaps-kind"),
    ("station", "gaps-file-station"),
    ("place", "gaps-place"),
    ("needed", "gaps-file-needed"),
    ("present", "gaps-file-present"),
    ("standing", "gaps-standing"),
    ("handed_out_on", "gaps-file-handed-out-on"),
    ("due_on", "gaps-due"),
    ("chased", "gaps-chased"),
    ("crossed_off_on", "gaps-file-crossed-off-on"),
    ("note", "gaps-note"),
];

/// GET `/district/gaps/{form}`, `xlsx` or `csv`: the gaps of the filter, of all pages.
async fn file(s: Shell, Path(form): Path<String>) -> kit::Result {
    let filter = asked(&s)?;
    let day = filter.on.unwrap_or(s.today());
    let Found { gaps, places, .. } = found(&s, day)?;
    let town = match places.of_code(&filter.town) {
        None if !filter.town.is_empty() => return Err(Fault::Absent),
        found => found.map(|town| town.id),
    };
    let all = gaps.map(|gaps| gaps.gaps).unwrap_or_default();
    let cells = |gap: &Gap| {
        let row = row(&s, &places, gap, false);
        vec![
            text(row.town.as_str()),
            text(row.grid.as_str()),
            text(s.t(row.kind)),
            text(row.station.as_str()),
            text(row.place.as_str()),
            Value::Count(gap.needed),
            Value::Count(gap.present),
            text(s.t(row.standing())),
            day_of(gap.handed_out_on),
            day_of(gap.due_on),
            gap.chased.map_or(Value::Empty, Value::Count),
            day_of(gap.crossed_off_on),
            text(s.zh(&gap.note)),
        ]
    };
    let list = Listed {
        name: "gaps",
        title: s.t("gaps-title"),
        day,
        columns: &COLUMNS,
        rows: all.iter().filter(|gap| filter.takes(gap, town)).map(cells).collect(),
        places: None,
    };
    list.file(&s, &form)
}

fn answer(s: &Shell, total: &Line) -> String {
    let [stations, points, premises, people] = total.lacking;
    let args = [
        ("stations", stations),
        ("points", points),
        ("premises", premises),
        ("people", people),
        ("overdue", total.overdue),
    ];
    s.ta("gaps-answer", &args.map(|(name, count)| (name, Arg::from(count))))
}

fn of_the_district(s: &Shell, workers: Workers) -> String {
    let args = [
        ("residents", workers.residents),
        ("rate", workers.per_ten_thousand),
        ("needed", workers.needed),
        ("present", workers.in_post),
        ("posts", workers.posts),
    ];
    s.ta("gaps-workers", &args.map(|(name, count)| (name, Arg::from(count))))
}

/// GET `/district/gaps?town=…&kind=…&standing=…&on=…`.
async fn show(s: Shell) -> kit::Result {
    page(&s, StatusCode::OK, asked(&s)?, Sent::default(), Faults::none())
}

/// What the query narrows the list to, and its day.
fn asked(s: &Shell) -> Result<Filter, Fault> {
    let filter = Filter::read(|name| s.asked(name).unwrap_or_default());
    let day = s.on()?;
    Ok(Filter { on: (day != s.today()).then_some(day), ..filter })
}

/// What the form before this page did, in words.
fn done(s: &Shell) -> Option<String> {
    let count: usize = s.asked("count")?.parse().ok()?;
    let id = match s.asked("done")?.as_str() {
        "hand-out" => "gaps-done-hand-out",
        "chase" => "gaps-done-chase",
        "cross-off" => "gaps-done-cross-off",
        _ => return None,
    };
    Some(s.t1(id, "count", count))
}

/// POST `/district/gaps`: the gaps that were ticked are handed out, chased or crossed off.
async fn act(s: Shell, posted: Posted) -> kit::Result {
    let fields = &posted.fields;
    let filter = Filter::read(|name| fields.get(name).to_owned());
    let ids: Result<Vec<GapId>, Fault> = fields
        .all("gap")
        .map(|text| Uuid::parse_str(text).map(GapId::from_uuid).map_err(|_| Fault::Bad))
        .collect();
    let ids = ids?;
    let sent =
        Sent { ticked: ids.clone(), due: fields.get("due").to_owned(), note: fields.get("note").to_owned() };
    let act = fields.get("do");
    let due = match (act, sent.due.parse::<Day>()) {
        ("hand-out", Err(_)) => {
            let faults = Faults::one(Some("due"), s.t("plan-bad-day").to_owned());
            return page(&s, StatusCode::UNPROCESSABLE_ENTITY, filter, sent, faults);
        }
        (_, due) => due.unwrap_or(s.today()),
    };
    if !["hand-out", "chase", "cross-off"].contains(&act) {
        return Err(Fault::Bad);
    }
    let back = filter.address(filter.page);
    let back = format!("{back}{}done={act}&count={}", if back.contains('?') { '&' } else { '?' }, ids.len());
    let outcome = s.state.once(&s.actor, &posted, |tx, call| {
        match act {
            "hand-out" => gaps::hand_out(tx, call, &ids, due, &sent.note)?,
            "chase" => gaps::chase(tx, call, &ids)?,
            _ => gaps::cross_off(tx, call, &ids)?,
        }
        Ok(back.clone())
    });
    match outcome {
        Ok(to) => Ok(see_other(&to)),
        Err(Fault::Refused(refusal)) => {
            page(&s, StatusCode::UNPROCESSABLE_ENTITY, filter, sent, s.faults(&refusal))
        }
        Err(fault) => Err(fault),
    }
}
