//! The chain of the audit: every row has a number without gaps and a hash over itself and the hash before it. A row that
//! was changed, put in or taken away breaks it, and whoever wrote the last hash down elsewhere finds a chain that was
//! made anew from there. What is hashed of a row is all of it: also whom it is about, and every id that it names.

use std::collections::{BTreeSet, HashMap};

use base::{Instant, Uuid};
use db::{Row, Tx, Value, params};
use sha2::{Digest as _, Sha256};

use super::digest::feed;
use super::{AccountId, AuditId, PersonId, Result, audit, store};

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

/// What is hashed of a row beside its columns. Rows from before migration 27 were linked without.
pub(super) struct Whole<'a> {
    /// The digest of all ids that it names, of which the row itself tells the first.
    pub(super) ids_digest: &'a [u8],
    /// The persons that it is about: who may read it.
    pub(super) subjects: &'a BTreeSet<PersonId>,
}

/// The digest of the ids that a row names: whoever has them can show that it was these.
pub(super) fn digest_of(ids: &[Uuid]) -> Vec<u8> {
    let mut hash = Sha256::new();
    for id in ids {
        feed(&mut hash, &Value::Uuid(*id));
    }
    named(hash)
}

/// A hash behind the number of its kind.
fn named(hash: Sha256) -> Vec<u8> {
    let mut named = vec![SHA_256];
    named.extend_from_slice(&hash.finalize());
    named
}

/// The number and the hash of the next row.
pub(super) fn next(tx: &mut Tx<'_>, row: &[Value; HASHED], whole: &Whole<'_>) -> Result<(i64, Vec<u8>)> {
    let number = audit::count_up(tx, NUMBERS)?;
    // Where the row before was taken away, what happens now is on record all the same; `check` finds the gap.
    let before: Option<Vec<u8>> =
        tx.find(&store::AUDIT_HASH, params![number - 1])?.map(|mut row| row.get(0)).transpose()?;
    Ok((number, link(before.as_deref().unwrap_or_default(), number, row, Some(whole))))
}

fn link(before: &[u8], number: i64, row: &[Value; HASHED], whole: Option<&Whole<'_>>) -> Vec<u8> {
    let mut hash = Sha256::new();
    feed(&mut hash, &Value::Bytes(before.to_vec()));
    feed(&mut hash, &Value::Int(number));
    for value in row {
        feed(&mut hash, value);
    }
    if let Some(Whole { ids_digest, subjects }) = whole {
        feed(&mut hash, &Value::Bytes(ids_digest.to_vec()));
        for person in *subjects {
            feed(&mut hash, &Value::Uuid(person.uuid()));
        }
    }
    named(hash)
}

/// The end of a chain: written down elsewhere, it proves the chain up to there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The last row's number.
    pub number: i64,
    /// Its hash in hexadecimal digits, as [`Chain::head`] is.
    pub hash: String,
}

/// Where the chain ends; `None` while it has not begun.
pub fn head(tx: &mut Tx<'_>) -> Result<Option<Head>> {
    let Some(mut row) = tx.find(&store::AUDIT_HEAD, &[])? else { return Ok(None) };
    let (number, hash): (i64, Vec<u8>) = (row.get(0)?, row.get(1)?);
    Ok(Some(Head { number, hash: shown(&hash) }))
}

/// Does the chain still hold what was its end once? Together with [`check`]: everything up to there is as it was.
pub fn holds(tx: &mut Tx<'_>, head: &Head) -> Result<bool> {
    let Some(mut row) = tx.find(&store::AUDIT_HASH, params![head.number])? else { return Ok(false) };
    let hash: Vec<u8> = row.get(0)?;
    Ok(shown(&hash) == head.hash)
}

fn shown(hash: &[u8]) -> String {
    base::hex(hash.get(1..).unwrap_or_default())
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
    let mut whole_since = None;
    loop {
        let subjects = subjects(tx, chain.rows)?;
        let nobody = BTreeSet::new();
        let mut rows = tx.query(&store::AUDIT_AFTER, params![chain.rows, AT_A_TIME])?;
        for row in &mut rows {
            let (number, hash): (i64, Vec<u8>) = (row.get(9)?, row.get(10)?);
            if number != chain.rows + 1 {
                return Ok(Chain { broken: Some(Break::Missing(chain.rows + 1)), ..chain });
            }
            let ids_digest: Option<Vec<u8>> = row.get(11)?;
            let subjects = subjects.get(&number).unwrap_or(&nobody);
            let whole = ids_digest.as_deref().map(|ids_digest| Whole { ids_digest, subjects });
            whole_since = whole_since.or(whole.as_ref().map(|_| number));
            // Once rows are linked whole, none is linked otherwise.
            let otherwise = whole.is_none() && whole_since.is_some();
            if otherwise || link(&before, number, &hashed(row)?, whole.as_ref()) != hash {
                return Ok(Chain { broken: Some(Break::Changed(number)), ..chain });
            }
            (chain.rows, before) = (number, hash);
        }
        if i64::try_from(rows.len()).unwrap_or(i64::MAX) < AT_A_TIME {
            break;
        }
    }
    chain.head = shown(&before);
    if audit::counted(tx, NUMBERS)? != chain.rows {
        chain.broken = Some(Break::Missing(chain.rows + 1));
    } else if then != now {
        chain.broken = Some(Break::Unnumbered { then, now });
    }
    Ok(chain)
}

