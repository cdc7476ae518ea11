//! The handbook for programs: its versions clause by clause, what one prescribes for a community and why, what a changed
//! number would move; drafts and their adoption. Its words come in the language that was asked for.

use std::sync::Arc;

use base::Uuid;
use district::Refusal;
use district::handbook::{self as slice, State, Version};
use district::kit::HandbookId;
use district::people::{Action, authorise};
use handbook::{Considered, Decision, Handbook, prescribe};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answer::{Made, Page};
use super::community::OfCommunity;
use super::effect;
use super::operation::{Api, Nothing, once_made};
use super::register::{OnDay, OnlyRows, day};
use super::values::{Code, Date, Difficulty, Fact, Form, Prescribes, Time};
use crate::handbook::effect::{Asked, propose};
use crate::handbook::prescription::{of_address, read};
use crate::handbook::say::{data, language, words};
use crate::kit::{Access, Fault, Posted, Shell};

pub(super) fn operations() -> Api {
    let (read, draft) = (Access::May(Action::HandbookRead), Access::May(Action::HandbookDraft));
    let adopt_it = Access::May(Action::HandbookAdopt);
    Api::of("api-group-handbook")
        .get("/api/v1/handbook", Access::Public, "handbook", in_force)
        .list("/api/v1/handbook/versions", read, "handbook-versions", versions)
        .get("/api/v1/handbook/versions/{version}", read, "handbook-version", version)
        .post("/api/v1/handbook/drafts", draft, "handbook-draft", save)
        .post("/api/v1/handbook/versions/{version}/adoption", adopt_it, "handbook-adopt", adopt)
        .get("/api/v1/handbook/effect", read, "handbook-effect", effect::show)
        .list("/api/v1/handbook/effect/communities", read, "handbook-effect-communities", effect::communities)
        .get("/api/v1/communities/{community}/prescription", read, "prescription", prescription)
        .list("/api/v1/handbook/awaited", read, "forms-awaited", awaited)
}

/// Which version.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct ByNumber {
    /// The number of an adopted version: `2.0`; the one in force without it.
    version: Option<String>,
}

/// A version with its clauses.
#[derive(Debug, Serialize, ToSchema)]
struct HandbookText {
    /// The version.
    #[serde(flatten)]
    version: HandbookVersion,
    /// Its title.
    title: String,
    /// That it is no official text.
    label: String,
    /// Its numbers.
    numbers: Vec<Number>,
    /// Its clauses.
    clauses: Vec<Clause>,
}

/// A version of the handbook (工作手册).
#[derive(Debug, Serialize, ToSchema)]
struct HandbookVersion {
    /// Its id.
    id: Uuid,
    /// Its number: `2.0`.
    version: String,
    /// Is it a draft? It prescribes nothing then.
    draft: bool,
    /// The version a draft was made from.
    based_on: Option<Uuid>,
    /// When it was made.
    made_at: Time,
    /// When it was adopted.
    adopted_at: Option<Time>,
    /// In force from this day.
    from: Option<Date>,
    /// Until before this day.
    to: Option<Date>,
}

fn version_of(it: &Version) -> HandbookVersion {
    HandbookVersion {
        id: it.id.uuid(),
        version: it.version.clone(),
        draft: it.state == State::Draft,
        based_on: it.based_on.map(HandbookId::uuid),
        made_at: it.made_at.into(),
        adopted_at: it.adopted_at.map(Time),
        from: it.from.map(Date),
        to: it.to.map(Date),
    }
}

/// A number that a draft may change.
#[derive(Debug, Serialize, ToSchema)]
struct Number {
    /// Its name.
    name: String,
    /// What it is.
    words: String,
    /// Its value.
    value: i64,
    /// The least value a draft may give it.
    least: i64,
    /// The largest.
    most: i64,
    /// No published text states it.
    assumption: bool,
}

/// A clause.
#[derive(Debug, Serialize, ToSchema)]
struct Clause {
    /// Its number: `3.1`.
    id: String,
    /// Its text.
    text: String,
    /// When it applies.
    when: String,
    /// What follows; null for one that explains.
    then: Option<String>,
    /// Not published: assumed here.
    assumption: bool,
    /// Where it comes from.
    source: String,
}

