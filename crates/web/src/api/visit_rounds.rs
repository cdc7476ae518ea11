//! Rounds of visits for programs: planned, handed over, and as a device takes them along.

use base::Uuid;
use district::kit::{PostId, RoundId, StationId};
use district::people::Action;
use district::register::Roll;
use district::visits::{self as slice, HandOver, PlanRounds};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::operation::{Api, Nothing, once};
use super::values::{Code, Date, OutcomeCode, SlotCode, WhyCode};
use super::visits::{VisitHome, home};
use crate::kit::{Access, Fault, Posted, Shell};

pub(super) fn operations() -> Api {
    let (read, plan) = (Access::May(Action::VisitRead), Access::May(Action::VisitPlan));
    Api::of("api-group-visits")
        .get("/api/v1/visit-rounds", read, "visit-rounds", rounds)
        .get("/api/v1/late-rounds", read, "late-rounds", late)
        .act("/api/v1/visit-rounds", plan, "visit-rounds-plan", plan_them)
        .act("/api/v1/visit-rounds/{round}/hand-over", plan, "visit-rounds-hand-over", hand_over)
        .get("/api/v1/visit-pack", Access::May(Action::VisitWrite), "visit-pack", pack)
}

/// A door of a round.
#[derive(Debug, Serialize, ToSchema)]
struct RoundStop {
    /// The dwelling.
    home: VisitHome,
    /// When to come.
    slot: SlotCode,
    /// Why.
    why: WhyCode,
    /// By when.
    by: Date,
    /// Minutes at the door.
    visit_minutes: i64,
    /// Minutes from the door before.
    walk_minutes: i64,
    /// How the visit of the day ended; null while it is to be made.
    found: Option<OutcomeCode>,
}

/// The round of a post.
#[derive(Debug, Serialize, ToSchema)]
struct VisitRound {
    /// The round.
    id: Uuid,
    /// Whose.
    post: Uuid,
    /// Counts up with every change.
    version: i64,
    /// Minutes for the way back.
    back_minutes: i64,
    /// Its doors, in their order.
    stops: Vec<RoundStop>,
}

fn round(roll: &Roll, it: &slice::Round) -> VisitRound {
    let stop = |stop: &slice::Stop| RoundStop {
        home: home(roll, &stop.home),
        slot: Code(stop.slot),
        why: Code(stop.why),
        by: Date(stop.by),
        visit_minutes: stop.visit_minutes,
        walk_minutes: stop.walk_minutes,
        found: stop.found.map(Code),
    };
    VisitRound {
        id: it.id.uuid(),
        post: it.post.uuid(),
        version: it.version,
        back_minutes: it.back_minutes,
        stops: it.stops.iter().map(stop).collect(),
    }
}

/// A post that goes to doors.
#[derive(Debug, Serialize, ToSchema)]
struct VisitPost {
    /// The post.
    id: Uuid,
    /// 1, 2, …: what people call it by.
    number: usize,
    /// Is the reader the one who holds it?
    own: bool,
}

/// Rounds of a station on a day.
#[derive(Debug, Serialize, ToSchema)]
struct VisitRounds {
    /// The day.
    day: Date,
    /// What the next plan of the day has to have seen.
    version: i64,
    /// The posts that somebody holds.
    posts: Vec<VisitPost>,
    /// The rounds.
    rounds: Vec<VisitRound>,
}

/// A station and a day.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct RoundsOf {
    /// The station; without it the first whose rounds the reader may see.
    station: Option<Uuid>,
    /// The day; today without it.
    on: Option<Date>,
}

/// A round of an earlier day that was not walked to its end.
#[derive(Debug, Serialize, ToSchema)]
struct LateRound {
    /// The round.
    id: Uuid,
    /// Its day.
    day: Date,
    /// Its station.
    station: Uuid,
    /// Whose it is.
    post: Uuid,
    /// Households that live there and were not tried since: never 0.
    #[schema(minimum = 1)]
    left: i64,
}

/// Rounds that were not walked to their end.
#[derive(Debug, Serialize, ToSchema)]
struct LateRounds {
    /// How long back they are told of, in days: afterwards their doors are due again by themselves.
    days: i64,
    /// The earliest first.
    rounds: Vec<LateRound>,
}

