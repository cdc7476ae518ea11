//! Sealing everything with a new key while the program serves.
//!
//! 1. Every process is given both keys, the new one first: it seals with the new one and opens with both.
//! 2. [`begin_rekey`] writes down which key is asked for: a process that does not have it may seal nothing any longer.
//! 3. [`reseal`] goes through everyone, some at a time; it may be broken off and begun again.
//! 4. The old key is taken from the ring.

use db::{Tx, Value, params};

use super::{Field, Vault, index_of, store};
use crate::kit::settings::{Setting, get, set};
use crate::kit::{Call, Entry, PersonId, Refusal, Result, Scope, record};
use crate::people::{Action, authorise};

/// Persons sealed anew in one transaction, so that nobody waits for it.
const AT_A_TIME: i64 = 500;

/// From now on only who has this vault's newest key may seal.
pub fn begin_rekey(tx: &mut Tx<'_>, call: &mut Call<'_>, vault: &Vault) -> Result<()> {
    authorise(call.actor, Action::VaultRekey, Scope::District)?;
    set(tx, Setting::VaultKey, &vault.mark())?;
    record(tx, call, Entry { action: Action::VaultRekey, objects: &[], fields: "key" })
}

/// Refuses to seal with keys among which the one that is asked for is missing: what is sealed with a key that is to go
/// could soon be opened by nobody.
pub(crate) fn may_seal(tx: &mut Tx<'_>, vault: &Vault) -> Result<()> {
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
    authorise(call.actor, Action::VaultRekey, Scope::District)?;
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
            let Some(anew) = vault.anew(person, field, &sealed, fresh.uuid())? else { continue };
            let mut values = vec![person.into(), anew.into()];
            if field == Field::Telephone {
                let telephone = vault.open(person, field, &sealed)?;
                values.extend([sealed.into(), index_of(vault, Some(&telephone))]);
            } else {
                values.push(sealed.into());
            }
            rows.push(values);
        }
    }
    // Whoever changed a field meanwhile has sealed it with the new key: that stays.
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
