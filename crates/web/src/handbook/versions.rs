//! Versions of the handbook: which are in force, who adopted what, how two of them differ; drafts, and how one is
//! adopted from a day on.

use askama::Template;
use axum::extract::Path;
use base::Day;
use db::Tx;
use district::handbook::{self as handbooks, State, Version};
use district::kit::{HandbookId, Scope};
use district::people::{Action, may};
use district::plan::gaps::{self, Workers};
use handbook::Handbook;
use http::StatusCode;

use super::clauses::{self, Part};
use super::effect::Row;
use super::say::{self, data};
use crate::kit::{self, Fault, Faults, Posted, Shell, see_other};

/// A number that may be changed.
pub(super) struct Number {
    pub(super) name: String,
    pub(super) label: String,
    pub(super) value: i64,
    pub(super) least: i64,
    pub(super) most: i64,
    pub(super) assumption: bool,
}

/// The numbers of a handbook, in the order of its file.
pub(super) fn numbers(s: &Shell, handbook: &Handbook) -> Vec<Number> {
    let number = |it: &handbook::Parameter| Number {
        name: it.name.clone(),
        label: say::words(s, &it.words),
        value: it.value,
        least: it.least,
        most: it.most,
        assumption: it.assumption,
    };
    handbook.parameters().iter().map(number).collect()
}

/// The version in force today.
pub(super) fn current(tx: &mut Tx<'_>, s: &Shell) -> district::kit::Result<Option<Version>> {
    Ok(handbooks::versions(tx)?.into_iter().find(|it| it.in_force(s.today())))
}

/// A line of the table of versions.
struct Line<'a> {
    version: &'a Version,
    state: &'static str,
    based_on: Option<&'a str>,
    /// The version it is read against: the one a draft was made from, the one before an adopted one.
    against: Option<HandbookId>,
}

fn lines(versions: &[Version], today: Day) -> Vec<Line<'_>> {
    let mut before = None;
    let mut lines = Vec::new();
    for version in versions {
        let number = |id| versions.iter().find(|it| it.id == id).map(|it| it.version.as_str());
        let state = match (version.state, version.from) {
            (State::Draft, _) => "handbook-state-draft",
            (State::Adopted, Some(from)) if from > today => "handbook-state-coming",
            (State::Adopted, _) if version.in_force(today) => "handbook-state-now",
            (State::Adopted, _) => "handbook-state-past",
        };
        let against = version.based_on.or(before);
        lines.push(Line { version, state, based_on: version.based_on.and_then(number), against });
        if version.state == State::Adopted {
            before = Some(version.id);
        }
    }
    lines
}

#[derive(Template)]
#[template(path = "handbook/overview.html")]
struct Overview<'a> {
    s: &'a Shell,
    lines: Vec<Line<'a>>,
    current: Option<&'a Version>,
    label: String,
    numbers: Vec<Number>,
    /// The draft that numbers are changed in; here always the version in force.
    base: Option<HandbookId>,
    workers: Option<Workers>,
    parts: Vec<Part>,
}

/// Versions, the numbers of the one in force, its clauses.
pub(super) async fn overview(s: Shell) -> kit::Result {
    let today = s.today();
    let (versions, workers) = s.state.read(|tx| {
        let workers = if may(&s.actor, Action::PlanRead, Scope::District) {
            gaps::workers(tx, &s.actor, &s.state.memory, today)?
        } else {
            None
        };
        Ok((handbooks::versions(tx)?, workers))
    })?;
    let current = versions.iter().find(|it| it.in_force(today));
    s.html(&Overview {
        s: &s,
        lines: lines(&versions, today),
        current,
        label: current.map(|it| say::words(&s, it.handbook.label())).unwrap_or_default(),
        numbers: current.map(|it| numbers(&s, &it.handbook)).unwrap_or_default(),
        base: None,
        workers,
        parts: current.map(|it| clauses::parts(&s, &it.handbook)).unwrap_or_default(),
    })
}

/// A clause that differs between two versions.
pub(super) struct Difference {
    pub(super) heading: String,
    pub(super) beside: Option<String>,
    pub(super) parts: Vec<say::Part>,
}

/// A number that differs.
pub(super) struct NumberChange {
    pub(super) label: String,
    pub(super) before: Option<i64>,
    pub(super) after: Option<i64>,
}

/// What differs between two versions, word by word.
pub(super) struct Compared {
    pub(super) numbers: Vec<NumberChange>,
    pub(super) clauses: Vec<Difference>,
    pub(super) difficulty: bool,
}

impl Compared {
    pub(super) fn of(s: &Shell, before: &Handbook, after: &Handbook) -> Self {
        let language = say::language(s);
        let found = handbook::compare(before, after);
        let number = |it: &handbook::ParameterChange| NumberChange {
            label: say::words(s, &it.words),
            before: it.before,
            after: it.after,
        };
        let clause = |it: &handbook::ClauseChange| Difference {
            heading: data(s, &it.heading(language)),
            beside: it.beside(language).map(|words| data(s, &words)),
            parts: say::parts(s, &it.pieces(language)),
        };
        Self {
            numbers: found.parameters.iter().map(number).collect(),
            clauses: found.clauses.iter().map(clause).collect(),
            difficulty: found.difficulty,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.numbers.is_empty() && self.clauses.is_empty() && !self.difficulty
    }
}

#[derive(Template)]
#[template(path = "handbook/compare.html")]
struct Compare<'a> {
    s: &'a Shell,
    versions: &'a [Version],
    before: &'a Version,
    after: &'a Version,
    compared: Compared,
}

