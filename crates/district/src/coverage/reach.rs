//! What is told of households, and the daily rows that follow from it: the one place through which a household becomes contacted,
//! responded to, satisfied.

use std::collections::{BTreeMap, HashMap, HashSet};

use base::{Day, Uuid};
use db::{Row, Tx, Value, params};

use super::households::{Fact, Kind, Reach, Stay, WORD_DAYS, changes, replace};
use super::store;
use crate::kit::daily::{self, Daily};
use crate::kit::{self, Call, CommunityId, Entry, Error, Result, Scope, TenancyId, record};
use crate::people::Action;
use crate::{matters, register, visits};

/// Households up to which each is looked up by itself; beyond, everything is read once for all.
const FEW: usize = 1_000;

/// From a day on, what a source says of a household is this and nothing else.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tell {
    household: TenancyId,
    source: Uuid,
    kind: Kind,
    at: Day,
    fact: Option<Fact>,
}

impl Tell {
    /// A visit on a day met or spoke to it, which counts until before another.
    pub(crate) fn contacted(household: TenancyId, visit: Uuid, day: Day, until: Day) -> Self {
        let fact = Some(Fact::contact(visit, day, until));
        Self { household, source: visit, kind: Kind::Contact, at: day, fact }
    }

    /// From a day on, a matter is overdue from another on unless something happens; `None`: it is not.
    pub(crate) fn due(household: TenancyId, matter: Uuid, at: Day, overdue_from: Option<Day>) -> Self {
        let fact = overdue_from.map(|from| Fact::overdue(matter, from));
        Self { household, source: matter, kind: Kind::Overdue, at, fact }
    }

    /// It said something of how it was helped, or takes back what it said.
    pub(crate) fn said(household: TenancyId, source: Uuid, day: Day, satisfied: Option<bool>) -> Self {
        let fact = satisfied.map(|satisfied| Fact::word(source, day, satisfied));
        Self { household, source, kind: Kind::Word, at: day, fact }
    }
}

/// Takes down what is told, in its order, and changes the daily rows of the days it is about. Part of the operation that tells
/// it: it asks no permission and leaves no audit row of its own.
pub(crate) fn tell(tx: &mut Tx<'_>, told: &[Tell]) -> Result<()> {
    let Some(first) = told.iter().map(|it| it.at).min() else { return Ok(()) };
    let mut by_household: BTreeMap<TenancyId, Vec<&Tell>> = BTreeMap::new();
    for it in told {
        by_household.entry(it.household).or_default().push(it);
    }
    let homes = homes(tx, by_household.keys().copied(), first)?;
    let mut known = facts(tx, by_household.keys().copied(), first)?;
    let (mut days, mut writes) = (Days::default(), Writes::default());
    for (household, told) in by_household {
        let before = known.remove(&household).unwrap_or_default();
        let mut after = before.clone();
        for it in told {
            replace(&mut after, (it.source, it.kind, it.at), it.fact);
        }
        // Of who has moved away since, what was asked for goes on and is no longer counted.
        if let Some((community, stay)) = homes.get(&household) {
            days.add(*community, &changes(*stay, &before), &changes(*stay, &after));
        }
        writes.add(household, &before, &after);
    }
    writes.write(tx)?;
    days.write(tx)
}

/// A household moves out: from its last day on it is not counted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MovedOut {
    pub household: TenancyId,
    pub community: CommunityId,
    pub from: Day,
    /// The day after its last.
    pub on: Day,
}

/// Households that had no end have one now. Part of the operation that ends them.
pub(crate) fn moved_out(tx: &mut Tx<'_>, ended: &[MovedOut]) -> Result<()> {
    let Some(first) = ended.iter().map(|it| it.on).min() else { return Ok(()) };
    let known = facts(tx, ended.iter().map(|it| it.household), first)?;
    let mut days = Days::default();
    for it in ended {
        let Some(facts) = known.get(&it.household) else { continue };
        let stayed = (it.from, Some(it.on));
        days.add(it.community, &changes((it.from, None), facts), &changes(stayed, facts));
    }
    days.write(tx)
}

/// Where households live, and since when; of those who do so on a day or later.
fn homes(
    tx: &mut Tx<'_>,
    households: impl ExactSizeIterator<Item = TenancyId>,
    first: Day,
) -> Result<HashMap<TenancyId, (CommunityId, Stay)>> {
    let mut homes = HashMap::with_capacity(households.len());
    if households.len() <= FEW {
        for id in households {
            if let Some(it) = register::stayed(tx, id)? {
                homes.insert(id, (it.community, (it.from, it.to)));
            }
        }
        return Ok(homes);
    }
    let wanted: HashSet<TenancyId> = households.collect();
    for it in register::households_between(tx, first, LAST)? {
        if wanted.contains(&it.tenancy) {
            homes.insert(it.tenancy, (it.community, (it.from, it.to)));
        }
    }
    Ok(homes)
}

