//! Work that waits, for programs: the gap list of the adopted plan, findings in the register, what lies on the own desk and upon
//! stations.

use base::Uuid;
use district::desk::{self, Task};
use district::exchange::{self, Finding as Found};
use district::kit::{Call, CommunityId, GapId, GridId, Scope, StationId, TownId};
use district::people::Action;
use district::plan::gaps::{self as slice, Gap as Listed};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answer::Page;
use super::community::AsOf;
use super::operation::{Api, Nothing, once};
use super::register::day;
use super::values::{After, Code, Date, Finding as Check, FindingGrade, Form, GapKind, GapStanding, Limit};
use crate::kit::{Access, Fault, Posted, Shell};

pub(super) fn operations() -> Api {
    let (read, chase_it) = (Access::May(Action::GapRead), Access::May(Action::GapChase));
    Api::of("api-group-work")
        .list("/api/v1/gaps", read, "gaps", list)
        .act("/api/v1/gaps/hand-out", chase_it, "gaps-hand-out", hand_out)
        .act("/api/v1/gaps/chase", chase_it, "gaps-chase", chase)
        .act("/api/v1/gaps/cross-off", Access::May(Action::GapCross), "gaps-cross-off", cross_off)
        .get("/api/v1/workers", Access::May(Action::PlanRead), "workers", workers)
        .list("/api/v1/findings", Access::May(Action::RegisterRead), "findings", findings)
        .get("/api/v1/desk", Access::SignedIn, "desk", desk)
        .get("/api/v1/towns/{town}/load", Access::May(Action::LoadRead), "load", load)
}

/// The gap list of a day.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct GapsOf {
    /// As of this day; today without it.
    on: Option<Date>,
    /// Of this town.
    town: Option<Uuid>,
    /// Of this kind.
    kind: Option<GapKind>,
    /// Standing so.
    standing: Option<GapStanding>,
    /// At most so many rows.
    limit: Option<Limit>,
    /// Go on after this row.
    after: Option<After>,
}

/// Something that the adopted plan lacks.
#[derive(Debug, Serialize, ToSchema)]
struct Gap {
    /// Its id.
    id: Uuid,
    /// Its town.
    town: Uuid,
    /// Its grid.
    grid: Option<Uuid>,
    /// What is lacking.
    kind: GapKind,
    /// The form of the station.
    form: Form,
    /// The host of the station.
    station: String,
    /// The same in English.
    station_en: String,
    /// The station that carries it out, once there is one.
    real: Option<Uuid>,
    /// The point, or the host.
    place: String,
    /// The same in English.
    place_en: String,
    /// How many are needed.
    needed: i64,
    /// How many are there on the day.
    present: i64,
    /// How many lack.
    lacking: i64,
    /// Where it stands.
    standing: GapStanding,
    /// Since when somebody has it.
    handed_out_on: Option<Date>,
    /// By when it has to be there.
    due_on: Option<Date>,
    /// How often it was chased; null where that is not kept.
    chased: Option<i64>,
    /// When it was chased last.
    chased_on: Option<Date>,
    /// When it was crossed off.
    crossed_off_on: Option<Date>,
    /// What was said when it was handed out.
    note: String,
}

fn gap(it: &Listed) -> Gap {
    Gap {
        id: it.id.uuid(),
        town: it.town.uuid(),
        grid: it.grid.map(GridId::uuid),
        kind: Code(it.kind),
        form: Code(it.form),
        station: it.station.0.clone(),
        station_en: it.station.1.clone(),
        real: it.real.map(StationId::uuid),
        place: it.place.0.clone(),
        place_en: it.place.1.clone(),
        needed: it.needed,
        present: it.present,
        lacking: it.lacking(),
        standing: Code(it.standing),
        handed_out_on: it.handed_out_on.map(Date),
        due_on: it.due_on.map(Date),
        chased: it.chased,
        chased_on: it.chased_on.map(Date),
        crossed_off_on: it.crossed_off_on.map(Date),
        note: it.note.clone(),
    }
}

/// GET `/api/v1/gaps`: those that the reader may see; none without an adopted plan.
fn list(s: &Shell, _: Nothing, asked: GapsOf) -> Result<Page<Gap>, Fault> {
    let gaps = s.state.read(|tx| slice::list(tx, &s.actor, &s.state.memory, day(s, asked.on)))?;
    let all = gaps.map(|gaps| gaps.gaps).unwrap_or_default();
    let chosen = |it: &Listed| {
        asked.town.is_none_or(|town| it.town.uuid() == town)
            && asked.kind.is_none_or(|Code(kind)| it.kind == kind)
            && asked.standing.is_none_or(|Code(standing)| it.standing == standing)
    };
    let rows = all.into_iter().filter(chosen).collect();
    Ok(Page::cut(rows, asked.after.as_ref(), asked.limit, |it: &Listed| it.id.uuid())?.map(|it| gap(&it)))
}

