//! One message a day for everybody who works: how much is stuck in their part. What it counts is what their desk counts.

use base::{Day, Instant};
use db::{Tx, params};

use super::kinds::{Kind, Thing};
use super::store;
use super::tell::{About, Notice, To, tell};
use crate::kit::{AccountId, Actor, Call, Entry, Result, Scope, record};
use crate::people::{self, Action, may};
use crate::{matters, services, visits};

/// The hour from which a day's digests are sent: before the day's work is begun.
pub const DIGEST_HOUR: i64 = 8;
/// Accounts looked at in one transaction, so that nobody waits for it.
const AT_A_TIME: i64 = 100;

/// Sends digests to some of those who had none today; how many were looked at, and 0 when everybody was or it is too early.
/// Run twice, or by two programs at once, each account has one; after days of being off it has that of today alone.
pub fn send_digests(tx: &mut Tx<'_>, call: &mut Call<'_>) -> Result<usize> {
    call.authorise(Action::NoticeTell, Scope::District)?;
    let today = call.today();
    if call.now < Instant::at(today, DIGEST_HOUR, 0) {
        return Ok(0);
    }
    let mut accounts: Vec<AccountId> = Vec::new();
    for mut row in tx.query(&store::UNDIGESTED, params![today, AT_A_TIME])? {
        accounts.push(row.get(0)?);
    }
    let mut digests = Vec::new();
    for account in &accounts {
        let actor = Actor::account(*account, people::grants_of(tx, *account, today)?);
        let count = stuck(tx, &actor, today)?;
        // Whoever else was faster has told them.
        let first = tx.execute(&store::DIGESTED, params![*account, today, count])? == 1;
        if first && count > 0 {
            let about = About { thing: Thing::Desk, id: None, code: String::new(), count };
            digests.push(Notice { kind: Kind::DailyDigest, about, to: vec![To::Account(*account)] });
        }
    }
    tell(tx, call, &digests)?;
    if !accounts.is_empty() {
        record(tx, call, Entry { action: Action::NoticeTell, objects: &[], fields: "daily-digest" })?;
    }
    Ok(accounts.len())
}

/// Matters over their term, referrals that somebody should have looked at again, and rounds that were not walked to their end.
fn stuck(tx: &mut Tx<'_>, actor: &Actor, today: Day) -> Result<i64> {
    let scope = actor.scope();
    let mut count = 0;
    if may(actor, Action::MatterRead, scope) {
        count += matters::overdue(tx, actor, Instant::at(today, 0, 0))?;
    }
    if may(actor, Action::ReferralRead, scope) {
        count += i64::try_from(services::overdue(tx, actor, today)?).unwrap_or(i64::MAX);
    }
    if may(actor, Action::VisitRead, scope) {
        count += i64::try_from(visits::count_late_rounds(tx, actor, today)?).unwrap_or(i64::MAX);
    }
    Ok(count)
}