/// Two versions side by side: the ones the query names, else the last two adopted.
pub(super) async fn compare(s: Shell) -> kit::Result {
    let (a, b) = (say::asked_version(&s, "a")?, say::asked_version(&s, "b")?);
    let versions = s.state.read(handbooks::versions)?;
    let adopted: Vec<&Version> = versions.iter().filter(|it| it.state == State::Adopted).collect();
    let find = |id: HandbookId| versions.iter().find(|it| it.id == id).ok_or(Fault::Absent);
    let last = adopted.last().copied().ok_or(Fault::Absent)?;
    let before = a.map_or_else(|| Ok(adopted.iter().rev().nth(1).copied().unwrap_or(last)), find)?;
    let after = b.map_or(Ok(last), find)?;
    let compared = Compared::of(&s, &before.handbook, &after.handbook);
    s.html(&Compare { s: &s, versions: &versions, before, after, compared })
}

#[derive(Template)]
#[template(path = "handbook/version.html")]
struct ShowVersion<'a> {
    s: &'a Shell,
    version: &'a Version,
    line: Line<'a>,
    compared: Option<(String, Compared)>,
    numbers: Vec<Number>,
    base: Option<HandbookId>,
    parts: Vec<Part>,
    faults: Faults,
    from: String,
}

/// A version: what it changed, its clauses; a draft can be changed further and adopted.
pub(super) async fn version(s: Shell, Path(id): Path<String>) -> kit::Result {
    let id: HandbookId = say::id(&id)?;
    let from = s.today().to_string();
    show_version(&s, id, Faults::none(), from, StatusCode::OK)
}

fn show_version(s: &Shell, id: HandbookId, faults: Faults, from: String, status: StatusCode) -> kit::Result {
    let versions = s.state.read(handbooks::versions)?;
    let line = lines(&versions, s.today()).into_iter().find(|it| it.version.id == id).ok_or(Fault::Absent)?;
    let version = line.version;
    let against = line.against.and_then(|id| versions.iter().find(|it| it.id == id));
    let compared = against.map(|it| (it.version.clone(), Compared::of(s, &it.handbook, &version.handbook)));
    let draft = version.state == State::Draft;
    let page = ShowVersion {
        s,
        version,
        compared,
        numbers: if draft { numbers(s, &version.handbook) } else { Vec::new() },
        base: Some(id),
        parts: clauses::parts(s, &version.handbook),
        faults,
        from,
        line,
    };
    s.html_with(status, &page)
}

#[derive(Template)]
#[template(path = "handbook/adopt.html")]
struct Adopting<'a> {
    s: &'a Shell,
    version: &'a Version,
    from: Day,
    /// The version that ends, and its last day.
    ends: Option<(&'a str, Day)>,
    looked_at: usize,
    changed: usize,
    /// Communities more than before that wait for a decision.
    left_out: i64,
    rows: Vec<Row>,
}

/// Says what adopting a draft would do, before it is done.
pub(super) async fn adopting(s: Shell, Path(id): Path<String>) -> kit::Result {
    let id: HandbookId = say::id(&id)?;
    let asked = s.asked("from").unwrap_or_default();
    let Ok(from) = asked.trim().parse::<Day>() else {
        let faults = Faults::one(Some("from"), s.t("handbook-day-wrong").to_owned());
        return show_version(&s, id, faults, asked, StatusCode::UNPROCESSABLE_ENTITY);
    };
    let read = s.state.read(|tx| {
        let adopted = handbooks::adoptable(tx, &s.actor, s.today(), id, from)?;
        let before = handbooks::versions(tx)?.into_iter().find(|it| it.in_force(from));
        let effect = match &before {
            Some(before) => {
                Some(handbooks::effect(tx, &s.actor, &s.state.memory, s.today(), before, &adopted)?)
            }
            None => None,
        };
        Ok((handbooks::version(tx, id)?, before, effect))
    });
    let (draft, before, effect) = match read {
        Ok(read) => read,
        Err(Fault::Refused(refusal)) => {
            return show_version(&s, id, s.faults(&refusal), asked, StatusCode::UNPROCESSABLE_ENTITY);
        }
        Err(fault) => return Err(fault),
    };
    let draft = draft.ok_or(Fault::Absent)?;
    let last = Day::from_days(from.days() - 1);
    s.html(&Adopting {
        s: &s,
        version: &draft,
        from,
        ends: before.as_ref().map(|it| (it.version.as_str(), last)),
        looked_at: effect.as_ref().map_or(0, |it| it.looked_at),
        changed: effect.as_ref().map_or(0, |it| it.communities.len()),
        left_out: effect.as_ref().map_or(0, |it| it.after.without - it.before.without),
        rows: effect.map(|it| Row::of(&it.before, &it.after)).unwrap_or_default(),
    })
}

/// Adopts a draft from a day on.
pub(super) async fn adopt(s: Shell, Path(id): Path<String>, posted: Posted) -> kit::Result {
    let id: HandbookId = say::id(&id)?;
    let asked = posted.fields.get("from").to_owned();
    let from: Day = asked.parse().map_err(|_| Fault::Bad)?;
    let adopted = s.state.once(&s.actor, &posted, |tx, call| {
        handbooks::adopt_draft(tx, call, id, from)?;
        Ok(format!("/district/handbook/versions/{id}"))
    });
    match adopted {
        Ok(to) => Ok(see_other(&to)),
        Err(Fault::Refused(refusal)) => {
            show_version(&s, id, s.faults(&refusal), asked, StatusCode::UNPROCESSABLE_ENTITY)
        }
        Err(fault) => Err(fault),
    }
}
