//! Referrals on the desk: what waits, one of them with its steps, and a new one.

use askama::Template;
use axum::extract::Path;
use base::Day;
use district::Refusal;
use district::kit::{CommunityId, NeedId, PersonId, ReferralId, ServiceId, TenancyId};
use district::people::vault::Revealed;
use district::people::{self, Action};
use district::register::Ask as Communities;
use district::services::{
    self, Advance, Ask, Consent, ConsentBy, ConsentHow, LONGEST_CONSENT_DAYS, Refer, Referral, State, Step,
    Taken,
};
use district::visits::{self, NeedBehind};
use http::StatusCode;

use super::id;
use crate::kit::{self, Fault, Faults, Fields, Posted, Shell};
use crate::visits::{Begun, begun};

/// Referrals on a page.
const PAGE: i64 = 50;
/// Communities offered to be chosen.
const OFFERED: usize = 200;
/// Days that stand in the form of a new consent: three months, half of the most.
const CONSENT: i64 = 90;

/// The message with a state's name.
pub(super) fn state(state: State) -> &'static str {
    match state {
        State::Asked => "services-state-asked",
        State::Sent => "services-state-sent",
        State::Accepted => "services-state-accepted",
        State::Missed => "services-state-missed",
        State::Attended => "services-state-attended",
        State::Met => "services-state-met",
        State::Partly => "services-state-partly",
        State::NotMet => "services-state-not-met",
        State::Declined => "services-state-declined",
        State::Withdrawn => "services-state-withdrawn",
        State::Expired => "services-state-expired",
    }
}

/// Class and icon of a state's sign.
fn sign(referral: &Referral, day: Day) -> (&'static str, &'static str) {
    if referral.is_overdue(day) {
        return ("late", "i-late");
    }
    match referral.state {
        State::Met => ("ok", "i-ok"),
        state if state.is_open() => ("due", "i-due"),
        _ => ("unsure", "i-unsure"),
    }
}

/// A referral in the list.
struct Row {
    href: String,
    number: i64,
    service: String,
    community: String,
    state: &'static str,
    sign: (&'static str, &'static str),
    due_on: Option<Day>,
    overdue: bool,
    made_on: Day,
}

fn row(s: &Shell, it: &Referral) -> Row {
    Row {
        href: format!("/desk/referrals/{}", it.id),
        number: it.number,
        service: s.name(&it.service_names.0, &it.service_names.1).into_owned(),
        community: s.name(&it.community_names.0, &it.community_names.1).into_owned(),
        state: state(it.state),
        sign: sign(it, s.today()),
        due_on: it.due_on,
        overdue: it.is_overdue(s.today()),
        made_on: it.made_at.day(),
    }
}

#[derive(Template)]
#[template(path = "services/referrals.html")]
struct List<'a> {
    s: &'a Shell,
    show: String,
    states: Vec<(&'static str, &'static str)>,
    rows: Vec<Row>,
    /// On all pages.
    count: usize,
    next: Option<String>,
    may_write: bool,
    may_keep: bool,
}

/// GET `/desk/referrals?show=open|overdue|all|STATE`.
pub(super) async fn list(s: Shell) -> kit::Result {
    let show = s.asked("show").unwrap_or_else(|| "open".into());
    let chosen = State::parse(&show);
    if chosen.is_none() && !["open", "overdue", "all"].contains(&show.as_str()) {
        return Err(Fault::Absent);
    }
    let after = match (s.asked("after"), s.asked("id")) {
        (Some(number), Some(last)) => Some((number.parse().map_err(|_| Fault::Bad)?, id(&last)?)),
        _ => None,
    };
    let ask =
        Ask { state: chosen, open: show == "open", overdue: show == "overdue", after, limit: Some(PAGE) };
    let (found, count) = s.state.read(|tx| {
        let count = services::count(tx, &s.actor, &ask, s.today())?;
        Ok((services::list(tx, &s.actor, &ask, s.today())?, count))
    })?;
    let next = found.referrals.last().filter(|_| found.more);
    let next = next.map(|last| format!("/desk/referrals?show={show}&after={}&id={}", last.number, last.id));
    let may = |action| s.actor.grants.iter().any(|it| people::may(&s.actor, action, it.scope));
    let view = List {
        s: &s,
        states: State::ALL.iter().map(|it| (it.as_str(), state(*it))).collect(),
        rows: found.referrals.iter().map(|it| row(&s, it)).collect(),
        count,
        next,
        may_write: may(Action::ReferralWrite),
        may_keep: may(Action::ServiceWrite),
        show,
    };
    s.html_with_script(&view)
}

