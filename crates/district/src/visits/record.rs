//! Visits are told, one or a month of them: those that fit are written, those that no longer fit wait in the inbox.

use std::collections::{BTreeMap, HashMap, HashSet};

use base::{Day, Instant, Uuid};
use db::{Tx, Value, params};

use super::rules::{Category, Frequency, LATE_DAYS, LONGEST_NOTE, Mark, Misfit, Outcome, Slot};
use super::{notes, scope_of, store};
use crate::Memory;
use crate::coverage::{self, Tell};
use crate::kit::{
    AccountId, Call, CommunityId, Entry, Error, NeedId, Refusal, Result, RoundId, Scope, TenancyId, VisitId,
    record as log,
};
use crate::notices::{self, About, Kind, Notice, Thing, To};
use crate::people::vault::Vault;
use crate::people::{Action, may};
use crate::register;

/// Visits up to which each is looked up by itself; beyond, everything is read once for all.
const FEW: usize = 200;
/// A device's clock may be ahead of ours by so much before a time counts as one that has not come.
const AHEAD_MILLIS: i64 = 15 * 60_000;

/// What telling a visit needs beside it.
#[derive(Debug, Clone, Copy)]
pub struct Keeping<'a> {
    /// Seals what was said in confidence.
    pub vault: &'a Vault,
    /// What is kept of the district.
    pub memory: &'a Memory,
}

/// A visit as it is told.
#[derive(Clone, PartialEq, Eq)]
pub struct NewVisit {
    /// Given by whoever made it: the same id again is the same visit.
    pub id: VisitId,
    /// Whom.
    pub household: TenancyId,
    /// The round it was on; `None`: on no round.
    pub round: Option<RoundId>,
    /// When.
    pub at: Instant,
    /// When, by the clock of the device that told it. It does not change when the same visit is sent again.
    pub told_at: Instant,
    /// How it ended.
    pub outcome: Outcome,
    /// What the household needs, and whether it agreed that whoever helps is told.
    pub needs: Vec<(Category, bool)>,
    /// Whether the household said that it is satisfied with how it is served; `None`: it said nothing of it.
    pub satisfied: Option<bool>,
    /// What was said in confidence.
    pub note: Option<String>,
}

/// Says no more than which: what was said reaches no log.
impl std::fmt::Debug for NewVisit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewVisit").field("id", &self.id).finish_non_exhaustive()
    }
}

/// What became of a visit that was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receipt {
    /// The visit.
    pub id: VisitId,
    /// Why it waits in the inbox; `None`: it is recorded.
    pub waits: Option<Misfit>,
}

/// A visit that fits, with what was found out about it.
pub(super) struct Made<'a> {
    pub visit: &'a NewVisit,
    pub community: CommunityId,
    pub account: Option<AccountId>,
    pub recorded_at: Instant,
    /// Until when it counts as contact; `None`: nobody was reached.
    pub until: Option<Day>,
    pub note: Option<Vec<u8>>,
}

/// Tells visits. Each has a receipt, in their order; one that came before has the receipt that it had then.
pub fn record(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    keeping: Keeping<'_>,
    visits: &[NewVisit],
) -> Result<Vec<Receipt>> {
    call.tries(Action::VisitWrite, visits.first().map(|it| it.household.uuid()));
    if !call.actor.grants.iter().any(|grant| may(call.actor, Action::VisitWrite, grant.scope)) {
        return Err(Error::Forbidden(Action::VisitWrite));
    }
    visits.iter().try_for_each(check)?;
    if visits.iter().any(|it| it.note.is_some()) {
        crate::people::vault::may_seal(tx, keeping.vault, call.today())?;
    }
    let mut before = earlier(tx, visits)?;
    let ground = Ground::read(tx, call, keeping.memory, visits)?;
    let mut receipts = Vec::with_capacity(visits.len());
    let (mut made, mut waiting) = (Vec::new(), Vec::new());
    let mut doors = ground.doors.clone();
    for visit in visits {
        if let Some((household, outcome, waits)) = before.get(&visit.id) {
            if (*household, *outcome) != (visit.household, visit.outcome) {
                return Err(Refusal::new("visits-refused-id-used").at("id").into());
            }
            receipts.push(Receipt { id: visit.id, waits: *waits });
            continue;
        }
        let home = ground.homes.get(&visit.household).ok_or(Error::Absent("household"))?;
        let note = notes::seal(call, keeping.vault, visit.id, visit.note.as_deref())?;
        let waits = ground.misfit(call, visit, home, &doors);
        before.insert(visit.id, (visit.household, visit.outcome, waits));
        receipts.push(Receipt { id: visit.id, waits });
        let until = ground.until(visit, home);
        let account = call.actor.account;
        let it = Made { visit, community: home.community, account, recorded_at: call.now, until, note };
        if let Some(why) = waits {
            waiting.push((it, why));
        } else {
            doors.insert((visit.household, visit.at.day()), account);
            made.push(it);
        }
    }
    keep_waiting(tx, call, &waiting)?;
    tell_coverage(tx, call, &made)?;
    if made.is_empty() && waiting.is_empty() {
        return Ok(receipts);
    }
    let ids: Vec<Uuid> =
        made.iter().chain(waiting.iter().map(|(it, _)| it)).map(|it| it.visit.id.uuid()).collect();
    log(tx, call, Entry { action: Action::VisitWrite, objects: &ids, fields: "outcome needs note" })?;
    Ok(receipts)
}

