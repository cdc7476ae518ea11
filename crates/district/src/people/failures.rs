//! Wrong passwords: an account is locked for a while after some of them, so that a password cannot be tried out.

use base::Instant;
use db::{Tx, params};

use super::accounts::grants;
use super::{Action, store};
use crate::kit::{AccountId, Actor, Call, Entry, Result, Scope, record, record_refused};

/// Wrong passwords after which an account is locked: a slip of the finger or two, and the password of last month.
pub const TRIES: i64 = 5;
/// For how long; and how long wrong passwords are counted together.
pub const LOCK_MILLIS: i64 = 15 * 60_000;

/// What came of a wrong password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failed {
    /// It may be tried again.
    Counted,
    /// The account is locked from now on.
    Locked,
}

/// Is the account locked at this time?
pub(super) fn locked(tx: &mut Tx<'_>, account: AccountId, wall: Instant) -> Result<bool> {
    Ok(locked_until(tx, account, wall)?.is_some())
}

/// Until when the account is locked; `None` when it is not.
pub fn locked_until(tx: &mut Tx<'_>, account: AccountId, wall: Instant) -> Result<Option<Instant>> {
    let Some(mut row) = tx.find(&store::FAILURES, params![account])? else { return Ok(None) };
    let until: Option<Instant> = row.get(2)?;
    Ok(until.filter(|until| *until > wall))
}

/// Counts a wrong password, on record as a refused sign-in of the account.
pub fn failed(tx: &mut Tx<'_>, call: &mut Call<'_>, account: AccountId, wall: Instant) -> Result<Failed> {
    let before = match tx.find(&store::FAILURES, params![account])? {
        Some(mut row) => Some((row.get::<i64>(0)?, row.get::<Instant>(1)?)),
        None => None,
    };
    let recent = before.filter(|(_, since)| wall.millis() - since.millis() < LOCK_MILLIS);
    let (count, since) = recent.map_or((1, wall), |(count, since)| (count + 1, since));
    let until = (count >= TRIES).then(|| wall.plus_millis(LOCK_MILLIS));
    tx.execute(&store::FAIL, params![account, count, since, until])?;
    // Nobody has come in, but it is this account's affair: its person finds the row among their own.
    let actor = Actor::account(account, grants(tx, account, call.today())?);
    let mut own = call.clone();
    own.actor = &actor;
    let entry = Entry { action: Action::SessionStart, objects: &[account.uuid()], fields: "password" };
    record_refused(tx, &mut own, entry)?;
    Ok(if until.is_some() { Failed::Locked } else { Failed::Counted })
}

/// The right password was given: nothing is counted any longer.
pub(super) fn clear(tx: &mut Tx<'_>, account: AccountId) -> Result<()> {
    tx.execute(&store::CLEAR_FAILURES, params![account])?;
    Ok(())
}

/// Unlocks an account before its time.
pub fn unlock(tx: &mut Tx<'_>, call: &mut Call<'_>, account: AccountId) -> Result<()> {
    call.tries(Action::SessionRevoke, account.uuid());
    call.authorise(Action::SessionRevoke, Scope::District)?;
    clear(tx, account)?;
    record(tx, call, Entry { action: Action::SessionRevoke, objects: &[account.uuid()], fields: "lock" })
}