fn text_of(s: &Shell, it: &Version) -> HandbookText {
    let language = language(s);
    let number = |it: &handbook::Parameter| Number {
        name: it.name.clone(),
        words: words(s, &it.words),
        value: it.value,
        least: it.least,
        most: it.most,
        assumption: it.assumption,
    };
    let clause = |it: &Arc<handbook::Clause>| Clause {
        id: it.id.clone(),
        text: data(s, it.text(language)),
        when: data(s, &it.when_words(language)),
        then: it.then_words(language).map(|then| data(s, &then)),
        assumption: it.assumption,
        source: words(s, &it.source),
    };
    let handbook: &Handbook = &it.handbook;
    HandbookText {
        version: version_of(it),
        title: words(s, handbook.title()),
        label: words(s, handbook.label()),
        numbers: handbook.parameters().iter().map(number).collect(),
        clauses: handbook.clauses().iter().map(clause).collect(),
    }
}

/// GET `/api/v1/handbook`: what anyone may read, adopted versions.
fn in_force(s: &Shell, _: Nothing, asked: ByNumber) -> Result<HandbookText, Fault> {
    let versions = s.state.read(slice::versions)?;
    let adopted: Vec<&Version> = versions.iter().filter(|it| it.state == State::Adopted).collect();
    let version = match &asked.version {
        Some(number) => adopted.iter().find(|it| it.version == *number),
        None => adopted.iter().find(|it| it.in_force(s.today())).or(adopted.last()),
    };
    version.map(|version| text_of(s, version)).ok_or(Fault::Absent)
}

/// GET `/api/v1/handbook/versions`: drafts as well.
fn versions(s: &Shell, _: Nothing, asked: OnlyRows) -> Result<Page<HandbookVersion>, Fault> {
    let versions = s.state.read(|tx| {
        authorise(&s.actor, Action::HandbookRead, s.actor.scope())?;
        slice::versions(tx)
    })?;
    let page = Page::cut(versions, asked.after.as_ref(), asked.limit, |it| it.id.uuid())?;
    Ok(page.map(|it| version_of(&it)))
}

/// A version.
#[derive(Debug, Deserialize, IntoParams)]
struct OfVersion {
    /// Its id.
    version: Uuid,
}

/// GET `/api/v1/handbook/versions/{version}`.
fn version(s: &Shell, at: OfVersion, _: Nothing) -> Result<HandbookText, Fault> {
    let found = s.state.read(|tx| {
        authorise(&s.actor, Action::HandbookRead, s.actor.scope())?;
        slice::version(tx, HandbookId::from_uuid(at.version))
    })?;
    found.map(|version| text_of(s, &version)).ok_or(Fault::Absent)
}

/// A draft: a version with one number changed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Draft {
    /// The version that is changed; the one in force without it.
    base: Option<Uuid>,
    /// The name of the number.
    #[schema(min_length = 1, example = "standalone_over")]
    name: String,
    /// Its new value.
    #[schema(example = 800)]
    value: i64,
    /// The number of the draft: `2.1`.
    #[schema(min_length = 1, max_length = 16, example = "2.1")]
    version: String,
}

/// POST `/api/v1/handbook/drafts`.
fn save(s: &Shell, posted: &Posted, _: Nothing, sent: Draft) -> Result<Made, Fault> {
    // Without a number there is nothing to change: the effect of a version as it stands can be asked, no draft made of it.
    if sent.name.is_empty() {
        return Err(Fault::Refused(Refusal::new("handbook-refused-number").at("name")));
    }
    let base = sent.base.map(HandbookId::from_uuid);
    let asked = Asked { base, name: sent.name, value: sent.value.to_string() };
    once_made(
        s,
        posted,
        |id| format!("handbook/versions/{id}"),
        |tx, call| {
            let proposal = propose(tx, s, &asked)?;
            let Ok(draft) = proposal.draft else {
                return Err(Refusal::new("handbook-refused-number").at("value").into());
            };
            let named = slice::name_draft(&draft, &sent.version, call.today())?;
            Ok(slice::save_draft(tx, call, proposal.base.id, &named)?.uuid())
        },
    )
}

/// From which day a draft is in force.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AdoptDraft {
    /// From this day, today or later.
    from: Date,
}

/// POST `/api/v1/handbook/versions/{version}/adoption`.
fn adopt(s: &Shell, posted: &Posted, at: OfVersion, sent: AdoptDraft) -> Result<Made, Fault> {
    let (id, Date(from)) = (HandbookId::from_uuid(at.version), sent.from);
    once_made(
        s,
        posted,
        |id| format!("handbook/versions/{id}"),
        |tx, call| {
            slice::adopt_draft(tx, call, id, from)?;
            Ok(id.uuid())
        },
    )
}

/// By which version, on which day.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct Prescribing {
    /// As of this day; today without it.
    on: Option<Date>,
    /// The id of a version; the one in force on the day without it.
    version: Option<Uuid>,
}