/// Gaps that are handed out.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct HandOut {
    /// The gaps.
    #[schema(min_items = 1)]
    gaps: Vec<Uuid>,
    /// By when they have to be there: today or later.
    due: Date,
    /// What is said with them; empty for nothing.
    #[schema(max_length = 200)]
    note: String,
}

/// Gaps that are chased, or crossed off.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Gaps {
    /// The gaps.
    #[schema(min_items = 1)]
    gaps: Vec<Uuid>,
}

fn ids(gaps: &[Uuid]) -> Vec<GapId> {
    gaps.iter().map(|id| GapId::from_uuid(*id)).collect()
}

/// POST `/api/v1/gaps/hand-out`.
fn hand_out(s: &Shell, posted: &Posted, _: Nothing, sent: HandOut) -> Result<(), Fault> {
    let (ids, Date(due)) = (ids(&sent.gaps), sent.due);
    once(s, posted, |tx, call| slice::hand_out(tx, call, &ids, due, &sent.note))
}

/// POST `/api/v1/gaps/chase`.
fn chase(s: &Shell, posted: &Posted, _: Nothing, sent: Gaps) -> Result<(), Fault> {
    let ids = ids(&sent.gaps);
    once(s, posted, |tx, call| slice::chase(tx, call, &ids))
}

/// POST `/api/v1/gaps/cross-off`.
fn cross_off(s: &Shell, posted: &Posted, _: Nothing, sent: Gaps) -> Result<(), Fault> {
    let ids = ids(&sent.gaps);
    once(s, posted, |tx, call| slice::cross_off(tx, call, &ids))
}

/// Community workers of the whole district: how many the handbook asks for, and how many are in post.
#[derive(Debug, Serialize, ToSchema)]
struct Workers {
    /// Residents of the communities of the list.
    residents: i64,
    /// Per 10,000 residents.
    per_ten_thousand: i64,
    /// Asked for.
    needed: i64,
    /// Posts that have a holder.
    in_post: i64,
    /// Posts.
    posts: i64,
}

/// GET `/api/v1/workers`.
fn workers(s: &Shell, _: Nothing, asked: AsOf) -> Result<Workers, Fault> {
    let found = s.state.read(|tx| slice::workers(tx, &s.actor, &s.state.memory, day(s, asked.on)))?;
    let found = found.ok_or(Fault::Absent)?;
    Ok(Workers {
        residents: found.residents,
        per_ten_thousand: found.per_ten_thousand,
        needed: found.needed,
        in_post: found.in_post,
        posts: found.posts,
    })
}

/// What is wrong in the register.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct FindingsOf {
    /// As of this day; today without it.
    on: Option<Date>,
    /// Of this town; whoever is responsible for a part sees that part.
    town: Option<Uuid>,
    /// Of this kind.
    check: Option<Check>,
    /// At most so many rows.
    limit: Option<Limit>,
    /// Go on after this row.
    after: Option<After>,
}

/// Something that is wrong.
#[derive(Debug, Serialize, ToSchema)]
struct Finding {
    /// What.
    check: Check,
    /// How bad it is.
    grade: FindingGrade,
    /// The community.
    community: Uuid,
    /// Its code.
    code: String,
    /// Its town.
    town: Uuid,
    /// How many households, flats or people it is about; null: about the community itself.
    count: Option<i64>,
    /// Households of the community.
    households: i64,
}

/// GET `/api/v1/findings`.
fn findings(s: &Shell, _: Nothing, asked: FindingsOf) -> Result<Page<Finding>, Fault> {
    let call = Call::new(&s.actor, s.now(), 0);
    // Whoever is responsible for a part sees that part; the district chooses among the towns.
    let own = exchange::scope_of(&call, Action::RegisterRead).unwrap_or(Scope::District);
    let of_town = asked.town.map(|town| Scope::Town(TownId::from_uuid(town)));
    let part = if own == Scope::District { of_town.unwrap_or(own) } else { own };
    let day = day(s, asked.on);
    let all = s.state.read(|tx| exchange::quality(tx, &call, &s.state.memory, day, part))?;
    let chosen = |it: &Found| asked.check.is_none_or(|Code(check)| it.check == check);
    let rows: Vec<Found> = all.into_iter().filter(chosen).collect();
    Ok(Page::cut(rows, asked.after.as_ref(), asked.limit, key)?.map(|it| Finding {
        grade: Code(it.check.grade()),
        check: Code(it.check),
        community: it.community.uuid(),
        code: it.code,
        town: it.town.uuid(),
        count: it.count,
        households: it.households,
    }))
}

