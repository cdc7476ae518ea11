//! Visits, needs, marks and the inbox of what no longer fits, for programs and for the page that works without a network.

use axum::response::Response;
use base::{Instant, Uuid};
use district::kit::{MarkId, NeedId, RoundId, TenancyId, VisitId};
use district::people::Action;
use district::register::{Household, Roll};
use district::visits::{self as slice, Decide, Keeping, NewVisit, SetMark};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answer::{Made, Page};
use super::exchange::TEXT;
use super::operation::{Api, Nothing, once, once_made, reused};
use super::register::{OnlyRows, day};
use super::values::{Code, Date, MisfitCode, NeedCode, OutcomeCode, Time, VisitMark, WhyCode};
use crate::kit::{Access, Fault, Posted, Shell, XLSX};
use crate::visits::export_file;

pub(super) fn operations() -> Api {
    let (read, write) = (Access::May(Action::VisitRead), Access::May(Action::VisitWrite));
    Api::of("api-group-visits")
        .get("/api/v1/households/{household}/visits", read, "household-visits", household)
        .post("/api/v1/households/{household}/marks", write, "household-mark", mark)
        .delete("/api/v1/visit-marks/{mark}", write, "visit-marks-end", end_mark)
        .tell("/api/v1/visits", write, "visits-tell", tell)
        .list("/api/v1/visit-inbox", read, "visit-inbox", inbox)
        .act("/api/v1/visit-inbox/{visit}/decide", write, "visit-inbox-decide", decide)
        .file("/api/v1/exports/visits/workbook", read, "export-visits", &[XLSX], workbook)
        .file("/api/v1/exports/visits/text", read, "export-visits-text", &[TEXT], text)
        .get("/api/v1/visit-themes", Access::May(Action::VisitThemes), "visit-themes", themes)
        .get("/api/v1/visit-needs/{need}", read, "visit-need", need)
}

/// The time that a file of visits is about.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct Between {
    /// From this day on; the last four weeks without it.
    from: Option<Date>,
    /// Until this day, which is in it; today without it.
    to: Option<Date>,
}

fn exported(s: &Shell, asked: &Between, form: &str) -> Result<Response, Fault> {
    let from = asked.from.map_or_else(|| s.today() - slice::EXPORT_DAYS_BEFORE, |Date(day)| day);
    export_file(s, (from, day(s, asked.to)), form)
}

/// GET `/api/v1/exports/visits/workbook`: in the columns of another system.
fn workbook(s: &Shell, _: Nothing, asked: Between) -> Result<Response, Fault> {
    exported(s, &asked, "xlsx")
}

/// GET `/api/v1/exports/visits/text`.
fn text(s: &Shell, _: Nothing, asked: Between) -> Result<Response, Fault> {
    exported(s, &asked, "csv")
}

/// A dwelling and who lives there, by pseudonym.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct VisitHome {
    /// The household.
    household: Uuid,
    /// Its community.
    community: Uuid,
    /// What the community is called.
    name: String,
    /// The same in English.
    name_en: String,
    /// The number of the building.
    building: String,
    /// The number of the flat.
    flat: String,
    /// The number of the room, where the flat is let by the room.
    room: Option<String>,
    /// The floor.
    floor: i64,
}

pub(super) fn home(roll: &Roll, it: &Household) -> VisitHome {
    let known = roll.get(it.community);
    VisitHome {
        household: it.tenancy.uuid(),
        community: it.community.uuid(),
        name: known.map(|it| it.name.clone()).unwrap_or_default(),
        name_en: known.map(|it| it.name_en.clone()).unwrap_or_default(),
        building: it.numbers.0.clone(),
        flat: it.numbers.1.clone(),
        room: it.numbers.2.clone(),
        floor: it.floor,
    }
}

/// A household.
#[derive(Debug, Deserialize, IntoParams)]
struct OfHousehold {
    /// Its id: that of its tenancy.
    household: Uuid,
}

