//! Rounds, doors, households and needs, for those who may read them.

use std::collections::{HashMap, HashSet};

use base::{Day, Instant};
use db::{Tx, params};

use super::needs::{FoundNeed, became};
use super::rules::{Category, Due, Frequency, Known, Mark, Outcome, Slot, Why, due};
use super::{record, scope_of, store};
use crate::Memory;
use crate::kit::{
    AccountId, Actor, CommunityId, Error, MarkId, PostId, Result, RoundId, Scope, StationId, StopId,
    TenancyId, VisitId,
};
use crate::people::{Action, authorise, may, person_of};
use crate::register::{self, Household};
use crate::stations::{self, Station};

/// The most households that lie on a device: today's round, and who else is due near it.
pub const PACK: usize = 200;
/// How far back a door that stayed shut is remembered when the next slot is chosen.
const SHUT_DAYS: i64 = 120;

pub(super) fn outcome(name: &str) -> Result<Outcome> {
    Outcome::parse(name).ok_or_else(|| Error::Internal(format!("no visit ends “{name}”")))
}

/// A household that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueLine {
    /// Where it lives.
    pub home: Household,
    /// Why and by when.
    pub due: Due,
    /// When to come.
    pub slot: Slot,
}

/// Households of a community that are due by a day or soon after, with the slot of a day. The caller has asked permission.
pub(super) fn due_of(
    tx: &mut Tx<'_>,
    (community, frequency): (CommunityId, Frequency),
    (today, day, before): (Day, Day, Day),
) -> Result<Vec<DueLine>> {
    let mut contacts: HashMap<TenancyId, Day> = HashMap::new();
    for mut row in tx.query(&store::LAST_CONTACTS, params![community, today])? {
        contacts.insert(row.get(0)?, row.get(1)?);
    }
    let mut shut: HashMap<TenancyId, Slot> = HashMap::new();
    let mut gone: HashSet<TenancyId> = HashSet::new();
    for mut row in tx.query(&store::LAST_VISITS, params![community, today - SHUT_DAYS, today])? {
        let (tenancy, ended, slot): (TenancyId, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        gone.remove(&tenancy);
        match (outcome(&ended)?, Slot::parse(&slot)) {
            (Outcome::Absent, Some(slot)) => {
                shut.insert(tenancy, slot);
            }
            // Found to have moved: the register is to be corrected first.
            (Outcome::Moved, _) => {
                gone.insert(tenancy);
            }
            _ => {
                shut.remove(&tenancy);
            }
        }
    }
    let (mut priority, mut events) = (HashSet::new(), HashMap::new());
    for mut row in tx.query(&store::MARKS_OF_COMMUNITY, params![community, today])? {
        let (tenancy, kind): (TenancyId, String) = (row.get(0)?, row.get(1)?);
        if kind == Mark::Priority.as_str() {
            priority.insert(tenancy);
        } else {
            events.insert(tenancy, row.get::<Day>(2)?);
        }
    }
    let mut lines = Vec::new();
    for home in register::households(tx, community, day)? {
        let tenancy = home.tenancy;
        let known = Known {
            from: home.from,
            contact: contacts.get(&tenancy).copied(),
            priority: priority.contains(&tenancy),
            event: events.get(&tenancy).copied(),
        };
        let due = due(frequency, known);
        if due.by < before && !gone.contains(&tenancy) {
            lines.push(DueLine { slot: Slot::for_household(day, shut.get(&tenancy).copied()), due, home });
        }
    }
    Ok(lines)
}

/// The stations whose rounds the reader may see, by name.
pub fn stations_of(tx: &mut Tx<'_>, actor: &Actor, day: Day) -> Result<Vec<Station>> {
    authorise(actor, Action::VisitRead, actor.scope())?;
    let mut own = Vec::new();
    for station in stations::stations(tx, day)?.into_iter().filter(|it| it.is_open(day)) {
        let mut seen = may(actor, Action::VisitRead, station_scope(&station));
        if let (false, Scope::Community { community, .. }) = (seen, actor.scope()) {
            let service = stations::service_of(tx, community, day)?;
            seen = service.is_some_and(|(id, _)| id == station.id);
        }
        if seen {
            own.push(station);
        }
    }
    Ok(own)
}

/// How long a round that was not walked to its end is told of: afterwards its doors are due again by themselves.
pub const ROUND_LATE_DAYS: i64 = 14;

/// A round of an earlier day that was not walked to its end.
#[derive(Debug, Clone)]
pub struct LateRound {
    /// The round.
    pub id: RoundId,
    /// Its day.
    pub day: Day,
    /// Its station.
    pub station: Station,
    /// Whose it is.
    pub post: PostId,
    /// Households that live there and were not tried since: never 0.
    pub left: i64,
}

/// Rounds of earlier days, of stations of the reader's part, on which somebody was not tried since; the earliest first.
pub fn late_rounds(tx: &mut Tx<'_>, actor: &Actor, day: Day) -> Result<Vec<LateRound>> {
    let mut late = Vec::new();
    for station in stations_of(tx, actor, day)? {
        for mut row in tx.query(&store::LATE_ROUNDS, params![station.id, day - ROUND_LATE_DAYS, day])? {
            let (id, of, post, left) = (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
            late.push(LateRound { id, day: of, station: station.clone(), post, left });
        }
    }
    late.sort_by_key(|round| (round.day, round.id));
    Ok(late)
}

/// How many rounds of the reader's part were not walked to their end. The district has no station of its own: there it is looked at
/// by towns, as its thousands of doors would be read for one number that nobody there acts on.
pub(crate) fn count_late_rounds(tx: &mut Tx<'_>, actor: &Actor, day: Day) -> Result<usize> {
    if actor.scope() == Scope::District {
        return Ok(0);
    }
    Ok(late_rounds(tx, actor, day)?.len())
}

pub(crate) fn station_scope(station: &Station) -> Scope {
    station.grid.map_or(Scope::Town(station.town), |grid| Scope::Grid { town: station.town, grid })
}

/// A post of a station that somebody holds, by its place among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Post {
    /// The post.
    pub id: PostId,
    /// 1, 2, …: what people call it by.
    pub number: usize,
    /// Is the reader the one who holds it?
    pub own: bool,
}

/// A door of a round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    /// The door.
    pub id: StopId,
    /// Who lives there.
    pub home: Household,
    /// When.
    pub slot: Slot,
    /// Why.
    pub why: Why,
    /// By when.
    pub by: Day,
    /// Minutes at the door.
    pub visit_minutes: i64,
    /// Minutes from the door before.
    pub walk_minutes: i64,
    /// How the visit of the day ended; `None`: it is still to be made.
    pub found: Option<Outcome>,
}

