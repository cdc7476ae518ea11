//! The handbook (工作手册) of a district: its versions, which one is in force, what it prescribes for each community.

mod effect;
mod factors;
mod facts;
pub(crate) mod store;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use base::{Day, Instant};
use db::{Row, Tx, Value, params};
use handbook::{Date, Decision as Decided, Handbook, Prescription, Standing, prescribe};

use crate::Memory;
use crate::kit::{Actor, Call, CommunityId, Entry, Error, HandbookId, Refusal, Result, Role, Scope, record};
use crate::notices::{About, Kind, Notice, Thing, To, tell};
use crate::people::{Action, authorise};

pub use effect::{
    Changed, Effect, Prescribed, PrescribedStation, StationChange, StationOf, TownEffect, effect,
};
pub use factors::{Derived, Origin, SOURCE_LENGTH, enter_factor, measured, most, origins};
pub use facts::{
    AddFactor, DecideForm, Decision, MEASURED, PROGRAM, decide_forms, decisions, facts, facts_for, facts_of,
    replaced, set_factors,
};

/// The handbooks that ship with the program: file name and text.
pub const SHIPPED: [(&str, &str); 2] = [
    ("minhang-1.0.toml", include_str!("../../../../handbooks/minhang-1.0.toml")),
    ("minhang-2.0.toml", include_str!("../../../../handbooks/minhang-2.0.toml")),
];

/// Where a version stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Being worked on; prescribes nothing.
    Draft,
    /// In force from a day, or until one.
    Adopted,
}

impl State {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Adopted => "adopted",
        }
    }
}

/// A version of the handbook.
#[derive(Debug, Clone)]
pub struct Version {
    /// Its id.
    pub id: HandbookId,
    /// `2.0`.
    pub version: String,
    /// Its clauses.
    pub handbook: Arc<Handbook>,
    /// Draft or adopted.
    pub state: State,
    /// The version a draft was made from.
    pub based_on: Option<HandbookId>,
    /// When it was made.
    pub made_at: Instant,
    /// When it was adopted.
    pub adopted_at: Option<Instant>,
    /// In force from this day.
    pub from: Option<Day>,
    /// In force until the day before this.
    pub to: Option<Day>,
    /// The login of who made it; the name behind it lies in the vault.
    pub made_by: String,
    /// The login of who adopted it.
    pub adopted_by: Option<String>,
}

impl Version {
    /// Is it in force on a day?
    pub fn in_force(&self, day: Day) -> bool {
        self.from.is_some_and(|from| from <= day) && self.to.is_none_or(|to| to > day)
    }

    /// The last day it is in force; `None` while no end is set.
    pub fn last_day(&self) -> Option<Day> {
        self.to.map(|to| Day::from_days(to.days() - 1))
    }
}

/// The longest number of a version, so that a table of versions stays a table: `2.1-2026-03`.
pub const VERSION_LENGTH: usize = 16;

/// Reads a handbook text, once for each text. Texts come from this table, where only texts that read well are kept.
fn parsed(source: &str) -> Result<Arc<Handbook>> {
    // As many as versions and drafts that a district compares; the oldest are read again.
    const KEPT: usize = 32;
    static READ: LazyLock<Mutex<HashMap<String, Arc<Handbook>>>> = LazyLock::new(Mutex::default);
    let mut read = READ.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(handbook) = read.get(source) {
        return Ok(Arc::clone(handbook));
    }
    let handbook =
        Handbook::read("handbook_versions", source).map_err(|fault| Error::Internal(fault.to_string()))?;
    let handbook = Arc::new(handbook);
    if read.len() >= KEPT {
        read.clear();
    }
    read.insert(source.to_owned(), Arc::clone(&handbook));
    Ok(handbook)
}

