//! What was refused goes on record, each in a transaction of its own; what comes again and again within a minute in one row
//! with its number, so that nobody can fill the audit by being refused.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use base::{Instant, Uuid};
use db::{Db, Tx};

use super::{AccountId, Actor, Call, Entry, Error, Result, record_refused};
use crate::people::Action;

/// Refusals of one kind within this time are one row: a person who tries again is seen, and a program that tries a
/// thousand times a second writes sixty rows an hour.
const MINUTE: i64 = 60_000;
/// The most kinds that are told apart at a time: every action, refused for ten reasons to four people, and a few hundred
/// kilobytes. Beyond that the object is left out.
const MOST_KINDS: usize = 4_096;

/// What an operation set out to do, as far as it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Tried {
    /// What.
    pub action: Action,
    /// With which thing; `None`: with none, or it did not come that far.
    pub object: Option<Uuid>,
}

/// Something that was refused, and how often.
#[derive(Debug, Clone)]
pub struct Refused {
    /// Who tried it.
    pub actor: Actor,
    /// What.
    pub tried: Tried,
    /// The name of the refusal; empty: it was not permitted. Never what somebody typed.
    pub name: &'static str,
    /// How often.
    pub times: i64,
}

/// What is told apart.
type Kind = (Option<AccountId>, Tried, &'static str);

/// What was refused lately.
#[derive(Debug, Default)]
pub struct Refusals {
    kinds: Mutex<HashMap<Kind, Counted>>,
}

#[derive(Debug)]
struct Counted {
    /// When its last row was written.
    written_at: i64,
    /// Refused since then; `times` is how often.
    waiting: Refused,
}

impl Refusals {
    /// Counts a refusal: what is to be written now, of this kind and of those whose minute is over. Of somebody who is not
    /// signed in the object is left out: a stranger can name as many as there are.
    pub fn count(&self, actor: &Actor, mut tried: Tried, name: &'static str, wall: Instant) -> Vec<Refused> {
        if !actor.signed_in() {
            tried.object = None;
        }
        let mut due = self.due(wall);
        let mut kinds = self.kinds.lock().unwrap_or_else(PoisonError::into_inner);
        if kinds.len() >= MOST_KINDS {
            tried.object = None;
        }
        let mut refused = Refused { actor: actor.clone(), tried, name, times: 1 };
        if let Some(counted) = kinds.get_mut(&(actor.account, tried, name)) {
            counted.waiting.times += 1;
        } else {
            due.push(refused.clone());
            refused.times = 0;
            let counted = Counted { written_at: wall.millis(), waiting: refused };
            kinds.insert((actor.account, tried, name), counted);
        }
        due
    }

    /// What waits and whose minute is over.
    pub fn due(&self, wall: Instant) -> Vec<Refused> {
        let mut kinds = self.kinds.lock().unwrap_or_else(PoisonError::into_inner);
        let over = |counted: &Counted| wall.millis() - counted.written_at >= MINUTE;
        let due: Vec<Refused> = kinds
            .values()
            .filter(|counted| over(counted) && counted.waiting.times > 0)
            .map(|counted| counted.waiting.clone())
            .collect();
        kinds.retain(|_, counted| !over(counted));
        due
    }
}

/// Writes down what was refused, in a transaction of its own.
pub fn write_refused(tx: &mut Tx<'_>, call: &mut Call<'_>, refused: &Refused) -> Result<()> {
    let Refused { actor, tried, name, times } = refused;
    let fields = if *times > 1 { format!("{name} ×{times}") } else { (*name).to_owned() };
    let mut own = call.clone();
    own.actor = actor;
    let entry = Entry { action: tried.action, objects: tried.object.as_slice(), fields: fields.trim() };
    record_refused(tx, &mut own, entry)?;
    // A second row of the same call has another id.
    call.skip();
    Ok(())
}

/// A writing operation of somebody who holds the machine: what is refused is on record before they are told.
///
/// # Errors
/// Those of the operation; of the record, where that fails too.
pub fn on_record<T>(
    db: &Db,
    call: &Call<'_>,
    mut work: impl FnMut(&mut Tx<'_>, &mut Call<'_>) -> Result<T>,
) -> Result<T> {
    let mut tried = None;
    let done = db.write(|tx| {
        let mut own = call.clone();
        let done = work(tx, &mut own);
        tried = own.tried();
        done
    });
    let name = match &done {
        Err(Error::Refused(refusal)) => refusal.message,
        Err(Error::Forbidden(_)) => "",
        _ => return done,
    };
    if let Some(tried) = tried {
        let refused = Refused { actor: call.actor.clone(), tried, name, times: 1 };
        db.write(|tx| write_refused(tx, &mut call.clone(), &refused))?;
    }
    done
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::fixture::read;
    use crate::kit::{Refusal, store};

    const WALL: i64 = 1_790_000_000_000;

    fn at(seconds: i64) -> Instant {
        Instant::from_millis(WALL + seconds * 1_000)
    }

    fn tried(object: u128) -> Tried {
        Tried { action: Action::AccountWrite, object: Some(Uuid::from_u128(object)) }
    }

    fn told(due: &[Refused]) -> Vec<(Option<u128>, &'static str, i64)> {
        due.iter().map(|it| (it.tried.object.map(|id| id.as_u128()), it.name, it.times)).collect()
    }

    #[test]
    fn a_flood_is_one_row_a_minute_with_its_number() {
        let refusals = Refusals::default();
        let anyone = Actor::anyone();
        let tries = |second: i64, object: u128| refusals.count(&anyone, tried(object), "a", at(second));
        assert_eq!(told(&tries(0, 1)), [(None, "a", 1)]);
        for nth in 0..1_000 {
            assert_eq!(told(&tries(nth % 60, u128::from(nth.unsigned_abs()))), [], "{nth}");
        }
        // Whoever is refused next writes down what waited, of another kind too.
        let other = refusals.count(&anyone, tried(1), "b", at(61));
        assert_eq!(told(&other), [(None, "a", 1_000), (None, "b", 1)]);
        assert_eq!(told(&tries(62, 1)), [(None, "a", 1)]);
        assert_eq!(told(&refusals.due(at(200))), []);
    }

    #[test]
    fn things_of_somebody_who_is_signed_in_are_told_apart() {
        let refusals = Refusals::default();
        let me = Actor::account(AccountId::from_uuid(Uuid::from_u128(9)), Vec::new());
        let tries = |object: u128| told(&refusals.count(&me, tried(object), "a", at(0)));
        assert_eq!(
            (tries(1), tries(1), tries(2)),
            (vec![(Some(1), "a", 1)], vec![], vec![(Some(2), "a", 1)])
        );
        for object in 0..2 * MOST_KINDS as u128 {
            tries(object);
        }
        assert!(refusals.kinds.lock().unwrap().len() <= MOST_KINDS + 1);
    }

    testkit::db_test!(what_is_refused_leaves_its_row_and_nothing_else, crate::MIGRATIONS, |db| {
        let actor = Actor::program();
        let call = Call::new(&actor, testkit::now(), 1);
        let object = Uuid::from_u128(7);
        let outcome: Result<()> = on_record(db, &call, |_, call| {
            call.tries(Action::AccountWrite, object);
            Err(Refusal::new("people-refused-own-account").with("name", "typed").into())
        });
        assert!(matches!(outcome, Err(Error::Refused(_))));
        let rows = read(db, |tx| {
            let rows = tx.query(&store::AUDIT_AFTER, db::params![0_i64, 10_i64])?;
            rows.into_iter().map(|mut row| Ok([row.get(4)?, row.get(5)?, row.get(7)?, row.get(8)?])).collect()
        });
        let expected =
            ["account.write", "refused", &object.simple().to_string(), "people-refused-own-account"];
        let rows: Vec<[String; 4]> = rows;
        assert_eq!(rows, [expected.map(str::to_owned)]);
    });
}