/// What a household needs.
#[derive(Debug, Serialize, ToSchema)]
struct VisitNeed {
    /// The need.
    id: Uuid,
    /// What.
    category: NeedCode,
    /// Did the household agree that whoever helps is told?
    consent: bool,
    /// The matter that it became.
    matter: Option<Uuid>,
    /// The referral that it became.
    referral: Option<Uuid>,
}

/// The matter or the referral that a need became.
fn became(it: Option<&slice::Became>) -> (Option<Uuid>, Option<Uuid>) {
    match it {
        Some(slice::Became::Matter(id, _)) => (Some(id.uuid()), None),
        Some(slice::Became::Referral(id, _)) => (None, Some(id.uuid())),
        None => (None, None),
    }
}

fn found_need(it: &slice::FoundNeed) -> VisitNeed {
    let (matter, referral) = became(it.became.as_ref());
    VisitNeed { id: it.id.uuid(), category: Code(it.category), consent: it.consent, matter, referral }
}

/// A visit.
#[derive(Debug, Serialize, ToSchema)]
struct Visit {
    /// The visit.
    id: Uuid,
    /// Its day.
    day: Date,
    /// How it ended.
    outcome: OutcomeCode,
    /// What the household needs.
    needs: Vec<VisitNeed>,
    /// Whether the household said that it is satisfied with how it is served; null: it said nothing of it.
    satisfied: Option<bool>,
    /// Whether something was said in confidence.
    has_note: bool,
}

/// A household with its visits.
#[derive(Debug, Serialize, ToSchema)]
struct HouseholdVisits {
    /// Where it lives.
    home: VisitHome,
    /// Does it live there today?
    is_there: bool,
    /// Why somebody is to come; null where nobody is.
    why: Option<WhyCode>,
    /// By when.
    by: Option<Date>,
    /// Its visits, the latest first.
    visits: Vec<Visit>,
}

/// GET `/api/v1/households/{household}/visits`.
fn household(s: &Shell, at: OfHousehold, _: Nothing) -> Result<HouseholdVisits, Fault> {
    s.state.read(|tx| {
        let (memory, id) = (&s.state.memory, TenancyId::from_uuid(at.household));
        let sheet = slice::household(tx, &s.actor, memory, id, s.today())?;
        let roll = memory.roll(tx, s.today())?;
        let visit = |it: &slice::Found| Visit {
            id: it.id.uuid(),
            day: Date(it.day),
            outcome: Code(it.outcome),
            needs: it.needs.iter().map(found_need).collect(),
            satisfied: it.satisfied,
            has_note: it.has_note,
        };
        Ok(HouseholdVisits {
            home: home(&roll, &sheet.home),
            is_there: sheet.is_there,
            why: sheet.due.map(|due| Code(due.why)),
            by: sheet.due.map(|due| Date(due.by)),
            visits: sheet.visits.iter().map(visit).collect(),
        })
    })
}

/// What a household is marked by.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewMark {
    /// Which.
    kind: VisitMark,
    /// Did the household agree to be visited more often?
    agreed: bool,
}

/// POST `/api/v1/households/{household}/marks`.
fn mark(s: &Shell, posted: &Posted, at: OfHousehold, sent: NewMark) -> Result<Made, Fault> {
    let household = TenancyId::from_uuid(at.household);
    once_made(
        s,
        posted,
        |id| format!("visit-marks/{id}"),
        |tx, call| {
            let id: MarkId = call.id();
            let command =
                SetMark { id, household, kind: sent.kind.0, agreed: sent.agreed, from: call.today() };
            slice::set_mark(tx, call, &s.state.memory, &[command]).map(|()| id.uuid())
        },
    )
}

/// A mark.
#[derive(Debug, Deserialize, IntoParams)]
struct OfMark {
    /// Its id.
    mark: Uuid,
}

/// DELETE `/api/v1/visit-marks/{mark}`.
fn end_mark(s: &Shell, posted: &Posted, at: OfMark) -> Result<(), Fault> {
    once(s, posted, |tx, call| slice::end_mark(tx, call, &s.state.memory, MarkId::from_uuid(at.mark)))
}