fn by_words(by: ConsentBy) -> &'static str {
    match by {
        ConsentBy::Person => "services-by-person",
        ConsentBy::Guardian => "services-by-guardian",
    }
}

fn how_words(how: ConsentHow) -> &'static str {
    match how {
        ConsentHow::Written => "services-how-written",
        ConsentHow::Spoken => "services-how-spoken",
        ConsentHow::Message => "services-how-message",
    }
}

/// What a consent is chosen from: codes and messages.
struct ConsentChoice {
    by: Vec<(&'static str, &'static str)>,
    how: Vec<(&'static str, &'static str)>,
}

fn consent_choice() -> ConsentChoice {
    ConsentChoice {
        by: ConsentBy::ALL.iter().map(|it| (it.as_str(), by_words(*it))).collect(),
        how: ConsentHow::ALL.iter().map(|it| (it.as_str(), how_words(*it))).collect(),
    }
}

/// What a form says of a consent.
fn consent(typed: &Fields) -> Result<Consent, Fault> {
    let refused = |message, field| Fault::Refused(Refusal::new(message).at(field));
    let by = ConsentBy::parse(typed.get("by"));
    let how = ConsentHow::parse(typed.get("how"));
    Ok(Consent {
        by: by.ok_or_else(|| refused("services-refused-no-consent", "by"))?,
        how: how.ok_or_else(|| refused("services-refused-no-consent", "how"))?,
        until: typed.get("until").parse().map_err(|_| refused("register-refused-date", "until"))?,
        note: typed.get("note").to_owned(),
    })
}

#[derive(Template)]
#[template(path = "services/referral.html")]
struct Show<'a> {
    s: &'a Shell,
    referral: &'a Referral,
    row: Row,
    href: String,
    steps: Vec<(String, &'static str, &'a Taken)>,
    /// The steps that the reader can take: code and message.
    next: Vec<(&'static str, &'static str)>,
    asks_consent: bool,
    choice: ConsentChoice,
    typed: Fields,
    longest: i64,
    may_reveal: bool,
    revealed: Option<(Revealed, String)>,
    faults: Faults,
    /// The need of a visit that it came from.
    behind: Option<NeedBehind>,
}

impl Show<'_> {
    /// Who agreed, how, when and until when.
    fn consent(&self) -> Option<String> {
        let (by, how, until) = self.referral.consent?;
        let at = self.referral.consent_at?.day().to_string();
        let (by, how, until) = (self.s.t(by_words(by)), self.s.t(how_words(how)), until.to_string());
        let args = [("by", by.into()), ("how", how.into()), ("at", (&at).into()), ("until", (&until).into())];
        Some(self.s.ta("services-consented", &args))
    }
}

fn step_words(step: &str) -> &'static str {
    match Step::parse(step) {
        None => "services-step-ask",
        Some(Step::Consent) => "services-step-consent",
        Some(Step::Accept) => "services-step-accept",
        Some(Step::Decline) => "services-step-decline",
        Some(Step::Attend) => "services-step-attend",
        Some(Step::Miss) => "services-step-miss",
        Some(Step::Met) => "services-step-met",
        Some(Step::Partly) => "services-step-partly",
        Some(Step::NotMet) => "services-step-not-met",
        Some(Step::Withdraw) => "services-step-withdraw",
        Some(Step::Chase) => "services-step-chase",
        Some(Step::Expire) => "services-step-expire",
    }
}

