//! Matters for programs of who works on them: the list, one with its record, taking in, and every step. Who asked is shown to
//! a person only, on a page; what is public stands at `/matters` and in Open311.

use base::{Day, Uuid};
use district::Refusal;
use district::kit::{BuildingId, CommunityId, MatterId, NeedId};
use district::matters::{
    self as slice, Advance, Asked, Ground, Happened, Line, Receive, ReturnReason, Sheet, Source, Step,
    SuspendReason,
};
use district::people::Action;
use district::visits;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answer::{Made, Page};
use super::operation::{Api, Nothing, once, once_made};
use super::values::{
    After, Code, Date, Limit, MatterHolder, MatterOutcome, MatterQueue, MatterSource, MatterState, Time,
};
use crate::kit::{Access, Fault, Posted, Shell};

pub(super) fn operations() -> Api {
    let (read, handle) = (Access::May(Action::MatterRead), Access::May(Action::MatterHandle));
    Api::of("api-group-matters")
        .read_each_time()
        .list("/api/v1/matters", read, "matters", list)
        .post("/api/v1/matters", handle, "matter-take", take)
        .get("/api/v1/matters/{matter}", read, "matter", show)
        .act("/api/v1/matters/{matter}/steps", handle, "matter-step", step)
}

/// What of the list is asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct MattersOf {
    /// One queue of the desk.
    queue: Option<MatterQueue>,
    /// Of this community.
    community: Option<Uuid>,
    /// Of this category.
    category: Option<String>,
    /// In this state.
    state: Option<MatterState>,
    /// With this holder.
    holder: Option<MatterHolder>,
    /// From this source.
    source: Option<MatterSource>,
    /// Received from this day on.
    since: Option<Date>,
    /// Received up to this day.
    until: Option<Date>,
    /// At most so many rows.
    limit: Option<Limit>,
    /// Go on after this row.
    after: Option<After>,
}

/// A matter in the list.
#[derive(Debug, Serialize, ToSchema)]
struct MatterRow {
    /// Its id.
    id: Uuid,
    /// Its code, which is public.
    code: String,
    /// Where it came from.
    source: MatterSource,
    /// Its community.
    community: Uuid,
    /// Its category.
    category: String,
    /// Where it stands.
    state: MatterState,
    /// Who holds it.
    holder: MatterHolder,
    /// How many levels have joined the holder.
    joined: i64,
    /// When it came in.
    received_at: Time,
    /// The last day of its term.
    due_on: Date,
    /// Counted over a year without a calendar?
    provisional: bool,
    /// Answered after its day, or not yet and its day is over?
    late: bool,
    /// How it was closed.
    outcome: Option<MatterOutcome>,
    /// When it was answered.
    answered_at: Option<Time>,
    /// When it was closed.
    closed_at: Option<Time>,
}

fn row(it: Line) -> MatterRow {
    MatterRow {
        id: it.id.uuid(),
        code: it.code,
        source: Code(it.source),
        community: it.community.uuid(),
        category: it.category,
        state: Code(it.state),
        holder: Code(it.holder),
        joined: it.joined,
        received_at: it.received_at.into(),
        due_on: it.due_on.into(),
        provisional: it.provisional,
        late: it.late,
        outcome: it.outcome.map(Code),
        answered_at: it.answered_at.map(Into::into),
        closed_at: it.closed_at.map(Into::into),
    }
}

/// GET `/api/v1/matters`: of a queue what breaks first, otherwise the latest first.
fn list(s: &Shell, _: Nothing, asked: MattersOf) -> Result<Page<MatterRow>, Fault> {
    let question = Asked {
        queue: asked.queue.map(|Code(queue)| queue),
        community: asked.community.map(CommunityId::from_uuid),
        category: asked.category.filter(|code| !code.is_empty()),
        state: asked.state.map(|Code(state)| state),
        holder: asked.holder.map(|Code(holder)| holder),
        source: asked.source.map(|Code(source)| source),
        from: asked.since.map(|Date(day)| day),
        to: asked.until.map(|Date(day)| day),
        after: asked.after.as_ref().map(cursor).transpose()?,
    };
    let limit = i64::from(asked.limit.unwrap_or_default().0);
    let (lines, more) =
        s.state.read(|tx| slice::list(tx, Some(&s.actor), &question, Some(limit), s.now()))?;
    let next = lines.last().filter(|_| more).map(|it| After::key(&format!("{} {}", it.order, it.id)));
    // A list that grows with the years is not counted.
    Ok(Page { items: lines.into_iter().map(row).collect(), count: None, next })
}

fn cursor(after: &After) -> Result<(db::Value, MatterId), Fault> {
    let text = after.read()?;
    let (order, id) = text.split_once(' ').ok_or(Fault::Absent)?;
    let order: i64 = order.parse().map_err(|_| Fault::Absent)?;
    Ok((order.into(), id.parse().map_err(|_| Fault::Absent)?))
}

