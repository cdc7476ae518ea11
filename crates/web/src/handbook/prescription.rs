//! What the handbook prescribes for a community, and why: conclusions, clause by clause, difficulty factor by factor,
//! decisions of named persons.

use std::sync::Arc;

use askama::Template;
use axum::extract::Path;
use base::Day;
use db::Tx;
use district::HandbookCase;
use district::handbook::{self as handbooks, Origin, Version};
use district::kit::{CommunityId, HandbookId, Scope};
use district::people::{Action, authorise};
use district::register::{self, Snapshot};
use handbook::{
    Consequence, Considered, Decision, Difficulty, DifficultyRow, Factor, Handbook, prescribe, tenths,
};
use handbook::{Prescription, Value};
use http::StatusCode;

use super::clauses::anchor;
use super::factors::{self, Entry};
use super::say::{self, data};
use super::versions::{Number, numbers};
use crate::kit::{self, Access, Fault, Faults, Places, Shell};

/// A conclusion with the clauses that led there.
struct Line {
    kind: String,
    words: String,
    /// Number and address on this page.
    clauses: Vec<(String, String)>,
}

/// A clause held against the community.
struct Held {
    code: String,
    anchor: String,
    applies: bool,
    assumption: bool,
    text: String,
    label: String,
    source: String,
    here: String,
    so: String,
}

/// A factor of difficulty. What is none has no data.
struct FactorRow {
    name: String,
    value: Option<String>,
    weight: String,
    weight_used: Option<String>,
    score: Option<i64>,
    /// The bar of the score: 1.2 for each of a hundred, in tenths.
    bar: String,
    counted: Option<String>,
    /// Where an entered or derived figure comes from, and whether it was derived.
    origin: Option<(bool, String)>,
}

/// The table of difficulty.
struct Shown {
    words: String,
    bounds: (i64, i64),
    about: String,
    source: String,
    assumption: bool,
    rows: Vec<FactorRow>,
    weight_with_data: String,
    complete: bool,
    result: Option<String>,
}

/// A decision that was recorded.
struct Recorded {
    form: String,
    decision: handbooks::Decision,
    in_force: bool,
}

/// What a decision would stand instead of.
struct Replaces {
    /// First days of the decisions that would go, as the box says them; empty for none.
    days: String,
    /// The past day on whose page it would be; empty when it is not past.
    past: String,
    /// What the ticked box sends.
    value: String,
}

impl Replaces {
    /// `None` when it would stand instead of nothing.
    fn by(from: Day, today: Day, decisions: &[handbooks::Decision]) -> Option<Self> {
        let days = handbooks::replaced(decisions, from);
        if days.is_empty() && from >= today {
            return None;
        }
        let past = if from < today { from.to_string() } else { String::new() };
        // Without a day in it it still says that it was ticked.
        let value = std::iter::once("yes".to_owned()).chain(days.iter().map(Day::to_string));
        Some(Self { days: register::days(&days), past, value: value.collect::<Vec<_>>().join(" ") })
    }
}

/// What a form for a decision holds.
#[derive(Default)]
pub(super) struct Typed {
    pub(super) form: String,
    pub(super) reason: String,
    pub(super) from: String,
    /// What the form for a figure holds.
    pub(super) entry: Entry,
}

#[derive(Template)]
#[template(path = "handbook/prescription.html")]
struct Show<'a> {
    s: &'a Shell,
    /// The day it is read as of.
    day: Day,
    /// The version that was asked for by name.
    asked: Option<HandbookId>,
    community: &'a Snapshot,
    name: String,
    town: String,
    about: String,
    version: &'a Version,
    versions: &'a [Version],
    lines: Vec<Line>,
    missing: Vec<String>,
    /// The governance modes in force, in words.
    modes: String,
    held: Vec<Held>,
    applied: usize,
    all: usize,
    difficulty: Shown,
    /// The handbook leaves the form of station to a named person.
    asks: bool,
    awaited: bool,
    recorded: Vec<Recorded>,
    may_decide: bool,
    replaces: Option<Replaces>,
    typed: Typed,
    faults: Faults,
    numbers: Vec<Number>,
    /// The factors that can be entered: name, title, unit; none for those who may not.
    choices: Vec<(&'static str, String, &'static str)>,
}

