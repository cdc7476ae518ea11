//! Referrals: from asking somebody to what came of it, each step on record.

use std::collections::HashMap;

use base::{Day, Instant, Uuid};
use db::{ListQuery, Row, Tx, Value, params};

use super::sealed::{LONGEST_NOTE, seal_note};
use super::states::{ASKED_DAYS, CHASED_AGAIN_DAYS, LONGEST_CONSENT_DAYS};
use super::{ConsentBy, ConsentHow, State, Step, store};
use crate::kit::{
    AccountId, Actor, Call, CommunityId, Entry, Error, PersonId, ReferralId, ReferralStepId, Refusal, Result,
    Scope, ServiceId, TenancyId, count_up, record, record_about,
};
use crate::matters::Share;
use crate::notices::{self, About, Kind, Notice, Thing, To};
use crate::people::vault::{self, Field, Revealed, Vault, masked_name};
use crate::people::{Action, authorise, may, may_take_personal_data};
use crate::register;

/// Referrals that the job looks at in one transaction, so that nobody waits for it.
const AT_A_TIME: i64 = 500;
/// People of a building who are looked through for those of one flat.
const MOST_OF_BUILDING: i64 = 5_000;

/// What a person agreed to.
#[derive(Clone)]
pub struct Consent {
    /// Who agreed.
    pub by: ConsentBy,
    /// How.
    pub how: ConsentHow,
    /// The last day on which it holds.
    pub until: Day,
    /// What the service is to know; sealed. Empty for nothing.
    pub note: String,
}

/// Says everything but the note: it is of a person.
impl std::fmt::Debug for Consent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Consent").field("by", &self.by).field("until", &self.until).finish_non_exhaustive()
    }
}

/// A person of a household is referred to a service.
#[derive(Debug, Clone)]
pub struct Refer {
    /// The new referral.
    pub id: ReferralId,
    /// Where to.
    pub service: ServiceId,
    /// The household.
    pub tenancy: TenancyId,
    /// Who of it.
    pub person: PersonId,
    /// What they agreed to; `None`: they were asked, and nothing is passed on yet.
    pub consent: Option<Consent>,
}

fn check_consent(consent: &Consent, today: Day) -> Result<()> {
    if consent.until < today || consent.until > today + LONGEST_CONSENT_DAYS {
        let refusal = Refusal::new("services-refused-consent-until").with("days", LONGEST_CONSENT_DAYS);
        return Err(refusal.at("until").into());
    }
    if consent.note.chars().count() > LONGEST_NOTE {
        return Err(Refusal::new("services-refused-text").with("most", LONGEST_NOTE).at("note").into());
    }
    Ok(())
}

fn permit(tx: &mut Tx<'_>, actor: &Actor, action: Action, community: CommunityId, day: Day) -> Result<()> {
    // Who may for the whole district is not asked for each community.
    if may(actor, action, Scope::District) {
        return Ok(());
    }
    authorise(actor, action, register::scope_of(tx, community, day)?)
}

/// Refers people to services.
pub fn refer(tx: &mut Tx<'_>, call: &mut Call<'_>, vault: &Vault, commands: &[Refer]) -> Result<()> {
    let today = call.today();
    may_take_personal_data(tx, today)?;
    let (mut rows, mut steps) = (Vec::with_capacity(commands.len()), Vec::with_capacity(commands.len()));
    let mut made = Vec::with_capacity(commands.len());
    for it in commands {
        let lives = tx.find(&store::LIVES_IN_TENANCY, params![it.tenancy, it.person, today])?;
        let community: CommunityId = lives.ok_or(Error::Absent("household"))?.get(0)?;
        permit(tx, call.actor, Action::ReferralWrite, community, today)?;
        let mut service = tx.find(&store::SERVICE, params![it.service])?.ok_or(Error::Absent("service"))?;
        let (from, to): (Day, Option<Day>) = (service.get(16)?, service.get(17)?);
        if today < from || to.is_some_and(|to| to <= today) {
            return Err(Refusal::new("services-refused-service-ended").at("service").into());
        }
        if let Some(consent) = &it.consent {
            check_consent(consent, today)?;
        }
        let number = count_up(tx, "referrals")?;
        let row = referral_row(tx, call, vault, it, (community, number))?;
        rows.push(row);
        let state = if it.consent.is_some() { State::Sent } else { State::Asked };
        let step = it.consent.as_ref().map_or("ask", |_| Step::Consent.as_str());
        let place = register::last_scope_of(tx, community, today)?;
        made.push(told(Kind::ReferralMade, (it.id, number), place));
        steps.push(step_row(call, (it.id, 1), step, state));
    }
    tx.bulk(&store::ADD_REFERRALS, rows)?;
    tx.bulk(&store::ADD_STEPS, steps)?;
    notices::tell(tx, call, &made)?;
    let objects: Vec<Uuid> = commands.iter().map(|it| it.id.uuid()).collect();
    let persons = commands.iter().map(|it| it.person).collect();
    let entry = Entry { action: Action::ReferralWrite, objects: &objects, fields: "referral consent note" };
    record_about(tx, call, entry, &once_each(persons))
}