/// A matter.
#[derive(Debug, Deserialize, IntoParams)]
pub(super) struct OfMatter {
    /// Its code, or its id.
    pub(super) matter: String,
}

/// The code of a matter that an address names by code or by id.
pub(super) fn code_of(s: &Shell, named: &str) -> Result<String, Fault> {
    match Uuid::parse_str(named) {
        Ok(id) => s.state.read(|tx| slice::code_of(tx, MatterId::from_uuid(id))),
        Err(_) => Ok(named.to_owned()),
    }
}

/// Something that happened to a matter.
#[derive(Debug, Serialize, ToSchema)]
struct MatterStep {
    /// Its place in the record, from 0.
    number: i64,
    /// When.
    at: Time,
    /// What: the name of a step.
    step: String,
    /// As what somebody did it.
    role: String,
    /// Who held it afterwards, or joined.
    holder: MatterHolder,
    /// The code of the reason.
    reason: Option<String>,
    /// Until when.
    until: Option<Date>,
    /// What was said.
    note: Option<String>,
}

fn happened(it: &Happened) -> MatterStep {
    MatterStep {
        number: it.number,
        at: it.at.into(),
        step: it.step.clone(),
        role: it.role.clone(),
        holder: Code(it.holder),
        reason: it.reason.clone(),
        until: it.until.map(Date),
        note: it.note.clone(),
    }
}

/// A matter with its record.
#[derive(Debug, Serialize, ToSchema)]
struct MatterDetails {
    /// Its id.
    id: Uuid,
    /// Its code, which is public.
    code: String,
    /// Where it came from.
    source: MatterSource,
    /// Its community.
    community: Uuid,
    /// Its building.
    building: Option<Uuid>,
    /// Where in it.
    place: String,
    /// Its category.
    category: String,
    /// What is asked for; null when it was forgotten.
    words: Option<String>,
    /// What of it everyone may read.
    public_words: Option<String>,
    /// When it came in.
    received_at: Time,
    /// Where it stands.
    state: MatterState,
    /// Who holds it.
    holder: MatterHolder,
    /// How many levels have joined the holder.
    joined: i64,
    /// The last day of its term.
    due_on: Date,
    /// Counted over a year without a calendar?
    provisional: bool,
    /// Working days more that the holder asks for.
    extension_asked: Option<i64>,
    /// Until when it waits.
    suspended_until: Option<Date>,
    /// How it was closed.
    outcome: Option<MatterOutcome>,
    /// What whoever asked says of it.
    satisfied: Option<bool>,
    /// As which it goes on.
    merged_into: Option<String>,
    /// The version that a step names as `seen`.
    version: i64,
    /// What happened.
    record: Vec<MatterStep>,
}

fn details(it: Sheet) -> MatterDetails {
    MatterDetails {
        id: it.id.uuid(),
        record: it.record.iter().map(happened).collect(),
        code: it.code,
        source: Code(it.source),
        community: it.community.uuid(),
        building: it.building.map(BuildingId::uuid),
        place: it.place,
        category: it.category,
        words: it.words,
        public_words: it.public_words,
        received_at: it.received_at.into(),
        state: Code(it.life.state),
        holder: Code(it.life.holder),
        joined: it.life.joined,
        due_on: it.life.due.on.into(),
        provisional: it.life.due.provisional,
        extension_asked: it.life.extension_asked,
        suspended_until: it.life.suspension.map(|it| it.until.into()),
        outcome: it.life.outcome.map(Code),
        satisfied: it.life.satisfied,
        merged_into: it.merged_into,
        version: it.version,
    }
}

/// GET `/api/v1/matters/{matter}`.
fn show(s: &Shell, at: OfMatter, _: Nothing) -> Result<MatterDetails, Fault> {
    let code = code_of(s, &at.matter)?;
    let vault = s.state.vault().ok();
    let sheet = s.state.read(|tx| slice::sheet(tx, &s.actor, vault, &code, s.today()))?;
    Ok(details(sheet))
}

/// A matter from the telephone, or one that a worker found. Who asked is typed in on a page.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TakeMatter {
    /// `telephone` or `worker`.
    source: MatterSource,
    /// The community.
    community: Uuid,
    /// The building.
    building: Option<Uuid>,
    /// Where in it.
    #[serde(default)]
    place: String,
    /// A category that groups no others.
    category: String,
    /// What is asked for.
    words: String,
    /// The need of a visit that becomes this matter: of the same community, and once.
    need: Option<Uuid>,
}