/// Whom the next rows after a number are about.
fn subjects(tx: &mut Tx<'_>, after: i64) -> Result<HashMap<i64, BTreeSet<PersonId>>> {
    let mut subjects: HashMap<i64, BTreeSet<PersonId>> = HashMap::new();
    for mut row in tx.query(&store::AUDIT_SUBJECTS, params![after, after + AT_A_TIME])? {
        subjects.entry(row.get(0)?).or_default().insert(row.get(1)?);
    }
    Ok(subjects)
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
    use crate::kit::fixture::{read, write};
    use crate::kit::{Actor, Call, Entry, Error, record, record_about, tampering};
    use crate::people::Action;
    use crate::people::vault::{AddPerson, Vault, add_persons};

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

    /// Two persons without anything known of them, and six rows, of which the third is about the first.
    fn about_somebody(db: &db::Db) -> PersonId {
        let [first, second] = [1, 2].map(|n| PersonId::from_uuid(Uuid::from_u128(n)));
        let nothing = |id| AddPerson { id, name: String::new(), telephone: None, identity_number: None };
        let vault = Vault::new(&[1; 32]);
        write(db, 1, |tx, call| add_persons(tx, call, &vault, &[nothing(first), nothing(second)])).unwrap();
        let objects: Vec<Uuid> = (10..30).map(Uuid::from_u128).collect();
        for seed in 2..7 {
            write(db, seed, |tx, call| {
                let entry = Entry { action: Action::PersonReveal, objects: &objects, fields: "name" };
                let about = if seed == 3 { vec![first] } else { Vec::new() };
                record_about(tx, call, entry, &about)
            })
            .unwrap();
        }
        assert_eq!(read(db, check).broken, None);
        first
    }

    fn after(db: &db::Db, statements: &[&'static db::Statement]) -> Option<Break> {
        for statement in statements {
            db.write(|tx| Ok::<_, Error>(tx.execute(statement, &[])?)).unwrap();
        }
        read(db, check).broken
    }

    testkit::db_test!(whom_a_row_is_about_cannot_be_taken_from_it, crate::MIGRATIONS, |db| {
        about_somebody(db);
        assert_eq!(after(db, &[&tampering::SUBJECT_TAKEN]), Some(Break::Changed(3)));
    });

    testkit::db_test!(whom_a_row_is_about_cannot_be_exchanged, crate::MIGRATIONS, |db| {
        about_somebody(db);
        assert_eq!(after(db, &[&tampering::SUBJECT_OTHER]), Some(Break::Changed(3)));
    });

    testkit::db_test!(nobody_is_put_to_a_row, crate::MIGRATIONS, |db| {
        about_somebody(db);
        assert_eq!(after(db, &[&tampering::SUBJECT_GIVEN]), Some(Break::Changed(4)));
    });

    testkit::db_test!(what_a_row_names_beyond_what_it_shows_is_held_too, crate::MIGRATIONS, |db| {
        about_somebody(db);
        assert_ne!(digest_of(&[Uuid::from_u128(1)]), digest_of(&[Uuid::from_u128(2)]));
        assert_eq!(after(db, &[&tampering::NAMED_OTHERS]), Some(Break::Changed(3)));
    });

    testkit::db_test!(rows_from_before_hold_and_none_passes_for_one, crate::MIGRATIONS, |db| {
        let actor = Actor::program();
        let entry = Entry { action: Action::DistrictName, objects: &[], fields: "name" };
        write(db, 1, |tx, call| record(tx, call, entry)).unwrap();
        // The first row, linked as it was before there was a digest.
        let mut row = read(db, |tx| Ok(tx.one(&store::AUDIT_AFTER, params![0_i64, 1_i64])?));
        let hash = link(&[], 1, &hashed(&mut row).unwrap(), None);
        db.write(|tx| Ok::<_, Error>(tx.execute(&tampering::FROM_BEFORE, params![hash.clone()])?)).unwrap();
        for seed in 2..7 {
            db.write(|tx| record(tx, &mut Call::new(&actor, testkit::now(), seed), entry)).unwrap();
        }
        assert_eq!((read(db, check).rows, read(db, check).broken), (6, None));
        assert_eq!(after(db, &[&tampering::AS_BEFORE]), Some(Break::Changed(6)));
    });

    testkit::db_test!(a_cut_end_is_found_by_whoever_wrote_it_down, crate::MIGRATIONS, |db| {
        about_somebody(db);
        let end = read(db, head).unwrap();
        assert_eq!((end.number, &end.hash), (6, &read(db, check).head));
        assert!(read(db, |tx| holds(tx, &end)));
        // The chain alone does not tell, as the counter was lowered with it.
        assert_eq!(after(db, &[&tampering::END_CUT_OFF, &tampering::COUNTED_DOWN]), None);
        assert!(!read(db, |tx| holds(tx, &end)));
        let entry = Entry { action: Action::DistrictName, objects: &[], fields: "name" };
        write(db, 9, |tx, call| record(tx, call, entry)).unwrap();
        assert_eq!(read(db, check).broken, None);
        assert!(!read(db, |tx| holds(tx, &end)), "another row in its place is another end");
    });
}
