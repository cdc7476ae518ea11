//! What a changed number would move over the whole district, shown without writing anything; and its draft.

use std::collections::HashMap;

use askama::Template;
use axum::extract::Path;
use base::Money;
use db::Tx;
use district::exchange::book::Value;
use district::handbook::{
    self as handbooks, Changed, Effect, Prescribed, PrescribedStation, StationOf, Version,
};
use district::kit::{CommunityId, HandbookId, TownId};
use district::people::Action;
use district::plan::rules::Parameters;
use district::register::rules::half_width;
use handbook::{ConsequenceKind, DraftError, Handbook, Prescription};
use http::StatusCode;

use super::clauses::anchor;
use super::say::{self, data};
use super::versions::{Compared, current};
use crate::kit::table::{self, Column, FileLink, Listed, text};
use crate::kit::{self, Access, Fault, Faults, Places, Posted, Shell, see_other};

/// Communities on one page: a screenful or two, and the page stays light on a phone.
const A_PAGE: usize = 50;

/// What is asked: a number of a version, and what it should be; without a number the draft as it stands.
#[derive(Debug, Clone, Default)]
pub(crate) struct Asked {
    /// The version that is changed; without one the version in force.
    pub(crate) base: Option<HandbookId>,
    pub(crate) name: String,
    /// As it was typed.
    pub(crate) value: String,
}

impl Asked {
    fn of(get: impl Fn(&str) -> String) -> Result<Self, Fault> {
        let base = get("base");
        let base = if base.is_empty() { None } else { Some(say::id(&base)?) };
        Ok(Self { base, name: get("name"), value: get("value") })
    }
}

/// What is proposed: the version in force, the one that is changed, and the changed handbook.
pub(crate) struct Proposal {
    pub(crate) current: Version,
    pub(crate) base: Version,
    pub(crate) draft: Result<Handbook, Wrong>,
}

/// Why there is no changed handbook.
pub(crate) enum Wrong {
    NoNumber,
    Draft(DraftError),
}

/// Changes a number of a version, without writing anything.
pub(crate) fn propose(tx: &mut Tx<'_>, s: &Shell, asked: &Asked) -> district::kit::Result<Proposal> {
    let absent = || district::Error::Absent("handbook");
    let current = current(tx, s)?.ok_or_else(absent)?;
    let base = match asked.base {
        Some(id) => handbooks::version(tx, id)?.ok_or_else(absent)?,
        None => current.clone(),
    };
    let draft = if asked.name.is_empty() {
        Ok((*base.handbook).clone())
    } else {
        match whole_number(&asked.value) {
            Some(value) => base.handbook.with_parameter(&asked.name, value).map_err(Wrong::Draft),
            None => Err(Wrong::NoNumber),
        }
    };
    Ok(Proposal { current, base, draft })
}

/// A whole number as people type it: `800`, `1,000`, `８００`.
fn whole_number(text: &str) -> Option<i64> {
    let digits: String =
        text.chars().map(half_width).filter(|letter| !matches!(letter, ',' | '，' | ' ')).collect();
    digits.parse().ok()
}

impl Wrong {
    pub(crate) fn words(&self, s: &Shell, base: &Handbook) -> String {
        let language = say::language(s);
        match self {
            Self::NoNumber => s.t("handbook-number-wrong").to_owned(),
            Self::Draft(DraftError::OutOfRange { name, least, most, .. }) => {
                let label = base.parameter(name).map(|it| say::words(s, &it.words)).unwrap_or_default();
                let args = [("name", label.into()), ("least", least.into()), ("most", most.into())];
                s.ta("handbook-number-range", &args)
            }
            Self::Draft(error) => data(s, &error.words(language)),
        }
    }
}

/// A figure before and after.
pub(super) struct Row {
    pub(super) label: &'static str,
    pub(super) before: String,
    pub(super) after: String,
    pub(super) change: String,
    pub(super) differs: bool,
}

