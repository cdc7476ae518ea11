//! One row for every operation: who, when, what kind, ids and names of fields, outcome. Never a value.

use std::collections::BTreeSet;

use base::{Instant, Uuid};
use db::{Tx, Value, params};

use super::chain::Whole;
use super::{AuditId, Call, PersonId, Result, chain, store};
use crate::people::Action;

/// The most ids one row names; a simulated day's thousand commands are counted, not listed.
const NAMED: usize = 8;

/// What an operation did.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// What it was.
    pub action: Action,
    /// The objects.
    pub objects: &'a [Uuid],
    /// Names of the fields that were written, parted by spaces; never their values.
    pub fields: &'a str,
}

/// Writes the row of an operation that was done, in its transaction, and counts the district's versions up, by which
/// whoever keeps readings knows that something changed.
pub fn record(tx: &mut Tx<'_>, call: &mut Call<'_>, entry: Entry<'_>) -> Result<()> {
    record_about(tx, call, entry, &[])
}

/// The same of an operation that read or changed what is known of persons: each of them may read the row.
pub fn record_about(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    entry: Entry<'_>,
    persons: &[PersonId],
) -> Result<()> {
    tx.execute(&store::COUNT_UP, params![DISTRICT])?;
    if entry.action.moves_the_ground() {
        tx.execute(&store::COUNT_UP, params![GROUND])?;
    }
    // Each of them once, whoever is concerned by several things of one operation.
    let persons: BTreeSet<PersonId> = persons.iter().copied().collect();
    let row = write(tx, call, entry, &persons, DONE)?;
    tx.bulk(
        &store::ADD_SUBJECTS,
        persons.into_iter().map(|person| -> [Value; 2] { [person.into(), row.into()] }),
    )?;
    Ok(())
}

/// Writes the row of an operation that was refused, in a transaction of its own: that of the operation left nothing.
pub fn record_refused(tx: &mut Tx<'_>, call: &mut Call<'_>, entry: Entry<'_>) -> Result<()> {
    write(tx, call, entry, &BTreeSet::new(), REFUSED)?;
    Ok(())
}

/// The outcome of an operation that was done.
pub const DONE: &str = "done";
/// The outcome of one that was refused.
pub const REFUSED: &str = "refused";

fn write(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    entry: Entry<'_>,
    persons: &BTreeSet<PersonId>,
    outcome: &str,
) -> Result<AuditId> {
    let id: AuditId = call.id();
    let ids: Vec<String> = entry.objects.iter().take(NAMED).map(|id| id.simple().to_string()).collect();
    let row: [Value; chain::HASHED] = [
        id.into(),
        call.now.into(),
        call.actor.account.into(),
        call.actor.role().as_str().into(),
        entry.action.as_str().into(),
        outcome.into(),
        Value::Int(i64::try_from(entry.objects.len()).unwrap_or(i64::MAX)),
        ids.join(" ").into(),
        entry.fields.into(),
    ];
    let ids_digest = chain::digest_of(entry.objects);
    let (number, hash) = chain::next(tx, &row, &Whole { ids_digest: &ids_digest, subjects: persons })?;
    let mut whole = row.to_vec();
    whole.extend([number.into(), hash.into(), ids_digest.into()]);
    tx.execute(&store::AUDIT, &whole)?;
    Ok(id)
}

/// When the newest row was written; `None` while there is none.
pub fn newest(tx: &mut Tx<'_>) -> Result<Option<Instant>> {
    Ok(tx.one(&store::NEWEST_AUDIT, params![])?.get(0)?)
}

/// The counter of everything.
const DISTRICT: &str = "version";
/// The counter of the register, the handbook and the stations.
const GROUND: &str = "ground";

/// The counter of how far households are reached.
const REACH: &str = "reach";

/// The district's version: counted up by every operation that wrote something.
pub fn version(tx: &mut Tx<'_>) -> Result<i64> {
    tx.steady(DISTRICT, |tx| all(tx).map(|[version, ..]| version))
}

/// The version of the ground: counted up by every operation that changed the register, the handbook or the stations.
pub fn ground(tx: &mut Tx<'_>) -> Result<i64> {
    tx.steady(GROUND, |tx| all(tx).map(|[_, ground, _]| ground))
}

/// The version of how far households are reached: it also moves with the ground they live on. Neither ever goes down, so two
/// that are equal are one.
pub fn reach(tx: &mut Tx<'_>) -> Result<i64> {
    tx.steady(REACH, |tx| all(tx).map(|[.., reach]| reach))
}

/// A household became contacted, responded to, satisfied, or is not any more.
pub(crate) fn reach_moved(tx: &mut Tx<'_>) -> Result<()> {
    tx.execute(&store::COUNT_UP, params![REACH])?;
    Ok(())
}

/// All versions by one question: most pages ask for more than one.
fn all(tx: &mut Tx<'_>) -> Result<[i64; 3]> {
    let mut row = tx.one(&store::VERSIONS, params![DISTRICT, GROUND, REACH])?;
    let (version, ground, reached): (i64, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
    let reach = ground + reached;
    tx.hold_steady(DISTRICT, version);
    tx.hold_steady(GROUND, ground);
    tx.hold_steady(REACH, reach);
    Ok([version, ground, reach])
}

/// The next number of a counter, from 1: running numbers that people read.
pub fn count_up(tx: &mut Tx<'_>, counter: &str) -> Result<i64> {
    tx.execute(&store::COUNT_UP, params![counter])?;
    counted(tx, counter)
}

/// So many of the next numbers of a counter at once: the last of them.
pub(crate) fn count_up_by(tx: &mut Tx<'_>, counter: &str, count: i64) -> Result<i64> {
    tx.execute(&store::COUNT_UP_BY, params![counter, count])?;
    counted(tx, counter)
}

pub(super) fn counted(tx: &mut Tx<'_>, counter: &str) -> Result<i64> {
    Ok(tx.find(&store::COUNTED, params![counter])?.map_or(Ok(0), |mut row| row.get(0))?)
}