/// Adopts a handbook text from a day on; the version before it ends there.
pub fn adopt_text(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    file: &str,
    text: &str,
    from: Day,
) -> Result<HandbookId> {
    call.authorise(Action::HandbookAdopt, Scope::District)?;
    let handbook = Handbook::read(file, text)
        .map_err(|fault| Refusal::new("handbook-refused-file").with("fault", fault))?;
    let id: HandbookId = call.id();
    none_later(tx, from)?;
    tx.execute(&store::END_VERSION, params![from])?;
    add(tx, call, id, &handbook, State::Adopted, None, Some(from))?;
    record(
        tx,
        call,
        Entry { action: Action::HandbookAdopt, objects: &[id.uuid()], fields: "source valid_from" },
    )?;
    told(tx, call, id)?;
    Ok(id)
}

/// Tells of a version that was adopted.
fn told(tx: &mut Tx<'_>, call: &mut Call<'_>, id: HandbookId) -> Result<()> {
    let about = About::one(Thing::Handbook, id.uuid(), "");
    let to = [Role::TownOfficer, Role::GridLeader].map(To::Everyone).to_vec();
    tell(tx, call, &[Notice { kind: Kind::HandbookAdopted, about, to }])
}

/// Refuses a day at or before the start of a version that was adopted already.
fn none_later(tx: &mut Tx<'_>, from: Day) -> Result<()> {
    let later: i64 = tx.one(&store::LATER, params![from])?.get(0)?;
    if later > 0 {
        return Err(Refusal::new("handbook-refused-later-version").with("from", from).at("from").into());
    }
    Ok(())
}

fn add(
    tx: &mut Tx<'_>,
    call: &Call<'_>,
    id: HandbookId,
    handbook: &Handbook,
    state: State,
    based_on: Option<HandbookId>,
    from: Option<Day>,
) -> Result<()> {
    let adopted = state == State::Adopted;
    let row: [Value; 10] = [
        id.into(),
        handbook.version().into(),
        handbook.source().into(),
        state.as_str().into(),
        based_on.into(),
        call.now.into(),
        call.actor.account.into(),
        adopted.then_some(call.now).into(),
        call.actor.account.filter(|_| adopted).into(),
        from.into(),
    ];
    tx.execute(&store::ADD_VERSION, &row).map_err(|error| match error {
        db::Error::Unique(_) => Refusal::new("handbook-refused-version-taken")
            .with("version", handbook.version())
            .at("version")
            .into(),
        other => Error::Db(other),
    })?;
    Ok(())
}

/// A handbook as a draft of its own number, made on a day.
pub fn name_draft(handbook: &Handbook, version: &str, day: Day) -> Result<Handbook> {
    let version = version.trim();
    if !(1..=VERSION_LENGTH).contains(&version.chars().count()) {
        return Err(Refusal::new("handbook-refused-version")
            .with("length", VERSION_LENGTH)
            .at("version")
            .into());
    }
    handbook
        .with_version(version, Standing::Draft, Date::from_days(day.days()))
        .map_err(|fault| Refusal::new("handbook-refused-file").with("fault", fault).at("version").into())
}

/// Saves a draft made from a version with one parameter changed.
pub fn save_draft(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    based_on: HandbookId,
    draft: &Handbook,
) -> Result<HandbookId> {
    call.authorise(Action::HandbookDraft, Scope::District)?;
    let id: HandbookId = call.id();
    add(tx, call, id, draft, State::Draft, Some(based_on), None)?;
    record(tx, call, Entry { action: Action::HandbookDraft, objects: &[id.uuid()], fields: "source" })?;
    Ok(id)
}

/// A draft as the version it would be from a day on, today or later; refuses what cannot be adopted so.
pub fn adoptable(tx: &mut Tx<'_>, actor: &Actor, today: Day, id: HandbookId, from: Day) -> Result<Handbook> {
    authorise(actor, Action::HandbookAdopt, Scope::District)?;
    let draft = version(tx, id)?.ok_or(Error::Absent("handbook"))?;
    if draft.state != State::Draft {
        return Err(Refusal::new("handbook-refused-adopted-already").with("version", draft.version).into());
    }
    if from < today {
        return Err(Refusal::new("handbook-refused-past").with("today", today).at("from").into());
    }
    none_later(tx, from)?;
    // What is in force says so itself, and from when.
    let adopted =
        draft.handbook.with_version(&draft.version, Standing::Published, Date::from_days(from.days()));
    Ok(adopted.map_err(|fault| Refusal::new("handbook-refused-file").with("fault", fault).at("from"))?)
}