impl Row {
    /// The figures of the district, under both versions.
    pub(super) fn of(before: &Prescribed, after: &Prescribed) -> Vec<Self> {
        let count = |label, figure: fn(&Prescribed) -> i64| {
            let (before, after) = (figure(before), figure(after));
            Self {
                label,
                before: base::grouped(before),
                after: base::grouped(after),
                change: say::change(before, after),
                differs: before != after,
            }
        };
        let money = |label, figure: fn(&Prescribed) -> Money| {
            let (before, after) = (figure(before), figure(after));
            Self {
                label,
                before: before.to_string(),
                after: after.to_string(),
                change: say::change_of_money(before, after),
                differs: before != after,
            }
        };
        vec![
            count("handbook-fig-standalone", |it| it.standalone),
            count("handbook-fig-joint", |it| it.joint),
            count("handbook-fig-without", |it| it.without),
            count("handbook-fig-stations", |it| it.stations),
            count("handbook-fig-workers", |it| it.workers),
            money("handbook-fig-cost-workers", |it| it.costs.workers),
            money("handbook-fig-cost-setup", |it| it.costs.setup),
            money("handbook-fig-cost-moves", |it| it.costs.moves),
            money("handbook-fig-cost", Prescribed::cost),
        ]
    }
}

/// A town's figures before and after.
struct TownRow {
    name: String,
    code: String,
    communities: i64,
    stations: (i64, i64),
    workers: (i64, i64),
    cost: String,
}

/// A station before and after; `None`: there is none.
struct StationRow {
    name: String,
    own: bool,
    town: String,
    before: Option<PrescribedStation>,
    after: Option<PrescribedStation>,
}

/// What changes for a community.
struct CommunityRow {
    code: String,
    name: String,
    town: String,
    about: String,
    changes: Vec<Difference>,
}

/// One thing that changes, and why.
struct Difference {
    kind: String,
    before: Option<String>,
    after: Option<String>,
    /// The clause, its address, and what it says of this community.
    because: Vec<(String, String, String)>,
}

#[derive(Template)]
#[template(path = "handbook/effect.html")]
struct Show<'a> {
    s: &'a Shell,
    faults: Faults,
    asked: Asked,
    current: &'a Version,
    base: &'a Version,
    /// The number that is changed: its label, what it is in the version in force.
    number: Option<(String, Option<i64>)>,
    found: Option<Found>,
    version: String,
    may_save: bool,
}

impl Show<'_> {
    /// One of the lists as a file.
    fn files(&self, list: &str) -> Vec<FileLink> {
        table::files(&format!("/district/handbook/effect/{list}"), &self.s.query, false)
    }
}

/// What was found.
struct Found {
    looked_at: usize,
    changed: usize,
    stations_changed: usize,
    /// Communities more than now whose station and people are not counted, because nobody has decided yet.
    left_out: i64,
    rows: Vec<Row>,
    towns: Vec<TownRow>,
    stations: Vec<StationRow>,
    communities: Vec<CommunityRow>,
    compared: Compared,
    /// The town that the list is narrowed to: its code.
    town: String,
    matching: usize,
    page: usize,
    pages: usize,
    prices: Parameters,
    after: String,
}

/// What a changed number would move: nothing is written, the address can be passed on.
pub(super) async fn show(s: Shell) -> kit::Result {
    let asked = Asked::of(|name| s.asked(name).unwrap_or_default().trim().to_owned())?;
    page(&s, asked, Faults::none(), None, StatusCode::OK)
}