/// The round of a post on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Round {
    /// The round.
    pub id: RoundId,
    /// Whose.
    pub post: PostId,
    /// Counts up with every change.
    pub version: i64,
    /// Minutes for the way back.
    pub back_minutes: i64,
    /// Its doors, in their order.
    pub stops: Vec<Stop>,
}

impl Round {
    /// The doors that somebody still has to knock at.
    pub fn left(&self, day: Day) -> impl Iterator<Item = &Stop> {
        self.stops.iter().filter(move |stop| stop.found.is_none() && stop.home.is_there(day))
    }

    /// Minutes at doors, and minutes on the way.
    pub fn minutes(&self) -> (i64, i64) {
        let visits = self.stops.iter().map(|stop| stop.visit_minutes).sum();
        (visits, self.stops.iter().map(|stop| stop.walk_minutes).sum::<i64>() + self.back_minutes)
    }
}

/// A station's rounds of a day.
#[derive(Debug, Clone)]
pub struct StationRounds {
    /// The station.
    pub station: Station,
    /// The posts that somebody holds on the day.
    pub posts: Vec<Post>,
    /// The rounds, by posts.
    pub rounds: Vec<Round>,
    /// What the next plan of the day has to have seen.
    pub version: i64,
    /// May the reader plan?
    pub may_plan: bool,
}

/// The rounds of a station on a day.
pub fn station_rounds(tx: &mut Tx<'_>, actor: &Actor, station: StationId, day: Day) -> Result<StationRounds> {
    let station = stations_of(tx, actor, day)?.into_iter().find(|it| it.id == station);
    let station = station.ok_or(Error::Absent("station"))?;
    let person = actor.account.map(|account| person_of(tx, account)).transpose()?;
    let held = stations::held_posts(tx, station.id, day)?.into_iter().enumerate();
    let posts = held.map(|(place, (id, holder))| Post { id, number: place + 1, own: Some(holder) == person });
    let posts: Vec<Post> = posts.collect();
    let rounds = rounds(tx, station.id, day)?;
    Ok(StationRounds {
        version: rounds.iter().map(|it| it.version).max().unwrap_or(0),
        may_plan: may(actor, Action::VisitPlan, station_scope(&station)),
        station,
        posts,
        rounds,
    })
}