/// What is told of a referral: to whoever is near the household and has the roles of the kind.
fn told(kind: Kind, (id, number): (ReferralId, i64), lies: Scope) -> Notice {
    let to = kind.roles().iter().map(|role| To::Role(*role, lies)).collect();
    Notice { kind, about: About::one(Thing::Referral, id.uuid(), number.to_string()), to }
}

fn referral_row(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    vault: &Vault,
    it: &Refer,
    (community, number): (CommunityId, i64),
) -> Result<[Value; 19]> {
    let consent = it.consent.as_ref();
    let note = consent.map(|it| it.note.as_str()).unwrap_or_default();
    let note = seal_note(tx, call, vault, it.id, note)?;
    let state = if consent.is_some() { State::Sent } else { State::Asked };
    let until = consent.map(|it| it.until);
    Ok([
        it.id.into(),
        number.into(),
        it.service.into(),
        it.tenancy.into(),
        it.person.into(),
        community.into(),
        state.as_str().into(),
        true.into(),
        consent.map(|it| it.by.as_str()).into(),
        consent.map(|it| it.how.as_str()).into(),
        consent.map(|_| call.now).into(),
        until.into(),
        note,
        call.now.into(),
        call.actor.account.into(),
        state.due(call.today(), until).into(),
        Value::Null,
        Value::Null,
        1_i64.into(),
    ])
}

fn step_row(
    call: &mut Call<'_>,
    (referral, version): (ReferralId, i64),
    step: &'static str,
    state: State,
) -> [Value; 7] {
    let id: ReferralStepId = call.id();
    let by: Option<AccountId> = call.actor.account;
    [
        id.into(),
        referral.into(),
        step.into(),
        state.as_str().into(),
        version.into(),
        call.now.into(),
        by.into(),
    ]
}

/// A step of a referral, by whoever recorded what the service or the person said.
#[derive(Debug, Clone)]
pub struct Advance {
    /// The referral.
    pub id: ReferralId,
    /// The version that whoever takes the step has seen.
    pub seen: i64,
    /// The step.
    pub step: Step,
    /// What the person agreed to, with [`Step::Consent`] alone.
    pub consent: Option<Consent>,
}