/// A need that a visit found.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ToldNeed {
    /// What.
    category: NeedCode,
    /// Did the household agree that whoever helps is told?
    consent: bool,
}

/// A visit as it is told.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ToldVisit {
    /// An id that whoever tells it made: the same id again is the same visit.
    id: Uuid,
    /// The household.
    household: Uuid,
    /// The round it was on.
    round: Option<Uuid>,
    /// When it was made: milliseconds since 1970 by the clock of whoever tells it.
    #[schema(minimum = 0, maximum = 7_258_118_400_000_i64)]
    made_at_millis: i64,
    /// How it ended.
    outcome: OutcomeCode,
    /// What the household needs; of somebody who was reached.
    needs: Vec<ToldNeed>,
    /// Whether the household said that it is satisfied with how it is served; null: it said nothing of it.
    satisfied: Option<bool>,
    /// What was said in confidence. It is sealed.
    note: Option<String>,
}

/// Visits, and the time by the clock of whoever tells them: a clock that is wrong is put right by it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ToldVisits {
    /// Milliseconds since 1970 by the clock of whoever tells them, when they were sent.
    #[schema(minimum = 0, maximum = 7_258_118_400_000_i64)]
    sent_at_millis: i64,
    /// The visits, at most 200.
    visits: Vec<ToldVisit>,
}

/// What became of a visit that was told.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct VisitReceipt {
    /// The visit.
    id: Uuid,
    /// Why it waits in the inbox; null: it is recorded.
    waits: Option<MisfitCode>,
}

/// What became of visits that were told.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct VisitReceipts {
    /// One for each, in their order.
    receipts: Vec<VisitReceipt>,
}

/// Visits told at once: as many as lie on a device.
const MOST_TOLD: usize = slice::PACK;
/// Milliseconds since 1970 of the last day there is.
const LAST_MILLIS: i64 = 7_258_118_400_000;

/// POST `/api/v1/visits`.
fn tell(s: &Shell, posted: &Posted, _: Nothing, sent: ToldVisits) -> Result<VisitReceipts, Fault> {
    let whole = |millis: i64| (0..=LAST_MILLIS).contains(&millis);
    let readable = whole(sent.sent_at_millis) && sent.visits.iter().all(|it| whole(it.made_at_millis));
    if !readable || sent.visits.len() > MOST_TOLD {
        let refusal = district::Refusal::new("visits-refused-batch").with("most", MOST_TOLD).at("visits");
        return Err(Fault::Refused(refusal));
    }
    let ahead = s.state.now().millis() - sent.sent_at_millis;
    let visit = |it: &ToldVisit| {
        let told_at = Instant::from_millis(it.made_at_millis);
        NewVisit {
            id: VisitId::from_uuid(it.id),
            household: TenancyId::from_uuid(it.household),
            round: it.round.map(RoundId::from_uuid),
            at: told_at.plus_millis(ahead),
            told_at,
            outcome: it.outcome.0,
            needs: it.needs.iter().map(|need| (need.category.0, need.consent)).collect(),
            satisfied: it.satisfied,
            note: it.note.clone().map(|note| note.trim().to_owned()).filter(|note| !note.is_empty()),
        }
    };
    let visits: Vec<NewVisit> = sent.visits.iter().map(visit).collect();
    let keeping = Keeping { vault: s.state.vault()?, memory: &s.state.memory };
    let internal = |error: serde_json::Error| district::Error::Internal(error.to_string());
    let answer = s.state.once(&s.actor, posted, |tx, call| {
        let receipts = slice::record(tx, call, keeping, &visits)?;
        let receipt = |it: &slice::Receipt| VisitReceipt { id: it.id.uuid(), waits: it.waits.map(Code) };
        serde_json::to_string(&VisitReceipts { receipts: receipts.iter().map(receipt).collect() })
            .map_err(internal)
    });
    serde_json::from_str(&answer.map_err(reused)?).map_err(|error| Fault::Internal(error.to_string()))
}