fn page(
    s: &Shell,
    status: StatusCode,
    key: ReferralId,
    (typed, faults): (Fields, Faults),
    revealed: Option<(Revealed, String)>,
) -> kit::Result {
    let (referral, steps, behind) = s.state.read(|tx| {
        let referral = services::referral(tx, &s.actor, key, s.today())?;
        let behind = visits::behind_referral(tx, &s.actor, &s.state.memory, key, s.today())?;
        Ok((referral, services::steps(tx, &s.actor, key, s.today())?, behind))
    })?;
    let may_write = people::may(&s.actor, Action::ReferralWrite, referral.scope);
    let open = if may_write { referral.state.steps() } else { &[] };
    let taken = steps.iter().map(|it| {
        (it.by.clone().unwrap_or_else(|| s.t("services-by-program").to_owned()), step_words(&it.step), it)
    });
    let view = Show {
        s,
        row: row(s, &referral),
        href: format!("/desk/referrals/{key}"),
        steps: taken.collect(),
        next: open
            .iter()
            .filter(|step| **step != Step::Consent)
            .map(|step| (step.as_str(), step_words(step.as_str())))
            .collect(),
        asks_consent: open.contains(&Step::Consent),
        choice: consent_choice(),
        typed,
        longest: LONGEST_CONSENT_DAYS,
        may_reveal: people::may(&s.actor, Action::PersonReveal, referral.scope),
        revealed,
        faults,
        referral: &referral,
        behind,
    };
    s.html_with(status, &view)
}

/// What a form of a consent holds before anything is typed.
fn blank(s: &Shell) -> Fields {
    Fields::parse(format!("until={}", s.today() + CONSENT).as_bytes())
}

/// GET `/desk/referrals/{id}`.
pub(super) async fn show(s: Shell, Path(key): Path<String>) -> kit::Result {
    page(&s, StatusCode::OK, id(&key)?, (blank(&s), Faults::none()), None)
}

/// POST the same: `step`, and `seen`, the version that was shown.
pub(super) async fn step(s: Shell, Path(key): Path<String>, posted: Posted) -> kit::Result {
    let key: ReferralId = id(&key)?;
    let done = stepped(&s, key, &posted);
    s.after(done, |faults| {
        page(&s, StatusCode::UNPROCESSABLE_ENTITY, key, (posted.fields.clone(), faults), None)
    })
}

fn stepped(s: &Shell, key: ReferralId, posted: &Posted) -> Result<String, Fault> {
    let typed = &posted.fields;
    let step = Step::parse(typed.get("step")).ok_or(Fault::Bad)?;
    let consent = (step == Step::Consent).then(|| consent(typed)).transpose()?;
    let seen = typed.get("seen").parse().map_err(|_| Fault::Bad)?;
    let command = Advance { id: key, seen, step, consent };
    let vault = s.state.vault()?;
    s.state.once(&s.actor, posted, |tx, call| {
        services::advance(tx, call, vault, std::slice::from_ref(&command))?;
        Ok(format!("/desk/referrals/{key}"))
    })
}

/// POST `/desk/referrals/{id}/note`: who it is and what the service is to know; on record as a reading.
pub(super) async fn note(s: Shell, Path(key): Path<String>, _posted: Posted) -> kit::Result {
    let key: ReferralId = id(&key)?;
    let vault = s.state.vault()?;
    let revealed = s.state.write(&s.actor, |tx, call| services::note(tx, call, vault, key))?;
    page(&s, StatusCode::OK, key, (blank(&s), Faults::none()), Some(revealed))
}

/// Somebody who can be referred.
struct Somebody {
    /// Household and pseudonym, as the form sends them.
    value: String,
    household: TenancyId,
    name: String,
}

#[derive(Template)]
#[template(path = "services/refer.html")]
struct New<'a> {
    s: &'a Shell,
    services: Vec<(String, String)>,
    communities: Vec<(String, String)>,
    typed: Fields,
    /// Who lives in the flat that was asked for; `None` while none was.
    living: Option<Vec<Somebody>>,
    choice: ConsentChoice,
    longest: i64,
    faults: Faults,
    /// The need of a visit that it begins with.
    need: Option<Begun>,
}