const OF_COMMUNITIES: [Column; 7] = [
    ("code", "register-code"),
    ("name", "register-name"),
    ("town", "handbook-town"),
    ("what", "handbook-file-what"),
    ("before", "handbook-file-before"),
    ("after", "handbook-file-after"),
    ("because", "handbook-file-because"),
];
const OF_STATIONS: [Column; 8] = [
    ("name", "handbook-station"),
    ("form", "handbook-file-form"),
    ("town", "handbook-town"),
    ("becomes", "handbook-station-becomes"),
    ("communities_before", "handbook-file-communities-before"),
    ("communities_after", "handbook-file-communities-after"),
    ("workers_before", "handbook-file-workers-before"),
    ("workers_after", "handbook-file-workers-after"),
];
const OF_TOWNS: [Column; 8] = [
    ("code", "register-code"),
    ("town", "handbook-town"),
    ("communities", "handbook-communities-changed"),
    ("stations_before", "handbook-file-stations-before"),
    ("stations_after", "handbook-file-stations-after"),
    ("workers_before", "handbook-file-workers-before"),
    ("workers_after", "handbook-file-workers-after"),
    ("cost", "handbook-cost-change"),
];

/// GET `/district/handbook/effect/{list}/{form}`: `communities`, `stations` or `towns` of the same question, as `xlsx` or
/// `csv`.
pub(super) async fn file(s: Shell, Path((list, form)): Path<(String, String)>) -> kit::Result {
    let asked = Asked::of(|name| s.asked(name).unwrap_or_default().trim().to_owned())?;
    let today = s.today();
    let (proposal, places) =
        s.state.read(|tx| Ok((propose(tx, &s, &asked)?, Places::read(&s, tx, today)?)))?;
    // What cannot be read as a question has no answer to carry away: the page says why.
    let draft = proposal.draft.as_ref().map_err(|_| Fault::Bad)?;
    let effect = s
        .state
        .read(|tx| handbooks::effect(tx, &s.actor, &s.state.memory, today, &proposal.current, draft))?;
    let found = found(&s, &effect, &places, &proposal.current.handbook, draft, &asked, Rows::All);
    let (name, title, columns, rows): (_, _, &[Column], Vec<Vec<Value>>) = match list.as_str() {
        "communities" => {
            let rows = found.communities.iter().flat_map(community_cells);
            ("effect-communities", "handbook-effect-communities", &OF_COMMUNITIES, rows.collect())
        }
        "stations" => {
            let rows = found.stations.iter().map(|it| station_cells(&s, it));
            ("effect-stations", "handbook-effect-stations", &OF_STATIONS, rows.collect())
        }
        "towns" => {
            let rows = found.towns.iter().map(town_cells);
            ("effect-towns", "handbook-effect-towns", &OF_TOWNS, rows.collect())
        }
        _ => return Err(Fault::Absent),
    };
    Listed { name, title: s.t(title), day: today, columns, rows, places: None }.file(&s, &form)
}

/// A row for each thing that changes.
fn community_cells(community: &CommunityRow) -> Vec<Vec<Value>> {
    let cells = |change: &Difference| {
        let because: Vec<String> =
            change.because.iter().map(|(clause, _, here)| format!("{clause}: {here}")).collect();
        vec![
            text(community.code.as_str()),
            text(community.name.as_str()),
            text(community.town.as_str()),
            text(change.kind.as_str()),
            text(change.before.clone().unwrap_or_default()),
            text(change.after.clone().unwrap_or_default()),
            text(because.join("; ")),
        ]
    };
    community.changes.iter().map(cells).collect()
}

fn station_cells(s: &Shell, station: &StationRow) -> Vec<Value> {
    let count = |it: Option<PrescribedStation>, figure: fn(PrescribedStation) -> i64| {
        it.map_or(Value::Empty, |it| Value::Count(figure(it)))
    };
    let becomes = match (station.before, station.after) {
        (None, _) => "handbook-station-new",
        (Some(_), None) => "handbook-station-gone",
        (Some(_), Some(_)) => "handbook-station-stays",
    };
    vec![
        text(station.name.as_str()),
        text(s.t(if station.own { "handbook-station-own" } else { "handbook-station-joint" })),
        text(station.town.as_str()),
        text(s.t(becomes)),
        count(station.before, |it| it.communities),
        count(station.after, |it| it.communities),
        count(station.before, |it| it.workers),
        count(station.after, |it| it.workers),
    ]
}