fn check(visit: &NewVisit) -> Result<()> {
    if visit.note.as_ref().is_some_and(|note| note.chars().count() > LONGEST_NOTE) {
        return Err(Refusal::new("visits-refused-note").with("most", LONGEST_NOTE).at("note").into());
    }
    let mut seen = HashSet::new();
    if !visit.needs.iter().all(|(category, _)| seen.insert(*category)) {
        return Err(Refusal::new("visits-refused-need-twice").at("needs").into());
    }
    if !visit.needs.is_empty() && !visit.outcome.is_contact() {
        return Err(Refusal::new("visits-refused-need-of-nobody").at("needs").into());
    }
    if visit.satisfied.is_some() && !visit.outcome.is_contact() {
        return Err(Refusal::new("visits-refused-word-of-nobody").at("satisfied").into());
    }
    Ok(())
}

/// Whose a visit was that came before, how it ended, and its receipt. What was said is not compared: a device sends again
/// what it sent.
type Earlier = HashMap<VisitId, (TenancyId, Outcome, Option<Misfit>)>;

/// Those that came before, with their receipts.
fn earlier(tx: &mut Tx<'_>, visits: &[NewVisit]) -> Result<Earlier> {
    let mut found = Earlier::new();
    let ids = visits.iter().map(|it| it.id);
    let Some((least, most)) = ids.clone().min().zip(ids.max()) else { return Ok(found) };
    // Ids begin with their time: between those of a month of visits there is mostly nothing, which is one question.
    if tx.one(&store::COUNT_BETWEEN, params![least, most])?.get::<i64>(0)? == 0 {
        return Ok(found);
    }
    for visit in visits {
        if let Some(mut row) = tx.find(&store::RECEIPT, params![visit.id])? {
            found.insert(visit.id, (row.get(0)?, super::read::outcome(&row.get::<String>(1)?)?, None));
        } else if let Some(mut row) = tx.find(&store::WAITING_RECEIPT, params![visit.id])? {
            let (outcome, reason): (String, String) = (row.get(1)?, row.get(2)?);
            let known = (row.get(0)?, super::read::outcome(&outcome)?, Some(misfit(&reason)?));
            found.insert(visit.id, known);
        }
    }
    Ok(found)
}

pub(super) fn misfit(name: &str) -> Result<Misfit> {
    Misfit::parse(name).ok_or_else(|| Error::Internal(format!("no visit waits for “{name}”")))
}

struct HomeOf {
    community: CommunityId,
    from: Day,
    to: Option<Day>,
}

/// Who was at which door on which day.
type Doors = HashMap<(TenancyId, Day), Option<AccountId>>;

/// What visits are held against, read once for all of them.
struct Ground {
    homes: HashMap<TenancyId, HomeOf>,
    scopes: HashMap<CommunityId, Scope>,
    frequencies: HashMap<CommunityId, Frequency>,
    priority: HashSet<TenancyId>,
    doors: Doors,
    stops: HashSet<(RoundId, TenancyId)>,
}

