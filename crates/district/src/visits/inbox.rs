//! Visits that no longer fitted when they came in, until somebody says what becomes of them.

use base::{Day, Instant};
use db::{Tx, params};

use super::record::{Made, frequencies, misfit, needs_of, tell_coverage};
use super::rules::{Category, Misfit, Outcome};
use super::{NewVisit, scope_of, store};
use crate::Memory;
use crate::kit::{
    AccountId, Actor, Call, CommunityId, Entry, Error, Refusal, Result, TenancyId, VisitId, record,
};
use crate::people::{Action, authorise, may};
use crate::register;

/// A visit that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// The visit.
    pub id: VisitId,
    /// Its community.
    pub community: CommunityId,
    /// Its household.
    pub household: TenancyId,
    /// Number of the building, of the flat, and of the room where the flat is let by the room.
    pub numbers: (String, String, Option<String>),
    /// The day of the visit.
    pub day: Day,
    /// When it was made.
    pub at: Instant,
    /// When it came in.
    pub received: Instant,
    /// How it ended.
    pub outcome: Outcome,
    /// What the household needs, and whether it agreed that whoever helps is told.
    pub needs: Vec<(Category, bool)>,
    /// What the household said of how it is served, if anything.
    pub satisfied: Option<bool>,
    /// Whether something was said in confidence.
    pub has_note: bool,
    /// Who told it.
    pub by: Option<AccountId>,
    /// Why it waits.
    pub why: Misfit,
}

/// The visits that wait in the reader's part, the one that came first at the top.
pub fn inbox(tx: &mut Tx<'_>, actor: &Actor, memory: &Memory, day: Day) -> Result<Vec<Waiting>> {
    authorise(actor, Action::VisitRead, actor.scope())?;
    let mut all = Vec::new();
    for mut row in tx.query(&store::WAITING, params![])? {
        let community: CommunityId = row.get(1)?;
        let by: Option<AccountId> = row.get(7)?;
        let scope = scope_of(tx, memory, community, day)?;
        // Whoever told it sees that it waits, wherever it lies by now.
        if !may(actor, Action::VisitRead, scope) && (by.is_none() || by != actor.account) {
            continue;
        }
        let (outcome, needs, why): (String, String, String) = (row.get(5)?, row.get(6)?, row.get(8)?);
        all.push(Waiting {
            id: row.get(0)?,
            community,
            household: row.get(9)?,
            numbers: (row.get(10)?, row.get(11)?, row.get(12)?),
            day: row.get(2)?,
            at: row.get(3)?,
            received: row.get(4)?,
            outcome: super::read::outcome(&outcome)?,
            needs: needs_of(&needs),
            satisfied: row.get(14)?,
            has_note: row.get(13)?,
            by,
            why: misfit(&why)?,
        });
    }
    Ok(all)
}

/// What becomes of a visit that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decide {
    /// The visit.
    pub id: VisitId,
    /// It is recorded as it was told; otherwise it is put aside, and stays on record as such.
    pub take: bool,
}

/// Says what becomes of visits that wait.
pub fn decide(tx: &mut Tx<'_>, call: &mut Call<'_>, memory: &Memory, commands: &[Decide]) -> Result<()> {
    let today = call.today();
    for command in commands {
        let mut row = tx.find(&store::WAITING_VISIT, params![command.id])?.ok_or(Error::Absent("visit"))?;
        let community: CommunityId = row.get(1)?;
        call.authorise(Action::VisitWrite, scope_of(tx, memory, community, today)?)?;
        let decided = params![command.id, call.now, call.actor.account, command.take];
        if tx.execute(&store::DECIDE_WAITING, decided)? == 0 {
            return Err(Refusal::new("visits-refused-decided").into());
        }
        if !command.take {
            continue;
        }
        let (outcome, needs): (String, String) = (row.get(5)?, row.get(6)?);
        let at: Instant = row.get(3)?;
        let visit = NewVisit {
            id: command.id,
            household: row.get(0)?,
            round: None,
            at,
            told_at: at,
            outcome: super::read::outcome(&outcome)?,
            needs: needs_of(&needs),
            satisfied: row.get(11)?,
            note: None,
        };
        // Whoever did not live there on the day was not contacted by a visit to that door.
        let home = register::household(tx, visit.household)?.ok_or(Error::Absent("household"))?;
        let counts = visit.outcome.is_contact() && home.is_there(at.day());
        let frequency = frequencies(tx, memory, today)?.get(&community).copied().filter(|_| counts);
        let priority = super::marks::is_priority(tx, visit.household, at.day())?;
        let made = Made {
            visit: &visit,
            community,
            account: row.get(7)?,
            recorded_at: call.now,
            until: frequency.map(|it| it.until(at.day(), priority)),
            note: row.get(8)?,
        };
        tell_coverage(tx, call, &[made])?;
    }
    let ids: Vec<_> = commands.iter().map(|it| it.id.uuid()).collect();
    record(tx, call, Entry { action: Action::VisitWrite, objects: &ids, fields: "waiting" })
}