fn town_cells(town: &TownRow) -> Vec<Value> {
    vec![
        text(town.code.as_str()),
        text(town.name.as_str()),
        Value::Count(town.communities),
        Value::Count(town.stations.0),
        Value::Count(town.stations.1),
        Value::Count(town.workers.0),
        Value::Count(town.workers.1),
        text(town.cost.as_str()),
    ]
}

/// Saves the changed handbook as a draft.
pub(super) async fn save(s: Shell, posted: Posted) -> kit::Result {
    let asked = Asked::of(|name| posted.fields.get(name).to_owned())?;
    let version = posted.fields.get("version").to_owned();
    let saved = s.state.once(&s.actor, &posted, |tx, call| {
        let Proposal { base, draft, .. } = propose(tx, &s, &asked)?;
        let Ok(draft) = draft else {
            return Err(district::Refusal::new("handbook-refused-number").at("value").into());
        };
        let named = handbooks::name_draft(&draft, &version, call.today())?;
        let id = handbooks::save_draft(tx, call, base.id, &named)?;
        Ok(format!("/district/handbook/versions/{id}"))
    });
    match saved {
        Ok(to) => Ok(see_other(&to)),
        Err(Fault::Refused(refusal)) => {
            page(&s, asked, s.faults(&refusal), Some(version), StatusCode::UNPROCESSABLE_ENTITY)
        }
        Err(fault) => Err(fault),
    }
}

fn page(
    s: &Shell,
    asked: Asked,
    mut faults: Faults,
    version: Option<String>,
    status: StatusCode,
) -> kit::Result {
    let today = s.today();
    let (proposal, taken, effect, places) = s.state.read(|tx| {
        let proposal = propose(tx, s, &asked)?;
        let effect = match &proposal.draft {
            Ok(draft) => {
                Some(handbooks::effect(tx, &s.actor, &s.state.memory, today, &proposal.current, draft)?)
            }
            Err(_) => None,
        };
        let taken: Vec<String> = handbooks::versions(tx)?.into_iter().map(|it| it.version).collect();
        Ok((proposal, taken, effect, Places::read(s, tx, today)?))
    })?;
    let Proposal { current, base, draft } = &proposal;
    if let Err(wrong) = draft {
        faults = Faults::one(Some("value"), wrong.words(s, &base.handbook));
    }
    let number = base.handbook.parameter(&asked.name).map(|it| {
        let now = current.handbook.parameter(&asked.name).map(|it| it.value);
        (say::words(s, &it.words), now)
    });
    if number.is_none() && !asked.name.is_empty() {
        return Err(Fault::Absent);
    }
    let found = match (draft, effect) {
        (Ok(draft), Some(effect)) => {
            Some(found(s, &effect, &places, &current.handbook, draft, &asked, Rows::OfPage))
        }
        _ => None,
    };
    let taken: Vec<&str> = taken.iter().map(String::as_str).collect();
    let version = version.unwrap_or_else(|| say::next_version(&taken, &base.handbook));
    let status = if faults.is_empty() { status } else { StatusCode::UNPROCESSABLE_ENTITY };
    let may_save = s.may_use(Access::May(Action::HandbookDraft)) && !asked.name.is_empty();
    s.html_with(status, &Show { s, faults, asked, current, base, number, found, version, may_save })
}

/// Which communities are said.
#[derive(Clone, Copy)]
enum Rows {
    OfPage,
    All,
}