/// GET `/api/v1/late-rounds`.
fn late(s: &Shell, _: Nothing, _: Nothing) -> Result<LateRounds, Fault> {
    let found = s.state.read(|tx| slice::late_rounds(tx, &s.actor, s.today()))?;
    let rounds = found.into_iter().map(|it| LateRound {
        id: it.id.uuid(),
        day: Date(it.day),
        station: it.station.id.uuid(),
        post: it.post.uuid(),
        left: it.left,
    });
    Ok(LateRounds { days: slice::ROUND_LATE_DAYS, rounds: rounds.collect() })
}

/// GET `/api/v1/visit-rounds`.
fn rounds(s: &Shell, _: Nothing, asked: RoundsOf) -> Result<VisitRounds, Fault> {
    let day = super::register::day(s, asked.on);
    s.state.read(|tx| {
        let first = slice::stations_of(tx, &s.actor, day)?.into_iter().next().map(|it| it.id);
        let Some(station) = asked.station.map(StationId::from_uuid).or(first) else {
            let nothing = VisitRounds { day: Date(day), version: 0, posts: Vec::new(), rounds: Vec::new() };
            return Ok(nothing);
        };
        let found = slice::station_rounds(tx, &s.actor, station, day)?;
        let roll = s.state.memory.roll(tx, day)?;
        let post = |it: &slice::Post| VisitPost { id: it.id.uuid(), number: it.number, own: it.own };
        Ok(VisitRounds {
            day: Date(day),
            version: found.version,
            posts: found.posts.iter().map(post).collect(),
            rounds: found.rounds.iter().map(|it| round(&roll, it)).collect(),
        })
    })
}

/// Rounds to be planned.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PlanThem {
    /// The station.
    station: Uuid,
    /// The day, from today on.
    day: Date,
    /// The version of the day's rounds that was seen; 0: none.
    seen: i64,
}

/// POST `/api/v1/visit-rounds`.
fn plan_them(s: &Shell, posted: &Posted, _: Nothing, sent: PlanThem) -> Result<(), Fault> {
    let command =
        PlanRounds { station: StationId::from_uuid(sent.station), day: sent.day.0, seen: sent.seen };
    once(s, posted, |tx, call| slice::plan_rounds(tx, call, &s.state.memory, command).map(|_| ()))
}

/// A round.
#[derive(Debug, Deserialize, IntoParams)]
struct OfRound {
    /// Its id.
    round: Uuid,
}

/// Who takes a round over.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TakesOver {
    /// The version of the round that was seen.
    seen: i64,
    /// The post that takes what is still to be done.
    to: Uuid,
}

/// POST `/api/v1/visit-rounds/{round}/hand-over`.
fn hand_over(s: &Shell, posted: &Posted, at: OfRound, sent: TakesOver) -> Result<(), Fault> {
    let (round, to) = (RoundId::from_uuid(at.round), PostId::from_uuid(sent.to));
    let command = HandOver { round, seen: sent.seen, to };
    once(s, posted, |tx, call| slice::hand_over(tx, call, &s.state.memory, command).map(|_| ()))
}

/// A round.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct PackOf {
    /// The round; without it the reader's own of today.
    round: Option<Uuid>,
}

/// Somebody who is due beside a round.
#[derive(Debug, Serialize, ToSchema)]
struct DueHome {
    /// The dwelling.
    home: VisitHome,
    /// Why.
    why: WhyCode,
    /// By when.
    by: Date,
    /// When to come.
    slot: SlotCode,
}

/// What lies on a device: today's round and who else is due, at most 200 households.
#[derive(Debug, Serialize, ToSchema)]
struct VisitPack {
    /// The day.
    day: Date,
    /// The round; null where there is none.
    round: Option<VisitRound>,
    /// Others who are due.
    due: Vec<DueHome>,
}

/// GET `/api/v1/visit-pack`.
fn pack(s: &Shell, _: Nothing, asked: PackOf) -> Result<VisitPack, Fault> {
    s.state.read(|tx| {
        let memory = &s.state.memory;
        let found = slice::pack(tx, &s.actor, memory, asked.round.map(RoundId::from_uuid), s.today())?;
        let roll = memory.roll(tx, s.today())?;
        let due = |it: &slice::DueLine| DueHome {
            home: home(&roll, &it.home),
            why: Code(it.due.why),
            by: Date(it.due.by),
            slot: Code(it.slot),
        };
        Ok(VisitPack {
            day: Date(found.day),
            round: found.round.as_ref().map(|it| round(&roll, it)),
            due: found.due.iter().map(due).collect(),
        })
    })
}