/// The round of a day that is the reader's own: of the first station where they hold a post, as its page shows it.
pub(crate) fn own_round(tx: &mut Tx<'_>, actor: &Actor, day: Day) -> Result<Option<Round>> {
    for station in stations_of(tx, actor, day)? {
        let here = station_rounds(tx, actor, station.id, day)?;
        if !here.posts.iter().any(|post| post.own) {
            continue;
        }
        let own = |round: &Round| here.posts.iter().any(|post| post.own && post.id == round.post);
        return Ok(here.rounds.into_iter().find(own));
    }
    Ok(None)
}

pub(super) fn rounds(tx: &mut Tx<'_>, station: StationId, day: Day) -> Result<Vec<Round>> {
    let mut stops: HashMap<RoundId, Vec<Stop>> = HashMap::new();
    for mut row in tx.query(&store::STOPS, params![station, day])? {
        let home = Household::read(&mut row, 0)?;
        let (slot, why): (String, String) = (row.get(12)?, row.get(13)?);
        let found: Option<String> = row.get(17)?;
        let stop = Stop {
            id: row.get(9)?,
            home,
            slot: Slot::parse(&slot).ok_or_else(|| Error::Internal(format!("there is no slot “{slot}”")))?,
            why: Why::parse(&why).ok_or_else(|| Error::Internal(format!("nobody is due for “{why}”")))?,
            by: row.get(14)?,
            visit_minutes: row.get(15)?,
            walk_minutes: row.get(16)?,
            found: found.map(|found| outcome(&found)).transpose()?,
        };
        stops.entry(row.get(10)?).or_default().push(stop);
    }
    tx.query(&store::ROUNDS, params![station, day])?
        .into_iter()
        .map(|mut row| {
            let id = row.get(0)?;
            Ok(Round {
                id,
                post: row.get(1)?,
                back_minutes: row.get(2)?,
                version: row.get(3)?,
                stops: stops.remove(&id).unwrap_or_default(),
            })
        })
        .collect()
}

/// Who of a station's households is due by a day or soon after, the most urgent first, at most so many; and how many in all.
pub fn due_in(
    tx: &mut Tx<'_>,
    actor: &Actor,
    memory: &Memory,
    (station, today): (StationId, Day),
    most: usize,
) -> Result<(Vec<DueLine>, usize)> {
    let seen = stations_of(tx, actor, today)?.iter().any(|it| it.id == station);
    if !seen {
        return Err(Error::Absent("station"));
    }
    let mut lines = super::plan::due_of_station(tx, memory, station, (today, today))?;
    lines.retain(|line| may(actor, Action::VisitRead, Scope::District) || in_part(actor, line));
    let count = lines.len();
    lines.sort_by_key(|line| (line.due.why, line.due.by, line.home.tenancy));
    lines.truncate(most);
    Ok((lines, count))
}

/// How many of a station's households are due by a day or soon after. The caller has asked permission.
pub(crate) fn doors_due(tx: &mut Tx<'_>, memory: &Memory, station: StationId, day: Day) -> Result<usize> {
    Ok(super::plan::due_of_station(tx, memory, station, (day, day))?.len())
}

/// Whoever is there for one community sees its households only.
fn in_part(actor: &Actor, line: &DueLine) -> bool {
    match actor.scope() {
        Scope::Community { community, .. } => line.home.community == community,
        _ => true,
    }
}

/// What was found at a visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The visit.
    pub id: VisitId,
    /// Its day.
    pub day: Day,
    /// When.
    pub at: Instant,
    /// How it ended.
    pub outcome: Outcome,
    /// Who told it.
    pub by: Option<AccountId>,
    /// What the household needs.
    pub needs: Vec<FoundNeed>,
    /// Whether something was said in confidence.
    pub has_note: bool,
    /// What it said of how it is served, if anything.
    pub satisfied: Option<bool>,
}

/// A household with its visits.
#[derive(Debug, Clone)]
pub struct HouseholdSheet {
    /// Where it lives.
    pub home: Household,
    /// As a part of the district.
    pub scope: Scope,
    /// Does it live there today?
    pub is_there: bool,
    /// Why and by when somebody is to come; `None`: it moved away, or no handbook says so.
    pub due: Option<Due>,
    /// Its visits, the latest first.
    pub visits: Vec<Found>,
    /// What it is marked by, and since when.
    pub marks: Vec<(MarkId, Mark, Day)>,
}