/// Takes steps of referrals; refused when somebody else took one meanwhile.
pub fn advance(tx: &mut Tx<'_>, call: &mut Call<'_>, vault: &Vault, commands: &[Advance]) -> Result<()> {
    let today = call.today();
    let (mut steps, mut persons) = (Vec::with_capacity(commands.len()), Vec::with_capacity(commands.len()));
    let mut accepted = Vec::new();
    for it in commands {
        let known = find(tx, it.id, today)?;
        authorise(call.actor, Action::ReferralWrite, known.scope)?;
        if known.version != it.seen {
            return Err(Refusal::new("services-refused-meanwhile").into());
        }
        let state = known.state.after(it.step)?;
        let mut until = known.consent.map(|consent| consent.2);
        match (&it.consent, it.step) {
            (Some(consent), Step::Consent) => {
                check_consent(consent, today)?;
                until = Some(consent.until);
                let row = params![it.id, consent.by.as_str(), consent.how.as_str(), call.now, consent.until];
                tx.execute(&store::CONSENT, row)?;
                let note = seal_note(tx, call, vault, it.id, &consent.note)?;
                tx.execute(&store::SET_NOTE, params![it.id, note])?;
            }
            (None, Step::Consent) => return Err(Refusal::new("services-refused-no-consent").at("by").into()),
            _ if it.step != Step::Withdraw && until.is_some_and(|until| until < today) => {
                return Err(Refusal::new("services-refused-consent-over").into());
            }
            _ => {}
        }
        if !step(tx, call, (it.id, it.seen), state, until)? {
            return Err(Refusal::new("services-refused-meanwhile").into());
        }
        steps.push(step_row(call, (it.id, it.seen + 1), it.step.as_str(), state));
        persons.push(known.person);
        if it.step == Step::Accept {
            accepted.push(told(Kind::ReferralAccepted, (it.id, known.number), known.scope));
        }
    }
    tx.bulk(&store::ADD_STEPS, steps)?;
    notices::tell(tx, call, &accepted)?;
    let objects: Vec<Uuid> = commands.iter().map(|it| it.id.uuid()).collect();
    let entry = Entry { action: Action::ReferralWrite, objects: &objects, fields: "referral" };
    record_about(tx, call, entry, &once_each(persons))
}

/// Somebody who is in several referrals of one call reads one row about it.
fn once_each(mut persons: Vec<PersonId>) -> Vec<PersonId> {
    persons.sort_unstable();
    persons.dedup();
    persons
}

/// Writes a new state; `false`: it has another version.
fn step(
    tx: &mut Tx<'_>,
    call: &Call<'_>,
    (id, seen): (ReferralId, i64),
    state: State,
    until: Option<Day>,
) -> Result<bool> {
    let today = call.today();
    let ended = (!state.is_open()).then_some(today);
    let row = params![id, seen, state.as_str(), state.is_open(), state.due(today, until), ended];
    Ok(tx.execute(&store::ADVANCE, row)? == 1)
}

/// What the job found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Chased {
    /// Referrals whose consent is over.
    pub expired: usize,
    /// Referrals that are overdue and were not chased of late.
    pub chased: usize,
}

/// A step of the job that ends what nobody consents to any longer and chases what is overdue; to be run again until it
/// finds nothing. Run twice on a day it changes nothing; after days of being off it does once what it would have done.
pub fn chase(tx: &mut Tx<'_>, call: &mut Call<'_>) -> Result<Chased> {
    authorise(call.actor, Action::ReferralWrite, Scope::District)?;
    let today = call.today();
    let mut found = Chased::default();
    let (mut steps, mut late) = (Vec::new(), Vec::new());
    let asked = Instant::at(today - ASKED_DAYS, 0, 0);
    for mut row in tx.query(&store::OVER, params![today, asked, AT_A_TIME])? {
        let (id, version): (ReferralId, i64) = (row.get(0)?, row.get(1)?);
        if step(tx, call, (id, version), State::Expired, None)? {
            steps.push(step_row(call, (id, version + 1), Step::Expire.as_str(), State::Expired));
            found.expired += 1;
        }
    }
    for mut row in tx.query(&store::OVERDUE, params![today, today - CHASED_AGAIN_DAYS, AT_A_TIME])? {
        let (id, state): (ReferralId, String) = (row.get(0)?, row.get(1)?);
        let state = state_of(&state)?;
        tx.execute(&store::CHASED, params![id, today])?;
        steps.push(step_row(call, (id, row.get(2)?), Step::Chase.as_str(), state));
        let lies = register::last_scope_of(tx, row.get(4)?, today)?;
        late.push(told(Kind::ReferralOverdue, (id, row.get(3)?), lies));
        found.chased += 1;
    }
    if found != Chased::default() {
        tx.bulk(&store::ADD_STEPS, steps)?;
        notices::tell(tx, call, &late)?;
        record(tx, call, Entry { action: Action::ReferralWrite, objects: &[], fields: "chased expired" })?;
    }
    Ok(found)
}

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

fn state_of(name: &str) -> Result<State> {
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

fn find(tx: &mut Tx<'_>, id: ReferralId, day: Day) -> Result<Referral> {
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
    /// The name of a [`Step`], or `ask`.
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
    authorise(call.actor, Action::PersonReveal, found.scope)?;
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
