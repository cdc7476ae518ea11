//! Sealing everything with a new key while the program serves.
//!
//! 1. Every process is given both keys, the new one first: it seals with the new one and opens with both.
//! 2. [`begin_rekey`] writes down which key is asked for: a process that does not have it may seal nothing any longer.
//! 3. [`reseal`] goes through everyone, some at a time; it may be broken off and begun again.
//! 4. The old key is taken from the ring.

use base::Day;
use db::{Tx, Value, params};

use super::{Field, Vault, index_of, store};
use crate::kit::settings::{Setting, get, set};
use crate::kit::{Call, Entry, PersonId, Refusal, Result, Scope, record};
use crate::people::{Action, may_take_personal_data};

/// Persons sealed anew in one transaction, so that nobody waits for it.
const AT_A_TIME: i64 = 500;

/// From now on only who has this vault's newest key may seal.
pub fn begin_rekey(tx: &mut Tx<'_>, call: &mut Call<'_>, vault: &Vault) -> Result<()> {
    call.authorise(Action::VaultRekey, Scope::District)?;
    set(tx, Setting::VaultKey, &vault.mark())?;
    record(tx, call, Entry { action: Action::VaultRekey, objects: &[], fields: "key" })
}

/// Refuses to seal anything before the three administrators are there, and with keys that are to go. Whatever seals asks it,
/// so that no way in can forget to.
pub(crate) fn may_seal(tx: &mut Tx<'_>, vault: &Vault, day: Day) -> Result<()> {
    may_take_personal_data(tx, day)?;
    has_key(tx, vault)
}

/// Refuses to seal with keys among which the one that is asked for is missing: what is sealed with a key that is to go
/// could soon be opened by nobody.
pub(super) fn has_key(tx: &mut Tx<'_>, vault: &Vault) -> Result<()> {
    match get(tx, Setting::VaultKey)? {
        Some(mark) if !vault.has(&mark) => Err(Refusal::new("people-refused-key-changed").into()),
        _ => Ok(()),
    }
}

/// Seals anew what some persons after one have sealed with an older key; after whom it is to go on, and how many fields
/// it was. `None`: it has looked at all.
pub fn reseal(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    vault: &Vault,
    after: PersonId,
) -> Result<Option<(PersonId, i64)>> {
    call.authorise(Action::VaultRekey, Scope::District)?;
    let mut last = None;
    // The names, the telephones, the identity numbers: many rows of one statement go out without waiting for each other.
    let mut rows: [Vec<Vec<Value>>; 3] = Default::default();
    for mut row in tx.query(&store::PERSONS_AFTER, params![after, AT_A_TIME])? {
        let person: PersonId = row.get(0)?;
        last = Some(person);
        let fields = [Field::Name, Field::Telephone, Field::IdentityNumber];
        for ((column, field), rows) in fields.into_iter().enumerate().zip(&mut rows) {
            let Some(sealed) = row.get::<Option<Vec<u8>>>(column + 1)? else { continue };
            let fresh: PersonId = call.id();
            let Some((anew, said)) = vault.anew(person, field, &sealed, fresh.uuid())? else { continue };
            let mut values = vec![person.into(), anew.into(), sealed.into()];
            if field == Field::Telephone {
                values.push(index_of(vault, Some(&said)));
            }
            rows.push(values);
        }
    }
    // Whoever changed a field meanwhile has sealed it with the new key, and what was erased is gone: both stay so.
    let statements = [&store::RESEAL_NAME, &store::RESEAL_TELEPHONE, &store::RESEAL_IDENTITY_NUMBER];
    let mut fields = 0;
    for (statement, rows) in statements.into_iter().zip(&rows) {
        fields += i64::try_from(tx.execute_each(statement, rows)?).unwrap_or(i64::MAX);
    }
    if fields > 0 {
        record(tx, call, Entry { action: Action::VaultRekey, objects: &[], fields: "persons" })?;
    }
    Ok(last.map(|last| (last, fields)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::fixture::{self, administrators, write};
    use crate::people::store as people;
    use crate::people::vault::{AddPerson, add_persons, change_person, read};

    testkit::db_test!(what_was_changed_or_erased_meanwhile_stays_so, crate::MIGRATIONS, |db| {
        write(db, fixture::ADMINISTRATION, administrators).unwrap();
        let vault = Vault::new(&[1; 32]);
        let person = write(db, 1, |tx, call| {
            let id: PersonId = call.id();
            let (name, telephone) = ("示例".to_owned(), Some("19900001234".to_owned()));
            add_persons(tx, call, &vault, &[AddPerson { id, name, telephone, identity_number: None }])?;
            Ok(id)
        });
        let person = person.unwrap();
        let sealed = |tx: &mut Tx<'_>| -> Result<[Option<Vec<u8>>; 2]> {
            let mut row = tx.one(&store::PERSON, params![person])?;
            Ok([row.get(0)?, row.get(1)?])
        };
        let [name, telephone] = fixture::read(db, sealed);
        // As if both had been read before somebody corrects the name, and the telephone is forgotten.
        let changed = write(db, 2, |tx, call| {
            change_person(tx, call, &vault, person, [Some("示例二"), None, None])?;
            tx.execute(&people::FORGET_TELEPHONE, params![person])?;
            let (anew, none) = (vec![1_u8], Value::Null);
            let late = tx.execute(&store::RESEAL_NAME, params![person, anew.clone(), name.clone()])?;
            let values = params![person, anew, telephone.clone(), none];
            Ok(late + tx.execute(&store::RESEAL_TELEPHONE, values)?)
        });
        assert_eq!(changed.unwrap(), 0);
        let now = fixture::read(db, |tx| {
            Ok((read(tx, &vault, person, Field::Name)?, read(tx, &vault, person, Field::Telephone)?))
        });
        assert_eq!(now, (Some("示例二".to_owned()), None));
    });
}
