//! Referrals to public services for programs. Who is referred, and what the service is to know, is shown to a person only, on a
//! page.

use base::Uuid;
use district::kit::{NeedId, PersonId, ReferralId, ServiceId, TenancyId};
use district::people::Action;
use district::services::{self as slice, Advance, Ask, Consent, ConsentBy, ConsentHow, Refer};
use district::visits;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answer::{Made, Page};
use super::operation::{Api, Nothing, once, once_made};
use super::register::OnlyRows;
use super::values::{
    After, Code, Date, MOST_ROWS, ReferralState, ReferralStep, Time, WayOfConsent, WhoConsents,
};
use crate::kit::{Access, Fault, Posted, Shell};

pub(super) fn operations() -> Api {
    let (read, write) = (Access::May(Action::ReferralRead), Access::May(Action::ReferralWrite));
    Api::of("api-group-services")
        .list("/api/v1/referrals", read, "referrals", referrals)
        .get("/api/v1/referrals/{referral}", read, "referral", referral)
        .post("/api/v1/referrals", write, "referral-add", refer)
        .act("/api/v1/referrals/{referral}/steps", write, "referral-step", step)
}

/// A referral, by pseudonym.
#[derive(Debug, Serialize, ToSchema)]
struct Referral {
    /// Its id.
    id: Uuid,
    /// What people call it by.
    number: i64,
    /// Where to.
    service: Uuid,
    /// The household.
    tenancy: Uuid,
    /// Who of it, by pseudonym.
    person: Uuid,
    /// Where they live.
    community: Uuid,
    /// Where it stands.
    state: ReferralState,
    /// Who agreed.
    consent_by: Option<WhoConsents>,
    /// How.
    consent_how: Option<WayOfConsent>,
    /// The last day on which the consent holds.
    consent_until: Option<Date>,
    /// When it was made.
    made_at: Time,
    /// By when somebody looks again.
    due_on: Option<Date>,
    /// Should somebody have looked again before today?
    overdue: bool,
    /// Counts its changes: whoever takes a step says which one they have seen.
    version: i64,
    /// Is there a note? It is shown to a person only.
    has_note: bool,
    /// The steps that can follow.
    next: Vec<ReferralStep>,
}

fn referred(s: &Shell, it: &slice::Referral) -> Referral {
    Referral {
        id: it.id.uuid(),
        number: it.number,
        service: it.service.uuid(),
        tenancy: it.tenancy.uuid(),
        person: it.person.uuid(),
        community: it.community.uuid(),
        state: Code(it.state),
        consent_by: it.consent.map(|it| Code(it.0)),
        consent_how: it.consent.map(|it| Code(it.1)),
        consent_until: it.consent.map(|it| Date(it.2)),
        made_at: it.made_at.into(),
        due_on: it.due_on.map(Date),
        overdue: it.is_overdue(s.today()),
        version: it.version,
        has_note: it.has_note,
        next: it.state.steps().iter().copied().map(Code).collect(),
    }
}

/// GET `/api/v1/referrals`: the newest of the reader's part first.
fn referrals(s: &Shell, _: Nothing, asked: OnlyRows) -> Result<Page<Referral>, Fault> {
    let after = asked.after.as_ref().map(|after| {
        let key = after.read()?;
        let (number, id) = key.split_once(' ').ok_or(Fault::Absent)?;
        let id = Uuid::parse_str(id).map_err(|_| Fault::Absent)?;
        Ok::<_, Fault>((number.parse().map_err(|_| Fault::Absent)?, ReferralId::from_uuid(id)))
    });
    let limit = asked.limit.unwrap_or_default().0.min(MOST_ROWS);
    let ask = Ask { after: after.transpose()?, limit: Some(limit.into()), ..Ask::default() };
    let found = s.state.read(|tx| slice::list(tx, &s.actor, &ask, s.today()))?;
    let last = found.referrals.last().filter(|_| found.more);
    let next = last.map(|it| After::key(&format!("{} {}", it.number, it.id)));
    Ok(Page { items: found.referrals.iter().map(|it| referred(s, it)).collect(), count: None, next })
}

/// A referral.
#[derive(Debug, Deserialize, IntoParams)]
struct OfReferral {
    /// The id of the referral.
    referral: Uuid,
}

/// GET `/api/v1/referrals/{referral}`.
fn referral(s: &Shell, at: OfReferral, _: Nothing) -> Result<Referral, Fault> {
    let id = ReferralId::from_uuid(at.referral);
    let found = s.state.read(|tx| slice::referral(tx, &s.actor, id, s.today()))?;
    Ok(referred(s, &found))
}

/// What a person agreed to.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct GivenConsent {
    /// Who agreed.
    by: WhoConsents,
    /// How.
    how: WayOfConsent,
    /// The last day on which it holds: at most 183 days ahead.
    until: Date,
    /// What the service is to know; sealed. Empty for nothing.
    #[schema(max_length = 500)]
    note: String,
}

impl From<GivenConsent> for Consent {
    fn from(sent: GivenConsent) -> Self {
        let (Code(by), Code(how)): (Code<ConsentBy>, Code<ConsentHow>) = (sent.by, sent.how);
        Self { by, how, until: sent.until.0, note: sent.note }
    }
}

/// A new referral.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewReferral {
    /// Where to.
    service: Uuid,
    /// The household.
    tenancy: Uuid,
    /// Who of it, by pseudonym.
    person: Uuid,
    /// What they agreed to; null: they were asked, and nothing is passed on yet.
    consent: Option<GivenConsent>,
    /// The need of a visit that becomes this referral: of the same household, and once.
    need: Option<Uuid>,
}

/// POST `/api/v1/referrals`.
fn refer(s: &Shell, posted: &Posted, _: Nothing, sent: NewReferral) -> Result<Made, Fault> {
    let vault = s.state.vault()?;
    let (service, tenancy) = (ServiceId::from_uuid(sent.service), TenancyId::from_uuid(sent.tenancy));
    let (person, consent) = (PersonId::from_uuid(sent.person), sent.consent.map(Consent::from));
    let need = sent.need.map(NeedId::from_uuid);
    once_made(
        s,
        posted,
        |id| format!("referrals/{id}"),
        |tx, call| {
            let id: ReferralId = call.id();
            let consent = consent.clone();
            let command = Refer { id, service, tenancy, person, consent };
            match need {
                Some(need) => visits::refer_needs(tx, call, (vault, &s.state.memory), &[(need, command)])?,
                None => slice::refer(tx, call, vault, &[command])?,
            }
            Ok(id.uuid())
        },
    )
}

/// A step of a referral.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TakenStep {
    /// The version that was read.
    seen: i64,
    /// The step.
    step: ReferralStep,
    /// What the person agreed to, with `consent` alone.
    consent: Option<GivenConsent>,
}

/// POST `/api/v1/referrals/{referral}/steps`.
fn step(s: &Shell, posted: &Posted, at: OfReferral, sent: TakenStep) -> Result<(), Fault> {
    let vault = s.state.vault()?;
    let command = Advance {
        id: ReferralId::from_uuid(at.referral),
        seen: sent.seen,
        step: sent.step.0,
        consent: sent.consent.map(Consent::from),
    };
    once(s, posted, |tx, call| slice::advance(tx, call, vault, std::slice::from_ref(&command)))
}