impl Show<'_> {
    /// Is something wrong in the form for a figure?
    fn entry_is_wrong(&self) -> bool {
        ["factor", "figure", "source", "since"].iter().any(|field| self.faults.at(field).is_some())
    }
}

/// What was read for the page.
pub(crate) struct Read {
    pub(crate) case: Arc<HandbookCase>,
    town: String,
    pub(crate) versions: Arc<Vec<Version>>,
}

/// The prescription of the version in force on a day (`?on=…`), or of the one that the query names.
pub(super) async fn show(s: Shell, Path(key): Path<String>) -> kit::Result {
    let day = s.on()?;
    let id = of_address(&s, &key, day)?;
    let today = s.today().to_string();
    let entry = Entry { since: today.clone(), ..Entry::default() };
    let typed = Typed { from: today, entry, ..Typed::default() };
    page(&s, id, day, typed, Faults::none(), StatusCode::OK)
}

/// The community of an address, by its code or its id.
pub(crate) fn of_address(s: &Shell, key: &str, day: Day) -> Result<CommunityId, Fault> {
    let found = s.state.read(|tx| s.state.memory.community(tx, key, day))?;
    found.map(|community| community.id).ok_or(Fault::Absent)
}

pub(super) fn page(
    s: &Shell,
    id: CommunityId,
    day: Day,
    typed: Typed,
    faults: Faults,
    status: StatusCode,
) -> kit::Result {
    let asked = say::asked_version(s, "v")?;
    let read = s.state.read(|tx| read(tx, s, id, day))?.ok_or(Fault::Absent)?;
    let version = match asked {
        Some(asked) => read.versions.iter().find(|it| it.id == asked),
        None => read.versions.iter().find(|it| it.in_force(day)),
    };
    let version = version.ok_or(Fault::Absent)?;
    let (handbook, language) = (&*version.handbook, say::language(s));
    let prescription = prescribe(handbook, &read.case.facts);
    let community = &read.case.community;
    // The district's total is no prescription for a community.
    let concerns = |it: &&Considered| !matches!(it.clause.then, Some(Consequence::WorkersPerTenThousand(_)));
    let held: Vec<Held> = prescription.relevant().filter(concerns).map(|it| held(s, it)).collect();
    let asks = matches!(prescription.decision, Decision::Awaited | Decision::Made(_));
    let modes: Vec<String> = community.modes.iter().map(|mode| data(s, mode.name(language))).collect();
    let from = typed.from.parse().unwrap_or_else(|_| s.today());
    let replaces = Replaces::by(from, s.today(), &read.case.decisions);
    s.html_with(
        status,
        &Show {
            s,
            day,
            asked,
            community,
            name: s.name(&community.name, &community.name_en).into_owned(),
            about: about(s, community),
            version,
            versions: &read.versions,
            lines: lines(s, &prescription),
            missing: prescription.missing.iter().map(|it| data(s, &it.words(language))).collect(),
            modes: modes.join(if s.language.is_chinese() { "，" } else { ", " }),
            applied: held.iter().filter(|it| it.applies).count(),
            all: handbook.clauses().len(),
            difficulty: difficulty(s, handbook, &prescription.difficulty, &read.case.origins),
            choices: if day == s.today() { factors::choices(s, community) } else { Vec::new() },
            asks,
            awaited: prescription.decision == Decision::Awaited,
            recorded: read.case.decisions.iter().map(|it| recorded(s, day, it.clone())).collect(),
            // A decision is made on today's facts.
            may_decide: asks && day == s.today() && s.may_use(Access::May(Action::FormDecide)),
            replaces,
            typed,
            faults,
            numbers: relevant_numbers(s, handbook, &prescription),
            held,
            town: read.town,
        },
    )
}