fn new_page(
    s: &Shell,
    status: StatusCode,
    (typed, need): (Fields, Option<Begun>),
    faults: Faults,
) -> kit::Result {
    let (directory, roll) =
        s.state.read(|tx| Ok((services::directory(tx, s.today())?, s.state.memory.roll(tx, s.today())?)))?;
    let own = Communities { part: Some(s.actor.scope()), limit: Some(OFFERED), ..Communities::default() };
    let communities = roll.list(&own).rows;
    let chosen = communities.iter().find(|it| it.code == typed.get("community"));
    let flat = (typed.get("building").to_owned(), typed.get("flat").to_owned());
    let mut living = match chosen {
        Some(community) if !flat.1.is_empty() => Some(living(s, community.id, &flat)?),
        _ => None,
    };
    let mut offered: Vec<&services::Service> = directory.services.iter().collect();
    if let Some(need) = &need {
        // A flat may hold several households. What the need asks for stands first, and of it what is near.
        let of_household = |it: &Somebody| it.household == need.household;
        living = living.map(|all| all.into_iter().filter(of_household).collect());
        let elsewhere = |it: &services::Service| it.town.is_some() && it.town != need.town;
        offered.sort_by_key(|it| (Some(it.category) != need.service, elsewhere(it)));
    }
    let named =
        |it: &services::Service| (it.id.to_string(), s.name(&it.words.name, &it.words.name_en).into_owned());
    let view = New {
        s,
        services: offered.into_iter().map(named).collect(),
        communities: communities
            .iter()
            .map(|it| (it.code.clone(), s.name(&it.name, &it.name_en).into_owned()))
            .collect(),
        typed,
        living,
        choice: consent_choice(),
        longest: LONGEST_CONSENT_DAYS,
        faults,
        need,
    };
    s.html_with(status, &view)
}

fn living(s: &Shell, community: CommunityId, flat: &(String, String)) -> Result<Vec<Somebody>, Fault> {
    let vault = s.state.vault()?;
    let found =
        s.state.read(|tx| services::whom(tx, &s.actor, vault, community, (&flat.0, &flat.1), s.today()))?;
    let somebody =
        |(household, person, name)| Somebody { value: format!("{household} {person}"), household, name };
    Ok(found.into_iter().map(somebody).collect())
}

/// GET `/desk/referrals/new?service=…&community=…&building=…&flat=…`: who lives there is chosen from; or `?need=…`, which says
/// where and what.
pub(super) async fn form(s: Shell) -> kit::Result {
    let need = begun(&s, &s.asked("need").unwrap_or_default())?;
    if let Some(need) = need.as_ref().filter(|it| it.is_over) {
        return Ok(kit::see_other(&need.over()));
    }
    let until = (s.today() + CONSENT).to_string();
    let mut query = form_urlencoded::Serializer::new(s.query.clone());
    query.append_pair("until", &until);
    match &need {
        Some(need) => {
            query.append_pair("community", &need.community);
            query.append_pair("building", &need.numbers.0).append_pair("flat", &need.numbers.1);
            query.append_pair("note", &need.words);
            query.append_pair("consented", if need.consent { "1" } else { "" });
        }
        None => {
            query.append_pair("consented", "1");
        }
    }
    let typed = Fields::parse(query.finish().as_bytes());
    new_page(&s, StatusCode::OK, (typed, need), Faults::none())
}

/// POST the same with `whom` and, if they agreed, the consent.
pub(super) async fn add(s: Shell, posted: Posted) -> kit::Result {
    // Sent twice, it is done already: the need that it began with is over by then.
    if let Some(to) = s.state.answered(&s.actor, &posted)? {
        return Ok(kit::see_other(&to));
    }
    let need = begun(&s, posted.fields.get("need"))?;
    let done = added(&s, &posted, need.as_ref().map(|it| it.id));
    s.after(done, |faults| {
        new_page(&s, StatusCode::UNPROCESSABLE_ENTITY, (posted.fields.clone(), need), faults)
    })
}

fn added(s: &Shell, posted: &Posted, need: Option<NeedId>) -> Result<String, Fault> {
    let typed = &posted.fields;
    let refused = |field| Fault::Refused(Refusal::new("register-refused-choice").at(field));
    let service: ServiceId = typed.id("service").map_err(|_| refused("service"))?;
    let whom = typed.get("whom").split_once(' ').ok_or_else(|| refused("whom"))?;
    let (tenancy, person): (TenancyId, PersonId) = (id(whom.0)?, id(whom.1)?);
    let consent = (typed.get("consented") == "1").then(|| consent(typed)).transpose()?;
    let (vault, memory) = (s.state.vault()?, &s.state.memory);
    s.state.once(&s.actor, posted, |tx, call| {
        let id = call.id();
        let command = Refer { id, service, tenancy, person, consent: consent.clone() };
        match need {
            Some(need) => visits::refer_needs(tx, call, (vault, memory), &[(need, command)])?,
            None => services::refer(tx, call, vault, &[command])?,
        }
        Ok(format!("/desk/referrals/{id}"))
    })
}