impl Ground {
    fn read(tx: &mut Tx<'_>, call: &Call<'_>, memory: &Memory, visits: &[NewVisit]) -> Result<Self> {
        let days = visits.iter().map(|it| it.at.day());
        let (first, last) = (days.clone().min().unwrap_or(call.today()), days.max().unwrap_or(call.today()));
        let homes = homes(tx, visits, first, last)?;
        let communities: HashSet<CommunityId> = homes.values().map(|home| home.community).collect();
        let mut ground = Self {
            homes,
            scopes: HashMap::new(),
            frequencies: frequencies(tx, memory, call.today())?,
            priority: HashSet::new(),
            doors: Doors::new(),
            stops: HashSet::new(),
        };
        for community in communities {
            ground.scopes.insert(community, scope_of(tx, memory, community, call.today())?);
            for mut row in tx.query(&store::DOORS, params![community, first, last])? {
                ground.doors.insert((row.get(0)?, row.get(1)?), row.get(2)?);
            }
            for mut row in tx.query(&store::MARKED, params![community, Mark::Priority.as_str(), last])? {
                ground.priority.insert(row.get(0)?);
            }
        }
        let rounds: HashSet<RoundId> = visits.iter().filter_map(|it| it.round).collect();
        for round in rounds {
            for mut row in tx.query(&store::DOORS_OF_ROUND, params![round])? {
                ground.stops.insert((round, row.get(0)?));
            }
        }
        Ok(ground)
    }

    /// Why a visit does not fit, asked in this order.
    fn misfit(&self, call: &Call<'_>, visit: &NewVisit, home: &HomeOf, doors: &Doors) -> Option<Misfit> {
        let day = visit.at.day();
        let by_account = call.actor.account.is_some();
        let late = by_account && day < call.today() - LATE_DAYS;
        if late || visit.at.millis() > call.now.millis() + AHEAD_MILLIS {
            return Some(Misfit::Clock);
        }
        let there = home.from <= day && home.to.is_none_or(|to| to > day);
        // That they have moved is what was found at the door.
        if !there && visit.outcome != Outcome::Moved {
            return Some(Misfit::Moved);
        }
        let scope = self.scopes.get(&home.community).copied().unwrap_or(Scope::District);
        if !may(call.actor, Action::VisitWrite, scope) {
            return Some(Misfit::NotYours);
        }
        if visit.round.is_some_and(|round| !self.stops.contains(&(round, visit.household))) {
            return Some(Misfit::HandedOver);
        }
        let other = doors.get(&(visit.household, day)).is_some_and(|account| *account != call.actor.account);
        other.then_some(Misfit::Twice)
    }

    /// Until when a visit counts as contact.
    fn until(&self, visit: &NewVisit, home: &HomeOf) -> Option<Day> {
        let frequency = self.frequencies.get(&home.community).filter(|_| visit.outcome.is_contact())?;
        Some(frequency.until(visit.at.day(), self.priority.contains(&visit.household)))
    }
}

fn homes(tx: &mut Tx<'_>, visits: &[NewVisit], first: Day, last: Day) -> Result<HashMap<TenancyId, HomeOf>> {
    let mut homes = HashMap::with_capacity(visits.len());
    if visits.len() > FEW {
        let wanted: HashSet<TenancyId> = visits.iter().map(|it| it.household).collect();
        for it in register::households_between(tx, first, last)? {
            if wanted.contains(&it.tenancy) {
                homes.insert(it.tenancy, HomeOf { community: it.community, from: it.from, to: it.to });
            }
        }
    }
    for visit in visits {
        if !homes.contains_key(&visit.household)
            && let Some(home) = register::household(tx, visit.household)?
        {
            let home = HomeOf { community: home.community, from: home.from, to: home.to };
            homes.insert(visit.household, home);
        }
    }
    Ok(homes)
}

/// How often the handbook of a day wants the households of each community contacted.
pub(super) fn frequencies(
    tx: &mut Tx<'_>,
    memory: &Memory,
    day: Day,
) -> Result<HashMap<CommunityId, Frequency>> {
    let Some((id, handbook)) = memory.in_force(tx, day)? else { return Ok(HashMap::new()) };
    let roll = memory.roll(tx, day)?;
    let prescribed = memory.prescribed(tx, (id, &handbook), day)?;
    let each = roll.communities().iter().zip(prescribed.iter());
    Ok(each.filter_map(|(community, it)| Some((community.id, Frequency::of(it)?))).collect())
}