/// POST `/api/v1/matters`.
fn take(s: &Shell, posted: &Posted, _: Nothing, body: TakeMatter) -> Result<Made, Fault> {
    let Code(source) = body.source;
    if !matches!(source, Source::Telephone | Source::Worker) {
        return Err(Fault::Refused(Refusal::new("matters-refused-source").at("source")));
    }
    let (vault, calendar) = (s.state.vault()?, &*s.state.calendar());
    once_made(
        s,
        posted,
        |id| format!("matters/{id}"),
        |tx, call| {
            let command = Receive {
                id: call.id(),
                source,
                foreign_number: None,
                community: CommunityId::from_uuid(body.community),
                building: body.building.map(BuildingId::from_uuid),
                place: body.place.clone(),
                category: body.category.clone(),
                words: body.words.clone(),
                reporter: None,
                tenancy: None,
                shown: false,
                secret: None,
                at: None,
            };
            let id = command.id.uuid();
            match body.need.map(NeedId::from_uuid) {
                Some(need) => {
                    visits::take_needs(tx, call, (vault, &s.state.memory, calendar), &[(need, command)])?
                }
                None => slice::receive(tx, call, (vault, calendar), &[command])?,
            };
            Ok(id)
        },
    )
}

/// A step with a matter.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TakeStep {
    /// `accept`, `begin`, `contact`, `answer`, `confirm`, `reopen`, `return`, `assign`, `suspend`, `resume`, `refuse`, `withdraw`,
    /// `ask-extension`, `extend`, `keep-term`, `merge`, `unmerge`, `call-back`, `clear`, `hide` or `note`.
    step: String,
    /// The version that it stands on; refused when somebody was faster.
    seen: Option<i64>,
    /// What is said.
    #[serde(default)]
    note: String,
    /// The reason of a `return` or a `suspend`, the ground of a `refuse`.
    reason: Option<String>,
    /// Whom it is assigned to.
    to: Option<MatterHolder>,
    /// Until when it is suspended.
    until: Option<Date>,
    /// Working days more that are asked for.
    days: Option<u8>,
    /// The code of the matter that it is merged with.
    into: Option<String>,
    /// Of a `call-back`: is it done?
    resolved: Option<bool>,
    /// Of a `confirm` or a `call-back`: is whoever asked satisfied?
    satisfied: Option<bool>,
}

/// POST `/api/v1/matters/{matter}/steps`.
fn step(s: &Shell, posted: &Posted, at: OfMatter, body: TakeStep) -> Result<(), Fault> {
    let code = code_of(s, &at.matter)?;
    let id = s.state.read(|tx| slice::id_of(tx, &code))?;
    let command =
        Advance { matter: id, seen: body.seen, step: named(s, &body)?, note: body.note.clone(), at: None };
    let (vault, calendar) = (s.state.vault()?, &*s.state.calendar());
    once(s, posted, |tx, call| slice::advance(tx, call, (vault, calendar), std::slice::from_ref(&command)))
}

fn named(s: &Shell, body: &TakeStep) -> Result<Step, Fault> {
    let missing =
        |message: &'static str, field: &'static str| Fault::Refused(Refusal::new(message).at(field));
    let reason = body.reason.as_deref().unwrap_or_default();
    let no_reason = || missing("matters-missing-reason", "reason");
    let (resolved, satisfied) = (body.resolved, body.satisfied);
    Ok(match body.step.as_str() {
        "accept" => Step::Accept,
        "begin" => Step::Begin,
        "contact" => Step::Contact,
        "answer" => Step::Answer,
        "confirm" => Step::Confirm { satisfied },
        "reopen" => Step::Reopen,
        "resume" => Step::Resume,
        "withdraw" => Step::Withdraw,
        "extend" => Step::Extend,
        "keep-term" => Step::KeepTerm,
        "unmerge" => Step::Unmerge,
        "clear" => Step::Clear,
        "hide" => Step::Hide,
        "note" => Step::Note,
        "return" => Step::Return(ReturnReason::parse(reason).ok_or_else(no_reason)?),
        "refuse" => Step::Refuse(Ground::parse(reason).ok_or_else(no_reason)?),
        "suspend" => {
            let until: Day = body.until.ok_or_else(|| missing("matters-missing-until", "until"))?.0;
            Step::Suspend(SuspendReason::parse(reason).ok_or_else(no_reason)?, until)
        }
        "assign" => Step::Assign(body.to.ok_or_else(|| missing("matters-missing-holder", "to"))?.0),
        "ask-extension" => {
            Step::AskExtension(body.days.ok_or_else(|| missing("matters-missing-days", "days"))?.into())
        }
        "call-back" => {
            let resolved = resolved.ok_or_else(|| missing("matters-missing-resolved", "resolved"))?;
            Step::CallBack { resolved, satisfied }
        }
        "merge" => {
            let into = body.into.as_deref().ok_or_else(|| missing("matters-no-code", "into"))?;
            let into = s.state.read(|tx| match slice::id_of(tx, into) {
                Ok(id) => Ok(Some(id)),
                Err(district::Error::Absent(_)) => Ok(None),
                Err(error) => Err(error),
            })?;
            Step::Merge(into.ok_or_else(|| missing("matters-no-code", "into"))?)
        }
        _ => return Err(missing("matters-refused-unknown-step", "step")),
    })
}
