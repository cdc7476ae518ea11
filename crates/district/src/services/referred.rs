//! Who is referred where, and where that stands: what is read of referrals.

use std::collections::HashMap;

use base::{Day, Instant};
use db::{ListQuery, Row, Tx, Value, params};

use super::referrals::permit;
use super::{ConsentBy, ConsentHow, State, store};
use crate::kit::{
    Actor, Call, CommunityId, Error, PersonId, ReferralId, Result, Scope, ServiceId, TenancyId,
};
use crate::matters::Share;
use crate::people::vault::{self, Field, Revealed, Vault, masked_name};
use crate::people::{Action, authorise, may};
use crate::register;

/// People of a building who are looked through for those of one flat.
const MOST_OF_BUILDING: i64 = 5_000;

/// A referral, by pseudonym.
#[derive(Debug, Clone)]
pub struct Referral {
    /// The referral.
    pub id: ReferralId,
    /// What people call it by.
    pub number: i64,
    /// Where to.
    pub service: ServiceId,
    /// The names of the service.
    pub service_names: (String, String),
    /// The household.
    pub tenancy: TenancyId,
    /// Who of it.
    pub person: PersonId,
    /// Where they live.
    pub community: CommunityId,
    /// The names of the community.
    pub community_names: (String, String),
    /// Where it lies.
    pub scope: Scope,
    /// Where it stands.
    pub state: State,
    /// Who agreed, how, and until when.
    pub consent: Option<(ConsentBy, ConsentHow, Day)>,
    /// When they agreed.
    pub consent_at: Option<Instant>,
    /// When it was made.
    pub made_at: Instant,
    /// By when somebody looks again.
    pub due_on: Option<Day>,
    /// When the program found it overdue last.
    pub chased_on: Option<Day>,
    /// Counts its changes.
    pub version: i64,
    /// Is there a note?
    pub has_note: bool,
    pub(super) note: Option<Vec<u8>>,
}

impl Referral {
    /// Should somebody have looked again before a day?
    pub fn is_overdue(&self, day: Day) -> bool {
        self.due_on.is_some_and(|due| due < day)
    }
}

pub(super) fn state_of(name: &str) -> Result<State> {
    State::parse(name).ok_or_else(|| Error::Internal(format!("no state of a referral is called {name}")))
}

fn read(row: &mut Row) -> Result<Referral> {
    let community: CommunityId = row.get(7)?;
    let state: String = row.get(12)?;
    let (by, how): (Option<String>, Option<String>) = (row.get(13)?, row.get(14)?);
    let until: Option<Day> = row.get(16)?;
    let by = by.as_deref().and_then(ConsentBy::parse);
    let how = how.as_deref().and_then(ConsentHow::parse);
    let note: Option<Vec<u8>> = row.get(21)?;
    Ok(Referral {
        id: row.get(0)?,
        number: row.get(1)?,
        service: row.get(2)?,
        service_names: (row.get(3)?, row.get(4)?),
        tenancy: row.get(5)?,
        person: row.get(6)?,
        community,
        scope: Scope::Community { town: row.get(8)?, grid: row.get(9)?, community },
        community_names: (row.get(10)?, row.get(11)?),
        state: state_of(&state)?,
        consent: by.zip(how).zip(until).map(|((by, how), until)| (by, how, until)),
        consent_at: row.get(15)?,
        made_at: row.get(17)?,
        due_on: row.get(18)?,
        chased_on: row.get(19)?,
        version: row.get(20)?,
        has_note: note.is_some(),
        note,
    })
}

fn filter(name: &str, value: impl Into<Value>) -> Option<(usize, Value)> {
    store::REFERRALS.filter(name).map(|place| (place, value.into()))
}

pub(super) fn find(tx: &mut Tx<'_>, id: ReferralId, day: Day) -> Result<Referral> {
    let filters = filter("id", id).into_iter().collect();
    let query = ListQuery { base: vec![day.into()], filters, ..ListQuery::default() };
    let mut page = store::REFERRALS.page(tx, &query)?;
    read(page.rows.first_mut().ok_or(Error::Absent("referral"))?)
}

/// What a reader of the list asks for.
#[derive(Debug, Clone, Default)]
pub struct Ask {
    /// In this state.
    pub state: Option<State>,
    /// Open ones only.
    pub open: bool,
    /// Overdue ones only.
    pub overdue: bool,
    /// Go on after this number.
    pub after: Option<(i64, ReferralId)>,
    /// At most so many.
    pub limit: Option<i64>,
}

/// Referrals, the newest first.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// The referrals.
    pub referrals: Vec<Referral>,
    /// Are there more?
    pub more: bool,
}

