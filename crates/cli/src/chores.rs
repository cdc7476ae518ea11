//! What time makes necessary, done beside the pages while the program serves, or by hand with `lilong tidy`: terms that end,
//! referrals that nobody answers, names that nobody needs any longer.
//!
//! Each chore goes in steps, and each step is a transaction that finds by itself what is left to do: broken off anywhere and
//! begun again, it ends where it would have ended (`tests/proof/chores.rs`).

use anyhow::Result;
use base::{Instant, Uuid};
use district::kit::settings::{self, Setting};
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
pub const HOURLY: [Chore; 7] = [
    Chore { what: "refusals", work: write_refusals },
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

/// Is what is done once a day due? The district keeps the day itself, so that a program which is started anew each evening does
/// it too. Where it never was done it waits for the first hour to be over.
pub fn is_due(state: &State, first_look: bool) -> Result<bool> {
    let last = state.db.read(settings::put_away_on)?;
    Ok(last.map_or(!first_look, |last| last < state.wall().day()))
}

/// What went wrong in the pages' part of the program.
pub fn failed(fault: &Fault) -> anyhow::Error {
    anyhow::anyhow!("{fault:?}")
}

/// Writes down what was refused again and again, and nobody since.
#[expect(clippy::unnecessary_wraps, reason = "a chore may fail; what cannot be written here is in the log")]
fn write_refusals(state: &State, _: Instant) -> Result<()> {
    state.write_waiting_refusals();
    Ok(())
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
        let Some(next) = next else { break };
        after = next;
    }
    let today = wall.day().to_string();
    state.db.write(|tx| settings::set(tx, Setting::PutAway, &today))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use base::Day;
    use district::kit::Scope;
    use district::people::vault::{AddPerson, add_persons, reveal};
    use web::{Clock, Settings};

    use super::*;
    use crate::edge::Where;

    /// A clock on the wall that stands.
    struct At(&'static str);

    impl Clock for At {
        fn wall(&self) -> Instant {
            Instant::at(Day::parse(self.0).unwrap(), 9, 0)
        }
    }

    #[test]
    fn a_name_that_nobody_needs_is_put_away_once_a_day_whenever_the_program_starts() {
        let folder = tempfile::tempdir().unwrap();
        let place = Where { data: folder.path().into(), database_url: None, district: "310112".into() };
        let db = Arc::new(place.make().unwrap());
        let on = |day| {
            let state = State::open(Arc::clone(&db), Settings::default(), At(day)).unwrap();
            state.with_vault(place.vault(&db).unwrap())
        };
        let person = PersonId::from_uuid(Uuid::from_u128(7));
        let state = on("2026-11-23");
        let added = AddPerson { id: person, name: "示例".into(), telephone: None, identity_number: None };
        let actor = Actor::program();
        let call = Call::new(&actor, state.now(), 1);
        let vault = state.vault().unwrap();
        // Of a demonstration nobody asks for administrators first.
        db.write(|tx| settings::set(tx, Setting::Demonstration, "true")).unwrap();
        db.write(|tx| add_persons(tx, &mut call.clone(), vault, std::slice::from_ref(&added))).unwrap();
        let shown = |seed| {
            let mut call = Call::new(&actor, state.now(), seed);
            db.write(|tx| reveal(tx, &mut call, vault, person, Scope::District)).unwrap().name
        };
        assert!(!is_due(&state, true).unwrap() && is_due(&state, false).unwrap());
        assert_eq!(shown(2), "示例");
        (DAILY.work)(&state, state.now()).unwrap();
        assert_eq!(shown(3), "", "nobody needs it");
        // The district knows it; the next day it is done at the very start.
        assert!(!is_due(&on("2026-11-23"), false).unwrap());
        assert!(is_due(&on("2026-11-24"), true).unwrap());
    }
}
