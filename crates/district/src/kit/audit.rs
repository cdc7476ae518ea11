//! One row for every operation: who, when, what kind, ids and names of fields, outcome. Never a value.

use base::Uuid;
use db::{Tx, Value};

use super::{AuditId, Call, Result, store};
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

/// Writes the row of an operation that was done, in its own transaction.
pub fn record(tx: &mut Tx<'_>, call: &mut Call<'_>, entry: Entry<'_>) -> Result<()> {
    write(tx, call, entry, "done")
}

fn write(tx: &mut Tx<'_>, call: &mut Call<'_>, entry: Entry<'_>, outcome: &str) -> Result<()> {
    let ids: Vec<String> = entry.objects.iter().take(NAMED).map(|id| id.simple().to_string()).collect();
    let row: [Value; 9] = [
        call.id::<AuditId>().into(),
        call.now.into(),
        call.actor.account.into(),
        call.actor.role().as_str().into(),
        entry.action.as_str().into(),
        outcome.into(),
        Value::Int(i64::try_from(entry.objects.len()).unwrap_or(i64::MAX)),
        ids.join(" ").into(),
        entry.fields.into(),
    ];
    tx.execute(&store::AUDIT, &row)?;
    Ok(())
}
