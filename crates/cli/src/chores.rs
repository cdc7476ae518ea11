//! What time makes necessary, done beside the pages while the program serves, or by hand with `lilong tidy`: terms that end,
//! referrals that nobody answers, names that nobody needs any longer.
//!
//! Each chore goes in steps, and each step is a transaction that finds by itself what is left to do: broken off anywhere and
//! begun again, it ends where it would have ended (`tests/proof/chores.rs`).

use anyhow::Result;
use base::{Instant, Uuid};
use district::kit::{Actor, Call, MatterId, PersonId};
use district::{coverage, exchange, matters, notices, people, services, visits};
use web::State;
use web::kit::Fault;

use crate::edge;

/// One of them.
#[derive(Clone, Copy)]
pub struct Chore {
    /// What the log calls it.
    pub what: &'static str,
    /// Does all that is to be done of it at a time.
    pub work: fn(&State, Instant) -> Result<()>,
}

/// At the start and every hour, in this order: what is told of the day counts what time did before.
pub const HOURLY: [Chore; 6] = [
    Chore { what: "uploads", work: empty },
    Chore { what: "reach", work: count },
    Chore { what: "telephones", work: index },
    Chore { what: "matters", work: pass_time },
    Chore { what: "referrals", work: chase },
    Chore { what: "digests", work: digest },
];

/// Every hour by whoever sends: another program may have the ways that this one was not given.
pub const OF_SENDER: Chore = Chore { what: "messages", work: give_up };

/// Once a day, as everyone is looked at for it.
pub const DAILY: Chore = Chore { what: "names and traces", work: forget };

/// What went wrong in the pages' part of the program.
pub fn failed(fault: &Fault) -> anyhow::Error {
    anyhow::anyhow!("{fault:?}")
}

/// Empties uploads whose time is over.
fn empty(state: &State, now: Instant) -> Result<()> {
    let emptied = state.db.write(|tx| exchange::empty_uploads(tx, now))?;
    tracing::debug!(emptied, "uploads whose time is over were emptied");
    Ok(())
}

/// Counts the daily rows of a district from before there were any.
fn count(state: &State, _: Instant) -> Result<()> {
    state.db.write(coverage::count_reach)?;
    Ok(())
}

/// Ends messages to whom no way leads.
fn give_up(state: &State, _: Instant) -> Result<()> {
    web::notices::give_up_wayless(state).map_err(|fault| failed(&fault))
}

/// Lets time act on matters: reminders, the levels that join, silence; and counts again what was counted over a year whose
/// calendar was missing.
fn pass_time(state: &State, now: Instant) -> Result<()> {
    let (actor, calendar) = (Actor::program(), &*state.calendar());
    let seed = || edge::random().map(u64::from_ne_bytes);
    let mut after = MatterId::from_uuid(Uuid::nil());
    loop {
        let seed = seed()?;
        let call = || Call::new(&actor, now, seed);
        let next = state.db.write(|tx| matters::recount_terms(tx, &mut call(), calendar, after))?;
        let Some(next) = next else { break };
        after = next;
    }
    loop {
        let seed = seed()?;
        if state.db.write(|tx| matters::pass_time(tx, &mut Call::new(&actor, now, seed), calendar))? == 0 {
            return Ok(());
        }
    }
}

/// Makes telephones findable that were sealed before there was an index, and those of an archive from then.
fn index(state: &State, now: Instant) -> Result<()> {
    let Ok(vault) = state.vault() else { return Ok(()) };
    let actor = Actor::program();
    let mut after = PersonId::from_uuid(Uuid::nil());
    loop {
        let seed = edge::random().map(u64::from_ne_bytes)?;
        let next = state.db.write(|tx| {
            people::vault::index_telephones(tx, &mut Call::new(&actor, now, seed), vault, after)
        })?;
        let Some(next) = next else { return Ok(()) };
        after = next;
    }
}

/// Chases referrals that are overdue, and ends those that nobody consents to any longer, some at a time.
fn chase(state: &State, now: Instant) -> Result<()> {
    let actor = Actor::program();
    loop {
        let seed = edge::random().map(u64::from_ne_bytes)?;
        let found = state.db.write(|tx| services::chase(tx, &mut Call::new(&actor, now, seed)))?;
        if found == services::Chased::default() {
            return Ok(());
        }
    }
}

/// Tells everybody who works what is stuck in their part, some at a time; once a day.
fn digest(state: &State, now: Instant) -> Result<()> {
    let actor = Actor::program();
    loop {
        let seed = edge::random().map(u64::from_ne_bytes)?;
        if state.db.write(|tx| notices::send_digests(tx, &mut Call::new(&actor, now, seed)))? == 0 {
            return Ok(());
        }
    }
}

/// Forgets traces whose time is over, and erases the names that nobody needs any longer.
fn forget(state: &State, now: Instant) -> Result<()> {
    let actor = Actor::program();
    let seed = || edge::random().map(u64::from_ne_bytes);
    let (wall, first) = (state.wall(), seed()?);
    state.db.write(|tx| people::forget_traces(tx, &mut Call::new(&actor, now, first), wall))?;
    let notes = seed()?;
    state.db.write(|tx| visits::forget_notes(tx, &mut Call::new(&actor, now, notes)))?;
    let mut after = PersonId::from_uuid(Uuid::nil());
    loop {
        let seed = seed()?;
        let next = state.db.write(|tx| people::retain(tx, &mut Call::new(&actor, now, seed), after))?;
        let Some(next) = next else { return Ok(()) };
        after = next;
    }
}