/// Later than anything that is written.
const LAST: Day = Day::from_days(i64::MAX);

/// What is known of households, as far as it holds on a day or later.
fn facts(
    tx: &mut Tx<'_>,
    households: impl ExactSizeIterator<Item = TenancyId>,
    first: Day,
) -> Result<HashMap<TenancyId, Vec<Fact>>> {
    let mut known: HashMap<TenancyId, Vec<Fact>> = HashMap::with_capacity(households.len());
    if households.len() <= FEW {
        for id in households {
            for mut row in tx.query(&store::FACTS_OF, params![id, first])? {
                known.entry(id).or_default().push(read(&mut row)?);
            }
        }
        return Ok(known);
    }
    let wanted: HashSet<TenancyId> = households.collect();
    for mut row in tx.query(&store::FACTS, params![first])? {
        let id: TenancyId = row.get(0)?;
        if wanted.contains(&id) {
            known.entry(id).or_default().push(read(&mut row)?);
        }
    }
    Ok(known)
}

/// Reads the columns after the household.
fn read(row: &mut Row) -> Result<Fact> {
    let kind: String = row.get(2)?;
    let kind = Kind::parse(&kind)
        .ok_or_else(|| Error::Internal(format!("the store says “{kind}” of a household")))?;
    Ok(Fact { source: row.get(1)?, kind, from: row.get(3)?, to: row.get(4)?, satisfied: row.get(5)? })
}

/// Changes of what is known, written together.
#[derive(Default)]
struct Writes {
    gone: Vec<[Value; 4]>,
    changed: Vec<[Value; 6]>,
    fresh: Vec<[Value; 6]>,
}

impl Writes {
    fn add(&mut self, household: TenancyId, before: &[Fact], after: &[Fact]) {
        let find = |facts: &[Fact], fact: &Fact| facts.iter().find(|it| it.key() == fact.key()).copied();
        for fact in before.iter().filter(|fact| find(after, fact).is_none()) {
            let [household, source, kind, from, ..] = row(household, fact);
            self.gone.push([household, source, kind, from]);
        }
        for fact in after {
            match find(before, fact) {
                None => self.fresh.push(row(household, fact)),
                Some(was) if was != *fact => self.changed.push(row(household, fact)),
                Some(_) => {}
            }
        }
    }

    fn write(self, tx: &mut Tx<'_>) -> Result<()> {
        tx.execute_each(&store::DROP_FACT, self.gone)?;
        tx.execute_each(&store::CHANGE_FACT, self.changed)?;
        tx.bulk(&store::ADD_FACTS, self.fresh)?;
        Ok(())
    }
}

fn row(household: TenancyId, fact: &Fact) -> [Value; 6] {
    [
        household.into(),
        fact.source.into(),
        fact.kind.as_str().into(),
        fact.from.into(),
        fact.to.into(),
        fact.satisfied.into(),
    ]
}

/// Changes of how far the households of communities are reached, written once at the end of an operation.
struct Days(Daily);

impl Default for Days {
    fn default() -> Self {
        Self(Daily::of(&store::COUNT_DAY, &store::COUNT_SPAN))
    }
}

impl Days {
    /// What was counted of a household, and what is to be.
    fn add(&mut self, community: CommunityId, was: &BTreeMap<Day, [i64; 4]>, is: &BTreeMap<Day, [i64; 4]>) {
        for (day, change) in was {
            self.0.add(community, *day, change.map(|figure| -figure));
        }
        for (day, change) in is {
            self.0.add(community, *day, *change);
        }
    }

    fn write(self, tx: &mut Tx<'_>) -> Result<()> {
        if self.0.write(tx)? { kit::reach_moved(tx) } else { Ok(()) }
    }
}

/// How many households of every community are contacted, responded to, satisfied on a day: sums of daily rows.
pub(super) fn reach(tx: &mut Tx<'_>, day: Day) -> Result<HashMap<CommunityId, Reach>> {
    let sums = daily::sums(tx, [&store::SPANS_OF_ALL, &store::DAYS_OF_ALL], day)?;
    Ok(sums.into_iter().map(|(community, figures)| (community, Reach::of(figures))).collect())
}