/// A visit that waits.
#[derive(Debug, Serialize, ToSchema)]
struct WaitingVisit {
    /// The visit.
    id: Uuid,
    /// The household.
    household: Uuid,
    /// Its community.
    community: Uuid,
    /// When it was made.
    made_at: Time,
    /// When it came in.
    received_at: Time,
    /// How it ended.
    outcome: OutcomeCode,
    /// Why it waits.
    why: MisfitCode,
    /// Whether the household said that it is satisfied with how it is served; null: it said nothing of it.
    satisfied: Option<bool>,
    /// Whether something was said in confidence.
    has_note: bool,
}

/// GET `/api/v1/visit-inbox`.
fn inbox(s: &Shell, _: Nothing, asked: OnlyRows) -> Result<Page<WaitingVisit>, Fault> {
    let lines = s.state.read(|tx| slice::inbox(tx, &s.actor, &s.state.memory, s.today()))?;
    let page = Page::cut(lines, asked.after.as_ref(), asked.limit, |it| it.id.uuid())?;
    Ok(page.map(|it| WaitingVisit {
        id: it.id.uuid(),
        household: it.household.uuid(),
        community: it.community.uuid(),
        made_at: it.at.into(),
        received_at: it.received.into(),
        outcome: Code(it.outcome),
        why: Code(it.why),
        satisfied: it.satisfied,
        has_note: it.has_note,
    }))
}

/// A visit that waits.
#[derive(Debug, Deserialize, IntoParams)]
struct OfVisit {
    /// Its id.
    visit: Uuid,
}

/// What becomes of it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Becomes {
    /// It is recorded as it was told; otherwise it is put aside.
    take: bool,
}

/// POST `/api/v1/visit-inbox/{visit}/decide`.
fn decide(s: &Shell, posted: &Posted, at: OfVisit, sent: Becomes) -> Result<(), Fault> {
    let command = Decide { id: VisitId::from_uuid(at.visit), take: sent.take };
    once(s, posted, |tx, call| slice::decide(tx, call, &s.state.memory, &[command]))
}

/// What some households need.
#[derive(Debug, Serialize, ToSchema)]
struct VisitTheme {
    /// What.
    category: NeedCode,
    /// How many households; null: fewer than five.
    households: Option<i64>,
}

/// What households need, in sums.
#[derive(Debug, Serialize, ToSchema)]
struct VisitThemes {
    /// What most need first.
    themes: Vec<VisitTheme>,
}

/// GET `/api/v1/visit-themes`.
fn themes(s: &Shell, _: Nothing, _: Nothing) -> Result<VisitThemes, Fault> {
    let themes = s.state.read(|tx| slice::themes(tx, &s.actor, &s.state.memory, s.today()))?;
    let each = themes.into_iter();
    let theme = |it: slice::Theme| VisitTheme { category: Code(it.category), households: it.households };
    Ok(VisitThemes { themes: each.map(theme).collect() })
}

/// A need.
#[derive(Debug, Deserialize, IntoParams)]
struct OfNeed {
    /// Its id.
    need: Uuid,
}

/// What a household needs, and whose it is.
#[derive(Debug, Serialize, ToSchema)]
struct NeedOfHousehold {
    /// The household.
    household: Uuid,
    /// Its community.
    community: Uuid,
    /// What.
    category: NeedCode,
    /// Did the household agree that whoever helps is told?
    consent: bool,
    /// The day it was told.
    day: Date,
    /// The matter that it became.
    matter: Option<Uuid>,
    /// The referral that it became.
    referral: Option<Uuid>,
}

/// GET `/api/v1/visit-needs/{need}`.
fn need(s: &Shell, at: OfNeed, _: Nothing) -> Result<NeedOfHousehold, Fault> {
    let id = NeedId::from_uuid(at.need);
    let it = s.state.read(|tx| slice::need(tx, &s.actor, &s.state.memory, id, s.today()))?;
    let (matter, referral) = became(it.became.as_ref());
    Ok(NeedOfHousehold {
        household: it.home.tenancy.uuid(),
        community: it.home.community.uuid(),
        category: Code(it.category),
        consent: it.consent,
        day: Date(it.day),
        matter,
        referral,
    })
}