/// A household with its visits, for who may read them.
pub fn household(
    tx: &mut Tx<'_>,
    actor: &Actor,
    memory: &Memory,
    tenancy: TenancyId,
    day: Day,
) -> Result<HouseholdSheet> {
    authorise(actor, Action::VisitRead, actor.scope())?;
    let home = register::household(tx, tenancy)?.ok_or(Error::Absent("household"))?;
    let scope = scope_of(tx, memory, home.community, day)?;
    authorise(actor, Action::VisitRead, scope)?;
    let mut needs: HashMap<VisitId, Vec<FoundNeed>> = HashMap::new();
    for mut row in tx.query(&store::NEEDS_OF, params![tenancy])? {
        let name: String = row.get(2)?;
        let found = FoundNeed {
            id: row.get(1)?,
            category: category(&name)?,
            consent: row.get(3)?,
            became: became(&mut row, 4)?,
        };
        needs.entry(row.get(0)?).or_default().push(found);
    }
    let mut visits = Vec::new();
    for mut row in tx.query(&store::VISITS_OF, params![tenancy])? {
        let (id, ended): (VisitId, String) = (row.get(0)?, row.get(3)?);
        visits.push(Found {
            id,
            day: row.get(1)?,
            at: row.get(2)?,
            outcome: outcome(&ended)?,
            by: row.get(4)?,
            needs: needs.remove(&id).unwrap_or_default(),
            has_note: row.get(5)?,
            satisfied: row.get(6)?,
        });
    }
    let mut marks = Vec::new();
    for mut row in tx.query(&store::MARKS_OF, params![tenancy, day])? {
        let kind: String = row.get(1)?;
        let kind = Mark::parse(&kind).ok_or_else(|| Error::Internal(format!("no household is “{kind}”")))?;
        marks.push((row.get(0)?, kind, row.get(2)?));
    }
    let is_there = home.is_there(day);
    let frequency = record::frequencies(tx, memory, day)?.get(&home.community).copied();
    let known = Known {
        from: home.from,
        contact: visits.iter().find(|it| it.outcome.is_contact()).map(|it| it.day),
        priority: marks.iter().any(|it| it.1 == Mark::Priority),
        event: marks.iter().rev().find(|it| it.1 == Mark::Event).map(|it| it.2),
    };
    let due = frequency.filter(|_| is_there).map(|frequency| due(frequency, known));
    Ok(HouseholdSheet { home, scope, is_there, due, visits, marks })
}

pub(super) fn category(name: &str) -> Result<Category> {
    Category::parse(name).ok_or_else(|| Error::Internal(format!("nobody needs “{name}”")))
}

/// What lies on a device: a round, and who else is due, at most [`PACK`] households together.
#[derive(Debug, Clone)]
pub struct Pack {
    /// The day.
    pub day: Day,
    /// The round.
    pub round: Option<Round>,
    /// Others who are due.
    pub due: Vec<DueLine>,
}

/// What is to lie on a device of the reader for a round of the day; without one: the reader's own, or, of whoever holds no
/// post, the first there is.
pub fn pack(
    tx: &mut Tx<'_>,
    actor: &Actor,
    memory: &Memory,
    round: Option<RoundId>,
    day: Day,
) -> Result<Pack> {
    let mut chosen: Option<(StationId, Round)> = None;
    for station in stations_of(tx, actor, day)? {
        let of_station = station_rounds(tx, actor, station.id, day)?;
        let own = |it: &Round| of_station.posts.iter().any(|post| post.own && post.id == it.post);
        let wanted =
            of_station.rounds.iter().find(|it| round.map_or_else(|| own(it), |round| it.id == round));
        if let Some(wanted) = wanted {
            chosen = Some((station.id, wanted.clone()));
            break;
        }
        if let (None, None, Some(first)) = (&chosen, round, of_station.rounds.first()) {
            chosen = Some((station.id, first.clone()));
        }
    }
    let Some((station, mut found)) = chosen else { return Ok(Pack { day, round: None, due: Vec::new() }) };
    found.stops.truncate(PACK);
    let on_it: HashSet<TenancyId> = found.stops.iter().map(|stop| stop.home.tenancy).collect();
    let (mut due, _) = due_in(tx, actor, memory, (station, day), PACK)?;
    due.retain(|line| !on_it.contains(&line.home.tenancy));
    due.truncate(PACK - found.stops.len());
    Ok(Pack { day, round: Some(found), due })
}