/// What a version prescribes for a community, with its reasons.
#[derive(Debug, Serialize, ToSchema)]
struct Prescription {
    /// The version.
    handbook: Uuid,
    /// Its number: `2.0`.
    version: String,
    /// The day.
    day: Date,
    /// Everything that is prescribed.
    lines: Vec<Prescribed>,
    /// The form of station; null where nothing can be said.
    station: Option<Form>,
    /// Does the form wait for a named person?
    awaited: bool,
    /// What cannot be said, and for want of which facts.
    missing: Vec<String>,
    /// The clauses that apply, or that only a number, a band or missing data keeps from applying.
    clauses: Vec<ClauseHeld>,
    /// How hard the community is to govern.
    difficulty: Assessed,
}

/// A line of a prescription.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Prescribed {
    /// What is settled.
    pub kind: Prescribes,
    /// What is prescribed, in words.
    pub words: String,
    /// The numbers of the clauses that led there.
    pub clauses: Vec<String>,
}

/// A clause held against a community.
#[derive(Debug, Serialize, ToSchema)]
struct ClauseHeld {
    /// Its number.
    clause: String,
    /// Do all its conditions hold?
    applies: bool,
    /// How its conditions stand here.
    because: String,
    /// What follows.
    so: String,
}

/// Difficulty, factor by factor.
#[derive(Debug, Serialize, ToSchema)]
struct Assessed {
    /// Its band.
    band: Difficulty,
    /// The result in tenths, 0 to 1,000; null when no factor has data.
    tenths: Option<i64>,
    /// Every factor, those without data among them.
    factors: Vec<Weighed>,
}

/// A factor of difficulty.
#[derive(Debug, Serialize, ToSchema)]
struct Weighed {
    /// The factor.
    factor: Fact,
    /// Its value in words; null for no data.
    value: Option<String>,
    /// Its weight in the handbook, per mille.
    weight: i64,
    /// Its score, 0 to 100.
    score: Option<i64>,
    /// What it adds to the result, in tenths.
    counted: Option<i64>,
}

/// GET `/api/v1/communities/{community}/prescription`.
fn prescription(s: &Shell, at: OfCommunity, asked: Prescribing) -> Result<Prescription, Fault> {
    let day = day(s, asked.on);
    let id = of_address(s, &at.community, day)?;
    let found = s.state.read(|tx| read(tx, s, id, day))?.ok_or(Fault::Absent)?;
    let version = match asked.version.map(HandbookId::from_uuid) {
        Some(asked) => found.versions.iter().find(|it| it.id == asked),
        None => found.versions.iter().find(|it| it.in_force(day)),
    };
    let version = version.ok_or(Fault::Absent)?;
    let (language, prescription) = (language(s), prescribe(&version.handbook, &found.case.facts));
    let line = |it: handbook::Line| Prescribed {
        kind: Code(it.kind),
        words: data(s, &it.words),
        clauses: it.clauses,
    };
    let held = |it: &Considered| ClauseHeld {
        clause: it.clause.id.clone(),
        applies: it.applies,
        because: data(s, &it.here(language)),
        so: data(s, &it.outcome(language)),
    };
    Ok(Prescription {
        handbook: version.id.uuid(),
        version: version.version.clone(),
        day: day.into(),
        lines: prescription.lines(language).into_iter().map(line).collect(),
        station: prescription.station_form().map(Code),
        awaited: prescription.decision == Decision::Awaited,
        missing: prescription.missing.iter().map(|it| data(s, &it.words(language))).collect(),
        clauses: prescription.relevant().map(held).collect(),
        difficulty: assessed(s, &prescription.difficulty),
    })
}

fn assessed(s: &Shell, found: &handbook::Difficulty) -> Assessed {
    let row = |it: &handbook::DifficultyRow| Weighed {
        factor: Code(it.factor),
        value: it.value.map(|value| data(s, &value.words(it.factor, language(s)))),
        weight: it.weight,
        score: it.score,
        counted: it.counted,
    };
    Assessed { band: Code(found.band), tenths: found.result, factors: found.rows.iter().map(row).collect() }
}

/// A community whose form of station waits for a named person.
#[derive(Debug, Serialize, ToSchema)]
struct Awaits {
    /// The community.
    community: Uuid,
}

/// GET `/api/v1/handbook/awaited`: of the reader's part.
fn awaited(s: &Shell, _: Nothing, asked: OnDay) -> Result<Page<Awaits>, Fault> {
    let found = s.state.read(|tx| slice::awaited(tx, &s.actor, &s.state.memory, day(s, asked.on)))?;
    let page = Page::cut(found, asked.after.as_ref(), asked.limit, |it| it.uuid())?;
    Ok(page.map(|it| Awaits { community: it.uuid() }))
}
