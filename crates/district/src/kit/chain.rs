//! The chain of the audit: every row has a number without gaps and a hash over itself and the hash before it. A row that
//! was changed, put in or taken away breaks it, and whoever wrote the last hash down elsewhere finds a chain that was
//! made anew from there.

use base::{Instant, Uuid};
use db::{Row, Tx, Value, params};
use sha2::{Digest as _, Sha256};

use super::digest::feed;
use super::{AccountId, AuditId, Result, audit, store};

/// SHA-256. SM3 will be another number.
const SHA_256: u8 = 1;
/// The counter of numbered rows; it goes back with a transaction that is rolled back, and writers wait for each other at
/// it, so that the row before is always committed.
const NUMBERS: &str = "audit";
/// How many rows stood there before the chain began.
const BEFORE: &str = "audit_before";
/// Rows read at a time when all are looked at.
const AT_A_TIME: i64 = 1_000;
/// Columns that are hashed.
pub(super) const HASHED: usize = 9;

/// The number and the hash of the next row.
pub(super) fn next(tx: &mut Tx<'_>, row: &[Value; HASHED]) -> Result<(i64, Vec<u8>)> {
    let number = audit::count_up(tx, NUMBERS)?;
    // Where the row before was taken away, what happens now is on record all the same; `check` finds the gap.
    let before: Option<Vec<u8>> =
        tx.find(&store::AUDIT_HASH, params![number - 1])?.map(|mut row| row.get(0)).transpose()?;
    Ok((number, link(before.as_deref().unwrap_or_default(), number, row)))
}

fn link(before: &[u8], number: i64, row: &[Value; HASHED]) -> Vec<u8> {
    let mut hash = Sha256::new();
    feed(&mut hash, &Value::Bytes(before.to_vec()));
    feed(&mut hash, &Value::Int(number));
    for value in row {
        feed(&mut hash, value);
    }
    let mut link = vec![SHA_256];
    link.extend_from_slice(&hash.finalize());
    link
}

/// Where a chain is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Break {
    /// The row with this number is not there.
    Missing(i64),
    /// The row with this number is not what was written, or the one before it is not.
    Changed(i64),
    /// Rows without a number: so many were there when the chain began, so many are there now.
    Unnumbered {
        /// When the chain began.
        then: i64,
        /// Now.
        now: i64,
    },
}

/// What a look at the whole chain found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    /// Rows of the chain.
    pub rows: i64,
    /// Rows from before it began.
    pub before: i64,
    /// The last row's hash in hexadecimal digits: written down elsewhere, it proves the chain up to here.
    pub head: String,
    /// The first place where it is broken.
    pub broken: Option<Break>,
}

/// Looks at every row of the chain. Asks no permission: it tells no row.
pub fn check(tx: &mut Tx<'_>) -> Result<Chain> {
    let then = audit::counted(tx, BEFORE)?;
    let now: i64 = tx.one(&store::AUDIT_UNNUMBERED, &[])?.get(0)?;
    let mut chain = Chain { rows: 0, before: now, head: String::new(), broken: None };
    let mut before: Vec<u8> = Vec::new();
    loop {
        let mut rows = tx.query(&store::AUDIT_AFTER, params![chain.rows, AT_A_TIME])?;
        for row in &mut rows {
            let (number, hash): (i64, Vec<u8>) = (row.get(9)?, row.get(10)?);
            if number != chain.rows + 1 {
                return Ok(Chain { broken: Some(Break::Missing(chain.rows + 1)), ..chain });
            }
            if link(&before, number, &hashed(row)?) != hash {
                return Ok(Chain { broken: Some(Break::Changed(number)), ..chain });
            }
            (chain.rows, before) = (number, hash);
        }
        if i64::try_from(rows.len()).unwrap_or(i64::MAX) < AT_A_TIME {
            break;
        }
    }
    chain.head = base::hex(before.get(1..).unwrap_or_default());
    if audit::counted(tx, NUMBERS)? != chain.rows {
        chain.broken = Some(Break::Missing(chain.rows + 1));
    } else if then != now {
        chain.broken = Some(Break::Unnumbered { then, now });
    }
    Ok(chain)
}

/// A row as it was hashed.
fn hashed(row: &mut Row) -> Result<[Value; HASHED]> {
    let (id, at, account): (AuditId, Instant, Option<AccountId>) = (row.get(0)?, row.get(1)?, row.get(2)?);
    let texts: [String; 3] = [row.get(3)?, row.get(4)?, row.get(5)?];
    let [role, action, outcome] = texts.map(Value::from);
    let (objects, ids, fields): (i64, String, String) = (row.get(6)?, row.get(7)?, row.get(8)?);
    let account: Option<Uuid> = account.map(AccountId::uuid);
    Ok([
        id.into(),
        at.into(),
        account.into(),
        role,
        action,
        outcome,
        objects.into(),
        ids.into(),
        fields.into(),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::{Actor, Call, Entry, Error, record, tampering};
    use crate::people::Action;

    testkit::db_test!(a_row_that_was_changed_or_taken_away_is_found, crate::MIGRATIONS, |db| {
        let actor = Actor::program();
        let act = |seed: u64| {
            db.write(|tx| {
                let entry = Entry { action: Action::DistrictName, objects: &[], fields: "name" };
                record(tx, &mut Call::new(&actor, testkit::now(), seed), entry)
            })
            .unwrap();
        };
        for seed in 0..5 {
            act(seed);
        }
        let looked = || db.read(check).unwrap();
        let sound = looked();
        assert_eq!((sound.rows, sound.broken, sound.head.len()), (5, None, 64));
        // A refused transaction leaves no gap.
        let refused: Result<()> = db.write(|tx| {
            let entry = Entry { action: Action::DistrictName, objects: &[], fields: "name" };
            record(tx, &mut Call::new(&actor, testkit::now(), 9), entry)?;
            Err(Error::Absent("anything"))
        });
        assert!(refused.is_err());
        act(10);
        assert_eq!((looked().rows, looked().broken), (6, None));
        let change = |statement: &'static db::Statement| {
            db.write(|tx| Ok::<_, Error>(tx.execute(statement, &[])?)).unwrap();
        };
        change(&tampering::END_CUT_OFF);
        assert_eq!(looked().broken, Some(Break::Missing(6)));
        change(&tampering::ANOTHER_ROLE);
        assert_eq!(looked().broken, Some(Break::Changed(3)));
        change(&tampering::ROW_TAKEN);
        assert_eq!(looked().broken, Some(Break::Missing(2)));
    });
}