/// The same from what is known of each household on the day: the plain twin of the daily rows.
pub fn recount_reach(tx: &mut Tx<'_>, day: Day) -> Result<BTreeMap<CommunityId, Reach>> {
    let mut known: HashMap<TenancyId, Vec<Fact>> = HashMap::new();
    for mut row in tx.query(&store::FACTS, params![day])? {
        known.entry(row.get(0)?).or_default().push(read(&mut row)?);
    }
    let mut all = BTreeMap::<CommunityId, Reach>::new();
    for it in register::households_between(tx, day, day)? {
        if let Some(facts) = known.get(&it.tenancy) {
            *all.entry(it.community).or_default() += super::households::reach_on(facts, day);
        }
    }
    Ok(all)
}

/// The same as visits and matters themselves stand today, without what was told of them: it knows no other day.
pub fn reach_from_work(tx: &mut Tx<'_>, today: Day) -> Result<BTreeMap<CommunityId, Reach>> {
    let (contacted, overdue) = (visits::contacted(tx, today)?, matters::households_overdue(tx, today)?);
    let mut words: HashMap<TenancyId, (Day, bool)> = HashMap::new();
    let mut said = matters::words_said(tx)?;
    said.append(&mut visits::words_said(tx)?);
    for (household, at, satisfied) in said {
        // The last word counts; of two on one day, the one that complains.
        let (said, content) = words.entry(household).or_insert((at.day(), satisfied));
        if (at.day(), !satisfied) > (*said, !*content) {
            (*said, *content) = (at.day(), satisfied);
        }
    }
    let mut all = BTreeMap::<CommunityId, Reach>::new();
    for it in register::households_between(tx, today, today)? {
        if !contacted.contains(&it.tenancy) {
            continue;
        }
        let responded = !overdue.contains(&it.tenancy);
        let word = words.get(&it.tenancy).filter(|(day, _)| *day + WORD_DAYS > today).map(|(_, good)| *good);
        *all.entry(it.community).or_default() += Reach {
            contacted: 1,
            responded: responded.into(),
            satisfied: (responded && word == Some(true)).into(),
            unknown: (responded && word.is_none()).into(),
        };
    }
    Ok(all)
}

/// Counts the daily rows of a district that came from before there were any; whether it did. Safe to run twice.
pub fn count_reach(tx: &mut Tx<'_>) -> Result<bool> {
    let counted = tx.find(&store::ANY_DAY, &[])?.is_some() || tx.find(&store::ANY_FACT, &[])?.is_none();
    if !counted {
        count_again(tx)?;
    }
    Ok(!counted)
}

/// Communities of which the daily rows do not add up to what is known of each household on a day: none, unless somebody wrote
/// into the database by another way.
pub fn miscounted(tx: &mut Tx<'_>, day: Day) -> Result<Vec<CommunityId>> {
    let (kept, known) = (reach(tx, day)?, recount_reach(tx, day)?);
    let of = |all: Option<&Reach>| all.copied().unwrap_or_default();
    let mut all: Vec<CommunityId> = kept.keys().chain(known.keys()).copied().collect();
    all.sort_unstable();
    all.dedup();
    all.retain(|it| of(kept.get(it)) != of(known.get(it)));
    Ok(all)
}

/// Counts every daily row anew, by command. Safe to do again.
pub fn recount(tx: &mut Tx<'_>, call: &mut Call<'_>) -> Result<()> {
    call.authorise(Action::CoverageRecount, Scope::District)?;
    count_again(tx)?;
    record(tx, call, Entry { action: Action::CoverageRecount, objects: &[], fields: "days spans" })
}

/// Counts the daily rows from what is known of each household, whatever they were.
fn count_again(tx: &mut Tx<'_>) -> Result<()> {
    tx.execute(&store::DROP_DAYS, &[])?;
    tx.execute(&store::DROP_SPANS, &[])?;
    let mut known: HashMap<TenancyId, Vec<Fact>> = HashMap::new();
    for mut row in tx.query(&store::FACTS, params![FIRST])? {
        known.entry(row.get(0)?).or_default().push(read(&mut row)?);
    }
    let mut days = Days::default();
    for it in register::households_between(tx, FIRST, LAST)? {
        if let Some(facts) = known.get(&it.tenancy) {
            days.add(it.community, &BTreeMap::new(), &changes((it.from, it.to), facts));
        }
    }
    days.write(tx)
}

/// Earlier than anything that is written.
const FIRST: Day = Day::from_days(i64::MIN);
