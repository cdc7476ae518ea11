//! Referrals: from asking somebody to what came of it, each step on record.

use base::{Day, Instant, Uuid};
use db::{Tx, Value, params};

use super::referred::{find, state_of};
use super::sealed::{LONGEST_NOTE, seal_note};
use super::states::{ASKED_DAYS, CHASED_AGAIN_DAYS, LONGEST_CONSENT_DAYS};
use super::{ConsentBy, ConsentHow, State, Step, store};
use crate::kit::{
    AccountId, Actor, Call, CommunityId, Entry, Error, PersonId, ReferralId, ReferralStepId, Refusal, Result,
    Scope, ServiceId, TenancyId, count_up, record, record_about,
};
use crate::notices::{self, About, Kind, Notice, Thing, To};
use crate::people::vault::Vault;
use crate::people::{Action, authorise, may, may_take_personal_data};
use crate::register;

/// Referrals that the job looks at in one transaction, so that nobody waits for it.
const AT_A_TIME: i64 = 500;

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

pub(super) fn permit(
    tx: &mut Tx<'_>,
    actor: &Actor,
    action: Action,
    community: CommunityId,
    day: Day,
) -> Result<()> {
    // Who may for the whole district is not asked for each community.
    if may(actor, action, Scope::District) {
        return Ok(());
    }
    authorise(actor, action, register::scope_of(tx, community, day)?)
}

/// Refers people to services.
pub fn refer(tx: &mut Tx<'_>, call: &mut Call<'_>, vault: &Vault, commands: &[Refer]) -> Result<()> {
    call.tries(Action::ReferralWrite, commands.first().map(|it| it.tenancy.uuid()));
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
        call.authorise(Action::ReferralWrite, known.scope)?;
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
    call.authorise(Action::ReferralWrite, Scope::District)?;
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