fn found(
    s: &Shell,
    effect: &Effect,
    places: &Places,
    before: &Handbook,
    after: &Handbook,
    asked: &Asked,
    rows: Rows,
) -> Found {
    let town = s.asked("town").unwrap_or_default();
    let here = |id: TownId| town.is_empty() || places.town(id).is_some_and(|it| it.code == town);
    let matching: Vec<&Changed> = effect.communities.iter().filter(|it| here(it.community.town)).collect();
    let pages = matching.len().div_ceil(A_PAGE).max(1);
    let page = s.asked("page").and_then(|page| page.parse::<usize>().ok()).unwrap_or(1).clamp(1, pages);
    let (skip, take) = match rows {
        Rows::OfPage => ((page - 1) * A_PAGE, A_PAGE),
        Rows::All => (0, usize::MAX),
    };
    let shown = matching.iter().skip(skip).take(take);
    let own: HashMap<CommunityId, &Changed> =
        effect.communities.iter().map(|it| (it.community.id, it)).collect();
    let station = |it: &handbooks::StationChange| StationRow {
        name: match it.whose {
            StationOf::Community(id) => own
                .get(&id)
                .map(|it| s.name(&it.community.name, &it.community.name_en).into_owned())
                .unwrap_or_default(),
            StationOf::Grid(id) => places.grid_name(s, id),
        },
        own: matches!(it.whose, StationOf::Community(_)),
        town: places.town_name(s, it.town),
        before: it.before,
        after: it.after,
    };
    let town_row = |it: &handbooks::TownEffect| TownRow {
        name: places.town_name(s, it.town),
        code: places.town(it.town).map(|it| it.code.clone()).unwrap_or_default(),
        communities: it.communities,
        stations: (it.before.stations, it.after.stations),
        workers: (it.before.workers, it.after.workers),
        cost: say::change_of_money(it.before.cost(), it.after.cost()),
    };
    Found {
        looked_at: effect.looked_at,
        changed: effect.communities.len(),
        stations_changed: effect.stations.len(),
        left_out: effect.after.without - effect.before.without,
        rows: Row::of(&effect.before, &effect.after),
        towns: effect.towns.iter().map(town_row).collect(),
        stations: effect.stations.iter().filter(|it| here(it.town)).map(station).collect(),
        communities: shown.map(|it| community(s, it, places)).collect(),
        compared: Compared::of(s, before, after),
        matching: matching.len(),
        town,
        page,
        pages,
        prices: Parameters::default(),
        after: after.parameter(&asked.name).map(|it| base::grouped(it.value)).unwrap_or_default(),
    }
}

fn community(s: &Shell, changed: &Changed, places: &Places) -> CommunityRow {
    let (language, community, impact) = (say::language(s), &changed.community, &changed.impact);
    let planned = community.planned_households.map_or_else(
        || s.t("handbook-no-capacity").to_owned(),
        |planned| s.t1("handbook-capacity", "count", planned),
    );
    let about = s.t2(
        "handbook-community-about",
        ("kind", say::title(s, community.kind.name(language)).as_str()),
        ("capacity", planned.as_str()),
    );
    CommunityRow {
        code: community.code.clone(),
        name: s.name(&community.name, &community.name_en).into_owned(),
        town: places.town_name(s, community.town),
        about,
        changes: impact
            .changed
            .iter()
            .map(|&kind| difference(s, kind, &impact.before, &impact.after))
            .collect(),
    }
}

fn difference(s: &Shell, kind: ConsequenceKind, before: &Prescription, after: &Prescription) -> Difference {
    let language = say::language(s);
    let line = after.line(kind, language);
    let clauses = line.as_ref().map(|line| line.clauses.clone()).unwrap_or_default();
    let of_clause = |id: &String| {
        let considered = after.considered.iter().find(|it| it.clause.id == *id)?;
        Some((id.clone(), anchor(id), data(s, &considered.here(language))))
    };
    Difference {
        kind: say::title(s, kind.name(language)),
        before: before.line(kind, language).map(|line| data(s, &line.words)),
        after: line.as_ref().map(|line| data(s, &line.words)),
        because: clauses.iter().filter_map(of_clause).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_type_them() {
        for (text, number) in [("800", 800), ("1,000", 1_000), ("８００", 800), (" 1 200 ", 1_200)] {
            assert_eq!(whole_number(text), Some(number), "{text}");
        }
        for text in ["", "八百", "8.5", "-", "99999999999999999999"] {
            assert_eq!(whole_number(text), None, "{text}");
        }
    }
}