/// A key that no two findings share: a community has one of a kind. The kind stands in bits of the id that are random, so
/// that the order stays that of the communities.
fn key(it: &Found) -> Uuid {
    let kind = exchange::Check::ALL.iter().position(|check| *check == it.check).unwrap_or_default();
    let community = it.community.uuid().as_u128();
    Uuid::from_u128(community ^ u128::try_from(kind).unwrap_or_default())
}

/// Of which town.
#[derive(Debug, Deserialize, IntoParams)]
struct OfTown {
    /// Its id. Whoever has a part of it is told of that part.
    town: Uuid,
}

/// How work lies upon stations.
#[derive(Debug, Serialize, ToSchema)]
struct Loads {
    /// The stations, by name.
    stations: Vec<StationLoad>,
    /// What would level the doors.
    lends: Vec<Lend>,
}

/// What lies upon a station.
#[derive(Debug, Serialize, ToSchema)]
struct StationLoad {
    /// The station.
    station: Uuid,
    /// Posts that somebody holds.
    in_post: i64,
    /// Households that it serves.
    households: i64,
    /// Households to be called on within 45 days.
    doors: i64,
    /// Matters that run.
    running: i64,
    /// Those of them past their day.
    overdue: i64,
    /// Referrals that are open.
    referrals: i64,
}

/// Doors that one station could take over from another.
#[derive(Debug, Serialize, ToSchema)]
struct Lend {
    /// Whose they are.
    from: Uuid,
    /// Who would go there.
    to: Uuid,
    /// How many.
    doors: i64,
}

/// GET `/api/v1/towns/{town}/load`.
fn load(s: &Shell, of: OfTown, _: Nothing) -> Result<Loads, Fault> {
    let town = Some(TownId::from_uuid(of.town));
    let loads = s.state.read(|tx| desk::load(tx, &s.actor, &s.state.memory, town, s.today()))?;
    let lends = desk::levelling(&loads).into_iter();
    let stations = loads.into_iter().map(|it| StationLoad {
        station: it.station.id.uuid(),
        in_post: it.station.in_post,
        households: it.households,
        doors: it.doors,
        running: it.running,
        overdue: it.overdue,
        referrals: it.referrals,
    });
    Ok(Loads {
        stations: stations.collect(),
        lends: lends.map(|it| Lend { from: it.from.uuid(), to: it.to.uuid(), doors: it.doors }).collect(),
    })
}

/// What is due for whoever asks.
#[derive(Debug, Serialize, ToSchema)]
struct Desk {
    /// Work that waits, what breaks first at the top.
    due: Vec<Due>,
}

/// Work that waits.
#[derive(Debug, Serialize, ToSchema)]
struct Due {
    /// `matters-overdue`, `matters-today`, `visits-today`, `visits-waiting`, `matters-extension`, `gaps-overdue`, `referrals-overdue`, `rounds-late`,
    /// `proposals`, `forms-awaited`, `gaps-handed-out`, `gaps-listed`, `gaps-there`, `matters-call-back`, `unlocated`.
    task: String,
    /// How much of it.
    count: usize,
    /// The communities it is about, where the list is of communities.
    communities: Vec<Uuid>,
}

fn task(task: Task) -> &'static str {
    match task {
        Task::MattersOverdue => "matters-overdue",
        Task::MattersToday => "matters-today",
        Task::VisitsToday => "visits-today",
        Task::VisitsWaiting => "visits-waiting",
        Task::MattersExtension => "matters-extension",
        Task::MattersCallBack => "matters-call-back",
        Task::GapsOverdue => "gaps-overdue",
        Task::ReferralsOverdue => "referrals-overdue",
        Task::RoundsLate => "rounds-late",
        Task::Proposals => "proposals",
        Task::FormsAwaited => "forms-awaited",
        Task::GapsHandedOut => "gaps-handed-out",
        Task::GapsListed => "gaps-listed",
        Task::GapsThere => "gaps-there",
        Task::Unlocated => "unlocated",
    }
}

/// GET `/api/v1/desk`.
fn desk(s: &Shell, _: Nothing, _: Nothing) -> Result<Desk, Fault> {
    let desk = s.state.read(|tx| desk::today(tx, &s.actor, &s.state.memory, s.today()))?;
    let due = |it: desk::Due| Due {
        task: task(it.task).to_owned(),
        count: it.count,
        communities: it.communities.into_iter().map(CommunityId::uuid).collect(),
    };
    Ok(Desk { due: desk.due.into_iter().map(due).collect() })
}