/// Reads it, for whoever may.
pub(crate) fn read(
    tx: &mut Tx<'_>,
    s: &Shell,
    id: CommunityId,
    day: Day,
) -> district::kit::Result<Option<Read>> {
    let Some(case) = s.state.memory.case(tx, id, day)? else { return Ok(None) };
    let community = &case.community;
    // Its facts are more than anyone may read of a community.
    let scope = Scope::Community { town: community.town, grid: community.grid, community: id };
    authorise(&s.actor, Action::RegisterRead, scope)?;
    let town = Places::read(s, tx, day)?.town_name(s, community.town);
    let versions = s.state.memory.versions(tx)?;
    Ok(Some(Read { case, town, versions }))
}

/// `保障性租赁住房，规划容量 612 户`.
fn about(s: &Shell, community: &Snapshot) -> String {
    let kind = say::title(s, community.kind.name(say::language(s)));
    let capacity = community.planned_households.map_or_else(
        || s.t("handbook-no-capacity").to_owned(),
        |planned| s.t1("handbook-capacity", "count", planned),
    );
    s.t2("handbook-community-about", ("kind", kind.as_str()), ("capacity", capacity.as_str()))
}

fn lines(s: &Shell, prescription: &Prescription) -> Vec<Line> {
    let language = say::language(s);
    let line = |it: handbook::Line| Line {
        kind: say::title(s, it.kind.name(language)),
        words: data(s, &it.words),
        clauses: it.clauses.iter().map(|id| (id.clone(), anchor(id))).collect(),
    };
    prescription.lines(language).into_iter().map(line).collect()
}

fn held(s: &Shell, considered: &Considered) -> Held {
    let (language, clause) = (say::language(s), &considered.clause);
    Held {
        code: clause.code.clone(),
        anchor: anchor(&clause.id),
        applies: considered.applies,
        assumption: clause.assumption,
        text: data(s, clause.text(language)),
        label: say::words(s, &clause.label),
        source: say::words(s, &clause.source),
        here: data(s, &considered.here(language)),
        so: data(s, &considered.outcome(language)),
    }
}

fn difficulty(
    s: &Shell,
    handbook: &Handbook,
    found: &Difficulty,
    origins: &[(&'static str, Origin)],
) -> Shown {
    let row = |row: &DifficultyRow| {
        let origin = origins.iter().find(|(name, _)| *name == row.factor.as_code());
        let words = |(_, it): &(_, Origin)| (matches!(it, Origin::Derived(_)), factors::origin(s, it));
        FactorRow { origin: origin.map(words), ..factor_row(s, row) }
    };
    let rule = handbook.difficulty();
    Shown {
        words: data(s, &found.words(say::language(s))),
        bounds: (rule.low_at_most, rule.medium_at_most),
        about: say::words(s, &rule.words),
        source: say::words(s, &rule.source),
        assumption: rule.assumption,
        rows: found.rows.iter().map(row).collect(),
        weight_with_data: tenths(found.weight_with_data),
        complete: found.rows.iter().all(|row| row.score.is_some()),
        result: found.result.map(tenths),
    }
}

fn factor_row(s: &Shell, row: &DifficultyRow) -> FactorRow {
    let language = say::language(s);
    let value = |factor: Factor, value: Value| data(s, &value.words(factor, language));
    FactorRow {
        name: say::title(s, row.factor.difficulty_name(language)),
        value: row.value.map(|it| value(row.factor, it)),
        weight: tenths(row.weight),
        weight_used: row.weight_used.map(tenths),
        score: row.score,
        bar: tenths(row.score.unwrap_or(0) * 12),
        counted: row.counted.map(tenths),
        origin: None,
    }
}

fn recorded(s: &Shell, day: Day, decision: handbooks::Decision) -> Recorded {
    Recorded {
        form: say::title(s, decision.form.name(say::language(s))),
        in_force: decision.from <= day && decision.to.is_none_or(|to| to > day),
        decision,
    }
}

/// The numbers that the clauses of this community's page turn on.
fn relevant_numbers(s: &Shell, handbook: &Handbook, prescription: &Prescription) -> Vec<Number> {
    let used =
        |name: &str| prescription.relevant().any(|it| it.clause.parameters.iter().any(|it| it == name));
    numbers(s, handbook).into_iter().filter(|number| used(&number.name)).collect()
}