fn query(actor: &Actor, ask: &Ask, day: Day) -> Result<ListQuery> {
    let scope = actor.grants.iter().map(|grant| grant.scope);
    let mut scope = scope.filter(|scope| may(actor, Action::ReferralRead, *scope));
    let own = match scope.next().ok_or(Error::Forbidden(Action::ReferralRead))? {
        Scope::District => None,
        Scope::Town(town) => filter("town", town),
        Scope::Grid { grid, .. } => filter("grid", grid),
        Scope::Community { community, .. } => filter("community", community),
    };
    let asked = [
        own,
        ask.state.and_then(|state| filter("state", state.as_str())),
        ask.open.then(|| filter("open", true)).flatten(),
        ask.overdue.then(|| filter("overdue", day)).flatten(),
    ];
    Ok(ListQuery {
        base: vec![day.into()],
        filters: asked.into_iter().flatten().collect(),
        descending: true,
        after: ask.after.map(|(number, id)| (number.into(), id.into())),
        limit: ask.limit,
        ..ListQuery::default()
    })
}

/// The referrals of the own part of the district.
pub fn list(tx: &mut Tx<'_>, actor: &Actor, ask: &Ask, day: Day) -> Result<Asked> {
    let mut page = store::REFERRALS.page(tx, &query(actor, ask, day)?)?;
    let referrals = page.rows.iter_mut().map(read).collect::<Result<_>>()?;
    Ok(Asked { referrals, more: page.more })
}

/// How many referrals of the own part a list has, on all its pages.
pub fn count(tx: &mut Tx<'_>, actor: &Actor, ask: &Ask, day: Day) -> Result<usize> {
    let all = Ask { after: None, limit: None, ..ask.clone() };
    let count = store::REFERRALS.count(tx, &query(actor, &all, day)?)?;
    Ok(usize::try_from(count).unwrap_or(0))
}

/// How many referrals of the own part are overdue.
pub(crate) fn overdue(tx: &mut Tx<'_>, actor: &Actor, day: Day) -> Result<usize> {
    count(tx, actor, &Ask { overdue: true, ..Ask::default() }, day)
}

/// Referrals that are open, by community.
pub(crate) fn open_by_community(tx: &mut Tx<'_>) -> Result<HashMap<CommunityId, i64>> {
    let rows = tx.query(&store::OPEN_BY_COMMUNITY, params![])?;
    rows.into_iter().map(|mut row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// One referral.
pub fn referral(tx: &mut Tx<'_>, actor: &Actor, id: ReferralId, day: Day) -> Result<Referral> {
    let found = find(tx, id, day)?;
    authorise(actor, Action::ReferralRead, found.scope)?;
    Ok(found)
}

/// A step that was taken.
#[derive(Debug, Clone)]
pub struct Taken {
    /// The name of a [`Step`](super::Step), or `ask`.
    pub step: String,
    /// The state after it.
    pub state: State,
    /// When.
    pub at: Instant,
    /// The login of who recorded it; `None` for the program.
    pub by: Option<String>,
}

/// The steps of a referral, the earliest first.
pub fn steps(tx: &mut Tx<'_>, actor: &Actor, id: ReferralId, day: Day) -> Result<Vec<Taken>> {
    referral(tx, actor, id, day)?;
    tx.query(&store::STEPS, params![id])?
        .iter_mut()
        .map(|row| {
            let state: String = row.get(1)?;
            Ok(Taken { step: row.get(0)?, state: state_of(&state)?, at: row.get(2)?, by: row.get(3)? })
        })
        .collect()
}

/// Who is referred and what the service is to know, in full. It is a POST: the reading is on record, and the person finds
/// it there.
pub fn note(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    vault: &Vault,
    id: ReferralId,
) -> Result<(Revealed, String)> {
    let found = referral(tx, call.actor, id, call.today())?;
    call.authorise(Action::PersonReveal, found.scope)?;
    let note = super::sealed::open_note(vault, &found)?;
    let person = vault::reveal_with(tx, call, vault, found.person, "name telephone note")?;
    Ok((person, note))
}

/// Somebody of a flat who can be referred: household, pseudonym, masked name.
pub type Whom = (TenancyId, PersonId, String);

/// Who lives in a flat, for whoever may refer them.
pub fn whom(
    tx: &mut Tx<'_>,
    actor: &Actor,
    vault: &Vault,
    community: CommunityId,
    (building, flat): (&str, &str),
    day: Day,
) -> Result<Vec<Whom>> {
    permit(tx, actor, Action::ReferralWrite, community, day)?;
    let living = register::lives_in(tx, community, building.trim(), day, MOST_OF_BUILDING)?;
    living
        .into_iter()
        .filter(|lives| lives.numbers.1 == flat.trim())
        .map(|lives| {
            let name = vault::read(tx, vault, lives.person, Field::Name)?.unwrap_or_default();
            Ok((lives.tenancy, lives.person, masked_name(&name)))
        })
        .collect()
}

/// Of the referrals made during `[from, to)` that were agreed to, by community: how many came to where they were referred.
pub(crate) fn linked(tx: &mut Tx<'_>, (from, to): (Day, Day)) -> Result<HashMap<CommunityId, Share>> {
    let days = params![Instant::at(from, 0, 0), Instant::at(to, 0, 0)];
    let rows = tx.query(&store::LINKED, days)?;
    rows.into_iter().map(|mut row| Ok((row.get(0)?, Share { all: row.get(1)?, of: row.get(2)? }))).collect()
}