/// Writes visits that fit, and with each contact until when it counts: the one place through which a household becomes
/// contacted ([`coverage::tell`]).
pub(super) fn tell_coverage(tx: &mut Tx<'_>, call: &mut Call<'_>, made: &[Made<'_>]) -> Result<()> {
    let rows = made.iter().map(|it| -> [Value; 12] {
        let day = it.visit.at.day();
        [
            it.visit.id.into(),
            it.visit.household.into(),
            it.community.into(),
            day.into(),
            it.visit.at.into(),
            it.recorded_at.into(),
            it.visit.outcome.as_str().into(),
            slot_of(it.visit.at).as_str().into(),
            it.until.into(),
            it.account.into(),
            it.note.clone().into(),
            it.visit.satisfied.into(),
        ]
    });
    tx.bulk(&store::ADD_VISITS, rows)?;
    let needs: Vec<[Value; 7]> = made
        .iter()
        .flat_map(|it| it.visit.needs.iter().map(move |need| (it, need)))
        .map(|(it, (category, consent))| {
            let id: NeedId = call.id();
            [
                id.into(),
                it.visit.id.into(),
                it.visit.household.into(),
                it.community.into(),
                category.as_str().into(),
                (*consent).into(),
                it.visit.at.day().into(),
            ]
        })
        .collect();
    tx.bulk(&store::ADD_NEEDS, needs)?;
    let mut told: Vec<Tell> = Vec::with_capacity(made.len());
    for it in made {
        // Whoever was not reached said nothing.
        let (visit, Some(until)) = (it.visit, it.until) else { continue };
        let (household, id, day) = (visit.household, visit.id.uuid(), visit.at.day());
        told.push(Tell::contacted(household, id, day, until));
        told.extend(visit.satisfied.map(|said| Tell::said(household, id, day, Some(said))));
    }
    coverage::tell(tx, &told)
}

/// Households whose last contact counts on a day, from the visits themselves.
pub(crate) fn contacted(tx: &mut Tx<'_>, day: Day) -> Result<HashSet<TenancyId>> {
    tx.query(&store::CONTACTED, params![day])?.into_iter().map(|mut row| Ok(row.get(0)?)).collect()
}

/// What households said at visits of how they are served: when, and whether it was good.
pub(crate) fn words_said(tx: &mut Tx<'_>) -> Result<Vec<(TenancyId, Instant, bool)>> {
    let rows = tx.query(&store::WORDS_SAID, &[])?;
    rows.into_iter().map(|mut row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).collect()
}

/// The slot of an instant.
pub(super) fn slot_of(at: Instant) -> Slot {
    let day = at.day();
    Slot::of(day, (at.millis() - Instant::at(day, 0, 0).millis()) / 60_000)
}

fn keep_waiting(tx: &mut Tx<'_>, call: &mut Call<'_>, waiting: &[(Made<'_>, Misfit)]) -> Result<()> {
    let rows = waiting.iter().map(|(it, why)| -> [Value; 14] {
        [
            it.visit.id.into(),
            it.visit.household.into(),
            it.community.into(),
            it.visit.round.into(),
            it.visit.at.day().into(),
            it.visit.at.into(),
            call.now.into(),
            it.visit.outcome.as_str().into(),
            slot_of(it.visit.at).as_str().into(),
            needs_text(&it.visit.needs).into(),
            it.account.into(),
            it.note.clone().into(),
            why.as_str().into(),
            it.visit.satisfied.into(),
        ]
    });
    tx.bulk(&store::ADD_WAITING, rows)?;
    // Counted by where they lie: one that is out of somebody's part concerns whoever is there.
    let mut places: BTreeMap<CommunityId, i64> = BTreeMap::new();
    for (it, _) in waiting {
        *places.entry(it.community).or_default() += 1;
    }
    let mut told = Vec::with_capacity(places.len());
    for (community, count) in places {
        let lies = register::last_scope_of(tx, community, call.today())?;
        let kind = Kind::VisitWaits;
        let to = kind.roles().iter().map(|role| To::Role(*role, lies)).collect();
        let code = register::code_of(tx, community)?;
        let about = About { thing: Thing::VisitInbox, id: Some(community.uuid()), code, count };
        told.push(Notice { kind, about, to });
    }
    notices::tell(tx, call, &told)
}

/// Needs as the inbox keeps them: `schooling+ work`, with a plus where the household agreed.
fn needs_text(needs: &[(Category, bool)]) -> String {
    let word = |(category, consent): &(Category, bool)| {
        format!("{}{}", category.as_str(), if *consent { "+" } else { "" })
    };
    needs.iter().map(word).collect::<Vec<_>>().join(" ")
}

/// What [`needs_text`] wrote.
pub(super) fn needs_of(text: &str) -> Vec<(Category, bool)> {
    text.split_whitespace()
        .filter_map(|word| Some((Category::parse(word.trim_end_matches('+'))?, word.ends_with('+'))))
        .collect()
}