/// Adopts a draft from a day on, today or later; the version before it ends there.
pub fn adopt_draft(tx: &mut Tx<'_>, call: &mut Call<'_>, id: HandbookId, from: Day) -> Result<()> {
    let adopted = adoptable(tx, call.actor, call.today(), id, from)?;
    tx.execute(&store::END_VERSION, params![from])?;
    tx.execute(&store::ADOPT, params![id, adopted.source(), call.now, call.actor.account, from])?;
    record(
        tx,
        call,
        Entry { action: Action::HandbookAdopt, objects: &[id.uuid()], fields: "state valid_from" },
    )?;
    told(tx, call, id)
}

/// All versions: adopted ones in the order of their days, then drafts.
pub fn versions(tx: &mut Tx<'_>) -> Result<Vec<Version>> {
    tx.query(&store::VERSIONS, &[])?.iter_mut().map(read).collect()
}

/// A version.
pub fn version(tx: &mut Tx<'_>, id: HandbookId) -> Result<Option<Version>> {
    tx.find(&store::VERSION, params![id])?.as_mut().map(read).transpose()
}

fn read(row: &mut Row) -> Result<Version> {
    let source: String = row.get(2)?;
    let state: String = row.get(3)?;
    let adopted = state == State::Adopted.as_str();
    let by = |login: Option<String>| login.unwrap_or_else(|| PROGRAM.to_owned());
    Ok(Version {
        id: row.get(0)?,
        version: row.get(1)?,
        handbook: parsed(&source)?,
        state: if adopted { State::Adopted } else { State::Draft },
        based_on: row.get(4)?,
        made_at: row.get(5)?,
        adopted_at: row.get(6)?,
        from: row.get(7)?,
        to: row.get(8)?,
        made_by: by(row.get(9)?),
        adopted_by: row.get(10).map(|login| adopted.then(|| by(login)))?,
    })
}

/// The version in force on a day.
pub fn in_force(tx: &mut Tx<'_>, day: Day) -> Result<Option<(HandbookId, Arc<Handbook>)>> {
    let Some(mut row) = tx.find(&store::IN_FORCE, params![day])? else { return Ok(None) };
    let source: String = row.get(1)?;
    Ok(Some((row.get(0)?, parsed(&source)?)))
}

/// What a handbook prescribes for each community of the list on a day.
pub fn prescriptions(
    tx: &mut Tx<'_>,
    handbook: &Handbook,
    day: Day,
) -> Result<HashMap<CommunityId, Prescription>> {
    Ok(facts(tx, day)?.into_iter().map(|(id, facts)| (id, prescribe(handbook, &facts))).collect())
}

/// Communities of the list on a day whose form of station the handbook leaves to a named person who has not decided, in the
/// reader's part; most planned households first.
pub fn awaited(tx: &mut Tx<'_>, actor: &Actor, memory: &Memory, day: Day) -> Result<Vec<CommunityId>> {
    authorise(actor, Action::HandbookRead, actor.scope())?;
    let Some((id, handbook)) = memory.in_force(tx, day)? else { return Ok(Vec::new()) };
    let (roll, prescribed) = (memory.roll(tx, day)?, memory.prescribed(tx, (id, &handbook), day)?);
    let awaits = roll.communities().iter().zip(prescribed.iter()).filter(|(community, prescription)| {
        let scope = Scope::Community { town: community.town, grid: community.grid, community: community.id };
        prescription.decision == Decided::Awaited && actor.scope().covers(scope)
    });
    let mut all: Vec<_> = awaits.map(|(it, _)| (std::cmp::Reverse(it.planned_households), it.id)).collect();
    all.sort_unstable();
    Ok(all.into_iter().map(|(_, id)| id).collect())
}
